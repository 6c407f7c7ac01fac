//! A file without holes in the place of one with many, while writes and reads go on.
//!
//! ```text
//!   db              read a piece at a time, from the state after the last flush
//!     |  copy       all rows before a position, in the order of buckets and keys
//!     v             a flush writes its rows before that position here too, those behind it are still to come
//!   db.tmp.defrag   at the end it holds what db holds: made durable, renamed to db, the folder synced
//! ```
//!
//! The position moves on to the end; new revisions lie behind it until then. So nothing has to be remembered, neither a
//! read transaction that would keep the old file from reusing pages, nor what changed meanwhile.
//!
//! # What must hold
//!
//! - The copy holds exactly the rows before its position, as of the last flush that readers see. Both a piece and a
//!   flush's share go in under the lock around the copy, and a flush gives it back only after readers see its state.
//! - Whatever fails before the rename concerns the copy alone: it is removed, and everything goes on as before.
//! - No flush goes into the new file before its name is durable: after a crash either file may have the name, and both
//!   hold the same.
//! - Only the last step holds flushes up, for as long as the last rows take to become durable. Nothing holds up staging.
//!
//! A crash leaves `db.tmp.defrag` behind, which the next open removes.

use super::{
    batch::RowKey,
    commit::{self, Part},
    error::BackendError,
    fresh::{self, PIECE_BYTES},
    guard::{Engine, guarded},
    overlay::Generation,
    schema::Bucket,
    storage::Storage,
    tables::Tables,
    usage::Usage,
};
use crate::disk::{Disk, File};
use bytes::Bytes;
use std::{path::Path, sync::Arc};

/// The file being written; see the module.
#[derive(Debug)]
pub(super) struct Copy {
    path: Arc<Path>,
    file: Arc<dyn File>,
    engine: Engine,
    /// All rows of the buckets before this place in [`Bucket::ALL`] are copied, and those of its bucket before `from`.
    bucket: usize,
    from: RowKey,
    /// Bytes of rows copied.
    pub bytes: u64,
    failed: Option<BackendError>,
}

/// The complete copy, opened for use.
pub(super) struct Finished {
    pub engine: Engine,
    pub storage: Storage,
    pub tables: Tables,
}

impl Copy {
    /// Begins a new file at `path`, in place of what an earlier attempt left.
    pub fn create(disk: &dyn Disk, path: &Arc<Path>) -> Result<Self, BackendError> {
        let (file, engine) = fresh::begin(disk, path)?;
        Ok(Self { path: path.clone(), file, engine, bucket: 0, from: RowKey::new(b""), bytes: 0, failed: None })
    }

    /// Copies the next rows of `tables`, which is the latest state. True when none are left.
    pub fn piece(&mut self, tables: &Tables) -> Result<bool, BackendError> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        let mut buckets = Vec::new();
        let mut bytes = 0;
        while bytes < PIECE_BYTES
            && let Some(bucket) = Bucket::ALL.get(self.bucket).copied()
        {
            let mut rows: Vec<(RowKey, Bytes)> = Vec::new();
            tables.scan(bucket, self.from.as_slice(), None, |key, value| {
                bytes += key.len() + value.len();
                rows.push((RowKey::new(key), Bytes::copy_from_slice(value)));
                bytes < PIECE_BYTES
            })?;
            match rows.last() {
                Some((last, _)) if bytes >= PIECE_BYTES => self.from = RowKey::new(&[last.as_slice(), &[0]].concat()),
                _ => {
                    self.bucket += 1;
                    self.from = RowKey::new(b"");
                }
            }
            buckets.push((bucket, rows));
        }
        let database = self.engine.database()?;
        guarded(&self.path, || commit::append(database, &buckets))?;
        self.bytes += bytes as u64;
        Ok(self.bucket == Bucket::COUNT)
    }

    /// A flush wrote this generation to the old file: its rows before the position belong here as well. A failure is told
    /// to whoever copies, since it is none of the flush's.
    pub fn follow(&mut self, generation: &Generation) {
        let part = |bucket: Bucket| match bucket.index().cmp(&self.bucket) {
            std::cmp::Ordering::Less => Part::All,
            std::cmp::Ordering::Equal => Part::Below(&self.from),
            std::cmp::Ordering::Greater => Part::None,
        };
        let followed = self
            .engine
            .database()
            .and_then(|database| guarded(&self.path, || commit::write_part(database, generation, part)));
        if let Err(error) = followed {
            self.failed.get_or_insert(error);
        }
    }

    /// Makes all of it durable and opens it with the cache that it is to have from now on, as what `path` will be. The
    /// file's lock is held throughout.
    pub fn finish(mut self, path: &Arc<Path>, usage: Usage, cache_bytes: usize) -> Result<Finished, BackendError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        let database = self.engine.database()?;
        guarded(&self.path, || commit::create_tables(database, usage))?;
        self.engine.close();
        let storage = Storage::new(self.file);
        let engine = Engine::open(path, &storage, cache_bytes)?;
        let tables = Tables::open(path, &engine)?;
        Ok(Finished { engine, storage, tables })
    }
}
