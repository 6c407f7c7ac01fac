//! The obvious model: the list of all events that ever were. Everything else is counted from it, slowly.

use etcd::pb::mvccpb::{Event, KeyValue};
use prost::Message;
use std::collections::BTreeMap;

/// Key and value of a row in the backend.
pub type Row = (Vec<u8>, Vec<u8>);

/// All events by revision.
#[derive(Clone, Debug, Default)]
pub struct History {
    revisions: BTreeMap<i64, Vec<Event>>,
    /// What stands in the store after the last revision.
    live: BTreeMap<Vec<u8>, KeyValue>,
    pub compacted: i64,
}

impl History {
    /// The current revision: an empty store is at 1.
    pub fn revision(&self) -> i64 {
        self.revisions.keys().next_back().copied().unwrap_or(1)
    }

    pub fn live(&self) -> &BTreeMap<Vec<u8>, KeyValue> {
        &self.live
    }

    /// Events of one revision.
    pub fn at(&self, revision: i64) -> Option<&[Event]> {
        self.revisions.get(&revision).map(Vec::as_slice)
    }

    /// Events of the revisions from `from` on.
    pub fn since(&self, from: i64) -> impl Iterator<Item = (i64, &Vec<Event>)> {
        self.revisions.range(from..).map(|(revision, events)| (*revision, events))
    }

    /// Appends one transaction. Checks that it follows on what was there: no gap, and every count right.
    pub fn append(&mut self, revision: i64, events: &[Event]) {
        assert_eq!(revision, self.revision() + 1, "revisions have no gaps");
        for event in events {
            let kv = event.kv.as_ref().expect("an event has a key");
            assert_eq!(kv.mod_revision, revision, "{event:?}");
            if event.r#type == 1 {
                assert!(self.live.remove(kv.key.as_ref()).is_some(), "a key that is not there is deleted: {event:?}");
                continue;
            }
            let before = self.live.insert(kv.key.to_vec(), kv.clone());
            let (created, version) = before.map_or((revision, 0), |kv| (kv.create_revision, kv.version));
            assert_eq!((kv.create_revision, kv.version), (created, version + 1), "{event:?}");
        }
        self.revisions.insert(revision, events.to_vec());
    }

    /// The state at a revision, as a deletion-aware list of the newest change of every key.
    fn newest_at(&self, revision: i64) -> BTreeMap<Vec<u8>, (i64, usize, bool)> {
        let mut newest = BTreeMap::new();
        for (main, events) in self.revisions.range(..=revision) {
            for (sub, event) in events.iter().enumerate() {
                let key = event.kv.as_ref().map(|kv| kv.key.to_vec()).unwrap_or_default();
                newest.insert(key, (*main, sub, event.r#type == 1));
            }
        }
        newest
    }

    /// HashKV at a revision above the compacted one, by the definition (reference 7.5) and in no other way.
    pub fn hash_kv(&self, at: i64) -> u32 {
        let newest = self.newest_at(at);
        let keep: Vec<(i64, usize)> =
            newest.values().filter(|(.., deleted)| !deleted).map(|(main, sub, _)| (*main, *sub)).collect();
        let mut hash = crc32c::crc32c(b"key");
        for (main, events) in self.revisions.range(..=at) {
            for (sub, event) in events.iter().enumerate() {
                let is_tombstone = event.r#type == 1;
                if *main <= self.compacted && !keep.is_empty() && !keep.contains(&(*main, sub)) {
                    continue;
                }
                if *main <= self.compacted && keep.is_empty() && !self.survives(*main, sub) {
                    continue;
                }
                if *main == self.compacted && is_tombstone {
                    continue;
                }
                let (row, value) = row(*main, sub, event);
                hash = crc32c::crc32c_append(hash, &row);
                hash = crc32c::crc32c_append(hash, &value);
            }
        }
        hash
    }

    /// Is any key alive at a revision?
    pub fn is_any_alive(&self, at: i64) -> bool {
        self.newest_at(at).values().any(|(.., deleted)| !deleted)
    }

    /// All rows that are left when the compaction is finished, in key order.
    pub fn rows(&self) -> Vec<Row> {
        let newest = self.newest_at(self.compacted);
        let mut rows = Vec::new();
        for (main, events) in &self.revisions {
            for (sub, event) in events.iter().enumerate() {
                let key = event.kv.as_ref().map(|kv| kv.key.to_vec()).unwrap_or_default();
                let is_newest = newest.get(&key).is_some_and(|(m, s, _)| (*m, *s) == (*main, sub));
                let is_kept = is_newest && (event.r#type != 1 || *main == self.compacted);
                if *main > self.compacted || is_kept {
                    rows.push(row(*main, sub, event));
                }
            }
        }
        rows
    }

    /// Is this change still there after the compaction? The newest one of its key at the compacted revision is,
    /// unless it is a deletion from before.
    fn survives(&self, main: i64, sub: usize) -> bool {
        self.newest_at(self.compacted)
            .values()
            .any(|(m, s, deleted)| (*m, *s) == (main, sub) && (!deleted || main == self.compacted))
    }
}

/// A row of the bucket `key` as etcd writes it (reference 7.4).
fn row(main: i64, sub: usize, event: &Event) -> Row {
    let mut row = main.to_be_bytes().to_vec();
    row.push(b'_');
    row.extend((sub as i64).to_be_bytes());
    let kv = event.kv.clone().unwrap_or_default();
    if event.r#type == 1 {
        row.push(b't');
        return (row, KeyValue { key: kv.key, ..KeyValue::default() }.encode_to_vec());
    }
    (row, kv.encode_to_vec())
}
