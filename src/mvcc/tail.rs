//! What the writer has written and not yet published. Readers know nothing of it.

use super::revision::Revision;
use super::shared::Compaction;
use bytes::Bytes;

/// See the module. The writer's own revisions are here too, since they run ahead of the published ones.
#[derive(Debug)]
pub struct Tail {
    /// The revision of the latest transaction that changed something.
    pub revision: i64,
    /// -1 before any compaction.
    pub compacted: i64,
    /// Rows of puts that are in a batch of the caller, ascending.
    pub rows: Vec<(Revision, Bytes)>,
    /// Compactions that are in a batch of the caller, ascending.
    pub compactions: Vec<Compaction>,
    open: bool,
}

impl Tail {
    /// Behind a store at these revisions.
    pub fn new(revision: i64, compacted: i64) -> Self {
        Self { revision, compacted, rows: Vec::new(), compactions: Vec::new(), open: false }
    }

    /// A transaction begins.
    pub fn begin(&mut self) {
        self.assert_closed();
        self.open = true;
    }

    /// The transaction ends, at this revision.
    pub fn end(&mut self, revision: i64) {
        self.revision = revision;
        self.open = false;
    }

    /// A transaction that was dropped half-way has left the index ahead of the revisions, and nothing may follow.
    pub fn assert_closed(&self) {
        assert!(!self.open, "a write transaction must be ended");
    }

    /// The row of a put that is not staged yet.
    pub fn row(&self, revision: Revision) -> Option<Bytes> {
        self.rows.binary_search_by_key(&revision, |(revision, _)| *revision).ok().map(|at| self.rows[at].1.clone())
    }
}
