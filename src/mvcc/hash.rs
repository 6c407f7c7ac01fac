//! The hashes by which members compare what they hold (reference 7.5).
//!
//! `HashKV` at a revision takes the rows in order, up to that revision. What a compaction leaves behind must not depend on
//! how far its clean-up has come, so of the rows at or below the compact revision only those count that a reader at the *hashed*
//! revision sees. Two quirks are part of it: when no key is alive at the hashed revision, that rule is off and all rows count; and
//! a tombstone exactly at the compact revision never counts, since versions before 3.5.16 removed it.
//!
//! Nothing is remembered a key: each row in doubt is looked up in the index.

use super::query::{HashKv, ReadError};
use super::revision::{Kind, Revision};
use super::row::{self, Head};
use super::shared::Shared;
use crate::backend::{Backend, BackendError, Bucket, meta};
use crate::key::KeyRange;
use crc32c::{crc32c, crc32c_append};

/// Hashes of compactions that are kept to answer `HashKV`.
const KEPT_HASHES: usize = 10;
/// The hash of rows, fed in order.
#[derive(Debug)]
pub struct RowHash {
    hash: u32,
    compacted: i64,
    /// Is any key seen at the hashed revision? Set only: the rule of the module is off when there is none.
    pub rule: Rule,
}

/// See the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Rows at or below the compact revision count when they are seen at the hashed one.
    SeenOnly,
    /// All rows count.
    All,
}

impl RowHash {
    /// With the compact revision that the hash is taken with.
    pub fn new(compacted: i64, rule: Rule) -> Self {
        Self { hash: crc32c(b"key"), compacted, rule }
    }

    /// Does the row count? `is_seen` is asked only when that decides.
    pub fn counts(
        &self,
        (revision, kind): (Revision, Kind),
        is_seen: impl FnOnce() -> Result<bool, BackendError>,
    ) -> Result<bool, BackendError> {
        if revision.main == self.compacted && kind == Kind::Tombstone {
            return Ok(false);
        }
        if revision.main <= self.compacted && self.rule == Rule::SeenOnly { is_seen() } else { Ok(true) }
    }

    /// Adds a row that counts.
    pub fn add(&mut self, key: &[u8], row: &[u8]) {
        self.hash = crc32c_append(crc32c_append(self.hash, key), row);
    }

    /// The hash so far.
    pub fn get(&self) -> u32 {
        self.hash
    }
}

/// Keeps the hash of a finished compaction, and forgets those of old ones.
pub fn keep(shared: &Shared, hash: HashKv) {
    let mut hashes = shared.hashes.lock();
    hashes.push(hash);
    hashes.sort_by_key(|hash| hash.hash_revision);
    let surplus = hashes.len().saturating_sub(KEPT_HASHES);
    hashes.drain(..surplus);
}

/// See [`super::reader::Reader::hash_kv`].
pub fn hash_kv(shared: &Shared, revision: i64) -> Result<HashKv, ReadError> {
    // As in etcd, these come before all checks, and tell of the compact revision that they were taken with.
    let kept = shared.hashes.lock().iter().find(|kept| kept.hash_revision == revision).copied();
    if let Some(kept) = kept {
        return Ok(HashKv { revision: shared.published(), ..kept });
    }
    // No compaction begins meanwhile, so neither rows nor histories go that count with this compact revision: what one that has
    // begun takes, counts with none.
    let _hold = shared.hold();
    loop {
        let era = {
            let _piece = shared.in_one_piece();
            shared.era()
        };
        let hash = hash_in_era(shared, revision);
        // Rows of one store and the index of another make no hash of either.
        if shared.era() == era {
            return hash;
        }
    }
}

fn hash_in_era(shared: &Shared, revision: i64) -> Result<HashKv, ReadError> {
    let (compacted, current) = (shared.compacted(), shared.published());
    if revision > current {
        return Err(ReadError::FutureRevision);
    }
    if revision > 0 && revision < compacted {
        return Err(ReadError::Compacted);
    }
    let at = if revision == 0 { current } else { revision };
    let hash = hash_at(shared, at, compacted)?;
    Ok(HashKv { hash, hash_revision: at, compact_revision: compacted, revision: current })
}

fn hash_at(shared: &Shared, at: i64, compacted: i64) -> Result<u32, BackendError> {
    let rows = shared.backend.frozen()?;
    let any = shared.index.count(&KeyRange::all(), at) > 0;
    let mut hash = RowHash::new(compacted, if any { Rule::SeenOnly } else { Rule::All });
    let mut failed = None;
    // Below zero, no row counts; etcd answers that too.
    let end = Revision::first_of(at.saturating_add(1).max(0)).row_key();
    rows.scan(Bucket::Key, &[], Some(&end), |key, row| {
        let counts = row::revision_of(key).and_then(|(revision, kind)| {
            hash.counts((revision, kind), || {
                let key = Head::read(revision, row)?.key;
                Ok(shared.index.newest_at(key, at) == Some((revision, Kind::Put)))
            })
        });
        match counts {
            Ok(true) => hash.add(key, row),
            Ok(false) => {}
            Err(error) => failed = Some(error),
        }
        failed.is_none()
    })?;
    failed.map_or(Ok(hash.get()), Err)
}

/// See [`super::reader::Reader::hash`].
pub fn hash(backend: &Backend) -> Result<u32, ReadError> {
    let rows = backend.frozen()?;
    let mut hash = crc32c(&[]);
    for bucket in Bucket::ALL {
        hash = crc32c_append(hash, bucket.name().as_bytes());
        rows.scan(bucket, &[], None, |key, value| {
            // Members may differ in these (and in nothing else).
            let differs = [meta::CONSISTENT_INDEX, meta::TERM, meta::STORAGE_VERSION].contains(&key);
            if !(bucket == Bucket::Meta && differs) {
                hash = crc32c_append(crc32c_append(hash, key), value);
            }
            true
        })?;
    }
    Ok(hash)
}
