//! A member whose disk has changed a value behind its back is found: by the leader from time to time, by the leader after a
//! compaction, and by the member itself when it returns. With a real etcd at hand, it does and says the same in the same
//! place, and either kind finds the other.

use crate::process::{Process, Together, WAIT_MAX};
use crate::support::member::Program;
use bytes::Bytes;
use etcd::{
    backend::{Backend, BackendConfig, Batch, Bucket},
    disk::os::{Fsync, OsDisk},
    pb::{
        etcdserverpb::{
            AlarmMember, AlarmRequest, AlarmType, CompactionRequest, DeleteRangeRequest, MoveLeaderRequest, PutRequest,
            kv_client::KvClient, maintenance_client::MaintenanceClient,
        },
        mvccpb::KeyValue,
    },
};
use prost::Message;
use std::{
    io::{Read, Write},
    net::TcpStream,
    sync::Arc,
    time::Instant,
};
use tonic::Code;

/// The value that changes, and what becomes of it.
const SOUND: &[u8] = b"a sound value";
const ROTTEN: &[u8] = b"a r0tten one!";

/// Changes a value in the file of a member that does not run.
fn rot(member: &Process) {
    let path = member.backend();
    let mut bytes = std::fs::read(&path).expect("it has a backend");
    if bytes.starts_with(b"redb") {
        let backend = Backend::open(Arc::new(OsDisk::new(Fsync::On)), &path, &BackendConfig::default());
        let backend = backend.expect("its backend opens");
        let rows = backend.range(Bucket::Key, b"", None, usize::MAX).expect("its rows");
        let row = |(key, row): (Bytes, Bytes)| (key, KeyValue::decode(row).expect("a row"));
        let mut found = rows.into_iter().map(row).filter(|(_, kv)| kv.value == SOUND);
        let (key, kv) = found.next().expect("the value is in the file");
        let mut batch = Batch::new();
        batch.put(Bucket::Key, &key, KeyValue { value: ROTTEN.into(), ..kv }.encode_to_vec().into());
        backend.stage(batch);
        return backend.close().expect("its backend closes");
    }
    // bbolt has no checksums of values.
    let places: Vec<usize> =
        bytes.windows(SOUND.len()).enumerate().filter(|(_, at)| *at == SOUND).map(|(at, _)| at).collect();
    assert!(!places.is_empty(), "the value is in the file");
    places.iter().for_each(|at| bytes[*at..at + ROTTEN.len()].copy_from_slice(ROTTEN));
    std::fs::write(&path, bytes).expect("it can be written");
}

/// A cluster of these programs with some keys, one of whose members has another value than the rest, and does not run. Returns
/// its place.
async fn with_a_rotten_one(programs: &[&Program], flags: &[&str], place: usize) -> Together {
    let mut cluster = Together::start(programs, flags);
    cluster.members[0].put("a", "1").await;
    cluster.members[0].put("sound", &String::from_utf8_lossy(SOUND)).await;
    cluster.members[place].put("b", "1").await;
    cluster.members[place].terminate();
    rot(&cluster.members[place]);
    cluster
}

/// Waits until the alarm is on for that member and no other.
async fn until_alarmed(asked: &Process, member_id: u64) {
    let deadline = Instant::now() + WAIT_MAX;
    while asked.status().await.errors.is_empty() {
        assert!(Instant::now() < deadline, "no alarm was raised");
    }
    let alarms = MaintenanceClient::new(asked.channel()).alarm(AlarmRequest::default()).await.expect("the alarms");
    let alarm = AlarmMember { member_id, alarm: AlarmType::Corrupt as i32 };
    assert_eq!(alarms.into_inner().alarms, [alarm]);
}

/// The alarm forbids writes, and those who look after the member hear of it.
async fn is_blocked(member: &Process) {
    let put = PutRequest { key: "c".into(), ..Default::default() };
    let refused = KvClient::new(member.channel()).put(put).await.unwrap_err();
    assert_eq!((refused.code(), refused.message()), (Code::DataLoss, "etcdserver: corrupt cluster"));
    let get = |path: &str| {
        let address = member.client_url().replace("http://", "");
        let mut stream = TcpStream::connect(&address).expect("it listens");
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").expect("it is asked");
        let mut said = String::new();
        stream.read_to_string(&mut said).expect("it answers");
        said
    };
    let health = get("/health");
    assert!(health.starts_with("HTTP/1.1 503"), "{health}");
    assert!(health.contains(r#"{"health":"false","reason":"ALARM CORRUPT"}"#), "{health}");
    let ready = get("/readyz");
    assert!(ready.starts_with("HTTP/1.1 503"), "{ready}");
    assert!(ready.contains("[-]data_corruption failed: alarm activated: CORRUPT"), "{ready}");
}

/// What it says of hashes and corruption, each line once, sorted: `level message: names of the fields`.
fn findings(lines: &[String]) -> Vec<String> {
    let mut told: Vec<String> = Vec::new();
    for line in lines {
        let fields: serde_json::Map<String, serde_json::Value> = serde_json::from_str(line).expect("a line of JSON");
        let text = |name: &str| fields.get(name).and_then(|value| value.as_str()).unwrap_or_default();
        let message = text("msg");
        // Whether a member that is about to come can be reached is chance.
        let is_of_them = ["corrupt", "hash"].iter().any(|word| message.to_lowercase().contains(word));
        // The line of bbolt is about its settings.
        if !is_of_them
            || fields.contains_key("logger")
            || message.starts_with("failed hash kv")
            || message.starts_with("skipped revision")
        {
            continue;
        }
        let known = ["level", "ts", "caller", "msg", "stacktrace"];
        let names: Vec<&str> = fields.keys().map(String::as_str).filter(|name| !known.contains(name)).collect();
        let line = format!("{} {message}: {}", text("level"), names.join(" "));
        if !told.contains(&line) {
            told.push(line);
        }
    }
    told.sort();
    told
}

/// Every mixture that can be had here: only ours, only real ones, and both ways of both.
fn mixtures() -> Vec<[Program; 3]> {
    let ours = Program::ours;
    let Some(real) = Program::current_oracle() else { return vec![[ours(), ours(), ours()]] };
    vec![
        [ours(), ours(), ours()],
        [real.clone(), real.clone(), real.clone()],
        [real.clone(), ours(), real.clone()],
        [ours(), real, ours()],
    ]
}

/// Which members lead and follow.
const ROTTEN_PLACE: usize = 1;

#[tokio::test(flavor = "multi_thread")]
async fn a_leader_finds_it_in_time() {
    for programs in mixtures() {
        let programs = programs.each_ref();
        let mut cluster = with_a_rotten_one(&programs, &["--corrupt-check-time=1s"], ROTTEN_PLACE).await;
        cluster.restart(ROTTEN_PLACE);
        let leader = cluster.leader(&[0, 2]).await;
        let rotten = cluster.members[ROTTEN_PLACE].id().await;
        until_alarmed(&cluster.members[leader], rotten).await;
        is_blocked(&cluster.members[leader]).await;
        cluster.members[leader].until("finished peer corruption check");
        assert_eq!(
            findings(&cluster.members[leader].said()),
            [
                "info enabled corruption checking: interval local-member-id",
                "info finished peer corruption check: number-of-peers-checked",
                "warn same compact revision then hashes must match: follower-compact-revision follower-hash \
                 follower-peer-id leader-compact-revision leader-hash"
            ],
            "{programs:?}"
        );
    }
}

/// Compares compactions every second.
const COMPACTIONS: [&str; 2] = ["--feature-gates=CompactHashCheck=true", "--compact-hash-check-time=1s"];

async fn compact(member: &Process) {
    let revision = member.status().await.header.expect("a header").revision;
    let request = CompactionRequest { revision, physical: true };
    KvClient::new(member.channel()).compact(request).await.expect("it compacts");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leader_finds_it_after_a_compaction() {
    for programs in mixtures() {
        let programs = programs.each_ref();
        let mut cluster = with_a_rotten_one(&programs, &COMPACTIONS, ROTTEN_PLACE).await;
        cluster.restart(ROTTEN_PLACE);
        let leader = cluster.leader(&[0, 2]).await;
        let rotten = cluster.members[ROTTEN_PLACE].id().await;
        compact(&cluster.members[leader]).await;
        until_alarmed(&cluster.members[leader], rotten).await;
        is_blocked(&cluster.members[leader]).await;
        cluster.members[leader].until("finished compaction hash check");
        assert_eq!(
            findings(&cluster.members[leader].said()),
            [
                "error Detected compaction hash mismatch: leader-compact-revision leader-hash leader-id leader-revision \
                 peer-hash peer-ids quorum-exist",
                "info finished compaction hash check: number-of-hashes-checked",
                "info starting compact hash check: local-member-id timeout",
                "info storing new hash: compact-revision hash revision"
            ],
            "{programs:?}"
        );
    }
}

/// Most of the members are right, whoever leads them.
#[tokio::test(flavor = "multi_thread")]
async fn a_leader_finds_itself() {
    for programs in mixtures() {
        let programs = programs.each_ref();
        let mut cluster = with_a_rotten_one(&programs, &COMPACTIONS, ROTTEN_PLACE).await;
        cluster.restart(ROTTEN_PLACE);
        let leader = cluster.leader(&[0, 1, 2]).await;
        let rotten = cluster.members[ROTTEN_PLACE].id().await;
        if leader != ROTTEN_PLACE {
            let order = MoveLeaderRequest { target_id: rotten };
            MaintenanceClient::new(cluster.members[leader].channel()).move_leader(order).await.expect("it moves");
        }
        compact(&cluster.members[ROTTEN_PLACE]).await;
        until_alarmed(&cluster.members[0], rotten).await;
    }
}

/// Of two, nobody knows which one is right.
#[tokio::test(flavor = "multi_thread")]
async fn without_a_majority_the_alarm_is_about_nobody() {
    for programs in mixtures() {
        let programs = [&programs[0], &programs[1]];
        let mut cluster = with_a_rotten_one(&programs, &COMPACTIONS, ROTTEN_PLACE).await;
        cluster.restart(ROTTEN_PLACE);
        compact(&cluster.members[0]).await;
        until_alarmed(&cluster.members[0], 0).await;
    }
}

/// A member that is sound returns, the other does not.
#[tokio::test(flavor = "multi_thread")]
async fn a_member_finds_itself_when_it_returns() {
    for programs in mixtures() {
        let programs = programs.each_ref();
        let flags = ["--feature-gates=InitialCorruptCheck=true"];
        let mut cluster = with_a_rotten_one(&programs, &flags, ROTTEN_PLACE).await;
        let all = cluster.initial_cluster();
        cluster.members[ROTTEN_PLACE].spawn(&all, "new");
        let (end, said) = cluster.members[ROTTEN_PLACE].end();
        assert_eq!(end.code(), Some(1), "{}", said.join("\n"));
        let why = said.iter().find(|line| line.contains(r#""msg":"discovery failed""#)).expect("why it failed");
        assert!(why.contains("found data inconsistency with peers"), "{why}");
        assert_eq!(
            findings(&said),
            [
                "error checkInitialHashKV failed: error",
                "info starting initial corruption check: local-member-id timeout",
                "warn found different hash values from remote peer: local-member-compact-revision local-member-hash \
                 local-member-id local-member-revision remote-peer-compact-revision remote-peer-endpoints \
                 remote-peer-hash remote-peer-id remote-peer-revision"
            ],
            "{programs:?}"
        );
        cluster.members[0].put("c", "without it").await;
        cluster.members[2].terminate();
        cluster.members[2].spawn(&all, "new");
        cluster.members[2].until_ready();
        let said = findings(&cluster.members[2].said());
        assert_eq!(
            said,
            [
                "info initial corruption checking passed; no corruption: local-member-id",
                "info starting initial corruption check: local-member-id timeout"
            ]
        );
    }
}

/// Writes, deletions and compactions go on under comparisons that follow one another closely, and nobody is blamed.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_blamed_who_is_sound() {
    let flags = [COMPACTIONS[0], "--compact-hash-check-time=20ms", "--corrupt-check-time=20ms"];
    for programs in mixtures() {
        let mut cluster = Together::start(&programs.each_ref(), &flags);
        let leader = cluster.leader(&[0, 1, 2]).await;
        for round in 0..20 {
            for number in 0..15 {
                let member = &cluster.members[(round + number) % 3];
                member.put(&format!("k{}", number % 7), &format!("{round}")).await;
            }
            let delete = DeleteRangeRequest { key: format!("k{}", round % 7).into(), ..Default::default() };
            KvClient::new(cluster.members[round % 3].channel()).delete_range(delete).await.expect("it deletes");
            let revision = cluster.members[round % 3].status().await.header.expect("a header").revision;
            let request = CompactionRequest { revision: revision - (round % 3) as i64, physical: false };
            KvClient::new(cluster.members[leader].channel()).compact(request).await.expect("it compacts");
        }
        // Both kinds of comparisons come to their end once all is calm. A compaction whose predecessor is still at work somewhere
        // is not compared there, so there may have to be some.
        let deadline = Instant::now() + WAIT_MAX;
        let calm = cluster.members[leader].said().len();
        let done = "successfully checked hash on whole cluster";
        while !cluster.members[leader].said()[calm..].iter().any(|line| line.contains(done)) {
            assert!(Instant::now() < deadline, "{programs:?}: {:#?}", findings(&cluster.members[leader].said()));
            cluster.members[leader].put("the", "end").await;
            compact(&cluster.members[leader]).await;
        }
        cluster.members[leader].until("finished peer corruption check");
        for member in &cluster.members {
            assert_eq!(member.status().await.errors, [""; 0], "{programs:?}");
        }
    }
}
