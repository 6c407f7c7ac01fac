//! Temporary stand-in: the API of mvcc, without bodies. Replaced whole by the real one.
#![allow(clippy::todo, unused_variables, missing_docs)]
use crate::{backend::{Backend, BackendError, Batch}, key::KeyRange, pb::mvccpb::{Event, KeyValue}};
use bytes::Bytes;

/// A point in history: `main` counts transactions, `sub` the changes within one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Revision { pub main: i64, pub sub: i64 }

/// What to read. `at <= 0` means the current revision; `limit == 0` means no limit.
#[derive(Clone, Debug)]
pub struct RangeQuery { pub range: KeyRange, pub at: i64, pub limit: usize, pub fetch: Fetch }
/// How much of each key is wanted: nothing but the number, all but value and lease (from the index alone), or all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fetch { Count, Keys, Full }
/// `count`: keys in the range at that revision whatever the limit; `revision`: the store's current one.
#[derive(Clone, Debug, Default)]
pub struct RangeResult { pub kvs: Vec<KeyValue>, pub count: i64, pub revision: i64 }

#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error("required revision has been compacted")] Compacted,
    #[error("required revision is a future revision")] FutureRevision,
    #[error(transparent)] Fatal(#[from] BackendError),
}

/// Reads at a revision; the same for a reader and for the inside of a write transaction.
pub trait Ranges {
    fn range(&self, query: &RangeQuery) -> Result<RangeResult, ReadError>;
    /// Current revision as this reader sees it (inside a transaction that changed something: the one it will have).
    fn revision(&self) -> i64;
    /// -1 before any compaction.
    fn compact_revision(&self) -> i64;
}

/// The writer's side; one owner (apply::StateMachine).
#[derive(Debug)]
pub struct Store {}
impl Store {
    /// Rebuilds the index from the backend. Returns every live key that has a lease, for the lessees to be rebuilt.
    pub fn open(backend: Backend) -> Result<(Store, Vec<(Bytes, i64)>), BackendError> { todo!() }
    pub fn reader(&self) -> Reader { todo!() }
    /// Starts a transaction; its writes go into `batch`. At most one is open.
    pub fn write<'a>(&'a mut self, batch: &'a mut Batch) -> WriteTxn<'a> { todo!() }
    /// Checks and schedules a compaction; scheduledCompactRev goes into `batch`. Work is done by [`Compactor`].
    pub fn compact(&mut self, revision: i64, batch: &mut Batch) -> Result<(), ReadError> { todo!() }
    /// Makes the revisions written so far visible to readers; called after their batch is staged.
    pub fn publish(&mut self) { todo!() }
    /// The owner of the background work of compaction (one per store).
    pub fn compactor(&self) -> Compactor { todo!() }
}

/// The inside of a write transaction. Sees its own writes. Dropping it without `end` is a bug (asserted).
pub struct WriteTxn<'a> { _p: std::marker::PhantomData<&'a mut ()> }
impl WriteTxn<'_> {
    /// Unconditional; copies key and value out of the request's buffer.
    pub fn put(&mut self, key: &Bytes, value: &Bytes, lease: i64) { todo!() }
    /// Number of keys deleted.
    pub fn delete_range(&mut self, range: &KeyRange) -> i64 { todo!() }
    /// Closes the transaction: its revision (unchanged when nothing changed) and its events in order.
    pub fn end(self) -> Changes { todo!() }
}
impl Ranges for WriteTxn<'_> {
    fn range(&self, query: &RangeQuery) -> Result<RangeResult, ReadError> { todo!() }
    fn revision(&self) -> i64 { todo!() }
    fn compact_revision(&self) -> i64 { todo!() }
}
/// What one transaction did. Events: put has the whole KeyValue, delete has key and mod_revision; no prev_kv.
#[derive(Clone, Debug, Default)]
pub struct Changes { pub revision: i64, pub events: Vec<Event> }

/// Reads at published revisions, from any thread, without holding the writer up. Clones share.
#[derive(Clone, Debug)]
pub struct Reader {}
impl Ranges for Reader {
    fn range(&self, query: &RangeQuery) -> Result<RangeResult, ReadError> { todo!() }
    fn revision(&self) -> i64 { todo!() }
    fn compact_revision(&self) -> i64 { todo!() }
}
impl Reader {
    /// Events of main revisions `from..=to` in order, at most `max_revisions` distinct revisions (one is never split)
    /// and about `max_bytes`; with the last main revision that was covered. Compacted when `from <= compact revision`… as etcd's watch does.
    pub fn history(&self, from: i64, to: i64, max_revisions: usize, max_bytes: usize) -> Result<History, ReadError> { todo!() }
    /// The value of `key` just before main revision `before` (for prev_kv); None when there was none or it is compacted.
    pub fn previous(&self, key: &[u8], before: i64) -> Result<Option<KeyValue>, ReadError> { todo!() }
    pub fn hash_kv(&self, revision: i64) -> Result<HashKv, ReadError> { todo!() }
    /// CRC-32C over the whole backend (Maintenance/Hash); returns the hash.
    pub fn hash(&self) -> Result<u32, ReadError> { todo!() }
    /// Number of live keys, for metrics.
    pub fn live_keys(&self) -> i64 { todo!() }
}
#[derive(Clone, Debug, Default)]
pub struct History { pub events: Vec<Event>, pub through: i64 }
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HashKv { pub hash: u32, pub hash_revision: i64, pub compact_revision: i64, pub revision: i64 }

/// Background compaction, a step at a time, driven by a task or by the simulator.
#[derive(Debug)]
pub struct Compactor {}
impl Compactor {
    /// Does a bounded piece of the oldest unfinished compaction: up to `limit` revisions deleted (staged in a batch of
    /// its own). Idle when there is nothing to do.
    pub fn step(&mut self, limit: usize) -> Result<CompactionStep, BackendError> { todo!() }
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompactionStep { Idle, More, /// The compaction to this revision is finished, and finishedCompactRev is staged.
    Finished { revision: i64, keys_deleted: u64, hash: u32 } }
