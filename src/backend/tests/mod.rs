//! The backend against an obviously right model, under crashes, failing disks, damaged files and many threads.

mod basics;
mod crash;
mod damage;
mod defragment;
mod model;
mod race;

use super::{Backend, BackendConfig, BackendError, Batch, Bucket};
use crate::disk::{Disk, OpenMode, mem::MemDisk};
use bytes::Bytes;
use std::{path::Path, sync::Arc};

const PATH: &str = "member/snap/db";

fn open(disk: &MemDisk) -> Result<Backend, BackendError> {
    Backend::open(
        Arc::new(disk.clone()),
        Path::new(PATH),
        &BackendConfig { cache_bytes: 1 << 20, ..BackendConfig::default() },
    )
}

/// A disk with a file in the backend's folder.
fn disk_with(path: &str, bytes: &[u8]) -> MemDisk {
    let disk = MemDisk::new();
    disk.create_dir_all(Path::new(PATH).parent().unwrap()).unwrap();
    disk.write_file(Path::new(path), bytes).unwrap();
    disk
}

fn put(backend: &Backend, bucket: Bucket, key: &[u8], value: &[u8]) {
    let mut batch = Batch::new();
    batch.put(bucket, key, Bytes::copy_from_slice(value));
    backend.stage(batch);
}

fn get(backend: &Backend, bucket: Bucket, key: &[u8]) -> Option<Vec<u8>> {
    backend.get(bucket, key).unwrap().map(Into::into)
}

/// The seed of a random test: drawn, or `BACKEND_SEED`. Printed, so that a failure shows it.
fn seed() -> u64 {
    let seed = match std::env::var("BACKEND_SEED") {
        Ok(text) => text.parse().expect("BACKEND_SEED is a number"),
        Err(_) => fastrand::u64(..),
    };
    println!("BACKEND_SEED={seed}");
    seed
}
