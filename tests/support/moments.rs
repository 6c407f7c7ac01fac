//! A disk that lets a test in at each moment of what is done with it: before every read, write and sync of a file.

use etcd::disk::{Disk, File, OpenMode};
use parking_lot::Mutex;
use std::{fmt, io, path::Path, sync::Arc};

/// What is about to be done with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    Read,
    Write,
    Sync,
}

/// Who is let in: called with the moment and the file's name at its opening, by whoever is about to do it.
pub trait Visitor: Send + Sync + 'static {
    fn visit(&self, moment: Moment, path: &Path);
}

/// See the module. Clones share disk and visitor.
#[derive(Clone)]
pub struct Moments {
    disk: Arc<dyn Disk>,
    visitor: Arc<dyn Visitor>,
}

impl Moments {
    pub fn of(disk: impl Disk + 'static, visitor: impl Visitor) -> Self {
        Self { disk: Arc::new(disk), visitor: Arc::new(visitor) }
    }
}

impl fmt::Debug for Moments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.disk.fmt(f)
    }
}

impl Disk for Moments {
    fn open(&self, path: &Path, mode: OpenMode) -> io::Result<Arc<dyn File>> {
        let file = self.disk.open(path, mode)?;
        Ok(Arc::new(Visited { file, path: path.into(), visitor: self.visitor.clone() }))
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

struct Visited {
    file: Arc<dyn File>,
    path: Box<Path>,
    visitor: Arc<dyn Visitor>,
}

impl fmt::Debug for Visited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.file.fmt(f)
    }
}

impl File for Visited {
    fn len(&self) -> io::Result<u64> {
        self.file.len()
    }

    fn stored_len(&self) -> io::Result<u64> {
        self.file.stored_len()
    }

    fn read_exact_at(&self, buf: &mut [u8], offset: u64) -> io::Result<()> {
        self.visitor.visit(Moment::Read, &self.path);
        self.file.read_exact_at(buf, offset)
    }

    fn write_all_at(&self, data: &[u8], offset: u64) -> io::Result<()> {
        self.visitor.visit(Moment::Write, &self.path);
        self.file.write_all_at(data, offset)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.file.set_len(len)
    }

    fn allocate(&self, len: u64) -> io::Result<()> {
        self.file.allocate(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.visitor.visit(Moment::Sync, &self.path);
        self.file.sync_data()
    }

    fn try_lock(&self) -> io::Result<()> {
        self.file.try_lock()
    }
}

/// A visitor that can be sent and called back while the disk is in use. Clones share. It is not called within itself.
#[derive(Clone, Default)]
pub struct Guest(Arc<Mutex<Option<Look>>>);

type Look = Box<dyn FnMut(Moment) + Send>;

impl Guest {
    /// From now on `look` is called at each moment.
    pub fn send(&self, look: impl FnMut(Moment) + Send + 'static) {
        *self.0.lock() = Some(Box::new(look));
    }
}

impl Visitor for Guest {
    fn visit(&self, moment: Moment, _: &Path) {
        let look = self.0.lock().take();
        if let Some(mut look) = look {
            look(moment);
            self.0.lock().get_or_insert(look);
        }
    }
}
