//! What a transaction does, counted for metrics: the operations that a client asked for, not the reads that they take here.

use super::query::{RangeQuery, RangeResult, Ranges, ReadError};
use super::reader::Reader;
use crate::metrics::metrics;
use std::cell::Cell;

/// Operations of transactions. Plain numbers, so that a batch of entries costs the shared counters one addition each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub ranges: u64,
    pub puts: u64,
    pub put_bytes: u64,
    pub deletes: u64,
    /// Transactions of more than one operation; etcd counts no others.
    txns: u64,
}

impl Tally {
    /// Takes in the operations of one transaction.
    pub fn add(&mut self, one: Self) {
        self.ranges += one.ranges;
        self.puts += one.puts;
        self.put_bytes += one.put_bytes;
        self.deletes += one.deletes;
        self.txns += u64::from(one.ranges + one.puts + one.deletes > 1);
    }

    /// Adds all to the metrics and starts over.
    pub fn flush(&mut self) {
        let metrics = metrics();
        let all = [
            (&metrics.mvcc_range, self.ranges),
            (&metrics.mvcc_put, self.puts),
            (&metrics.mvcc_delete, self.deletes),
            (&metrics.mvcc_txn, self.txns),
        ];
        for (counter, count) in all.into_iter().filter(|(_, count)| *count > 0) {
            counter.inc_by(count);
        }
        if self.put_bytes > 0 {
            metrics.put_size_bytes.add(self.put_bytes as i64);
        }
        *self = Self::default();
    }
}

/// A transaction that only reads, as metrics see one: its ranges are counted when it is dropped.
#[derive(Debug)]
pub struct ReadTxn<'a> {
    reader: &'a Reader,
    ranges: Cell<u64>,
}

impl<'a> ReadTxn<'a> {
    /// Reads at what is published, each range anew.
    pub fn new(reader: &'a Reader) -> Self {
        Self { reader, ranges: Cell::new(0) }
    }
}

impl Ranges for ReadTxn<'_> {
    fn range(&self, query: &RangeQuery) -> Result<RangeResult, ReadError> {
        self.ranges.set(self.ranges.get() + 1);
        self.reader.range(query)
    }

    fn revision(&self) -> i64 {
        self.reader.revision()
    }

    fn compact_revision(&self) -> i64 {
        self.reader.compact_revision()
    }
}

impl Drop for ReadTxn<'_> {
    fn drop(&mut self) {
        let mut tally = Tally::default();
        tally.add(Tally { ranges: self.ranges.get(), ..Tally::default() });
        tally.flush();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transaction_of_one_operation_is_none() {
        let mut tally = Tally::default();
        tally.add(Tally::default());
        tally.add(Tally { puts: 1, put_bytes: 9, ..Tally::default() });
        tally.add(Tally { ranges: 1, deletes: 1, ..Tally::default() });
        tally.add(Tally { puts: 2, put_bytes: 5, ..Tally::default() });
        assert_eq!(tally, Tally { ranges: 1, puts: 3, put_bytes: 14, deletes: 1, txns: 2 });
    }
}
