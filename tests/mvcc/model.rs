//! The obvious store: lists of everything that ever happened, and linear scans over them.

use etcd::key::KeyRange;
use etcd::mvcc::Revision;
use etcd::pb::mvccpb::{Event, KeyValue, event::EventType};
use std::collections::{BTreeMap, HashSet};

/// One change: a put with its whole `KeyValue`, or a delete.
#[derive(Clone, Debug)]
pub struct Change {
    pub revision: Revision,
    pub key: Vec<u8>,
    pub put: Option<KeyValue>,
}

#[derive(Clone, Debug)]
pub struct Model {
    pub changes: Vec<Change>,
    /// The same, for each key.
    keys: BTreeMap<Vec<u8>, Vec<Change>>,
    pub revision: i64,
    pub compacted: i64,
    /// The rows that are on disk once all compactions are finished.
    pub rows: Vec<Change>,
}

impl Model {
    pub fn new() -> Self {
        Self { changes: Vec::new(), keys: BTreeMap::new(), revision: 1, compacted: -1, rows: Vec::new() }
    }

    fn newest(&self, key: &[u8], at: i64) -> Option<&Change> {
        self.keys.get(key)?.iter().rev().find(|change| change.revision.main <= at)
    }

    /// The key at main revision `at`.
    pub fn get(&self, key: &[u8], at: i64) -> Option<&KeyValue> {
        self.newest(key, at)?.put.as_ref()
    }

    /// The keys that have a history.
    pub fn keys(&self) -> impl Iterator<Item = &Vec<u8>> {
        self.keys.keys()
    }

    /// All live keys of the range at main revision `at`, in order.
    pub fn range(&self, range: &KeyRange, at: i64) -> Vec<KeyValue> {
        self.keys().filter(|key| range.contains(key)).filter_map(|key| self.get(key, at)).cloned().collect()
    }

    /// Adds a put at the next revision.
    pub fn put(&mut self, sub: i64, key: &[u8], value: &[u8], lease: i64) {
        let main = self.revision + 1;
        let before = self.get(key, main);
        let kv = KeyValue {
            key: key.to_vec().into(),
            create_revision: before.map_or(main, |kv| kv.create_revision),
            mod_revision: main,
            version: before.map_or(1, |kv| kv.version + 1),
            value: value.to_vec().into(),
            lease,
        };
        self.add(Change { revision: Revision { main, sub }, key: key.to_vec(), put: Some(kv) });
    }

    /// Adds deletes at the next revision; returns the keys.
    pub fn delete(&mut self, mut sub: i64, range: &KeyRange) -> usize {
        let main = self.revision + 1;
        let keys = self.range(range, main);
        for kv in &keys {
            self.add(Change { revision: Revision { main, sub }, key: kv.key.to_vec(), put: None });
            sub += 1;
        }
        keys.len()
    }

    fn add(&mut self, change: Change) {
        self.keys.entry(change.key.clone()).or_default().push(change.clone());
        self.changes.push(change.clone());
        self.rows.push(change);
    }

    pub fn events(&self, from: i64, to: i64) -> Vec<Event> {
        self.changes.iter().filter(|change| (from..=to).contains(&change.revision.main)).map(event).collect()
    }

    /// The newest change of each key that is not after `at`, if `which` says so.
    fn newest_of_all(&self, at: i64, which: impl Fn(&Change) -> bool) -> HashSet<Revision> {
        let newest = self.keys().filter_map(|key| self.newest(key, at));
        newest.filter(|change| which(change)).map(|change| change.revision).collect()
    }

    /// What a finished compaction leaves.
    pub fn finish_compaction(&mut self, at: i64) {
        let kept = self.newest_of_all(at, |change| change.put.is_some() || change.revision.main == at);
        self.rows.retain(|row| row.revision.main > at || kept.contains(&row.revision));
    }

    /// `HashKV` as the reference has it, over the rows that are there.
    pub fn hash_kv(&self, at: i64, compacted: i64) -> u32 {
        let kept = self.newest_of_all(at, |change| change.put.is_some());
        hash(self.rows.iter().filter(|row| row.revision.main <= at), &kept, compacted)
    }

    /// The hash that a compaction to `at` computes while it runs.
    pub fn compaction_hash(&self, at: i64, previous: i64) -> u32 {
        let kept = self.newest_of_all(at, |change| change.put.is_some() || change.revision.main == at);
        hash(self.rows.iter().filter(|row| row.revision.main <= at), &kept, previous)
    }
}

fn hash<'a>(rows: impl Iterator<Item = &'a Change>, kept: &HashSet<Revision>, compacted: i64) -> u32 {
    let mut hash = crc32c::crc32c(b"key");
    for row in rows {
        let passed_over = row.revision.main <= compacted && !kept.is_empty() && !kept.contains(&row.revision);
        if passed_over || (row.revision.main == compacted && row.put.is_none()) {
            continue;
        }
        let (key, value) = encode(row);
        hash = crc32c::crc32c_append(crc32c::crc32c_append(hash, &key), &value);
    }
    hash
}

fn encode(row: &Change) -> (Vec<u8>, Vec<u8>) {
    use prost::Message;
    let mut key = [row.revision.main.to_be_bytes().as_slice(), b"_", &row.revision.sub.to_be_bytes()].concat();
    let tombstone = KeyValue { key: row.key.clone().into(), ..Default::default() };
    if row.put.is_none() {
        key.push(b't');
    }
    (key, row.put.as_ref().unwrap_or(&tombstone).encode_to_vec())
}

pub fn event(change: &Change) -> Event {
    let tombstone =
        || KeyValue { key: change.key.clone().into(), mod_revision: change.revision.main, ..Default::default() };
    match &change.put {
        Some(kv) => Event { r#type: EventType::Put as i32, kv: Some(kv.clone()), prev_kv: None },
        None => Event { r#type: EventType::Delete as i32, kv: Some(tombstone()), prev_kv: None },
    }
}
