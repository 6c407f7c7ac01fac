//! Where the member stands, for `Maintenance/Status`, health checks and metrics.

use super::Handle;
use crate::{
    backend::{Bucket, meta},
    membership::Downgrade,
};
use std::sync::atomic::Ordering;

/// Where the member stands.
#[derive(Clone, Debug, Default)]
pub struct Status {
    /// The leader's id; zero when there is none.
    pub leader: u64,
    /// Index of the last entry committed.
    pub raft_index: u64,
    /// Index of the last entry applied.
    pub raft_applied_index: u64,
    /// Raft's term.
    pub raft_term: u64,
    /// Bytes of the backend's file.
    pub db_size: i64,
    /// Bytes of it that hold something.
    pub db_size_in_use: i64,
    /// Bytes that operators allow it, as configured: 0 is the default, below 0 is none.
    pub quota_bytes: i64,
    /// Does this member only listen?
    pub is_learner: bool,
    /// Version of the files.
    pub storage_version: Option<String>,
    /// The downgrade under way, if any.
    pub downgrade: Downgrade,
    /// Version that the cluster has agreed on.
    pub cluster_version: Option<String>,
}

impl Handle {
    /// Where the member stands now.
    pub fn status(&self) -> Status {
        let progress = &self.shared.progress;
        let backend = &self.shared.backend;
        Status {
            leader: progress.leader.load(Ordering::Relaxed),
            // In this order: what is applied was committed before.
            raft_applied_index: progress.applied.load(Ordering::Acquire),
            raft_index: progress.committed.load(Ordering::Relaxed),
            raft_term: progress.term.load(Ordering::Relaxed),
            db_size: backend.size() as i64,
            db_size_in_use: backend.size_in_use() as i64,
            quota_bytes: self.shared.quota.configured(),
            is_learner: self.shared.members.get(self.member_id()).is_some_and(|member| member.is_learner),
            storage_version: self.storage_version(),
            downgrade: self.shared.members.downgrade(),
            cluster_version: self.shared.members.version().map(|version| version.to_string()),
        }
    }

    /// The version that the files are written in; known once the cluster has agreed on one.
    fn storage_version(&self) -> Option<String> {
        let version = self.shared.backend.get(Bucket::Meta, meta::STORAGE_VERSION).ok().flatten()?;
        Some(String::from_utf8_lossy(&version).into_owned())
    }
}
