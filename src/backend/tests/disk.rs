//! A disk in memory for the backend's tests: it can crash at a chosen sync, losing any part of what was not synced, fail
//! a chosen sync, or run out of space.

use crate::disk::{Disk, File, OpenMode};
use parking_lot::Mutex;
use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

/// What is to go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The machine stops inside this sync, counted from 0 (files and folders alike).
    CrashAtSync(usize),
    /// This sync fails, and only this one.
    FailSync(usize),
    /// Writes fail once the files have this many bytes together.
    FullAt(usize),
}

#[derive(Clone, Debug)]
pub struct TestDisk(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    random: fastrand::Rng,
    names: BTreeMap<PathBuf, usize>,
    durable_names: BTreeMap<PathBuf, usize>,
    files: Vec<Content>,
    locks: BTreeSet<usize>,
    faults: Vec<Fault>,
    syncs: usize,
    /// Counts crashes; a handle from before a crash is dead.
    boot: usize,
}

#[derive(Clone, Debug, Default)]
struct Content {
    live: Vec<u8>,
    durable: Vec<u8>,
    pending: Vec<Change>,
}

#[derive(Clone, Debug)]
enum Change {
    Write(usize, Vec<u8>),
    Len(usize),
}

impl Change {
    fn apply(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Write(offset, data) => {
                let end = offset + data.len();
                bytes.resize(bytes.len().max(end), 0);
                bytes[*offset..end].copy_from_slice(data);
            }
            Self::Len(len) => bytes.resize(*len, 0),
        }
    }
}

impl TestDisk {
    pub fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(State {
            random: fastrand::Rng::with_seed(seed),
            names: BTreeMap::new(),
            durable_names: BTreeMap::new(),
            files: Vec::new(),
            locks: BTreeSet::new(),
            faults: Vec::new(),
            syncs: 0,
            boot: 0,
        })))
    }

    /// Replaces the faults, and counts syncs from 0 again.
    pub fn plan(&self, faults: &[Fault]) {
        let mut state = self.0.lock();
        state.faults = faults.to_vec();
        state.syncs = 0;
    }

    pub fn syncs(&self) -> usize {
        self.0.lock().syncs
    }

    pub fn has_crashed(&self) -> bool {
        self.0.lock().boot > 0
    }

    /// Stops the machine now. What was open is dead, what was not synced is lost in part.
    pub fn crash(&self) {
        self.0.lock().crash();
    }

    pub fn put(&self, path: &str, bytes: &[u8]) {
        let file = self.open(Path::new(path), OpenMode::Create).unwrap();
        file.set_len(0).unwrap();
        file.write_all_at(bytes, 0).unwrap();
    }

    pub fn bytes(&self, path: &str) -> Vec<u8> {
        let state = self.0.lock();
        state.files[state.names[Path::new(path)]].live.clone()
    }
}

impl State {
    fn crash(&mut self) {
        self.boot += 1;
        self.locks.clear();
        self.faults.clear();
        if self.random.bool() {
            self.durable_names = self.names.clone();
        }
        self.names = self.durable_names.clone();
        for file in &mut self.files {
            for change in std::mem::take(&mut file.pending) {
                match change {
                    // The disk writes sectors, in any order and any of them.
                    Change::Write(offset, data) => {
                        for (n, sector) in data.chunks(512).enumerate() {
                            if self.random.bool() {
                                Change::Write(offset + n * 512, sector.to_vec()).apply(&mut file.durable);
                            }
                        }
                    }
                    len if self.random.bool() => len.apply(&mut file.durable),
                    Change::Len(_) => {}
                }
            }
            file.live = file.durable.clone();
        }
    }

    /// Counts a sync; an error when it is to go wrong.
    fn count_sync(&mut self) -> io::Result<()> {
        let number = self.syncs;
        self.syncs += 1;
        if self.faults.contains(&Fault::CrashAtSync(number)) {
            self.crash();
            return Err(dead());
        }
        match self.faults.contains(&Fault::FailSync(number)) {
            true => Err(io::Error::other("planned: the sync fails")),
            false => Ok(()),
        }
    }
}

fn dead() -> io::Error {
    io::Error::other("planned: the machine stopped")
}

fn not_found() -> io::Error {
    io::ErrorKind::NotFound.into()
}

impl Disk for TestDisk {
    fn open(&self, path: &Path, mode: OpenMode) -> io::Result<Arc<dyn File>> {
        let mut state = self.0.lock();
        let id = match (state.names.get(path).copied(), mode) {
            (Some(_), OpenMode::CreateNew) => return Err(io::ErrorKind::AlreadyExists.into()),
            (None, OpenMode::Read | OpenMode::ReadWrite) => return Err(not_found()),
            (Some(id), _) => id,
            (None, _) => {
                let id = state.files.len();
                state.files.push(Content::default());
                state.names.insert(path.into(), id);
                id
            }
        };
        Ok(Arc::new(TestFile { disk: self.clone(), id, boot: state.boot, locked: Mutex::new(false) }))
    }

    fn exists(&self, path: &Path) -> bool {
        self.0.lock().names.keys().any(|name| name.starts_with(path))
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        let state = self.0.lock();
        let inside = state.names.keys().filter(|name| name.parent() == Some(dir));
        Ok(inside.filter_map(|name| Some(name.file_name()?.to_string_lossy().into_owned())).collect())
    }

    fn create_dir_all(&self, _: &Path) -> io::Result<()> {
        Ok(())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut state = self.0.lock();
        let id = state.names.remove(from).ok_or_else(not_found)?;
        state.names.insert(to.into(), id);
        Ok(())
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        self.0.lock().names.remove(path).map(drop).ok_or_else(not_found)
    }

    fn remove_dir_all(&self, dir: &Path) -> io::Result<()> {
        self.0.lock().names.retain(|name, _| !name.starts_with(dir));
        Ok(())
    }

    fn sync_dir(&self, _: &Path) -> io::Result<()> {
        let mut state = self.0.lock();
        state.count_sync()?;
        state.durable_names = state.names.clone();
        Ok(())
    }
}

#[derive(Debug)]
struct TestFile {
    disk: TestDisk,
    id: usize,
    boot: usize,
    locked: Mutex<bool>,
}

impl TestFile {
    fn with<T>(&self, f: impl FnOnce(&mut State) -> io::Result<T>) -> io::Result<T> {
        let mut state = self.disk.0.lock();
        if state.boot != self.boot {
            return Err(dead());
        }
        f(&mut state)
    }

    fn change(&self, change: Change) -> io::Result<()> {
        self.with(|state| {
            let used: usize = state.files.iter().map(|file| file.live.len()).sum();
            let full = state.faults.iter().any(|fault| matches!(fault, Fault::FullAt(limit) if used > *limit));
            if full {
                return Err(io::ErrorKind::StorageFull.into());
            }
            let file = &mut state.files[self.id];
            change.apply(&mut file.live);
            file.pending.push(change);
            Ok(())
        })
    }
}

impl File for TestFile {
    fn len(&self) -> io::Result<u64> {
        self.with(|state| Ok(state.files[self.id].live.len() as u64))
    }

    fn read_exact_at(&self, buf: &mut [u8], offset: u64) -> io::Result<()> {
        self.with(|state| {
            let offset = usize::try_from(offset).map_err(io::Error::other)?;
            let bytes = offset.checked_add(buf.len()).and_then(|end| state.files[self.id].live.get(offset..end));
            buf.copy_from_slice(bytes.ok_or(io::ErrorKind::UnexpectedEof)?);
            Ok(())
        })
    }

    fn write_all_at(&self, data: &[u8], offset: u64) -> io::Result<()> {
        self.change(Change::Write(offset as usize, data.to_vec()))
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.change(Change::Len(len as usize))
    }

    fn allocate(&self, len: u64) -> io::Result<()> {
        self.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.with(|state| {
            state.count_sync()?;
            let file = &mut state.files[self.id];
            for change in std::mem::take(&mut file.pending) {
                change.apply(&mut file.durable);
            }
            Ok(())
        })
    }

    fn try_lock(&self) -> io::Result<()> {
        self.with(|state| match state.locks.insert(self.id) {
            true => {
                *self.locked.lock() = true;
                Ok(())
            }
            false => Err(io::ErrorKind::WouldBlock.into()),
        })
    }
}

impl Drop for TestFile {
    fn drop(&mut self) {
        let mut state = self.disk.0.lock();
        if *self.locked.lock() && state.boot == self.boot {
            state.locks.remove(&self.id);
        }
    }
}
