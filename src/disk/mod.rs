//! The door to the disk. Every byte that the program keeps passes through [`Disk`] and [`File`].
//!
//! ```text
//!   backend, wal  ->  dyn Disk / dyn File  ->  os::OsDisk   the machine's file system
//!                                          ->  mem::MemDisk a deterministic one, with a plan of faults
//!                      (observed::ObservedDisk, in between, tells what is under way)
//! ```
//!
//! What must hold: a write is durable only after `sync_data` of its file, a new or renamed name only after
//! `sync_dir` of its folder. A failed sync is never tried again by a caller: what was written since the last
//! good sync is in an unknown state, and the process stops.

mod content;
mod fault;
pub mod mem;
mod names;
pub mod observed;
pub mod os;

use std::{fmt::Debug, io, ops::ControlFlow, path::Path, sync::Arc};

/// How a file is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenMode {
    /// Must exist; reads only.
    Read,
    /// Must exist; reads and writes.
    ReadWrite,
    /// Created when absent, kept as it is when present; reads and writes.
    Create,
    /// Must not exist; reads and writes.
    CreateNew,
}

/// What new folders may be used for, and by whom: for everything, by their owner.
pub const PRIVATE_MODE: u32 = 0o700;

/// A file system: names, and what makes names durable.
pub trait Disk: Debug + Send + Sync + 'static {
    /// Opens a file. New files have mode 0600.
    fn open(&self, path: &Path, mode: OpenMode) -> io::Result<Arc<dyn File>>;
    /// Is there a file or folder of that name?
    fn exists(&self, path: &Path) -> bool;
    /// The names in a folder, sorted.
    fn list(&self, dir: &Path) -> io::Result<Vec<String>>;
    /// Creates a folder and its parents, mode 0700. Fine when it exists. Durable on return either way: a process that was
    /// killed may have made it and not come to the sync.
    fn create_dir_all(&self, dir: &Path) -> io::Result<()>;
    /// Who may read and write in a folder: the nine bits of its mode. Its owner alone, on a disk that knows no others.
    fn mode(&self, dir: &Path) -> io::Result<u32> {
        let _ = dir;
        Ok(PRIVATE_MODE)
    }
    /// Gives a file or folder another name, replacing a file of that name.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Removes a file.
    fn remove_file(&self, path: &Path) -> io::Result<()>;
    /// Removes a folder and all below it.
    fn remove_dir_all(&self, dir: &Path) -> io::Result<()>;
    /// Makes the names in a folder durable.
    fn sync_dir(&self, dir: &Path) -> io::Result<()>;
    /// Bytes that can still be written to files in a folder; a guess, since others may write too.
    fn free_bytes(&self, dir: &Path) -> io::Result<u64>;
}

/// An open file, read and written at offsets; shared by its readers and its writer.
pub trait File: Debug + Send + Sync + 'static {
    /// Length in bytes.
    fn len(&self) -> io::Result<u64>;
    /// Is the file empty?
    fn is_empty(&self) -> io::Result<bool> {
        Ok(self.len()? == 0)
    }
    /// Bytes that the file takes on the disk, holes not counted. The length, where a disk does not know better.
    fn stored_len(&self) -> io::Result<u64> {
        self.len()
    }
    /// Fills `buf` from `offset`; `UnexpectedEof` when the file ends before.
    fn read_exact_at(&self, buf: &mut [u8], offset: u64) -> io::Result<()>;
    /// Writes all of `data` at `offset`, growing the file where needed.
    fn write_all_at(&self, data: &[u8], offset: u64) -> io::Result<()>;
    /// Cuts or grows (with zeros) to `len` bytes.
    fn set_len(&self, len: u64) -> io::Result<()>;
    /// Reserves space up to `len` bytes, read as zeros, so that later writes cannot run out of it; grows the length.
    fn allocate(&self, len: u64) -> io::Result<()>;
    /// Makes contents and length durable (fdatasync).
    fn sync_data(&self) -> io::Result<()>;
    /// Takes an exclusive lock, held until the file is dropped; `WouldBlock` when another process has it.
    fn try_lock(&self) -> io::Result<()>;
}

/// Gives back the blocks of a file that has lost its name, piece by piece; `between` two pieces may pause, or end it.
///
/// Closed in one go, a file of 700 MB held up the syncs of other files for 50 to 65 ms: the file system frees all its
/// blocks at once, and tells the disk of each. Piece by piece it holds them up for a few. What fails here concerns
/// nobody: the blocks are free when the file is closed.
pub fn give_back(file: &dyn File, mut between: impl FnMut() -> ControlFlow<()>) {
    const PIECE_BYTES: u64 = 4 << 20;
    let mut left = file.len().unwrap_or(0);
    while left > 0 {
        left = left.saturating_sub(PIECE_BYTES);
        if file.set_len(left).is_err() || between().is_break() {
            return;
        }
    }
}

#[cfg(test)]
mod tests;
