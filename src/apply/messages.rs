//! What the log hears of changes to the cluster, in etcd's words.

use super::machine::Identity;
use crate::membership::{Change, Version};

/// A change of membership was made.
pub(super) fn changed_members(identity: Identity, change: &Change) {
    if let Change::Add(member) = change {
        tracing::info!(
            "cluster-id" = %identity.cluster_id,
            "local-member-id" = %identity.member_id,
            "added-peer-id" = %member.id,
            "added-peer-peer-urls" = ?member.peer_urls,
            "added-peer-is-learner" = member.is_learner,
            "added member"
        );
    }
}

/// The cluster's version was set, and with it the storage's.
pub(super) fn set_version(identity: Identity, before: Option<Version>, after: Option<Version>) {
    let Some(after) = after.map(Version::short) else { return };
    let (cluster, member) = (identity.cluster_id, identity.member_id);
    match before.map(Version::short) {
        None => tracing::info!(
            "cluster-id" = %cluster,
            "local-member-id" = %member,
            "cluster-version" = after,
            "set initial cluster version"
        ),
        Some(before) => tracing::info!(
            "cluster-id" = %cluster,
            "local-member-id" = %member,
            from = before,
            to = after,
            "updated cluster version"
        ),
    }
    tracing::info!("cluster-version" = after, "enabled capabilities for version");
    tracing::info!("cluster-version" = after, "cluster version is updated");
}

/// The storage has another form.
pub(super) fn set_storage_version(before: Option<Version>, after: Option<Version>) {
    if let Some(after) = after.filter(|after| before != Some(*after)) {
        tracing::info!("new-storage-version" = %after, "updated storage version");
    }
}
