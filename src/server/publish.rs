//! What a member tells its cluster before it says that it is ready: its name and how clients reach it, and, when it
//! leads, the version that the cluster works at (reference 8.1, 8.11).

use super::{Handle, config::Config};
use crate::{
    limits,
    logging::go_duration,
    membership::Version,
    pb::{
        etcdserverpb::InternalRaftRequest,
        membershippb::{Attributes, ClusterMemberAttrSetRequest, ClusterVersionSetRequest},
    },
};
use tokio::time::sleep;

/// Proposes both until they are applied, or the member stops.
pub async fn announce(handle: &Handle, config: &Config) {
    let attributes = InternalRaftRequest {
        cluster_member_attr_set: Some(ClusterMemberAttrSetRequest {
            member_id: handle.member_id().0,
            member_attributes: Some(Attributes {
                name: config.name.clone(),
                client_urls: config.advertise_client_urls.clone(),
            }),
        }),
        ..Default::default()
    };
    propose_until_done(handle, attributes).await;
    tracing::info!(
        "local-member-id" = %handle.member_id(),
        "local-member-attributes" = format!("{{Name:{} ClientURLs:[{}]}}", config.name, config.advertise_client_urls.join(" ")),
        "cluster-id" = %handle.cluster_id(),
        "publish-timeout" = go_duration(config.request_timeout()),
        "published local member to cluster through raft"
    );
    if handle.status().cluster_version.is_none() {
        let version = Version::SERVER.minor_only().to_string();
        tracing::info!("cluster-version" = Version::SERVER.short(), "setting up initial cluster version using v3 API");
        let version = InternalRaftRequest {
            cluster_version_set: Some(ClusterVersionSetRequest { ver: version }),
            ..Default::default()
        };
        propose_until_done(handle, version).await;
    }
}

async fn propose_until_done(handle: &Handle, request: InternalRaftRequest) {
    while let Err(failure) = handle.propose(request.clone()).await {
        tracing::debug!(%failure, "not announced yet");
        tokio::select! {
            () = handle.stopping() => return,
            () = sleep(limits::ANNOUNCE_RETRY) => {}
        }
    }
}
