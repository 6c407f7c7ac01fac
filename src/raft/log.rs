//! The log in memory, from the last compaction to the newest entry, as the raft crate reads it.
//!
//! ```text
//!    compacted   | entries ...
//!           base ^ (index, term), still known so that the first entry can be matched
//! ```
//!
//! Entries are here as soon as they are on their way to the disk; what is durable is `unpersisted`'s business. Payloads
//! are shared with whoever else holds the entry, not copied.

use super::config::Restored;
use crate::pb::raftpb::{ConfState, Entry, HardState, Snapshot, SnapshotMetadata};
use raft::{GetEntriesContext, RaftState, Result, Storage, StorageError};
use std::collections::VecDeque;

/// See the module.
#[derive(Debug)]
pub struct Log {
    entries: VecDeque<Entry>,
    base_index: u64,
    base_term: u64,
    /// The newest snapshot that can be made for a peer, not before the base.
    snapshot: Option<SnapshotMetadata>,
    /// Read once, when the node is made.
    initial: RaftState,
}

impl Log {
    /// The log as it was on disk, with entry `applied` and all before it taken for committed: what was applied had been
    /// committed, even if the hard state with that news did not reach the disk. `restored` must have been checked.
    pub fn new(restored: Restored, applied: u64) -> Self {
        let commit = restored.hard_state.commit.max(applied);
        let hard_state = HardState { commit, ..restored.hard_state };
        Self {
            entries: restored.entries.into(),
            base_index: restored.snapshot_index,
            base_term: restored.snapshot_term,
            snapshot: None,
            initial: RaftState { hard_state, conf_state: restored.conf_state },
        }
    }

    /// The oldest entry's index; one above the newest if there is none.
    pub fn first(&self) -> u64 {
        self.base_index + 1
    }

    /// The newest entry's index.
    pub fn last(&self) -> u64 {
        self.base_index + self.entries.len() as u64
    }

    /// The term of an entry, or of the one below the first; `None` for any other.
    pub fn term_of(&self, index: u64) -> Option<u64> {
        match index.checked_sub(self.base_index)? {
            0 => Some(self.base_term),
            above => self.entries.get(above as usize - 1).map(|entry| entry.term),
        }
    }

    /// An entry that is still here.
    pub fn entry(&self, index: u64) -> Option<&Entry> {
        self.entries.get(index.checked_sub(self.first())? as usize)
    }

    /// Adds entries; they replace those that have their indexes, and all behind them.
    pub fn append(&mut self, entries: &[Entry]) {
        let Some(first) = entries.first() else { return };
        assert!(self.first() <= first.index && first.index <= self.last() + 1, "raft appends without gaps");
        self.entries.truncate((first.index - self.first()) as usize);
        self.entries.extend(entries.iter().cloned());
    }

    /// Drops the entries up to and including `index`, as far as there are any.
    pub fn compact(&mut self, index: u64) {
        let index = index.min(self.last());
        let Some(term) = self.term_of(index) else { return };
        self.entries.drain(..(index - self.base_index) as usize);
        (self.base_index, self.base_term) = (index, term);
    }

    /// From now on a snapshot of this can be made. One that is older than the last is passed over.
    pub fn offer(&mut self, snapshot: SnapshotMetadata) {
        if self.snapshot.as_ref().is_none_or(|last| last.index < snapshot.index) {
            self.snapshot = Some(snapshot);
        }
    }

    /// Begins anew behind a snapshot that came from a peer.
    pub fn restore(&mut self, snapshot: &SnapshotMetadata) {
        self.entries.clear();
        (self.base_index, self.base_term) = (snapshot.index, snapshot.term);
        self.offer(snapshot.clone());
    }
}

impl Storage for Log {
    fn initial_state(&self) -> Result<RaftState> {
        Ok(self.initial.clone())
    }

    fn entries(&self, low: u64, high: u64, max: impl Into<Option<u64>>, _: GetEntriesContext) -> Result<Vec<Entry>> {
        if low < self.first() {
            return Err(StorageError::Compacted.into());
        }
        if high > self.last() + 1 {
            return Err(StorageError::Unavailable.into());
        }
        let (low, high) = ((low - self.first()) as usize, (high.max(low) - self.first()) as usize);
        let max = max.into().unwrap_or(u64::MAX);
        let mut bytes = 0u64;
        let fits = |entry: &&Entry| {
            let first = bytes == 0;
            bytes = bytes.saturating_add(prost::Message::encoded_len(*entry) as u64);
            first || bytes <= max
        };
        Ok(self.entries.range(low..high).take_while(fits).cloned().collect())
    }

    fn term(&self, index: u64) -> Result<u64> {
        let missing = if index < self.base_index { StorageError::Compacted } else { StorageError::Unavailable };
        self.term_of(index).ok_or(missing.into())
    }

    fn first_index(&self) -> Result<u64> {
        Ok(self.first())
    }

    fn last_index(&self) -> Result<u64> {
        Ok(self.last())
    }

    /// What the snapshot is of. What travels is made later, and may be of more.
    fn snapshot(&self, _request_index: u64, to: u64) -> Result<Snapshot> {
        let helps = |snapshot: &&SnapshotMetadata| {
            let ConfState { voters, learners, .. } = &snapshot.conf_state;
            // One that ends before the log begins, or was made before the peer was a member, is of no use to it.
            snapshot.index >= self.base_index.max(1) && voters.iter().chain(learners).any(|id| *id == to)
        };
        let offered = self.snapshot.as_ref().filter(helps);
        let metadata = offered.ok_or(StorageError::SnapshotTemporarilyUnavailable)?.clone();
        Ok(Snapshot { metadata, ..Snapshot::default() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(index: u64, term: u64) -> Entry {
        Entry { index, term, data: vec![b'x'; 10].into(), ..Entry::default() }
    }

    fn log() -> Log {
        let entries = vec![entry(6, 2), entry(7, 2), entry(8, 3)];
        Log::new(Restored { entries, snapshot_index: 5, snapshot_term: 1, ..Restored::default() }, 5)
    }

    fn indexes(log: &Log, low: u64, high: u64, max: u64) -> Vec<u64> {
        let entries = log.entries(low, high, max, GetEntriesContext::empty(false)).unwrap();
        entries.iter().map(|entry| entry.index).collect()
    }

    #[test]
    fn terms_are_known_from_the_base_on() {
        let log = log();
        assert_eq!([4, 5, 6, 8, 9].map(|index| log.term_of(index)), [None, Some(1), Some(2), Some(3), None]);
        assert_eq!(log.term(4), Err(StorageError::Compacted.into()));
        assert_eq!(log.term(9), Err(StorageError::Unavailable.into()));
    }

    #[test]
    fn a_range_is_cut_by_size_but_never_empty() {
        let log = log();
        assert_eq!(indexes(&log, 6, 9, u64::MAX), [6, 7, 8]);
        assert_eq!(indexes(&log, 6, 9, 40), [6, 7]);
        assert_eq!(indexes(&log, 7, 9, 0), [7]);
        assert_eq!(indexes(&log, 9, 9, 0), [0u64; 0]);
        assert!(log.entries(5, 9, None, GetEntriesContext::empty(false)).is_err());
        assert!(log.entries(6, 10, None, GetEntriesContext::empty(false)).is_err());
    }

    #[test]
    fn an_append_replaces_the_tail() {
        let mut log = log();
        log.append(&[entry(7, 4)]);
        assert_eq!((log.last(), log.term_of(7)), (7, Some(4)));
        log.append(&[entry(8, 4), entry(9, 4)]);
        assert_eq!((log.first(), log.last()), (6, 9));
    }

    #[test]
    fn a_snapshot_is_offered_as_long_as_the_log_goes_on_from_there() {
        let mut log = log();
        let conf_state = ConfState::from((vec![1, 2], vec![3]));
        let of = |index, term| SnapshotMetadata { index, term, conf_state: conf_state.clone() };
        assert_eq!(log.snapshot(0, 2), Err(StorageError::SnapshotTemporarilyUnavailable.into()));
        log.offer(of(6, 2));
        log.offer(of(5, 1));
        assert_eq!(log.snapshot(0, 2).map(|snapshot| snapshot.metadata), Ok(of(6, 2)));
        assert_eq!(log.snapshot(0, 3).map(|snapshot| snapshot.metadata), Ok(of(6, 2)));
        assert_eq!(log.snapshot(0, 4), Err(StorageError::SnapshotTemporarilyUnavailable.into()));
        log.compact(7);
        assert_eq!(log.snapshot(0, 2), Err(StorageError::SnapshotTemporarilyUnavailable.into()));
        log.restore(&of(20, 5));
        assert_eq!((log.first(), log.last(), log.term_of(20), log.term_of(8)), (21, 20, Some(5), None));
        assert_eq!(log.snapshot(0, 2).map(|snapshot| snapshot.metadata), Ok(of(20, 5)));
    }

    #[test]
    fn compaction_keeps_the_term_below() {
        let mut log = log();
        log.compact(7);
        assert_eq!((log.first(), log.last(), log.term_of(7), log.term_of(6)), (8, 8, Some(2), None));
        log.compact(3);
        log.compact(100);
        assert_eq!((log.first(), log.last(), log.term_of(8)), (9, 8, Some(3)));
    }
}
