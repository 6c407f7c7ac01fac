//! A state as a whole, on its way between members.
//!
//! ```text
//!   StateMachine::durable -> Durable   rows that do not change any more, and what they are of: to be sent
//!   a file that came -> Image::open    read and checked as at a start -> StateMachine::install
//! ```

use super::{
    machine::{Identity, Settings, StateMachine},
    meta::Meta,
    outcome::Fatal,
};
use crate::{
    backend::{Backend, BackendError, Frozen, Replaced},
    membership::old_store,
    mvcc::Ranges,
    pb::raftpb::{ConfState, SnapshotMetadata},
};
use bytes::Bytes;
use std::collections::BTreeSet;

/// What is in the backend's file.
#[derive(Debug)]
pub struct Durable {
    /// The last entry whose effects are there, and the members as of that entry.
    pub metadata: SnapshotMetadata,
    /// All rows. Dropped soon, or the file grows; see [`Frozen`].
    pub rows: Frozen,
}

/// A state that came from a peer, in a file of its own, read and ready to take the place of this member's.
#[derive(Debug)]
pub struct Image {
    machine: StateMachine,
    metadata: SnapshotMetadata,
}

/// What the watchers, and whoever keeps files, must know of a state that took another's place.
#[derive(Debug)]
pub struct Installed {
    /// The store's revision.
    pub revision: i64,
    /// Below this one it is compacted.
    pub compacted: i64,
    /// The file that was there before.
    pub replaced: Replaced,
}

/// Why what came is no state to go by.
#[derive(Debug, thiserror::Error)]
pub enum ImageError {
    /// It cannot be read.
    #[error(transparent)]
    Unreadable(#[from] Fatal),
    /// It is of another entry than it was said to be.
    #[error("the database is of entry {found} of term {found_term}, not of entry {index} of term {term}")]
    OtherEntry {
        /// As was said.
        index: u64,
        /// As was said.
        term: u64,
        /// As is in it.
        found: u64,
        /// As is in it.
        found_term: u64,
    },
    /// It has other voters or learners than it was said to have.
    #[error("the database has other members than its snapshot")]
    OtherMembers,
}

impl Durable {
    /// The payload of a snapshot: what etcd 3.6 and before look for in it.
    pub fn payload(&self) -> Result<Bytes, Fatal> {
        Ok(old_store(&self.rows)?.into())
    }
}

impl StateMachine {
    /// What the backend has in its file, for a peer to begin with; none before the first membership change is there.
    pub fn durable(&self) -> Result<Option<Durable>, Fatal> {
        let rows = self.backend.durable();
        let Meta { index, term, conf_state, .. } = Meta::of(&rows)?;
        let metadata = |conf_state| SnapshotMetadata { index, term, conf_state };
        Ok(conf_state.map(metadata).map(|metadata| Durable { metadata, rows }))
    }

    /// Goes on from a later state that came from a peer. The file is the new one when this returns, and everybody's views
    /// and readers show it. A failure is fatal: what is in memory may be of either.
    pub fn install(&mut self, image: Image) -> Result<Installed, Fatal> {
        let Self { meta, store, revision, leases, cluster, alarms, auth, backend, .. } = image.machine;
        // What may be read is decided first, then keys and rows change places; the rest follows in etcd's order.
        let replaced = self.store.replace(store, || self.backend.adopt(backend))?;
        self.leases.replace(leases);
        self.alarms.replace(alarms);
        self.auth.replace(auth);
        self.cluster.replace(cluster);
        (self.meta, self.revision) = (meta, revision);
        Ok(Installed { revision, compacted: self.store.reader().compact_revision(), replaced })
    }
}

impl Image {
    /// Opens what a peer says to be the state as of `metadata`. Takes as long as a start with as many keys. What is refused
    /// is removed.
    pub fn open(
        file: Backend,
        (identity, settings): (Identity, Settings),
        metadata: SnapshotMetadata,
    ) -> Result<Self, ImageError> {
        let opened = StateMachine::open(file.clone(), identity, settings).map_err(ImageError::from);
        let checked = opened.and_then(|machine| check(&machine, &metadata).map(|()| machine));
        match checked {
            Ok(machine) => Ok(Self { machine, metadata }),
            Err(error) => {
                // Best effort: the next start removes it, too.
                let _ = file.discard();
                Err(error)
            }
        }
    }

    /// What it is of.
    pub fn metadata(&self) -> &SnapshotMetadata {
        &self.metadata
    }

    /// Removes it. Raft had no use for it.
    pub fn discard(self) -> Result<(), BackendError> {
        self.machine.backend.discard()
    }
}

fn check(machine: &StateMachine, metadata: &SnapshotMetadata) -> Result<(), ImageError> {
    let SnapshotMetadata { index, term, .. } = *metadata;
    let (found, found_term) = machine.applied();
    if (found, found_term) != (index, term) {
        return Err(ImageError::OtherEntry { index, term, found, found_term });
    }
    let found = machine.conf_state().unwrap_or_default();
    let set = |ids: &[u64]| ids.iter().copied().collect::<BTreeSet<u64>>();
    let of = |state: &ConfState| {
        [set(&state.voters), set(&state.learners), set(&state.voters_outgoing), set(&state.learners_next)]
    };
    if of(&found) == of(&metadata.conf_state) { Ok(()) } else { Err(ImageError::OtherMembers) }
}
