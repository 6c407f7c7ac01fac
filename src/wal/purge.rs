//! Segments that nobody will ask for again, and how their files go.
//!
//! A file of 64 MB that is removed in one go holds up a sync of the log for several milliseconds, since the file system
//! frees all its blocks at once. So it is a value of its own, like the making of a segment: a task runs [`Purge::run`]
//! on another thread, and the file gets shorter piece by piece once its name is gone.
//!
//! What must hold: the oldest goes first, so that what a crash leaves is a log with its beginning missing.

use super::error::{WalError, at};
use crate::disk::{self, Disk, File, OpenMode};
use std::{path::PathBuf, sync::Arc};

/// The job of removing segments.
#[derive(Debug)]
pub struct Purge {
    disk: Arc<dyn Disk>,
    dir: PathBuf,
    /// Oldest first.
    names: Vec<String>,
}

impl Purge {
    /// Of the files `names`, oldest first, which are no longer part of the log.
    pub(super) fn new(disk: Arc<dyn Disk>, dir: PathBuf, names: Vec<String>) -> Self {
        Self { disk, dir, names }
    }

    /// Removes the files and returns their names. `between` two pieces may wait, so that others get to the disk. After
    /// an error some are left, which the log does not mind.
    pub fn run(self, mut between: impl FnMut()) -> Result<Vec<String>, WalError> {
        let mut files: Vec<Arc<dyn File>> = Vec::new();
        for name in &self.names {
            let path = self.dir.join(name);
            files.push(self.disk.open(&path, OpenMode::ReadWrite).map_err(at(&path))?);
            self.disk.remove_file(&path).map_err(at(&path))?;
        }
        self.disk.sync_dir(&self.dir).map_err(at(&self.dir))?;
        for file in files {
            disk::give_back(file.as_ref(), || {
                between();
                std::ops::ControlFlow::Continue(())
            });
        }
        Ok(self.names)
    }
}
