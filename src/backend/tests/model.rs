//! Random stages, flushes, reads, reopenings and crashes, beside two maps: what is staged and what is durable.

use super::*;
use std::collections::BTreeMap;

type Map = BTreeMap<(Bucket, Vec<u8>), Vec<u8>>;

struct Pair {
    random: fastrand::Rng,
    disk: MemDisk,
    backend: Backend,
    latest: Map,
    durable: Map,
    revision: u64,
}

impl Pair {
    fn new(seed: u64) -> Self {
        let disk = MemDisk::new();
        let backend = open(&disk).unwrap();
        let random = fastrand::Rng::with_seed(seed);
        Self { random, disk, backend, latest: Map::new(), durable: Map::new(), revision: 0 }
    }

    /// Few buckets and few short keys, so that rows meet; in the bucket of revisions mostly new ones.
    fn key(&mut self) -> (Bucket, Vec<u8>) {
        match self.random.u32(..4) {
            0 => (Bucket::Key, self.random.u64(..=self.revision).to_be_bytes().to_vec()),
            1 => (Bucket::Lease, vec![b'a' + self.random.u8(..5); self.random.usize(..40)]),
            2 => (Bucket::Meta, vec![self.random.u8(..4)]),
            _ => {
                self.revision += 1;
                (Bucket::Key, self.revision.to_be_bytes().to_vec())
            }
        }
    }

    fn stage(&mut self) {
        let mut batch = Batch::new();
        for _ in 0..self.random.usize(..20) {
            let (bucket, key) = self.key();
            if self.random.u32(..4) == 0 {
                batch.delete(bucket, &key);
                self.latest.remove(&(bucket, key));
            } else {
                let len = if self.random.u32(..50) == 0 { 10_000 } else { 50 };
                let value = vec![self.random.u8(..); self.random.usize(..len)];
                batch.put(bucket, &key, value.clone().into());
                self.latest.insert((bucket, key), value);
            }
        }
        self.backend.stage(batch);
    }

    fn check_points(&mut self) {
        let bucket = *self.random.choice([Bucket::Key, Bucket::Lease, Bucket::Meta].iter()).unwrap();
        let mut keys: Vec<Vec<u8>> = (0..self.random.usize(..300)).map(|_| self.key().1).collect();
        keys.push(vec![]);
        let expected: Vec<_> = keys.iter().map(|key| self.latest.get(&(bucket, key.clone())).cloned()).collect();
        let found = self.backend.get_many(bucket, &keys).unwrap();
        assert_eq!(found.into_iter().map(|value| value.map(Vec::from)).collect::<Vec<_>>(), expected);
        for (key, expected) in keys.iter().zip(expected).take(5) {
            assert_eq!(get(&self.backend, bucket, key), expected);
        }
    }

    fn check_range(&mut self) {
        let (bucket, from) = self.key();
        let from = if self.random.bool() { from } else { vec![] };
        let to = self.random.bool().then(|| self.key().1);
        let limit = if self.random.bool() { self.random.usize(..20) } else { usize::MAX };
        let inside =
            |(b, key): &(Bucket, Vec<u8>)| *b == bucket && *key >= from && to.as_ref().is_none_or(|to| key < to);
        let expected = self.latest.iter().filter(|(key, _)| inside(key)).take(limit);
        let expected: Vec<_> = expected.map(|((_, key), value)| (key.clone(), value.clone())).collect();
        let found = self.backend.range(bucket, &from, to.as_deref(), limit).unwrap();
        let found: Vec<_> = found.into_iter().map(|(key, value)| (Vec::from(key), Vec::from(value))).collect();
        assert_eq!(found, expected);
    }

    fn check_frozen(&mut self) {
        let frozen = self.backend.frozen().unwrap();
        self.durable = self.latest.clone();
        self.stage();
        self.backend.flush().unwrap();
        let mut found = Map::new();
        for bucket in Bucket::ALL {
            let collect = |key: &[u8], value: &[u8]| found.insert((bucket, key.to_vec()), value.to_vec()).is_none();
            frozen.scan(bucket, b"", None, collect).unwrap();
        }
        assert_eq!(found, self.durable);
        self.durable = self.latest.clone();
    }

    fn reopen(&mut self, how: fn(&mut Self)) {
        how(self);
        self.backend = open(&self.disk).unwrap();
        let rows = self.latest.iter().map(|((_, key), value)| key.len() + value.len());
        let usage = self.backend.inner.writer.lock().usage;
        assert_eq!((usage.rows, usage.bytes), (self.latest.len() as u64, rows.sum::<usize>() as u64));
    }

    fn step(&mut self) {
        match self.random.u32(..100) {
            0..40 => self.stage(),
            40..50 => {
                self.backend.flush().unwrap();
                self.durable = self.latest.clone();
                assert_eq!(self.backend.staged(), Default::default());
            }
            50..70 => self.check_points(),
            70..95 => self.check_range(),
            95..97 => self.check_frozen(),
            97 => self.reopen(|pair| {
                pair.backend.clone().close().unwrap();
                pair.durable = pair.latest.clone();
            }),
            98 => self.reopen(|pair| {
                // The process dies: its file is closed as it stands.
                pair.backend = open(&MemDisk::new()).unwrap();
                pair.latest = pair.durable.clone();
            }),
            _ => self.reopen(|pair| {
                pair.disk.crash(pair.random.u64(..));
                pair.latest = pair.durable.clone();
            }),
        }
    }
}

#[test]
fn behaves_like_a_map() {
    let seed = seed();
    for round in 0..8 {
        let mut pair = Pair::new(seed.wrapping_add(round));
        for _ in 0..400 {
            pair.step();
        }
    }
}
