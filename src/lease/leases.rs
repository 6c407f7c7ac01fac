//! The replicated truth about leases: what was granted, what is left by the last checkpoint, which keys hang on it.
//!
//! On disk is one row a lease in the bucket `lease`: the id as eight big-endian bytes, and `leasepb.Lease`.

use crate::{
    backend::{Backend, BackendError, Batch, Bucket},
    id::LeaseId,
    metrics::metrics,
    pb::{
        leasepb,
        mvccpb::{Event, event::EventType},
    },
};
use bytes::Bytes;
use parking_lot::RwLock;
use prost::Message;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Longest time to live that can be granted, in seconds: etcd's number, which still fits 64 bits of nanoseconds.
const TTL_S_MAX: i64 = 9_000_000_000;

/// Rows read at once at start, so that a million leases need no second copy of all of them.
const ROWS_A_READ: usize = 10_000;

/// What a lease promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Granted time to live in seconds.
    pub ttl_s: i64,
    /// Seconds left at the last checkpoint; 0 when there was none since the last renewal.
    pub remaining_s: i64,
}

impl Terms {
    /// Seconds that a new leader gives the lease before anything else is added.
    pub fn left_s(&self) -> i64 {
        if self.remaining_s > 0 { self.remaining_s } else { self.ttl_s }
    }
}

/// A deterministic no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeaseRefusal {
    /// No lease of that id, or id 0, which stands for no lease.
    NotFound,
    /// The id is taken.
    Exists,
    /// More than 9,000,000,000 seconds were asked for.
    TtlTooLarge,
}

/// Why the leases could not be read.
#[derive(Debug, thiserror::Error)]
pub enum LeaseError {
    /// The backend failed.
    #[error(transparent)]
    Backend(#[from] BackendError),
    /// A row that is no lease.
    #[error("bucket lease, key {key:02x?}: {reason}")]
    Damaged {
        /// The row's key.
        key: Vec<u8>,
        /// What is wrong with it.
        reason: String,
    },
}

/// All leases. Owned by `apply`; readers hold a [`LeaseView`].
#[derive(Debug)]
pub struct Leases {
    min_ttl_s: i64,
    /// Locked because readers list leases and keys from other threads; the one writer holds it for a transaction's
    /// attachments at most.
    state: Arc<RwLock<State>>,
}

#[derive(Debug, Default)]
struct State {
    granted: BTreeMap<LeaseId, Terms>,
    /// Keys by lease, so that a lease's keys come out sorted.
    attached: BTreeSet<(LeaseId, Bytes)>,
    lease_of: BTreeMap<Bytes, LeaseId>,
}

impl Leases {
    /// Reads the leases and hangs the keys on them.
    ///
    /// `attachments` are the live keys that name a lease. One whose lease is gone is left alone, as in etcd.
    /// `min_ttl_s` is what shorter grants are raised to, stored ones included; etcd has one and a half election
    /// timeouts, rounded up, and every member must have the same.
    pub fn open(backend: &Backend, attachments: &[(Bytes, i64)], min_ttl_s: i64) -> Result<Self, LeaseError> {
        let mut state = State::default();
        let mut from = Vec::new();
        loop {
            let rows = backend.range(Bucket::Lease, &from, None, ROWS_A_READ)?;
            for (key, value) in &rows {
                let (id, terms) = read_row(key, value)?;
                state.granted.insert(id, Terms { ttl_s: terms.ttl_s.max(min_ttl_s), ..terms });
            }
            match rows.last() {
                Some((key, _)) if rows.len() == ROWS_A_READ => from = [key.as_ref(), &[0]].concat(),
                _ => break,
            }
        }
        for (key, lease) in attachments {
            state.attach(key, LeaseId(*lease));
        }
        Ok(Self { min_ttl_s, state: Arc::new(RwLock::new(state)) })
    }

    /// Takes over all of `other`'s; views show them from here on.
    pub fn replace(&mut self, other: Self) {
        *self.state.write() = std::mem::take(&mut *other.state.write());
    }

    /// The readers' side.
    pub fn view(&self) -> LeaseView {
        LeaseView { state: self.state.clone() }
    }

    /// Is there such a lease?
    pub fn contains(&self, id: LeaseId) -> bool {
        self.state.read().granted.contains_key(&id)
    }

    /// Grants a lease; its row goes into `batch`. The answer is the time to live in seconds as it came to be.
    /// The refusals come in etcd's order: id 0, too long, taken.
    pub fn grant(&mut self, id: LeaseId, ttl_s: i64, batch: &mut Batch) -> Result<i64, LeaseRefusal> {
        if id == LeaseId(0) {
            return Err(LeaseRefusal::NotFound);
        }
        if ttl_s > TTL_S_MAX {
            return Err(LeaseRefusal::TtlTooLarge);
        }
        let mut state = self.state.write();
        if state.granted.contains_key(&id) {
            return Err(LeaseRefusal::Exists);
        }
        let terms = Terms { ttl_s: ttl_s.max(self.min_ttl_s), remaining_s: 0 };
        state.granted.insert(id, terms);
        write_row(id, terms, batch);
        metrics().lease_granted.inc();
        metrics().lease_ttl.observe(terms.ttl_s as f64);
        Ok(terms.ttl_s)
    }

    /// Ends a lease. The answer is its keys in ascending order: the caller deletes them in this order, in the
    /// transaction whose writes go into the same `batch`.
    pub fn revoke(&mut self, id: LeaseId, batch: &mut Batch) -> Result<Vec<Bytes>, LeaseRefusal> {
        let mut state = self.state.write();
        state.granted.remove(&id).ok_or(LeaseRefusal::NotFound)?;
        batch.delete(Bucket::Lease, &row_key(id));
        let keys: Vec<Bytes> = state.keys(id).cloned().collect();
        keys.iter().for_each(|key| state.detach(key));
        metrics().lease_revoked.inc();
        Ok(keys)
    }

    /// Notes how much is left, so that a new leader need not start over; false when there is no such lease, which etcd
    /// passes over in silence.
    pub fn checkpoint(&mut self, id: LeaseId, remaining_s: i64, batch: &mut Batch) -> bool {
        let mut state = self.state.write();
        let Some(terms) = state.granted.get_mut(&id) else { return false };
        terms.remaining_s = remaining_s;
        write_row(id, *terms, batch);
        true
    }

    /// Follows what a transaction did: a put hangs its key on the lease it names and takes it off any other, a delete
    /// takes it off.
    pub fn follow(&mut self, events: &[Event]) {
        let names_lease = |event: &Event| event.kv.as_ref().is_some_and(|kv| kv.lease != 0);
        // Most clusters put most keys without leases.
        if !events.iter().any(names_lease) && self.state.read().lease_of.is_empty() {
            return;
        }
        let mut state = self.state.write();
        for event in events {
            let Some(kv) = &event.kv else { continue };
            match event.r#type() {
                EventType::Put => state.attach(&kv.key, LeaseId(kv.lease)),
                EventType::Delete => state.detach(&kv.key),
            }
        }
    }
}

impl State {
    /// Moves a key to a lease, off all when that is none or gone.
    fn attach(&mut self, key: &Bytes, id: LeaseId) {
        if self.lease_of.get(key) == Some(&id) {
            return;
        }
        self.detach(key);
        if self.granted.contains_key(&id) {
            // A copy, since the key may be a slice of something much larger.
            let key = Bytes::copy_from_slice(key);
            self.attached.insert((id, key.clone()));
            self.lease_of.insert(key, id);
        }
    }

    fn detach(&mut self, key: &Bytes) {
        if let Some(id) = self.lease_of.remove(key) {
            let was_there = self.attached.remove(&(id, key.clone()));
            debug_assert!(was_there, "the two directions of an attachment agree");
        }
    }

    fn keys(&self, id: LeaseId) -> impl Iterator<Item = &Bytes> {
        self.attached.range((id, Bytes::new())..).take_while(move |(lease, _)| *lease == id).map(|(_, key)| key)
    }
}

/// Reads leases from any thread. Clones share; what is read is the latest, not a moment's picture.
#[derive(Clone, Debug)]
pub struct LeaseView {
    state: Arc<RwLock<State>>,
}

impl LeaseView {
    /// What a lease promises.
    pub fn terms(&self, id: LeaseId) -> Option<Terms> {
        self.state.read().granted.get(&id).copied()
    }

    /// The keys that hang on a lease, ascending.
    pub fn keys(&self, id: LeaseId) -> Vec<Bytes> {
        self.state.read().keys(id).cloned().collect()
    }

    /// All keys that hang on a lease, ascending.
    pub fn attached(&self) -> Vec<Bytes> {
        self.state.read().lease_of.keys().cloned().collect()
    }

    /// The lease that a key hangs on.
    pub fn lease_of(&self, key: &[u8]) -> Option<LeaseId> {
        self.state.read().lease_of.get(key).copied()
    }

    /// Every lease, by id. This is what a new leader's [`Lessor`](super::Lessor) is given.
    pub fn all(&self) -> Vec<(LeaseId, Terms)> {
        self.state.read().granted.iter().map(|(id, terms)| (*id, *terms)).collect()
    }

    /// Number of leases.
    pub fn len(&self) -> usize {
        self.state.read().granted.len()
    }

    /// Are there none?
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

fn row_key(id: LeaseId) -> [u8; 8] {
    id.0.to_be_bytes()
}

fn write_row(id: LeaseId, terms: Terms, batch: &mut Batch) {
    let row = leasepb::Lease { id: id.0, ttl: terms.ttl_s, remaining_ttl: terms.remaining_s };
    batch.put(Bucket::Lease, &row_key(id), row.encode_to_vec().into());
}

fn read_row(key: &Bytes, value: &Bytes) -> Result<(LeaseId, Terms), LeaseError> {
    let damaged = |reason: String| LeaseError::Damaged { key: key.to_vec(), reason };
    let row = leasepb::Lease::decode(value.clone()).map_err(|error| damaged(error.to_string()))?;
    if row_key(LeaseId(row.id)) != key.as_ref() {
        return Err(damaged(format!("holds the lease {:016x}", row.id)));
    }
    Ok((LeaseId(row.id), Terms { ttl_s: row.ttl, remaining_s: row.remaining_ttl }))
}
