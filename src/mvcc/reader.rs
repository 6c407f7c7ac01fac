//! Readers: any number, on any thread, at revisions that are published.

use super::hash;
use super::history;
use super::index::Index;
use super::query::{HashKv, History, RangeQuery, RangeResult, Ranges, ReadError};
use super::revision::Revision;
use super::shared::Shared;
use super::view::{self, Source};
use crate::backend::{BackendError, Bucket};
use crate::pb::mvccpb::KeyValue;
use bytes::Bytes;
use std::sync::Arc;

/// Reads at published revisions, from any thread, without holding the writer up. Clones share.
#[derive(Clone, Debug)]
pub struct Reader {
    shared: Arc<Shared>,
}

impl Reader {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    fn read(&self, query: &RangeQuery) -> Result<RangeResult, ReadError> {
        let revision = self.shared.published();
        let at = if query.at <= 0 { revision } else { query.at };
        if at > revision {
            return Err(ReadError::FutureRevision);
        }
        if query.at > 0 {
            self.shared.admit(at)?;
        }
        let (kvs, count) = view::read(self, query, at)?;
        Ok(RangeResult { kvs, count, revision })
    }

    /// Events of the main revisions `from..=to` in order: at most `max_revisions` distinct revisions, and no further revision
    /// once there are `max_bytes` of rows; one revision at least, since one is never split.
    ///
    /// [`ReadError::Compacted`] when `from` is below the compact revision, as etcd cancels a watch; the compact revision
    /// itself still has all its events. A `to` above the current revision means the current one.
    pub fn history(&self, from: i64, to: i64, max_revisions: usize, max_bytes: usize) -> Result<History, ReadError> {
        history::read(&self.shared, from, to, max_revisions, max_bytes)
    }

    /// The key just before main revision `before`, for a watch's `prev_kv`. None when it was not there, and none when that
    /// revision is compacted: etcd leaves the field out silently too.
    pub fn previous(&self, key: &[u8], before: i64) -> Result<Option<KeyValue>, ReadError> {
        let at = before.saturating_sub(1).min(self.shared.published());
        match self.shared.admit(at).and_then(|()| view::read_point(self, key, at)) {
            Err(ReadError::Compacted) => Ok(None),
            read => read,
        }
    }

    /// Is a compaction published whose rows are not all gone yet?
    pub fn is_compacting(&self) -> bool {
        self.shared.is_compacting()
    }

    /// etcd's `HashKV`: the hash of all rows up to a revision, 0 for the current one. Equal histories with equal
    /// compactions have equal hashes, on every member and in every version since 3.4.
    pub fn hash_kv(&self, revision: i64) -> Result<HashKv, ReadError> {
        hash::hash_kv(&self.shared, revision)
    }

    /// Was the hash at this revision kept by a compaction, so that [`Reader::hash_kv`] only looks it up?
    pub fn is_hash_kept(&self, revision: i64) -> bool {
        self.shared.hashes.lock().iter().any(|kept| kept.hash_revision == revision)
    }

    /// The hashes that compactions have left, ascending by their revisions: at most ten, of the latest.
    pub fn kept_hashes(&self) -> Vec<HashKv> {
        self.shared.hashes.lock().clone()
    }

    /// etcd's `Hash`: CRC-32C over the whole backend, apart from what members may differ in.
    pub fn hash(&self) -> Result<u32, ReadError> {
        hash::hash(&self.shared.backend)
    }

    /// Number of live keys, changes that are not published yet included; for metrics.
    pub fn live_keys(&self) -> i64 {
        self.shared.index.summary().live as i64
    }
}

impl Ranges for Reader {
    fn range(&self, query: &RangeQuery) -> Result<RangeResult, ReadError> {
        match self.read(query) {
            // The current revision cannot be compacted when it is asked for: a compaction has overtaken the read, or a
            // later store took the place of this one.
            Err(ReadError::Compacted) if query.at <= 0 => {
                let _piece = self.shared.in_one_piece();
                let _hold = self.shared.hold();
                self.read(query)
            }
            read => read,
        }
    }

    fn revision(&self) -> i64 {
        self.shared.published()
    }

    fn compact_revision(&self) -> i64 {
        self.shared.compacted()
    }
}

impl Source for Reader {
    fn index(&self) -> &Index {
        &self.shared.index
    }

    fn rows(&self, revisions: &[Revision]) -> Result<Vec<Option<Bytes>>, BackendError> {
        let keys: Vec<_> = revisions.iter().map(|revision| revision.row_key()).collect();
        self.shared.backend.get_many(Bucket::Key, &keys)
    }

    fn row(&self, revision: Revision) -> Result<Option<Bytes>, BackendError> {
        self.shared.backend.get(Bucket::Key, &revision.row_key())
    }

    fn check_not_overtaken(&self, at: i64) -> Result<(), ReadError> {
        self.shared.check_not_overtaken(at)
    }
}
