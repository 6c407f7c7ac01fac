//! Metrics, counted as etcd 3.7.1 counts them. A fixed script of requests is sent to our binary. After each step, what was
//! counted in it must equal what a real etcd counts (`tests/scripts/metrics/counts.txt`); at the end, every family must have the
//! type, labels and bounds of the real one (`exposition.txt`).
//!
//! With `ETCD_ORACLE=/path/to/etcd` the real one, if it is a 3.7, must equal the same files; with `METRICS_RECORD=1` too they are
//! written from it.

mod support;
#[path = "metrics/page.rs"]
mod page;
#[path = "metrics/script.rs"]
mod script;

use page::{Samples, bare, families, samples};
use script::{STEPS, Script};
use std::{
    collections::BTreeMap,
    path::PathBuf,
    time::{Duration, Instant},
};
use support::member::{Member, Program};

/// Families of etcd that our binary does not have. `go_*` belongs to Go's runtime, and is not in the file at all.
const ABSENT: &[(&str, &str)] = &[
    ("etcd_server_go_version", "tells which Go built it; none did"),
    ("etcd_debugging_store_expires_total", V2),
    ("etcd_debugging_store_watch_requests_total", V2),
    ("etcd_debugging_store_watchers", V2),
    ("etcd_debugging_snap_save_marshalling_duration_seconds", SNAP),
    ("etcd_debugging_snap_save_total_duration_seconds", SNAP),
    ("etcd_grpc_proxy_cache_hits_total", PROXY),
    ("etcd_grpc_proxy_cache_keys_total", PROXY),
    ("etcd_grpc_proxy_cache_misses_total", PROXY),
    ("etcd_grpc_proxy_events_coalescing_total", PROXY),
    ("etcd_grpc_proxy_watchers_coalescing_total", PROXY),
];

const V2: &str = "counts requests of the v2 store, which members without its API never get";
const SNAP: &str = "times the writing of .snap files, which are not written here";
const PROXY: &str = "is counted by the proxy, and always zero in a member";

/// Samples whose value is not a matter of the script alone, and why. A family's `_sum` and `_bucket` are times.
const FREE: &[(&str, &str)] = &[
    ("go_", "Go's runtime"),
    ("etcdrs_", "our own"),
    ("etcd_server_go_version", "Go's version"),
    ("process_", "the machine"),
    ("os_fd_", "the machine"),
    ("promhttp_", "counts the looks that this test takes"),
    ("etcd_disk_wal_", "depends on how many entries share a write and a sync"),
    ("etcd_disk_backend_commit_duration_seconds", FLUSHES),
    ("etcd_debugging_disk_backend_commit_", FLUSHES),
    ("etcd_mvcc_db_total_size_", "bbolt and redb lay out their pages differently"),
    ("etcd_mvcc_db_open_read_transactions", "etcd keeps one more open than is needed here"),
    (
        "etcd_debugging_server_watch_send_loop_watch_stream_duration_per_event_seconds",
        "etcd counts progress too, divided by no events: its sum is infinite from then on",
    ),
    ("etcd_debugging_mvcc_db_compaction_last", "a time"),
    ("etcd_server_feature_enabled", "does not change"),
];

/// The same in one step alone.
const FREE_IN: &[(&str, &str, &str)] = &[(
    "hash",
    "etcd_network_client_grpc_sent_bytes_total",
    "the hash of the whole file is another one in another file, and a number's length is its own",
)];

const FLUSHES: &str = "depends on how often the file is written";

/// Of those whose value is free: above zero at the end.
const COUNTED: &[&str] = &[
    "etcd_disk_wal_fsync_duration_seconds_count",
    "etcd_disk_wal_fsync_duration_seconds_sum",
    "etcd_disk_wal_write_duration_seconds_count",
    "etcd_disk_wal_write_duration_seconds_sum",
    "etcd_disk_wal_write_bytes_total",
    "etcd_disk_backend_commit_duration_seconds_count",
    "etcd_disk_backend_commit_duration_seconds_sum",
    "etcd_debugging_disk_backend_commit_spill_duration_seconds_sum",
    "etcd_debugging_disk_backend_commit_write_duration_seconds_sum",
    "etcd_debugging_mvcc_db_compaction_last",
    "etcd_debugging_server_watch_send_loop_watch_stream_duration_per_event_seconds_count",
    "etcd_mvcc_db_open_read_transactions",
    "etcd_mvcc_db_total_size_in_bytes",
    "etcd_mvcc_db_total_size_in_use_in_bytes",
    "etcd_server_apply_duration_seconds_sum{op=\"Put\",success=\"true\",version=\"v3\"}",
    "etcd_server_request_duration_seconds_sum{success=\"true\",type=\"Put\"}",
    "os_fd_limit",
    "os_fd_used",
    "process_cpu_seconds_total",
    "process_max_fds",
    "process_network_receive_bytes_total",
    "process_open_fds",
    "process_resident_memory_bytes",
    "process_start_time_seconds",
    "process_virtual_memory_bytes",
    "process_virtual_memory_max_bytes",
    "promhttp_metric_handler_requests_total{code=\"200\"}",
];

/// A count may follow a little after the answer; under load, later.
const COUNT_MAX: Duration = Duration::from_secs(30);
/// No step takes so long.
const STEP_MAX: Duration = Duration::from_secs(60);
/// When recording, nothing has changed for so long.
const SETTLED: Duration = Duration::from_secs(4);

#[tokio::test]
async fn counts_and_families_are_those_of_etcd() {
    let record = std::env::var_os("METRICS_RECORD").is_some();
    if let Some(oracle) = Program::current_oracle() {
        check(&oracle, if record { Mode::Record } else { Mode::Compare }, &[]).await;
    }
    check(&Program::ours(), Mode::Compare, ABSENT).await;
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Compare,
    Record,
}

async fn check(program: &Program, mode: Mode, absent: &[(&str, &str)]) {
    let member = Member::start(program, &["--metrics=extensive"]);
    let mut script = Script::new(&member);
    let mut expected = if mode == Mode::Record { BTreeMap::new() } else { read_counts() };
    let mut before = Samples::new();
    let mut recorded = String::new();
    let mut wrong: Vec<String> = Vec::new();
    for step in std::iter::once(&"start").chain(STEPS) {
        if *step != "start" {
            let done = tokio::time::timeout(STEP_MAX, script.run(step)).await;
            done.unwrap_or_else(|_| panic!("step {step:?} of {program:?} does not end"));
        }
        let (after, counted) = match expected.remove(*step) {
            Some(expected) => {
                let (after, counted) = settle((&member, step), &before, |counted, _| *counted == expected).await;
                wrong.extend((counted != expected).then(|| format!("> {step}\n{}", edit(&expected, &counted))));
                (after, counted)
            }
            None => settle((&member, step), &before, |_, since| since > SETTLED).await,
        };
        recorded += &format!("> {step}\n{counted}\n");
        before = after;
    }
    for name in COUNTED {
        assert!(before.get(*name).is_some_and(|value| *value > 0.0), "nobody counts {name} in {program:?}");
    }
    assert!(wrong.is_empty(), "{program:?} counts otherwise:\n{}", wrong.join("\n"));
    let mut shapes = families(&page::get(member.address(), "/metrics").await);
    shapes.retain(|name, _| !name.starts_with("go_") && !name.starts_with("etcdrs_"));
    if mode == Mode::Record {
        std::fs::write(golden("counts.txt"), recorded).expect("written");
        let lines: String = shapes.iter().map(|(name, shape)| format!("{name} {shape}\n")).collect();
        std::fs::write(golden("exposition.txt"), lines).expect("written");
    }
    let expected = read_shapes();
    let known = |name: &str| expected.iter().any(|(known, _)| known == name);
    assert!(absent.iter().all(|(name, _)| known(name)), "only what etcd has can be absent");
    for (name, shape) in expected {
        match absent.iter().find(|(absent, _)| *absent == name) {
            Some((name, reason)) => assert!(!shapes.contains_key(*name), "{name} is there after all; it {reason}"),
            None => assert_eq!(shapes.remove(&name).as_deref(), Some(shape.as_str()), "{name} of {program:?}"),
        }
    }
    assert_eq!(shapes, BTreeMap::new(), "families that etcd does not have, in {program:?}");
}

/// Looks until what was counted since `before` is as wanted, or for long enough. `is_wanted` also hears for how long it has been the
/// same.
async fn settle(
    (member, step): (&Member, &str),
    before: &Samples,
    is_wanted: impl Fn(&String, Duration) -> bool,
) -> (Samples, String) {
    let started = Instant::now();
    let (mut last, mut since) = (String::new(), started);
    loop {
        let after = samples(&page::get(member.address(), "/metrics").await);
        let counted = difference(step, before, &after);
        if counted != last {
            (last, since) = (counted.clone(), Instant::now());
        }
        if is_wanted(&counted, since.elapsed()) || started.elapsed() > COUNT_MAX {
            return (after, counted);
        }
    }
}

/// The lines of which one has more than the other.
fn edit(expected: &str, found: &str) -> String {
    let without = |one: &str, other: &str, sign: &str| {
        let lines = one.lines().filter(|line| !other.lines().any(|known| known == *line));
        lines.map(|line| format!("{sign} {line}\n")).collect::<String>()
    };
    without(expected, found, "expected") + &without(found, expected, "found   ")
}

/// What changed, a line each, without what is free.
fn difference(step: &str, before: &Samples, after: &Samples) -> String {
    let is_free = |name: &str| {
        let bare = bare(name);
        let free_here = FREE_IN.iter().any(|(free_in, free, _)| *free_in == step && *free == bare);
        free_here
            || bare.ends_with("_sum")
            || bare.ends_with("_bucket")
            || FREE.iter().any(|(free, _)| bare.starts_with(free))
    };
    let mut lines = String::new();
    for (name, value) in after.iter().filter(|(name, _)| !is_free(name)) {
        let change = value - before.get(name).unwrap_or(&0.0);
        if change != 0.0 {
            lines += &format!("{name} {change:+}\n");
        }
    }
    lines
}

fn golden(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/scripts/metrics").join(name)
}

/// `step -> what is counted in it`.
fn read_counts() -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(golden("counts.txt")).expect("the recorded counts");
    let steps = text.split("> ").filter(|step| !step.is_empty());
    let step = |step: &str| {
        let (name, lines) = step.split_once('\n').expect("a step's name stands alone");
        (name.to_string(), lines.strip_suffix('\n').expect("an empty line behind each step").to_string())
    };
    steps.map(step).collect()
}

fn read_shapes() -> Vec<(String, String)> {
    let text = std::fs::read_to_string(golden("exposition.txt")).expect("the recorded families");
    let pairs = text.lines().filter_map(|line| line.split_once(' '));
    pairs.map(|(name, shape)| (name.into(), shape.into())).collect()
}
