//! What a member says of its start and its end, in etcd's words and order: operators and tools look for them.

use super::config::Config;
use crate::{
    apply::{Identity, StateMachine},
    backend::Backend,
    logging::{go_duration, humanize},
    membership::Version,
    metrics::metrics,
    mvcc::Ranges,
    pb::raftpb::SnapshotMetadata,
};
use std::{path::Path, time::Duration};

/// The backend's file is open.
pub fn opened_backend(path: &Path, took: Duration) {
    tracing::info!(path = %path.display(), took = go_duration(took), "opened backend db");
}

/// What the backend has of the log; and of a member that was here before, how large it is.
pub fn found_state(applied: u64, returned: Option<&Backend>) {
    tracing::info!(index = applied, "restore consistentIndex");
    if let Some(backend) = returned {
        let (size, in_use) = (backend.size(), backend.size_in_use());
        tracing::info!(
            "backend-size-bytes" = size,
            "backend-size" = humanize(size),
            "backend-size-in-use-bytes" = in_use,
            "backend-size-in-use" = humanize(in_use),
            "recovered v3 backend"
        );
    }
}

/// A member begins for the first time.
pub fn starting(identity: Identity) {
    tracing::info!(
        "local-member-id" = %identity.member_id,
        "cluster-id" = %identity.cluster_id,
        "starting local member"
    );
}

/// A member comes back; `commit` is what its log knows to be committed.
pub fn restarting(identity: Identity, commit: u64) {
    tracing::info!(
        "cluster-id" = %identity.cluster_id,
        "local-member-id" = %identity.member_id,
        "commit-index" = commit,
        "restarting local member"
    );
}

/// A member comes back, alone; the commit indexes are what its log knew, and what holds now.
pub fn forcing(identity: Identity, found: u64, commit: u64) {
    tracing::info!(
        "cluster-id" = %identity.cluster_id,
        "local-member-id" = %identity.member_id,
        "wal-commit-index" = found,
        "commit-index" = commit,
        "forcing restart member"
    );
}

/// The state is there; of a member that was here before, who else is.
pub fn restored(machine: &StateMachine) {
    let (identity, downgrade) = (machine.identity(), machine.members().downgrade());
    if downgrade.enabled {
        tracing::info!(
            "target-cluster-version" = downgrade.target,
            "current-server-version" = %Version::SERVER,
            "cluster is downgrading to target version"
        );
    }
    for member in machine.members().list() {
        tracing::info!(
            "cluster-id" = %identity.cluster_id,
            "local-member-id" = %identity.member_id,
            "recovered-remote-peer-id" = %member.id,
            "recovered-remote-peer-urls" = ?member.peer_urls,
            "recovered-remote-peer-is-learner" = member.is_learner,
            "recovered/added member from store"
        );
    }
    if let Some(version) = machine.members().version() {
        tracing::info!("cluster-version" = version.short(), "set cluster version from store");
    }
    tracing::info!("current-rev" = machine.reader().revision(), "kvstore restored");
}

/// All is put together, and the tasks begin.
pub fn serving(machine: &StateMachine) {
    let identity = machine.identity();
    let version = machine.members().version().map(Version::short);
    tracing::info!(
        "local-member-id" = %identity.member_id,
        "local-server-version" = %Version::SERVER,
        "cluster-id" = %identity.cluster_id,
        "cluster-version" = version.as_deref().unwrap_or("to_be_decided"),
        "starting etcd server"
    );
}

/// There is nobody to wait for.
pub fn alone(config: &Config, identity: Identity) {
    let ticks = config.election_ticks.saturating_sub(1);
    tracing::info!(
        "local-member-id" = %identity.member_id,
        "forward-ticks" = ticks,
        "forward-duration" = go_duration(config.tick * ticks as u32),
        "election-ticks" = config.election_ticks,
        "election-timeout" = go_duration(config.election_timeout()),
        "started as single-node; fast-forwarding election ticks"
    );
}

/// The state is about to be replaced by a leader's; `applied` is this member's own.
pub fn applying_snapshot(applied: u64, snapshot: &SnapshotMetadata) {
    metrics().snapshot_apply_in_progress.inc();
    tracing::info!(
        "current-applied-index" = applied,
        "incoming-leader-snapshot-index" = snapshot.index,
        "incoming-leader-snapshot-term" = snapshot.term,
        "applying snapshot"
    );
}

/// It is.
pub fn applied_snapshot(applied: u64, snapshot: &SnapshotMetadata) {
    metrics().snapshot_apply_in_progress.dec();
    tracing::info!(
        "current-applied-index" = applied,
        "incoming-leader-snapshot-index" = snapshot.index,
        "incoming-leader-snapshot-term" = snapshot.term,
        "applied snapshot"
    );
}
