//! The edges, one by one.

use crate::support::{Bucket, Buckets, Entry, as_entries, entries, feed, nodes, open, plan, write};
use etcd::bbolt::{Item, Planner, ReadError, TakeRows, WriteError, Writer};
use std::io;

const LEAF: u16 = 2;
const BRANCH: u16 = 1;

fn bucket(name: &str, rows: &[(&[u8], &[u8])]) -> Bucket {
    (name.into(), rows.iter().map(|(key, value)| (key.to_vec(), value.to_vec())).collect())
}

/// Reads back, and returns the nodes of the file.
#[track_caller]
fn written(buckets: &Buckets) -> Vec<(u16, u16)> {
    let bytes = write(buckets, 1024);
    assert_eq!(entries(&open(&bytes).unwrap()).unwrap(), as_entries(buckets));
    nodes(&bytes, 1024)
}

#[test]
fn a_file_may_be_empty() {
    assert_eq!(written(&vec![]), [(LEAF, 0)]);
}

#[test]
fn small_buckets_stand_beside_their_names() {
    // A header of 16 bytes, an element of 16, and these: a quarter of the page.
    let fits = bucket("fits", &[(b"k", &[7; 256 - 33])]);
    let too_long = bucket("too long", &[(b"k", &[7; 256 - 32])]);
    assert_eq!(written(&vec![bucket("empty", &[]), fits, too_long]), [(LEAF, 1), (LEAF, 3)]);
}

#[test]
fn the_longest_key_stands_at_every_level() {
    let rows = (0..3).map(|i| (vec![i; 32768], vec![i])).collect();
    assert_eq!(written(&vec![(vec![b'n'; 32768], rows)]), [(LEAF, 2), (LEAF, 1), (BRANCH, 2), (LEAF, 1)]);
}

#[test]
fn large_rows_share_pages_where_that_saves_one() {
    let rows = |bytes: usize| (0..4u8).map(|i| (vec![i], vec![i; bytes])).collect();
    let mut sizes = Vec::new();
    for bytes in [900, 1000, 1300, 5 * 1024 - 100] {
        sizes.push(plan(&vec![(b"b".to_vec(), rows(bytes))], 1024).size_bytes() / 1024);
    }
    // Metas, freelist, branch, root; and one page each, three pages three and two the last, three pages two, five each.
    assert_eq!(sizes, [5 + 4, 5 + 3 + 2, 5 + 3 + 3, 5 + 20]);
}

#[test]
fn rows_come_in_order_and_in_a_bucket() {
    let mut planner = Planner::new(4096).unwrap();
    assert!(matches!(planner.row(b"k", b""), Err(WriteError::NoBucket)));
    planner.bucket(b"b").unwrap();
    planner.row(b"k", b"").unwrap();
    let error = planner.row(b"k", b"").unwrap_err();
    assert_eq!(error.to_string(), "bbolt: k does not come behind k");
    assert!(matches!(planner.row(b"a", b""), Err(WriteError::Order { .. })));
    assert!(matches!(planner.row(b"", b""), Err(WriteError::KeyBytes(0))));
    assert!(matches!(planner.row(&[b'l'; 32769], b""), Err(WriteError::KeyBytes(32769))));
    assert!(matches!(planner.bucket(b"b"), Err(WriteError::Order { .. })));
    assert!(matches!(planner.bucket(b""), Err(WriteError::KeyBytes(0))));
    for size in [0, 512, 4095, 1 << 17] {
        assert!(matches!(Planner::new(size), Err(WriteError::PageSize(_))), "{size}");
    }
}

#[test]
fn a_sink_that_fails_ends_the_writing() {
    struct Full(usize);
    impl io::Write for Full {
        fn write(&mut self, data: &[u8]) -> io::Result<usize> {
            self.0 = self.0.checked_sub(data.len()).ok_or(io::ErrorKind::StorageFull)?;
            Ok(data.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let buckets = vec![(b"b".to_vec(), (0..200u8).map(|i| (vec![i], vec![i; 9000])).collect())];
    let mut writer = Writer::new(plan(&buckets, 4096), Full(1 << 20)).unwrap();
    let error = feed(&buckets, &mut writer).unwrap_err();
    assert!(matches!(&error, WriteError::Io(error) if error.kind() == io::ErrorKind::StorageFull), "{error}");
}

#[test]
fn a_bucket_may_be_skipped() {
    let rows: Vec<_> = (200..=255u8).map(|i| (vec![i], vec![i; 100])).collect();
    let buckets = vec![(b"a".to_vec(), rows.clone()), bucket("b", &[(b"k", b"v")]), (b"c".to_vec(), rows)];
    let reader = open(&write(&buckets, 1024)).unwrap();
    let mut rows = reader.rows().unwrap();
    let mut seen = Vec::new();
    while let Some(item) = rows.next().unwrap() {
        match item {
            Item::Enter(name) => seen.push(name.to_vec()),
            Item::Row(key, value) => {
                seen.push([key, value].concat());
                // The first key of the others, which is higher than any bucket's name.
                if key == [200] {
                    rows.skip_bucket();
                }
            }
            Item::Leave => seen.push(b"end".to_vec()),
        }
    }
    let first = &[200; 101][..];
    assert_eq!(seen, [b"a", first, b"b", b"kv", b"end", b"c", first]);
    rows.finish().unwrap();
}

/// Behind the database may stand anything: room that bbolt has reserved, or a snapshot's checksum.
#[test]
fn what_is_behind_the_last_page_is_not_looked_at() {
    let buckets = vec![bucket("b", &[(b"k", b"v")])];
    let mut bytes = write(&buckets, 4096);
    let size = bytes.len() as u64;
    bytes.extend([0xff; 32]);
    let reader = open(&bytes).unwrap();
    assert_eq!(reader.size_bytes(), size);
    assert_eq!(entries(&reader).unwrap(), as_entries(&buckets));
}

#[test]
fn after_damage_nothing_is_read_on() {
    let mut bytes = write(&vec![bucket("b", &[(b"k", &[1; 5000]), (b"l", &[1; 5000])])], 1024);
    // The first row's page calls itself another.
    bytes[3 * 1024] = 9;
    let reader = open(&bytes).unwrap();
    let mut rows = reader.rows().unwrap();
    assert_eq!(rows.next().unwrap(), Some(Item::Enter(b"b")));
    let error = rows.next().unwrap_err();
    assert_eq!(error.to_string(), "bbolt: page 3: page number 3 expected in its header, found 9");
    assert!(matches!(rows.next(), Err(ReadError::Failed)));
    rows.skip_bucket();
    assert!(matches!(rows.finish(), Err(ReadError::Failed)));
}

#[test]
fn a_short_file_is_refused() {
    let bytes = write(&vec![bucket("b", &[(b"k", b"v")])], 1024);
    let error = open(&bytes[..bytes.len() - 1]).unwrap_err();
    assert_eq!(error.to_string(), "bbolt: 4096 bytes expected (4 pages), found 4095");
    assert!(matches!(open(b"").unwrap_err(), ReadError::NotADatabase { .. }));
}

#[test]
fn the_same_rows_give_the_same_bytes() {
    let rows = (0..1000u32).map(|i| (i.to_be_bytes().to_vec(), vec![i as u8; i as usize % 300])).collect();
    let buckets = vec![bucket("alarm", &[]), (b"key".to_vec(), rows), bucket("meta", &[(b"term", b"12345678")])];
    let bytes = write(&buckets, 4096);
    // bbolt 1.5.0 found nothing to say about a file of this checksum.
    assert_eq!((bytes.len(), crc32c::crc32c(&bytes)), (188_416, 2_103_804_371));
    assert!(
        matches!(&entries(&open(&bytes).unwrap()).unwrap()[0], Entry::Bucket(name, rows) if name == b"alarm" && rows.is_empty())
    );
}
