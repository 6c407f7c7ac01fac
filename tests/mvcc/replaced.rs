//! A store that a later one takes the place of, again and again, beside readers and a compactor on threads of their own.

use crate::support::seed;
use bytes::Bytes;
use etcd::backend::{Backend, BackendConfig, Batch, Bucket, ImageWriter};
use etcd::disk::mem::MemDisk;
use etcd::key::KeyRange;
use etcd::mvcc::{Fetch, RangeQuery, Ranges, ReadError, Reader, Store};
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

const KEYS: usize = 700;
const ROUNDS: usize = 25;
/// How often the others may get on in the midst of a replacement.
const LOOKS: usize = 1_000;

/// Where the history goes on: another member, so to speak.
struct Source {
    disk: Arc<MemDisk>,
    backend: Backend,
    store: Store,
    random: fastrand::Rng,
}

impl Source {
    fn new(disk: &Arc<MemDisk>, seed: u64) -> Self {
        let backend = Backend::open(disk.clone(), Path::new("/source"), &BackendConfig::default()).unwrap();
        let (store, _) = Store::open(backend.clone()).unwrap();
        Self { disk: disk.clone(), backend, store, random: fastrand::Rng::with_seed(seed) }
    }

    /// Some transactions, and a compaction that may be finished or not.
    fn go_on(&mut self, keys: impl Iterator<Item = usize>) {
        let mut batch = Batch::new();
        let mut revision = 0;
        for at in keys {
            let mut txn = self.store.write(&mut batch);
            txn.put(&Bytes::from(format!("{at}")), &Bytes::from(format!("{}", self.random.u32(..))), 0);
            revision = txn.end().revision;
        }
        let back = self.random.i64(0..3);
        let _ = self.store.compact(revision - back, &mut batch);
        self.backend.stage(batch);
        self.store.publish();
        let mut compactor = self.store.compactor();
        for _ in 0..self.random.usize(0..6) {
            compactor.step(300).unwrap();
        }
    }

    /// The whole of it, in a file of its own.
    fn image(&self) -> (Backend, Store) {
        let (making, path) = (Path::new("/making"), Path::new("/image"));
        let rows = self.backend.frozen().unwrap();
        let mut writer = ImageWriter::create(self.disk.clone(), making).unwrap();
        for bucket in Bucket::ALL {
            rows.scan(bucket, b"", None, |key, value| writer.row(bucket, key, value).is_ok()).unwrap();
        }
        writer.finish(path).unwrap();
        let image = Backend::open(self.disk.clone(), path, &BackendConfig::default()).unwrap();
        let (store, _) = Store::open(image.clone()).unwrap();
        (image, store)
    }
}

/// What each store that there was hashes to, by its revision and compact revision.
type Hashes = Mutex<BTreeMap<(i64, i64), u32>>;

fn read(reader: &Reader, hashes: &Hashes, random: &mut fastrand::Rng) {
    let all = |at, fetch| RangeQuery { range: KeyRange::all(), at, limit: 0, fetch };
    let fetch = [Fetch::Count, Fetch::Keys, Fetch::Full][random.usize(0..3)];
    // The current revision is never refused, and always whole.
    let now = reader.range(&all(0, fetch)).unwrap();
    assert_eq!(now.count, KEYS as i64);
    assert!(now.kvs.iter().all(|kv| kv.mod_revision <= now.revision));
    match reader.range(&all(now.revision - random.i64(0..4), fetch)) {
        Ok(then) => assert_eq!(then.count, KEYS as i64),
        Err(ReadError::Compacted) => {}
        Err(error) => panic!("{error:?}"),
    }
    if random.u32(0..4) == 0 {
        let hash = reader.hash_kv(0).unwrap();
        let at = (hash.hash_revision, hash.compact_revision);
        assert_eq!(hashes.lock().get(&at), Some(&hash.hash), "of no store that there was: {at:?}");
    }
}

/// Sets a flag when it goes, so that a thread that fails does not leave the others waiting.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

#[test]
fn readers_see_the_one_or_the_other() {
    let seed = seed("readers_see_the_one_or_the_other");
    let disk = Arc::new(MemDisk::new());
    let mut source = Source::new(&disk, seed);
    source.go_on(0..KEYS);
    // So that all keys are there at the revisions that are read.
    source.go_on(0..10);
    let live = Backend::open(disk, Path::new("/live"), &BackendConfig::default()).unwrap();
    let (mut store, _) = Store::open(live.clone()).unwrap();
    let hashes = Hashes::default();
    let note = |source: &Source| {
        let hash = source.store.reader().hash_kv(0).unwrap();
        hashes.lock().insert((hash.hash_revision, hash.compact_revision), hash.hash);
    };
    let replace = |store: &mut Store, source: &Source| {
        let (image, later) = source.image();
        let swap = || {
            let replaced = live.adopt(image);
            // Rows of the one, keys of the other: that is the moment to look.
            (0..LOOKS).for_each(|_| thread::yield_now());
            replaced
        };
        store.replace(later, swap).unwrap();
    };
    note(&source);
    replace(&mut store, &source);
    let (reader, mut compactor) = (store.reader(), store.compactor());
    let (over, reads) = (AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|scope| {
        for number in 0..3 {
            let (reader, hashes, over, reads) = (reader.clone(), &hashes, &over, &reads);
            let mut random = fastrand::Rng::with_seed(seed.wrapping_add(number));
            scope.spawn(move || {
                let _over = Over(over);
                while !over.load(Ordering::Acquire) {
                    read(&reader, hashes, &mut random);
                    reads.fetch_add(1, Ordering::Release);
                }
            });
        }
        scope.spawn(|| {
            let _over = Over(&over);
            while !over.load(Ordering::Acquire) {
                compactor.step(100).unwrap();
            }
        });
        let _over = Over(&over);
        for round in 1..=ROUNDS {
            source.go_on((0..30).map(|at| (round * 31 + at * 7) % KEYS));
            note(&source);
            replace(&mut store, &source);
            // Somebody must have looked in between.
            let seen = reads.load(Ordering::Acquire);
            while reads.load(Ordering::Acquire) < seen + 2 && !over.load(Ordering::Acquire) {
                thread::yield_now();
            }
        }
    });
    assert_eq!(reader.revision(), source.store.reader().revision());
}
