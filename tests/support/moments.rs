//! A disk that lets a test in at each moment of what is done with it: before every read, write and sync of a file.

use etcd::disk::{Disk, File, OpenMode, mem::MemDisk};
use parking_lot::Mutex;
use std::{fmt, io, path::Path, sync::Arc};

/// What is about to be done with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    Read,
    Write,
    Sync,
}

type Look = Box<dyn FnMut(Moment) + Send>;

/// See the module. Clones share disk and look.
#[derive(Clone, Default)]
pub struct Moments {
    disk: MemDisk,
    look: Arc<Mutex<Option<Look>>>,
}

impl Moments {
    /// Of a disk that is there already.
    pub fn of(disk: MemDisk) -> Self {
        Self { disk, look: Arc::default() }
    }

    /// From now on `look` is called at each moment, by whoever is about to do it. Not within itself.
    pub fn look(&self, look: impl FnMut(Moment) + Send + 'static) {
        *self.look.lock() = Some(Box::new(look));
    }

    fn passes(&self, moment: Moment) {
        let look = self.look.lock().take();
        if let Some(mut look) = look {
            look(moment);
            self.look.lock().get_or_insert(look);
        }
    }
}

impl fmt::Debug for Moments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.disk.fmt(f)
    }
}

impl Disk for Moments {
    fn open(&self, path: &Path, mode: OpenMode) -> io::Result<Arc<dyn File>> {
        Ok(Arc::new(Seen { file: self.disk.open(path, mode)?, disk: self.clone() }))
    }

    fn exists(&self, path: &Path) -> bool {
        self.disk.exists(path)
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        self.disk.list(dir)
    }

    fn create_dir_all(&self, dir: &Path) -> io::Result<()> {
        self.disk.create_dir_all(dir)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.disk.rename(from, to)
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        self.disk.remove_file(path)
    }

    fn remove_dir_all(&self, dir: &Path) -> io::Result<()> {
        self.disk.remove_dir_all(dir)
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        self.disk.sync_dir(dir)
    }

    fn free_bytes(&self, dir: &Path) -> io::Result<u64> {
        self.disk.free_bytes(dir)
    }
}

#[derive(Debug)]
struct Seen {
    file: Arc<dyn File>,
    disk: Moments,
}

impl File for Seen {
    fn len(&self) -> io::Result<u64> {
        self.file.len()
    }

    fn read_exact_at(&self, buf: &mut [u8], offset: u64) -> io::Result<()> {
        self.disk.passes(Moment::Read);
        self.file.read_exact_at(buf, offset)
    }

    fn write_all_at(&self, data: &[u8], offset: u64) -> io::Result<()> {
        self.disk.passes(Moment::Write);
        self.file.write_all_at(data, offset)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.file.set_len(len)
    }

    fn allocate(&self, len: u64) -> io::Result<()> {
        self.file.allocate(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.disk.passes(Moment::Sync);
        self.file.sync_data()
    }

    fn try_lock(&self) -> io::Result<()> {
        self.file.try_lock()
    }
}
