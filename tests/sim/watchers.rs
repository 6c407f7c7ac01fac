//! Simulated watching clients. Each knows from the history what it must be told next, and resumes after a crash from
//! where it was.

use super::{history::History, member::Member};
use bytes::Bytes;
use etcd::{
    id::StreamId,
    key::KeyRange,
    pb::mvccpb::Event,
    watch::{Item, Sink, WatchRequest},
};
use fastrand::Rng;
use parking_lot::Mutex;
use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

/// A stream's bounded way out, read by the client whenever it likes.
#[derive(Clone, Debug, Default)]
struct Queue(Arc<Mutex<VecDeque<Item>>>);

const QUEUE: usize = 4;

impl Sink for Queue {
    fn try_send(&mut self, item: Item) -> Result<(), Item> {
        let mut items = self.0.lock();
        if items.len() >= QUEUE {
            return Err(item);
        }
        items.push_back(item);
        Ok(())
    }

    fn has_room(&self) -> bool {
        self.0.lock().len() < QUEUE
    }
}

#[derive(Debug)]
struct Watcher {
    range: KeyRange,
    /// Everything below this revision has been told.
    next: i64,
    /// Events told within the revision `next`: none, since a revision is never split.
    is_slow: bool,
}

impl Watcher {
    fn expects<'a>(&'a self, history: &'a History) -> impl Iterator<Item = (i64, Vec<&'a Event>)> {
        history.since(self.next).filter_map(|(revision, events)| {
            let wanted: Vec<&Event> = events.iter().filter(|event| self.wants(event)).collect();
            (!wanted.is_empty()).then_some((revision, wanted))
        })
    }

    fn wants(&self, event: &Event) -> bool {
        event.kv.as_ref().is_some_and(|kv| self.range.contains(&kv.key))
    }
}

/// All watchers of all lives.
#[derive(Debug, Default)]
pub struct Watchers {
    watchers: BTreeMap<i64, Watcher>,
    last_id: i64,
    /// Each watcher has a stream of its own in this life.
    streams: BTreeMap<i64, (StreamId, Queue)>,
    pub events_seen: u64,
    /// Over all items that came, in the order in which they were read.
    pub items_digest: u32,
}

impl Watchers {
    /// A client begins to watch, from now or from the past.
    pub fn create(&mut self, rng: &mut Rng, history: &History, member: &mut Member) {
        if self.watchers.len() >= 6 {
            return;
        }
        self.last_id += 1;
        let range = match rng.u32(0..4) {
            0 => KeyRange::Point(Bytes::from(format!("k{}", rng.u32(0..24)))),
            1 => KeyRange::From(Bytes::from_static(b"t")),
            2 => KeyRange::Span { start: Bytes::from_static(b"k1"), end: Bytes::from_static(b"k3") },
            _ => KeyRange::all(),
        };
        let next = rng.i64(history.compacted.max(1)..=history.revision() + 1);
        self.watchers.insert(self.last_id, Watcher { range, next, is_slow: rng.bool() });
        self.open(self.last_id, member);
    }

    /// A client goes away.
    pub fn cancel(&mut self, rng: &mut Rng, member: &mut Member) {
        let ids: Vec<i64> = self.watchers.keys().copied().collect();
        if let Some(id) = rng.choice(ids) {
            self.watchers.remove(&id);
            if let Some((stream, _)) = self.streams.remove(&id) {
                member.hub.close_stream(stream);
            }
        }
    }

    /// A new life: every client comes back and asks for what it has not seen.
    pub fn resume(&mut self, history: &History, member: &mut Member) {
        self.streams.clear();
        // What was compacted meanwhile cannot be asked for: such a client would be told, and reads anew.
        self.watchers.retain(|_, watcher| watcher.next >= history.compacted);
        let ids: Vec<i64> = self.watchers.keys().copied().collect();
        ids.into_iter().for_each(|id| self.open(id, member));
    }

    fn open(&mut self, id: i64, member: &mut Member) {
        let queue = Queue::default();
        let stream = member.hub.open_stream(Box::new(queue.clone()));
        let watcher = &self.watchers[&id];
        let request = WatchRequest {
            watch_id: 0,
            range: watcher.range.clone(),
            start_revision: watcher.next,
            progress_notify: false,
            no_put: false,
            no_delete: false,
            prev_kv: false,
            fragment: false,
        };
        let _ = member.hub.create(stream, request);
        self.streams.insert(id, (stream, queue));
    }

    /// Clients read what has come; slow ones only now and then.
    pub fn read(&mut self, rng: &mut Rng, history: &History) {
        self.read_some(history, |watcher| !watcher.is_slow || rng.u32(0..8) == 0);
    }

    /// Every client reads all that has come; true when anything had.
    pub fn read_all(&mut self, history: &History) -> bool {
        self.read_some(history, |_| true) > 0
    }

    fn read_some(&mut self, history: &History, mut reads: impl FnMut(&Watcher) -> bool) -> usize {
        let mut count = 0;
        let mut gone = Vec::new();
        for (id, (_, queue)) in &self.streams {
            let Some(watcher) = self.watchers.get_mut(id) else { continue };
            if !reads(watcher) {
                continue;
            }
            for item in std::mem::take(&mut *queue.0.lock()) {
                count += 1;
                self.items_digest = crc32c::crc32c_append(self.items_digest, format!("{id} {item:?}").as_bytes());
                if !take(watcher, item, history, &mut self.events_seen) {
                    gone.push(*id);
                }
            }
        }
        for id in gone {
            self.watchers.remove(&id);
            self.streams.remove(&id);
        }
        count
    }

    /// At the end, after everything was read: nobody misses anything.
    pub fn check_complete(&self, history: &History) {
        for (id, watcher) in &self.watchers {
            let missing: Vec<_> = watcher.expects(history).collect();
            assert!(missing.is_empty(), "watcher {id} ({watcher:?}) was never told of {missing:?}");
        }
    }
}

/// Checks one item against what must come next. False when the watch has ended.
fn take(watcher: &mut Watcher, item: Item, history: &History, events_seen: &mut u64) -> bool {
    match item {
        Item::Created { .. } | Item::Progress { .. } => true,
        Item::Canceled { compact_revision, .. } => {
            assert!(compact_revision > watcher.next, "canceled without a reason: {watcher:?}");
            false
        }
        Item::Refused { .. } => panic!("a watch was refused: {watcher:?}"),
        Item::Events { events, .. } => {
            let told: Vec<Event> = events.iter().map(|event| event.event().clone()).collect();
            *events_seen += told.len() as u64;
            let mut rest = told.as_slice();
            let mut next = watcher.next;
            for (revision, wanted) in watcher.expects(history) {
                if rest.is_empty() {
                    break;
                }
                assert!(rest.len() >= wanted.len(), "revision {revision} was split for {watcher:?}: {told:?}");
                let (these, others) = rest.split_at(wanted.len());
                assert!(
                    these.iter().zip(&wanted).all(|(told, wanted)| told == *wanted),
                    "{watcher:?} was told {these:?} and must be told {wanted:?}"
                );
                rest = others;
                next = revision + 1;
            }
            assert!(rest.is_empty(), "{watcher:?} was told of what never was: {rest:?}");
            watcher.next = next;
            true
        }
    }
}
