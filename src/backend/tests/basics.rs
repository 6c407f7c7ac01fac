//! What a caller of the backend may rely on, one promise a test.

use super::{super::meta, *};
use crate::disk::mem::Faults;

#[test]
fn a_staged_row_is_read_and_not_durable() {
    let disk = MemDisk::new();
    let backend = open(&disk).unwrap();
    put(&backend, Bucket::Meta, b"k", b"v");
    assert_eq!(get(&backend, Bucket::Meta, b"k"), Some(b"v".to_vec()));
    assert_eq!(get(&backend, Bucket::Key, b"k"), None);
    assert_eq!((backend.staged().rows, backend.staged().bytes), (1, 2));
    drop(backend);
    assert_eq!(get(&open(&disk).unwrap(), Bucket::Meta, b"k"), None);
}

#[test]
fn a_flushed_row_is_read_before_and_after_reopening() {
    let disk = MemDisk::new();
    let backend = open(&disk).unwrap();
    put(&backend, Bucket::AuthUsers, &[b'n'; 1000], b"long key");
    put(&backend, Bucket::Alarm, b"", b"");
    backend.flush().unwrap();
    assert_eq!(backend.staged().rows, 0);
    assert_eq!(backend.staged().bytes, 0);
    assert_eq!(get(&backend, Bucket::AuthUsers, &[b'n'; 1000]), Some(b"long key".to_vec()));
    drop(backend);
    let backend = open(&disk).unwrap();
    assert_eq!(get(&backend, Bucket::AuthUsers, &[b'n'; 1000]), Some(b"long key".to_vec()));
    assert_eq!(get(&backend, Bucket::Alarm, b""), Some(vec![]));
}

#[test]
fn a_staged_delete_hides_the_row_of_the_file() {
    let backend = open(&MemDisk::new()).unwrap();
    put(&backend, Bucket::Key, b"a", b"1");
    put(&backend, Bucket::Key, b"b", b"2");
    backend.flush().unwrap();
    let mut batch = Batch::new();
    batch.delete(Bucket::Key, b"a");
    backend.stage(batch);
    assert_eq!(get(&backend, Bucket::Key, b"a"), None);
    assert_eq!(backend.get_many(Bucket::Key, &[b"a", b"b"]).unwrap(), [None, Some("2".into())]);
    assert_eq!(backend.range(Bucket::Key, b"", None, 10).unwrap(), [("b".into(), "2".into())]);
}

#[test]
fn later_writes_of_a_batch_win() {
    let backend = open(&MemDisk::new()).unwrap();
    let mut batch = Batch::new();
    assert!(batch.is_empty());
    batch.put(Bucket::Meta, b"k", "1".into());
    batch.delete(Bucket::Meta, b"k");
    batch.put(Bucket::Meta, b"k", "two".into());
    assert!(!batch.is_empty());
    backend.stage(batch);
    assert_eq!(get(&backend, Bucket::Meta, b"k"), Some(b"two".to_vec()));
    assert_eq!((backend.staged().rows, backend.staged().bytes), (1, 4));
}

#[test]
fn ranges_keep_to_their_bounds_and_limit() {
    let backend = open(&MemDisk::new()).unwrap();
    for key in [b"a", b"c", b"e"] {
        put(&backend, Bucket::Key, key, key);
    }
    backend.flush().unwrap();
    for key in [b"b", b"d", b"f"] {
        put(&backend, Bucket::Key, key, key);
    }
    let keys = |from: &str, to: Option<&str>, limit| {
        let rows = backend.range(Bucket::Key, from.as_bytes(), to.map(str::as_bytes), limit).unwrap();
        rows.iter().map(|(key, _)| String::from_utf8_lossy(key).into_owned()).collect::<String>()
    };
    assert_eq!(keys("", None, 100), "abcdef");
    assert_eq!(keys("b", Some("e"), 100), "bcd");
    assert_eq!(keys("", None, 3), "abc");
    assert_eq!(keys("", None, 1), "a");
    assert_eq!(keys("", None, 0), "");
    assert_eq!(keys("d", Some("d"), 100), "");
    assert_eq!(keys("e", Some("b"), 100), "");
    assert_eq!(keys("g", None, 100), "");
}

#[test]
fn a_frozen_view_does_not_change() {
    let backend = open(&MemDisk::new()).unwrap();
    put(&backend, Bucket::Key, b"a", b"1");
    let frozen = backend.frozen().unwrap();
    put(&backend, Bucket::Key, b"a", b"2");
    put(&backend, Bucket::Key, b"b", b"2");
    backend.flush().unwrap();
    let mut rows = Vec::new();
    let collect = |key: &[u8], value: &[u8]| {
        rows.push((key.to_vec(), value.to_vec()));
        true
    };
    frozen.scan(Bucket::Key, b"", None, collect).unwrap();
    assert_eq!(rows, [(b"a".to_vec(), b"1".to_vec())]);
}

#[test]
fn a_scan_stops_when_told() {
    let backend = open(&MemDisk::new()).unwrap();
    for key in [b"a", b"b", b"c"] {
        put(&backend, Bucket::Key, key, b"");
    }
    let mut seen = 0;
    let until_two = |_: &[u8], _: &[u8]| {
        seen += 1;
        seen < 2
    };
    backend.frozen().unwrap().scan(Bucket::Key, b"a", Some(b"z"), until_two).unwrap();
    assert_eq!(seen, 2);
}

#[test]
fn a_second_open_finds_the_lock() {
    let disk = MemDisk::new();
    let backend = open(&disk).unwrap();
    let other = backend.clone();
    let error = open(&disk).unwrap_err();
    assert!(matches!(error, BackendError::Locked { .. }), "{error}");
    assert!(error.to_string().contains("db file is flocked by another process, or taking too long"), "{error}");
    // Closing gives the lock back even while other handles live, and those learn of it.
    put(&other, Bucket::Key, b"a", b"1");
    backend.close().unwrap();
    let again = open(&disk).unwrap();
    assert_eq!(get(&again, Bucket::Key, b"a"), Some(b"1".to_vec()));
    put(&other, Bucket::Key, b"b", b"2");
    assert!(matches!(other.flush(), Err(BackendError::Closed)));
    assert!(matches!(other.frozen(), Err(BackendError::Closed)));
}

#[test]
fn an_empty_file_is_no_database_yet() {
    let disk = disk_with(PATH, b"");
    let backend = open(&disk).unwrap();
    put(&backend, Bucket::Key, b"a", b"1");
    backend.close().unwrap();
    assert_eq!(get(&open(&disk).unwrap(), Bucket::Key, b"a"), Some(b"1".to_vec()));
}

#[test]
fn leftovers_are_removed_unless_another_process_makes_them() {
    let dir = Path::new(PATH).parent().unwrap();
    let disk = disk_with("member/snap/db.tmp.1234", b"half of a defragmentation");
    disk.write_file(&dir.join("0000000000000001.snap.db"), b"not ours to judge").unwrap();
    open(&disk).unwrap().close().unwrap();
    assert_eq!(disk.list(dir).unwrap(), ["0000000000000001.snap.db", "db"]);

    let disk = disk_with("member/snap/db.tmp.new", b"");
    let other = disk.open(Path::new("member/snap/db.tmp.new"), OpenMode::ReadWrite).unwrap();
    other.try_lock().unwrap();
    assert!(matches!(open(&disk), Err(BackendError::Locked { .. })));
    drop(other);
    open(&disk).unwrap();
}

#[test]
fn newer_storage_is_refused_and_named() {
    for (found, fits) in [("3.6.0", true), ("3.7.0", true), ("", true), ("3.8.0", false), ("4.0.0", false)] {
        let disk = MemDisk::new();
        let backend = open(&disk).unwrap();
        put(&backend, Bucket::Meta, meta::STORAGE_VERSION, found.as_bytes());
        backend.close().unwrap();
        match open(&disk) {
            Ok(_) => assert!(fits, "{found}"),
            Err(error) => {
                assert!(!fits && matches!(error, BackendError::NewerStorage { .. }), "{found}: {error}");
                assert!(error.to_string().contains(found) && error.to_string().contains("3.7"), "{error}");
            }
        }
    }
    let disk = MemDisk::new();
    let backend = open(&disk).unwrap();
    put(&backend, Bucket::Meta, meta::STORAGE_VERSION, b"three");
    backend.close().unwrap();
    assert!(matches!(open(&disk), Err(BackendError::Damaged { .. })));
}

#[test]
fn a_failed_sync_is_the_last() {
    for failing in 1..=2 {
        let disk = MemDisk::new();
        let backend = open(&disk).unwrap();
        put(&backend, Bucket::Key, b"a", b"1");
        backend.flush().unwrap();
        put(&backend, Bucket::Key, b"b", b"2");
        disk.set_faults(Faults { failing_sync: Some(disk.ops().syncs + failing), ..Faults::default() });
        assert!(matches!(backend.flush(), Err(BackendError::Io { .. })));
        let syncs = disk.ops().syncs;
        put(&backend, Bucket::Key, b"c", b"3");
        assert!(matches!(backend.flush(), Err(BackendError::Stopped { .. })));
        // Still in memory, for whoever reads before the process stops.
        assert_eq!(get(&backend, Bucket::Key, b"b"), Some(b"2".to_vec()));
        assert_eq!(get(&backend, Bucket::Key, b"c"), Some(b"3".to_vec()));
        assert_eq!((backend.staged().rows, backend.staged().bytes), (2, 4));
        assert!(backend.close().is_err());
        assert_eq!(disk.ops().syncs, syncs, "no sync is tried again");
        disk.crash(failing);
        assert_eq!(get(&open(&disk).unwrap(), Bucket::Key, b"a"), Some(b"1".to_vec()));
    }
}

#[test]
fn a_full_disk_stops_the_flush_and_loses_nothing_that_was_durable() {
    let disk = MemDisk::new();
    let backend = open(&disk).unwrap();
    put(&backend, Bucket::Key, b"a", b"1");
    backend.flush().unwrap();
    disk.set_faults(Faults { capacity_bytes: Some(3 << 20), ..Faults::default() });
    let mut number = 0_u32;
    let error = loop {
        for _ in 0..100 {
            number += 1;
            put(&backend, Bucket::Key, &number.to_be_bytes(), &[7; 1000]);
        }
        put(&backend, Bucket::Meta, meta::CONSISTENT_INDEX, &number.to_be_bytes());
        if let Err(error) = backend.flush() {
            break error;
        }
    };
    let BackendError::Io { source, .. } = &error else { panic!("{error}") };
    assert_eq!(source.kind(), std::io::ErrorKind::StorageFull);
    assert_eq!(get(&backend, Bucket::Key, &number.to_be_bytes()), Some(vec![7; 1000]));
    drop(backend);
    disk.set_faults(Faults::default());
    let backend = open(&disk).unwrap();
    assert_eq!(get(&backend, Bucket::Key, b"a"), Some(b"1".to_vec()));
    // Index and rows of the last flush that went through, together.
    assert_eq!(get(&backend, Bucket::Meta, meta::CONSISTENT_INDEX), Some((number - 100).to_be_bytes().to_vec()));
    assert_eq!(get(&backend, Bucket::Key, &(number - 100).to_be_bytes()), Some(vec![7; 1000]));
    assert_eq!(get(&backend, Bucket::Key, &(number - 99).to_be_bytes()), None);
}

#[test]
fn sizes_follow_the_rows() {
    let disk = MemDisk::new();
    let backend = open(&disk).unwrap();
    let empty = backend.size_in_use();
    assert!(empty <= backend.size());
    for number in 0..10_000_u32 {
        put(&backend, Bucket::Key, &number.to_be_bytes(), &[0; 300]);
    }
    backend.flush().unwrap();
    let full = backend.size_in_use();
    assert!(full > empty + 3_040_000 && full <= backend.size(), "{full} {}", backend.size());
    let mut batch = Batch::new();
    for number in 0..9_000_u32 {
        batch.delete(Bucket::Key, &number.to_be_bytes());
    }
    backend.stage(batch);
    backend.flush().unwrap();
    let left = backend.size_in_use();
    assert!(left < full / 5, "{left} of {full}");
    backend.close().unwrap();
    assert_eq!(open(&disk).unwrap().size_in_use(), left);
}
