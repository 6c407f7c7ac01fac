//! Writes on their way in: rows, and the batch that makes them take effect together.

use super::schema::Bucket;
use bytes::Bytes;
use std::{borrow::Borrow, cmp::Ordering, fmt};

/// Writes that take effect together: a reader sees all of them or none, and so does the file after a crash.
///
/// Later writes to a key win over earlier ones in the same batch.
#[derive(Debug, Default)]
pub struct Batch {
    writes: Vec<Write>,
}

/// One row to be set or removed.
#[derive(Debug)]
pub(super) struct Write {
    pub bucket: Bucket,
    pub key: RowKey,
    pub slot: Slot,
}

/// What a row is to become: a value, or gone.
pub(super) type Slot = Option<Bytes>;

impl Batch {
    /// An empty batch.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a row. The value is kept as it is given, so it must not be a slice of a larger buffer.
    pub fn put(&mut self, bucket: Bucket, key: &[u8], value: Bytes) {
        self.writes.push(Write { bucket, key: RowKey::new(key), slot: Some(value) });
    }

    /// Removes a row; fine when there is none.
    pub fn delete(&mut self, bucket: Bucket, key: &[u8]) {
        self.writes.push(Write { bucket, key: RowKey::new(key), slot: None });
    }

    /// Is there nothing in it?
    pub fn is_empty(&self) -> bool {
        self.writes.is_empty()
    }

    /// The writes, in the order given.
    pub(super) fn into_writes(self) -> Vec<Write> {
        self.writes
    }
}

/// A row's key. Nearly all keys are revisions of 17 or 18 bytes and the longest named one has 19, so short keys lie
/// in the value itself: no allocation, and a comparison stays in the tree's node.
#[derive(Clone)]
pub(super) enum RowKey {
    /// The first `len` bytes.
    Short { len: u8, bytes: [u8; Self::SHORT] },
    /// Names of users and roles may be long.
    Long(Box<[u8]>),
}

const _: () = assert!(size_of::<RowKey>() == 24);

impl RowKey {
    const SHORT: usize = 22;

    /// A copy of `key`.
    pub fn new(key: &[u8]) -> Self {
        if key.len() > Self::SHORT {
            return Self::Long(key.into());
        }
        let mut bytes = [0; Self::SHORT];
        bytes[..key.len()].copy_from_slice(key);
        Self::Short { len: key.len() as u8, bytes }
    }

    /// The key.
    pub fn as_slice(&self) -> &[u8] {
        match self {
            Self::Short { len, bytes } => &bytes[..usize::from(*len)],
            Self::Long(bytes) => bytes,
        }
    }
}

// Ordered as bytes, so that a tree of them can be asked with a plain slice.
impl Ord for RowKey {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_slice().cmp(other.as_slice())
    }
}

impl PartialOrd for RowKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for RowKey {
    fn eq(&self, other: &Self) -> bool {
        self.as_slice() == other.as_slice()
    }
}

impl Eq for RowKey {}

impl Borrow<[u8]> for RowKey {
    fn borrow(&self) -> &[u8] {
        self.as_slice()
    }
}

impl fmt::Debug for RowKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.as_slice().escape_ascii())
    }
}
