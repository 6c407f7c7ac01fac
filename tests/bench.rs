//! The load tool against a running member: what it counts must be what it did.
//!
//! Only numbers of operations, keys and bytes are compared, never times: those are for benchmarks.

#[allow(dead_code, reason = "other tests need more of it")]
#[path = "tls/authority.rs"]
mod authority;
mod support;

use authority::{Certificates, SERVER, Wanted, has_openssl};
use etcd::{
    client::{Client, Config, Endpoint},
    pb::etcdserverpb::{RangeRequest, RangeResponse},
};
use serde_json::Value;
use std::{
    io::{BufRead, BufReader},
    process::{Command, Output, Stdio},
};
use support::member::{Member, Program};

/// `bench` with these words.
fn command(member: &Member, words: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_etcd"));
    command.args(["ctl", "bench"]).args(words.split_whitespace()).arg(format!("--endpoints={}", member.address()));
    command
}

fn run(member: &Member, words: &str) -> Output {
    command(member, words).output().expect("the tool runs")
}

/// Runs to a good end, and returns the figures.
#[track_caller]
fn figures(member: &Member, words: &str) -> Value {
    let output = run(member, &format!("{words} -w json --pid {}", member.pid()));
    let errors = String::from_utf8_lossy(&output.stderr);
    // Nothing but a terminal gets a progress bar.
    assert!(output.status.success() && errors.is_empty(), "{words}: {:?}\n{errors}", output.status);
    let value: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{words}: {error}"));
    check_shape(words, &value);
    value
}

/// What every run's figures hold, and how it hangs together.
#[track_caller]
fn check_shape(words: &str, figures: &Value) {
    assert_eq!(figures["benchmark"].as_str(), words.split_whitespace().next());
    assert!(figures["settings"]["seed"].is_u64() && figures["interrupted"].is_boolean(), "{figures}");
    let phases = figures["phases"].as_array().expect("phases");
    assert!(!phases.is_empty());
    for phase in phases {
        assert!(phase["phase"].is_string() && phase["errors"].is_array());
        let elapsed = phase["elapsed_s"].as_f64().expect("a time");
        let mut operations = 0;
        for series in phase["series"].as_array().expect("series") {
            let count = series["operations"].as_u64().expect("a count");
            operations += count;
            let histogram = series["histogram_us"].as_array().expect("a histogram");
            let in_histogram: u64 = histogram.iter().map(|bucket| bucket[1].as_u64().expect("a count")).sum();
            assert_eq!(in_histogram, count, "{series}");
            let per_second = series["per_second"].as_f64().expect("a rate");
            assert!((per_second * elapsed - count as f64).abs() < 0.01 * count as f64 + 0.01, "{series}");
            assert!(series["items"].is_u64() && series["bytes"].is_u64() && series["name"].is_string());
            if count > 0 {
                let latency = |name: &str| series["latency_us"][name].as_f64().expect("a latency");
                let in_order = ["p50", "p90", "p99", "p99.9", "max"].map(latency);
                assert!(in_order.is_sorted() && in_order[0] > 0.0 && latency("mean") <= latency("max"), "{series}");
            }
        }
        let failures: u64 = errors(phase).iter().map(|(_, count)| count).sum();
        for who in ["tool", "server"] {
            let cost = |name: &str| phase[who][name].as_f64().unwrap_or_else(|| panic!("{who} {name}: {phase}"));
            let each = cost("cpu_s") * 1e6 / (operations + failures).max(1) as f64;
            assert!((each - cost("cpu_us_per_operation")).abs() <= each * 0.001 + 0.001);
            assert!(cost("resident_begin_bytes") > 0.0 && cost("resident_max_bytes") >= cost("resident_end_bytes"));
            assert!(cost("resident_peak_bytes") > 0.0 && cost("pid") > 0.0);
        }
    }
}

fn errors(phase: &Value) -> Vec<(String, u64)> {
    let errors = phase["errors"].as_array().expect("errors").iter();
    errors.map(|error| (error["kind"].to_string(), error["count"].as_u64().expect("a count"))).collect()
}

/// (operations, items) of a series of a phase; the phase has no errors.
#[track_caller]
fn counts(figures: &Value, phase: usize, series: usize) -> (u64, u64) {
    let phase = &figures["phases"][phase];
    assert!(errors(phase).is_empty(), "{phase}");
    let series = &phase["series"][series];
    (series["operations"].as_u64().expect("a count"), series["items"].as_u64().expect("a count"))
}

/// All that is stored.
async fn stored(member: &Member) -> RangeResponse {
    let endpoint = Endpoint::parse(member.address()).expect("an endpoint");
    let client = Client::connect(Config::new(vec![endpoint])).await.expect("a client");
    let all = RangeRequest { key: "\0".into(), range_end: "\0".into(), ..Default::default() };
    client.range(all).await.expect("an answer")
}

#[tokio::test]
async fn puts_are_what_was_asked_for() {
    let member = Member::start(&Program::ours(), &[]);
    let keys = "--key-size 40 --val-size 256 --key-space-size 150";
    let figures = figures(&member, &format!("put --clients 7 --conns 3 --total 300 --sequential-keys {keys}"));
    assert_eq!(counts(&figures, 0, 0), (300, 0));
    let stored = stored(&member).await;
    assert_eq!((stored.count, stored.header.map(|header| header.revision)), (150, Some(301)));
    assert!(stored.kvs.iter().all(|pair| pair.key.len() == 40 && pair.value.len() == 256 && pair.version == 2));
}

#[test]
fn reads_count_what_they_found() {
    let member = Member::start(&Program::ours(), &[]);
    let keys = "--key-size 10 --key-space-size 1000";
    figures(&member, &format!("put --clients 50 --conns 2 --total 1000 --sequential-keys {keys}"));
    let check = |words: &str, operations: u64, items: u64| {
        assert_eq!(counts(&figures(&member, &format!("range {words}")), 0, 0), (operations, items), "{words}");
    };
    check(&format!("--clients 5 --total 70 {keys}"), 70, 70);
    check(&format!("--clients 5 --total 70 --consistency s {keys}"), 70, 70);
    check("0000000000 0000000100 --total 3", 3, 300);
    check("0 --prefix --limit 20 --total 2", 2, 40);
    check("0 --from-key --count-only --total 2", 2, 0);
    check("0 --prefix --paginate --page-size 77 --total 2 --clients 2", 2, 2000);
    check("0 --prefix --stream --total 2", 2, 2000);
    check("not-there --total 2", 2, 0);
}

#[tokio::test]
async fn transactions() {
    let member = Member::start(&Program::ours(), &[]);
    let txns = figures(&member, "txn-put --clients 4 --total 50 --txn-ops 3 --key-space-size 30");
    assert_eq!(counts(&txns, 0, 0), (50, 150));
    assert_eq!(stored(&member).await.header.map(|header| header.revision), Some(51));
    let mixed = figures(&member, "txn-mixed --clients 4 --total 200 --key-space-size 30 --rw-ratio 3 --seed 1");
    let (reads, writes) = (counts(&mixed, 0, 0).0, counts(&mixed, 0, 1).0);
    assert!(reads + writes == 200 && reads > writes && writes > 0, "{reads} reads, {writes} writes");
    assert_eq!(stored(&member).await.header.map(|header| header.revision), Some(51 + writes as i64));
}

#[tokio::test]
async fn software_transactions_lose_no_write() {
    let member = Member::start(&Program::ours(), &[]);
    let mut revision = 1;
    for isolation in ["c", "r", "s", "ss"] {
        let words = format!("stm --clients 8 --conns 2 --total 100 --keys 5 --keys-per-txn 3 --isolation {isolation}");
        let (operations, attempts) = counts(&figures(&member, &words), 0, 0);
        assert!(operations == 100 && attempts >= 100, "{isolation}: {attempts} attempts");
        revision += 100;
        assert_eq!(stored(&member).await.header.map(|header| header.revision), Some(revision), "{isolation}");
    }
}

#[test]
fn leases() {
    let member = Member::start(&Program::ours(), &[]);
    assert_eq!(counts(&figures(&member, "lease-grant --clients 3 --total 20 --ttl 60"), 0, 0), (20, 0));
    let renewals = figures(&member, "lease-keepalive --clients 3 --conns 2 --leases 150 --total 300 --ttl 60");
    assert_eq!(counts(&renewals, 0, 0), (300, 0));
}

#[test]
fn every_watcher_hears_of_every_put_to_its_keys() {
    let member = Member::start(&Program::ours(), &[]);
    let check = |words: &str, watchers: u64, puts: u64, events: u64| {
        let figures = figures(&member, words);
        assert_eq!(counts(&figures, 0, 0).0, watchers, "{words}");
        assert_eq!((counts(&figures, 1, 0).0, counts(&figures, 1, 1).0), (puts, events), "{words}");
    };
    let streams = "--conns 2 --clients 3 --streams 4";
    // Each of 4 keys is written 10 times and has 10 watchers; then, every watcher watches all keys.
    let turns = "--watched-key-total 4 --key-space-size 4 --sequential-keys --put-total 40";
    check(&format!("watch {streams} --watch-per-stream 10 {turns}"), 40, 40, 400);
    check(&format!("watch {streams} --watch-per-stream 10 --prefix --key-space-size 9 --put-total 20"), 40, 20, 800);
    let latency = format!("watch-latency {streams} --watchers-per-stream 5 --put-total 12 --put-rate 100000 --prevkv");
    check(&latency, 20, 12, 240);
    let idle = figures(&member, &format!("watch {streams} --watch-per-stream 25 --put-total 0"));
    assert_eq!((counts(&idle, 0, 0).0, idle["phases"].as_array().map(Vec::len)), (100, Some(1)));
}

#[test]
fn an_interrupt_ends_the_run_with_the_figures_so_far() {
    let member = Member::start(&Program::ours(), &[]);
    let mut tool = command(&member, "watch --put-total 100000000 --put-rate 1 -w json")
        .stdout(Stdio::piped())
        .spawn()
        .expect("the tool runs");
    // The watchers stand, and the puts have begun, when one of them is heard of.
    let mut watch = Command::new(env!("CARGO_BIN_EXE_etcd"))
        .args(["ctl", "watch", "", "--prefix", "--rev=1", &format!("--endpoints={}", member.address())])
        .stdout(Stdio::piped())
        .spawn()
        .expect("the tool runs");
    let mut line = String::new();
    BufReader::new(watch.stdout.take().expect("stdout is piped")).read_line(&mut line).expect("an event");
    assert_eq!(line, "PUT\n");
    assert!(Command::new("kill").args(["-INT", &tool.id().to_string()]).status().expect("kill runs").success());
    let figures: Value = serde_json::from_reader(tool.stdout.take().expect("stdout is piped")).expect("figures");
    assert_eq!(
        (&figures["interrupted"], &figures["phases"][0]["series"][0]["operations"]),
        (&true.into(), &1000.into())
    );
    assert_eq!(tool.wait().expect("the tool ends").code(), Some(5));
    watch.kill().and_then(|()| watch.wait()).expect("the watch ends");
}

#[test]
fn refused_requests_are_counted_by_kind() {
    let member = Member::start(&Program::ours(), &[]);
    let output = run(&member, "put --total 4 --val-size 2000000 -w json");
    assert_eq!(output.status.code(), Some(1));
    let reason = "no operation succeeded: etcdserver: request is too large";
    assert_eq!(String::from_utf8_lossy(&output.stderr), format!("Error: {reason}\n"));
    let figures: Value = serde_json::from_slice(&output.stdout).expect("figures");
    assert_eq!(errors(&figures["phases"][0]), [("\"etcdserver: request is too large\"".to_owned(), 4)]);
}

#[test]
fn wrong_flags_are_told_before_anything_is_sent() {
    let member = Member::start(&Program::ours(), &[]);
    #[track_caller]
    fn check(member: &Member, words: &str, code: i32, message: &str) {
        let output = run(member, words);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(code), &b""[..]), "{words}: {said}");
        assert!(said.starts_with(&format!("Error: {message}\n")), "{words}: {said}");
    }
    let check = |words, code, message| check(&member, words, code, message);
    check("put --clients 0", 128, "expected positive --clients, got 0");
    check("put a b", 128, "this load takes no arguments, got \"a\"");
    check("put --rate -5", 128, "--rate cannot be negative, got -5");
    check("put --key-space-size 0", 128, "expected positive --key-space-size, got 0");
    check("put --key-size 2 --key-space-size 101", 128, "keys of --key-size=2 cannot tell --key-space-size=101 apart");
    check(
        "put --total x",
        1,
        "invalid argument \"x\" for \"--total\" flag: strconv.ParseInt: parsing \"x\": invalid syntax",
    );
    check("put --nosuch", 1, "unknown flag: --nosuch");
    check("range --consistency q", 4, "unknown consistency flag \"q\"");
    check("range a --prefix --from-key", 128, "`--prefix` and `--from-key` cannot be set at the same time, choose one");
    check("stm --stm-locker lock-rpc", 4, "--stm-locker=lock-rpc is not available in this version yet");
    check("txn-put --txn-ops 2", 128, "--txn-ops=2 needs as many keys: a transaction writes a key once");
    check("watch --val-size 3", 128, "--val-size is at least 8, for the number of the put");
    check("put -w table", 4, "table not supported as output format");
    check("put --pid 4294967295", 128, "--pid 4294967295: there is no such process to be seen on this machine");
}

#[test]
fn nobody_listens() {
    // A port that was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|port| port.local_addr()).expect("a port").port();
    let output = Command::new(env!("CARGO_BIN_EXE_etcd"))
        .args(["ctl", "bench", "put", &format!("--endpoints=127.0.0.1:{port}")])
        .output()
        .expect("the tool runs");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("Connection refused"), "{output:?}");
}

#[test]
fn a_load_over_tls() {
    if !has_openssl() {
        return;
    }
    let files = Certificates::new();
    files.authority("ca");
    files.issue("ca", "server", Wanted { name: "server", extensions: SERVER, ..Wanted::default() });
    let (cert, key) =
        (format!("--cert-file={}", files.at("server.crt")), format!("--key-file={}", files.at("server.key")));
    let urls = ["--listen-client-urls=https://127.0.0.1:0", "--advertise-client-urls=https://127.0.0.1:0"];
    let member = Member::start(&Program::ours(), &[urls[0], urls[1], &cert, &key]);
    let words = format!("put --clients 7 --conns 3 --total 60 --cacert={}", files.at("ca.crt"));
    let figures = figures(&member, &words);
    assert_eq!(figures["phases"][0]["series"][0]["operations"], 60, "{figures}");
    let refused = run(&member, "put --clients 1 --total 1 --dial-timeout 300ms");
    assert_eq!((refused.status.code(), refused.stdout.len()), (Some(2), 0));
}
