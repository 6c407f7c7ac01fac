//! A disk whose syncs of some files can be held up, and let go.

use etcd::disk::{
    Disk, File, OpenMode,
    os::{Fsync, OsDisk},
};
use parking_lot::{Condvar, Mutex};
use std::{io, path::Path, sync::Arc};

/// The machine's, with gates.
#[derive(Debug)]
pub struct GatedDisk {
    below: OsDisk,
    gate: Gate,
}

/// What holds syncs up. Clones share.
#[derive(Clone, Debug, Default)]
pub struct Gate(Arc<(Mutex<State>, Condvar)>);

#[derive(Debug, Default)]
struct State {
    /// Files below a folder whose name begins so are held up: a folder is made as `<name>.tmp`.
    closed: Option<&'static str>,
    /// Syncs that stand at the gate.
    held: usize,
}

impl GatedDisk {
    pub fn new(gate: &Gate) -> Self {
        Self { below: OsDisk::new(Fsync::Off), gate: gate.clone() }
    }
}

impl Gate {
    /// From here on no sync of a file below that folder comes back; others do.
    pub fn close(&self, folder: &'static str) {
        self.0.0.lock().closed = Some(folder);
        self.0.1.notify_all();
    }

    /// All go on.
    pub fn open(&self) {
        self.0.0.lock().closed = None;
        self.0.1.notify_all();
    }

    /// Does one stand at it?
    pub fn holds(&self) -> bool {
        self.0.0.lock().held > 0
    }

    fn pass(&self, path: &Path) {
        let (state, opened) = &*self.0;
        let is_closed = |state: &mut State| {
            let is_below = |folder| path.iter().any(|part| part.to_string_lossy().starts_with(folder));
            state.closed.is_some_and(is_below)
        };
        let mut state = state.lock();
        state.held += 1;
        opened.wait_while(&mut state, is_closed);
        state.held -= 1;
    }
}

impl Disk for GatedDisk {
    fn open(&self, path: &Path, mode: OpenMode) -> io::Result<Arc<dyn File>> {
        let below = self.below.open(path, mode)?;
        Ok(Arc::new(GatedFile { below, path: path.into(), gate: self.gate.clone() }))
    }
    fn exists(&self, path: &Path) -> bool {
        self.below.exists(path)
    }
    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        self.below.list(dir)
    }
    fn create_dir_all(&self, dir: &Path) -> io::Result<()> {
        self.below.create_dir_all(dir)
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.below.rename(from, to)
    }
    fn remove_file(&self, path: &Path) -> io::Result<()> {
        self.below.remove_file(path)
    }
    fn remove_dir_all(&self, dir: &Path) -> io::Result<()> {
        self.below.remove_dir_all(dir)
    }
    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        self.below.sync_dir(dir)
    }
    fn free_bytes(&self, dir: &Path) -> io::Result<u64> {
        self.below.free_bytes(dir)
    }
}

#[derive(Debug)]
struct GatedFile {
    below: Arc<dyn File>,
    path: Box<Path>,
    gate: Gate,
}

impl File for GatedFile {
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
        self.below.write_all_at(data, offset)
    }
    fn set_len(&self, len: u64) -> io::Result<()> {
        self.below.set_len(len)
    }
    fn allocate(&self, len: u64) -> io::Result<()> {
        self.below.allocate(len)
    }
    fn sync_data(&self) -> io::Result<()> {
        self.gate.pass(&self.path);
        self.below.sync_data()
    }
    fn try_lock(&self) -> io::Result<()> {
        self.below.try_lock()
    }
}
