//! `etcdserverpb.Lease`.

use super::{answers::Outbox, status};
use crate::{
    apply::Refusal,
    id::LeaseId,
    metrics::metrics,
    pb::etcdserverpb::{
        LeaseGrantRequest, LeaseGrantResponse, LeaseKeepAliveRequest, LeaseKeepAliveResponse, LeaseLeasesRequest,
        LeaseLeasesResponse, LeaseRevokeRequest, LeaseRevokeResponse, LeaseTimeToLiveRequest, LeaseTimeToLiveResponse,
    },
    server::{Failure, Handle},
};
use tonic::{Status, Streaming};

/// Makes a lease.
pub async fn grant(handle: Handle, request: LeaseGrantRequest) -> Result<LeaseGrantResponse, Status> {
    handle.lease_grant(request).await.map_err(status::of_failure)
}

/// Ends a lease and deletes its keys.
pub async fn revoke(handle: Handle, request: LeaseRevokeRequest) -> Result<LeaseRevokeResponse, Status> {
    handle.lease_revoke(request).await.map_err(status::of_failure)
}

/// How long a lease still lives; one that does not exist is no error.
pub async fn time_to_live(handle: Handle, request: LeaseTimeToLiveRequest) -> Result<LeaseTimeToLiveResponse, Status> {
    handle.lease_time_to_live(request).await.map_err(status::of_failure)
}

/// All leases.
pub async fn leases(handle: Handle, _: LeaseLeasesRequest) -> Result<LeaseLeasesResponse, Status> {
    handle.lease_list().await.map_err(status::of_failure)
}

/// Keeps leases alive: one answer a request, in their order. A lease that does not exist has no time left, which is no
/// error. The stream ends with the client's side of it.
pub async fn keep_alive(
    handle: Handle,
    mut requests: Streaming<LeaseKeepAliveRequest>,
    out: Outbox<LeaseKeepAliveResponse>,
) -> Result<(), Status> {
    while let Some(LeaseKeepAliveRequest { id }) = requests.message().await.map_err(broken)? {
        // Taken before the lease is renewed: a client that sees a revision here can rely on the lease having lived
        // at it.
        let header = Some(handle.header());
        let ttl = match handle.lease_renew(LeaseId(id)).await {
            Ok(ttl) => ttl,
            Err(Failure::Refused(Refusal::LeaseNotFound)) => 0,
            Err(failure) => return Err(status::of_failure(failure)),
        };
        out.send(LeaseKeepAliveResponse { header, id, ttl }).await;
    }
    Ok(())
}

fn broken(error: Status) -> Status {
    metrics().stream_failures.with_label_values(&["receive", "lease-keepalive"]).inc();
    tracing::warn!(error = error.message(), "failed to receive lease keepalive request from gRPC stream");
    status::of_transport(error)
}
