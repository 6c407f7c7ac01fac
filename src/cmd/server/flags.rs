//! Every flag of `etcd server` on one page: one definition feeds the parser, the environment and the help
//! (reference 3.1). The groups stand in the order in which etcd's help shows them.

/// What a flag's value is, as Go's flag package reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Any text.
    Text,
    /// `-name`, `-name=true`, `-name=false`; never `-name true`.
    Bool,
    /// A signed 64-bit number.
    Int,
    /// An unsigned 64-bit number.
    Uint,
    /// A Go duration such as `1h0m0.5s`.
    Duration,
}

/// What giving the flag does in this version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It does what it says.
    Works,
    /// It is read and checked, and a warning says that it does nothing yet: going on is what the user meant.
    NotYet,
    /// It asks for something that this version lacks and that must not be passed over: the start is refused,
    /// unless the value is the default.
    Refused,
}

/// A flag of the server.
#[derive(Clone, Copy, Debug)]
pub struct Flag {
    /// Long name, without dashes.
    pub name: &'static str,
    /// What its value is.
    pub kind: Kind,
    /// The default, as typed.
    pub default: &'static str,
    /// One sentence for the help.
    pub help: &'static str,
    /// What giving it does.
    pub effect: Effect,
}

const fn flag(name: &'static str, kind: Kind, default: &'static str, help: &'static str) -> Flag {
    Flag { name, kind, default, help, effect: Effect::Works }
}

const fn not_yet(name: &'static str, kind: Kind, default: &'static str, help: &'static str) -> Flag {
    Flag { name, kind, default, help, effect: Effect::NotYet }
}

const fn refused(name: &'static str, kind: Kind, default: &'static str, help: &'static str) -> Flag {
    Flag { name, kind, default, help, effect: Effect::Refused }
}

use Kind::{Bool, Duration, Int, Text, Uint};

/// The groups with their flags.
pub const GROUPS: &[(&str, &[Flag])] = &[
    ("Member", MEMBER),
    ("Clustering", CLUSTERING),
    ("Security", SECURITY),
    ("Auth", AUTH),
    ("Profiling and Monitoring", MONITORING),
    ("Logging", LOGGING),
    ("Distributed tracing", TRACING),
    ("Tuning and checks", TUNING),
    ("Unsafe", UNSAFE),
];

const MEMBER: &[Flag] = &[
    flag("name", Text, "default", "Name of this member, for people."),
    flag("data-dir", Text, "", "Data directory (default '${name}.etcd')."),
    flag("wal-dir", Text, "", "Directory of the write-ahead log, when it is not to be inside the data directory."),
    flag("snapshot-count", Uint, "10000", "Entries between two snapshot records."),
    flag("snapshot-catchup-entries", Uint, "5000", "Entries kept behind a snapshot for slow followers."),
    flag("heartbeat-interval", Uint, "100", "Milliseconds between two heartbeats."),
    flag("election-timeout", Uint, "1000", "Milliseconds without a heartbeat before an election."),
    flag("initial-election-tick-advance", Bool, "true", "Shorten the first election timeout after a start."),
    flag("listen-peer-urls", Text, "http://localhost:2380", "Where to listen for other members."),
    flag("listen-client-urls", Text, "http://localhost:2379", "Where to listen for clients: gRPC and HTTP."),
    refused("listen-client-http-urls", Text, "", "Where to listen for HTTP clients only."),
    not_yet("max-snapshots", Uint, "5", "Snapshot files to keep (0 is all). Without effect: there are none."),
    flag("max-wals", Uint, "5", "Log files to keep (0 is all)."),
    not_yet("memory-mlock", Bool, "false", "Keep the backend's pages in memory."),
    flag("quota-backend-bytes", Int, "0", "Size of the backend that raises an alarm (0 is 2 GiB, below 0 none)."),
    not_yet("backend-bbolt-freelist-type", Text, "map", "Without effect: the backend is not bbolt."),
    flag("backend-batch-interval", Duration, "0s", "Longest time between two flushes of the backend (0 is 100ms)."),
    flag("backend-batch-limit", Int, "0", "Changes that set off a flush of the backend (0 is 10000)."),
    flag("max-txn-ops", Uint, "128", "Operations allowed in a transaction."),
    flag("max-request-bytes", Uint, "1572864", "Largest request accepted, in bytes."),
    flag("max-concurrent-streams", Uint, "4294967295", "Streams that a client may have open on one connection."),
    not_yet("grpc-keepalive-min-time", Duration, "5s", "Shortest time between two pings of a client."),
    flag("grpc-keepalive-interval", Duration, "2h", "Time between two pings to a silent client (0 is never)."),
    flag("grpc-keepalive-timeout", Duration, "20s", "Time to answer a ping before the connection is closed."),
    not_yet("socket-reuse-port", Bool, "false", "Set SO_REUSEPORT on listeners."),
    not_yet("socket-reuse-address", Bool, "false", "Set SO_REUSEADDR on listeners."),
    not_yet("enable-grpc-gateway", Bool, "true", "Serve the JSON gateway."),
    not_yet("raft-read-timeout", Duration, "5s", "Read timeout of connections between members."),
    not_yet("raft-write-timeout", Duration, "5s", "Write timeout of connections between members."),
    not_yet("feature-gates", Text, "", "Feature gates, as A=true,B=false."),
];

const CLUSTERING: &[Flag] = &[
    flag("initial-advertise-peer-urls", Text, "http://localhost:2380", "This member's peer URLs, for the others."),
    flag(
        "initial-cluster",
        Text,
        "",
        "Members that the cluster starts with (default '${name}=http://localhost:2380').",
    ),
    flag("initial-cluster-state", Text, "new", "'new' to start a cluster, 'existing' to join one."),
    flag("initial-cluster-token", Text, "etcd-cluster", "Keeps clusters with the same URLs apart."),
    flag("advertise-client-urls", Text, "http://localhost:2379", "This member's client URLs, for everybody."),
    refused("discovery-token", Text, "", "Token of the discovery service."),
    refused("discovery-endpoints", Text, "", "Endpoints of the discovery service."),
    not_yet("discovery-dial-timeout", Duration, "2s", "Discovery: time to connect."),
    not_yet("discovery-request-timeout", Duration, "5s", "Discovery: time for a request."),
    not_yet("discovery-keepalive-time", Duration, "2s", "Discovery: time between pings."),
    not_yet("discovery-keepalive-timeout", Duration, "6s", "Discovery: time to answer a ping."),
    not_yet("discovery-insecure-transport", Bool, "true", "Discovery: without TLS."),
    not_yet("discovery-insecure-skip-tls-verify", Bool, "false", "Discovery: do not check the server's certificate."),
    not_yet("discovery-cert", Text, "", "Discovery: client certificate."),
    not_yet("discovery-key", Text, "", "Discovery: client key."),
    not_yet("discovery-cacert", Text, "", "Discovery: certificate authority."),
    not_yet("discovery-user", Text, "", "Discovery: user, as name[:password]."),
    not_yet("discovery-password", Text, "", "Discovery: password."),
    not_yet("discovery-fallback", Text, "exit", "Discovery: what to do when it fails."),
    refused("discovery-srv", Text, "", "DNS domain whose SRV records name the members."),
    refused("discovery-srv-name", Text, "", "Suffix of the SRV name."),
    not_yet("strict-reconfig-check", Bool, "true", "Refuse changes of membership that would lose the quorum."),
    flag("pre-vote", Bool, "true", "Ask whether an election could be won before holding it."),
    flag("auto-compaction-retention", Text, "0", "History to keep (0 is all)."),
    flag("auto-compaction-mode", Text, "periodic", "What the retention counts: 'periodic' or 'revision'."),
    not_yet("max-learners", Int, "1", "Learners allowed in the cluster."),
];

const SECURITY: &[Flag] = &[
    refused("cert-file", Text, "", "Certificate for clients."),
    refused("key-file", Text, "", "Key of that certificate."),
    refused("client-cert-auth", Bool, "false", "Ask clients for a certificate."),
    refused("client-cert-file", Text, "", "Certificate to present as a client."),
    refused("client-key-file", Text, "", "Key of that certificate."),
    refused("client-crl-file", Text, "", "Revoked client certificates."),
    refused("client-cert-allowed-hostname", Text, "", "Host names that a client's certificate may carry."),
    refused("trusted-ca-file", Text, "", "Authority that signs clients' certificates."),
    refused("auto-tls", Bool, "false", "Make a certificate for clients."),
    refused("peer-cert-file", Text, "", "Certificate for members."),
    refused("peer-key-file", Text, "", "Key of that certificate."),
    refused("peer-client-cert-auth", Bool, "false", "Ask members for a certificate."),
    refused("peer-client-cert-file", Text, "", "Certificate to present to members."),
    refused("peer-client-key-file", Text, "", "Key of that certificate."),
    refused("peer-trusted-ca-file", Text, "", "Authority that signs members' certificates."),
    refused("peer-cert-allowed-cn", Text, "", "Common names that a member's certificate may carry."),
    refused("peer-cert-allowed-hostname", Text, "", "Host names that a member's certificate may carry."),
    refused("peer-auto-tls", Bool, "false", "Make a certificate for members."),
    refused("peer-skip-client-san-verification", Bool, "false", "Do not check the names in a member's certificate."),
    not_yet("self-signed-cert-validity", Uint, "1", "Years for which a certificate made here is valid."),
    refused("peer-crl-file", Text, "", "Revoked members' certificates."),
    refused("cipher-suites", Text, "", "TLS cipher suites allowed."),
    not_yet("cors", Text, "*", "Origins allowed for cross-origin requests."),
    refused("host-whitelist", Text, "*", "Host names accepted in HTTP requests."),
    not_yet("tls-min-version", Text, "TLS1.2", "Lowest TLS version."),
    not_yet("tls-max-version", Text, "", "Highest TLS version."),
];

const AUTH: &[Flag] = &[
    not_yet("auth-token", Text, "simple", "Kind of token, and its options."),
    not_yet("bcrypt-cost", Uint, "10", "Cost of hashing a password."),
    not_yet("auth-token-ttl", Uint, "300", "Seconds for which a token lives."),
];

const MONITORING: &[Flag] = &[
    not_yet("enable-pprof", Bool, "false", "Serve profiles."),
    flag("metrics", Text, "basic", "Detail of metrics: 'basic' or 'extensive'."),
    refused("listen-metrics-urls", Text, "", "Where to listen for metrics and health alone."),
];

const LOGGING: &[Flag] = &[
    flag("logger", Text, "zap", "Only 'zap'."),
    flag("log-outputs", Text, "default", "'stdout', 'stderr', 'default' (stderr), or files, separated by commas."),
    flag("log-level", Text, "info", "debug, info, warn, error, panic or fatal."),
    flag("log-format", Text, "json", "'json' or 'console'."),
    not_yet("enable-log-rotation", Bool, "false", "Rotate a log file."),
    not_yet(
        "log-rotation-config-json",
        Text,
        r#"{"maxsize": 100, "maxage": 0, "maxbackups": 0, "localtime": false, "compress": false}"#,
        "How a log file is rotated.",
    ),
];

const TRACING: &[Flag] = &[
    not_yet("enable-distributed-tracing", Bool, "false", "Send traces to a collector."),
    not_yet("distributed-tracing-address", Text, "localhost:4317", "The collector's address."),
    not_yet("distributed-tracing-service-name", Text, "etcd", "The service's name in traces."),
    not_yet("distributed-tracing-instance-id", Text, "", "The instance's name in traces."),
    not_yet("distributed-tracing-sampling-rate", Int, "0", "Traces kept in a million."),
];

const TUNING: &[Flag] = &[
    not_yet("corrupt-check-time", Duration, "0s", "Time between two comparisons with the other members."),
    not_yet("compact-hash-check-time", Duration, "1m0s", "Time between two comparisons of compaction hashes."),
    flag("compaction-batch-limit", Int, "0", "Revisions deleted in a step of compaction (0 is 1000)."),
    flag("compaction-sleep-interval", Duration, "0s", "Pause between two steps of compaction (0 is 10ms)."),
    flag("watch-progress-notify-interval", Duration, "0s", "Time between two progress notifications (0 is 10m)."),
    flag("bootstrap-defrag-threshold-megabytes", Uint, "0", "Free space that sets off a defragmentation at start."),
    flag("warning-apply-duration", Duration, "100ms", "Time of applying a request that is worth a warning."),
    not_yet("warning-unary-request-duration", Duration, "300ms", "Time of a request that is worth a warning."),
    not_yet("downgrade-check-time", Duration, "5s", "Time between two looks at a downgrade."),
];

const UNSAFE: &[Flag] = &[
    refused("force-new-cluster", Bool, "false", "Make a cluster of this member alone out of its data."),
    flag("unsafe-no-fsync", Bool, "false", "Do not wait for the disk. A crash of the machine loses data."),
];

/// Flags that are commands rather than settings.
const COMMANDS: &[Flag] = &[
    flag("version", Bool, "false", "Show the version."),
    refused("config-file", Text, "", "Read all settings from a file."),
    flag("help", Bool, "false", "Show this help."),
    flag("h", Bool, "false", "Show this help."),
];

/// Names from before v3 that etcd still takes without effect (reference 3.1).
const IGNORED: &[&str] = &[
    "cluster-active-size",
    "cluster-remove-delay",
    "cluster-sync-interval",
    "config",
    "force",
    "max-result-buffer",
    "max-retry-attempts",
    "peer-heartbeat-interval",
    "peer-election-timeout",
    "retry-interval",
    "snapshot",
    "v",
    "vv",
];

/// Every setting, group by group.
pub fn all() -> impl Iterator<Item = &'static Flag> {
    GROUPS.iter().flat_map(|(_, flags)| flags.iter())
}

/// The flag of that name, settings and commands alike.
pub fn find(name: &str) -> Option<&'static Flag> {
    all().chain(COMMANDS).find(|flag| flag.name == name)
}

/// Is it a name that is taken without effect?
pub fn is_ignored(name: &str) -> bool {
    IGNORED.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn no_flag_stands_twice() {
        let mut seen = HashSet::new();
        assert!(all().chain(COMMANDS).all(|flag| seen.insert(flag.name)));
        assert!(all().count() > 100, "the table holds etcd's settings");
    }
}
