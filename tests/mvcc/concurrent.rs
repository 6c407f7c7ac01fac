//! Readers at pinned revisions beside a writer and a compactor, on threads of their own.

use crate::model::Model;
use crate::support::{backend, seed};
use bytes::Bytes;
use etcd::backend::{Backend, Batch};
use etcd::key::KeyRange;
use etcd::mvcc::{CompactionStep, Compactor, Fetch, RangeQuery, Ranges, ReadError, Reader, Store};
use parking_lot::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

/// Enough for a read to take several holds of the index's lock.
const KEYS: usize = 3000;
const TRANSACTIONS: usize = 200;

struct World {
    model: Mutex<Model>,
    over: AtomicBool,
    reads: AtomicUsize,
    compacted: AtomicUsize,
}

/// Sets a flag when it goes, so that a thread that fails does not leave the others waiting.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

#[test]
fn readers_see_their_revision_whatever_happens_meanwhile() {
    let seed = seed("readers_see_their_revision_whatever_happens_meanwhile");
    let backend = backend();
    let (mut store, _) = Store::open(backend.clone()).unwrap();
    let world = World {
        model: Mutex::new(Model::new()),
        over: AtomicBool::new(false),
        reads: AtomicUsize::new(0),
        compacted: AtomicUsize::new(0),
    };
    let (reader, mut compactor) = (store.reader(), store.compactor());
    thread::scope(|scope| {
        for number in 0..3 {
            let (world, reader) = (&world, reader.clone());
            let mut random = fastrand::Rng::with_seed(seed.wrapping_add(number));
            scope.spawn(move || {
                let _over = Over(&world.over);
                read(world, &reader, &mut random);
            });
        }
        scope.spawn(|| compact(&world, &mut compactor));
        let _over = Over(&world.over);
        write(&world, &backend, &mut store, &mut fastrand::Rng::with_seed(!seed));
    });
    eprintln!("{} reads, {} of them overtaken by a compaction", world.reads.into_inner(), world.compacted.into_inner());
}

/// Every transaction compacts to itself, so that all that a reader of the current revision could hold on to goes at once.
#[test]
fn the_current_revision_is_never_refused() {
    let backend = backend();
    let (mut store, _) = Store::open(backend.clone()).unwrap();
    let (reader, mut compactor) = (store.reader(), store.compactor());
    let (over, reads) = (AtomicBool::new(false), AtomicUsize::new(0));
    let keys = 700;
    thread::scope(|scope| {
        for fetch in [Fetch::Count, Fetch::Keys, Fetch::Full] {
            let (reader, over, reads) = (reader.clone(), &over, &reads);
            scope.spawn(move || {
                let _over = Over(over);
                while !over.load(Ordering::Acquire) {
                    let result = reader.range(&RangeQuery { range: KeyRange::all(), at: 0, limit: 0, fetch }).unwrap();
                    assert!(result.count == keys || result.revision == 1);
                    // Not often, since a hash holds compactions up, and none would overtake the others.
                    if reads.fetch_add(1, Ordering::Release) % 10 == 0 {
                        let hash = reader.hash_kv(0).unwrap();
                        assert!(hash.hash_revision <= reader.revision());
                    }
                }
            });
        }
        scope.spawn(|| {
            let _over = Over(&over);
            while !over.load(Ordering::Acquire) {
                compactor.step(1000).unwrap();
            }
        });
        let _over = Over(&over);
        for turn in 0.. {
            let mut batch = Batch::new();
            let mut txn = store.write(&mut batch);
            let changed = if turn == 0 { 0..keys } else { turn % keys..turn % keys + 1 };
            changed.for_each(|at| txn.put(&Bytes::from(format!("{at}")), &Bytes::new(), 0));
            let revision = txn.end().revision;
            store.compact(revision, &mut batch).unwrap();
            backend.stage(batch);
            store.publish();
            if reads.load(Ordering::Acquire) >= 300 || over.load(Ordering::Acquire) {
                return;
            }
        }
    });
}

fn write(world: &World, backend: &Backend, store: &mut Store, random: &mut fastrand::Rng) {
    let key = |at: usize| Bytes::from(format!("key/{at:06}"));
    for turn in 0.. {
        let mut batch = Batch::new();
        let mut model = world.model.lock();
        let mut txn = store.write(&mut batch);
        if turn == 0 || random.u32(..50) == 0 {
            (0..KEYS).for_each(|at| txn.put(&key(at), &key(turn), 0));
            (0..KEYS).for_each(|at| model.put(at as i64, &key(at), &key(turn), 0));
        } else if random.u32(..4) == 0 {
            let start = random.usize(..KEYS);
            let range = KeyRange::Span { start: key(start), end: key(start + random.usize(1..60)) };
            assert_eq!(txn.delete_range(&range) as usize, model.delete(0, &range));
        } else {
            let (at, value) = (random.usize(..KEYS), key(turn));
            txn.put(&key(at), &value, 0);
            model.put(0, &key(at), &value, 0);
        }
        let changes = txn.end();
        model.revision = changes.revision;
        if random.u32(..20) == 0 {
            let revision = model.revision - random.i64(0..20);
            if store.compact(revision, &mut batch).is_ok() {
                model.compacted = revision;
            }
        }
        drop(model);
        backend.stage(batch);
        store.publish();
        let enough = turn >= TRANSACTIONS && world.reads.load(Ordering::Acquire) >= 100;
        if enough || world.over.load(Ordering::Acquire) {
            return;
        }
        thread::yield_now();
    }
}

fn compact(world: &World, compactor: &mut Compactor) {
    let _over = Over(&world.over);
    while !world.over.load(Ordering::Acquire) {
        if compactor.step(100).unwrap() == CompactionStep::Idle {
            thread::yield_now();
        }
    }
}

fn read(world: &World, reader: &Reader, random: &mut fastrand::Rng) {
    while !world.over.load(Ordering::Acquire) {
        // As old as can be, where a compaction overtakes the read easily, or rather new.
        let oldest = reader.compact_revision().max(1);
        let at = if random.bool() { oldest } else { oldest.max(reader.revision() - random.i64(0..10)) };
        let result = match random.u32(..4) {
            0 => read_pages(world, reader, at, random.usize(1..2000)),
            1 => check(world, reader, at, 0, Fetch::Count, KeyRange::all()),
            2 => reader.history(at, at + 30, random.usize(1..30), usize::MAX).map(|history| {
                assert_eq!(history.events, world.model.lock().events(at, history.through));
            }),
            _ => reader.hash_kv(at).map(|hash| {
                // Hashes compare rows; that they are right is tested elsewhere. Here they must be the same twice.
                if let Ok(again) = reader.hash_kv(at)
                    && again.compact_revision == hash.compact_revision
                {
                    assert_eq!(again.hash, hash.hash);
                }
            }),
        };
        match result {
            Ok(()) => {}
            Err(ReadError::Compacted) => {
                assert!(reader.compact_revision() > at);
                world.compacted.fetch_add(1, Ordering::Relaxed);
            }
            Err(error) => panic!("{error}"),
        }
        world.reads.fetch_add(1, Ordering::Release);
    }
}

/// One page after the other, each of which also counts what comes behind it.
fn read_pages(world: &World, reader: &Reader, at: i64, limit: usize) -> Result<(), ReadError> {
    let mut next = Bytes::new();
    loop {
        let range = KeyRange::From(next.clone());
        let fetch = if limit.is_multiple_of(2) { Fetch::Full } else { Fetch::Keys };
        let result = reader.range(&RangeQuery { range: range.clone(), at, limit, fetch })?;
        check(world, reader, at, limit, fetch, range)?;
        match result.kvs.last() {
            Some(last) if result.kvs.len() == limit => next = [&last.key[..], b"\0"].concat().into(),
            _ => return Ok(()),
        }
    }
}

fn check(
    world: &World,
    reader: &Reader,
    at: i64,
    limit: usize,
    fetch: Fetch,
    range: KeyRange,
) -> Result<(), ReadError> {
    let expected = world.model.lock().range(&range, at);
    let result = reader.range(&RangeQuery { range, at, limit, fetch })?;
    assert_eq!(result.count as usize, expected.len(), "count at {at}");
    assert!(fetch == Fetch::Count || result.kvs.len() == expected.len().min(limit));
    for (read, expected) in result.kvs.iter().zip(&expected) {
        assert_eq!((&read.key, read.mod_revision), (&expected.key, expected.mod_revision), "at {at}");
        assert_eq!((read.create_revision, read.version), (expected.create_revision, expected.version));
        assert!(fetch == Fetch::Keys || read.value == expected.value);
    }
    Ok(())
}
