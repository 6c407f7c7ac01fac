//! The work of compaction: first the index drops what nobody may read any more, then the rows go, in the order of their revisions.
//!
//! ```text
//!   scheduledCompactRev staged ... published | prune the index | delete rows, hash them | finishedCompactRev staged
//!                                             `------------- steps, each bounded -------'
//! ```
//!
//! Compactions run in the order in which they were scheduled, each to its end, as in etcd, so that their hashes are etcd's.
//! A crash at any point is repaired by doing the compaction again from the start: which rows go depends on the histories
//! and the compact revision alone. Nothing is remembered a key: each row is looked up in the index.

use super::hash::{self, RowHash, Rule};
use super::key_index::is_kept;
use super::query::HashKv;
use super::revision::Revision;
use super::row::{self, Head};
use super::rows::RowScan;
use super::shared::{Compaction, HashUse, Shared, Work};
use crate::backend::{BackendError, Batch, Bucket, meta};
use bytes::Bytes;
use std::sync::Arc;

/// Pieces of the index that are pruned in one step, each under a lock of its own: some 5,000 keys.
const PIECES_PER_STEP: usize = 100;

/// Background compaction, a step at a time, driven by a task or by the simulator. One per store.
#[derive(Debug)]
pub struct Compactor {
    shared: Arc<Shared>,
    running: Option<Running>,
}

/// What a step did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompactionStep {
    /// Nothing is to be done.
    Idle,
    /// There is more to be done; or a reader that must not be overtaken holds the next compaction up, so pause before
    /// the next step.
    More,
    /// A compaction is finished, and finishedCompactRev is staged.
    Finished {
        /// To which revision.
        revision: i64,
        /// Rows deleted by it.
        keys_deleted: u64,
        /// etcd's hash of the rows before the compaction; see the reference, 7.5.
        hash: u32,
    },
}

#[derive(Debug)]
struct Running {
    compaction: Compaction,
    /// It is of a store that may not be there any more: a later one has compactions of its own.
    era: u64,
    phase: Phase,
    deleted: u64,
    hash: RowHash,
}

#[derive(Debug)]
enum Phase {
    /// From this key on the index is still to be pruned.
    Index(Vec<u8>),
    Rows(RowScan),
}

impl Compactor {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self { shared, running: None }
    }

    /// Will the next step take rows? Otherwise it prunes the index, if there is anything to be done.
    pub fn is_at_rows(&self) -> bool {
        matches!(self.running, Some(Running { phase: Phase::Rows(_), .. }))
    }

    /// Does a bounded piece of the oldest unfinished compaction: at most `limit` rows are read, and staged for deletion in a
    /// batch of their own.
    pub fn step(&mut self, limit: usize) -> Result<CompactionStep, BackendError> {
        let _piece = self.shared.in_one_piece();
        let era = self.shared.era();
        let mut running = match self.running.take().filter(|running| running.era == era) {
            Some(running) => running,
            None => match self.shared.begin() {
                Work::Nothing => return Ok(CompactionStep::Idle),
                Work::Held => return Ok(CompactionStep::More),
                Work::Begun(compaction) => Running::new(compaction, era),
            },
        };
        let step = match &mut running.phase {
            Phase::Index(_) => {
                prune(&self.shared, &mut running);
                CompactionStep::More
            }
            Phase::Rows(_) => delete(&self.shared, &mut running, limit)?,
        };
        if step == CompactionStep::More {
            self.running = Some(running);
        }
        Ok(step)
    }
}

impl Running {
    fn new(compaction: Compaction, era: u64) -> Self {
        let hash = RowHash::new(compaction.previous, Rule::All);
        Self { compaction, era, phase: Phase::Index(Vec::new()), deleted: 0, hash }
    }
}

fn prune(shared: &Shared, running: &mut Running) {
    let Phase::Index(from) = &mut running.phase else { return };
    for _ in 0..PIECES_PER_STEP {
        let (next, kept) = shared.index.prune(from, running.compaction.revision);
        if kept > 0 {
            running.hash.rule = Rule::SeenOnly;
        }
        match next {
            Some(next) => *from = next,
            None => {
                running.phase = Phase::Rows(RowScan::new(0, running.compaction.revision));
                return;
            }
        }
    }
}

fn delete(shared: &Shared, running: &mut Running, limit: usize) -> Result<CompactionStep, BackendError> {
    let Phase::Rows(rows) = &mut running.phase else { return Ok(CompactionStep::More) };
    let at = running.compaction.revision;
    let mut batch = Batch::new();
    let mut read = 0;
    while read < limit.max(1) {
        let piece = rows.next(&shared.backend, limit - read)?;
        if piece.is_empty() {
            return Ok(finish(shared, running, batch));
        }
        read += piece.len();
        for (key, row) in piece {
            let (revision, kind) = row::revision_of(&key)?;
            let head = Head::read(revision, &row)?;
            let kept = shared.index.newest_at(head.key, at) == Some((revision, kind)) && is_kept(revision, kind, at);
            if running.hash.counts((revision, kind), || Ok(kept))? {
                running.hash.add(&key, &row);
            }
            if !kept {
                batch.delete(Bucket::Key, &key);
                running.deleted += 1;
            }
        }
    }
    if !batch.is_empty() {
        shared.backend.stage(batch);
    }
    Ok(CompactionStep::More)
}

fn finish(shared: &Shared, running: &Running, mut batch: Batch) -> CompactionStep {
    let Compaction { revision, previous, hash: hash_use } = running.compaction;
    batch.put(Bucket::Meta, meta::FINISHED_COMPACT, Bytes::copy_from_slice(&Revision::first_of(revision).row_key()));
    shared.backend.stage(batch);
    let hash = running.hash.get();
    if hash_use == HashUse::Keep {
        hash::keep(shared, HashKv { hash, hash_revision: revision, compact_revision: previous, revision });
    }
    shared.finish();
    CompactionStep::Finished { revision, keys_deleted: running.deleted, hash }
}
