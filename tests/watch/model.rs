//! An obviously right store, and a sink that shows what it got.

use bytes::Bytes;
use etcd::{
    key::KeyRange,
    mvcc::{self, Changes, ReadError},
    pb::mvccpb::{Event, KeyValue, event::EventType},
    watch::{History, Item, Sink},
};
use std::{
    cell::RefCell,
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex},
};

/// Every change since revision 2, in a list. Revision 1 is the empty store, as in etcd.
#[derive(Clone, Debug, Default)]
pub struct Store(Arc<Mutex<Content>>);

#[derive(Debug, Default)]
struct Content {
    changes: Vec<Changes>,
    created: BTreeMap<Bytes, i64>,
    compact_revision: i64,
    reads: usize,
}

impl Store {
    /// One transaction: puts, and deletes of keys that exist. Returns its changes, which may be none.
    pub fn apply(&self, puts: &[&str], deletes: &[&str]) -> Changes {
        let mut content = self.0.lock().unwrap();
        let revision = content.changes.len() as i64 + 2;
        let mut events = Vec::new();
        for key in puts {
            let key = Bytes::copy_from_slice(key.as_bytes());
            let create_revision = *content.created.entry(key.clone()).or_insert(revision);
            let value = Bytes::from(format!("v{revision}"));
            let kv = KeyValue { key, value, create_revision, mod_revision: revision, ..Default::default() };
            events.push(Event { r#type: EventType::Put as i32, kv: Some(kv), prev_kv: None });
        }
        for key in deletes {
            let key = Bytes::copy_from_slice(key.as_bytes());
            if content.created.remove(&key).is_some() {
                let kv = KeyValue { key, mod_revision: revision, ..Default::default() };
                events.push(Event { r#type: EventType::Delete as i32, kv: Some(kv), prev_kv: None });
            }
        }
        if events.is_empty() {
            return Changes { revision: revision - 1, events };
        }
        content.changes.push(Changes { revision, events });
        content.changes[content.changes.len() - 1].clone()
    }

    pub fn compact(&self, revision: i64) {
        let mut content = self.0.lock().unwrap();
        content.compact_revision = content.compact_revision.max(revision);
    }

    /// How often history was read.
    pub fn reads(&self) -> usize {
        self.0.lock().unwrap().reads
    }

    /// All events of `revisions` in `range` that pass the filters.
    pub fn expected(&self, from: i64, to: i64, range: &KeyRange, no_put: bool, no_delete: bool) -> Vec<Event> {
        let content = self.0.lock().unwrap();
        let inside = content.changes.iter().filter(|changes| (from..=to).contains(&changes.revision));
        let passes = |event: &&Event| {
            let delete = event.r#type == EventType::Delete as i32;
            let key = event.kv.as_ref().map_or(&[][..], |kv| &kv.key);
            range.contains(key) && !(if delete { no_delete } else { no_put })
        };
        inside.flat_map(|changes| &changes.events).filter(passes).cloned().collect()
    }
}

impl History for Store {
    fn history(&self, from: i64, to: i64, revisions_max: usize, bytes_max: usize) -> Result<mvcc::History, ReadError> {
        let mut content = self.0.lock().unwrap();
        content.reads += 1;
        if from < content.compact_revision {
            return Err(ReadError::Compacted);
        }
        if to > content.changes.len() as i64 + 1 {
            return Err(ReadError::FutureRevision);
        }
        let mut read = mvcc::History { events: Vec::new(), through: from - 1 };
        for changes in content.changes.iter().skip((from - 2).max(0) as usize).take(revisions_max) {
            let bytes: usize = read.events.iter().filter_map(|event| event.kv.as_ref()).map(|kv| kv.value.len()).sum();
            if changes.revision > to || bytes > bytes_max {
                break;
            }
            read.events.extend(changes.events.iter().cloned());
            read.through = changes.revision;
        }
        Ok(read)
    }

    fn revision(&self) -> i64 {
        self.0.lock().unwrap().changes.len() as i64 + 1
    }

    fn compact_revision(&self) -> i64 {
        self.0.lock().unwrap().compact_revision
    }
}

/// A queue with a capacity; clones are the two ends of it.
#[derive(Clone, Debug)]
pub struct Queue {
    items: Arc<Mutex<VecDeque<Item>>>,
    capacity: usize,
}

impl Queue {
    pub fn with_capacity(capacity: usize) -> Self {
        Self { items: Arc::default(), capacity }
    }

    pub fn take(&self) -> Option<Item> {
        self.items.lock().unwrap().pop_front()
    }
}

impl Sink for Queue {
    fn try_send(&mut self, item: Item) -> Result<(), Item> {
        let mut items = self.items.lock().unwrap();
        if items.len() == self.capacity {
            return Err(item);
        }
        items.push_back(item);
        Ok(())
    }

    fn has_room(&self) -> bool {
        self.items.lock().unwrap().len() < self.capacity
    }
}

/// An item as one line of a transcript.
pub fn show(item: &Item) -> String {
    match item {
        Item::Created { watch_id, revision, prev_kv, fragment } => {
            let marks = [(prev_kv, " prev"), (fragment, " fragment")];
            format!("created {} @{revision}{}", watch_id.0, show_marks(&marks))
        }
        Item::Refused { reason, revision } => format!("refused {reason:?} @{revision}"),
        Item::Canceled { watch_id, compact_revision: 0, revision } => format!("canceled {} @{revision}", watch_id.0),
        Item::Canceled { watch_id, compact_revision, revision } => {
            format!("canceled {} @{revision} compacted {compact_revision}", watch_id.0)
        }
        Item::Progress { watch_id, revision } => format!("progress {} @{revision}", watch_id.0),
        Item::Events { watch_ids, revision, events, prev_kv, fragment } => {
            let ids: Vec<String> = watch_ids.as_slice().iter().map(|id| id.0.to_string()).collect();
            let events: Vec<String> = events.iter().map(|event| show_event(event.event())).collect();
            let marks = show_marks(&[(prev_kv, " prev"), (fragment, " fragment")]);
            format!("events {} @{revision}{marks}: {}", ids.join(","), events.join(" "))
        }
    }
}

fn show_marks(marks: &[(&bool, &str)]) -> String {
    marks.iter().filter(|(set, _)| **set).map(|(_, mark)| *mark).collect()
}

fn show_event(event: &Event) -> String {
    let kv = event.kv.clone().unwrap_or_default();
    let sign = if event.r#type == EventType::Delete as i32 { "-" } else { "" };
    format!("{sign}{}={}", String::from_utf8_lossy(&kv.key), kv.mod_revision)
}

/// A turn of the random tests: xorshift, so that a seed means the same for ever.
#[derive(Debug)]
pub struct Chance(RefCell<u64>);

impl Chance {
    pub fn of(seed: u64) -> Self {
        let mixed = seed.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Self(RefCell::new(mixed | 1))
    }

    /// A number below `bound`.
    pub fn below(&self, bound: usize) -> usize {
        let mut state = self.0.borrow_mut();
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        (*state >> 16) as usize % bound
    }

    pub fn one_in(&self, n: usize) -> bool {
        self.below(n) == 0
    }
}
