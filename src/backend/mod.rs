//! Temporary stand-in: the API of the backend over a map in memory. Replaced whole by the real one.
use crate::disk::Disk;
use bytes::Bytes;
use parking_lot::RwLock;
use std::{collections::BTreeMap, io, ops::Bound, path::Path, sync::Arc};

/// etcd's buckets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bucket { Alarm, Auth, AuthRoles, AuthUsers, Cluster, Key, Lease, Members, MembersRemoved, Meta }

/// Well-known keys of the bucket `meta`.
pub mod meta {
    /// consistent index
    pub const CONSISTENT_INDEX: &[u8] = b"consistent_index";
    /// term of the consistent index
    pub const TERM: &[u8] = b"term";
    /// JSON of raftpb.ConfState
    pub const CONF_STATE: &[u8] = b"confState";
    /// 17-byte revision
    pub const SCHEDULED_COMPACT: &[u8] = b"scheduledCompactRev";
    /// 17-byte revision
    pub const FINISHED_COMPACT: &[u8] = b"finishedCompactRev";
    /// text
    pub const STORAGE_VERSION: &[u8] = b"storageVersion";
}

/// Damage or a disk that fails: the process stops.
#[derive(Debug, thiserror::Error)]
#[error("backend: {0}")]
pub struct BackendError(pub String);

/// Writes that take effect together.
#[derive(Debug, Default)]
pub struct Batch { writes: Vec<(Bucket, Bytes, Option<Bytes>)> }
impl Batch {
    /// Empty batch.
    pub fn new() -> Self { Self::default() }
    /// Sets a key.
    pub fn put(&mut self, bucket: Bucket, key: &[u8], value: Bytes) { self.writes.push((bucket, Bytes::copy_from_slice(key), Some(value))); }
    /// Removes a key.
    pub fn delete(&mut self, bucket: Bucket, key: &[u8]) { self.writes.push((bucket, Bytes::copy_from_slice(key), None)); }
    /// Nothing in it?
    pub fn is_empty(&self) -> bool { self.writes.is_empty() }
}

/// How the backend is opened.
#[derive(Clone, Debug)]
pub struct BackendConfig { /// Bytes of redb's page cache.
    pub cache_bytes: usize }
impl Default for BackendConfig { fn default() -> Self { Self { cache_bytes: 64 << 20 } } }

/// Handle; cloning shares the backend.
#[derive(Clone, Debug)]
pub struct Backend { map: Arc<RwLock<BTreeMap<(Bucket, Bytes), Bytes>>> }
impl Backend {
    /// Opens or creates the file `path` (`member/snap/db`).
    pub fn open(_disk: Arc<dyn Disk>, _path: &Path, _config: &BackendConfig) -> Result<Self, BackendError> { Ok(Self { map: Arc::default() }) }
    /// Makes a batch visible to every reader at once, in memory. Never waits for the disk.
    pub fn stage(&self, batch: Batch) {
        let mut map = self.map.write();
        for (b, k, v) in batch.writes { match v { Some(v) => { map.insert((b, k), v); } None => { map.remove(&(b, k)); } } }
    }
    /// Writes staged and not yet durable (count).
    pub fn staged(&self) -> usize { 0 }
    /// Moves all that is staged into the file in one durable transaction. Staging goes on meanwhile.
    pub fn flush(&self) -> Result<(), BackendError> { Ok(()) }
    /// Latest value of a key, staged or durable.
    pub fn get(&self, bucket: Bucket, key: &[u8]) -> Result<Option<Bytes>, BackendError> { Ok(self.map.read().get(&(bucket, Bytes::copy_from_slice(key))).cloned()) }
    /// Latest values of many keys of one bucket, in the order asked; one lock and one read transaction for all.
    pub fn get_many(&self, bucket: Bucket, keys: &[impl AsRef<[u8]>]) -> Result<Vec<Option<Bytes>>, BackendError> { keys.iter().map(|k| self.get(bucket, k.as_ref())).collect() }
    /// Up to `limit` rows of `[from, to)` in key order, latest values; `to` None is open. Call again from behind the last row.
    pub fn range(&self, bucket: Bucket, from: &[u8], to: Option<&[u8]>, limit: usize) -> Result<Vec<(Bytes, Bytes)>, BackendError> {
        let from = (bucket, Bytes::copy_from_slice(from));
        Ok(self.map.read().range((Bound::Included(from), Bound::Unbounded)).take_while(|((b, k), _)| *b == bucket && to.is_none_or(|to| k.as_ref() < to)).take(limit).map(|((_, k), v)| (k.clone(), v.clone())).collect())
    }
    /// A view of all that was staged before the call, which later writes do not change (flushes first).
    pub fn frozen(&self) -> Result<Frozen, BackendError> { Ok(Frozen { map: self.map.read().clone() }) }
    /// File size in bytes.
    pub fn size(&self) -> u64 { 0 }
    /// Bytes of the file in use.
    pub fn size_in_use(&self) -> u64 { 0 }
    /// Flushes and closes.
    pub fn close(self) -> Result<(), BackendError> { Ok(()) }
}

/// See [`Backend::frozen`].
#[derive(Debug)]
pub struct Frozen { map: BTreeMap<(Bucket, Bytes), Bytes> }
impl Frozen {
    /// Calls `each(key, value)` for every row of `[from, to)` in key order until it returns false.
    pub fn scan(&self, bucket: Bucket, from: &[u8], to: Option<&[u8]>, mut each: impl FnMut(&[u8], &[u8]) -> bool) -> Result<(), BackendError> {
        for ((b, k), v) in &self.map { if *b == bucket && k.as_ref() >= from && to.is_none_or(|to| k.as_ref() < to) && !each(k, v) { break; } }
        Ok(())
    }
}
#[allow(unused)] fn _unused(_: io::Error) {}
