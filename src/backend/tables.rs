//! The file's side of a read: one read transaction with every table open.

use super::{
    batch::{RowKey, Slot},
    error::BackendError,
    guard::{Engine, Rest, drop_guarded, guarded},
    schema::Bucket,
};
use crate::metrics::metrics;
use bytes::Bytes;
use redb::{ReadOnlyTable, ReadableDatabase};
use std::{fmt, ops::Bound, path::Path, sync::Arc};

/// The file as some flush left it. While it is held, redb keeps every page of that state, and the file grows beside it.
pub(super) struct Tables {
    path: Arc<Path>,
    /// By [`Bucket::index`].
    tables: Vec<ReadOnlyTable<&'static [u8], &'static [u8]>>,
    /// Keeps a file that was replaced open.
    _rest: Arc<Rest>,
}

/// A row: key and value.
pub type Row = (Bytes, Bytes);

impl Tables {
    /// The state after the last commit.
    pub fn open(path: &Arc<Path>, engine: &Engine) -> Result<Self, BackendError> {
        let database = engine.database()?;
        let tables = guarded(path, || {
            let transaction = database.begin_read()?;
            let open = |bucket: Bucket| Ok(transaction.open_table(bucket.table())?);
            Bucket::ALL.into_iter().map(open).collect()
        })?;
        metrics().db_open_reads.inc();
        Ok(Self { path: path.clone(), tables, _rest: engine.rest() })
    }

    /// The value of a key.
    pub fn get(&self, bucket: Bucket, key: &[u8]) -> Result<Option<Bytes>, BackendError> {
        guarded(&self.path, || {
            let value = self.tables[bucket.index()].get(key)?;
            Ok(value.map(|value| Bytes::copy_from_slice(value.value())))
        })
    }

    /// Calls `each(key, value)` for the rows of `[from, to)` in key order until it returns false.
    pub fn scan(
        &self,
        bucket: Bucket,
        from: &[u8],
        to: Option<&[u8]>,
        mut each: impl FnMut(&[u8], &[u8]) -> bool,
    ) -> Result<(), BackendError> {
        if to.is_some_and(|to| to <= from) {
            return Ok(());
        }
        let bounds = (Bound::Included(from), to.map_or(Bound::Unbounded, Bound::Excluded));
        let mut rows = guarded(&self.path, || Ok(self.tables[bucket.index()].range::<&[u8]>(bounds)?))?;
        while let Some((key, value)) = guarded(&self.path, || Ok(rows.next().transpose()?))? {
            let (key, value) = guarded(&self.path, || Ok((key.value(), value.value())))?;
            if !each(key, value) {
                break;
            }
        }
        Ok(())
    }

    /// Appends the rows of `[from, to)`, overlaid with `overlay`, to `out` until that has `limit` rows. `overlay` holds
    /// every staged row of the range, in key order.
    pub fn merge(
        &self,
        (bucket, from, to): (Bucket, &[u8], Option<&[u8]>),
        overlay: Vec<(RowKey, Slot)>,
        limit: usize,
        out: &mut Vec<Row>,
    ) -> Result<(), BackendError> {
        let mut overlay = overlay.into_iter().peekable();
        let push = |out: &mut Vec<Row>, key: &[u8], slot: Slot| {
            if let Some(value) = slot {
                out.push((Bytes::copy_from_slice(key), value));
            }
            out.len() < limit
        };
        let mut wants_more = out.len() < limit;
        if !wants_more {
            return Ok(());
        }
        self.scan(bucket, from, to, |key, value| {
            while let Some((staged, slot)) = overlay.next_if(|(staged, _)| staged.as_slice() < key) {
                wants_more = push(out, staged.as_slice(), slot);
                if !wants_more {
                    return false;
                }
            }
            wants_more = match overlay.next_if(|(staged, _)| staged.as_slice() == key) {
                Some((_, slot)) => push(out, key, slot),
                None => push(out, key, Some(Bytes::copy_from_slice(value))),
            };
            wants_more
        })?;
        while wants_more && let Some((staged, slot)) = overlay.next() {
            wants_more = push(out, staged.as_slice(), slot);
        }
        Ok(())
    }
}

impl Drop for Tables {
    fn drop(&mut self) {
        drop_guarded(std::mem::take(&mut self.tables));
        metrics().db_open_reads.dec();
    }
}

impl fmt::Debug for Tables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tables").field("path", &self.path).finish_non_exhaustive()
    }
}

/// The file's rows at one moment; later writes do not change it. Made by `Backend::frozen` and `Backend::durable`.
///
/// Drop it soon: as long as it lives, the file cannot reuse any page that it can see and grows with every flush.
#[derive(Debug)]
pub struct Frozen {
    tables: Arc<Tables>,
}

impl Frozen {
    pub(super) fn new(tables: Arc<Tables>) -> Self {
        Self { tables }
    }

    /// The value of a key.
    pub fn get(&self, bucket: Bucket, key: &[u8]) -> Result<Option<Bytes>, BackendError> {
        self.tables.get(bucket, key)
    }

    /// Calls `each(key, value)` for every row of `[from, to)` in key order until it returns false; `to` None is open.
    /// After the backend is closed it fails with [`BackendError::Closed`].
    pub fn scan(
        &self,
        bucket: Bucket,
        from: &[u8],
        to: Option<&[u8]>,
        each: impl FnMut(&[u8], &[u8]) -> bool,
    ) -> Result<(), BackendError> {
        self.tables.scan(bucket, from, to, each)
    }
}
