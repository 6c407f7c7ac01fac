//! Readers on several threads beside one that stages and one that flushes: nobody ever reads an older state than one he
//! has read before, a part of a batch, or nothing where there is something.

use super::*;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

const BATCHES: u64 = 4000;

/// Batch `index` sets its own row, moves the index, and removes the row before the last ten.
fn stage(backend: &Backend, index: u64) {
    let mut batch = Batch::new();
    batch.put(Bucket::Key, &index.to_be_bytes(), Bytes::copy_from_slice(&index.to_le_bytes()));
    batch.put(Bucket::Meta, b"index", Bytes::copy_from_slice(&index.to_be_bytes()));
    if index > 10 {
        batch.delete(Bucket::Key, &(index - 10).to_be_bytes());
    }
    backend.stage(batch);
}

fn number(value: &[u8]) -> u64 {
    u64::from_be_bytes(value.try_into().unwrap())
}

/// One reader's turn; returns the index it saw.
fn read(backend: &Backend, staged: u64, before: u64) -> u64 {
    let index = backend.get(Bucket::Meta, b"index").unwrap().map_or(0, |value| number(&value));
    assert!(index >= before.max(staged), "read {index} after {before}, when {staged} was staged");
    // The newest row is there unless ten batches have passed.
    let keys: Vec<_> = (index.saturating_sub(2).max(1)..=index).map(u64::to_be_bytes).collect();
    let values = backend.get_many(Bucket::Key, &keys).unwrap();
    // A window that stays below the number of rows which a range takes from one moment.
    let (from, to) = (index.saturating_sub(20).to_be_bytes(), (index + 200).to_be_bytes());
    let rows = backend.range(Bucket::Key, &from, Some(&to), 1000).unwrap();
    let rows: Vec<_> = rows.iter().map(|(key, _)| number(key)).collect();
    let last = rows.last().copied().unwrap_or(if index == 0 { 0 } else { index + 210 });
    if last < index + 199 {
        // Ten rows without a gap, ended by the newest.
        assert!(last >= index);
        assert_eq!(rows, (last.saturating_sub(9).max(1)..=last).collect::<Vec<_>>());
    }
    for (key, value) in keys.iter().zip(values) {
        match value {
            Some(value) => assert_eq!(value, number(key).to_le_bytes().as_slice()),
            None => assert!(last >= number(key) + 10, "row {} is gone, the newest is {last}", number(key)),
        }
    }
    if last < index + 199 { last } else { index }
}

#[test]
fn readers_beside_a_stager_and_a_flusher() {
    let backend = open(&MemDisk::new()).unwrap();
    let (staged, done) = (AtomicU64::new(0), AtomicBool::new(false));
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                let mut seen = 0;
                while !done.load(Ordering::Acquire) {
                    seen = read(&backend, staged.load(Ordering::Acquire), seen);
                }
                assert_eq!(read(&backend, BATCHES, seen), BATCHES);
            });
        }
        // Two, so that flushes meet flushes.
        for _ in 0..2 {
            scope.spawn(|| {
                while !done.load(Ordering::Acquire) {
                    let before = staged.load(Ordering::Acquire);
                    let frozen = backend.frozen().unwrap();
                    let mut index = 0;
                    let newest = |_: &[u8], value: &[u8]| {
                        index = number(value);
                        true
                    };
                    frozen.scan(Bucket::Meta, b"", None, newest).unwrap();
                    let mut rows = Vec::new();
                    let keep = |key: &[u8], _: &[u8]| {
                        rows.push(number(key));
                        true
                    };
                    frozen.scan(Bucket::Key, b"", None, keep).unwrap();
                    assert!(index >= before);
                    assert_eq!(rows, (index.saturating_sub(9).max(1)..=index).collect::<Vec<_>>());
                }
            });
        }
        for index in 1..=BATCHES {
            stage(&backend, index);
            staged.store(index, Ordering::Release);
        }
        done.store(true, Ordering::Release);
    });
}
