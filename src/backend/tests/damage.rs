//! Files that are not what they should be: refused with a reason, or read as far as they go, and never a panic.

use super::{super::storage::Storage, *};

fn sample() -> Vec<u8> {
    let disk = MemDisk::new();
    let backend = open(&disk).unwrap();
    for number in 0..300_u32 {
        put(&backend, Bucket::Key, &number.to_be_bytes(), &[1; 200]);
        put(&backend, Bucket::Meta, b"index", &number.to_be_bytes());
        if number % 50 == 0 {
            backend.flush().unwrap();
        }
    }
    backend.close().unwrap();
    disk.read_file(Path::new(PATH)).unwrap()
}

/// Opens the bytes as a database, and reads and writes all of it if that works.
fn use_all(bytes: &[u8]) -> Result<(), BackendError> {
    let disk = disk_with(PATH, bytes);
    let backend = open(&disk)?;
    for bucket in Bucket::ALL {
        backend.range(bucket, b"", None, usize::MAX)?;
    }
    backend.get(Bucket::Key, &7_u32.to_be_bytes())?;
    for number in (0..600_u32).step_by(7) {
        put(&backend, Bucket::Key, &number.to_be_bytes(), &[2; 300]);
    }
    backend.flush()?;
    backend.close()
}

#[test]
fn a_file_of_go_etcd_is_named_as_such() {
    let mut bbolt = vec![0; 32768];
    bbolt[8] = 4;
    bbolt[16..24].copy_from_slice(&[0xED, 0xDA, 0x0C, 0xED, 2, 0, 0, 0]);
    let error = use_all(&bbolt).unwrap_err();
    assert!(matches!(error, BackendError::Foreign { .. }));
    assert!(error.to_string().contains(PATH) && error.to_string().contains("bbolt"), "{error}");
}

#[test]
fn other_files_are_refused_and_left_alone() {
    for bytes in
        [&b"x"[..], &[0; 5000], b"redb", b"redb\x1A\x0A\xA9\x0D\x0A", b"hello, I am a text file of some length"]
    {
        let disk = disk_with(PATH, bytes);
        let error = open(&disk).unwrap_err();
        assert!(matches!(error, BackendError::Foreign { .. } | BackendError::Damaged { .. }), "{error}");
        assert!(error.to_string().contains(PATH), "{error}");
        assert_eq!(disk.read_file(Path::new(PATH)).unwrap(), bytes);
    }
}

#[test]
fn a_truncated_file_is_an_error() {
    let bytes = sample();
    for len in [320, 4096, 5000, bytes.len() / 2, bytes.len() - 4096, bytes.len() - 1] {
        let error = use_all(&bytes[..len]).unwrap_err();
        assert!(matches!(error, BackendError::Damaged { .. }), "{len}: {error}");
    }
}

#[test]
fn flipped_bits_never_panic() {
    let bytes = sample();
    let mut random = fastrand::Rng::with_seed(seed());
    for _ in 0..400 {
        let mut damaged = bytes.clone();
        for _ in 0..random.usize(1..4) {
            let at = if random.u32(..3) == 0 { random.usize(..4096) } else { random.usize(..bytes.len()) };
            damaged[at] ^= 1 << random.u32(..8);
        }
        // It may be in a free page or in a value, so both outcomes are right.
        let _ = use_all(&damaged);
    }
}

#[test]
fn missing_tables_are_added_and_their_rows_counted() {
    let disk = disk_with(PATH, b"");
    let file = disk.open(Path::new(PATH), OpenMode::ReadWrite).unwrap();
    let database = redb::Database::builder().create_with_backend(Storage::new(file)).unwrap();
    let transaction = database.begin_write().unwrap();
    transaction.open_table(Bucket::Key.table()).unwrap().insert(b"a".as_slice(), b"12".as_slice()).unwrap();
    transaction.commit().unwrap();
    drop(database);
    for _ in 0..2 {
        let backend = open(&disk).unwrap();
        let usage = backend.inner.writer.lock().usage;
        assert_eq!((usage.rows, usage.bytes), (1, 3));
        assert_eq!(get(&backend, Bucket::Key, b"a"), Some(b"12".to_vec()));
        assert_eq!(get(&backend, Bucket::Lease, b"a"), None);
    }
}
