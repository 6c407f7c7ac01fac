//! A new database that is filled from its first row to its last, beside the one in use.

use super::{
    commit,
    error::BackendError,
    guard::{Engine, guarded},
    open::lock,
    storage::Storage,
    usage::Usage,
};
use crate::disk::{Disk, File, OpenMode};
use std::{path::Path, sync::Arc};

/// Bytes of rows that are written at once. Small, so that a sync of them does not hold up one of the log for long.
pub(super) const PIECE_BYTES: usize = 256 << 10;
/// redb's cache meanwhile. Rows are appended, so it needs little.
const CACHE_BYTES: usize = 16 << 20;

/// An empty one at `path`, in place of what an earlier attempt left.
pub(super) fn begin(disk: &dyn Disk, path: &Path) -> Result<(Arc<dyn File>, Engine), BackendError> {
    if disk.exists(path) {
        disk.remove_file(path).map_err(|error| BackendError::io(path, error))?;
    }
    let file = disk.open(path, OpenMode::CreateNew).map_err(|error| BackendError::io(path, error))?;
    lock(path, file.as_ref())?;
    let engine = Engine::open(path, &Storage::new(file.clone()), CACHE_BYTES)?;
    let database = engine.database()?;
    guarded(path, || commit::create_tables(database, Usage::default()))?;
    Ok((file, engine))
}
