//! What the writer, the readers and the compactor of one store share.

use super::index::Index;
use super::query::{HashKv, ReadError};
use crate::backend::Backend;
use parking_lot::{Mutex, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

/// The writer publishes two revisions, the compactor a third; everybody reads them.
///
/// ```text
///     -1 ........ begun ........... compacted ........... published
///       gone, or    still there,       every revision
///       going       refused to         can be read
///                   new reads
/// ```
///
/// The order in which they and the rest change is what makes reads right without a lock around them: rows are staged before
/// the revision that they belong to is published, and a compaction is published before it begins, and begins before
/// anything below it is dropped. So a reader that misses something finds, when it looks *afterwards*, that a compaction
/// beyond its revision has begun.
///
/// When a later store takes this one's place as a whole, that looks like a compaction to its compact revision, which
/// begins before and is finished at once: history up to here is the same in both. Whoever cannot go by that holds the
/// store in one piece meanwhile ([`Shared::in_one_piece`]), or looks afterwards whether its [`Shared::era`] is over.
#[derive(Debug)]
pub struct Shared {
    pub backend: Backend,
    pub index: Index,
    published: AtomicI64,
    compacted: AtomicI64,
    begun: AtomicI64,
    /// How often the store was replaced.
    era: AtomicU64,
    /// Held for writing while it is.
    piece: RwLock<()>,
    /// A lock, since the writer adds to it, the compactor takes from it, and readers may hold the compactor up.
    compactions: Mutex<Compactions>,
    /// Hashes of the latest compactions, ascending. A lock, since the compactor adds and readers look.
    pub hashes: Mutex<Vec<HashKv>>,
}

#[derive(Debug, Default)]
struct Compactions {
    /// Published and not finished, oldest first.
    unfinished: VecDeque<Compaction>,
    /// How many readers ask that none begins.
    holds: usize,
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

/// What the compactor is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// No compaction is unfinished.
    Nothing,
    /// A reader holds compactions up: ask again.
    Held,
    /// This one has begun.
    Begun(Compaction),
}

/// While it lives, no compaction begins; one that has begun goes on.
#[derive(Debug)]
pub struct Hold<'a>(&'a Shared);

impl Shared {
    /// All that is in the index counts as published, and all below the compact revision as gone.
    pub fn new(backend: Backend, index: Index, published: i64, compacted: i64) -> Self {
        Self {
            backend,
            index,
            published: AtomicI64::new(published),
            compacted: AtomicI64::new(compacted),
            begun: AtomicI64::new(compacted),
            era: AtomicU64::new(0),
            piece: RwLock::new(()),
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

    /// May a read at this revision begin?
    pub fn admit(&self, at: i64) -> Result<(), ReadError> {
        if at < self.compacted() { Err(ReadError::Compacted) } else { Ok(()) }
    }

    /// May a read at this revision trust what it has seen so far? Asked afterwards.
    pub fn check_not_overtaken(&self, at: i64) -> Result<(), ReadError> {
        if at < self.begun.load(Ordering::Acquire) { Err(ReadError::Compacted) } else { Ok(()) }
    }

    /// Holds compactions up, so that what is admitted under the hold is not overtaken. For reads that must not fail; the
    /// others go without, or compaction would never come to it.
    pub fn hold(&self) -> Hold<'_> {
        self.compactions.lock().holds += 1;
        Hold(self)
    }

    /// Adds published compactions.
    pub fn schedule(&self, compactions: impl IntoIterator<Item = Compaction>) {
        self.compactions.lock().unfinished.extend(compactions);
    }

    /// Is a compaction published and not finished?
    pub fn is_compacting(&self) -> bool {
        !self.compactions.lock().unfinished.is_empty()
    }

    /// Begins the oldest unfinished compaction; it stays unfinished until [`Shared::finish`].
    pub fn begin(&self) -> Work {
        let compactions = self.compactions.lock();
        match compactions.unfinished.front() {
            None => Work::Nothing,
            Some(_) if compactions.holds > 0 => Work::Held,
            Some(compaction) => {
                self.begun.fetch_max(compaction.revision, Ordering::AcqRel);
                Work::Begun(*compaction)
            }
        }
    }

    /// As long as it is held the store is not replaced, and is not just being so. Held for a bounded piece of work.
    pub fn in_one_piece(&self) -> RwLockReadGuard<'_, ()> {
        self.piece.read()
    }

    /// Another number from each replacement to the next.
    pub fn era(&self) -> u64 {
        self.era.load(Ordering::Acquire)
    }

    /// The replacement by a store that is compacted to `compacted` begins: from here on, nothing below is to be read.
    /// Waits for those who hold the store in one piece, and keeps them waiting.
    pub fn begin_replacement(&self, compacted: i64) -> RwLockWriteGuard<'_, ()> {
        let piece = self.piece.write();
        self.era.fetch_add(1, Ordering::AcqRel);
        self.begun.fetch_max(compacted, Ordering::AcqRel);
        piece
    }

    /// Rows and index are those of the other store; what is still to be compacted is, too.
    pub fn end_replacement(&self, published: i64, compacted: i64, other: &Self) {
        self.compactions.lock().unfinished = std::mem::take(&mut other.compactions.lock().unfinished);
        self.publish(published, compacted);
    }

    /// The compaction that has begun is finished, and that is staged.
    pub fn finish(&self) {
        self.compactions.lock().unfinished.pop_front();
    }
}

impl Drop for Hold<'_> {
    fn drop(&mut self) {
        self.0.compactions.lock().holds -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::BackendConfig;
    use crate::disk::mem::MemDisk;
    use std::{path::Path, sync::Arc};

    #[test]
    fn what_is_admitted_under_a_hold_is_not_overtaken() {
        let disk = Arc::new(MemDisk::new());
        let backend = Backend::open(disk, Path::new("/db"), &BackendConfig::default()).unwrap();
        let shared = Shared::new(backend, Index::default(), 9, -1);
        assert_eq!(shared.begin(), Work::Nothing);
        let compaction = Compaction { revision: 7, previous: -1, hash: HashUse::Keep };
        let hold = shared.hold();
        shared.publish(9, 7);
        shared.schedule([compaction]);
        // Scheduled is refused already; what was admitted before may go on.
        assert!(shared.admit(6).is_err() && shared.admit(7).is_ok() && shared.check_not_overtaken(6).is_ok());
        assert_eq!(shared.begin(), Work::Held);
        drop(hold);
        assert_eq!(shared.begin(), Work::Begun(compaction));
        assert!(shared.check_not_overtaken(6).is_err() && shared.check_not_overtaken(7).is_ok());
        assert!(shared.is_compacting());
        shared.finish();
        assert!(!shared.is_compacting() && shared.begin() == Work::Nothing);
    }
}
