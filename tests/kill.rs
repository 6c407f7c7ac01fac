//! `kill -9` of the real binary in a loop, under load: every acknowledged write is found again, and nothing is found
//! that was never asked for. `KILL_ROUNDS` sets the number of rounds.

mod support;

use etcd::pb::etcdserverpb::{PutRequest, RangeRequest, kv_client::KvClient};
use std::{
    os::unix::process::ExitStatusExt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use support::{
    count,
    member::{Member, Program},
    seed,
};
use tonic::transport::Channel;

const WRITERS: usize = 16;

/// Each writer counts up in a key of its own; `acknowledged` holds the last number that was answered.
struct Writer {
    key: String,
    acknowledged: AtomicU64,
    sent: AtomicU64,
}

#[tokio::test(flavor = "multi_thread")]
async fn no_acknowledged_write_is_lost() {
    let mut rng = fastrand::Rng::with_seed(seed("kill"));
    let rounds = count("KILL_ROUNDS", 8);
    let mut member = Member::start(&Program::ours(), &["--snapshot-count=500", "--backend-batch-interval=20ms"]);
    let writers: Vec<Arc<Writer>> = (0..WRITERS)
        .map(|number| Arc::new(Writer { key: format!("writer-{number}"), acknowledged: 0.into(), sent: 0.into() }))
        .collect();
    let mut revision = 1;
    for round in 0..rounds {
        let target = 200 + rng.u64(0..2_000);
        let done = Arc::new(AtomicU64::new(0));
        let writing: Vec<_> =
            writers.iter().map(|writer| tokio::spawn(write(writer.clone(), member.channel(), done.clone()))).collect();
        wait_for(&done, target).await;
        member.kill();
        for task in writing {
            task.await.expect("a writer ends when its member is gone");
        }
        member.restart();
        revision = check(&writers, member.channel(), revision, round).await;
    }
    let acknowledged: u64 = writers.iter().map(|writer| writer.acknowledged.load(Ordering::SeqCst)).sum();
    assert!(acknowledged >= rounds * 200, "there was load: {acknowledged} writes");
    println!("kill: {rounds} rounds, {acknowledged} acknowledged writes, none lost");
    let end = member.terminate();
    assert_eq!(end.signal(), Some(15), "whoever stops it sees that the signal did: {end}");
}

async fn write(writer: Arc<Writer>, channel: Channel, done: Arc<AtomicU64>) {
    let mut kv = KvClient::new(channel);
    loop {
        let number = writer.sent.load(Ordering::SeqCst) + 1;
        writer.sent.store(number, Ordering::SeqCst);
        let value = number.to_string().into();
        let request = PutRequest { key: writer.key.clone().into(), value, ..Default::default() };
        if kv.put(request).await.is_err() {
            return;
        }
        writer.acknowledged.store(number, Ordering::SeqCst);
        done.fetch_add(1, Ordering::SeqCst);
    }
}

async fn wait_for(done: &AtomicU64, target: u64) {
    let reached = async {
        while done.load(Ordering::SeqCst) < target {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(120), reached).await.expect("the member keeps answering");
}

async fn check(writers: &[Arc<Writer>], channel: Channel, revision_before: i64, round: u64) -> i64 {
    let mut kv = KvClient::new(channel);
    let mut revision = 0;
    for writer in writers {
        let request = RangeRequest { key: writer.key.clone().into(), ..Default::default() };
        let response = kv.range(request).await.expect("a member that came back answers").into_inner();
        let acknowledged = writer.acknowledged.load(Ordering::SeqCst);
        let found: u64 = match response.kvs.first() {
            Some(kv) => String::from_utf8_lossy(&kv.value).parse().expect("a number"),
            None => 0,
        };
        let sent = writer.sent.load(Ordering::SeqCst);
        assert!(found >= acknowledged, "round {round}, {}: {acknowledged} acknowledged, {found} found", writer.key);
        assert!(found <= sent, "round {round}, {}: {found} found, {sent} sent", writer.key);
        if let Some(kv) = response.kvs.first() {
            assert!(kv.version as u64 <= sent, "round {round}, {}: applied twice: {kv:?}", writer.key);
        }
        revision = response.header.map_or(0, |header| header.revision);
    }
    assert!(revision >= revision_before, "round {round}: revision {revision} after {revision_before}");
    revision
}
