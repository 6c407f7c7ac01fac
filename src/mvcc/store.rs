//! The writer's side of the store.

use super::compact::Compactor;
use super::query::ReadError;
use super::reader::Reader;
use super::restore::{self, Restored};
use super::revision::Revision;
use super::shared::{Compaction, HashUse, Shared};
use super::tail::Tail;
use super::txn::WriteTxn;
use crate::backend::{Backend, BackendError, Batch, Bucket, meta};
use bytes::Bytes;
use std::sync::Arc;

/// The one writer of the key-value history; it has one owner, which applies entries in order.
///
/// What it writes goes into the caller's batch, so that it takes effect together with whatever else the entry does. The
/// caller stages the batch and then calls [`Store::publish`]; until then no reader sees anything of it.
#[derive(Debug)]
pub struct Store {
    shared: Arc<Shared>,
    tail: Tail,
}

impl Store {
    /// Rebuilds the index from the rows. Takes up a compaction that was scheduled and not finished: it waits for the
    /// [`Compactor`]. Returns, in key order, every live key that has a lease, for the leases to be told.
    pub fn open(backend: Backend) -> Result<(Self, Vec<(Bytes, i64)>), BackendError> {
        let Restored { index, revision, scheduled, finished, leased } = restore::restore(&backend)?;
        let previous = finished.unwrap_or(-1);
        let compacted = scheduled.unwrap_or(-1).max(previous);
        let shared = Arc::new(Shared::new(backend, index, revision, compacted));
        if compacted > previous {
            // Rows may be gone already, so what comes out of it is no hash.
            let again = Compaction { revision: compacted, previous, hash: HashUse::Forget };
            shared.schedule([again]);
        }
        Ok((Self { shared, tail: Tail::new(revision, compacted) }, leased))
    }

    /// Takes over all of `other`, which is later in the same history; `swap` puts its rows in the place of ours. Readers go
    /// on: they see the one or the other, or are told that what they read is compacted.
    pub fn replace<T, E>(&mut self, other: Self, swap: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        self.tail.check_ended();
        let (revision, compacted) = (other.tail.revision, other.tail.compacted);
        let _piece = self.shared.begin_replacement(compacted);
        let swapped = swap()?;
        self.shared.index.replace(&other.shared.index);
        self.shared.end_replacement(revision, compacted, &other.shared);
        self.tail = Tail::new(revision, compacted);
        Ok(swapped)
    }

    /// A reader of what is published.
    pub fn reader(&self) -> Reader {
        Reader::new(self.shared.clone())
    }

    /// Starts a transaction; its writes go into `batch`.
    pub fn write<'a>(&'a mut self, batch: &'a mut Batch) -> WriteTxn<'a> {
        WriteTxn::new(&self.shared, &mut self.tail, batch)
    }

    /// Checks and schedules a compaction: scheduledCompactRev goes into `batch`, reads below `revision` are refused once
    /// it is published, and the [`Compactor`] does the work after that.
    pub fn compact(&mut self, revision: i64, batch: &mut Batch) -> Result<(), ReadError> {
        if revision <= self.tail.compacted {
            return Err(ReadError::Compacted);
        }
        if revision > self.tail.revision {
            return Err(ReadError::FutureRevision);
        }
        batch.put(
            Bucket::Meta,
            meta::SCHEDULED_COMPACT,
            Bytes::copy_from_slice(&Revision::first_of(revision).row_key()),
        );
        let unfinished = !self.tail.compactions.is_empty() || self.shared.is_compacting();
        let hash = if unfinished { HashUse::Forget } else { HashUse::Keep };
        self.tail.compactions.push(Compaction { revision, previous: self.tail.compacted, hash });
        self.tail.compacted = revision;
        Ok(())
    }

    /// Makes what was written so far visible to readers; called after its batch is staged.
    pub fn publish(&mut self) {
        self.tail.check_ended();
        self.tail.rows.clear();
        self.tail.tally.flush();
        self.shared.publish(self.tail.revision, self.tail.compacted);
        if !self.tail.compactions.is_empty() {
            self.shared.schedule(self.tail.compactions.drain(..));
        }
    }

    /// The background work of compaction; one is made per store.
    pub fn compactor(&self) -> Compactor {
        Compactor::new(self.shared.clone())
    }
}
