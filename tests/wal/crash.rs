//! A power loss at every operation of a run, with many ways for it to turn out each: the log opens, and all that was synced
//! is there.

use crate::{
    model::{Op, Pair},
    support::{create, dir, entries, entry, open, seeds, sized, state},
};
use etcd::{
    disk::mem::{Faults, MemDisk, PowerLoss},
    wal::{Wal, WalError},
};
use std::sync::Arc;

/// A run that meets everything: groups within a sector and over many, replaced entries, cuts with and without a prepared
/// segment, snapshots, a purge, a clean and an unclean restart.
fn history() -> Vec<Op> {
    let append = |replace, count, len, commit| Op::Append { replace, count, len, commit };
    vec![
        append(0, 1, 10, 0),
        Op::Sync,
        append(0, 3, 100, 1),
        append(0, 2, 300, 1),
        Op::Sync,
        Op::Commit(1),
        append(2, 4, 700, 0),
        Op::Sync,
        Op::Prepare,
        append(0, 5, 600, 3),
        Op::Sync,
        Op::Snapshot,
        append(0, 1, 3000, 1),
        append(1, 2, 900, 1),
        Op::Sync,
        Op::Purge,
        Op::Kill,
        append(0, 1, 20, 2),
        Op::Sync,
        append(0, 6, 520, 2),
        Op::Close,
        append(0, 2, 100, 2),
        Op::Sync,
    ]
}

fn crash_at(loss: PowerLoss) {
    for seed in seeds(12) {
        let mut pair = Pair::new(2048);
        pair.disk.set_faults(Faults { power_loss: Some(loss), ..Faults::default() });
        for op in &history() {
            pair.run(op);
        }
        println!("{loss:?}, seed {seed}");
        assert!(pair.failed, "the run is shorter than that");
        pair.power_loss(seed);
        // And on it goes, through another loss.
        pair.run(&Op::Append { replace: 1, count: 3, len: 400, commit: 1 });
        pair.run(&Op::Sync);
        pair.run(&Op::Append { replace: 0, count: 3, len: 400, commit: 1 });
        pair.power_loss(seed + 1000);
    }
}

/// Operations of the making and of the whole run.
fn counts() -> (etcd::disk::mem::Ops, etcd::disk::mem::Ops) {
    let mut pair = Pair::new(2048);
    let made = pair.disk.ops();
    history().iter().for_each(|op| pair.run(op));
    assert!(!pair.failed);
    (made, pair.disk.ops())
}

#[test]
fn a_power_loss_at_every_sync() {
    let (made, all) = counts();
    assert!(all.syncs - made.syncs > 20);
    (made.syncs + 1..=all.syncs).for_each(|number| crash_at(PowerLoss::AtSync(number)));
}

#[test]
fn a_power_loss_at_every_write() {
    let (made, all) = counts();
    assert!(all.writes - made.writes > 20);
    (made.writes + 1..=all.writes).for_each(|number| crash_at(PowerLoss::AtWrite(number)));
}

#[test]
fn a_power_loss_while_the_log_is_made() {
    let made = create(&sized(2048)).0.ops();
    let at_syncs = (1..=made.syncs).map(PowerLoss::AtSync);
    for loss in at_syncs.chain((1..=made.writes).map(PowerLoss::AtWrite)) {
        for seed in seeds(20) {
            println!("{loss:?}, seed {seed}");
            let disk = MemDisk::new();
            disk.set_faults(Faults { power_loss: Some(loss), ..Faults::default() });
            assert!(Wal::create(Arc::new(disk.clone()), dir(), b"m", &sized(2048)).is_err());
            disk.crash(seed);
            // It is there whole, or can be made again.
            if Wal::exists(&disk, dir()) {
                assert_eq!(open(&disk, &sized(2048)).unwrap().1.metadata, "m");
            } else {
                Wal::create(Arc::new(disk.clone()), dir(), b"m", &sized(2048)).unwrap();
            }
        }
    }
}

#[test]
fn a_failing_sync_loses_nothing_that_was_synced() {
    let (made, all) = counts();
    for number in made.syncs + 1..=all.syncs {
        for seed in seeds(4) {
            println!("sync {number}, seed {seed}");
            let mut pair = Pair::new(2048);
            pair.disk.set_faults(Faults { failing_sync: Some(number), ..Faults::default() });
            // A reopening that fails is not the model's business; the crash is.
            for op in history().iter().filter(|op| !matches!(op, Op::Kill | Op::Close | Op::Prepare)) {
                pair.run(op);
            }
            pair.power_loss(seed);
        }
    }
}

/// What a killed process wrote and never synced is only in the page cache. The next process reads it, and raft takes it for
/// durable; so it must be.
#[test]
fn what_was_read_at_the_start_survives_a_power_loss() {
    for seed in seeds(50) {
        let (disk, mut wal) = create(&sized(4 << 20));
        // Large enough to reach the file without a sync.
        wal.append(Some(&state(1, 0)), &[entry(1, 1, 2 << 20)]).unwrap();
        drop(wal);
        let (wal, recovered) = open(&disk, &sized(4096)).unwrap();
        assert_eq!(recovered.entries.len(), 1);
        drop(wal);
        disk.crash(seed);
        assert_eq!(open(&disk, &sized(4096)).unwrap().1.entries.len(), 1);
    }
}

#[test]
fn the_torn_tail_is_kept_in_a_copy() {
    let repaired = seeds(200).filter_map(|seed| {
        let (disk, mut wal) = create(&sized(8192));
        wal.append(Some(&state(1, 0)), &entries(1, 1..3, 10)).unwrap();
        wal.sync().unwrap();
        wal.append(None, &entries(1, 3..4, 3000)).unwrap();
        disk.set_faults(Faults { power_loss: Some(PowerLoss::AtSync(disk.ops().syncs + 1)), ..Faults::default() });
        assert!(matches!(wal.sync(), Err(WalError::Io { .. })));
        disk.crash(seed);
        let before = disk.read_file(&crate::support::segments(&disk)[0]).unwrap();
        let repaired = open(&disk, &sized(8192)).unwrap().1.repaired?;
        assert_eq!(disk.read_file(&repaired.copy).unwrap(), before);
        let after = disk.read_file(&repaired.path).unwrap();
        assert!(after.len() == 8192 && after[repaired.offset as usize..].iter().all(|byte| *byte == 0));
        Some(seed)
    });
    assert!(repaired.count() > 20);
}
