//! Where past events are read from: the store, and a short memory of what was published last.
//!
//! ```text
//!   compaction                                  published
//!       |------------ History ------------------------|
//!                                   |---- Recent -----|
//! ```
//!
//! Most watchers that have to read again are a moment late: a stream was full, or a client watches from the revision
//! of its last read. [`Recent`] serves them without a look into the store, and with the very events that the others
//! got, encoded already.

use super::{
    bounds::Bound,
    event::{SharedEvent, WatchEvent},
};
use crate::mvcc::{self, Changes, Ranges, ReadError};
use std::{collections::VecDeque, sync::Arc};

/// The part of the store that the hub depends on.
pub trait History {
    /// Events of the main revisions `from..=to` in order: at most `revisions_max` distinct revisions (none is split,
    /// at least one is covered) and about `bytes_max` bytes; with the last revision that was covered. `from` is not
    /// below the compact revision, unless a compaction came in between: then [`ReadError::Compacted`].
    fn history(&self, from: i64, to: i64, revisions_max: usize, bytes_max: usize) -> Result<mvcc::History, ReadError>;
    /// The current revision: at least what was published to the hub.
    fn revision(&self) -> i64;
    /// The last compaction; 0 or less before any. Events of this revision can still be read, older ones cannot.
    fn compact_revision(&self) -> i64;
}

impl History for mvcc::Reader {
    fn history(&self, from: i64, to: i64, revisions_max: usize, bytes_max: usize) -> Result<mvcc::History, ReadError> {
        mvcc::Reader::history(self, from, to, revisions_max, bytes_max)
    }

    fn revision(&self) -> i64 {
        Ranges::revision(self)
    }

    fn compact_revision(&self) -> i64 {
        Ranges::compact_revision(self)
    }
}

/// All events of the revisions `from..=through`, in order.
#[derive(Debug)]
pub(super) struct Chunk {
    pub from: i64,
    pub through: i64,
    pub events: Vec<SharedEvent>,
}

impl Chunk {
    /// Reads from the store.
    pub fn read(history: &impl History, from: i64, to: i64, bound: Bound) -> Result<Self, ReadError> {
        let read = history.history(from, to, bound.revisions, bound.bytes)?;
        let events = read.events.into_iter().map(|event| Arc::new(WatchEvent::new(event))).collect();
        // Not below `from`: whoever reads a chunk gets further, whatever the store says.
        Ok(Self { from, through: read.through.clamp(from, to), events })
    }
}

/// The revisions that were published last, without a gap.
#[derive(Debug)]
pub(super) struct Recent {
    bound: Bound,
    revisions: VecDeque<Published>,
    bytes: usize,
}

#[derive(Debug)]
struct Published {
    revision: i64,
    events: Arc<[SharedEvent]>,
    bytes: usize,
}

impl Recent {
    pub fn new(bound: Bound) -> Self {
        Self { bound, revisions: VecDeque::new(), bytes: 0 }
    }

    pub fn clear(&mut self) {
        *self = Self::new(self.bound);
    }

    /// Remembers a revision, and returns its events as they are to be shared.
    pub fn push(&mut self, changes: Changes) -> Arc<[SharedEvent]> {
        debug_assert!(self.revisions.back().is_none_or(|last| last.revision + 1 == changes.revision), "no gap");
        let events: Arc<[SharedEvent]> =
            changes.events.into_iter().map(|event| Arc::new(WatchEvent::new(event))).collect();
        let bytes = events.iter().map(|event| event.size()).sum();
        self.bytes += bytes;
        self.revisions.push_back(Published { revision: changes.revision, events: events.clone(), bytes });
        while self.revisions.len() > self.bound.revisions || self.bytes > self.bound.bytes {
            let Some(oldest) = self.revisions.pop_front() else { break };
            self.bytes -= oldest.bytes;
        }
        events
    }

    /// The events from a revision on, as many as the bound allows; `None` if it is not remembered.
    pub fn chunk(&self, from: i64, bound: Bound) -> Option<Chunk> {
        let first = self.revisions.front()?.revision;
        let skip = usize::try_from(from - first).ok()?;
        let mut chunk = Chunk { from, through: from, events: Vec::new() };
        let mut bytes = 0;
        for published in self.revisions.range(skip.min(self.revisions.len())..).take(bound.revisions) {
            bytes += published.bytes;
            if bytes > bound.bytes && !chunk.events.is_empty() {
                break;
            }
            chunk.through = published.revision;
            chunk.events.extend(published.events.iter().cloned());
        }
        (!chunk.events.is_empty()).then_some(chunk)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pb::mvccpb::{Event, KeyValue};

    fn changes(revision: i64, events: usize) -> Changes {
        let kv = KeyValue { mod_revision: revision, ..Default::default() };
        Changes { revision, events: vec![Event { kv: Some(kv), ..Default::default() }; events] }
    }

    fn revisions(chunk: Option<Chunk>) -> Option<(Vec<i64>, i64)> {
        chunk.map(|chunk| (chunk.events.iter().map(|event| event.revision()).collect(), chunk.through))
    }

    #[test]
    fn remembers_the_last_revisions_within_its_bound() {
        let mut recent = Recent::new(Bound { revisions: 3, bytes: usize::MAX });
        let bound = Bound { revisions: 2, bytes: usize::MAX };
        assert!(recent.chunk(1, bound).is_none());
        (2..=6).for_each(|revision| drop(recent.push(changes(revision, 2))));
        assert_eq!(revisions(recent.chunk(3, bound)), None);
        assert_eq!(revisions(recent.chunk(4, bound)), Some((vec![4, 4, 5, 5], 5)));
        assert_eq!(revisions(recent.chunk(6, bound)), Some((vec![6, 6], 6)));
        assert_eq!(revisions(recent.chunk(7, bound)), None);
    }

    #[test]
    fn a_revision_is_never_split_and_a_huge_one_is_not_remembered() {
        let one = WatchEvent::new(Event::default()).size();
        let mut recent = Recent::new(Bound { revisions: 9, bytes: 6 * one });
        (2..=3).for_each(|revision| drop(recent.push(changes(revision, 3))));
        let small = Bound { revisions: 9, bytes: one };
        assert_eq!(revisions(recent.chunk(2, small)), Some((vec![2, 2, 2], 2)));
        assert_eq!(recent.push(changes(4, 7)).len(), 7);
        assert_eq!(revisions(recent.chunk(4, small)), None);
        recent.push(changes(5, 1));
        assert_eq!(revisions(recent.chunk(5, small)), Some((vec![5], 5)));
    }
}
