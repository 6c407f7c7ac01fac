//! When to write down what is left of a lease, so that a later leader need not start it over. Long leases only: the
//! others cost less by starting over than by being written down.

use crate::{clock::Now, id::LeaseId};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

/// Is it written down what is left of leases (etcd's feature gate LeaseCheckpoint)?
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Checkpoints {
    /// No: a new leader starts every lease over.
    #[default]
    Off,
    /// Of each lease that lives longer than this, this often. etcd has five minutes.
    Every(Duration),
}

/// Which lease's turn is when.
#[derive(Debug)]
pub(super) struct Schedule {
    checkpoints: Checkpoints,
    due: BTreeSet<(Now, LeaseId)>,
    turns: BTreeMap<LeaseId, Now>,
}

impl Schedule {
    pub fn new(checkpoints: Checkpoints) -> Self {
        Self { checkpoints, due: BTreeSet::new(), turns: BTreeMap::new() }
    }

    /// Plans the next checkpoint of a lease of which so many seconds are left, in the place of an earlier plan; none when
    /// it ends before.
    pub fn plan(&mut self, id: LeaseId, left_s: i64, now: Now) {
        let Checkpoints::Every(interval) = self.checkpoints else { return };
        self.forget(id);
        if left_s > interval.as_secs() as i64 {
            let turn = now.saturating_add(interval);
            self.turns.insert(id, turn);
            self.due.insert((turn, id));
        }
    }

    pub fn forget(&mut self, id: LeaseId) {
        if let Some(turn) = self.turns.remove(&id) {
            self.due.remove(&(turn, id));
        }
    }

    pub fn clear(&mut self) {
        self.due.clear();
        self.turns.clear();
    }

    /// Takes the lease whose turn came first, if it came.
    pub fn take_due(&mut self, now: Now) -> Option<LeaseId> {
        let (turn, id) = *self.due.first()?;
        if turn > now {
            return None;
        }
        self.forget(id);
        Some(id)
    }
}
