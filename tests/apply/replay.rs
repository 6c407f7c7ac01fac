//! Applying a log, losing what was not flushed, and applying the rest again comes to the same as applying it once.

use crate::{
    generate, language,
    support::{Machine, chance, entry},
};
use etcd::{
    apply::{Applied, StateMachine},
    id::LeaseId,
    key::KeyRange,
    mvcc::{CompactionStep, Fetch, RangeQuery, Ranges},
    pb::raftpb::Entry,
};

/// A log of random requests, and what came of each when applied once, in one life.
fn random_log(chance: &mut fastrand::Rng, len: u64) -> (Vec<Entry>, Vec<Applied>, Machine) {
    let mut machine = Machine::new();
    let (mut log, mut applied) = (Vec::new(), Vec::new());
    for index in 1..=len {
        let line = generate::command_of_somebody(chance, machine.inner.reader().revision());
        let request = language::read(&line).unwrap_or_else(|error| panic!("{line}: {error}"));
        log.push(entry(index, &request));
        applied.push(machine.inner.apply(&log[index as usize - 1]).unwrap());
    }
    (log, applied, machine)
}

#[track_caller]
fn assert_same(left: &StateMachine, right: &StateMachine) {
    assert_eq!(left.applied(), right.applied());
    assert_eq!(left.conf_state(), right.conf_state());
    assert_eq!(left.storage_version(), right.storage_version());
    assert_eq!(left.alarms().list(0), right.alarms().list(0));
    assert_eq!(left.members().list(), right.members().list());
    let (left_leases, right_leases) = (left.leases(), right.leases());
    assert_eq!(left_leases.all(), right_leases.all());
    for (id, _) in left_leases.all() {
        assert_eq!(left_leases.keys(id), right_leases.keys(id));
    }
    let standing = |machine: &StateMachine| (machine.auth().is_enabled(), machine.auth().revision());
    assert_eq!(standing(left), standing(right));
    let everything = RangeQuery { range: KeyRange::all(), at: 0, limit: 0, fetch: Fetch::Full };
    assert_eq!(left.reader().range(&everything).unwrap(), right.reader().range(&everything).unwrap());
    // Every row of every bucket, once what is compacted is gone on both sides.
    for machine in [left, right] {
        finish_compactions(machine);
    }
    assert_eq!(left.reader().hash().unwrap(), right.reader().hash().unwrap());
}

fn finish_compactions(machine: &StateMachine) {
    let mut compactor = machine.compactor();
    while compactor.step(100).unwrap() != CompactionStep::Idle {}
}

/// Leases have exactly the keys that name them.
#[track_caller]
fn assert_attached(machine: &StateMachine) {
    let everything = RangeQuery { range: KeyRange::all(), at: 0, limit: 0, fetch: Fetch::Full };
    let kvs = machine.reader().range(&everything).unwrap().kvs;
    for (id, _) in machine.leases().all() {
        let keys: Vec<_> = kvs.iter().filter(|kv| LeaseId(kv.lease) == id).map(|kv| kv.key.clone()).collect();
        assert_eq!(machine.leases().keys(id), keys);
    }
    assert!(kvs.iter().all(|kv| kv.lease == 0 || machine.leases().lease_of(&kv.key) == Some(LeaseId(kv.lease))));
}

#[test]
fn a_crash_changes_nothing() {
    let mut chance = chance();
    for _ in 0..20 {
        let (log, expected, whole) = random_log(&mut chance, 300);
        assert_attached(&whole.inner);
        let mut machine = Machine::new();
        let mut compactor = machine.inner.compactor();
        let mut at = 0;
        while at < log.len() {
            let group = chance.usize(1..20).min(log.len() - at);
            let applied = machine.inner.apply_all(&log[at..at + group]).unwrap();
            for (applied, expected) in applied.iter().zip(&expected[at..]) {
                assert_eq!(format!("{applied:?}"), format!("{expected:?}"));
            }
            at += group;
            match chance.u8(0..8) {
                0 => machine.backend.flush().unwrap(),
                1 => while compactor.step(3).unwrap() != CompactionStep::Idle {},
                2 => {
                    let disk = machine.disk.clone();
                    drop((machine, compactor));
                    disk.crash(chance.u64(..));
                    machine = Machine::open(disk);
                    compactor = machine.inner.compactor();
                    let kept = machine.inner.applied().0 as usize;
                    assert!(kept <= at);
                    at = kept;
                }
                _ => {}
            }
        }
        assert_same(&machine.inner, &whole.inner);
    }
}

#[test]
fn what_was_applied_is_passed_over() {
    let mut chance = chance();
    let (log, _, mut machine) = random_log(&mut chance, 200);
    let mut whole = Machine::new().inner;
    whole.apply_all(&log).unwrap();
    for applied in machine.inner.apply_all(&log).unwrap() {
        assert_eq!(format!("{applied:?}"), format!("{:?}", Applied::default()));
    }
    assert_same(&machine.inner, &whole);
}

/// The events alone rebuild what ranges show: no change goes untold, none is told twice.
#[test]
fn events_tell_all() {
    let mut chance = chance();
    let (_, applied, machine) = random_log(&mut chance, 2_000);
    let mut told = std::collections::BTreeMap::new();
    let mut last = 1;
    for changes in applied.into_iter().filter_map(|applied| applied.events) {
        assert_eq!(changes.revision, last + 1, "revisions have no gaps");
        last = changes.revision;
        for event in changes.events {
            let kv = event.kv.unwrap();
            assert_eq!(kv.mod_revision, last);
            match event.r#type {
                0 => drop(told.insert(kv.key.clone(), kv)),
                _ => assert!(told.remove(&kv.key).is_some(), "a delete of what is there"),
            }
        }
    }
    let everything = RangeQuery { range: KeyRange::all(), at: 0, limit: 0, fetch: Fetch::Full };
    let kvs = machine.inner.reader().range(&everything).unwrap().kvs;
    assert_eq!(kvs, told.into_values().collect::<Vec<_>>());
}
