//! A disk in memory that forgets like a real one: for the simulator and the crash tests.
//!
//! ```text
//!   MemDisk ---> folders (names.rs)   names:  live | durable after sync_dir
//!       |  \---> files (content.rs)   bytes:  live | durable after sync_data
//!       +------> Faults (fault.rs)    what fails, and at which operation
//! ```
//!
//! What must hold: the same calls and the same seeds give the same bytes, on every machine. After [`MemDisk::crash`] all
//! handles from before are dead, and only what was durable is sure to be there; the rest is there whole, in part, or not.
//! After [`MemDisk::kill`] the handles are dead as well, and nothing is lost.
//! Folders are durable as soon as [`Disk::create_dir_all`] returns.
//!
//! What it does not do: permissions, links, holes that cost nothing, time. A slow disk is the simulator's business.

pub use super::fault::{Faults, Ops, PowerLoss};
use super::{
    Disk, File, OpenMode,
    content::Content,
    fault::Chance,
    names::{Folder, Inode},
};
use parking_lot::Mutex;
use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    path::{Component, Path},
    sync::Arc,
};

/// Handle of a simulated disk; clones share it.
#[derive(Clone, Debug)]
pub struct MemDisk {
    // A lock, because a disk is shared by whoever has a handle, and tests of async code call from many threads.
    state: Arc<Mutex<State>>,
}

impl Default for MemDisk {
    fn default() -> Self {
        Self::new()
    }
}

impl MemDisk {
    /// An empty disk without faults.
    pub fn new() -> Self {
        let root = Node::Folder(Folder::default());
        let state = State {
            nodes: BTreeMap::from([(ROOT, root)]),
            last_inode: ROOT,
            last_handle: 0,
            life: 0,
            power: Power::On,
            ops: Ops::default(),
            faults: Faults::default(),
        };
        Self { state: Arc::new(Mutex::new(state)) }
    }

    /// Another disk with the same contents, durable and not, the same counts and faults. Handles stay with this one.
    pub fn fork(&self) -> Self {
        Self { state: Arc::new(Mutex::new(self.state.lock().clone())) }
    }

    /// Operations so far; goes on counting over crashes.
    pub fn ops(&self) -> Ops {
        self.state.lock().ops
    }

    /// Replaces the plan of faults. Its numbers count from the disk's beginning, as [`MemDisk::ops`] does.
    pub fn set_faults(&self, faults: Faults) {
        self.state.lock().faults = faults;
    }

    /// The power goes and comes back: every open handle is dead, locks are free, `seed` decides what survives of all
    /// that was not synced, and the plan of faults is empty.
    pub fn crash(&self, seed: u64) {
        let mut state = self.state.lock();
        let mut chance = Chance::new(seed);
        for node in state.nodes.values_mut() {
            match node {
                Node::Folder(folder) => folder.crash(&mut chance),
                Node::File(file) => file.content.crash(&mut chance),
            }
        }
        state.end_life();
    }

    /// The process alone ends, as at `kill -9`: every open handle is dead, locks are free, and the plan of faults is empty.
    /// What was written is there, synced or not; a later power loss may still take it.
    pub fn kill(&self) {
        self.state.lock().end_life();
    }

    /// Flips a bit of what a file holds, for good, as a failing medium does.
    pub fn flip_bit(&self, path: &Path, offset: u64, bit: u8) -> io::Result<()> {
        let mut state = self.state.lock();
        let inode = state.find(path)?;
        let file = state.file(inode)?;
        if offset >= file.content.bytes().len() as u64 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        file.content.flip_bit(offset as usize, bit);
        Ok(())
    }

    /// All bytes of a file.
    pub fn read_file(&self, path: &Path) -> io::Result<Vec<u8>> {
        let mut state = self.state.lock();
        let inode = state.find(path)?;
        Ok(state.file(inode)?.content.bytes().to_vec())
    }

    /// Makes a file with these bytes, in place of one of that name; its folder must exist. Durable at once.
    pub fn write_file(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut state = self.state.lock();
        let (folder, name) = state.find_parent(path)?;
        let mut content = Content::default();
        content.write(bytes, 0);
        content.sync();
        let inode = state.add(Node::File(MemInode { content, ..MemInode::default() }));
        let folder = state.folder(folder)?;
        folder.change(vec![(name, Some(inode))]);
        folder.sync();
        Ok(())
    }
}

impl Disk for MemDisk {
    fn open(&self, path: &Path, mode: OpenMode) -> io::Result<Arc<dyn File>> {
        let mut state = self.state.lock();
        state.check_power()?;
        let inode = match (state.find(path), mode) {
            (Ok(_), OpenMode::CreateNew) => return Err(io::ErrorKind::AlreadyExists.into()),
            (Ok(inode), _) => inode,
            (Err(error), OpenMode::Create | OpenMode::CreateNew) if error.kind() == io::ErrorKind::NotFound => {
                state.create(path)?
            }
            (Err(error), _) => return Err(error),
        };
        state.file(inode)?.handles += 1;
        state.last_handle += 1;
        let (id, life) = (state.last_handle, state.life);
        let writable = if mode == OpenMode::Read { Access::Read } else { Access::Write };
        Ok(Arc::new(MemFile { disk: self.clone(), inode, id, life, access: writable }))
    }

    fn exists(&self, path: &Path) -> bool {
        self.state.lock().find(path).is_ok()
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        let mut state = self.state.lock();
        state.check_power()?;
        let inode = state.find(dir)?;
        Ok(state.folder(inode)?.list())
    }

    fn create_dir_all(&self, dir: &Path) -> io::Result<()> {
        let mut state = self.state.lock();
        state.check_power()?;
        let (mut inode, mut parent) = (ROOT, None);
        let mut names = names(dir)?.into_iter().peekable();
        while let Some(inner) = names.peek().and_then(|name| state.folder(inode).ok()?.get(name)) {
            parent = Some(std::mem::replace(&mut inode, inner));
            names.next();
        }
        state.folder(inode)?;
        // What is there already may have been made by a process that was killed before the sync.
        if let Some(parent) = parent {
            state.sync()?;
            state.folder(parent)?.sync();
        }
        for name in names {
            inode = state.create_folder(inode, name)?;
        }
        Ok(())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut state = self.state.lock();
        let inode = state.find(from)?;
        let (old_folder, old_name) = state.find_parent(from)?;
        let (new_folder, new_name) = state.find_parent(to)?;
        if let Ok(replaced) = state.find(to)
            && let Node::Folder(folder) = state.node(replaced)?
            && !folder.list().is_empty()
        {
            return Err(io::ErrorKind::DirectoryNotEmpty.into());
        }
        state.write(|state| {
            let link = (new_name, Some(inode));
            let unlink = (old_name, None);
            if old_folder == new_folder {
                state.folder(old_folder)?.change(vec![unlink, link]);
            } else {
                state.folder(new_folder)?.change(vec![link]);
                state.folder(old_folder)?.change(vec![unlink]);
            }
            Ok(())
        })
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        let mut state = self.state.lock();
        let inode = state.find(path)?;
        state.file(inode)?;
        state.unlink(path)
    }

    fn remove_dir_all(&self, dir: &Path) -> io::Result<()> {
        let mut state = self.state.lock();
        let inode = state.find(dir)?;
        state.folder(inode)?;
        state.unlink(dir)
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        let mut state = self.state.lock();
        let inode = state.find(dir)?;
        state.folder(inode)?;
        state.sync()?;
        state.folder(inode)?.sync();
        state.collect();
        Ok(())
    }

    fn free_bytes(&self, _dir: &Path) -> io::Result<u64> {
        let state = self.state.lock();
        state.check_power()?;
        Ok(state.free_bytes())
    }
}

/// May a handle write?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Access {
    Read,
    Write,
}

#[derive(Debug)]
struct MemFile {
    disk: MemDisk,
    inode: Inode,
    id: u64,
    /// The life of the disk that this handle belongs to.
    life: u64,
    access: Access,
}

impl MemFile {
    /// Runs with the file's bytes at hand.
    fn with<T>(&self, run: impl FnOnce(&mut State, Inode) -> io::Result<T>) -> io::Result<T> {
        let mut state = self.disk.state.lock();
        state.check_power()?;
        if state.life != self.life {
            return Err(io::Error::other("the handle is from before a power loss"));
        }
        run(&mut state, self.inode)
    }

    /// Runs a change that leaves the file at least `end` bytes long.
    fn change(&self, end: u64, run: impl FnOnce(&mut Content)) -> io::Result<()> {
        if self.access == Access::Read {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        self.with(|state, inode| {
            let grows = end.saturating_sub(state.file(inode)?.content.bytes().len() as u64);
            state.check_space(grows)?;
            state.write(|state| {
                run(&mut state.file(inode)?.content);
                Ok(())
            })
        })
    }
}

impl File for MemFile {
    fn len(&self) -> io::Result<u64> {
        self.with(|state, inode| Ok(state.file(inode)?.content.bytes().len() as u64))
    }

    fn read_exact_at(&self, buf: &mut [u8], offset: u64) -> io::Result<()> {
        self.with(|state, inode| {
            let bytes = state.file(inode)?.content.bytes();
            let from = usize::try_from(offset).unwrap_or(usize::MAX).min(bytes.len());
            let there = bytes[from..].get(..buf.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
            buf.copy_from_slice(there);
            Ok(())
        })
    }

    fn write_all_at(&self, data: &[u8], offset: u64) -> io::Result<()> {
        let end = offset.checked_add(data.len() as u64).ok_or(io::ErrorKind::InvalidInput)?;
        self.change(end, |content| content.write(data, offset as usize))
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.change(len, |content| content.resize(len as usize))
    }

    fn allocate(&self, len: u64) -> io::Result<()> {
        self.change(len, |content| {
            if content.bytes().len() < len as usize {
                content.resize(len as usize);
            }
        })
    }

    fn sync_data(&self) -> io::Result<()> {
        self.with(|state, inode| {
            let done = state.sync();
            let content = &mut state.file(inode)?.content;
            match &done {
                Ok(()) => content.sync(),
                Err(_) => content.fail_sync(),
            }
            done
        })
    }

    fn try_lock(&self) -> io::Result<()> {
        self.with(|state, inode| {
            let file = state.file(inode)?;
            match file.locked_by {
                Some(other) if other != self.id => Err(io::ErrorKind::WouldBlock.into()),
                _ => {
                    file.locked_by = Some(self.id);
                    Ok(())
                }
            }
        })
    }
}

impl Drop for MemFile {
    fn drop(&mut self) {
        let mut state = self.disk.state.lock();
        if state.life != self.life {
            return;
        }
        if let Ok(file) = state.file(self.inode) {
            file.handles -= 1;
            if file.locked_by == Some(self.id) {
                file.locked_by = None;
            }
        }
    }
}

const ROOT: Inode = 0;

/// A disk without a planned size is full here: a write far beyond is a bug, and must not take the test machine's memory.
const MOST_BYTES: u64 = 4 << 30;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Power {
    On,
    Off,
}

#[derive(Clone, Debug, Default)]
struct MemInode {
    content: Content,
    handles: u64,
    locked_by: Option<u64>,
}

#[derive(Clone, Debug)]
enum Node {
    Folder(Folder),
    File(MemInode),
}

#[derive(Clone, Debug)]
struct State {
    nodes: BTreeMap<Inode, Node>,
    last_inode: Inode,
    last_handle: u64,
    /// Grows with every crash.
    life: u64,
    power: Power,
    ops: Ops,
    faults: Faults,
}

impl State {
    fn check_power(&self) -> io::Result<()> {
        match self.power {
            Power::On => Ok(()),
            Power::Off => Err(io::Error::other("the power is off")),
        }
    }

    fn free_bytes(&self) -> u64 {
        let capacity = self.faults.capacity_bytes.unwrap_or(MOST_BYTES);
        let used: u64 = self
            .nodes
            .values()
            .map(|node| match node {
                Node::File(file) => file.content.bytes().len() as u64,
                Node::Folder(_) => 0,
            })
            .sum();
        capacity.saturating_sub(used)
    }

    fn check_space(&self, more: u64) -> io::Result<()> {
        if more > self.free_bytes() {
            return Err(io::ErrorKind::StorageFull.into());
        }
        Ok(())
    }

    /// Counts a change and makes it; the power may go right after it.
    fn write(&mut self, run: impl FnOnce(&mut Self) -> io::Result<()>) -> io::Result<()> {
        self.check_power()?;
        self.ops.writes += 1;
        run(self)?;
        if self.faults.power_loss == Some(PowerLoss::AtWrite(self.ops.writes)) {
            self.power = Power::Off;
        }
        self.check_power()
    }

    /// Counts a sync; an error is that of the plan.
    fn sync(&mut self) -> io::Result<()> {
        self.check_power()?;
        self.ops.syncs += 1;
        if self.faults.power_loss == Some(PowerLoss::AtSync(self.ops.syncs)) {
            self.power = Power::Off;
            self.check_power()?;
        }
        if self.faults.fails_sync(self.ops.syncs) {
            return Err(rustix::io::Errno::IO.into());
        }
        Ok(())
    }

    fn node(&mut self, inode: Inode) -> io::Result<&mut Node> {
        self.nodes.get_mut(&inode).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn file(&mut self, inode: Inode) -> io::Result<&mut MemInode> {
        match self.node(inode)? {
            Node::File(file) => Ok(file),
            Node::Folder(_) => Err(io::ErrorKind::IsADirectory.into()),
        }
    }

    fn folder(&mut self, inode: Inode) -> io::Result<&mut Folder> {
        match self.node(inode)? {
            Node::Folder(folder) => Ok(folder),
            Node::File(_) => Err(io::ErrorKind::NotADirectory.into()),
        }
    }

    fn find(&mut self, path: &Path) -> io::Result<Inode> {
        let mut inode = ROOT;
        for name in names(path)? {
            inode = self.folder(inode)?.get(&name).ok_or(io::ErrorKind::NotFound)?;
        }
        Ok(inode)
    }

    /// The folder that a path's last name is in, and that name.
    fn find_parent(&mut self, path: &Path) -> io::Result<(Inode, String)> {
        let mut names = names(path)?;
        let last = names.pop().ok_or(io::ErrorKind::InvalidInput)?;
        let mut inode = ROOT;
        for name in names {
            inode = self.folder(inode)?.get(&name).ok_or(io::ErrorKind::NotFound)?;
        }
        self.folder(inode)?;
        Ok((inode, last))
    }

    fn add(&mut self, node: Node) -> Inode {
        self.last_inode += 1;
        self.nodes.insert(self.last_inode, node);
        self.last_inode
    }

    fn create(&mut self, path: &Path) -> io::Result<Inode> {
        let (folder, name) = self.find_parent(path)?;
        let inode = self.add(Node::File(MemInode::default()));
        self.write(|state| {
            state.folder(folder)?.change(vec![(name, Some(inode))]);
            Ok(())
        })?;
        Ok(inode)
    }

    /// A folder within another, and the sync that makes it durable.
    fn create_folder(&mut self, parent: Inode, name: String) -> io::Result<Inode> {
        let inode = self.add(Node::Folder(Folder::default()));
        self.write(|state| {
            state.folder(parent)?.change(vec![(name, Some(inode))]);
            Ok(())
        })?;
        self.sync()?;
        self.folder(parent)?.sync();
        Ok(inode)
    }

    fn unlink(&mut self, path: &Path) -> io::Result<()> {
        let (folder, name) = self.find_parent(path)?;
        self.write(|state| {
            state.folder(folder)?.change(vec![(name, None)]);
            Ok(())
        })
    }

    /// Ends what a process had: its handles and locks, the plan of faults, and the power loss that it may have met.
    fn end_life(&mut self) {
        for node in self.nodes.values_mut() {
            if let Node::File(file) = node {
                file.handles = 0;
                file.locked_by = None;
            }
        }
        self.life += 1;
        self.power = Power::On;
        self.faults = Faults::default();
        self.collect();
    }

    /// Forgets what no name and no handle leads to.
    fn collect(&mut self) {
        let mut reached = BTreeSet::from([ROOT]);
        let mut ahead = vec![ROOT];
        while let Some(inode) = ahead.pop() {
            if let Some(Node::Folder(folder)) = self.nodes.get(&inode) {
                ahead.extend(folder.inodes().filter(|inner| reached.insert(*inner)));
            }
        }
        self.nodes.retain(|inode, node| reached.contains(inode) || matches!(node, Node::File(f) if f.handles > 0));
    }
}

/// A path as names from the root; the current folder is the root.
fn names(path: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for part in path.components() {
        match part {
            Component::RootDir | Component::CurDir => {}
            Component::Normal(name) => names.push(name.to_str().ok_or(io::ErrorKind::InvalidInput)?.to_owned()),
            Component::ParentDir | Component::Prefix(_) => return Err(io::ErrorKind::InvalidInput.into()),
        }
    }
    Ok(names)
}
