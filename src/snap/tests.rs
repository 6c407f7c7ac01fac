//! What is sent arrives, and what is not whole leaves nothing.

use super::*;
use crate::{
    backend::{Backend, BackendConfig, Batch, Bucket, meta},
    disk::mem::{Faults, MemDisk, PowerLoss},
};
use std::sync::Arc;

const DIR: &str = "/member/snap";

fn backend(disk: &MemDisk) -> Backend {
    Backend::open(Arc::new(disk.clone()), &Path::new(DIR).join("db"), &BackendConfig::default()).unwrap()
}

/// Rows of every bucket but one, more than a piece of them.
fn filled(disk: &MemDisk) -> Backend {
    let backend = backend(disk);
    let mut batch = Batch::new();
    for (number, bucket) in Bucket::ALL.into_iter().enumerate().skip(1) {
        for row in 0..40 * number as u64 {
            batch.put(bucket, &row.to_be_bytes(), vec![number as u8; 20 * row as usize].into());
        }
    }
    backend.stage(batch);
    backend.flush().unwrap();
    backend
}

fn rows(backend: &Backend) -> Vec<(Bucket, crate::backend::Row)> {
    let of = |bucket| backend.range(bucket, b"", None, usize::MAX).unwrap().into_iter().map(move |row| (bucket, row));
    Bucket::ALL.into_iter().flat_map(of).collect()
}

fn bytes(backend: &Backend) -> Vec<u8> {
    let rows = backend.durable();
    write(&rows, plan(&rows).unwrap(), Vec::new()).unwrap()
}

fn receive(disk: &MemDisk, index: u64, bytes: &[u8]) -> Result<Backend, SnapError> {
    let mut incoming = Incoming::begin(Arc::new(disk.clone()), Path::new(DIR), index)?;
    for piece in bytes.chunks(100_000) {
        if let Err(error) = incoming.write(piece) {
            incoming.abandon();
            return Err(error);
        }
    }
    assert_eq!(incoming.bytes(), bytes.len() as u64);
    incoming.finish(&BackendConfig::default())
}

fn names(disk: &MemDisk) -> Vec<String> {
    disk.list(Path::new(DIR)).unwrap()
}

#[test]
fn what_is_sent_arrives_and_is_adopted() {
    let (here, there) = (MemDisk::new(), MemDisk::new());
    let sent = filled(&here);
    let follower = backend(&there);
    let mut batch = Batch::new();
    batch.put(Bucket::Alarm, b"old", bytes::Bytes::new());
    batch.put(Bucket::Key, b"older", bytes::Bytes::new());
    follower.stage(batch);
    let before = follower.frozen().unwrap();
    let mut batch = Batch::new();
    batch.put(Bucket::Key, b"only staged", bytes::Bytes::new());
    follower.stage(batch);
    let image = receive(&there, 0x12, &bytes(&sent)).unwrap();
    assert_eq!(rows(&image), rows(&sent));
    assert_eq!(names(&there), ["0000000000000012.snap.db", "db"]);
    assert!(matches!(receive(&there, 0x12, b""), Err(SnapError::Exists(_))));
    let size = image.size_in_use();
    follower.adopt(image).unwrap().give_back(|| std::ops::ControlFlow::Continue(()));
    assert_eq!((rows(&follower), follower.staged().rows, follower.size_in_use()), (rows(&sent), 0, size));
    assert_eq!(names(&there), ["db"]);
    // Who read the old file reads on.
    let mut old = Vec::new();
    before
        .scan(Bucket::Alarm, b"", None, |key, _| {
            old.push(key.to_vec());
            true
        })
        .unwrap();
    assert_eq!(old, [b"old"]);
    // It is written to like any other, and found again.
    let mut batch = Batch::new();
    batch.put(Bucket::Alarm, b"new", bytes::Bytes::new());
    follower.stage(batch);
    follower.flush().unwrap();
    let expected = rows(&follower);
    drop((before, follower));
    assert_eq!(rows(&backend(&there)), expected);
}

#[test]
fn what_is_not_whole_leaves_nothing() {
    let (here, there) = (MemDisk::new(), MemDisk::new());
    let whole = bytes(&filled(&here));
    drop(backend(&there));
    let mut damaged = whole.clone();
    damaged[2 * PAGE..3 * PAGE + 40].fill(0xff);
    for broken in [&b""[..], b"no database", &whole[..whole.len() - 1], &whole[..PAGE], &damaged] {
        assert!(receive(&there, 7, broken).is_err());
        assert_eq!(names(&there), ["db"]);
    }
    Incoming::begin(Arc::new(there.clone()), Path::new(DIR), 7).unwrap().abandon();
    assert_eq!(names(&there), ["db"]);
    // Rows that add up, of a version that this program does not know, or of none.
    for version in ["3.99.0", "three"] {
        let here = MemDisk::new();
        let newer = filled(&here);
        let mut batch = Batch::new();
        batch.put(Bucket::Meta, meta::STORAGE_VERSION, version.into());
        newer.stage(batch);
        newer.flush().unwrap();
        assert!(receive(&there, 7, &bytes(&newer)).is_err());
        assert_eq!(names(&there), ["db"], "{version}");
    }
    // A disk without room.
    there.set_faults(Faults { capacity_bytes: Some(1 << 20), ..Faults::default() });
    assert!(receive(&there, 7, &whole).is_err());
    assert_eq!(names(&there), ["db"]);
}

const PAGE: usize = 4096;

#[test]
fn every_sync_may_be_the_last() {
    let here = MemDisk::new();
    let sent = filled(&here);
    let (whole, expected) = (bytes(&sent), rows(&sent));
    let live = |disk: &MemDisk| -> Result<Backend, SnapError> {
        let follower = Backend::open(Arc::new(disk.clone()), &Path::new(DIR).join("db"), &BackendConfig::default())?;
        let image = receive(disk, 7, &whole)?;
        follower.adopt(image)?;
        let mut batch = Batch::new();
        batch.put(Bucket::Alarm, b"new", bytes::Bytes::new());
        follower.stage(batch);
        follower.flush()?;
        Ok(follower)
    };
    let disk = MemDisk::new();
    drop(backend(&disk));
    let before = disk.ops().syncs;
    let count = {
        let disk = disk.fork();
        let _follower = live(&disk).unwrap();
        disk.ops().syncs
    };
    assert!(count > before + 8);
    for number in before + 1..=count {
        for seed in 0..4 {
            let disk = disk.fork();
            disk.set_faults(Faults { power_loss: Some(PowerLoss::AtSync(number)), ..Faults::default() });
            assert!(live(&disk).is_err());
            disk.crash(seed);
            // As at a start: an image that is there is complete.
            for index in images(&disk, Path::new(DIR)).unwrap() {
                let image =
                    Backend::open(Arc::new(disk.clone()), &image(Path::new(DIR), index), &BackendConfig::default());
                assert_eq!((index, rows(&image.unwrap()) == expected), (7, true));
            }
            clear(&disk, Path::new(DIR)).unwrap();
            let found = rows(&backend(&disk));
            let is_new = found.iter().any(|(bucket, (key, _))| *bucket == Bucket::Alarm && key == "new");
            assert!(found.is_empty() || found == expected || is_new, "sync {number}, seed {seed}");
            assert_eq!(names(&disk), ["db"]);
        }
    }
}
