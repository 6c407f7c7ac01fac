//! What the tests of this folder share.

use etcd::backend::{Backend, BackendConfig};
use etcd::disk::{Disk, File, OpenMode};
use std::{io, path::Path, sync::Arc};

/// The seed of a random test, printed so that a failure can be run again: from SEED, or a new one.
pub fn seed(test: &str) -> u64 {
    let seed = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(|| fastrand::u64(..));
    eprintln!("{test}: SEED={seed}");
    seed
}

/// An empty backend.
pub fn backend() -> Backend {
    Backend::open(Arc::new(NoDisk), Path::new("db"), &BackendConfig::default()).unwrap()
}

#[derive(Debug)]
struct NoDisk;

impl Disk for NoDisk {
    fn open(&self, _: &Path, _: OpenMode) -> io::Result<Arc<dyn File>> {
        Err(io::ErrorKind::Unsupported.into())
    }
    fn exists(&self, _: &Path) -> bool {
        false
    }
    fn list(&self, _: &Path) -> io::Result<Vec<String>> {
        Ok(Vec::new())
    }
    fn create_dir_all(&self, _: &Path) -> io::Result<()> {
        Ok(())
    }
    fn rename(&self, _: &Path, _: &Path) -> io::Result<()> {
        Ok(())
    }
    fn remove_file(&self, _: &Path) -> io::Result<()> {
        Ok(())
    }
    fn remove_dir_all(&self, _: &Path) -> io::Result<()> {
        Ok(())
    }
    fn sync_dir(&self, _: &Path) -> io::Result<()> {
        Ok(())
    }
}
