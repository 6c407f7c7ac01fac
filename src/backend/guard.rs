//! Every call into redb goes through here: its errors become ours, and so do its panics.
//!
//! Without a walk over the whole file at every start, which a big member cannot afford, redb trusts the pages that it
//! reads, and indexes into them. A flipped bit can then make it panic. A damaged file is no reason for a panic here, so
//! it is caught and reported as what it is. The caller stops as after any damage; no state of redb is used any
//! further that the panic may have left half-changed, other than by reads, whose panics are caught again.

use super::{error::BackendError, storage::Storage};
use parking_lot::Mutex;
use redb::Database;
use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::Arc,
};

/// Runs `f`, which calls into redb for the file at `path`, and no code of callers.
pub(super) fn guarded<T>(path: &Path, f: impl FnOnce() -> Result<T, redb::Error>) -> Result<T, BackendError> {
    match catch_unwind(AssertUnwindSafe(f)) {
        Ok(result) => result.map_err(|error| BackendError::redb(path, error)),
        Err(panic) => Err(BackendError::damaged(path, text_of(panic.as_ref()))),
    }
}

/// Drops a part of redb, whatever state it is in.
pub(super) fn drop_guarded(part: impl Sized) {
    // What it panics with was reported when it broke.
    let _ = catch_unwind(AssertUnwindSafe(|| drop(part)));
}

/// redb's database; empty once it is closed.
#[derive(Debug)]
pub(super) struct Engine {
    database: Option<Database>,
    rest: Arc<Rest>,
}

/// Where a database that has been replaced by another stays until the last who reads from it lets go: redb fails every
/// read of a database that was dropped.
#[derive(Debug, Default)]
pub(super) struct Rest(Mutex<Option<Database>>);

impl Drop for Rest {
    fn drop(&mut self) {
        drop_guarded(self.0.get_mut().take());
    }
}

impl Engine {
    /// Opens the database in the file, or makes one when the file is empty. After a crash it finds the last commit.
    pub fn open(path: &Path, storage: &Storage, cache_bytes: usize) -> Result<Self, BackendError> {
        let open = || Ok(Database::builder().set_cache_size(cache_bytes).create_with_backend(storage.clone())?);
        Ok(Self { database: Some(guarded(path, open)?), rest: Arc::default() })
    }

    /// What keeps the database usable for those who read from it, should it be replaced.
    pub fn rest(&self) -> Arc<Rest> {
        self.rest.clone()
    }

    /// Puts the database away: nobody writes to it any more, and it is closed when all have let go of [`Engine::rest`].
    pub fn retire(mut self) {
        *self.rest.0.lock() = self.database.take();
    }

    /// Hands the database over, with those who read from it: from here on this one is closed.
    pub fn give_away(&mut self) -> Self {
        Self { database: self.database.take(), rest: self.rest.clone() }
    }

    /// The database, unless closed.
    pub fn database(&self) -> Result<&Database, BackendError> {
        self.database.as_ref().ok_or(BackendError::Closed)
    }

    /// Closes the file, and with it its lock. redb notes in it that it was closed in order, which nothing relies on: a
    /// failure there is that of a crash at this moment.
    pub fn close(&mut self) {
        drop_guarded(self.database.take());
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.close();
    }
}

fn text_of(panic: &(dyn Any + Send)) -> &str {
    match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(text), _) => text,
        (None, Some(text)) => text,
        (None, None) => "its contents make no sense",
    }
}
