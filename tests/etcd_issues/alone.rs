//! What a member has on its disk, and finds there again.

use super::{cluster::Cluster, requests::*};
use bytes::Bytes;
use etcd::{
    apply::{Identity, Outcome, Settings, StateMachine},
    backend::{Backend, BackendConfig, Batch, Bucket, meta},
    disk::{
        Disk,
        mem::{Faults, MemDisk, PowerLoss},
    },
    id::{ClusterId, MemberId},
    mvcc::Ranges,
    pb::raftpb::Entry,
};
use prost::Message as _;
use std::{ops::ControlFlow, path::Path, sync::Arc};

type Rows = Vec<(Bucket, Vec<(Bytes, Bytes)>)>;

fn open(disk: &MemDisk) -> (Backend, StateMachine) {
    let door: Arc<dyn Disk> = Arc::new(disk.clone());
    let backend = Backend::open(door, Path::new("/db"), &BackendConfig::default()).expect("a sound disk");
    let identity = Identity { cluster_id: ClusterId(1), member_id: MemberId(2) };
    let machine = StateMachine::open(backend.clone(), identity, Settings::default()).expect("a sound disk");
    (backend, machine)
}

fn rows(backend: &Backend) -> Rows {
    let of = |bucket| (bucket, backend.range(bucket, b"", None, usize::MAX).expect("a sound disk"));
    Bucket::ALL.into_iter().map(of).collect()
}

/// Entries of all kinds. Each put is one that shows when it is missing or done twice.
fn log() -> Vec<Entry> {
    let mut requests = vec![grant(7, 1000), grant(8, 1000)];
    for round in 0..6 {
        requests.push(put("counted", &format!("{round}")));
        requests.push(put_leased(&format!("leased {round}"), "x", 7 + round % 2));
        requests.push(put_and_read(&format!("of round {round}"), "counted", 0));
        requests.push(delete(&format!("of round {}", round - 1)));
    }
    requests.extend([compact(5), revoke(7), put("counted", "last")]);
    let entry = |(index, request): (u64, etcd::pb::etcdserverpb::InternalRaftRequest)| Entry {
        index,
        term: 1,
        data: request.encode_to_vec().into(),
        ..Entry::default()
    };
    (1..).zip(requests).map(entry).collect()
}

/// A file of any moment, with the entries behind the index that it tells: they must come to the same as all of them.
fn check_file(disk: &MemDisk, log: &[Entry], expected: &Rows) -> u64 {
    let copy = disk.fork();
    copy.kill();
    let (backend, mut machine) = open(&copy);
    let (found, _) = machine.applied();
    machine.apply_all(log.iter().filter(|entry| entry.index > found)).expect("a sound log");
    assert!(
        &rows(&backend) == expected,
        "the file says that it is at entry {found}, and its rows are not of that entry"
    );
    found
}

/// A flush may come at any moment, also between two entries that are staged together: an iterator over the entries is
/// where this test gets in.
#[test]
fn issue_13766_the_index_in_the_file_is_not_of_its_rows() {
    let log = log();
    let (backend, mut machine) = open(&MemDisk::new());
    machine.apply_all(&log).expect("a sound log");
    let expected = rows(&backend);
    for together in [1, 2, 5, log.len()] {
        let disk = MemDisk::new();
        let (backend, mut machine) = open(&disk);
        let mut found = Vec::new();
        let mut flush = || {
            backend.flush().expect("a sound disk");
            found.push(check_file(&disk, &log, &expected));
        };
        for entries in log.chunks(together) {
            machine.apply_all(entries.iter().inspect(|_| flush())).expect("a sound log");
            flush();
        }
        assert!(found.is_sorted() && found.last() == Some(&(log.len() as u64)), "files were looked at: {found:?}");
    }
}

/// The answers that were given, by the revision that each tells of.
fn revision_of(outcome: &Outcome) -> i64 {
    match outcome {
        Outcome::Done(etcd::apply::Response::Put(response)) => response.header.as_ref().map_or(0, |it| it.revision),
        other => panic!("a put is answered {other:?}"),
    }
}

/// Asks for puts until all are answered or the disk fails. Returns the highest revision that a client was told.
fn write_until_failure(cluster: &mut Cluster, puts: usize) -> i64 {
    let mut told = 1;
    for number in 0..puts {
        // Two at a time share a sync.
        let questions = [0, 1].map(|half| cluster.ask(0, put(&format!("{number}-{half}"), "x")));
        let ended = cluster.try_turn(0);
        for question in questions {
            if let Some(answer) = cluster.answer(question) {
                told = told.max(revision_of(answer.as_ref().expect("there is a leader")));
            }
        }
        if ended.is_err() {
            break;
        }
    }
    told
}

#[test]
fn issue_14370_an_answered_write_is_lost_when_the_power_goes() {
    const PUTS: usize = 6;
    let mut whole = Cluster::found(1, |_| {});
    let began = whole.places[0].disk.ops();
    assert_eq!(write_until_failure(&mut whole, PUTS), 1 + 2 * PUTS as i64);
    let ended = whole.places[0].disk.ops();
    let syncs = (began.syncs + 1..=ended.syncs).map(PowerLoss::AtSync);
    let writes = (began.writes + 1..=ended.writes).map(PowerLoss::AtWrite);
    assert!(ended.syncs - began.syncs >= PUTS as u64, "there is something to fail");
    // And once when all is answered: nothing that a client knows of waits for a later sync.
    let power_losses = syncs.chain(writes).map(Some).chain([None]);
    for (power_loss, seed) in power_losses.flat_map(|it| (0..4).map(move |seed| (it, seed))) {
        let mut cluster = Cluster::found(1, |_| {});
        cluster.places[0].disk.set_faults(Faults { power_loss, ..Faults::default() });
        let told = write_until_failure(&mut cluster, PUTS);
        cluster.crash(0, seed);
        cluster.start(0);
        cluster.settle();
        let found = cluster.member(0).reader.revision();
        assert!(found >= told, "{power_loss:?}, seed {seed}: a client was told of {told}, and {found} is left");
    }
}

/// More rows than a defragmentation copies at once.
fn large() -> String {
    "x".repeat(40_000)
}

/// Fills a file, and rewrites it while writes go on. An error is that of a disk whose power went.
fn write_and_defragment(cluster: &mut Cluster) -> Result<i64, String> {
    let backend = cluster.member(0).backend.clone();
    let mut rounds = 0;
    let mut failed = Ok(false);
    let done = backend.defragment(|| {
        rounds += 1;
        for key in ["counted", "counted", "added"] {
            cluster.ask(0, put(key, &format!("{rounds}")));
        }
        failed = cluster.try_turn(0);
        if failed.is_ok() && rounds % 2 == 0 {
            failed = backend.flush().map(|()| false).map_err(|error| error.to_string());
        }
        if failed.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    failed?;
    done.map_err(|error| error.to_string())?;
    assert!(rounds > 2, "writes came in between");
    Ok(cluster.member(0).reader.revision())
}

fn filled() -> Cluster {
    let mut cluster = Cluster::found(1, |_| {});
    for number in 0..24 {
        cluster.done(0, put(&format!("{number}"), &large()));
    }
    cluster.flush(0);
    cluster
}

/// Every put of a key is one version more: an entry that is applied twice shows as a version too many.
fn check_versions(cluster: &mut Cluster, revision: i64, when: &str) {
    let (found, kvs) = cluster.member(0).read_all().expect("reads do not fail");
    assert_eq!(found, revision, "{when}");
    // A new store is at revision 1.
    let versions: i64 = kvs.iter().map(|kv| kv.version).sum();
    assert_eq!(versions, revision - 1, "{when}: {:?}", kvs.iter().map(|kv| (&kv.key, kv.version)).collect::<Vec<_>>());
}

#[test]
fn issue_14685_entries_are_applied_twice_after_a_defragmentation() {
    let mut whole = filled();
    let began = whole.places[0].disk.ops();
    let revision = write_and_defragment(&mut whole).expect("a sound disk");
    let ended = whole.places[0].disk.ops();
    // What was staged since the last flush is in the log alone.
    whole.kill(0);
    whole.start(0);
    whole.settle();
    check_versions(&mut whole, revision, "killed behind it");
    let syncs = ended.syncs - began.syncs;
    assert!(syncs > 10, "there is something to fail");
    for sync in 1..=syncs {
        let mut cluster = filled();
        let power_loss = Some(PowerLoss::AtSync(began.syncs + sync));
        cluster.places[0].disk.set_faults(Faults { power_loss, ..Faults::default() });
        // What fails when the old file is closed is of no matter.
        let _ = write_and_defragment(&mut cluster);
        cluster.crash(0, sync);
        cluster.start(0);
        cluster.settle();
        let found = cluster.member(0).reader.revision();
        assert!(found <= revision);
        check_versions(&mut cluster, found, &format!("the power went at sync {sync} of {syncs}"));
    }
}

/// Keys that come and go: the last twenty revisions are tombstones, and the compaction is to the very last.
fn emptied() -> (Cluster, i64) {
    let mut cluster = Cluster::found(1, |_| {});
    for number in 0..20 {
        cluster.done(0, put(&format!("{number}"), "x"));
    }
    let last = (0..20).map(|number| cluster.done(0, delete(&format!("{number}")))).last().expect("some");
    cluster.done(0, compact(last));
    (cluster, last)
}

fn check_revision(mut cluster: Cluster, last: i64, when: &str) {
    cluster.kill(0);
    cluster.start(0);
    cluster.settle();
    assert_eq!(cluster.member(0).reader.revision(), last, "{when}");
    while !cluster.member(0).compact().expect("a sound disk") {}
    assert_eq!(cluster.done(0, put("next", "x")), last + 1, "{when}");
}

#[test]
fn issue_17780_the_revision_goes_back_after_a_crash_during_a_compaction() {
    for steps in 0.. {
        let (mut cluster, last) = emptied();
        let is_over = (0..steps).any(|_| cluster.member(0).compact().expect("a sound disk"));
        cluster.flush(0);
        check_revision(cluster, last, &format!("{steps} steps of compaction, then a flush"));
        if is_over {
            assert!(steps > 3, "there were steps to crash between");
            break;
        }
    }
    // An etcd before 3.5.16 removed the tombstone at the compact revision as well: such a file may be taken over.
    for finished in [None, Some(meta::FINISHED_COMPACT)] {
        let (mut cluster, last) = emptied();
        let member = cluster.member(0);
        let scheduled = member.backend.get(Bucket::Meta, meta::SCHEDULED_COMPACT).expect("a sound disk");
        let mut batch = Batch::new();
        member.rows().expect("a sound disk").iter().for_each(|(key, _)| batch.delete(Bucket::Key, key));
        finished.into_iter().for_each(|key| batch.put(Bucket::Meta, key, scheduled.clone().expect("it is scheduled")));
        member.backend.stage(batch);
        cluster.flush(0);
        check_revision(cluster, last, &format!("no row is left, {finished:?}"));
    }
}
