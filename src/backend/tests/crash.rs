//! A crash at every sync and every write: the file then is at the end of a batch that had been staged, and of one no older than the last
//! flush that returned.

use super::{
    super::{meta, storage::Storage},
    *,
};
use crate::disk::mem::{Faults, PowerLoss};

const BATCHES: u64 = 12;

/// Stages batch `index`: its index, a row of its own, a row that every batch overwrites, and a delete of an older row.
fn stage(backend: &Backend, index: u64) {
    let mut batch = Batch::new();
    batch.put(Bucket::Meta, meta::CONSISTENT_INDEX, Bytes::copy_from_slice(&index.to_be_bytes()));
    batch.put(Bucket::Key, &index.to_be_bytes(), vec![index as u8; 3000 * index as usize].into());
    batch.put(Bucket::Cluster, b"same", Bytes::copy_from_slice(&index.to_be_bytes()));
    if index > 3 {
        batch.delete(Bucket::Key, &(index - 3).to_be_bytes());
    }
    backend.stage(batch);
}

/// The index the backend is at, after checking that all else fits it.
fn check(backend: &Backend) -> u64 {
    let Some(index) = get(backend, Bucket::Meta, meta::CONSISTENT_INDEX) else {
        for bucket in Bucket::ALL {
            assert!(backend.range(bucket, b"", None, 1).unwrap().is_empty());
        }
        return 0;
    };
    assert_eq!(get(backend, Bucket::Cluster, b"same"), Some(index.clone()));
    let index = u64::from_be_bytes(index.try_into().unwrap());
    let rows = backend.range(Bucket::Key, b"", None, usize::MAX).unwrap();
    let expected = (index.saturating_sub(2).max(1)..=index)
        .map(|index| (Bytes::copy_from_slice(&index.to_be_bytes()), vec![index as u8; 3000 * index as usize].into()));
    assert_eq!(rows, expected.collect::<Vec<_>>());
    index
}

/// Opens, stages and flushes until the disk crashes or all is done; returns the index of the last flush that returned
/// and the last staged one.
fn live(disk: &MemDisk) -> (u64, u64) {
    let Ok(backend) = open(disk) else { return (0, 0) };
    let mut flushed = check(&backend);
    for index in flushed + 1..=BATCHES {
        stage(&backend, index);
        if index % 2 == 0 {
            match backend.flush() {
                Ok(()) => flushed = index,
                Err(_) => return (flushed, index),
            }
        }
    }
    let closed = backend.close();
    (if closed.is_ok() { BATCHES } else { flushed }, BATCHES)
}

/// Lives until the power goes at `moment`, and again after it has come back.
fn live_twice(moment: PowerLoss, seed: u64) {
    let disk = MemDisk::new();
    disk.set_faults(Faults { power_loss: Some(moment), ..Faults::default() });
    let (flushed, staged) = live(&disk);
    assert!(open(&disk).is_err(), "the power went at {moment:?}");
    disk.crash(seed);
    let backend = open(&disk).unwrap_or_else(|error| panic!("{moment:?}, seed {seed}: {error}"));
    let found = check(&backend);
    assert!((flushed..=staged).contains(&found), "{moment:?}, seed {seed}: {flushed} <= {found} <= {staged}");
    drop(backend);
    assert_eq!(live(&disk), (BATCHES, BATCHES));
    assert_eq!(check(&open(&disk).unwrap()), BATCHES);
}

#[test]
fn every_sync_and_every_write_may_be_the_last() {
    let seed = seed();
    let whole = MemDisk::new();
    live(&whole);
    let ops = whole.ops();
    assert!(ops.syncs > BATCHES && ops.writes > ops.syncs);
    for number in 1..=ops.syncs {
        // What survives is drawn, so each sync is the last one several times.
        for round in 0..8 {
            live_twice(PowerLoss::AtSync(number), seed.wrapping_add(round));
        }
    }
    for number in 1..=ops.writes {
        live_twice(PowerLoss::AtWrite(number), seed.wrapping_add(number));
    }
}

/// A sync fails, the process ends and starts again on what the page cache shows. The power may go at any later write:
/// what the new process found when it opened the file must be there, or what it flushed on top of it.
#[test]
fn what_a_failed_sync_left_is_made_durable_by_the_next_process() {
    let whole = MemDisk::new();
    live(&whole);
    for number in 1..=whole.ops().syncs {
        let failed = MemDisk::new();
        failed.set_faults(Faults { failing_sync: Some(number), ..Faults::default() });
        live(&failed);
        failed.kill();
        let reopened = failed.fork();
        let found = check(&open(&reopened).unwrap_or_else(|error| panic!("sync {number}: {error}")));
        let opened = reopened.ops().writes;
        reopened.kill();
        // Whatever has not even been made yet cannot be lost.
        let last = {
            live(&reopened);
            reopened.ops().writes
        };
        for write in opened + 1..=last {
            let disk = failed.fork();
            disk.set_faults(Faults { power_loss: Some(PowerLoss::AtWrite(write)), ..Faults::default() });
            live(&disk);
            disk.crash(number + write);
            let backend = open(&disk).unwrap_or_else(|error| panic!("sync {number}, write {write}: {error}"));
            let index = check(&backend);
            assert!(index >= found, "sync {number}, write {write}: {found} was found, {index} is left");
        }
    }
}

/// Without quick repair redb would have to walk the whole file, which takes seconds in a big one.
#[test]
fn no_crash_calls_for_a_repair() {
    let disk = MemDisk::new();
    let backend = open(&disk).unwrap();
    for index in 1..=BATCHES {
        stage(&backend, index);
        backend.flush().unwrap();
        let killed = disk.fork();
        killed.crash(index);
        let storage = Storage::new(killed.open(Path::new(PATH), OpenMode::ReadWrite).unwrap());
        let mut builder = redb::Database::builder();
        builder.set_repair_callback(redb::RepairSession::abort);
        builder.create_with_backend(storage).unwrap();
        assert_eq!(check(&open(&killed).unwrap()), index);
    }
}
