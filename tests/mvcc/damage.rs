//! A backend that is damaged: whatever is wrong with it is an error that names the place, and never a panic or a wrong answer.

use crate::support::backend;
use bytes::Bytes;
use etcd::backend::{Backend, Batch, Bucket, meta};
use etcd::key::KeyRange;
use etcd::mvcc::{Fetch, RangeQuery, Ranges, ReadError, Revision, Store};

/// A backend with a, b, a deleted, c at the revisions 2 to 5.
fn filled() -> Backend {
    let backend = backend();
    let (mut store, _) = Store::open(backend.clone()).unwrap();
    for key in ["a", "b", "", "c"] {
        let mut batch = Batch::new();
        let mut txn = store.write(&mut batch);
        match key {
            "" => assert_eq!(txn.delete_range(&KeyRange::Point(Bytes::from_static(b"a"))), 1),
            key => txn.put(&Bytes::from_static(key.as_bytes()), &Bytes::from_static(b"value"), 0),
        }
        txn.end();
        backend.stage(batch);
        store.publish();
    }
    backend
}

fn set(backend: &Backend, bucket: Bucket, key: &[u8], value: &'static [u8]) {
    let mut batch = Batch::new();
    batch.put(bucket, key, Bytes::from_static(value));
    backend.stage(batch);
}

fn all() -> RangeQuery {
    RangeQuery { range: KeyRange::all(), at: 0, limit: 0, fetch: Fetch::Full }
}

#[track_caller]
fn is_refused(backend: Backend, expected: &str) {
    let error = Store::open(backend).map(|_| "opened").unwrap_err().to_string();
    assert!(error.contains(expected), "{error:?} should say {expected:?}");
}

#[test]
fn a_store_does_not_open_over_what_it_cannot_read() {
    let cases: [(Bucket, &[u8], &'static [u8], &str); 7] = [
        (Bucket::Key, b"short", b"\x0a\x01k", "a revision of 5 bytes: [73, 68, 6f, 72, 74]"),
        (Bucket::Key, b"\0\0\0\0\0\0\0\x06-\0\0\0\0\0\0\0\0", b"\x0a\x01k", "the mark 0x2d"),
        (Bucket::Key, b"\xff\0\0\0\0\0\0\x06_\0\0\0\0\0\0\0\0", b"\x0a\x01k", "negative"),
        (Bucket::Key, &Revision { main: 6, sub: 1 }.row_key(), b"\x0a\x09k", "the row at revision 6.1"),
        (Bucket::Key, &Revision { main: i64::MAX, sub: 0 }.row_key(), b"\x0a\x01k", "no revision is left"),
        (Bucket::Meta, meta::SCHEDULED_COMPACT, b"7", "a revision of 1 bytes"),
        (Bucket::Meta, meta::FINISHED_COMPACT, b"", "a revision of 0 bytes"),
    ];
    for (bucket, key, value, expected) in cases {
        let backend = filled();
        set(&backend, bucket, key, value);
        is_refused(backend, expected);
    }
}

#[test]
fn a_row_that_is_missing_is_no_missing_key() {
    let backend = filled();
    let (store, _) = Store::open(backend.clone()).unwrap();
    let reader = store.reader();
    assert_eq!(reader.range(&all()).unwrap().count, 2);
    let mut batch = Batch::new();
    batch.delete(Bucket::Key, &Revision::first_of(3).row_key());
    backend.stage(batch);
    let error = reader.range(&all()).unwrap_err();
    assert!(matches!(&error, ReadError::Fatal(why) if why.to_string().contains("revision 3.0 is missing")), "{error}");
    let point = RangeQuery { range: KeyRange::Point(Bytes::from_static(b"b")), ..all() };
    assert!(matches!(reader.range(&point), Err(ReadError::Fatal(_))));
    assert!(matches!(reader.previous(b"b", 9), Err(ReadError::Fatal(_))));
    // What needs no row is still answered.
    assert_eq!(reader.range(&RangeQuery { fetch: Fetch::Count, ..all() }).unwrap().count, 2);
    assert_eq!(reader.range(&RangeQuery { fetch: Fetch::Keys, ..all() }).unwrap().kvs.len(), 2);
}

#[test]
fn a_row_that_is_spoilt_stops_whoever_reads_it() {
    let backend = filled();
    let (mut store, _) = Store::open(backend.clone()).unwrap();
    set(&backend, Bucket::Key, &Revision::first_of(3).row_key(), b"\x0a\x7f");
    let reader = store.reader();
    let says = |error: String| assert!(error.contains("the row at revision 3.0"), "{error}");
    says(reader.range(&all()).unwrap_err().to_string());
    says(reader.history(2, 5, 100, usize::MAX).unwrap_err().to_string());
    let mut batch = Batch::new();
    store.compact(5, &mut batch).unwrap();
    backend.stage(batch);
    store.publish();
    says(reader.hash_kv(0).unwrap_err().to_string());
    let mut compactor = store.compactor();
    compactor.step(100).unwrap();
    says(compactor.step(100).unwrap_err().to_string());
}

#[test]
fn the_revision_never_goes_back_where_compaction_took_the_last_row() {
    // Versions before 3.5.16 delete a tombstone at the compact revision; a crash may leave any of the two marks.
    let mark = |main: i64| -> &'static [u8] { Box::leak(Box::new(Revision::first_of(main).row_key())) };
    for (scheduled, finished, revision, compacted) in [
        (None, None, 5, -1),
        (Some(9), None, 9, 9),
        (Some(9), Some(8), 9, 9),
        (Some(9), Some(9), 9, 9),
        (Some(4), Some(3), 5, 4),
    ] {
        let backend = filled();
        scheduled.inspect(|main| set(&backend, Bucket::Meta, meta::SCHEDULED_COMPACT, mark(*main)));
        finished.inspect(|main| set(&backend, Bucket::Meta, meta::FINISHED_COMPACT, mark(*main)));
        let (store, _) = Store::open(backend).unwrap();
        let reader = store.reader();
        assert_eq!((reader.revision(), reader.compact_revision()), (revision, compacted), "{scheduled:?} {finished:?}");
    }
}
