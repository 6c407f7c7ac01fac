//! The names of one simulated folder, and what a power loss leaves of them.
//!
//! A change of names is atomic, and the changes of one folder become durable in their order, as journaling file systems
//! have it; those of two folders are independent. A sync of the folder makes all of its names durable.

use super::fault::Chance;
use std::collections::BTreeMap;

/// Which file or folder a name stands for.
pub(super) type Inode = u64;

/// A folder.
#[derive(Clone, Debug, Default)]
pub(super) struct Folder {
    live: BTreeMap<String, Inode>,
    durable: BTreeMap<String, Inode>,
    pending: Vec<Vec<(String, Option<Inode>)>>,
}

impl Folder {
    pub(super) fn get(&self, name: &str) -> Option<Inode> {
        self.live.get(name).copied()
    }

    pub(super) fn list(&self) -> Vec<String> {
        self.live.keys().cloned().collect()
    }

    /// Sets or removes names, all at once.
    pub(super) fn change(&mut self, changes: Vec<(String, Option<Inode>)>) {
        set(&mut self.live, &changes);
        self.pending.push(changes);
    }

    pub(super) fn sync(&mut self) {
        self.durable.clone_from(&self.live);
        self.pending.clear();
    }

    /// The power goes: some first part of the unsynced changes survives.
    pub(super) fn crash(&mut self, chance: &mut Chance) {
        let survive = chance.below(self.pending.len() as u64 + 1) as usize;
        for changes in &self.pending[..survive] {
            set(&mut self.durable, changes);
        }
        self.pending.clear();
        self.live.clone_from(&self.durable);
    }

    /// All that a name stands for now, or may stand for after a power loss.
    pub(super) fn inodes(&self) -> impl Iterator<Item = Inode> {
        let pending = self.pending.iter().flatten().filter_map(|(_, inode)| inode.as_ref());
        self.live.values().chain(self.durable.values()).chain(pending).copied()
    }
}

fn set(names: &mut BTreeMap<String, Inode>, changes: &[(String, Option<Inode>)]) {
    for (name, inode) in changes {
        match inode {
            Some(inode) => names.insert(name.clone(), *inode),
            None => names.remove(name),
        };
    }
}
