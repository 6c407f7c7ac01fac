//! A disk that tells which of its operations are under way, so that somebody can see one that does not come back.
//!
//! ```text
//!   backend, wal --> ObservedDisk --> the disk below
//!                       `-- UnderWay: number, what, where  <-- somebody with a clock looks, and looks again
//! ```
//!
//! It reads no clock: each operation has a number of its own, and whoever finds the same number twice knows that it stands.
//! What must hold: an operation is on the list for as long as the disk below has it, and no longer.
//!
//! Reads are not told of. They come from every thread at once, would wait for each other here, and a disk that does not
//! answer them does not answer the log's syncs either.

use super::{Disk, File, OpenMode};
use parking_lot::Mutex;
use std::{
    io,
    path::Path,
    sync::{Arc, Weak},
};

/// What is asked of a disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Open a file, or create it.
    Open,
    /// Write to a file.
    Write,
    /// Cut or grow a file.
    Resize,
    /// Reserve room for a file.
    Allocate,
    /// Make a file's contents durable.
    Sync,
    /// Create a folder.
    CreateDir,
    /// Give a file or folder another name.
    Rename,
    /// Remove a file or folder.
    Remove,
    /// Make a folder's names durable.
    SyncDir,
}

impl Action {
    /// In the system's own word, where it has one: operators look for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Write => "write",
            Self::Resize => "ftruncate",
            Self::Allocate => "fallocate",
            Self::Sync => "fdatasync",
            Self::CreateDir => "mkdir",
            Self::Rename => "rename",
            Self::Remove => "unlink",
            Self::SyncDir => "fsync",
        }
    }
}

/// An operation that is under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// No other of the same disk has it.
    pub number: u64,
    /// What it is.
    pub action: Action,
    /// Of which file or folder.
    pub path: Arc<Path>,
}

/// The operations that are under way. Clones share.
#[derive(Clone, Debug, Default)]
pub struct UnderWay(Arc<Mutex<Operations>>);

/// A lock, because any thread may use the disk; held for a moment only.
#[derive(Debug, Default)]
struct Operations {
    next: u64,
    /// There are few at a time.
    running: Vec<Operation>,
}

impl UnderWay {
    /// All of them, the oldest first.
    pub fn list(&self) -> Vec<Operation> {
        let mut running = self.0.lock().running.clone();
        running.sort_unstable_by_key(|operation| operation.number);
        running
    }

    fn during<T>(&self, action: Action, path: Arc<Path>, work: impl FnOnce() -> T) -> T {
        let _end = self.begin(action, path);
        work()
    }

    fn begin(&self, action: Action, path: Arc<Path>) -> End<'_> {
        let mut operations = self.0.lock();
        let number = operations.next;
        operations.next += 1;
        operations.running.push(Operation { number, action, path });
        End { under_way: self, number }
    }
}

/// Takes its operation off the list, however that ends.
struct End<'a> {
    under_way: &'a UnderWay,
    number: u64,
}

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.under_way.0.lock().running.retain(|operation| operation.number != self.number);
    }
}

/// The name of an open file. It changes: files are made under a name of their own, and renamed when they are whole.
type Name = Mutex<Arc<Path>>;

/// See the module.
#[derive(Debug)]
pub struct ObservedDisk {
    below: Arc<dyn Disk>,
    under_way: UnderWay,
    /// Of the files that are open, and of some that were. Locked because any thread may open one.
    names: Mutex<Vec<Weak<Name>>>,
}

impl ObservedDisk {
    /// Over a disk.
    pub fn new(below: Arc<dyn Disk>) -> Self {
        Self { below, under_way: UnderWay::default(), names: Mutex::default() }
    }

    /// What is under way on it.
    pub fn under_way(&self) -> UnderWay {
        self.under_way.clone()
    }

    fn during<T>(&self, action: Action, path: &Path, work: impl FnOnce(&dyn Disk) -> T) -> T {
        self.under_way.during(action, path.into(), || work(self.below.as_ref()))
    }
}

impl Disk for ObservedDisk {
    fn open(&self, path: &Path, mode: OpenMode) -> io::Result<Arc<dyn File>> {
        let below = self.during(Action::Open, path, |disk| disk.open(path, mode))?;
        let name = Arc::new(Mutex::new(path.into()));
        let mut names = self.names.lock();
        names.retain(|name| name.strong_count() > 0);
        names.push(Arc::downgrade(&name));
        Ok(Arc::new(ObservedFile { below, name, under_way: self.under_way() }))
    }

    fn mode(&self, dir: &Path) -> io::Result<u32> {
        self.below.mode(dir)
    }

    fn exists(&self, path: &Path) -> bool {
        self.below.exists(path)
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        self.below.list(dir)
    }

    fn create_dir_all(&self, dir: &Path) -> io::Result<()> {
        self.during(Action::CreateDir, dir, |disk| disk.create_dir_all(dir))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.during(Action::Rename, to, |disk| disk.rename(from, to))?;
        for name in self.names.lock().iter().filter_map(Weak::upgrade) {
            let mut name = name.lock();
            match name.strip_prefix(from) {
                Ok(below) if below.as_os_str().is_empty() => *name = to.into(),
                Ok(below) => *name = to.join(below).into(),
                Err(_) => {}
            }
        }
        Ok(())
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        self.during(Action::Remove, path, |disk| disk.remove_file(path))
    }

    fn remove_dir_all(&self, dir: &Path) -> io::Result<()> {
        self.during(Action::Remove, dir, |disk| disk.remove_dir_all(dir))
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        self.during(Action::SyncDir, dir, |disk| disk.sync_dir(dir))
    }

    fn free_bytes(&self, dir: &Path) -> io::Result<u64> {
        self.below.free_bytes(dir)
    }
}

/// A file of an [`ObservedDisk`].
#[derive(Debug)]
struct ObservedFile {
    below: Arc<dyn File>,
    name: Arc<Name>,
    under_way: UnderWay,
}

impl ObservedFile {
    fn during<T>(&self, action: Action, work: impl FnOnce(&dyn File) -> T) -> T {
        let name = self.name.lock().clone();
        self.under_way.during(action, name, || work(self.below.as_ref()))
    }
}

impl File for ObservedFile {
    fn len(&self) -> io::Result<u64> {
        self.below.len()
    }

    fn stored_len(&self) -> io::Result<u64> {
        self.below.stored_len()
    }

    fn read_exact_at(&self, buf: &mut [u8], offset: u64) -> io::Result<()> {
        self.below.read_exact_at(buf, offset)
    }

    fn write_all_at(&self, data: &[u8], offset: u64) -> io::Result<()> {
        self.during(Action::Write, |file| file.write_all_at(data, offset))
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.during(Action::Resize, |file| file.set_len(len))
    }

    fn allocate(&self, len: u64) -> io::Result<()> {
        self.during(Action::Allocate, |file| file.allocate(len))
    }

    fn sync_data(&self) -> io::Result<()> {
        self.during(Action::Sync, File::sync_data)
    }

    fn try_lock(&self) -> io::Result<()> {
        self.below.try_lock()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::mem::MemDisk;

    /// A file whose sync looks at the list.
    #[derive(Debug)]
    struct Looking(UnderWay, Mutex<Vec<Operation>>);

    impl File for Looking {
        fn len(&self) -> io::Result<u64> {
            Ok(0)
        }
        fn read_exact_at(&self, _: &mut [u8], _: u64) -> io::Result<()> {
            Ok(())
        }
        fn write_all_at(&self, _: &[u8], _: u64) -> io::Result<()> {
            Ok(())
        }
        fn set_len(&self, _: u64) -> io::Result<()> {
            Ok(())
        }
        fn allocate(&self, _: u64) -> io::Result<()> {
            Ok(())
        }
        fn sync_data(&self) -> io::Result<()> {
            *self.1.lock() = self.0.list();
            Err(io::Error::other("no"))
        }
        fn try_lock(&self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn an_operation_is_on_the_list_while_it_runs() {
        let under_way = UnderWay::default();
        let looking = Arc::new(Looking(under_way.clone(), Mutex::default()));
        let path: Arc<Path> = Path::new("/wal").into();
        let name = Arc::new(Mutex::new(path.clone()));
        let file = ObservedFile { below: looking.clone(), name, under_way: under_way.clone() };
        let first = under_way.begin(Action::Rename, path.clone());
        file.write_all_at(b"a", 0).unwrap();
        file.sync_data().unwrap_err();
        let expected = [(0, Action::Rename), (2, Action::Sync)];
        let expected = expected.map(|(number, action)| Operation { number, action, path: path.clone() });
        assert_eq!(*looking.1.lock(), expected);
        // A failed one is over as well.
        assert_eq!(under_way.list(), expected[..1]);
        drop(first);
        assert_eq!(under_way.list(), []);
    }

    #[test]
    fn files_are_told_of_by_the_name_that_they_have() {
        let disk = ObservedDisk::new(Arc::new(MemDisk::new()));
        let dir = Path::new("/wal.tmp");
        disk.create_dir_all(dir).unwrap();
        let files = ["a", "b"].map(|name| disk.open(&dir.join(name), OpenMode::CreateNew).unwrap());
        disk.rename(&dir.join("a"), &dir.join("c")).unwrap();
        disk.rename(dir, Path::new("/wal")).unwrap();
        let names = || disk.names.lock().iter().filter_map(Weak::upgrade).map(|name| name.lock().clone()).collect();
        let expected: Vec<Arc<Path>> = ["/wal/c", "/wal/b"].map(|name| Path::new(name).into()).into();
        assert_eq!(Vec::<Arc<Path>>::from_iter::<Vec<_>>(names()), expected);
        drop(files);
        assert_eq!(names(), Vec::<Arc<Path>>::new());
    }

    #[test]
    fn it_is_the_disk_below() {
        let below = Arc::new(MemDisk::new());
        let disk = ObservedDisk::new(below.clone());
        let dir = Path::new("/d");
        disk.create_dir_all(dir).unwrap();
        let file = disk.open(&dir.join("a"), OpenMode::CreateNew).unwrap();
        file.write_all_at(b"abc", 0).unwrap();
        file.set_len(2).unwrap();
        file.allocate(4).unwrap();
        file.sync_data().unwrap();
        disk.rename(&dir.join("a"), &dir.join("b")).unwrap();
        disk.sync_dir(dir).unwrap();
        assert_eq!(below.list(dir).unwrap(), ["b"]);
        let (mut same, mut through) = ([0; 4], [0; 4]);
        below.open(&dir.join("b"), OpenMode::Read).unwrap().read_exact_at(&mut same, 0).unwrap();
        file.read_exact_at(&mut through, 0).unwrap();
        assert_eq!((same, through), (*b"ab\0\0", *b"ab\0\0"));
        assert_eq!((file.len().unwrap(), disk.exists(&dir.join("b"))), (4, true));
        disk.remove_file(&dir.join("b")).unwrap();
        assert_eq!(disk.list(dir).unwrap(), [""; 0]);
        assert_eq!(disk.under_way().list(), []);
    }
}
