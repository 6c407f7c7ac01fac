//! What was promised about leases: none ends before its time, all end after it, and their keys end with them.

use super::{history::History, member::Member};
use etcd::{clock::Now, id::LeaseId, lease::Renew};
use fastrand::Rng;
use std::{collections::BTreeMap, time::Duration};

/// The shortest lease that the simulated configuration grants, in seconds.
const TTL_S_MIN: i64 = 2;

#[derive(Clone, Copy, Debug)]
struct Promise {
    ttl_s: i64,
    /// The earliest moment at which it may end.
    until: Now,
}

/// All promises that hold.
#[derive(Debug, Default)]
pub struct Leases {
    promises: BTreeMap<i64, Promise>,
    pub expired: u64,
}

impl Leases {
    /// Ids that are promised.
    pub fn ids(&self) -> Vec<i64> {
        self.promises.keys().copied().collect()
    }

    /// A grant or a renewal was acknowledged.
    pub fn granted(&mut self, now: Now, id: i64, ttl_s: i64) {
        let ttl_s = ttl_s.max(TTL_S_MIN);
        self.promises.insert(id, Promise { ttl_s, until: now + Duration::from_secs(ttl_s as u64) });
    }

    /// A client has ended it.
    pub fn revoked(&mut self, id: i64) {
        self.promises.remove(&id);
    }

    /// A client keeps one of its leases alive.
    pub fn renew(&mut self, rng: &mut Rng, now: Now, member: &mut Member) {
        let Some(id) = rng.choice(self.ids()) else { return };
        if let Renew::Renewed { ttl_s, .. } = member.lessor.lock().renew(LeaseId(id), now) {
            assert_eq!(ttl_s, self.promises[&id].ttl_s, "a renewal gives what was granted");
            self.granted(now, id, ttl_s);
        }
    }

    /// Compares what is there with what was promised, and with the keys. A lease whose end was asked for, though not
    /// answered yet, may be gone.
    pub fn check(&mut self, now: Now, history: &History, member: &Member, end_is_asked: impl Fn(i64) -> bool) {
        let view = &member.leases;
        let present: BTreeMap<i64, i64> = view.all().into_iter().map(|(id, terms)| (id.0, terms.ttl_s)).collect();
        self.promises.retain(|id, promise| {
            if present.contains_key(id) {
                return true;
            }
            let is_due = now >= promise.until || end_is_asked(*id);
            assert!(is_due, "lease {id} ended at {now:?} and was promised until {:?}", promise.until);
            self.expired += 1;
            false
        });
        for (id, ttl_s) in &present {
            // A grant whose answer was lost: nothing is promised, but it is there.
            let found = Promise { ttl_s: *ttl_s, until: now };
            let promise = self.promises.entry(*id).or_insert(found);
            if promise.ttl_s != *ttl_s && end_is_asked(*id) {
                // Ended and granted anew, and the answers to both were lost.
                *promise = found;
            }
            assert_eq!(promise.ttl_s, *ttl_s, "lease {id}");
        }
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
