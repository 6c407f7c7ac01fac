//! The appends that are on their way to the disk.
//!
//! The raft crate numbers every batch of work and is told up to which number the disk is done. Only some batches need the
//! disk at all; the others count as done as soon as no earlier one is on its way.

use std::collections::VecDeque;

/// What an append carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Carries {
    /// Entries.
    pub entries: bool,
    /// A new term or vote.
    pub vote: bool,
}

/// See the module.
#[derive(Debug, Default)]
pub struct Unpersisted {
    appends: VecDeque<(u64, Carries)>,
    /// The last batch of all.
    last: u64,
}

impl Unpersisted {
    /// Is the disk done with everything?
    pub fn is_empty(&self) -> bool {
        self.appends.is_empty()
    }

    /// Are there entries on the way?
    pub fn has_entries(&self) -> bool {
        self.appends.iter().any(|(_, carries)| carries.entries)
    }

    /// Is a term or vote on the way?
    pub fn has_vote(&self) -> bool {
        self.appends.iter().any(|(_, carries)| carries.vote)
    }

    /// A batch goes to the disk.
    pub fn push(&mut self, number: u64, carries: Carries) {
        assert!(number > self.last, "batches are numbered in order");
        self.last = number;
        self.appends.push_back((number, carries));
    }

    /// A batch that does not need the disk. Returns the number that counts as done now, if any.
    pub fn skip(&mut self, number: u64) -> Option<u64> {
        assert!(number > self.last, "batches are numbered in order");
        self.last = number;
        self.is_empty().then_some(number)
    }

    /// The disk has append `number` and all before it. Returns the number that counts as done now.
    pub fn done(&mut self, number: u64) -> u64 {
        while self.appends.front().is_some_and(|(first, _)| *first <= number) {
            self.appends.pop_front();
        }
        self.appends.front().map_or(self.last, |(first, _)| first - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_between_appends_are_done_with_the_append_before() {
        let entries = Carries { entries: true, vote: false };
        let mut disk = Unpersisted::default();
        assert_eq!(disk.skip(1), Some(1));
        disk.push(2, entries);
        assert_eq!(disk.skip(3), None);
        disk.push(4, Carries { entries: false, vote: true });
        assert_eq!(disk.skip(5), None);
        assert!(disk.has_entries() && disk.has_vote());
        assert_eq!(disk.done(2), 3);
        assert!(!disk.has_entries() && disk.has_vote() && !disk.is_empty());
        assert_eq!(disk.done(4), 5);
        assert_eq!(disk.done(4), 5);
        assert!(disk.is_empty());
    }
}
