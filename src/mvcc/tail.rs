//! What the writer has written and not yet published.

use super::revision::Revision;
use super::shared::Compaction;
use super::tally::Tally;
use bytes::Bytes;

/// Lives from one publication to the next; a transaction borrows it.
#[derive(Debug)]
pub struct Tail {
    /// The revision of the latest transaction that changed something.
    pub revision: i64,
    /// -1 before any compaction.
    pub compacted: i64,
    /// Rows of puts that are in a batch of the caller, ascending.
    pub rows: Vec<(Revision, Bytes)>,
    /// Compactions that wait for the publication of their schedule.
    pub compactions: Vec<Compaction>,
    /// What the transactions did, for metrics.
    pub tally: Tally,
    transaction: Transaction,
}

/// Is a transaction under way? One that was dropped without its end has left the index ahead of the rows.
#[derive(Debug, PartialEq, Eq)]
enum Transaction {
    None,
    Open,
}

impl Tail {
    /// Nothing is written yet.
    pub fn new(revision: i64, compacted: i64) -> Self {
        Self {
            revision,
            compacted,
            rows: Vec::new(),
            compactions: Vec::new(),
            tally: Tally::default(),
            transaction: Transaction::None,
        }
    }

    /// A transaction begins. The one before must have ended.
    pub fn begin(&mut self) {
        self.check_ended();
        self.transaction = Transaction::Open;
    }

    /// The transaction ends, at this revision.
    pub fn end(&mut self, revision: i64) {
        self.revision = revision;
        self.transaction = Transaction::None;
    }

    /// Going on after a transaction without an end would lose what it did: a bug, or the caller has met damage and
    /// must stop.
    pub fn check_ended(&self) {
        assert_eq!(self.transaction, Transaction::None, "a write transaction was dropped without its end");
    }

    /// The row of a put that is not staged yet.
    pub fn row(&self, revision: Revision) -> Option<Bytes> {
        self.rows.binary_search_by_key(&revision, |(revision, _)| *revision).ok().map(|at| self.rows[at].1.clone())
    }
}
