//! The next segment, made ahead.
//!
//! A sync of bytes written over bytes that were there before needs no change of the file system's own tables, and so is
//! quicker than one of freshly reserved space. That is why the next segment is filled with zeros, not only reserved. It
//! takes a while, so it is a value of its own: a task runs [`Preparer::prepare`] on another thread and hands the result
//! back. Filling 64 MB took 60 to 350 ms on the machine that this was measured on. In one piece, that held up the
//! appender's own syncs for 33 to 37 ms; synced after every MiB, for a few.
//!
//! Where nobody prepares, or not in time, the writer reserves space itself: 0.3 ms for 64 MB. So it does for the first
//! segment of a log and the open one after a start: a start must be quick. Such a segment is left early, once there is
//! much to write and a filled one is ready.

use super::error::{WalError, at};
use crate::disk::{Disk, File, OpenMode};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

/// How much is written between two syncs.
const CHUNK_BYTES: usize = 256 << 10;

/// The job of making the next segment.
#[derive(Debug)]
pub struct Preparer {
    disk: Arc<dyn Disk>,
    path: PathBuf,
    segment_bytes: u64,
}

/// A file of zeros, locked, waiting for its name.
#[derive(Debug)]
pub struct PreparedSegment {
    pub(super) file: Arc<dyn File>,
    pub(super) path: PathBuf,
    pub(super) ground: Ground,
}

/// What a segment has behind its records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ground {
    /// Zeros that were written: a sync is quick.
    Filled,
    /// Space that was only reserved, or perhaps so.
    Reserved,
}

impl Preparer {
    /// The job is for a thread of its own, under the name `0.tmp`.
    pub(super) fn new(disk: Arc<dyn Disk>, dir: &Path, segment_bytes: u64) -> Self {
        Self { disk, path: dir.join("0.tmp"), segment_bytes }
    }

    /// Makes the file and fills it with zeros. Takes as long as the disk takes to write a segment, and `between` two
    /// pieces of it, which may wait so that others get to the disk.
    pub fn prepare(self, mut between: impl FnMut()) -> Result<PreparedSegment, WalError> {
        let reserved = reserve(self.disk.as_ref(), self.path, self.segment_bytes)?;
        let zeros = vec![0; CHUNK_BYTES.min(self.segment_bytes as usize)];
        let mut offset = 0;
        while offset < self.segment_bytes {
            let count = (self.segment_bytes - offset).min(CHUNK_BYTES as u64);
            reserved.file.write_all_at(&zeros[..count as usize], offset).map_err(at(&reserved.path))?;
            reserved.file.sync_data().map_err(at(&reserved.path))?;
            offset += count;
            between();
        }
        Ok(PreparedSegment { ground: Ground::Filled, ..reserved })
    }
}

/// Makes the next segment in a hurry, under a name that no [`Preparer`] uses.
pub(super) fn reserve_now(disk: &dyn Disk, dir: &Path, segment_bytes: u64) -> Result<PreparedSegment, WalError> {
    reserve(disk, dir.join("1.tmp"), segment_bytes)
}

/// Takes over a file that an earlier run may have left, and empties it.
pub(super) fn reserve(disk: &dyn Disk, path: PathBuf, segment_bytes: u64) -> Result<PreparedSegment, WalError> {
    let file = disk.open(&path, OpenMode::Create).map_err(at(&path))?;
    file.try_lock().map_err(at(&path))?;
    file.set_len(0).map_err(at(&path))?;
    file.allocate(segment_bytes).map_err(at(&path))?;
    Ok(PreparedSegment { file, path, ground: Ground::Reserved })
}
