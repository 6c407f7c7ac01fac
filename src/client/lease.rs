//! Leases: one call, one answer. Keeping one alive for long is in `keep_alive`.

use super::{error::ClientError, handle::Client, retry::Repeat};
use crate::pb::etcdserverpb as pb;

impl Client {
    /// Grants a lease.
    pub async fn lease_grant(&self, request: pb::LeaseGrantRequest) -> Result<pb::LeaseGrantResponse, ClientError> {
        // Harmless: a lease granted twice under no name of ours expires by itself.
        self.unary("/etcdserverpb.Lease/LeaseGrant", Repeat::Harmless, request).await
    }

    /// Revokes a lease and deletes its keys.
    pub async fn lease_revoke(&self, id: i64) -> Result<pb::LeaseRevokeResponse, ClientError> {
        self.unary("/etcdserverpb.Lease/LeaseRevoke", Repeat::Harmless, pb::LeaseRevokeRequest { id }).await
    }

    /// How long a lease has left, and which keys hang on it.
    pub async fn lease_time_to_live(
        &self,
        request: pb::LeaseTimeToLiveRequest,
    ) -> Result<pb::LeaseTimeToLiveResponse, ClientError> {
        self.unary("/etcdserverpb.Lease/LeaseTimeToLive", Repeat::Harmless, request).await
    }

    /// All leases.
    pub async fn lease_list(&self) -> Result<pb::LeaseLeasesResponse, ClientError> {
        self.unary("/etcdserverpb.Lease/LeaseLeases", Repeat::Harmless, pb::LeaseLeasesRequest {}).await
    }
}
