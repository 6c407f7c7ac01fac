//! Random lives of a store beside the model's, compared at every revision, through compactions and restarts.

use crate::model::Model;
use crate::support::{backend, seed};
use bytes::Bytes;
use etcd::backend::{Backend, Batch};
use etcd::key::KeyRange;
use etcd::mvcc::{CompactionStep, Compactor, Fetch, HashKv, RangeQuery, RangeResult, Ranges, ReadError, Reader, Store};
use etcd::pb::mvccpb::KeyValue;

struct World {
    backend: Backend,
    store: Store,
    compactor: Compactor,
    model: Model,
    /// Compactions that are not finished: to which revision, from which, and whether its hash is kept.
    compactions: Vec<(i64, i64, bool)>,
    hashes: Vec<HashKv>,
    random: fastrand::Rng,
}

#[test]
fn lives_like_the_model() {
    let seed = seed("lives_like_the_model");
    for run in 0..60 {
        World::new(seed.wrapping_add(run)).live(150);
    }
}

impl World {
    fn new(seed: u64) -> Self {
        let backend = backend();
        let (store, leased) = Store::open(backend.clone()).unwrap();
        assert_eq!(leased, []);
        let compactor = store.compactor();
        let random = fastrand::Rng::with_seed(seed);
        let (compactions, hashes) = (Vec::new(), Vec::new());
        Self { backend, store, compactor, model: Model::new(), compactions, hashes, random }
    }

    fn live(&mut self, turns: usize) {
        // Few keys have long histories, many have short ones.
        let keys = self.random.choice([3, 20, 600]).unwrap();
        for _ in 0..turns {
            match self.random.u32(..20) {
                0..12 => self.transaction(keys),
                12 => self.compact(),
                13..15 => self.step(),
                15 => self.reopen(),
                _ => self.compare(keys),
            }
        }
        while !self.compactions.is_empty() {
            self.step();
        }
        let reader = self.store.reader();
        let revisions = self.model.compacted.max(1)..=self.model.revision;
        for at in revisions.step_by(if keys > 100 { 7 } else { 1 }) {
            self.check_range(&reader, &KeyRange::all(), at, 0, Fetch::Full);
            self.check_range(&reader, &KeyRange::all(), at, 3, Fetch::Keys);
            self.check_hash(at);
        }
    }

    fn key(&mut self, keys: usize) -> Bytes {
        let key = self.random.usize(..keys);
        Bytes::from(format!("{}/{key}", ["k", "key/long", ""][key % 3]))
    }

    fn range(&mut self, keys: usize) -> KeyRange {
        let (start, end) = (self.key(keys), self.key(keys));
        match self.random.u32(..6) {
            0..2 => KeyRange::Point(start),
            2..4 => KeyRange::Span { start, end },
            4 => KeyRange::From(start),
            _ => KeyRange::all(),
        }
    }

    fn transaction(&mut self, keys: usize) {
        let mut batch = Batch::new();
        let before = self.store.reader();
        let (was, count) = (before.revision(), self.model.range(&KeyRange::all(), self.model.revision).len());
        let mut changes = Vec::new();
        // Sometimes several transactions share a batch.
        for _ in 0..self.random.usize(1..3) {
            changes.extend(self.transaction_in(&mut batch, keys));
        }
        assert_eq!(before.revision(), was, "nothing is seen before it is published");
        let unpublished = before.range(&query(KeyRange::all(), 0, 0, Fetch::Count)).unwrap();
        assert_eq!((unpublished.count as usize, unpublished.revision), (count, was));
        self.backend.stage(batch);
        self.store.publish();
        assert_eq!(changes, self.model.events(was + 1, self.model.revision));
    }

    fn transaction_in(&mut self, batch: &mut Batch, keys: usize) -> Vec<etcd::pb::mvccpb::Event> {
        let most = if self.random.u32(..20) == 0 { keys * 2 } else { 4 };
        let actions: Vec<_> = (0..self.random.usize(..=most))
            .map(|_| (self.random.u32(..8), self.range(keys), self.key(keys), self.random.i64(0..4)))
            .collect();
        let mut txn = self.store.write(batch);
        let mut sub = 0;
        for (action, range, key, lease) in actions {
            // A key that is put changes once in a transaction: etcd's checks see to that, and its compaction relies on it.
            let changed: Vec<_> = self.model.changes.iter().rev().take(sub as usize).collect();
            let twice = match action {
                0 => changed.iter().any(|change| change.put.is_some() && range.contains(&change.key)),
                1 => false,
                _ => changed.iter().any(|change| change.key == key),
            };
            match action {
                _ if twice => {}
                0 => {
                    let deleted = txn.delete_range(&range);
                    assert_eq!(deleted as usize, self.model.delete(sub, &range));
                    sub += deleted;
                }
                1 => {
                    let at = self.model.revision + i64::from(sub > 0);
                    let expected = expected(&self.model, &range, at, 0, Fetch::Full, at);
                    assert_eq!(txn.range(&query(range, 0, 0, Fetch::Full)).unwrap(), expected);
                    assert_eq!(txn.revision(), at);
                }
                _ => {
                    let value = Bytes::from(format!("value {sub} of {}", self.model.revision + 1));
                    txn.put(&key, &value, lease - 1);
                    self.model.put(sub, &key, &value, lease - 1);
                    sub += 1;
                }
            }
        }
        let changes = txn.end();
        self.model.revision += i64::from(sub > 0);
        assert_eq!(changes.revision, self.model.revision);
        changes.events
    }

    fn compact(&mut self) {
        let revision = self.random.i64(-1..self.model.revision + 2);
        let mut batch = Batch::new();
        let result = self.store.compact(revision, &mut batch);
        if revision <= self.model.compacted {
            assert!(matches!(result, Err(ReadError::Compacted)) && batch.is_empty());
        } else if revision > self.model.revision {
            assert!(matches!(result, Err(ReadError::FutureRevision)) && batch.is_empty());
        } else {
            result.unwrap();
            self.backend.stage(batch);
            self.store.publish();
            self.compactions.push((revision, self.model.compacted, self.compactions.is_empty()));
            self.model.compacted = revision;
        }
        assert_eq!(self.store.reader().compact_revision(), self.model.compacted);
    }

    fn step(&mut self) {
        let limit = self.random.choice([1, 7, 1000]).unwrap();
        match self.compactor.step(limit).unwrap() {
            CompactionStep::Idle => assert!(self.compactions.is_empty()),
            CompactionStep::More => assert!(!self.compactions.is_empty()),
            CompactionStep::Finished { revision, hash, .. } => {
                let (expected, previous, kept) = self.compactions.remove(0);
                assert_eq!(revision, expected);
                if kept {
                    assert_eq!(hash, self.model.compaction_hash(revision, previous), "compaction to {revision}");
                    let hash = HashKv { hash, hash_revision: revision, compact_revision: previous, revision: 0 };
                    self.hashes.push(hash);
                    let surplus = self.hashes.len().saturating_sub(10);
                    self.hashes.drain(..surplus);
                }
                self.model.finish_compaction(revision);
            }
        }
    }

    fn reopen(&mut self) {
        let (store, leased) = Store::open(self.backend.clone()).unwrap();
        self.compactor = store.compactor();
        self.store = store;
        self.hashes.clear();
        // The latest one, done again from the start, does the work of all.
        if let Some((revision, _, _)) = self.compactions.pop() {
            self.compactions = vec![(revision, 0, false)];
        }
        let live = self.model.range(&KeyRange::all(), self.model.revision);
        let expected: Vec<_> = live.into_iter().filter(|kv| kv.lease != 0).map(|kv| (kv.key, kv.lease)).collect();
        assert_eq!(leased, expected);
        assert_eq!(self.store.reader().compact_revision(), self.model.compacted);
        assert_eq!(self.store.reader().revision(), self.model.revision);
    }

    fn compare(&mut self, keys: usize) {
        let reader = self.store.reader();
        for fetch in [Fetch::Count, Fetch::Keys, Fetch::Full] {
            let range = self.range(keys);
            let at = self.random.i64(-1..self.model.revision + 2);
            let limit = self.random.choice([0, 1, 5, 100]).unwrap();
            self.check_range(&reader, &range, at, limit, fetch);
        }
        let live = self.model.range(&KeyRange::all(), self.model.revision).len();
        assert_eq!(reader.live_keys() as usize, live);
        self.check_history(&reader);
        let (key, before) = (self.key(keys), self.random.i64(0..self.model.revision + 2));
        let expected = if before > self.model.compacted { self.model.get(&key, before - 1) } else { None };
        assert_eq!(reader.previous(&key, before).unwrap().as_ref(), expected, "{key:?} before {before}");
        let at = self.random.i64(-1..self.model.revision + 2);
        self.check_hash(at);
    }

    fn check_range(&self, reader: &Reader, range: &KeyRange, at: i64, limit: usize, fetch: Fetch) {
        let (current, compacted) = (self.model.revision, self.model.compacted);
        let result = reader.range(&query(range.clone(), at, limit, fetch));
        let resolved = if at <= 0 { current } else { at };
        match result {
            Err(ReadError::FutureRevision) => assert!(at > current),
            Err(ReadError::Compacted) => assert!(resolved < compacted),
            Err(ReadError::Fatal(error)) => panic!("{error}"),
            Ok(result) => {
                assert!((compacted..=current).contains(&resolved));
                let expected = expected(&self.model, range, resolved, limit, fetch, current);
                assert_eq!(result, expected, "{range:?} at {at} limit {limit} {fetch:?}");
            }
        }
    }

    fn check_history(&mut self, reader: &Reader) {
        let from = self.random.i64(1..self.model.revision + 2);
        let to = self.random.i64(from..self.model.revision + 3);
        let (revisions, bytes) = (self.random.usize(1..10), self.random.choice([1, 300, usize::MAX]).unwrap());
        match reader.history(from, to, revisions, bytes) {
            Err(error) => assert!(matches!(error, ReadError::Compacted) && from < self.model.compacted, "{error}"),
            Ok(history) => {
                assert!(from >= self.model.compacted);
                assert_eq!(history.events, self.model.events(from, history.through), "{from}..={to}");
                let distinct: Vec<i64> =
                    history.events.iter().map(|event| event.kv.as_ref().unwrap().mod_revision).collect();
                let distinct = distinct.chunk_by(|a, b| a == b).count();
                assert!(distinct <= revisions);
                let all = to.min(self.model.revision);
                assert!(history.through == all || distinct == revisions || bytes < usize::MAX);
                assert!(history.through >= from.min(all), "progress");
            }
        }
    }

    fn check_hash(&self, at: i64) {
        let (current, compacted) = (self.model.revision, self.model.compacted);
        let result = self.store.reader().hash_kv(at);
        if let Some(kept) = self.hashes.iter().find(|kept| kept.hash_revision == at) {
            assert_eq!(result.unwrap(), HashKv { revision: current, ..*kept });
            return;
        }
        let resolved = if at == 0 { current } else { at };
        match result {
            Err(ReadError::FutureRevision) => assert!(at > current),
            Err(ReadError::Compacted) => assert!(at > 0 && at < compacted),
            Err(ReadError::Fatal(error)) => panic!("{error}"),
            Ok(hash) => {
                assert!(at <= current && (at <= 0 || at >= compacted));
                assert_eq!((hash.hash_revision, hash.revision), (resolved, current));
                assert_eq!(hash.compact_revision, compacted);
                // With nothing alive, etcd counts rows that compaction has not reached yet.
                if self.compactions.is_empty() || !self.model.range(&KeyRange::all(), resolved).is_empty() {
                    assert_eq!(hash.hash, self.model.hash_kv(resolved, compacted), "hash at {at}");
                }
            }
        }
    }
}

fn query(range: KeyRange, at: i64, limit: usize, fetch: Fetch) -> RangeQuery {
    RangeQuery { range, at, limit, fetch }
}

fn expected(model: &Model, range: &KeyRange, at: i64, limit: usize, fetch: Fetch, revision: i64) -> RangeResult {
    let all = model.range(range, at);
    let count = all.len() as i64;
    let taken = match (fetch, limit) {
        (Fetch::Count, _) => 0,
        (_, 0) => usize::MAX,
        (_, limit) => limit,
    };
    let kvs = all.into_iter().take(taken).map(|kv| match fetch {
        Fetch::Full => kv,
        _ => KeyValue { value: Bytes::new(), lease: 0, ..kv },
    });
    RangeResult { kvs: kvs.collect(), count, revision }
}
