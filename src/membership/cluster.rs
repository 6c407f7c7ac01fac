//! The replicated truth about the cluster, and its rows in the backend.
//!
//! ```text
//!   members          hex id           -> the member's JSON
//!   members_removed  hex id           -> "removed"
//!   cluster          clusterVersion   -> "3.7.0"
//!                    downgrade        -> {"target-version":"3.6.0","enabled":true}
//! ```

use super::{
    change::{Change, ChangeRefusal},
    member::{Member, to_go_json},
    version::Version,
};
use crate::{
    backend::{Backend, BackendError, Batch, Bucket, Frozen, Row},
    id::MemberId,
};
use bytes::Bytes;
use parking_lot::RwLock;
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

const VERSION_KEY: &[u8] = b"clusterVersion";
const DOWNGRADE_KEY: &[u8] = b"downgrade";
const REMOVED: &[u8] = b"removed";

/// A way down to an older version, if one is under way.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Downgrade {
    /// Where to, as text; empty when there is none.
    #[serde(rename = "target-version")]
    pub target: String,
    /// Is one under way?
    pub enabled: bool,
}

/// Why the cluster could not be read, or a request about it not be carried out: damage or a bug.
#[derive(Debug, thiserror::Error)]
pub enum MembershipError {
    /// The backend failed.
    #[error(transparent)]
    Backend(#[from] BackendError),
    /// A row that makes no sense.
    #[error("bucket {bucket:?}, key {key:?}: {reason}")]
    Damaged {
        /// Where.
        bucket: Bucket,
        /// The row's key.
        key: Bytes,
        /// What is wrong with it.
        reason: String,
    },
    /// A version that is none.
    #[error("cluster version: {0}")]
    Version(String),
    /// The cluster is ahead of this program.
    #[error("invalid downgrade; server version is lower than determined cluster version {0}")]
    Newer(Version),
    /// Attributes of somebody who never was a member.
    #[error("failed to update; member {0} unknown")]
    Unknown(MemberId),
}

/// The cluster. Owned by `apply`; readers hold a [`MembersView`].
#[derive(Debug)]
pub struct Cluster {
    learners_max: usize,
    /// Locked because readers list members from other threads; written once in a blue moon.
    state: Arc<RwLock<State>>,
}

#[derive(Debug, Default)]
pub(super) struct State {
    pub members: BTreeMap<MemberId, Member>,
    pub removed: BTreeSet<MemberId>,
    pub version: Option<Version>,
    pub downgrade: Downgrade,
}

impl Cluster {
    /// Reads the cluster; refuses one whose version is above ours. `learners_max`: how many members may be learners
    /// (`--max-learners`; every member must have the same).
    pub fn open(backend: &Backend, learners_max: usize) -> Result<Self, MembershipError> {
        let state = State::read(&|bucket| backend.range(bucket, b"", None, usize::MAX))?;
        Ok(Self { learners_max, state: Arc::new(RwLock::new(state)) })
    }

    /// Takes over all of `other`'s; views show it from here on.
    pub fn replace(&mut self, other: Self) {
        *self.state.write() = std::mem::take(&mut *other.state.write());
    }

    /// The readers' side.
    pub fn view(&self) -> MembersView {
        MembersView { state: self.state.clone() }
    }

    /// May the change happen now?
    pub fn check(&self, change: &Change) -> Result<(), ChangeRefusal> {
        let state = self.state.read();
        change.check(&state.members, &state.removed, self.learners_max)
    }

    /// Makes a change that [`Cluster::check`] allowed.
    pub fn make(&mut self, change: &Change, batch: &mut Batch) {
        debug_assert_eq!(self.check(change), Ok(()));
        let mut state = self.state.write();
        match change {
            Change::Add(member) => {
                write_member(member, batch);
                state.members.insert(member.id, member.clone());
            }
            Change::Remove(id) => {
                batch.delete(Bucket::Members, &row_key(*id));
                batch.put(Bucket::MembersRemoved, &row_key(*id), Bytes::from_static(REMOVED));
                state.members.remove(id);
                state.removed.insert(*id);
            }
            Change::Promote(id) => {
                if let Some(member) = state.members.get_mut(id) {
                    member.is_learner = false;
                    write_member(member, batch);
                }
            }
            Change::Update { id, peer_urls } => {
                if let Some(member) = state.members.get_mut(id) {
                    member.peer_urls.clone_from(peer_urls);
                    write_member(member, batch);
                }
            }
        }
    }

    /// A member that has started tells its name and client URLs. One that was removed meanwhile is passed over.
    pub fn set_attributes(
        &mut self,
        id: MemberId,
        name: &str,
        client_urls: &[String],
        batch: &mut Batch,
    ) -> Result<(), MembershipError> {
        let mut state = self.state.write();
        let removed = state.removed.contains(&id);
        match state.members.get_mut(&id) {
            Some(member) => {
                name.clone_into(&mut member.name);
                member.client_urls = client_urls.to_vec();
                write_member(member, batch);
                Ok(())
            }
            None if removed => Ok(()),
            None => Err(MembershipError::Unknown(id)),
        }
    }

    /// The version that all members speak. One above ours is an error, as the cluster has left us behind.
    pub fn set_version(&mut self, text: &str, batch: &mut Batch) -> Result<Version, MembershipError> {
        let version = read_version(text)?;
        batch.put(Bucket::Cluster, VERSION_KEY, version.to_string().into());
        self.state.write().version = Some(version);
        Ok(version)
    }

    /// A downgrade begins, or ends. The target of one that ends is forgotten.
    pub fn set_downgrade(&mut self, downgrade: Downgrade, batch: &mut Batch) {
        let downgrade = if downgrade.enabled { downgrade } else { Downgrade::default() };
        batch.put(Bucket::Cluster, DOWNGRADE_KEY, to_go_json(&downgrade).into());
        self.state.write().downgrade = downgrade;
    }
}

impl State {
    /// The cluster that these rows are of.
    pub fn of(rows: &Frozen) -> Result<Self, MembershipError> {
        Self::read(&|bucket| {
            let mut all = Vec::new();
            let copy = Bytes::copy_from_slice;
            rows.scan(bucket, b"", None, |key, value| {
                all.push((copy(key), copy(value)));
                true
            })?;
            Ok(all)
        })
    }

    fn read(rows: &dyn Fn(Bucket) -> Result<Vec<Row>, BackendError>) -> Result<Self, MembershipError> {
        let mut state = Self::default();
        for (key, value) in rows(Bucket::Members)? {
            let member = read_member(&key, &value)?;
            state.members.insert(member.id, member);
        }
        for (key, _) in rows(Bucket::MembersRemoved)? {
            state.removed.insert(read_id(Bucket::MembersRemoved, &key)?);
        }
        for (key, value) in rows(Bucket::Cluster)? {
            match key.as_ref() {
                VERSION_KEY => state.version = Some(read_version(&String::from_utf8_lossy(&value))?),
                DOWNGRADE_KEY => {
                    state.downgrade = serde_json::from_slice(&value).map_err(|error| MembershipError::Damaged {
                        bucket: Bucket::Cluster,
                        key,
                        reason: error.to_string(),
                    })?;
                }
                _ => {}
            }
        }
        Ok(state)
    }
}

/// Reads the cluster from any thread. Clones share.
#[derive(Clone, Debug)]
pub struct MembersView {
    state: Arc<RwLock<State>>,
}

impl MembersView {
    /// All members by id.
    pub fn list(&self) -> Vec<Member> {
        self.state.read().members.values().cloned().collect()
    }

    /// One of them.
    pub fn get(&self, id: MemberId) -> Option<Member> {
        self.state.read().members.get(&id).cloned()
    }

    /// Was it a member once?
    pub fn is_removed(&self, id: MemberId) -> bool {
        self.state.read().removed.contains(&id)
    }

    /// The version that all members speak; none in a cluster that has just begun.
    pub fn version(&self) -> Option<Version> {
        self.state.read().version
    }

    /// The way down, if any.
    pub fn downgrade(&self) -> Downgrade {
        self.state.read().downgrade.clone()
    }
}

fn row_key(id: MemberId) -> Vec<u8> {
    id.to_string().into_bytes()
}

fn write_member(member: &Member, batch: &mut Batch) {
    batch.put(Bucket::Members, &row_key(member.id), member.to_json().into());
}

fn read_member(key: &Bytes, value: &Bytes) -> Result<Member, MembershipError> {
    let damaged = |reason| MembershipError::Damaged { bucket: Bucket::Members, key: key.clone(), reason };
    let member: Member = serde_json::from_slice(value).map_err(|error| damaged(error.to_string()))?;
    match read_id(Bucket::Members, key)? == member.id {
        true => Ok(member),
        false => Err(damaged(format!("holds the member {}", member.id))),
    }
}

fn read_id(bucket: Bucket, key: &Bytes) -> Result<MemberId, MembershipError> {
    let id = std::str::from_utf8(key).ok().and_then(|text| u64::from_str_radix(text, 16).ok());
    id.map(MemberId).ok_or_else(|| MembershipError::Damaged {
        bucket,
        key: key.clone(),
        reason: "the key is no member's id".into(),
    })
}

fn read_version(text: &str) -> Result<Version, MembershipError> {
    let version: Version = text.parse().map_err(MembershipError::Version)?;
    match version > Version::SERVER.minor_only() {
        true => Err(MembershipError::Newer(version)),
        false => Ok(version),
    }
}
