//! The obvious model of the replicated state: what is committed, carried out entry by entry.
//!
//! What must hold: every entry was asked for by somebody, and is there once; what each comes to follows from those before
//! it; no lease ends before its time.

use super::{
    clock,
    history::History,
    members::{Judged, Members},
    operations::Operation,
};
use etcd::{
    clock::Now,
    membership::Change,
    pb::{
        etcdserverpb::{InternalRaftRequest, alarm_request::AlarmAction},
        raftpb::{ConfChange, Entry, EntryType},
    },
};
use prost::Message as _;
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

/// The shortest lease, in seconds.
const TTL_S_MIN: i64 = 2;

/// What a request came to.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// With the revision behind it.
    Done(i64),
    /// A change of the membership, with all members behind it.
    Changed(Vec<(u64, bool)>),
    Refused,
}

/// What somebody asked for.
#[derive(Clone, Debug)]
pub enum Asked {
    Operation(Operation),
    Change(Change),
}

/// A lease that is there.
#[derive(Clone, Copy, Debug)]
pub struct Lease {
    pub ttl_s: i64,
    /// What the last checkpoint noted.
    pub remaining_s: i64,
    granted_at: Now,
    /// It must not end before.
    until: Now,
}

/// See the module.
#[derive(Debug, Default)]
pub struct Truth {
    /// The last entry.
    pub index: u64,
    pub history: History,
    /// The last compaction; below zero when there was none.
    compacted: Option<i64>,
    pub leases: BTreeMap<i64, Lease>,
    /// Members for whom NOSPACE is raised.
    pub alarms: BTreeSet<u64>,
    pub members: Members,
    pub learners_max: usize,
    pub leases_expired: u64,
    pub changes_made: u64,
    pub changes_refused: u64,
    pub starved: u64,
    pub removed: u64,
}

impl Truth {
    /// Carries an entry out. `asked` finds what its request was asked as.
    pub fn take(
        &mut self,
        entry: &Entry,
        logged_at: Now,
        now: Now,
        asked: impl FnOnce(u64) -> Option<Asked>,
    ) -> Verdict {
        self.index += 1;
        assert_eq!(entry.index, self.index, "the log has no gaps");
        if entry.get_entry_type() == EntryType::EntryConfChange {
            return self.change(entry, asked);
        }
        if entry.data.is_empty() {
            return Verdict::Done(self.history.revision());
        }
        let request = InternalRaftRequest::decode(entry.data.clone()).expect("a request");
        let id = request.header.as_ref().map_or(0, |header| header.id);
        match asked(id) {
            Some(Asked::Operation(operation)) => {
                let expected = InternalRaftRequest { header: request.header.clone(), ..operation.request() };
                assert_eq!(request, expected, "what is in the log is what was asked for");
                self.carry_out(&operation, now)
            }
            Some(Asked::Change(change)) => panic!("{change:?} became {request:?}"),
            None => self.take_members_own(request, logged_at, now),
        }
    }

    fn change(&mut self, entry: &Entry, asked: impl FnOnce(u64) -> Option<Asked>) -> Verdict {
        let raw = ConfChange::decode(entry.data.clone()).expect("a change");
        let change = Change::read(&raw).expect("a change");
        let is_founding = raw.id == 0 && entry.term == 1;
        match asked(raw.id) {
            Some(Asked::Change(expected)) => assert_eq!(change, expected, "what is in the log is what was asked for"),
            Some(Asked::Operation(other)) => panic!("{other:?} became {change:?}"),
            None => assert!(is_founding, "nobody asked for {change:?}, or it is done twice"),
        }
        match self.members.make(entry.index, &change, self.learners_max) {
            Judged::Done => {
                self.changes_made += u64::from(!is_founding);
                self.removed += u64::from(matches!(change, Change::Remove(_)));
                Verdict::Changed(self.members.list())
            }
            Judged::Refused => {
                self.changes_refused += 1;
                Verdict::Refused
            }
        }
    }

    /// Requests that members make without being asked.
    fn take_members_own(&mut self, request: InternalRaftRequest, logged_at: Now, now: Now) -> Verdict {
        if let Some(revoke) = &request.lease_revoke {
            if let Some(lease) = self.leases.get(&revoke.id) {
                // The lease of that id that had run out may have been ended, and the id granted again, meanwhile: a
                // revocation names an id, as in etcd.
                let is_meant = logged_at > lease.granted_at;
                let is_due = logged_at >= lease.until;
                assert!(is_due || !is_meant, "{revoke:?} at {logged_at:?} ends {lease:?}, at entry {}", self.index);
                self.leases_expired += 1;
            }
            return self.carry_out(&Operation::Revoke { id: revoke.id }, now);
        }
        let Some(checkpoint) = &request.lease_checkpoint else {
            panic!("nobody asked for {request:?}, or it is done twice");
        };
        for one in &checkpoint.checkpoints {
            if let Some(lease) = self.leases.get_mut(&one.id) {
                lease.remaining_s = one.remaining_ttl;
                // It was of an earlier lease of that id: a checkpoint, too, names an id, as in etcd.
                if logged_at <= lease.granted_at && one.remaining_ttl > 0 {
                    lease.until = now;
                }
            }
        }
        Verdict::Done(self.history.revision())
    }

    fn carry_out(&mut self, operation: &Operation, now: Now) -> Verdict {
        let takes_room = matches!(
            operation,
            Operation::Put { .. } | Operation::Grant { .. } | Operation::Txn(_) | Operation::Swap { .. }
        );
        if takes_room && !self.alarms.is_empty() {
            self.starved += 1;
            return Verdict::Refused;
        }
        let is_possible = match operation {
            Operation::Put { lease, .. } => *lease == 0 || self.leases.contains_key(lease),
            Operation::Compact { revision } => {
                self.compacted.is_none_or(|compacted| *revision > compacted) && *revision <= self.history.revision()
            }
            Operation::Grant { id, .. } => !self.leases.contains_key(id),
            Operation::Revoke { id } => self.leases.contains_key(id),
            _ => true,
        };
        if !is_possible {
            return Verdict::Refused;
        }
        let events = operation.predict(&self.history);
        if !events.is_empty() {
            self.history.append(self.history.revision() + 1, &events);
        }
        match operation {
            Operation::Compact { revision } => {
                self.compacted = Some(*revision);
                self.history.compacted = *revision;
            }
            Operation::Grant { id, ttl_s } => {
                let ttl_s = (*ttl_s).max(TTL_S_MIN);
                let until = now + clock::at_least(Duration::from_secs(ttl_s as u64));
                self.leases.insert(*id, Lease { ttl_s, remaining_s: 0, granted_at: now, until });
            }
            Operation::Revoke { id } => drop(self.leases.remove(id)),
            Operation::Checkpoint { id, remaining_s } => {
                self.leases.entry(*id).and_modify(|lease| lease.remaining_s = *remaining_s);
            }
            Operation::Alarm { member, action: AlarmAction::Activate } => drop(self.alarms.insert(*member)),
            Operation::Alarm { member, .. } => drop(self.alarms.remove(member)),
            _ => {}
        }
        Verdict::Done(self.history.revision())
    }

    /// A lease was kept alive at that time, and the client was told so. One that was granted since is another.
    pub fn renewed(&mut self, id: i64, at: Now) {
        if let Some(lease) = self.leases.get_mut(&id).filter(|lease| lease.granted_at <= at) {
            lease.until = lease.until.max(at + clock::at_least(Duration::from_secs(lease.ttl_s as u64)));
        }
    }
}
