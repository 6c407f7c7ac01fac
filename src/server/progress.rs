//! Where the member stands, in numbers that may be read at any time.

use crate::{limits::APPLY_GAP, raft};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Written by the core and its task, read by everybody.
#[derive(Debug, Default)]
pub struct Progress {
    /// Index of the last entry applied.
    pub applied: AtomicU64,
    /// Index of the last entry committed.
    pub committed: AtomicU64,
    /// Raft's term.
    pub term: AtomicU64,
    /// The leader's id; zero when there is none.
    pub leader: AtomicU64,
    /// When this member saw that leader come, in nanoseconds of its clock.
    pub elected_ns: AtomicU64,
    /// When a tick last reached the core, in nanoseconds of the member's clock.
    pub ticked_ns: AtomicU64,
    /// Does this member only listen?
    pub is_learner: AtomicBool,
}

impl Progress {
    /// The core has come so far: told before and after it applies, which may take long for what was missed.
    pub fn note(&self, status: &raft::Status) {
        self.committed.store(status.commit, Ordering::Relaxed);
        self.applied.store(status.applied, Ordering::Release);
    }

    /// Is so much committed that is not applied that requests would only make it worse? As in etcd.
    pub fn is_behind(&self) -> bool {
        let applied = self.applied.load(Ordering::Acquire);
        self.committed.load(Ordering::Relaxed) > applied.saturating_add(APPLY_GAP)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gap_itself_is_none_too_many() {
        let progress = Progress::default();
        for (applied, committed, is_behind) in [(7, 5007, false), (7, 5008, true), (9, 0, false), (u64::MAX, 9, false)]
        {
            progress.applied.store(applied, Ordering::Relaxed);
            progress.committed.store(committed, Ordering::Relaxed);
            assert_eq!(progress.is_behind(), is_behind, "{applied} of {committed}");
        }
    }
}
