//! What the writer, the readers and the compactor of one store share.

use super::index::Index;
use super::query::{HashKv, ReadError};
use crate::backend::Backend;
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicI64, Ordering};

/// The writer publishes the two revisions; everybody reads them.
///
/// The order in which they and the rest change is what makes reads right without a lock around them: rows are staged before
/// the revision that they belong to is published, and a compact revision is published before anything below it is dropped.
/// So a reader that misses something finds, when it looks at the compact revision *afterwards*, the reason.
#[derive(Debug)]
pub struct Shared {
    pub backend: Backend,
    pub index: Index,
    published: AtomicI64,
    compacted: AtomicI64,
    /// Compactions that are published and not finished, oldest first. A lock, since the writer adds and the compactor takes.
    pub compactions: Mutex<VecDeque<Compaction>>,
    /// Hashes of the latest compactions, ascending. A lock, since the compactor adds and readers look.
    pub hashes: Mutex<Vec<HashKv>>,
}

/// A compaction to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Compaction {
    /// To which revision.
    pub revision: i64,
    /// The compact revision before.
    pub previous: i64,
    /// What becomes of the hash that comes out of it.
    pub hash: HashUse,
}

/// A compaction's hash speaks for its revision only if every row since the compaction before was still there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HashUse {
    /// Answers `HashKV` from then on.
    Keep,
    /// The compaction before was not finished, or this one is done again after a restart.
    Forget,
}

impl Shared {
    /// All that is in the index counts as published.
    pub fn new(backend: Backend, index: Index, published: i64, compacted: i64) -> Self {
        Self {
            backend,
            index,
            published: AtomicI64::new(published),
            compacted: AtomicI64::new(compacted),
            compactions: Mutex::default(),
            hashes: Mutex::default(),
        }
    }

    /// The current revision, as readers see it.
    pub fn published(&self) -> i64 {
        self.published.load(Ordering::Acquire)
    }

    /// -1 before any compaction.
    pub fn compacted(&self) -> i64 {
        self.compacted.load(Ordering::Acquire)
    }

    /// Shows readers the revisions; their rows are staged.
    pub fn publish(&self, published: i64, compacted: i64) {
        self.published.store(published, Ordering::Release);
        self.compacted.store(compacted, Ordering::Release);
    }

    /// May a read at this revision trust what it has seen so far?
    pub fn check_not_compacted(&self, at: i64) -> Result<(), ReadError> {
        if at < self.compacted() { Err(ReadError::Compacted) } else { Ok(()) }
    }
}
