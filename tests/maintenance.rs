//! What operators let a running member do, through its binary: rewriting its file while it is written and read, at a start,
//! and dropping old history by itself. Each runs against a real etcd as well, when `ETCD_ORACLE` names one.

mod support;

use etcd::pb::etcdserverpb::{
    CompactionRequest, DefragmentRequest, HashKvRequest, MoveLeaderRequest, PutRequest, RangeRequest, StatusRequest,
    kv_client::KvClient, maintenance_client::MaintenanceClient,
};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};
use support::member::{Member, Program};
use tonic::transport::Channel;

fn programs() -> Vec<Program> {
    std::iter::once(Program::ours()).chain(Program::oracle()).collect()
}

fn put(key: u32, value: Vec<u8>) -> PutRequest {
    PutRequest { key: key.to_be_bytes().to_vec().into(), value: value.into(), ..PutRequest::default() }
}

/// Many revisions of few keys, compacted away when they are in the file: what goes sooner leaves no holes.
async fn make_holes(channel: Channel) {
    let (mut kv, mut maintenance) = (KvClient::new(channel.clone()), MaintenanceClient::new(channel));
    let mut revision = 0;
    for number in 0..120 {
        let answer = kv.put(put(number % 4, vec![number as u8; 100_000])).await.expect("a put").into_inner();
        revision = answer.header.expect("a header").revision;
    }
    // The file is written ten times a second.
    while sizes(&mut maintenance).await.0 < 12_000_000 {}
    kv.compact(CompactionRequest { revision, physical: true }).await.expect("a compaction");
}

async fn sizes(maintenance: &mut MaintenanceClient<Channel>) -> (i64, i64) {
    let status = maintenance.status(StatusRequest {}).await.expect("a status").into_inner();
    (status.db_size, status.db_size_in_use)
}

/// The hash of a compaction is kept when its last row is gone, and tells of the compaction before.
#[tokio::test(flavor = "multi_thread")]
async fn a_physical_compaction_that_is_done_already_waits_for_the_work() {
    // Hashes are kept since 3.5.5.
    for program in Program::all_current() {
        let slow = ["--unsafe-no-fsync", "--compaction-batch-limit=1", "--compaction-sleep-interval=5ms"];
        let member = Member::start(&program, &slow);
        let (mut kv, mut maintenance) = (KvClient::new(member.channel()), MaintenanceClient::new(member.channel()));
        for number in 0..40 {
            kv.put(put(0, vec![number])).await.expect("a put");
        }
        kv.compact(CompactionRequest { revision: 30, physical: false }).await.expect("a compaction");
        let again = kv.compact(CompactionRequest { revision: 20, physical: true }).await.expect_err("it is compacted");
        assert_eq!(again.message(), "etcdserver: mvcc: required revision has been compacted");
        let hash = maintenance.hash_kv(HashKvRequest { revision: 30 }).await.expect("a hash").into_inner();
        assert_eq!((hash.hash_revision, hash.compact_revision), (30, -1), "{program:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_rewritten_while_it_is_written_and_read() {
    for program in programs() {
        let mut member = Member::start(&program, &[]);
        let (mut kv, mut maintenance) = (KvClient::new(member.channel()), MaintenanceClient::new(member.channel()));
        make_holes(member.channel()).await;
        let (before, _) = sizes(&mut maintenance).await;

        let is_over = Arc::new(AtomicBool::new(false));
        let (mut writer, writing) = (kv.clone(), is_over.clone());
        let writes = tokio::spawn(async move {
            let mut written = 0_u32;
            while written < 50 || !writing.load(Ordering::Acquire) {
                writer.put(put(1000 + written, written.to_be_bytes().to_vec())).await.expect("writes go on");
                let key = (1000 + written).to_be_bytes().to_vec();
                let read = writer.range(RangeRequest { key: key.into(), ..RangeRequest::default() }).await;
                assert_eq!(read.expect("reads go on").into_inner().count, 1);
                written += 1;
            }
            written
        });
        let answer = maintenance.defragment(DefragmentRequest {}).await.expect("a defragmentation").into_inner();
        assert_eq!(answer.header, None);
        is_over.store(true, Ordering::Release);
        let written = writes.await.expect("the writer ends well");

        let (after, in_use) = sizes(&mut maintenance).await;
        assert!(after < before / 3 && in_use <= after, "{program:?}: {before} bytes became {after}");
        for round in 0..2 {
            for number in 0..written {
                let key = (1000 + number).to_be_bytes().to_vec().into();
                let found =
                    kv.range(RangeRequest { key, ..RangeRequest::default() }).await.expect("a read").into_inner();
                assert_eq!(found.kvs[0].value.as_ref(), number.to_be_bytes(), "round {round} of {program:?}");
            }
            member.kill();
            member.restart();
            kv = KvClient::new(member.channel());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_rewrites_a_file_with_many_holes() {
    // The flag is of 3.6 and later.
    for program in Program::all_current() {
        let mut member = Member::start(&program, &["--bootstrap-defrag-threshold-megabytes=5"]);
        make_holes(member.channel()).await;
        let (before, _) = sizes(&mut MaintenanceClient::new(member.channel())).await;
        member.terminate();
        member.restart();
        let (after, _) = sizes(&mut MaintenanceClient::new(member.channel())).await;
        assert!(after < before / 3, "{program:?}: {before} bytes became {after}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leader_is_moved_to_voters_only() {
    for program in programs() {
        let member = Member::start(&program, &[]);
        let mut maintenance = MaintenanceClient::new(member.channel());
        let leader = maintenance.status(StatusRequest {}).await.expect("a status").into_inner().leader;
        let moved = maintenance.move_leader(MoveLeaderRequest { target_id: leader }).await.expect("it leads already");
        assert_eq!(moved.into_inner().header, None);
        let refused = maintenance.move_leader(MoveLeaderRequest { target_id: 7 }).await.expect_err("nobody");
        assert_eq!(refused.message(), "etcdserver: bad leader transferee", "{program:?}");
        assert_eq!(refused.code(), tonic::Code::FailedPrecondition);
    }
}
