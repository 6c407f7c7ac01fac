//! A new file, filled with rows from elsewhere: what a snapshot from a peer becomes before it counts.
//!
//! Rows come in the order of buckets and keys, a piece of them at a time in a durable transaction, so that memory and what
//! waits for the disk stay bounded. The file is opened like any other afterwards.

use super::{
    batch::RowKey,
    commit,
    error::BackendError,
    fresh::{self, PIECE_BYTES},
    guard::{Engine, guarded},
    open::folder,
    schema::Bucket,
    usage::Usage,
};
use crate::disk::{Disk, File};
use bytes::Bytes;
use std::{path::Path, sync::Arc};

/// See the module.
#[derive(Debug)]
pub struct ImageWriter {
    disk: Arc<dyn Disk>,
    path: Arc<Path>,
    file: Arc<dyn File>,
    engine: Engine,
    usage: Usage,
    /// Not written yet; the last row is the last one of the file.
    rows: Vec<(Bucket, Vec<(RowKey, Bytes)>)>,
    bytes: usize,
    last: Option<(Bucket, RowKey)>,
}

impl ImageWriter {
    /// Begins a new file at `path`, in place of what an earlier attempt left.
    pub fn create(disk: Arc<dyn Disk>, path: &Path) -> Result<Self, BackendError> {
        let (file, engine) = fresh::begin(disk.as_ref(), path)?;
        let (rows, usage, path) = (Vec::new(), Usage::default(), path.into());
        Ok(Self { disk, path, file, engine, usage, rows, bytes: 0, last: None })
    }

    /// Adds a row behind all that were added.
    ///
    /// # Errors
    /// It does not belong there, or the disk refuses.
    pub fn row(&mut self, bucket: Bucket, key: &[u8], value: &[u8]) -> Result<(), BackendError> {
        let place = (bucket, RowKey::new(key));
        if self.last.as_ref().is_some_and(|last| *last >= place) {
            let what = format!("bucket {}: key {} comes too late", bucket.name(), key.escape_ascii());
            return Err(BackendError::damaged(&self.path, what));
        }
        let row = (place.1.clone(), Bytes::copy_from_slice(value));
        match self.rows.last_mut() {
            Some((last, rows)) if *last == bucket => rows.push(row),
            _ => self.rows.push((bucket, vec![row])),
        }
        self.usage.add(key, value);
        self.bytes += key.len() + value.len();
        self.last = Some(place);
        if self.bytes >= PIECE_BYTES { self.write() } else { Ok(()) }
    }

    fn write(&mut self) -> Result<(), BackendError> {
        let (database, rows) = (self.engine.database()?, std::mem::take(&mut self.rows));
        self.bytes = 0;
        guarded(&self.path, || commit::append(database, &rows))
    }

    /// Ends the file and gives it the name `to`. It is there for good when this returns.
    pub fn finish(mut self, to: &Path) -> Result<(), BackendError> {
        self.write()?;
        let database = self.engine.database()?;
        guarded(&self.path, || commit::create_tables(database, self.usage))?;
        self.engine.close();
        self.file.sync_data().map_err(|error| BackendError::io(&self.path, error))?;
        self.disk.rename(&self.path, to).map_err(|error| BackendError::io(&self.path, error))?;
        let dir = folder(to);
        self.disk.sync_dir(dir).map_err(|error| BackendError::io(dir, error))
    }
}
