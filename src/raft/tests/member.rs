//! A member of the random world: a node, its disk, and the little that its state machine remembers.

use super::super::{Append, Committed, Config, Restored};
use super::kit::TestNode;
use crate::pb::raftpb::{ConfState, Entry, HardState, Message, SnapshotMetadata};
use std::collections::VecDeque;

#[derive(Debug, Default)]
pub struct Member {
    /// `None` while it is down.
    pub node: Option<TestNode>,
    disk: Disk,
    /// On its way there.
    pub appends: VecDeque<Append>,
    /// Not applied yet. What comes behind a snapshot waits until that is written.
    committed: VecDeque<Committed<u64>>,
    /// The last entry that was applied, and the members as of it.
    pub applied: SnapshotMetadata,
    /// Snapshots that came, until raft has said whether it wants them.
    pub images: Vec<SnapshotMetadata>,
}

#[derive(Debug, Default)]
struct Disk {
    hard_state: HardState,
    /// Index and term of the entry before the log.
    base: (u64, u64),
    log: Vec<Entry>,
    /// What the backend's file has.
    flushed: SnapshotMetadata,
}

/// What came of an append.
#[derive(Debug)]
pub struct Written {
    pub number: u64,
    /// It took the state machine to there.
    pub snapshot_index: Option<u64>,
}

impl Disk {
    fn last_index(&self) -> u64 {
        self.base.0 + self.log.len() as u64
    }

    fn write(&mut self, append: &Append) {
        if let Some(snapshot) = &append.snapshot {
            assert!(snapshot.index > self.flushed.index, "a snapshot of the past");
            self.log.clear();
            self.base = (snapshot.index, snapshot.term);
            self.flushed = snapshot.clone();
        }
        if let Some(first) = append.entries.first() {
            let range = self.base.0 + 1..=self.last_index() + 1;
            assert!(range.contains(&first.index), "a gap on the disk");
            self.log.truncate((first.index - self.base.0) as usize - 1);
        }
        self.log.extend(append.entries.iter().cloned());
        self.hard_state = append.hard_state.unwrap_or(self.hard_state);
    }
}

impl Member {
    /// One that begins with what [`bootstrap`](super::super::bootstrap) makes.
    pub fn founder((log, hard_state, conf_state): (Vec<Entry>, HardState, ConfState)) -> Self {
        let flushed = SnapshotMetadata { conf_state, ..SnapshotMetadata::default() };
        Self { disk: Disk { hard_state, log, flushed, ..Disk::default() }, ..Self::default() }
    }

    /// Comes up with what is on its disk.
    pub fn start(&mut self, mut config: Config) {
        let Disk { hard_state, base, log, flushed } = &self.disk;
        config.applied = flushed.index;
        let mut hard_state = *hard_state;
        // A commit index is not written by itself, so the state machine may be further.
        hard_state.commit = hard_state.commit.max(flushed.index);
        let restored = Restored {
            hard_state,
            conf_state: flushed.conf_state.clone(),
            entries: log.clone(),
            snapshot_index: base.0,
            snapshot_term: base.1,
        };
        self.applied = flushed.clone();
        self.node = Some(TestNode::new(config, restored).unwrap());
        self.offer();
    }

    /// Loses everything that is not on disk.
    pub fn crash(&mut self) {
        self.node = None;
        self.appends.clear();
        self.committed.clear();
        self.images.clear();
    }

    /// What its file has.
    pub fn flushed(&self) -> &SnapshotMetadata {
        &self.disk.flushed
    }

    /// Takes what an output asks for.
    pub fn take(&mut self, append: Option<Append>, committed: Vec<Committed<u64>>) {
        if append.as_ref().is_some_and(|append| append.snapshot.is_some()) {
            // What was committed before and is not applied yet never will be.
            self.committed.clear();
        }
        self.committed.extend(committed);
        self.appends.extend(append);
    }

    /// The next append becomes durable. Returns the messages that waited for it.
    pub fn write_one(&mut self) -> Option<(Written, Vec<Message>)> {
        let append = self.appends.pop_front()?;
        self.disk.write(&append);
        let snapshot_index = append.snapshot.map(|snapshot| {
            self.applied = snapshot;
            self.applied.index
        });
        Some((Written { number: append.number, snapshot_index }, append.messages_after))
    }

    /// Can the next committed entry be applied?
    pub fn can_apply(&self) -> bool {
        self.committed.front().is_some_and(|next| {
            let waits_for_snapshot = self.appends.iter().any(|append| append.snapshot.is_some());
            assert!(waits_for_snapshot || next.entry.index == self.applied.index + 1, "entries come in order");
            !waits_for_snapshot
        })
    }

    /// The next entry to apply, if it can be.
    pub fn next_committed(&mut self) -> Option<Entry> {
        if self.can_apply() { self.committed.pop_front().map(|next| next.entry) } else { None }
    }

    /// The file gets what is applied. It may have come further than the hard state on disk, but not than the log.
    pub fn flush(&mut self) {
        // The file is about to be another one.
        if self.appends.iter().any(|append| append.snapshot.is_some()) {
            return;
        }
        assert!(self.applied.index <= self.disk.last_index());
        self.disk.flushed = self.applied.clone();
        self.offer();
    }

    fn offer(&mut self) {
        if let Some(node) = &mut self.node
            && self.disk.flushed.index > 0
        {
            node.offer_snapshot(self.disk.flushed.clone());
        }
    }

    /// Removes the log up to an entry that the file has the effects of.
    pub fn cut_log(&mut self, index: u64) {
        let Disk { base, log, .. } = &mut self.disk;
        let Some(count) = index.checked_sub(base.0).filter(|count| (1..=log.len() as u64).contains(count)) else {
            return;
        };
        *base = (index, log[count as usize - 1].term);
        log.drain(..count as usize);
    }
}
