//! What the log hears of changes to the cluster, in etcd's words.

use crate::{
    id::{ClusterId, MemberId},
    membership::{Change, Downgrade, Member, Version},
};

/// A change of membership was made; `before` is the member that it is about, if it was one.
pub(super) fn changed_members((cluster, member): (ClusterId, MemberId), change: &Change, before: Option<&Member>) {
    let (cluster, member) = (cluster.to_string(), member.to_string());
    match change {
        Change::Add(added) => tracing::info!(
            "cluster-id" = cluster,
            "local-member-id" = member,
            "added-peer-id" = %added.id,
            "added-peer-peer-urls" = ?added.peer_urls,
            "added-peer-is-learner" = added.is_learner,
            "added member"
        ),
        Change::Remove(id) => tracing::info!(
            "cluster-id" = cluster,
            "local-member-id" = member,
            "removed-remote-peer-id" = %id,
            "removed-remote-peer-urls" = ?before.map(|member| &member.peer_urls[..]).unwrap_or_default(),
            "removed-remote-peer-is-learner" = before.is_some_and(|member| member.is_learner),
            "removed member"
        ),
        Change::Promote(id) => tracing::info!(
            "cluster-id" = cluster,
            "local-member-id" = member,
            "promoted-member-id" = %id,
            "promote member"
        ),
        // etcd tells of what was asked for, which says nothing of votes.
        Change::Update { id, peer_urls } => tracing::info!(
            "cluster-id" = cluster,
            "local-member-id" = member,
            "updated-remote-peer-id" = %id,
            "updated-remote-peer-urls" = ?peer_urls,
            "updated-remote-peer-is-learner" = false,
            "updated member"
        ),
    }
}

/// The cluster's version was set, and with it the storage's.
pub(super) fn set_version((cluster, member): (ClusterId, MemberId), before: Option<Version>, after: Option<Version>) {
    let Some(after) = after else { return };
    let short = after.short();
    match before.map(Version::short) {
        None => tracing::info!(
            "cluster-id" = %cluster,
            "local-member-id" = %member,
            "cluster-version" = short,
            "set initial cluster version"
        ),
        Some(before) => tracing::info!(
            "cluster-id" = %cluster,
            "local-member-id" = %member,
            from = before,
            to = short,
            "updated cluster version"
        ),
    }
    tracing::info!("cluster-version" = short, "enabled capabilities for version");
    tracing::info!("cluster-version" = short, "cluster version is updated");
    if let Some(before) = before.filter(|before| after < *before) {
        tracing::info!(
            "prev-cluster-version" = %before,
            "new-cluster-version" = %after,
            "Cluster version downgrade detected, forcing snapshot"
        );
    }
}

/// The storage has another form, since the cluster has another version; `downgrade` is the one under way.
pub(super) fn set_storage_version(before: Option<Version>, after: Option<Version>, downgrade: &Downgrade) {
    if before == after {
        return;
    }
    if let Some(before) = before {
        let cluster = after.map(|after| after.to_string()).unwrap_or_default();
        tracing::info!(
            "cluster-version" = cluster,
            "storage-version" = %before,
            "cluster version differs from storage version."
        );
    }
    if let Some(after) = after {
        tracing::info!("new-storage-version" = %after, "updated storage version");
    }
    if downgrade.enabled {
        tracing::info!(
            "target-version" = downgrade.target,
            "server-version" = %Version::SERVER,
            "The server is ready to downgrade"
        );
    }
}
