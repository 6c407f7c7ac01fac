//! The backend against an obviously right model, under crashes, failing disks, damaged files and many threads.

mod basics;
mod crash;
mod damage;
mod disk;
mod model;
mod race;

use super::{Backend, BackendConfig, BackendError, Batch, Bucket};
use bytes::Bytes;
use disk::TestDisk;
use std::{path::Path, sync::Arc};

const PATH: &str = "member/snap/db";

fn open(disk: &TestDisk) -> Result<Backend, BackendError> {
    Backend::open(Arc::new(disk.clone()), Path::new(PATH), &BackendConfig { cache_bytes: 1 << 20 })
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
