//! The index: every key that has history, in order, shared between one writer and many readers.
//!
//! A reader at a published revision needs no copy, because every revision stays in its key's history until a compaction
//! passes it. So the tree stands behind one lock, which readers share for a bounded number of keys at a time and the
//! writer takes alone for one change at a time: nobody waits for a long read, and a long read is right although the tree changes
//! between its steps, since the histories *at its revision* do not.
//!
//! What it does not do: it knows neither the current nor the compact revision. Whoever reads checks, after each step, that no
//! compaction has passed the revision that is read.

use super::key_index::{KeyIndex, Seen};
use super::revision::{Kind, Revision};
use super::tree::{Interval, Summary, Tree, Visit};
use crate::key::KeyRange;
use parking_lot::RwLock;
use std::ops::ControlFlow;

/// Keys visited under one hold of the lock: some 10 to 50 microseconds.
const KEYS_PER_HOLD: usize = 512;

/// See the module. The lock is here because readers on other threads share the tree with the writer; no hold of it
/// reads a disk or visits more than [`KEYS_PER_HOLD`] keys.
#[derive(Debug, Default)]
pub struct Index {
    tree: RwLock<Tree>,
}

/// A read of one range at one revision, a step at a time: first up to `wanted` keys, then only their number.
#[derive(Debug)]
pub struct Scan<'a> {
    range: &'a KeyRange,
    at: i64,
    /// Keys that are still to be taken; what comes after them is counted.
    wanted: usize,
    counted: u64,
    /// The key to go on from; none before the first step.
    next: Option<Vec<u8>>,
    done: bool,
}

impl<'a> Scan<'a> {
    /// Takes the first `wanted` keys of the range that are alive at main revision `at`, and counts all of them.
    pub fn new(range: &'a KeyRange, at: i64, wanted: usize) -> Self {
        Self { range, at, wanted, counted: 0, next: None, done: range.is_empty() }
    }

    /// Is the whole range behind us?
    pub fn is_done(&self) -> bool {
        self.done
    }

    /// Are all wanted keys taken, so that only counting is left?
    pub fn is_full(&self) -> bool {
        self.wanted == 0
    }

    /// Keys of the range that are alive at the revision: all of them when the scan is done.
    pub fn counted(&self) -> u64 {
        self.counted
    }
}

impl Index {
    /// The key as it is at main revision `at`.
    pub fn get(&self, key: &[u8], at: i64) -> Option<Seen> {
        self.tree.read().get(key)?.at(at)
    }

    /// The latest change of the key not after main revision `at`.
    pub fn newest_at(&self, key: &[u8], at: i64) -> Option<(Revision, Kind)> {
        self.tree.read().get(key)?.newest_at(at)
    }

    /// What is known of all keys, unpublished changes included.
    pub fn summary(&self) -> Summary {
        self.tree.read().summary()
    }

    /// One step of a scan: `take` sees the wanted keys in order. Costs O(log n) and the keys visited; counting passes over
    /// every subtree in which nothing changed since the revision.
    pub fn step(&self, scan: &mut Scan<'_>, take: impl FnMut(&[u8], Seen)) {
        let end = match scan.range {
            KeyRange::Point(key) => return self.step_point(key, scan, take),
            KeyRange::Span { end, .. } => Some(end.as_ref()),
            KeyRange::From(_) => None,
        };
        let start = scan.next.take();
        let interval = Interval { start: start.as_deref().unwrap_or(scan.range.start()), end };
        let mut visit = Step { scan, budget: KEYS_PER_HOLD, take };
        self.tree.read().walk(interval, &mut visit);
        scan.done = scan.next.is_none();
    }

    fn step_point(&self, key: &[u8], scan: &mut Scan<'_>, mut take: impl FnMut(&[u8], Seen)) {
        scan.done = true;
        if let Some(seen) = self.get(key, scan.at) {
            scan.counted = 1;
            if scan.wanted > 0 {
                scan.wanted -= 1;
                take(key, seen);
            }
        }
    }

    /// Keys of the range that are alive at main revision `at`.
    pub fn count(&self, range: &KeyRange, at: i64) -> u64 {
        let mut scan = Scan::new(range, at, 0);
        while !scan.is_done() {
            self.step(&mut scan, |_, _| {});
        }
        scan.counted()
    }

    /// Adds a put. Revisions must ascend.
    pub fn put(&self, key: &[u8], revision: Revision) -> Seen {
        let mut seen = Seen { modified: revision, created: revision.main, version: 1 };
        self.tree.write().upsert(key, |history| match history {
            Some(history) => {
                seen = history.put(revision);
                None
            }
            None => Some(KeyIndex::new(revision)),
        });
        seen
    }

    /// Adds a delete. Revisions must ascend. False, and nothing changes, when the key is not alive.
    #[must_use]
    pub fn tombstone(&self, key: &[u8], revision: Revision) -> bool {
        let mut died = false;
        self.tree.write().upsert(key, |history| {
            died = history.is_some_and(|history| history.tombstone(revision));
            None
        });
        died
    }

    /// Takes over all of another one.
    pub fn replace(&self, other: &Self) {
        let new = std::mem::take(&mut *other.tree.write());
        let old = std::mem::replace(&mut *self.tree.write(), new);
        // It may be large, and readers need not wait for that.
        drop(old);
    }

    /// Adds a put that was found in a row, where what came before it may be compacted.
    pub fn restore_put(&mut self, key: &[u8], seen: Seen) {
        self.tree.get_mut().upsert(key, |history| match history {
            Some(history) => {
                history.put(seen.modified);
                None
            }
            None => Some(KeyIndex::restored(seen)),
        });
    }

    /// Adds a delete that was found in a row, where what came before it may be compacted.
    pub fn restore_tombstone(&mut self, key: &[u8], revision: Revision) {
        self.tree.get_mut().upsert(key, |history| match history {
            Some(history) => {
                // etcd passes over a second tombstone in a row too.
                let _ = history.tombstone(revision);
                None
            }
            None => Some(KeyIndex::restored_tombstone(revision)),
        });
    }

    /// Drops what a compaction to `at` leaves nobody to read, for some keys from `from` on. Returns where to go on, and how many
    /// of the keys passed keep a revision at or below `at`.
    pub fn prune(&self, from: &[u8], at: i64) -> (Option<Vec<u8>>, u64) {
        self.tree.write().prune_leaf(from, at)
    }
}

struct Step<'s, 'a, F> {
    scan: &'s mut Scan<'a>,
    budget: usize,
    take: F,
}

impl<F: FnMut(&[u8], Seen)> Visit for Step<'_, '_, F> {
    fn subtree(&mut self, summary: Summary) -> bool {
        // Unchanged since the revision: as many keys are alive now as were then.
        let known = summary.newest <= self.scan.at && (self.scan.wanted == 0 || summary.live == 0);
        self.scan.counted += if known { summary.live } else { 0 };
        known
    }

    fn key(&mut self, key: &[u8], history: &KeyIndex) -> ControlFlow<()> {
        if self.budget == 0 {
            self.scan.next = Some(key.to_vec());
            return ControlFlow::Break(());
        }
        self.budget -= 1;
        if let Some(seen) = history.at(self.scan.at) {
            self.scan.counted += 1;
            if self.scan.wanted > 0 {
                self.scan.wanted -= 1;
                (self.take)(key, seen);
            }
        }
        ControlFlow::Continue(())
    }
}
