//! Walking the rows of the bucket `key` in the order of their revisions, a bounded piece at a time.

use super::revision::Revision;
use crate::backend::{Backend, BackendError, Bucket};
use bytes::Bytes;

/// Rows of the first piece.
const FIRST_ROWS: usize = 64;
/// Most rows of a piece.
const MOST_ROWS: usize = 1024;
/// What a piece should come to. Rows are 1.5 MiB at most by default, so that a piece after small rows can be far larger once.
const PIECE_BYTES: usize = 1 << 20;

/// Where a walk is. It holds nothing of the backend between two pieces, so rows may come and go meanwhile.
#[derive(Debug)]
pub struct RowScan {
    /// The lowest row key not seen yet.
    next: Vec<u8>,
    end: [u8; 17],
    rows: usize,
}

impl RowScan {
    /// All rows of the main revisions `from..=to`.
    pub fn new(from: i64, to: i64) -> Self {
        let next = Revision::first_of(from.max(0)).row_key().to_vec();
        Self { next, end: Revision::first_of(to.max(0).saturating_add(1)).row_key(), rows: FIRST_ROWS }
    }

    /// The next piece, row keys with rows, at most `limit`; empty at the end.
    pub fn next(&mut self, backend: &Backend, limit: usize) -> Result<Vec<(Bytes, Bytes)>, BackendError> {
        if self.next[..] >= self.end[..] {
            return Ok(Vec::new());
        }
        let rows = backend.range(Bucket::Key, &self.next, Some(&self.end), self.rows.min(limit).max(1))?;
        if let Some((last, _)) = rows.last() {
            self.next.clear();
            self.next.extend_from_slice(last);
            self.next.push(0);
            let bytes: usize = rows.iter().map(|(_, row)| row.len()).sum();
            let fitting = PIECE_BYTES / (bytes / rows.len() + 1);
            self.rows = fitting.clamp(1, (self.rows * 2).min(MOST_ROWS));
        }
        Ok(rows)
    }
}
