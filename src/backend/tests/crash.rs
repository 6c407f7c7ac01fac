//! A crash at every sync: the file then is at the end of a batch that had been staged, and of one no older than the last
//! flush that returned.

use super::{super::meta, disk::Fault, *};

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
fn live(disk: &TestDisk) -> (u64, u64) {
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

#[test]
fn every_sync_may_be_the_last() {
    let seed = seed();
    let whole = TestDisk::new(seed);
    live(&whole);
    let syncs = whole.syncs();
    assert!(syncs > BATCHES as usize);
    // What a crash leaves is drawn, so each sync is crashed at several times.
    for (at, round) in (0..syncs).flat_map(|at| (0..6).map(move |round| (at, round))) {
        let disk = TestDisk::new(seed.wrapping_add(round));
        disk.plan(&[Fault::CrashAtSync(at)]);
        let (flushed, staged) = live(&disk);
        assert!(disk.has_crashed(), "sync {at}");
        let backend = open(&disk).unwrap_or_else(|error| panic!("sync {at} of round {round}: {error}"));
        let found = check(&backend);
        assert!((flushed..=staged).contains(&found), "sync {at}: {flushed} <= {found} <= {staged}");
        // And life goes on from there.
        drop(backend);
        assert_eq!(live(&disk), (BATCHES, BATCHES));
        assert_eq!(check(&open(&disk).unwrap()), BATCHES);
    }
}
