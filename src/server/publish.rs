//! What a member tells its cluster before it says that it is ready: its name and how clients reach it (reference 8.1).

use super::{Handle, config::Config};
use crate::{
    limits,
    logging::go_duration,
    pb::{
        etcdserverpb::InternalRaftRequest,
        membershippb::{Attributes, ClusterMemberAttrSetRequest},
    },
};
use tokio::time::sleep;

/// Proposes it until it is applied, or the member stops.
pub async fn announce(handle: &Handle, config: &Config) {
    let request = InternalRaftRequest {
        cluster_member_attr_set: Some(ClusterMemberAttrSetRequest {
            member_id: handle.member_id().0,
            member_attributes: Some(Attributes {
                name: config.name.clone(),
                client_urls: config.advertise_client_urls.clone(),
            }),
        }),
        ..Default::default()
    };
    let attributes = format!("{{Name:{} ClientURLs:[{}]}}", config.name, config.advertise_client_urls.join(" "));
    let timeout = go_duration(config.request_timeout());
    loop {
        let proposed = tokio::select! {
            biased;
            () = handle.stopping() => {
                return tracing::warn!(
                    "local-member-id" = %handle.member_id(),
                    "local-member-attributes" = attributes,
                    "publish-timeout" = timeout,
                    "stopped publish because server is stopping"
                );
            }
            proposed = handle.propose(request.clone()) => proposed,
        };
        match proposed {
            Ok(_) => break,
            Err(failure) => tracing::warn!(
                "local-member-id" = %handle.member_id(),
                "local-member-attributes" = attributes,
                "publish-timeout" = timeout,
                error = %failure,
                "failed to publish local member to cluster through raft"
            ),
        }
        sleep(limits::ANNOUNCE_RETRY).await;
    }
    tracing::info!(
        "local-member-id" = %handle.member_id(),
        "local-member-attributes" = attributes,
        "cluster-id" = %handle.cluster_id(),
        "publish-timeout" = timeout,
        "published local member to cluster through raft"
    );
}
