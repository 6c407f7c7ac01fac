//! The version that the cluster works at: the leader asks all members for theirs and proposes what follows from them, up, and
//! down when an operator has asked for it; and it ends a downgrade when all members have gone the way (reference 8.11).

mod decide;

use super::{Handle, join};
use crate::{
    id::MemberId,
    limits::VERSION_INTERVAL,
    membership::{Downgrade, Version},
    pb::{etcdserverpb::InternalRaftRequest, membershippb::ClusterVersionSetRequest},
};
use decide::{NoWay, decide, first_above};
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// Looks at once and then from time to time, and whenever this member becomes the leader, until the member stops; and so
/// often whether a downgrade is done, if ever. Returns after the first look, so that a new cluster has a version when its leader
/// is ready.
pub async fn spawn(handle: Handle, downgrade: Option<Duration>) {
    look(&handle).await;
    if let Some(interval) = downgrade {
        tokio::spawn(end_downgrades(handle.clone(), interval));
    }
    tokio::spawn(async move {
        loop {
            tokio::select! {
                biased;
                () = handle.stopping() => return,
                _ = timeout(VERSION_INTERVAL, handle.becomes_leader()) => look(&handle).await,
            }
        }
    });
}

/// Sees to it that the cluster has the version that it should have.
async fn look(handle: &Handle) {
    if !handle.is_leader() {
        return;
    }
    let lowest = members(handle).await.and_then(|members| members.into_iter().map(|(_, version)| version).min());
    let (before, downgrade) = (handle.shared().members.version(), handle.shared().members.downgrade());
    let version = match decide(before, lowest, target(&downgrade)) {
        Ok(Some(version)) => version,
        Ok(None) => return,
        Err(no_way) => return refuse(&downgrade, no_way),
    };
    let to = version.short();
    match before.map(Version::short) {
        None => tracing::info!("cluster-version" = to, "setting up initial cluster version using v3 API"),
        Some(from) => tracing::info!(from, to, "updating cluster version using v3 API"),
    }
    let request = InternalRaftRequest {
        cluster_version_set: Some(ClusterVersionSetRequest { ver: version.to_string() }),
        ..Default::default()
    };
    if let Err(failure) = handle.propose(request).await {
        tracing::warn!(error = %failure, "failed to update cluster version");
    }
}

fn refuse(downgrade: &Downgrade, no_way: NoWay) {
    match no_way {
        NoWay::Cluster(version) => tracing::error!(
            "downgrade-target" = downgrade.target,
            "cluster-version" = %version,
            "Cannot downgrade from cluster-version to downgrade-target"
        ),
        NoWay::Member(version) => tracing::error!(
            "downgrade-target" = downgrade.target,
            "minimal-server-version" = %version,
            "Cannot downgrade from minimal-server-version to downgrade-target"
        ),
    }
    tracing::error!(error = "invalid downgrade target", "Failed to monitor cluster version");
}

/// Ends the downgrade that all members have gone through, while this member leads.
async fn end_downgrades(handle: Handle, interval: Duration) {
    loop {
        tokio::select! {
            biased;
            () = handle.stopping() => return,
            () = sleep(interval) => {}
        }
        let downgrade = handle.shared().members.downgrade();
        let Some(target) = target(&downgrade).filter(|_| handle.is_leader()) else { continue };
        let Some(members) = members(&handle).await else { continue };
        if let Some((id, version)) = first_above(&members, target) {
            tracing::warn!(
                "remote-member-id" = %id,
                "current-server-version" = %version.minor_only(),
                "target-version" = %target,
                "remotes server has mismatching etcd version"
            );
            continue;
        }
        tracing::info!("cluster-version" = downgrade.target, "the cluster has been downgraded");
        if let Err(failure) = handle.downgrade_cancel().await {
            tracing::warn!(error = %failure, "failed to cancel downgrade");
        }
    }
}

/// Where the way leads, if one is under way.
fn target(downgrade: &Downgrade) -> Option<Version> {
    Version::of_server(&downgrade.target).filter(|_| downgrade.enabled)
}

/// The versions of all members by id, if all of them say theirs.
async fn members(handle: &Handle) -> Option<Vec<(MemberId, Version)>> {
    let mut all = Vec::new();
    for member in handle.shared().members.list() {
        if member.id == handle.member_id() {
            all.push((member.id, Version::SERVER));
            continue;
        }
        let text = join::versions(&member, &handle.shared().asker, handle.shared().request_timeout).await?.server;
        let Some(version) = Version::of_server(&text) else {
            tracing::warn!(
                "remote-member-id" = %member.id,
                "remote-member-version" = text,
                error = format!("{text} is not in dotted-tri format"),
                "failed to parse server version of remote member"
            );
            return None;
        };
        if Version::SERVER < version {
            tracing::warn!(
                "local-member-version" = %Version::SERVER,
                "remote-member-id" = %member.id,
                "remote-member-version" = text,
                "leader found higher-versioned member"
            );
        }
        all.push((member.id, version));
    }
    Some(all)
}
