//! Reading a range at a revision: from the index a bounded piece at a time, and from the rows where values are wanted.

use super::index::{Index, Scan};
use super::query::{Fetch, RangeQuery, ReadError};
use super::revision::Revision;
use super::row;
use crate::backend::BackendError;
use crate::key::KeyRange;
use crate::pb::mvccpb::KeyValue;
use bytes::{Bytes, BytesMut};

/// Where a read finds things. Readers find rows in the backend; a transaction also finds those that it has not staged yet.
pub trait Source {
    fn index(&self) -> &Index;
    /// The rows of puts, in the order asked.
    fn rows(&self, revisions: &[Revision]) -> Result<Vec<Option<Bytes>>, BackendError>;
    /// The row of one put.
    fn row(&self, revision: Revision) -> Result<Option<Bytes>, BackendError>;
    /// Asked after something was read: had a compaction beyond this revision begun by then?
    fn check_not_overtaken(&self, at: i64) -> Result<(), ReadError>;
}

/// The keys of `query` as they are at main revision `at`, and the number of all. The caller has checked `at`.
pub fn read(source: &impl Source, query: &RangeQuery, at: i64) -> Result<(Vec<KeyValue>, i64), ReadError> {
    let mut kvs = Vec::new();
    if let (KeyRange::Point(key), Fetch::Full) = (&query.range, query.fetch) {
        kvs.extend(read_point(source, key, at)?);
        let count = kvs.len() as i64;
        return Ok((kvs, count));
    }
    let wanted = match (query.fetch, query.limit) {
        (Fetch::Count, _) => 0,
        (_, 0) => usize::MAX,
        (_, limit) => limit,
    };
    let mut scan = Scan::new(&query.range, at, wanted);
    while !scan.is_done() {
        match query.fetch {
            _ if scan.is_full() => source.index().step(&mut scan, |_, _| {}),
            Fetch::Count | Fetch::Keys => step_keys(source, &mut scan, &mut kvs),
            Fetch::Full => step_rows(source, &mut scan, at, &mut kvs)?,
        }
        source.check_not_overtaken(at)?;
    }
    Ok((kvs, scan.counted() as i64))
}

/// One key as it is at main revision `at`.
pub fn read_point(source: &impl Source, key: &[u8], at: i64) -> Result<Option<KeyValue>, ReadError> {
    let Some(seen) = source.index().get(key, at) else {
        source.check_not_overtaken(at)?;
        return Ok(None);
    };
    let row = source.row(seen.modified)?;
    Ok(Some(decode(source, seen.modified, row, at)?))
}

fn step_rows(source: &impl Source, scan: &mut Scan<'_>, at: i64, kvs: &mut Vec<KeyValue>) -> Result<(), ReadError> {
    let mut revisions = Vec::new();
    source.index().step(scan, |_, seen| revisions.push(seen.modified));
    let rows = source.rows(&revisions)?;
    kvs.reserve(rows.len());
    for (revision, row) in revisions.into_iter().zip(rows) {
        kvs.push(decode(source, revision, row, at)?);
    }
    Ok(())
}

/// A row that the index names is missing for one of two reasons: a compaction took it meanwhile, or the backend is damaged.
fn decode(source: &impl Source, revision: Revision, row: Option<Bytes>, at: i64) -> Result<KeyValue, ReadError> {
    source.check_not_overtaken(at)?;
    match row {
        Some(row) => Ok(row::key_value(revision, row)?),
        None => Err(row::damage(format_args!("the row at revision {revision} is missing")).into()),
    }
}

fn step_keys(source: &impl Source, scan: &mut Scan<'_>, kvs: &mut Vec<KeyValue>) {
    // One allocation for the keys of a step, not one a key while the index is locked.
    let (first, mut keys, mut lens) = (kvs.len(), BytesMut::new(), Vec::new());
    source.index().step(scan, |key, seen| {
        keys.extend_from_slice(key);
        lens.push(key.len());
        kvs.push(KeyValue {
            create_revision: seen.created,
            mod_revision: seen.modified.main,
            version: seen.version,
            ..Default::default()
        });
    });
    let mut keys = keys.freeze();
    for (kv, len) in kvs[first..].iter_mut().zip(lens) {
        kv.key = keys.split_to(len);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    /// Every row is there, and a compaction overtakes the read after some checks.
    struct Overtaken {
        index: Index,
        checks_left: Cell<usize>,
    }

    impl Source for Overtaken {
        fn index(&self) -> &Index {
            &self.index
        }
        fn rows(&self, revisions: &[Revision]) -> Result<Vec<Option<Bytes>>, BackendError> {
            Ok(vec![Some(Bytes::new()); revisions.len()])
        }
        fn row(&self, _: Revision) -> Result<Option<Bytes>, BackendError> {
            Ok(Some(Bytes::new()))
        }
        fn check_not_overtaken(&self, _: i64) -> Result<(), ReadError> {
            let left = self.checks_left.get().checked_sub(1).ok_or(ReadError::Compacted)?;
            self.checks_left.set(left);
            Ok(())
        }
    }

    #[test]
    fn a_read_that_is_overtaken_at_any_step_says_so() {
        let source = Overtaken { index: Index::default(), checks_left: Cell::new(usize::MAX) };
        for at in 2..2002 {
            // Old and new ones mixed, so that counting at an old revision has to visit them.
            source.index.put(format!("{}", at * 7919 % 2003).as_bytes(), Revision::first_of(at));
        }
        let everything =
            [KeyRange::all(), KeyRange::Point(Bytes::from_static(b"7")), KeyRange::Point(Bytes::from_static(b"x"))];
        for (range, fetch) in
            everything.iter().flat_map(|range| [Fetch::Count, Fetch::Keys, Fetch::Full].map(|fetch| (range, fetch)))
        {
            let query = RangeQuery { range: range.clone(), at: 0, limit: 700, fetch };
            source.checks_left.set(usize::MAX);
            assert!(read(&source, &query, 1500).is_ok());
            let checks = usize::MAX - source.checks_left.get();
            let steps = if *range == KeyRange::all() { 4 } else { 1 };
            assert!(checks >= steps, "{checks} checks for {range:?} {fetch:?}");
            for left in 0..checks {
                source.checks_left.set(left);
                assert!(matches!(read(&source, &query, 1500), Err(ReadError::Compacted)), "{left} of {checks}");
            }
        }
    }
}
