//! The leader's clock over the leases: which end when, and which are due now.
//!
//! Only the leader runs one, and it is never written down: a new leader starts it from what is replicated, and adds an
//! election timeout so that nobody loses time to the election. It reads no clock; `now` comes with every call.
//!
//! ```text
//!   granted, renewed ---> due: (turn, id)   turn = when to look at the lease next: its end, or a later retry
//!                           |
//!   expired(now, limit) <---+ turn <= now: handed out once, back in with turn = now + retry_after
//! ```
//!
//! A lease that was handed out stays until its revoke was applied. If the revoke got lost, it is handed out again.
//! A lease costs about 80 bytes here, and every call but the listing is O(log n).

use super::{
    checkpoints::{Checkpoints, Schedule},
    leases::Terms,
};
use crate::{clock::Now, id::LeaseId, metrics::metrics};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

/// How fast leases can be taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Revokes a second that the raft path sustains. After an election, leases that would all end at once are spread
    /// so that they take three quarters of it, as in etcd (which has a fixed 1,000).
    pub revokes_per_s: u32,
    /// When a lease that was handed out and not revoked is handed out again.
    pub retry_after: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self { revokes_per_s: 10_000, retry_after: Duration::from_secs(3) }
    }
}

/// What came of a renewal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renew {
    /// It starts over.
    Renewed {
        /// Its time to live in seconds.
        ttl_s: i64,
        /// A checkpoint has been noted for it, or is about to be, which a later leader would go by: propose one of 0.
        checkpointed: bool,
    },
    /// Its time is over but the revoke is not yet applied. etcd waits for that and answers that there is no such lease.
    Expired,
    /// There is no such lease.
    Missing,
    /// This member does not lead.
    NotLeading,
}

/// See the module.
#[derive(Debug)]
pub struct Lessor {
    pace: Pace,
    leading: bool,
    doubted: bool,
    held: BTreeMap<LeaseId, Held>,
    due: BTreeSet<(u64, LeaseId)>,
    /// Few: a checkpoint is noted for long leases only, and forgotten at the next renewal.
    checkpointed: BTreeSet<LeaseId>,
    checkpoints: Schedule,
}

/// Times in nanoseconds of [`Now`], which reach 584 years and take half the room.
#[derive(Clone, Copy, Debug)]
struct Held {
    ttl_s: i64,
    end: u64,
    turn: u64,
}

impl Lessor {
    /// One that does not lead yet.
    pub fn new(pace: Pace, checkpoints: Checkpoints) -> Self {
        Self {
            pace,
            leading: false,
            doubted: false,
            held: BTreeMap::new(),
            due: BTreeSet::new(),
            checkpointed: BTreeSet::new(),
            checkpoints: Schedule::new(checkpoints),
        }
    }

    /// Begins to lead: every lease gets what is left of it, and `extend_by` (an election timeout) on top.
    /// Called when all entries of earlier terms are applied, so that `leases` is complete.
    pub fn promote(&mut self, now: Now, extend_by: Duration, leases: &[(LeaseId, Terms)]) {
        self.demote();
        self.leading = true;
        let start = nanos(now).saturating_add(nanos(extend_by));
        let mut ends: Vec<(u64, LeaseId, Terms)> =
            leases.iter().map(|(id, terms)| (after_s(start, terms.left_s()), *id, *terms)).collect();
        ends.sort_unstable_by_key(|(end, id, _)| (*end, *id));
        self.spread(&mut ends);
        for (end, id, terms) in ends {
            self.hold(id, terms.ttl_s, end);
            self.checkpoints.plan(id, terms.left_s(), now);
            if terms.remaining_s > 0 {
                self.checkpointed.insert(id);
            }
        }
    }

    /// Puts a gap between ends that follow each other, each pushing the next. Few leases are left as they are.
    fn spread(&self, ends: &mut [(u64, LeaseId, Terms)]) {
        if ends.len() < self.pace.revokes_per_s as usize {
            return;
        }
        let per_s = u64::from(self.pace.revokes_per_s).saturating_mul(3) / 4;
        let gap = 1_000_000_000 / per_s.max(1);
        let mut earliest = 0;
        for (end, _, _) in ends {
            *end = earliest.max(*end);
            earliest = end.saturating_add(gap);
        }
    }

    /// Ceases to lead: nothing ends from here on.
    pub fn demote(&mut self) {
        (self.leading, self.doubted) = (false, false);
        self.held.clear();
        self.due.clear();
        self.checkpointed.clear();
        self.checkpoints.clear();
    }

    /// This member has heard nothing for so long that another may lead by now, who knows nothing of what is promised here:
    /// nothing is, until it has looked again.
    pub fn doubt(&mut self) {
        self.doubted = self.leading;
    }

    /// It has looked, and leads.
    pub fn trust(&mut self) {
        self.doubted = false;
    }

    /// A grant was applied.
    pub fn granted(&mut self, id: LeaseId, ttl_s: i64, now: Now) {
        if self.leading {
            self.hold(id, ttl_s, after_s(nanos(now), ttl_s));
            self.checkpoints.plan(id, ttl_s, now);
        }
    }

    /// A revoke was applied. When the lease was last handed out because its time was over; `None` if it was not.
    pub fn revoked(&mut self, id: LeaseId) -> Option<Now> {
        self.checkpointed.remove(&id);
        self.checkpoints.forget(id);
        let held = self.held.remove(&id)?;
        self.due.remove(&(held.turn, id));
        let handed_out = held.turn != held.end;
        handed_out.then(|| Duration::from_nanos(held.turn).saturating_sub(self.pace.retry_after))
    }

    /// A checkpoint was applied. The clock goes on; only a later leader goes by the checkpoint.
    pub fn checkpointed(&mut self, id: LeaseId, remaining_s: i64, now: Now) {
        let Some(held) = self.held.get(&id) else { return };
        if remaining_s > 0 {
            self.checkpointed.insert(id);
        } else {
            self.checkpointed.remove(&id);
        }
        let left_s = if remaining_s > 0 { remaining_s } else { held.ttl_s };
        self.checkpoints.plan(id, left_s, now);
    }

    /// What is to be written down now: leases with the seconds left of them, rounded up, at most `limit`. A lease comes
    /// again when its checkpoint was applied, or when that has not happened for an interval.
    pub fn due_checkpoints(&mut self, now: Now, limit: usize) -> Vec<(LeaseId, i64)> {
        let mut due = Vec::new();
        while due.len() < limit
            && let Some(id) = self.checkpoints.take_due(now)
        {
            let Some(held) = self.held.get(&id).filter(|held| held.end > nanos(now)) else { continue };
            let left_s = (held.end - nanos(now)).div_ceil(1_000_000_000) as i64;
            self.checkpoints.plan(id, left_s, now);
            // Renewed just now: starting it over would be as good.
            if left_s < held.ttl_s {
                // From here on it may be noted: a renewal that comes before that is applied must undo it.
                self.checkpointed.insert(id);
                due.push((id, left_s));
            }
        }
        due
    }

    /// A client asks for the lease to stay.
    pub fn renew(&mut self, id: LeaseId, now: Now) -> Renew {
        if !self.is_leading() {
            return Renew::NotLeading;
        }
        let Some(held) = self.held.get(&id).copied() else { return Renew::Missing };
        if held.end <= nanos(now) {
            return Renew::Expired;
        }
        self.hold(id, held.ttl_s, after_s(nanos(now), held.ttl_s));
        metrics().lease_renewed.inc();
        Renew::Renewed { ttl_s: held.ttl_s, checkpointed: self.checkpointed.contains(&id) }
    }

    /// Whole seconds until the end, rounded toward zero; negative when the revoke is overdue. None when there is no
    /// such lease, or this member does not lead.
    pub fn remaining_s(&self, id: LeaseId, now: Now) -> Option<i64> {
        let held = self.held.get(&id)?;
        let nanos = i128::from(held.end) - i128::from(nanos(now));
        Some((nanos / 1_000_000_000) as i64)
    }

    /// Every lease, the one that ends first first. O(n log n).
    pub fn by_remaining(&self) -> Vec<LeaseId> {
        let mut ends: Vec<(u64, LeaseId)> = self.held.iter().map(|(id, held)| (held.end, *id)).collect();
        ends.sort_unstable();
        ends.into_iter().map(|(_, id)| id).collect()
    }

    /// Leases whose time is over, at most `limit`, the longest overdue first. Each is handed out once, and again after
    /// [`Pace::retry_after`] if it is still there.
    pub fn expired(&mut self, now: Now, limit: usize) -> Vec<LeaseId> {
        let retry = nanos(now.saturating_add(self.pace.retry_after));
        let now = nanos(now);
        let ids: Vec<LeaseId> =
            self.due.iter().take_while(|(turn, _)| *turn <= now).take(limit).map(|(_, id)| *id).collect();
        for id in &ids {
            if let Some(held) = self.held.get_mut(id) {
                self.due.remove(&(held.turn, *id));
                held.turn = retry;
                self.due.insert((retry, *id));
            }
        }
        ids
    }

    /// When [`Lessor::expired`] next has something to say; may be past.
    pub fn next_due(&self) -> Option<Now> {
        self.due.first().map(|(turn, _)| Duration::from_nanos(*turn))
    }

    /// Does this member lead, as far as it may be trusted?
    pub fn is_leading(&self) -> bool {
        self.leading && !self.doubted
    }

    fn hold(&mut self, id: LeaseId, ttl_s: i64, end: u64) {
        if let Some(old) = self.held.insert(id, Held { ttl_s, end, turn: end }) {
            self.due.remove(&(old.turn, id));
        }
        self.due.insert((end, id));
        debug_assert_eq!(self.held.len(), self.due.len());
    }
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// `seconds` after `start`; a number that no clock reaches when it does not fit.
fn after_s(start: u64, seconds: i64) -> u64 {
    start.saturating_add(u64::try_from(seconds).unwrap_or(0).saturating_mul(1_000_000_000))
}
