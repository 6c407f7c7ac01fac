//! Rebuilding the index from the rows of the bucket `key`.

use super::index::Index;
use super::key_index::Seen;
use super::revision::{Kind, Revision};
use super::row::{self, Head};
use crate::backend::{Backend, BackendError, Bucket, meta};
use bytes::Bytes;
use std::collections::BTreeMap;
use std::ops::Range;

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

/// Rows that are put into the index in the order of their keys rather than of their revisions: neighbours then find the same
/// nodes of the tree in the processor's cache, which takes half the time. Some 15 MB.
const ROWS_AT_ONCE: usize = if cfg!(test) { 16 } else { 128 * 1024 };
/// The same for keys that are long.
const KEY_BYTES_AT_ONCE: usize = 16 << 20;

/// Reads all rows once, in the order of their revisions.
pub fn restore(backend: &Backend) -> Result<Restored, BackendError> {
    let scheduled = compact_revision(backend, meta::SCHEDULED_COMPACT)?;
    let finished = compact_revision(backend, meta::FINISHED_COMPACT)?;
    let mut found = Found::default();
    let mut last = 1;
    let mut failed = None;
    backend.frozen()?.scan(Bucket::Key, &[], None, |key, row| {
        match found.add(key, row) {
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
    found.settle();
    let leased = found.leased.into_iter().map(|(key, lease)| (Bytes::from(key), lease)).collect();
    Ok(Restored { index: found.index, revision, scheduled, finished, leased })
}

#[derive(Debug, Default)]
struct Found {
    index: Index,
    leased: BTreeMap<Vec<u8>, i64>,
    /// Rows that are not in the index yet, and their keys one behind the other.
    rows: Vec<Row>,
    keys: Vec<u8>,
}

#[derive(Debug)]
struct Row {
    key: Range<usize>,
    kind: Kind,
    seen: Seen,
    lease: i64,
}

impl Found {
    fn add(&mut self, key: &[u8], row: &[u8]) -> Result<Revision, BackendError> {
        let (revision, kind) = row::revision_of(key)?;
        let head = Head::read(revision, row)?;
        let start = self.keys.len();
        self.keys.extend_from_slice(head.key);
        let seen = Seen { modified: revision, created: head.created, version: head.version };
        self.rows.push(Row { key: start..self.keys.len(), kind, seen, lease: head.lease });
        if self.rows.len() == ROWS_AT_ONCE || self.keys.len() >= KEY_BYTES_AT_ONCE {
            self.settle();
        }
        Ok(revision)
    }

    fn settle(&mut self) {
        let keys = &self.keys;
        // Stable: the rows of one key stay in the order of their revisions.
        self.rows.sort_by(|one, other| keys[one.key.clone()].cmp(&keys[other.key.clone()]));
        for Row { key, kind, seen, lease } in self.rows.drain(..) {
            let key = &keys[key];
            match kind {
                Kind::Put => self.index.restore_put(key, seen),
                Kind::Tombstone => self.index.restore_tombstone(key, seen.modified),
            }
            if kind == Kind::Put && lease != 0 {
                self.leased.insert(key.to_vec(), lease);
            } else if !self.leased.is_empty() {
                self.leased.remove(key);
            }
        }
        self.keys.clear();
    }
}

fn compact_revision(backend: &Backend, key: &[u8]) -> Result<Option<i64>, BackendError> {
    match backend.get(Bucket::Meta, key)? {
        Some(value) => Ok(Some(row::revision_of(&value)?.0.main)),
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::{BackendConfig, Batch};
    use crate::disk::mem::MemDisk;
    use crate::pb::mvccpb::KeyValue;
    use std::{path::Path, sync::Arc};

    #[test]
    fn rows_of_a_key_keep_their_order_however_they_are_grouped() {
        let backend = Backend::open(Arc::new(MemDisk::new()), Path::new("/db"), &BackendConfig::default()).unwrap();
        let mut batch = Batch::new();
        // "b" and "a" in turns: puts with a lease that changes, now and then a delete.
        for main in 2..100 {
            let key = Bytes::from_static(if main % 2 == 0 { b"b" } else { b"a" });
            let revision = Revision::first_of(main);
            if main % 10 < 2 {
                let (row, _) = row::encode(&KeyValue { key, ..Default::default() });
                batch.put(Bucket::Key, &revision.tombstone_key(), row);
            } else {
                let (row, _) = row::encode(&KeyValue {
                    key,
                    create_revision: 7,
                    version: 9,
                    lease: main % 3,
                    ..Default::default()
                });
                batch.put(Bucket::Key, &revision.row_key(), row);
            }
        }
        backend.stage(batch);
        let Restored { index, revision, leased, .. } = restore(&backend).unwrap();
        assert_eq!(revision, 99);
        assert_eq!(leased, [(Bytes::from_static(b"b"), 2)], "98 % 3 is 2, 99 % 3 is none");
        for main in 2..100 {
            let key = if main % 2 == 0 { b"b" } else { b"a" };
            let kind = if main % 10 < 2 { Kind::Tombstone } else { Kind::Put };
            assert_eq!(index.newest_at(key, main), Some((Revision::first_of(main), kind)));
        }
        // What the first row left says of a life is believed; later lives begin anew.
        assert_eq!(index.get(b"b", 4).map(|seen| (seen.created, seen.version)), Some((7, 10)));
        assert_eq!(index.get(b"b", 14).map(|seen| (seen.created, seen.version)), Some((12, 2)));
    }
}
