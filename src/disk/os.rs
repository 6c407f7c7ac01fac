//! The machine's file system. The only file that names `std::fs`.
//!
//! Reads and writes carry their offset, so that one handle serves a reader and a writer. Nothing is cached here; what is
//! durable and when is what the traits say.

use super::{Disk, File, OpenMode, PRIVATE_MODE};
use rustix::fs::{FallocateFlags, fallocate};
use std::{
    fs, io,
    os::unix::fs::{DirBuilderExt, FileExt, MetadataExt, OpenOptionsExt, PermissionsExt},
    path::Path,
    sync::Arc,
};

/// Are syncs carried out?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fsync {
    /// Yes: a machine that loses power keeps what was synced.
    On,
    /// No (`--unsafe-no-fsync`): fast, and every promise about power loss is void. A killed process loses nothing.
    Off,
}

/// The real disk.
#[derive(Clone, Copy, Debug)]
pub struct OsDisk {
    fsync: Fsync,
}

impl OsDisk {
    /// A door to the file system; touches nothing yet.
    pub fn new(fsync: Fsync) -> Self {
        Self { fsync }
    }
}

impl Disk for OsDisk {
    fn open(&self, path: &Path, mode: OpenMode) -> io::Result<Arc<dyn File>> {
        let mut options = fs::OpenOptions::new();
        options.read(true).mode(0o600);
        match mode {
            OpenMode::Read => {}
            OpenMode::ReadWrite => {
                options.write(true);
            }
            OpenMode::Create => {
                options.write(true).create(true);
            }
            OpenMode::CreateNew => {
                options.write(true).create_new(true);
            }
        }
        Ok(Arc::new(OsFile { file: options.open(path)?, fsync: self.fsync }))
    }

    fn exists(&self, path: &Path) -> bool {
        path.exists()
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(dir)? {
            // A name that is not text is none of ours.
            if let Ok(name) = entry?.file_name().into_string() {
                names.push(name);
            }
        }
        names.sort_unstable();
        Ok(names)
    }

    fn create_dir_all(&self, dir: &Path) -> io::Result<()> {
        let parent = dir.parent().filter(|parent| !parent.as_os_str().is_empty());
        if dir.is_dir() {
            if dir.parent().is_none() {
                return Ok(());
            }
            // Folders are made durable one by one, from above, so only the lowest one that is there can be in doubt.
            return match self.sync_dir(parent.unwrap_or(Path::new("."))) {
                // A folder that may not be read is somebody else's, and so is what he put there.
                Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(()),
                done => done,
            };
        }
        if let Some(parent) = parent {
            self.create_dir_all(parent)?;
        }
        match fs::DirBuilder::new().mode(PRIVATE_MODE).create(dir) {
            // Another thread was quicker.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && dir.is_dir() => {}
            done => done?,
        }
        self.sync_dir(parent.unwrap_or(Path::new(".")))
    }

    fn mode(&self, dir: &Path) -> io::Result<u32> {
        Ok(fs::metadata(dir)?.permissions().mode() & 0o777)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn remove_dir_all(&self, dir: &Path) -> io::Result<()> {
        fs::remove_dir_all(dir)
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        match self.fsync {
            Fsync::On => fs::File::open(dir)?.sync_all(),
            Fsync::Off => Ok(()),
        }
    }

    fn free_bytes(&self, dir: &Path) -> io::Result<u64> {
        let found = rustix::fs::statvfs(dir)?;
        Ok(found.f_bavail.saturating_mul(found.f_frsize))
    }
}

#[derive(Debug)]
struct OsFile {
    file: fs::File,
    fsync: Fsync,
}

impl File for OsFile {
    fn len(&self) -> io::Result<u64> {
        Ok(self.file.metadata()?.len())
    }

    fn stored_len(&self) -> io::Result<u64> {
        // Counted in these units whatever the file system's block is. Some reserve more than the file has.
        const UNIT_BYTES: u64 = 512;
        let metadata = self.file.metadata()?;
        Ok((metadata.blocks() * UNIT_BYTES).min(metadata.len()))
    }

    fn read_exact_at(&self, buf: &mut [u8], offset: u64) -> io::Result<()> {
        self.file.read_exact_at(buf, offset)
    }

    fn write_all_at(&self, data: &[u8], offset: u64) -> io::Result<()> {
        self.file.write_all_at(data, offset)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.file.set_len(len)
    }

    fn allocate(&self, len: u64) -> io::Result<()> {
        if len == 0 {
            return Ok(());
        }
        match rustix::io::retry_on_intr(|| fallocate(&self.file, FallocateFlags::empty(), 0, len)) {
            // A file system that cannot reserve: the length is all that we can have, as in etcd.
            Err(rustix::io::Errno::OPNOTSUPP) if self.len()? < len => self.set_len(len),
            Err(rustix::io::Errno::OPNOTSUPP) => Ok(()),
            done => Ok(done?),
        }
    }

    fn sync_data(&self) -> io::Result<()> {
        match self.fsync {
            Fsync::On => self.file.sync_data(),
            Fsync::Off => Ok(()),
        }
    }

    fn try_lock(&self) -> io::Result<()> {
        match self.file.try_lock() {
            Ok(()) => Ok(()),
            Err(fs::TryLockError::WouldBlock) => Err(io::ErrorKind::WouldBlock.into()),
            Err(fs::TryLockError::Error(error)) => Err(error),
        }
    }
}
