//! What can be asked of the store, and what it answers.

use crate::backend::BackendError;
use crate::key::KeyRange;
use crate::pb::mvccpb::{Event, KeyValue};

/// What to read.
#[derive(Clone, Debug)]
pub struct RangeQuery {
    /// Which keys.
    pub range: KeyRange,
    /// At which main revision; zero or less means the current one.
    pub at: i64,
    /// Most keys to return; 0 means all.
    pub limit: usize,
    /// How much of each.
    pub fetch: Fetch,
}

/// How much of each key is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fetch {
    /// Nothing but the number of keys.
    Count,
    /// Key, revisions and version, from the index alone; value and lease stay empty.
    Keys,
    /// All, from the rows.
    Full,
}

/// The answer to a [`RangeQuery`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RangeResult {
    /// In key order, at most the limit.
    pub kvs: Vec<KeyValue>,
    /// Keys in the range at that revision, whatever the limit.
    pub count: i64,
    /// The current revision of whom was asked.
    pub revision: i64,
}

/// Why something could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The revision is below the compact revision.
    #[error("required revision has been compacted")]
    Compacted,
    /// The revision is above the current one.
    #[error("required revision is a future revision")]
    FutureRevision,
    /// The backend fails or is damaged: the process stops.
    #[error(transparent)]
    Fatal(#[from] BackendError),
}

/// Reads at a revision; the same for a reader and for the inside of a write transaction.
pub trait Ranges {
    /// Reads keys of a range. The current and the compact revision can be read, and all between them.
    fn range(&self, query: &RangeQuery) -> Result<RangeResult, ReadError>;
    /// The current revision as this reader sees it; inside a transaction that changed something, the one it will have.
    fn revision(&self) -> i64;
    /// The revision of the latest compaction that was scheduled; -1 before any.
    fn compact_revision(&self) -> i64;
}

/// What one transaction did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes {
    /// The revision after it: the one before it when nothing changed.
    pub revision: i64,
    /// In the order of the changes. A put has the whole `KeyValue`, a delete has key and `mod_revision`; none has a `prev_kv`.
    pub events: Vec<Event>,
}

/// Events of the past, for a watch that catches up.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    /// In the order of the changes, in the form of [`Changes::events`].
    pub events: Vec<Event>,
    /// The last main revision that is covered wholly: go on from the next.
    pub through: i64,
}

/// The answer to `HashKV`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HashKv {
    /// CRC-32C over the rows that a compaction to the compact revision leaves, up to the hash revision.
    pub hash: u32,
    /// The revision that was asked for; the current one for 0.
    pub hash_revision: i64,
    /// The compact revision that the hash was taken with; -1 before any compaction.
    pub compact_revision: i64,
    /// The current revision.
    pub revision: i64,
}
