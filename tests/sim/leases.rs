//! What was promised about leases: none ends before its time, all end after it, and their keys end with them.

use super::{history::History, member::Member, operations::Operation};
use etcd::{
    clock::Now,
    id::LeaseId,
    lease::{Renew, Terms},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

/// The shortest lease that the simulated configuration grants, in seconds.
const TTL_S_MIN: i64 = 2;

#[derive(Clone, Copy, Debug)]
struct Promise {
    ttl_s: i64,
    /// The earliest moment at which it may end.
    until: Now,
    /// What the last checkpoint noted.
    remaining_s: i64,
}

/// Was a checkpoint noted for a lease that was renewed?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checkpointed {
    Yes,
    No,
}

/// All promises that hold.
#[derive(Debug, Default)]
pub struct Leases {
    promises: BTreeMap<i64, Promise>,
    /// Ran out, and the end was proposed. A lease of the same id that is granted before that is applied ends with it, as
    /// in etcd: a proposal names an id.
    ending: BTreeSet<i64>,
    pub expired: u64,
}

impl Leases {
    /// Ids that are promised.
    pub fn ids(&self) -> Vec<i64> {
        self.promises.keys().copied().collect()
    }

    /// The time that a lease was granted, 0 for one that is not promised.
    pub fn ttl_s(&self, id: i64) -> i64 {
        self.promises.get(&id).map_or(0, |promise| promise.ttl_s)
    }

    /// A grant or a renewal was acknowledged.
    pub fn granted(&mut self, now: Now, id: i64, ttl_s: i64) {
        let ttl_s = ttl_s.max(TTL_S_MIN);
        let until = now + Duration::from_secs(ttl_s as u64);
        self.promises.insert(id, Promise { ttl_s, until, remaining_s: 0 });
    }

    /// A client has ended it.
    pub fn revoked(&mut self, id: i64) {
        self.promises.remove(&id);
    }

    /// A tick has passed: what is due now may be proposed to end.
    pub fn ticked(&mut self, now: Now) {
        let due = self.promises.iter().filter(|(_, promise)| now >= promise.until);
        self.ending.extend(due.map(|(id, _)| *id));
    }

    /// All that was proposed has been applied, or is lost for good.
    pub fn applied(&mut self) {
        self.ending.clear();
    }

    /// It was noted how much is left.
    pub fn checkpointed(&mut self, id: i64, remaining_s: i64) {
        if let Some(promise) = self.promises.get_mut(&id) {
            promise.remaining_s = remaining_s;
        }
    }

    /// A client keeps a lease alive, be there one or not. With a checkpoint noted nothing is promised yet.
    pub fn renew(&mut self, now: Now, id: i64, member: &mut Member) -> Checkpointed {
        let renewal = member.lessor.lock().renew(LeaseId(id), now);
        match (renewal, self.promises.get(&id)) {
            (Renew::Renewed { ttl_s, checkpointed }, Some(promise)) => {
                assert_eq!(ttl_s, promise.ttl_s, "a renewal gives what was granted");
                assert_eq!(checkpointed, promise.remaining_s > 0, "lease {id} has a checkpoint, or none");
                if checkpointed {
                    return Checkpointed::Yes;
                }
                self.granted(now, id, ttl_s);
            }
            (Renew::Expired, Some(promise)) => assert!(now >= promise.until, "lease {id} ran out early: {promise:?}"),
            (Renew::Missing, None) => {}
            (renewal, promise) => panic!("lease {id}: {renewal:?}, and promised was {promise:?}"),
        }
        Checkpointed::No
    }

    /// Compares what is there with what was promised, and with the keys. A lease whose end was asked for, though not
    /// answered yet, may be gone.
    pub fn check(&mut self, now: Now, history: &History, member: &Member, is_asked: impl Fn(&Operation) -> bool) {
        let view = &member.leases;
        let end_is_asked = |id: i64| self.ending.contains(&id) || is_asked(&Operation::Revoke { id });
        let present: BTreeMap<i64, Terms> = view.all().into_iter().map(|(id, terms)| (id.0, terms)).collect();
        self.promises.retain(|id, promise| {
            if present.contains_key(id) {
                return true;
            }
            let is_due = now >= promise.until || end_is_asked(*id);
            assert!(is_due, "lease {id} ended at {now:?} and was promised until {:?}", promise.until);
            self.expired += 1;
            false
        });
        for (id, Terms { ttl_s, remaining_s }) in &present {
            // A grant whose answer was lost: nothing is promised, but it is there.
            let found = Promise { ttl_s: *ttl_s, until: now, remaining_s: *remaining_s };
            let promise = self.promises.entry(*id).or_insert(found);
            let was_noted = is_asked(&Operation::Checkpoint { id: *id, remaining_s: *remaining_s });
            let may_have_ended = end_is_asked(*id) || now >= promise.until;
            if (promise.ttl_s, promise.remaining_s) != (*ttl_s, *remaining_s) && may_have_ended {
                // Ended and granted anew, and the answers to both were lost.
                *promise = found;
            } else if was_noted {
                promise.remaining_s = *remaining_s;
            }
            assert_eq!((promise.ttl_s, promise.remaining_s), (*ttl_s, *remaining_s), "lease {id}");
        }
        check_clock(now, &present, member);
        let mut keys: BTreeMap<i64, Vec<Vec<u8>>> = BTreeMap::new();
        for (key, kv) in history.live().iter().filter(|(_, kv)| kv.lease != 0) {
            keys.entry(kv.lease).or_default().push(key.clone());
        }
        for (id, keys) in &keys {
            assert!(present.contains_key(id), "{keys:?} hang on lease {id}, which is gone");
        }
        for id in present.keys() {
            let attached: Vec<Vec<u8>> = view.keys(LeaseId(*id)).iter().map(|key| key.to_vec()).collect();
            assert_eq!(attached, keys.remove(id).unwrap_or_default(), "keys of lease {id}");
        }
    }
}

/// The leader's clock runs over just the leases that are there, and none is overdue.
fn check_clock(now: Now, present: &BTreeMap<i64, Terms>, member: &Member) {
    let lessor = member.lessor.lock();
    if !lessor.is_leading() {
        return;
    }
    let mut held: Vec<i64> = lessor.by_remaining().iter().map(|id| id.0).collect();
    held.sort_unstable();
    assert_eq!(held, present.keys().copied().collect::<Vec<_>>(), "leases that are counted down");
    for id in held {
        let left_s = lessor.remaining_s(LeaseId(id), now);
        assert!(left_s >= Some(0), "lease {id} is overdue: {left_s:?}");
    }
}
