//! The version that the cluster works at: the leader asks all members for theirs, and proposes the lowest (reference 8.11).

use super::{Handle, join};
use crate::{
    limits::VERSION_INTERVAL,
    membership::Version,
    pb::{etcdserverpb::InternalRaftRequest, membershippb::ClusterVersionSetRequest},
};
use tokio::time::timeout;

/// Looks at once and then from time to time, and whenever this member becomes the leader, until the member stops.
/// Returns after the first look, so that a new cluster has a version when its leader is ready.
pub async fn spawn(handle: Handle) {
    look(&handle).await;
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
    let before = handle.shared().members.version();
    let Some(version) = decide(before, lowest(handle).await) else { return };
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

/// The version to set, if any, given the cluster's and the lowest of its members; the latter is not known while a member
/// does not say.
fn decide(cluster: Option<Version>, lowest: Option<Version>) -> Option<Version> {
    match (cluster, lowest.map(Version::minor_only)) {
        (None, lowest) => Some(lowest.unwrap_or(Version::CLUSTER_MIN)),
        (Some(_), None) => None,
        (Some(cluster), Some(lowest)) => (cluster < lowest && cluster.major == lowest.major).then_some(lowest),
    }
}

/// The lowest version of all members, if all of them say theirs.
async fn lowest(handle: &Handle) -> Option<Version> {
    let mut lowest = Version::SERVER;
    for member in handle.shared().members.list() {
        if member.id == handle.member_id() {
            continue;
        }
        let text = join::versions(&member, &handle.shared().asker, handle.shared().request_timeout).await?.server;
        // Builds of the main branch carry a mark.
        let Ok(version) = text.split(['-', '+']).next().unwrap_or_default().parse::<Version>() else {
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
        lowest = lowest.min(version);
    }
    Some(lowest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_starts_low_and_goes_up() {
        let version = |minor, patch| Version { major: 3, minor, patch };
        assert_eq!(decide(None, None), Some(version(0, 0)));
        assert_eq!(decide(None, Some(version(6, 5))), Some(version(6, 0)));
        assert_eq!(decide(Some(version(0, 0)), None), None);
        assert_eq!(decide(Some(version(0, 0)), Some(version(7, 1))), Some(version(7, 0)));
        assert_eq!(decide(Some(version(7, 0)), Some(version(7, 9))), None);
        assert_eq!(decide(Some(version(7, 0)), Some(version(6, 0))), None);
        assert_eq!(decide(Some(version(7, 0)), Some(Version { major: 4, minor: 0, patch: 0 })), None);
    }
}
