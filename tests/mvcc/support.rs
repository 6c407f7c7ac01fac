//! What the tests of this folder share.

use etcd::backend::{Backend, BackendConfig};
use etcd::disk::mem::MemDisk;
use std::{path::Path, sync::Arc};

/// The seed of a random test, printed so that a failure can be run again: from SEED, or a new one.
pub fn seed(test: &str) -> u64 {
    let seed = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(|| fastrand::u64(..));
    eprintln!("{test}: SEED={seed}");
    seed
}

/// An empty backend on a simulated disk.
pub fn backend() -> Backend {
    Backend::open(Arc::new(MemDisk::new()), Path::new("/db"), &BackendConfig::default()).unwrap()
}
