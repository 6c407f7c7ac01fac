//! redb's way to the disk: our file door, behind redb's storage trait.
//!
//! What must hold: after a failed sync nothing is written and no sync is tried again (what was written since the last
//! good sync is in an unknown state, and a second sync may report success for pages that the kernel has dropped). redb
//! stops by itself after any error; this is the second bolt, on our side of the door.

use crate::disk::File;
use parking_lot::RwLock;
use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

/// The open database file, shared by redb and the backend.
#[derive(Clone, Debug)]
pub(super) struct Storage(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// Empty once redb has closed it. The file's lock goes with it, even while old readers still hold redb's memory.
    /// A lock, because readers on any thread come through here beside the writer; written once, at the close.
    file: RwLock<Option<Arc<dyn File>>>,
    sync_failed: AtomicBool,
    /// Another file has taken this one's place: what redb would still write at its end is of no use to anybody.
    is_replaced: AtomicBool,
}

impl Storage {
    /// Over a file whose lock is held.
    pub fn new(file: Arc<dyn File>) -> Self {
        Self(Arc::new(Inner {
            file: RwLock::new(Some(file)),
            sync_failed: AtomicBool::new(false),
            is_replaced: AtomicBool::new(false),
        }))
    }

    /// From here on nothing is written; what is there can be read.
    pub fn replaced(&self) {
        self.0.is_replaced.store(true, Ordering::Release);
    }

    /// Bytes that the file takes on the disk: holes are not counted. redb doubles the length of the file when it is
    /// full (and adds 4 GiB at a time later), and fills what it added little by little, so the length alone would say
    /// up to twice of what is there.
    pub fn stored_len(&self) -> io::Result<u64> {
        self.with_file(|file| file.stored_len())
    }

    /// The file, unless closed.
    pub fn file(&self) -> Option<Arc<dyn File>> {
        self.0.file.read().clone()
    }

    fn with_file<T>(&self, f: impl FnOnce(&dyn File) -> io::Result<T>) -> io::Result<T> {
        match self.0.file.read().as_deref() {
            Some(file) => f(file),
            None => Err(io::Error::other("the database file is closed")),
        }
    }

    fn check_writable(&self) -> io::Result<()> {
        if self.0.sync_failed.load(Ordering::Acquire) {
            return Err(io::Error::other("an earlier sync of the database file failed"));
        }
        if self.0.is_replaced.load(Ordering::Acquire) {
            return Err(io::Error::other("the database file was replaced by a defragmented one"));
        }
        Ok(())
    }
}

impl redb::StorageBackend for Storage {
    fn len(&self) -> io::Result<u64> {
        self.with_file(|file| file.len())
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.with_file(|file| file.read_exact_at(out, offset))
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.check_writable()?;
        self.with_file(|file| file.set_len(len))
    }

    fn sync_data(&self) -> io::Result<()> {
        self.check_writable()?;
        let result = self.with_file(|file| file.sync_data());
        if result.is_err() {
            self.0.sync_failed.store(true, Ordering::Release);
        }
        result
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.check_writable()?;
        self.with_file(|file| file.write_all_at(data, offset))
    }

    fn close(&self) -> io::Result<()> {
        *self.0.file.write() = None;
        Ok(())
    }
}
