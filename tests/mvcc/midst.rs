//! A store that a later one takes the place of while a hash is taken, or a compaction is under way: step by step, so that each
//! moment has its turn.

use crate::moments::{Guest, Moment, Moments};
use bytes::Bytes;
use etcd::backend::{Backend, BackendConfig, Batch, Bucket, ImageWriter, Replaced};
use etcd::disk::{Disk, mem::MemDisk};
use etcd::mvcc::{CompactionStep, Compactor, Reader, Store};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

const KEYS: usize = 300;
/// Rows that a compaction takes at once.
const PIECE: usize = 40;
/// How often another thread may get on, so that it would have come through if it could.
const LOOKS: usize = 2_000;

/// Without redb's cache, so that every read comes to the disk.
fn open(disk: impl Disk, path: &str) -> (Backend, Store) {
    let config = BackendConfig { cache_bytes: 0, ..BackendConfig::default() };
    let backend = Backend::open(Arc::new(disk), Path::new(path), &config).unwrap();
    let (store, _) = Store::open(backend.clone()).unwrap();
    (backend, store)
}

/// Puts every key, each in a transaction of its own. Returns the revision.
fn put_all(backend: &Backend, store: &mut Store) -> i64 {
    let mut batch = Batch::new();
    let mut revision = 0;
    for key in 0..KEYS {
        let mut txn = store.write(&mut batch);
        txn.put(&Bytes::from(format!("{key}")), &Bytes::from_static(&[7; 400]), 0);
        revision = txn.end().revision;
    }
    backend.stage(batch);
    store.publish();
    revision
}

fn compact(backend: &Backend, store: &mut Store, revision: i64) {
    let mut batch = Batch::new();
    store.compact(revision, &mut batch).unwrap();
    backend.stage(batch);
    store.publish();
}

fn finish(compactor: &mut Compactor) {
    while compactor.step(PIECE).unwrap() != CompactionStep::Idle {}
}

/// The whole of a store, as a file that is not opened yet.
fn copy(disk: &MemDisk, backend: &Backend, to: &str) {
    let rows = backend.frozen().unwrap();
    let mut writer = ImageWriter::create(Arc::new(disk.clone()), Path::new("/making")).unwrap();
    for bucket in Bucket::ALL {
        rows.scan(bucket, b"", None, |key, value| writer.row(bucket, key, value).is_ok()).unwrap();
    }
    writer.finish(Path::new(to)).unwrap();
}

/// One history: at `/live` as it was, at `/later` as it became.
fn two(disk: &MemDisk, go_on: impl FnOnce(&Backend, &mut Store, i64)) {
    let (backend, mut store) = open(disk.clone(), "/source");
    put_all(&backend, &mut store);
    let revision = put_all(&backend, &mut store);
    compact(&backend, &mut store, revision - 20);
    copy(disk, &backend, "/live");
    go_on(&backend, &mut store, revision);
    copy(disk, &backend, "/later");
}

/// Revision, compact revision, and hash.
type Hash = (i64, i64, u32);

fn hash_of(reader: &Reader) -> Hash {
    let hash = reader.hash_kv(0).unwrap();
    (hash.hash_revision, hash.compact_revision, hash.hash)
}

/// Takes a hash of `/live`, which `/later` replaces right before that read of its file. Returns the number of reads, too.
fn hash_with_replacement(disk: &MemDisk, at_read: usize) -> (Hash, usize) {
    let disk = disk.fork();
    disk.kill();
    let guest = Guest::default();
    let (live, store) = open(Moments::of(disk.clone(), guest.clone()), "/live");
    finish(&mut store.compactor());
    // What is staged is flushed before a hash begins to read.
    live.flush().unwrap();
    let (image, later) = open(disk, "/later");
    let (reader, reads) = (store.reader(), Arc::new(AtomicUsize::new(0)));
    let mut parts = Some((store, later, live, image));
    guest.send({
        let reads = reads.clone();
        move |moment| {
            let count = reads.fetch_add(usize::from(moment == Moment::Read), Ordering::Relaxed);
            if count == at_read
                && let Some((mut store, later, live, image)) = parts.take()
            {
                store.replace(later, || live.adopt(image)).unwrap();
            }
        }
    });
    (hash_of(&reader), reads.load(Ordering::Relaxed))
}

/// Rows are read one after the other, and looked up in the index: which of them count. Both must be of one store.
#[test]
fn a_hash_is_of_the_one_store_or_of_the_other() {
    let disk = MemDisk::new();
    two(&disk, |backend, store, _| {
        let revision = put_all(backend, store);
        compact(backend, store, revision);
        finish(&mut store.compactor());
    });
    let (before, reads) = hash_with_replacement(&disk, usize::MAX);
    let later = disk.fork();
    later.kill();
    let later = hash_of(&open(later, "/later").1.reader());
    assert!(before != later && reads > 20, "{reads} reads of {before:?}, then {later:?}");
    for at_read in 0..reads {
        let (hash, _) = hash_with_replacement(&disk, at_read);
        assert!(hash == before || hash == later, "replaced at read {at_read}: {hash:?}, not {before:?} nor {later:?}");
    }
}

/// The compactor is in the midst of a compaction of the store before. The later one has another to do, and all of it.
#[test]
fn a_compaction_ends_with_its_store() {
    let disk = MemDisk::new();
    two(&disk, |backend, store, revision| {
        finish(&mut store.compactor());
        compact(backend, store, revision);
    });
    let (expected, of_later) = {
        copy(&disk, &open(disk.clone(), "/later").0, "/other");
        let (backend, store) = open(disk.clone(), "/other");
        finish(&mut store.compactor());
        (backend.range(Bucket::Key, b"", None, usize::MAX).unwrap(), store.reader().hash_kv(0).unwrap())
    };
    for steps in 1.. {
        let disk = disk.fork();
        disk.kill();
        let (live, mut store) = open(disk.clone(), "/live");
        let (image, later) = open(disk, "/later");
        let (reader, mut compactor) = (store.reader(), store.compactor());
        let ended = (0..steps).any(|_| matches!(compactor.step(PIECE).unwrap(), CompactionStep::Finished { .. }));
        store.replace(later, || live.adopt(image)).unwrap();
        finish(&mut compactor);
        assert!(!reader.is_compacting());
        let rows = live.range(Bucket::Key, b"", None, usize::MAX).unwrap();
        assert!(rows == expected, "{} rows behind {steps} steps, and not {}", rows.len(), expected.len());
        assert_eq!(reader.hash_kv(0).unwrap().hash, of_later.hash, "behind {steps} steps");
        if ended {
            assert!(steps > 3, "there were steps");
            return;
        }
    }
}

/// Between rows of the one and keys of the other nobody compacts, and no hash begins.
#[test]
fn who_must_not_see_half_a_replacement_waits() {
    let disk = MemDisk::new();
    two(&disk, compact);
    let (live, mut store) = open(disk.clone(), "/live");
    let (image, later) = open(disk, "/later");
    let (reader, mut compactor) = (store.reader(), store.compactor());
    let (begun, ended, is_whole) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicBool::new(false));
    thread::scope(|scope| {
        let wait = |what: &'static str, act: &mut dyn FnMut()| {
            begun.fetch_add(1, Ordering::AcqRel);
            act();
            ended.fetch_add(1, Ordering::AcqRel);
            assert!(is_whole.load(Ordering::Acquire), "{what} came through");
        };
        let swap = || -> Result<Replaced, _> {
            let replaced = live.adopt(image);
            scope.spawn(move || wait("a compaction", &mut || _ = compactor.step(PIECE).unwrap()));
            scope.spawn(move || wait("a hash", &mut || _ = reader.hash_kv(0).unwrap()));
            while begun.load(Ordering::Acquire) < 2 {
                thread::yield_now();
            }
            for _ in 0..LOOKS {
                thread::yield_now();
            }
            is_whole.store(true, Ordering::Release);
            replaced
        };
        store.replace(later, swap).unwrap();
    });
    assert_eq!(ended.into_inner(), 2);
}
