//! How much of the file is in use, without walking it.
//!
//! redb can count its free pages only by a walk over the whole tree (65 ms for 130 MB in memory, far more from the
//! disk), and only with the write transaction in hand, so a flush would wait for it. Instead the rows are counted as
//! they are written: redb hands out the old value of every row it replaces or removes anyway.
//!
//! The figure is therefore what the live rows need when they are packed, which is what a defragmentation leaves. etcd
//! counts whole pages, so after a compaction of rows here and there its figure falls later than ours: a page of which
//! one row is left counts for etcd as a page, here as a row.

use super::schema::Bucket;

/// Live rows of all buckets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Usage {
    /// How many.
    pub rows: u64,
    /// Bytes of their keys and values.
    pub bytes: u64,
}

/// What redb's leaves keep beside each row: the ends of its key and value.
const ROW_OVERHEAD: u64 = 8;
/// Rows ascend, so leaves are filled before the next one is begun. What remains is the end of each page that the next row
/// did not fit in, and the branches: 6 % was measured with rows of 317 bytes. One sixteenth.
const PAGE_OVERHEAD_DIVISOR: u64 = 16;
/// The header, the trees of table names, free pages and the allocator, and a page for each table.
const FIXED_BYTES: u64 = 4096 * (8 + Bucket::COUNT as u64);

impl Usage {
    /// A row came.
    pub fn add(&mut self, key: &[u8], value: &[u8]) {
        self.rows += 1;
        self.bytes += (key.len() + value.len()) as u64;
    }

    /// A row went.
    pub fn remove(&mut self, key: &[u8], value: &[u8]) {
        // Saturating: a wrong count is a wrong figure on a dashboard, and no reason to stop.
        self.rows = self.rows.saturating_sub(1);
        self.bytes = self.bytes.saturating_sub((key.len() + value.len()) as u64);
    }

    /// Bytes of a file that holds these rows and nothing else, about.
    pub fn packed_bytes(&self) -> u64 {
        let rows = self.bytes + self.rows * ROW_OVERHEAD;
        FIXED_BYTES + rows + rows / PAGE_OVERHEAD_DIVISOR
    }

    /// The form in the file.
    pub fn to_bytes(self) -> [u8; 16] {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.rows.to_be_bytes());
        bytes[8..].copy_from_slice(&self.bytes.to_be_bytes());
        bytes
    }

    /// Back from it; `None` when it is not sixteen bytes.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (rows, bytes) = bytes.split_first_chunk::<8>()?;
        Some(Self { rows: u64::from_be_bytes(*rows), bytes: u64::from_be_bytes(bytes.try_into().ok()?) })
    }
}
