//! The flags about watching a member at work: monitoring, logs, traces, checks; and the unsafe ones.

use super::{
    definition::{Flag, flag},
    kind::Kind::{Bool, Duration, Int, Set, Text, Uint, Uint64, Urls},
};

pub(super) const MONITORING: &[Flag] = &[
    flag("enable-pprof", Bool, "false", "Serve profiles below /debug/pprof/. There are none yet: not found.").later(),
    flag("metrics", Text, "basic", "Detail of metrics: 'basic', or 'extensive' with histograms of gRPC."),
    flag("listen-metrics-urls", Urls, "", "Where to listen for metrics and health alone."),
];

pub(super) const LOGGING: &[Flag] = &[
    flag("logger", Text, "zap", "Kind of the logger: only 'zap', lines of JSON or text."),
    flag(
        "log-outputs",
        Set,
        "default",
        "Where log lines go: 'default' (which is 'stderr'), 'stdout', 'systemd/journal', or files.",
    ),
    flag("log-level", Text, "info", "Lowest level that is logged: debug, info, warn, error, panic or fatal."),
    flag("log-format", Text, "json", "Form of a log line: 'json' or 'console'."),
    flag("enable-log-rotation", Bool, "false", "Rotate the one file that --log-outputs names."),
    flag(
        "log-rotation-config-json",
        Text,
        r#"{"maxsize": 100, "maxage": 0, "maxbackups": 0, "localtime": false, "compress": false}"#,
        "How a log file is rotated: largest size in MB, oldest age in days, files to keep, local time in names, gzip.",
    ),
    flag("warning-unary-request-duration", Duration, "300ms", "A request that takes longer than this is logged."),
];

pub(super) const TRACING: &[Flag] = &[
    flag("enable-distributed-tracing", Bool, "false", "Send traces to a collector of OpenTelemetry.").later(),
    flag("distributed-tracing-address", Text, "localhost:4317", "Address of the collector.").later(),
    flag("distributed-tracing-service-name", Text, "etcd", "Name of the service in traces, equal for all members.")
        .later(),
    flag("distributed-tracing-instance-id", Text, "", "Name of this member in traces.").later(),
    flag("distributed-tracing-sampling-rate", Int, "0", "Traces to keep out of a million.").later(),
];

pub(super) const FEATURES: &[Flag] = &[
    flag("corrupt-check-time", Duration, "0s", "Time between two comparisons with the other members (0 is never)."),
    flag("compact-hash-check-time", Duration, "1m", "Time between two comparisons of the hashes of compactions."),
    flag("compaction-batch-limit", Int, "0", "Revisions deleted in one step of a compaction (0 is 1000).")
        .shown("1000"),
    flag("peer-skip-client-san-verification", Bool, "false", "Do not compare a member's address with its certificate.")
        .below(&["peer-transport-security", "skip-client-san-verification"]),
    flag(
        "watch-progress-notify-interval",
        Duration,
        "0s",
        "Time between two progress notifications of a watch (0 is 10m).",
    )
    .shown("10m"),
    flag("warning-apply-duration", Duration, "100ms", "A request whose applying takes longer than this is logged."),
    flag(
        "bootstrap-defrag-threshold-megabytes",
        Uint,
        "0",
        "Free space, in MB, that sets off a defragmentation at the start (0 is never).",
    ),
    flag("max-learners", Int, "1", "Learners that the cluster may have."),
    flag("compaction-sleep-interval", Duration, "0s", "Pause between two steps of a compaction (0 is 10ms).")
        .shown("10ms"),
    flag("downgrade-check-time", Duration, "5s", "Time between two looks at a downgrade."),
    flag("snapshot-catchup-entries", Uint64, "5000", "Entries kept behind a snapshot record for slow members."),
];

pub(super) const UNSAFE: &[Flag] = &[
    flag("force-new-cluster", Bool, "false", "Make a cluster of this member alone out of its data."),
    flag("unsafe-no-fsync", Bool, "false", "Do not wait for the disk. A crash of the machine loses data."),
];
