//! Where the time of slow requests went: the line `trace`, of each kind of request that etcd traces.
//!
//! In this process the threshold is nothing, so that every step of every request is told of. A server of its own is made slow
//! by stopping its process for a while, so that a real etcd, whose threshold is no setting, tells as well.

use crate::{
    channel, differences, hold,
    run::Run,
    support::{config::alone, member::Program},
};
use etcd::{
    logging::{Logging, LoggingConfig},
    pb::etcdserverpb::{
        CompactionRequest, Compare, DeleteRangeRequest, LeaseGrantRequest, PutRequest, RangeRequest, RequestOp,
        TxnRequest, kv_client::KvClient, request_op::Request,
    },
    server::{Handle, Server, config::Config},
};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::{
    collections::BTreeSet,
    fs,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tempfile::TempDir;

/// The names of the line's fields, in order.
const FIELDS: &str = "level ts caller msg trace_id operation detail duration start end steps step_count";

/// A line as operation and detail, then its steps; times left out. None for another line.
fn told(line: &str) -> Option<(String, Vec<String>)> {
    let fields: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    if fields["msg"] != "trace" {
        return None;
    }
    let at =
        FIELDS.split(' ').map(|name| line.find(&format!("\"{name}\":")).unwrap_or_else(|| panic!("{name}: {line}")));
    assert!(at.is_sorted(), "{line}");
    assert_eq!(fields.as_object().unwrap().len(), FIELDS.split(' ').count(), "{line}");
    let text = |name: &str| fields[name].as_str().unwrap_or_else(|| panic!("{name}: {line}"));
    assert!(text("start") < text("end") && text("start").len() == text("ts").len(), "{line}");
    assert!(text("duration").ends_with('s') && fields["trace_id"].as_u64() <= Some(u64::from(u32::MAX / 2)), "{line}");
    let steps = fields["steps"].as_array().unwrap();
    assert_eq!(fields["step_count"], steps.len(), "{line}");
    let steps = steps.iter().map(|step| {
        let step = step.as_str().unwrap();
        let (step, duration) = step.rsplit_once("(duration: ").unwrap_or_else(|| panic!("{line}"));
        assert!(duration.ends_with("s)"), "{line}");
        step.trim_end().to_owned()
    });
    Some((format!("{} {}", text("operation"), text("detail")), steps.collect()))
}

/// Numbers become N.
fn masked(text: &str) -> String {
    let mut masked = String::new();
    for c in text.chars() {
        match c {
            '0'..='9' if masked.ends_with('N') => {}
            '0'..='9' => masked.push('N'),
            c => masked.push(c),
        }
    }
    masked
}

fn put(key: &str) -> PutRequest {
    PutRequest { key: key.to_owned().into(), value: "v".into(), ..Default::default() }
}

fn range(key: &str, end: &str) -> RangeRequest {
    RangeRequest { key: key.to_owned().into(), range_end: end.to_owned().into(), ..Default::default() }
}

fn txn(requests: impl IntoIterator<Item = Request>) -> TxnRequest {
    let success = requests.into_iter().map(|request| RequestOp { request: Some(request) }).collect();
    TxnRequest { success, ..Default::default() }
}

fn compact(revision: i64, physical: bool) -> CompactionRequest {
    CompactionRequest { revision, physical }
}

fn config(folder: &Path) -> Config {
    Config {
        compaction_pause: Duration::ZERO,
        apply_warn_above: Duration::MAX,
        request_warn_above: Duration::MAX,
        trace_above: Duration::ZERO,
        ..alone(folder)
    }
}

/// The requests whose lines are recorded.
async fn ask(handle: &Handle, mut record: impl FnMut(&str, &str)) {
    macro_rules! ask {
        ($what:literal, $method:ident $request:expr) => {{
            let failed = handle.$method($request).await.is_err();
            record($what, if failed { ", refused" } else { "" });
        }};
    }
    ask!("put", propose put("k"));
    ask!("put of a key that is there, which is asked for", propose PutRequest { prev_kv: true, ..put("k") });
    ask!("put without its lease", propose PutRequest { lease: 99, ..put("k") });
    ask!("put of bytes", propose PutRequest { key: vec![0xff, 0xfe, b'"'].into(), ..Default::default() });
    ask!("range of one", range range("k", ""));
    ask!("range, serializable", range RangeRequest { serializable: true, ..range("a", "z") });
    ask!("range of keys", range RangeRequest { keys_only: true, ..range("a", "z") });
    ask!("count", range RangeRequest { count_only: true, ..range("a", "z") });
    ask!("range of nothing", range range("nope", ""));
    ask!("range of the future", range RangeRequest { revision: 1000, ..range("k", "") });
    // Polled once: on this one thread nobody can answer meanwhile.
    tokio::select! {
        biased;
        answer = handle.range(range("k", "")) => panic!("{answer:?} at once"),
        () = std::future::ready(()) => record("range that is given up", ""),
    }
    let delete = |key: &str, end: &str| DeleteRangeRequest {
        key: key.to_owned().into(),
        range_end: end.to_owned().into(),
        ..Default::default()
    };
    ask!("delete", propose delete("x", "z"));
    ask!("lease", propose LeaseGrantRequest { id: 7, ttl: 100 });
    ask!("empty transaction", txn txn([]));
    ask!("read of one key", txn txn([Request::RequestRange(range("k", ""))]));
    let serializable = RangeRequest { serializable: true, ..range("a", "z") };
    let both = [Request::RequestRange(serializable.clone()), Request::RequestRange(range("nope", ""))];
    ask!("read of a range and a key", txn txn(both));
    ask!("read, serializable", txn txn([Request::RequestRange(serializable)]));
    let future = RangeRequest { revision: 1000, ..range("a", "z") };
    ask!("read of the future", txn txn([Request::RequestRange(future)]));
    ask!("put and read", txn txn([Request::RequestPut(put("k")), Request::RequestRange(range("k", ""))]));
    let condition = Compare { key: "a".into(), range_end: "z".into(), target: 2, result: 1, ..Default::default() };
    let nested = txn([Request::RequestPut(put("b")), Request::RequestRange(range("a", "z"))]);
    let outer = txn([Request::RequestTxn(nested), Request::RequestPut(put("c"))]);
    ask!("condition, nested put and read, put", txn TxnRequest { compare: vec![condition.clone()], ..outer });
    let deletion = txn([Request::RequestDeleteRange(delete("a", "z"))]);
    ask!("condition, delete", txn TxnRequest { compare: vec![condition], ..deletion });
    ask!("compaction", compact compact(3, false));
    ask!("compaction to the end", compact compact(4, true));
    ask!("compaction once more", compact compact(4, true));
}

#[tokio::test]
async fn every_step_is_told() {
    let folder = TempDir::new().unwrap();
    let log = folder.path().join("log");
    let outputs = vec![log.to_str().unwrap().to_owned()];
    Logging::start(&LoggingConfig { outputs, ..LoggingConfig::default() }).unwrap();
    let server = Server::start(config(folder.path())).await.unwrap();
    server.ready().await;
    let handle = server.handle().clone();
    // What was written before counts for nobody.
    let (mut read, mut text) = (fs::read_to_string(&log).unwrap().len(), String::new());
    ask(&handle, |what, end| {
        text += &format!("# {what}{end}\n");
        let all = fs::read_to_string(&log).unwrap();
        for (head, steps) in all[read..].lines().filter_map(told) {
            let head = if head.starts_with("linearizableReadLoop") { masked(&head) } else { head };
            text += &format!("{head}\n{}", steps.iter().map(|step| format!("  {step}\n")).collect::<String>());
        }
        read = all.len();
    })
    .await;
    server.stop().await;
    hold("traces.txt", &text);
}

/// Asked for while the process is stopped: what is told of it depends on when it goes on.
const PROBE: &str = "probe";

/// A process, stopped for longer than etcd's threshold. Whoever asks it meanwhile learns how long.
async fn stall(run: &Run) {
    let pid = Pid::from_raw(run.pid() as i32).unwrap();
    kill_process(pid, Signal::STOP).unwrap();
    // The signal only asks: each thread stops when it gets to it.
    while !has_stopped(run.pid()) {
        tokio::task::yield_now().await;
    }
    let mut kv = KvClient::new(channel(run));
    let asked = tokio::time::timeout(Duration::from_millis(150), kv.range(range(PROBE, ""))).await;
    kill_process(pid, Signal::CONT).unwrap();
    assert!(asked.is_err(), "a process that is stopped answers");
}

/// Have all its threads?
fn has_stopped(pid: u32) -> bool {
    let threads = std::fs::read_dir(format!("/proc/{pid}/task")).unwrap();
    threads.flatten().all(|thread| {
        // One that has ended meanwhile runs no more, either.
        let stat = std::fs::read_to_string(thread.path().join("stat")).unwrap_or_default();
        stat.is_empty() || stat.rsplit(") ").next().is_some_and(|rest| rest.starts_with('T'))
    })
}

/// Asks without end, until told to stop.
fn keep_asking(run: &Run, stop: &Arc<AtomicBool>) -> Vec<tokio::task::JoinHandle<()>> {
    macro_rules! forever {
        (|$kv:ident| $($asked:expr);+) => {{
            let (mut $kv, stop) = (KvClient::new(channel(run)), stop.clone());
            tokio::spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    $($asked;)+
                }
            })
        }};
    }
    let written = || txn([Request::RequestRange(range("a", "z")), Request::RequestPut(put("k"))]);
    vec![
        forever!(|kv| kv.put(put("k")).await.unwrap()),
        forever!(|kv| kv.range(range("k", "")).await.unwrap()),
        forever!(|kv| kv.range(RangeRequest { keys_only: true, ..range("a", "z") }).await.unwrap()),
        forever!(|kv| kv.txn(txn([Request::RequestRange(range("a", "z"))])).await.unwrap()),
        forever!(|kv| kv.txn(written()).await.unwrap()),
        forever!(|kv| {
            let at = kv.put(put("c")).await.unwrap().into_inner().header.unwrap().revision;
            kv.compact(compact(at, true)).await.unwrap()
        }),
    ]
}

/// Kinds of lines that are waited for.
const HEADS: usize = 8;

/// What a server tells that is stopped time and again while it is asked: heads, with numbers masked, and steps.
async fn told_when_stalled(program: &Program) -> [BTreeSet<String>; 2] {
    let folder = TempDir::new().unwrap();
    let mut run = Run::serving(program, folder.path(), &[]);
    let stop = Arc::new(AtomicBool::new(false));
    let asking = keep_asking(&run, &stop);
    let (mut heads, mut all_steps) = (BTreeSet::new(), BTreeSet::new());
    for _ in 0..200 {
        stall(&run).await;
        for (head, steps) in run.come().iter().filter_map(|line| told(line)) {
            if head.contains(PROBE) {
                continue;
            }
            heads.insert(masked(&head));
            all_steps.extend(steps.iter().map(|step| masked(step)));
        }
        if heads.len() >= HEADS {
            break;
        }
    }
    stop.store(true, Ordering::Relaxed);
    for task in asking {
        task.await.unwrap();
    }
    run.terminate();
    [heads, all_steps]
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_slow_tells_where_the_time_went() {
    let [heads, steps] = told_when_stalled(&Program::ours()).await;
    hold("stalled.txt", &heads.iter().map(|head| format!("{head}\n")).collect::<String>());
    if let Some(oracle) = Program::current_oracle() {
        let [theirs, their_steps] = told_when_stalled(&oracle).await;
        assert_eq!(heads, theirs);
        let recorded = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scripts/logs/traces.txt"));
        let recorded = masked(&recorded.unwrap());
        let known = |step: &&String| recorded.contains(&name_of(step)) || differences::is_step_of_theirs(step);
        let unknown: Vec<&String> = their_steps.iter().filter(|step| !known(step)).collect();
        assert!(unknown.is_empty(), "we do not tell of {unknown:?}");
    }
    assert!(!steps.is_empty());
}

/// A step without its fields.
fn name_of(step: &str) -> String {
    step.split(" {").next().unwrap_or_default().to_owned()
}
