//! Files that others wrote: bbolt 1.5.0 with all that the format has, and a snapshot of a member of etcd 3.7.1.

use crate::support::{Entry, as_entries, entries, open, write};
use etcd::bbolt::{Item, ReadError};

/// Written by bbolt, page size 1024: two transactions, the second of which removed rows; then a copy.
pub const BBOLT: &[u8] = include_bytes!("fixtures/bbolt-1.5.0.db");
/// Saved by `etcdctl snapshot save` after some 50 writes and a compaction at revision 20, with its checksum at the end.
pub const ETCD: &[u8] = include_bytes!("fixtures/etcd-3.7.1.db");

/// What `etcdutl snapshot status` prints for it.
const ETCD_HASH: u32 = 1_768_302_657;

fn row(key: impl AsRef<[u8]>, value: impl AsRef<[u8]>) -> Entry {
    Entry::Row(key.as_ref().to_vec(), value.as_ref().to_vec())
}

fn bucket(name: &str, entries: Vec<Entry>) -> Entry {
    Entry::Bucket(name.into(), entries)
}

fn pattern(seed: usize, len: usize) -> Vec<u8> {
    (0..len).map(|i| (i * 7 + seed * 13) as u8).collect()
}

/// What was written into the first file.
fn bbolt_entries() -> Vec<Entry> {
    let many = (0..40).chain(100..120).map(|i| row(format!("key-{i:05}"), pattern(i, i % 40))).collect();
    let large = vec![row(vec![b'k'; 2000], pattern(3, 10)), row("one", pattern(1, 3000)), row("two", pattern(2, 900))];
    let deep = bucket("deep", vec![row("k", pattern(9, 400))]);
    let nested = vec![row("before", "x"), bucket("inner", vec![deep]), bucket("void", vec![]), row("zz", "y")];
    let inline = vec![row("a", "1"), row("b", "")];
    vec![
        bucket("empty", vec![]),
        bucket("inline", inline),
        bucket("large", large),
        bucket("many", many),
        bucket("nested", nested),
    ]
}

#[test]
fn a_file_of_bbolt_is_read() {
    let reader = open(BBOLT).unwrap();
    let meta = reader.meta();
    assert_eq!((meta.page_size, meta.pages, meta.txid, meta.freelist), (1024, 28, 3, Some(27)));
    assert_eq!(entries(&reader).unwrap(), bbolt_entries());
    reader.check().unwrap();
}

/// As etcd's `Hash`: CRC-32C over names, keys and values.
fn hash(bytes: &[u8]) -> u32 {
    let reader = open(bytes).unwrap();
    let mut rows = reader.rows().unwrap();
    let mut hash = 0;
    while let Some(item) = rows.next().unwrap() {
        match item {
            Item::Enter(name) => hash = crc32c::crc32c_append(hash, name),
            Item::Row(key, value) => hash = crc32c::crc32c_append(crc32c::crc32c_append(hash, key), value),
            Item::Leave => {}
        }
    }
    rows.finish().unwrap();
    hash
}

#[test]
fn a_snapshot_of_etcd_is_read() {
    let reader = open(ETCD).unwrap();
    assert_eq!((reader.meta().page_size, reader.meta().freelist), (4096, None));
    assert_eq!(reader.size_bytes(), ETCD.len() as u64 - 32);
    let names: Vec<_> = (entries(&reader).unwrap().into_iter())
        .map(|entry| match entry {
            Entry::Bucket(name, _) => String::from_utf8(name).unwrap(),
            Entry::Row(..) => unreachable!("the reader refuses rows among buckets"),
        })
        .collect();
    let expected = "alarm auth authRoles authUsers cluster key lease members members_removed meta";
    assert_eq!(names.join(" "), expected);
    assert_eq!(hash(ETCD), ETCD_HASH);
}

#[test]
fn a_snapshot_of_etcd_is_written_again() {
    let rows = |entry| match entry {
        Entry::Row(key, value) => (key, value),
        Entry::Bucket(..) => unreachable!("etcd nests no buckets"),
    };
    let buckets = (entries(&open(ETCD).unwrap()).unwrap().into_iter())
        .map(|entry| match entry {
            Entry::Bucket(name, entries) => (name, entries.into_iter().map(rows).collect()),
            Entry::Row(..) => unreachable!("the reader refuses rows among buckets"),
        })
        .collect();
    let ours = write(&buckets, 4096);
    assert_eq!(hash(&ours), ETCD_HASH);
    assert_eq!(entries(&open(&ours).unwrap()).unwrap(), as_entries(&buckets));
}

#[test]
fn one_sound_meta_is_enough() {
    for (file, page_size) in [(BBOLT, 1024), (ETCD, 4096)] {
        let expected = entries(&open(file).unwrap()).unwrap();
        for (meta, other) in [(0, page_size), (page_size, 0)] {
            for at in [0, 8, 16, 20, 24, 32, 48, 56, 64, 72, 79] {
                let mut bytes = file.to_vec();
                bytes[meta + at] ^= 0x10;
                assert_eq!(entries(&open(&bytes).unwrap()).unwrap(), expected, "byte {at} of the meta at {meta}");
                bytes[other + at] ^= 0x10;
                let error = open(&bytes).unwrap_err();
                assert!(matches!(error, ReadError::NotADatabase { .. }), "{error}");
            }
        }
    }
}

#[test]
fn a_file_without_a_sound_meta_says_why() {
    let mut bytes = ETCD.to_vec();
    bytes[16] = 0;
    bytes[4096 + 20] = 1;
    let expected = "bbolt: not a database: meta 0: magic number 0xed0cdaed expected, found 0xed0cda00; meta 1: version 2 expected, found 1";
    assert_eq!(open(&bytes).unwrap_err().to_string(), expected);
}
