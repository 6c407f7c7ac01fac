//! Rows that are staged and not yet in the file.
//!
//! ```text
//!   stage ->  active      grows, one batch at a time
//!             flushing    fixed, while it is being written; then gone
//!             (the file)  what the last completed flush left
//! ```
//!
//! The latest state is the file, overlaid with `flushing`, overlaid with `active`. A removed row is kept as an empty
//! slot, which hides the file's row of that key.
//!
//! What must hold: a batch enters `active` whole, `active` becomes `flushing` whole, and `flushing` enters the file in
//! one transaction. So the file never holds a part of a batch.
//!
//! There is no lock here: [`super::Backend`] has one around this and the file's read transaction.

use super::{
    batch::{Batch, RowKey, Slot},
    schema::Bucket,
};
use std::{
    collections::{BTreeMap, btree_map},
    iter::Peekable,
    ops::Bound,
    sync::Arc,
};

/// How much is staged and not yet durable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Staged {
    /// Rows to be set or removed. A row that is staged twice counts once in each generation.
    pub rows: usize,
    /// Bytes of their keys and values.
    pub bytes: usize,
}

/// Rows of all buckets that go into the file together.
#[derive(Debug, Default)]
pub(super) struct Generation {
    buckets: [BTreeMap<RowKey, Slot>; Bucket::COUNT],
    staged: Staged,
}

impl Generation {
    /// The rows of one bucket, in key order.
    pub fn rows(&self, bucket: Bucket) -> &BTreeMap<RowKey, Slot> {
        &self.buckets[bucket.index()]
    }

    fn set(&mut self, bucket: Bucket, key: RowKey, slot: Slot) {
        let key_len = key.as_slice().len();
        self.staged.bytes += slot_len(&slot);
        match self.buckets[bucket.index()].entry(key) {
            btree_map::Entry::Vacant(row) => {
                self.staged.rows += 1;
                self.staged.bytes += key_len;
                row.insert(slot);
            }
            btree_map::Entry::Occupied(mut row) => self.staged.bytes -= slot_len(&row.insert(slot)),
        }
    }
}

fn slot_len(slot: &Slot) -> usize {
    slot.as_ref().map_or(0, |value| value.len())
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Overlay {
    active: Generation,
    flushing: Option<Arc<Generation>>,
}

/// The overlay's rows in a part of a bucket.
#[derive(Debug)]
pub(super) struct Slice {
    /// In key order, empty slots included.
    pub rows: Vec<(RowKey, Slot)>,
    /// The overlay's next key inside the range, when there were more than asked for: the slice says nothing about
    /// this key and those above it.
    pub next: Option<RowKey>,
}

impl Overlay {
    /// Takes in a batch.
    pub fn stage(&mut self, batch: Batch) {
        for write in batch.into_writes() {
            self.active.set(write.bucket, write.key, write.slot);
        }
    }

    /// How much is not yet durable.
    pub fn staged(&self) -> Staged {
        let flushing = self.flushing.as_deref().map_or_else(Staged::default, |generation| generation.staged);
        Staged { rows: self.active.staged.rows + flushing.rows, bytes: self.active.staged.bytes + flushing.bytes }
    }

    /// Fixes what is staged, to be written by the caller; `None` when nothing is. Must be followed by
    /// [`Overlay::end_flush`], unless the write fails.
    pub fn begin_flush(&mut self) -> Option<Arc<Generation>> {
        assert!(self.flushing.is_none(), "one flush at a time, and none after one that failed");
        if self.active.staged.rows == 0 {
            return None;
        }
        self.flushing = Some(Arc::new(std::mem::take(&mut self.active)));
        self.flushing.clone()
    }

    /// The generation being flushed is in the file. It is handed back, so that its memory can be given back without
    /// the lock.
    pub fn end_flush(&mut self) -> Option<Arc<Generation>> {
        self.flushing.take()
    }

    /// The slot of a key; `None` when the file decides.
    pub fn get(&self, bucket: Bucket, key: &[u8]) -> Option<&Slot> {
        let active = self.active.rows(bucket).get(key);
        active.or_else(|| self.flushing.as_ref().and_then(|generation| generation.rows(bucket).get(key)))
    }

    /// Up to `limit` rows of `[from, to)`; `to` None is open. `from` must be below `to`.
    pub fn slice(&self, bucket: Bucket, from: &[u8], to: Option<&[u8]>, limit: usize) -> Slice {
        let bounds = (Bound::Included(from), to.map_or(Bound::Unbounded, Bound::Excluded));
        let active = self.active.rows(bucket).range::<[u8], _>(bounds);
        let flushing = self.flushing.as_ref().map(|generation| generation.rows(bucket).range::<[u8], _>(bounds));
        let mut merged = Merged { upper: active.peekable(), lower: flushing.unwrap_or_default().peekable() };
        let rows = merged.by_ref().take(limit).map(|(key, slot)| (key.clone(), slot.clone())).collect();
        Slice { rows, next: merged.next().map(|(key, _)| key.clone()) }
    }
}

/// Two generations as one, in key order; where both have a key, the upper one's row.
struct Merged<'a> {
    upper: Peekable<btree_map::Range<'a, RowKey, Slot>>,
    lower: Peekable<btree_map::Range<'a, RowKey, Slot>>,
}

impl<'a> Iterator for Merged<'a> {
    type Item = (&'a RowKey, &'a Slot);

    fn next(&mut self) -> Option<Self::Item> {
        match (self.upper.peek(), self.lower.peek()) {
            (Some((upper, _)), Some((lower, _))) if lower < upper => self.lower.next(),
            (Some((upper, _)), Some((lower, _))) if lower == upper => {
                self.lower.next();
                self.upper.next()
            }
            (Some(_), _) => self.upper.next(),
            (None, _) => self.lower.next(),
        }
    }
}
