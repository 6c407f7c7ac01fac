//! A write transaction: any number of changes at one main revision.

use super::index::{Index, Scan};
use super::query::{Changes, RangeQuery, RangeResult, Ranges, ReadError};
use super::revision::Revision;
use super::row;
use super::shared::Shared;
use super::tail::Tail;
use super::tally::Tally;
use super::view::{self, Source};
use crate::backend::{BackendError, Batch, Bucket};
use crate::key::KeyRange;
use crate::pb::mvccpb::{Event, KeyValue, event::EventType};
use bytes::Bytes;
use std::cell::Cell;

/// The inside of a write transaction. It sees its own writes; readers see them after the store's `publish`. Dropping it
/// without [`WriteTxn::end`] leaves the index ahead of the rows: the store then refuses, by a panic, to go on.
#[derive(Debug)]
pub struct WriteTxn<'a> {
    shared: &'a Shared,
    tail: &'a mut Tail,
    batch: &'a mut Batch,
    events: Vec<Event>,
    /// A cell because ranges are counted too, which change nothing else.
    tally: Cell<Tally>,
}

impl<'a> WriteTxn<'a> {
    pub(super) fn new(shared: &'a Shared, tail: &'a mut Tail, batch: &'a mut Batch) -> Self {
        tail.begin();
        Self { shared, tail, batch, events: Vec::new(), tally: Cell::default() }
    }

    /// Sets a key, whatever was there. Key and value are copied out of the request's buffer. `lease` 0 is none.
    pub fn put(&mut self, key: &Bytes, value: &Bytes, lease: i64) {
        self.count(|tally| {
            tally.puts += 1;
            tally.put_bytes += (key.len() + value.len()) as u64;
        });
        let revision = self.next();
        let seen = self.shared.index.put(key, revision);
        let (row, kv) = row::encode(&KeyValue {
            key: key.clone(),
            create_revision: seen.created,
            mod_revision: revision.main,
            version: seen.version,
            value: value.clone(),
            lease,
        });
        self.batch.put(Bucket::Key, &revision.row_key(), row.clone());
        self.tail.rows.push((revision, row));
        self.events.push(Event { r#type: EventType::Put as i32, kv: Some(kv), prev_kv: None });
    }

    /// Deletes every key of the range; returns their number.
    pub fn delete_range(&mut self, range: &KeyRange) -> i64 {
        self.count(|tally| tally.deletes += 1);
        // At the revision before the first delete, of which the deletes themselves change nothing.
        let mut scan = Scan::new(range, self.revision(), usize::MAX);
        let mut deleted = 0;
        let mut keys = Vec::new();
        while !scan.is_done() {
            self.shared.index.step(&mut scan, |key, _| keys.push(Bytes::copy_from_slice(key)));
            deleted += keys.len() as i64;
            keys.drain(..).for_each(|key| self.delete(key));
        }
        deleted
    }

    fn delete(&mut self, key: Bytes) {
        let revision = self.next();
        let died = self.shared.index.tombstone(&key, revision);
        assert!(died, "only this transaction writes, and it has just seen the key alive");
        let (row, kv) = row::encode(&KeyValue { key, ..Default::default() });
        self.batch.put(Bucket::Key, &revision.tombstone_key(), row);
        let kv = KeyValue { mod_revision: revision.main, ..kv };
        self.events.push(Event { r#type: EventType::Delete as i32, kv: Some(kv), prev_kv: None });
    }

    /// Closes the transaction: its revision, unchanged when nothing changed, and its events in order.
    pub fn end(mut self) -> Changes {
        self.end_part();
        let revision = self.revision();
        self.tail.end(revision);
        Changes { revision, events: self.events }
    }

    /// Counts a range that etcd reads and that need not be read here.
    pub fn count_range(&self) {
        self.count(|tally| tally.ranges += 1);
    }

    /// What was done so far and what follows count as transactions of their own: etcd carries out the conditions and checks of a
    /// transaction in one that only reads, and what it does in another.
    pub fn end_part(&mut self) {
        self.tail.tally.add(self.tally.take());
    }

    fn count(&self, what: impl FnOnce(&mut Tally)) {
        let mut tally = self.tally.get();
        what(&mut tally);
        self.tally.set(tally);
    }

    /// The revision of the next change.
    fn next(&self) -> Revision {
        Revision { main: self.tail.revision + 1, sub: self.events.len() as i64 }
    }
}

impl Ranges for WriteTxn<'_> {
    fn range(&self, query: &RangeQuery) -> Result<RangeResult, ReadError> {
        self.count_range();
        let revision = self.revision();
        let at = if query.at <= 0 { revision } else { query.at };
        if at > revision {
            return Err(ReadError::FutureRevision);
        }
        // The writer's own compact revision, not the published one: what a transaction is told must be the same on every member.
        if at < self.tail.compacted {
            return Err(ReadError::Compacted);
        }
        let (kvs, count) = view::read(self, query, at)?;
        Ok(RangeResult { kvs, count, revision })
    }

    fn revision(&self) -> i64 {
        self.tail.revision + i64::from(!self.events.is_empty())
    }

    fn compact_revision(&self) -> i64 {
        self.tail.compacted
    }
}

impl Source for WriteTxn<'_> {
    fn index(&self) -> &Index {
        &self.shared.index
    }

    fn rows(&self, revisions: &[Revision]) -> Result<Vec<Option<Bytes>>, BackendError> {
        let mut rows: Vec<_> = revisions.iter().map(|revision| self.tail.row(*revision)).collect();
        let stored = || revisions.iter().enumerate().filter(|(at, _)| rows[*at].is_none());
        let keys: Vec<_> = stored().map(|(_, revision)| revision.row_key()).collect();
        let places: Vec<_> = stored().map(|(at, _)| at).collect();
        for (at, row) in places.into_iter().zip(self.shared.backend.get_many(Bucket::Key, &keys)?) {
            rows[at] = row;
        }
        Ok(rows)
    }

    fn row(&self, revision: Revision) -> Result<Option<Bytes>, BackendError> {
        match self.tail.row(revision) {
            Some(row) => Ok(Some(row)),
            None => self.shared.backend.get(Bucket::Key, &revision.row_key()),
        }
    }

    /// Never: what a transaction reads was admitted by its own compact revision, and no compaction beyond that is published.
    fn check_not_overtaken(&self, _at: i64) -> Result<(), ReadError> {
        Ok(())
    }
}
