//! Members that go on from a snapshot.

use super::{
    client::{Client, Told},
    cluster::{Cluster, Snapshot},
    history::Row,
    requests::*,
};
use etcd::{
    apply::{Outcome, Refusal},
    backend::{BackendError, Bucket},
    id::MemberId,
    mvcc::Ranges,
    pb::etcdserverpb::alarm_request::AlarmAction,
    raft::SnapshotSent,
    server::core::Input,
};
use std::{ops::ControlFlow, time::Duration};

/// Two members: the leader, whose log goes as soon as its file has what was in it, and the one that will be behind.
const BEHIND: usize = 2;

/// Three members, all of which have the same. Logs are let go at once.
fn three() -> Cluster {
    let mut cluster = Cluster::found(3, |config| config.catchup_entries = 0);
    cluster.done(0, put("before", "x"));
    cluster.tick();
    cluster
}

/// Cuts one off and lets the others go on, so far that only a snapshot helps.
fn leave_behind(cluster: &mut Cluster, go_on: impl FnOnce(&mut Cluster)) {
    cluster.cut.insert(BEHIND);
    go_on(cluster);
    cluster.flush(0);
}

/// The leader hears of it again, and sends a snapshot.
fn fetch(cluster: &mut Cluster) -> Snapshot {
    cluster.cut.remove(&BEHIND);
    for _ in 0..100 {
        cluster.tick();
        if let Some(snapshot) = cluster.snapshots.pop() {
            return snapshot;
        }
    }
    panic!("no snapshot is sent");
}

fn tell_leader(cluster: &mut Cluster, sent: SnapshotSent) {
    let behind = cluster.places[BEHIND].id;
    cluster.input(0, Input::SnapshotSent(MemberId(behind.0), sent));
}

/// It arrives, is gone by, and what has come since follows.
fn install(cluster: &mut Cluster) {
    let snapshot = fetch(cluster);
    cluster.take_in(BEHIND, &snapshot).expect("a sound snapshot");
    cluster.turn(BEHIND);
    tell_leader(cluster, SnapshotSent::Whole);
    for _ in 0..20 {
        cluster.tick();
    }
}

/// Everybody has the same rows, once compactions are finished.
fn check_equal(cluster: &mut Cluster) {
    let finished = |cluster: &mut Cluster, number: usize| {
        while !cluster.member(number).compact().expect("a sound disk") {}
        cluster.rows(number)
    };
    let expected = finished(cluster, 0);
    for number in 1..cluster.places.len() {
        let rows = finished(cluster, number);
        let name = |(bucket, (key, _)): &(Bucket, Row)| (*bucket, key.escape_ascii().to_string());
        let first = rows.iter().zip(&expected).find(|(one, other)| one != other);
        let first = first.map(|(one, other)| (name(one), name(other)));
        assert_eq!((first, rows.len()), (None, expected.len()), "member {number}");
    }
}

/// There are no users yet. But what went wrong with them can with all that decides outcomes and is kept in memory: here
/// alarms, leases, and what is compacted. Their store will stand beside these, and its users in this scenario.
#[test]
fn issue_14571_what_decides_outcomes_is_not_read_from_a_snapshot() {
    let mut cluster = three();
    cluster.done(0, grant(7, 1000));
    cluster.done(0, grant(8, 1000));
    let leader = cluster.places[0].id.0;
    leave_behind(&mut cluster, |cluster| {
        cluster.done(0, revoke(8));
        cluster.done(0, grant(9, 1000));
        let revision = cluster.done(0, put_leased("leased", "x", 9));
        cluster.done(0, compact(revision));
        cluster.done(0, no_space(leader, AlarmAction::Activate));
    });
    install(&mut cluster);
    // These are decided by each member for itself.
    let revision = cluster.member(0).reader.revision();
    assert_eq!(cluster.run(0, put("refused", "x")), Outcome::Refused(Refusal::NoSpace));
    cluster.done(0, no_space(leader, AlarmAction::Deactivate));
    assert_eq!(cluster.run(0, put_leased("refused", "x", 8)), Outcome::Refused(Refusal::LeaseNotFound));
    assert_eq!(cluster.run(0, put_and_read("refused", "before", 2)), Outcome::Refused(Refusal::Compacted));
    assert_eq!(cluster.run(0, compact(2)), Outcome::Refused(Refusal::Compacted));
    assert_eq!(cluster.done(0, put_leased("again", "x", 9)), revision + 1);
    // Takes the keys of the lease with it: both of them, everywhere.
    assert_eq!(cluster.done(0, revoke(9)), revision + 2);
    cluster.tick();
    check_equal(&mut cluster);
    let expected = cluster.member(0).replicated();
    assert_eq!(cluster.member(BEHIND).replicated(), expected);
}

/// A watcher that had all, one that lacks the last, and one that is behind: each goes on where it was.
#[test]
fn issue_15271_a_watch_goes_back_in_time_behind_a_snapshot() {
    for compacted_back in [None, Some(1), Some(3)] {
        let mut cluster = three();
        let start = cluster.member(BEHIND).reader.revision();
        let [all, slow, late] = [100, 1, 100].map(|room| Client::open(cluster.member(BEHIND), room));
        [&all, &slow].into_iter().for_each(|client| client.watch(cluster.member(BEHIND), 2));
        (0..5).for_each(|_| _ = cluster.done(0, put("k", "x")));
        cluster.tick();
        let known = start + 5;
        cluster.hub(BEHIND);
        late.watch(cluster.member(BEHIND), 3);
        let mut told = [all.read(), slow.read_one(), Vec::new()];
        leave_behind(&mut cluster, |cluster| {
            (0..5).for_each(|_| _ = cluster.done(0, put("k", "y")));
            if let Some(back) = compacted_back {
                cluster.done(0, compact(known + 1 - back));
            }
        });
        install(&mut cluster);
        cluster.done(0, put("k", "z"));
        cluster.tick();
        let last = known + 6;
        for _ in 0..50 {
            cluster.now += Duration::from_millis(100);
            cluster.hub(BEHIND);
            for (client, told) in [&all, &slow, &late].into_iter().zip(&mut told) {
                told.extend(client.read_one());
            }
        }
        let compacted = compacted_back.map_or(0, |back| known + 1 - back);
        let [all, slow, late] = told;
        check_went_on(&all, 2, last, compacted);
        check_went_on(&slow, 2, last, compacted);
        check_went_on(&late, 3, last, compacted);
        assert!(all.iter().all(|told| matches!(told, Told::Put(..))), "who lacked nothing is not canceled: {all:?}");
    }
}

/// Every revision from `from` on once, in order, to the last one or to where the watch was canceled for a reason.
fn check_went_on(told: &[Told], from: i64, last: i64, compacted: i64) {
    let mut next = from;
    for (place, item) in told.iter().enumerate() {
        match item {
            Told::Put(_, _, revision) => {
                assert_eq!(*revision, next, "{told:?}");
                next += 1;
            }
            Told::Canceled(_, at) => {
                assert!(*at == compacted && next < compacted && place + 1 == told.len(), "{told:?}");
                return;
            }
            other => panic!("{other:?} was not asked for"),
        }
    }
    assert_eq!(next, last + 1, "{told:?}");
}

/// The future that a watch waits for is in the snapshot, or is not yet.
#[test]
fn issue_20221_a_watch_of_the_future_is_told_of_the_past_behind_a_snapshot() {
    for ahead in [1, 3, 6, 7, 9] {
        let mut cluster = three();
        let known = cluster.member(BEHIND).reader.revision();
        let client = Client::open(cluster.member(BEHIND), 100);
        client.watch(cluster.member(BEHIND), known + ahead);
        leave_behind(&mut cluster, |cluster| (0..6).for_each(|_| _ = cluster.done(0, put("k", "x"))));
        install(&mut cluster);
        cluster.hub(BEHIND);
        (0..4).for_each(|_| _ = cluster.done(0, put("k", "x")));
        cluster.tick();
        cluster.hub(BEHIND);
        let expected: Vec<Told> =
            (known + ahead..=known + 10).map(|revision| Told::Put(0, "k".into(), revision)).collect();
        assert_eq!(client.read(), expected, "{ahead} ahead");
    }
}

/// What reaches the member, in which order.
#[derive(Clone, Copy, Debug)]
enum Arrives {
    Older,
    Newer,
    /// Its turn.
    Turn,
    /// Its process is killed and comes back.
    Kill,
}

#[test]
fn issue_18055_two_snapshots_come_shortly_after_one_another() {
    use Arrives::{Kill, Newer, Older, Turn};
    let mut cluster = three();
    leave_behind(&mut cluster, |cluster| _ = cluster.done(0, put("older", "x")));
    let older = fetch(&mut cluster);
    tell_leader(&mut cluster, SnapshotSent::NotWhole);
    leave_behind(&mut cluster, |cluster| _ = cluster.done(0, put("newer", "x")));
    let newer = fetch(&mut cluster);
    let index_of = |it: &Snapshot| it.message.snapshot.as_ref().map_or(0, |snapshot| snapshot.metadata.index);
    assert!(index_of(&older) < index_of(&newer), "there are two");
    cluster.kill(BEHIND);
    let disk = cluster.places[BEHIND].disk.clone();
    let orders: [&[Arrives]; 11] = [
        &[Older, Newer, Turn],
        &[Newer, Older, Turn],
        &[Older, Turn, Newer, Turn],
        &[Newer, Turn, Older, Turn],
        &[Older, Older, Newer, Turn],
        &[Newer, Newer, Older, Older, Turn],
        &[Older, Newer, Older, Turn, Turn],
        &[Older, Newer, Kill, Newer, Turn],
        &[Newer, Older, Kill, Older, Newer, Turn],
        &[Older, Turn, Kill, Newer, Turn],
        &[Newer, Turn, Kill, Older, Turn],
    ];
    for order in orders {
        let mut alone = cluster.alone_on(BEHIND, disk.fork());
        for arrives in order {
            let taken = match arrives {
                Older => alone.take_in(0, &older),
                Newer => alone.take_in(0, &newer),
                Turn => alone.try_turn(0).map(drop),
                Kill => {
                    alone.kill(0);
                    alone.start(0);
                    Ok(())
                }
            };
            let is_there = |error: &String| error.contains("is there already");
            assert!(taken.as_ref().err().is_none_or(is_there), "{order:?}: {taken:?}");
        }
        alone.turn(0);
        assert_eq!(alone.member(0).applied(), index_of(&newer), "{order:?}");
        let (_, kvs) = alone.member(0).read_all().expect("reads do not fail");
        assert_eq!(kvs.len(), 3, "{order:?}: {kvs:?}");
        let config = &alone.places[0].config;
        let left = etcd::disk::Disk::list(&alone.places[0].disk, &config.snap_dir()).expect("a folder");
        assert_eq!(left, ["db"], "{order:?}");
    }
}

/// The file is being rewritten, piece by piece, when another takes its place.
#[test]
fn issue_20271_a_snapshot_is_installed_during_a_defragmentation() {
    let large = "x".repeat(40_000);
    for at_piece in 1..4 {
        let mut cluster = three();
        (0..24).for_each(|number| _ = cluster.done(0, put(&format!("{number}"), &large)));
        cluster.tick();
        cluster.flush(BEHIND);
        // The rows that the old file has are gone from the new one.
        leave_behind(&mut cluster, |cluster| {
            (0..24).for_each(|number| _ = cluster.done(0, put(&format!("{number}"), "other")));
            let revision = cluster.member(0).reader.revision();
            cluster.done(0, compact(revision));
            while !cluster.member(0).compact().expect("a sound disk") {}
        });
        let snapshot = fetch(&mut cluster);
        let backend = cluster.member(BEHIND).backend.clone();
        let mut piece = 0;
        let defragmented = backend.defragment(|| {
            piece += 1;
            if piece == at_piece {
                cluster.take_in(BEHIND, &snapshot).expect("a sound snapshot");
                cluster.turn(BEHIND);
            }
            ControlFlow::Continue(())
        });
        assert!(piece >= at_piece, "{piece} pieces");
        tell_leader(&mut cluster, SnapshotSent::Whole);
        cluster.tick();
        cluster.done(0, put("behind", "x"));
        cluster.tick();
        check_equal(&mut cluster);
        cluster.flush(BEHIND);
        cluster.kill(BEHIND);
        cluster.start(BEHIND);
        check_equal(&mut cluster);
        let backend = cluster.member(BEHIND).backend.clone();
        backend.defragment(|| ControlFlow::Continue(())).expect("a sound disk");
        check_equal(&mut cluster);
        assert!(matches!(defragmented, Err(BackendError::Closed)), "{defragmented:?}");
    }
}
