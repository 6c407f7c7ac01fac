//! Rebuilding the index from the rows of the bucket `key`.

use super::index::Index;
use super::key_index::Seen;
use super::revision::{Kind, Revision};
use super::row::{self, Head};
use crate::backend::{Backend, BackendError, Bucket, meta};
use bytes::Bytes;
use std::collections::BTreeMap;

/// What the backend holds.
#[derive(Debug)]
pub struct Restored {
    pub index: Index,
    /// The current revision: the highest of the last row and the compact revisions, since a compaction may have deleted the last row.
    pub revision: i64,
    pub scheduled: Option<i64>,
    pub finished: Option<i64>,
    /// Live keys that have a lease, in key order.
    pub leased: Vec<(Bytes, i64)>,
}

/// Reads all rows once, in the order of their revisions.
pub fn restore(backend: &Backend) -> Result<Restored, BackendError> {
    let scheduled = compact_revision(backend, meta::SCHEDULED_COMPACT)?;
    let finished = compact_revision(backend, meta::FINISHED_COMPACT)?;
    let mut index = Index::default();
    let mut leased = BTreeMap::new();
    let mut last = 1;
    let mut failed = None;
    backend.frozen()?.scan(Bucket::Key, &[], None, |key, row| {
        match restore_row(&mut index, &mut leased, key, row) {
            Ok(revision) => last = revision.main,
            Err(error) => failed = Some(error),
        }
        failed.is_none()
    })?;
    if let Some(error) = failed {
        return Err(error);
    }
    let revision = last.max(scheduled.unwrap_or(1)).max(finished.unwrap_or(1));
    if revision == i64::MAX {
        return Err(row::damage("no revision is left to write at"));
    }
    let leased = leased.into_iter().map(|(key, lease)| (Bytes::from(key), lease)).collect();
    Ok(Restored { index, revision, scheduled, finished, leased })
}

fn restore_row(
    index: &mut Index,
    leased: &mut BTreeMap<Vec<u8>, i64>,
    key: &[u8],
    row: &[u8],
) -> Result<Revision, BackendError> {
    let (revision, kind) = row::revision_of(key)?;
    let head = Head::read(revision, row)?;
    match kind {
        Kind::Put => {
            let seen = Seen { modified: revision, created: head.created, version: head.version };
            index.restore_put(head.key, seen);
        }
        Kind::Tombstone => index.restore_tombstone(head.key, revision),
    }
    if kind == Kind::Put && head.lease != 0 {
        leased.insert(head.key.to_vec(), head.lease);
    } else if !leased.is_empty() {
        leased.remove(head.key);
    }
    Ok(revision)
}

fn compact_revision(backend: &Backend, key: &[u8]) -> Result<Option<i64>, BackendError> {
    match backend.get(Bucket::Meta, key)? {
        Some(value) => Ok(Some(row::revision_of(&value)?.0.main)),
        None => Ok(None),
    }
}
