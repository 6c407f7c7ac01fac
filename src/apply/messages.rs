//! What the log hears of changes to the cluster, in etcd's words.

use crate::{
    id::{ClusterId, MemberId},
    membership::{Change, Version},
};

/// A change of membership was made.
pub(super) fn changed_members((cluster, member): (ClusterId, MemberId), change: &Change) {
    if let Change::Add(added) = change {
        tracing::info!(
            "cluster-id" = %cluster,
            "local-member-id" = %member,
            "added-peer-id" = %added.id,
            "added-peer-peer-urls" = ?added.peer_urls,
            "added-peer-is-learner" = added.is_learner,
            "added member"
        );
    }
}

/// The cluster's version was set, and with it the storage's.
pub(super) fn set_version((cluster, member): (ClusterId, MemberId), before: Option<Version>, after: Option<Version>) {
    let Some(after) = after.map(Version::short) else { return };
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
