//! Members, and how they change.

use super::{error::ClientError, handle::Client, retry::Repeat};
use crate::pb::etcdserverpb as pb;

impl Client {
    /// The members. With `linearizable` as a quorum knows them, otherwise as the member asked does.
    pub async fn member_list(&self, request: pb::MemberListRequest) -> Result<pb::MemberListResponse, ClientError> {
        self.unary("/etcdserverpb.Cluster/MemberList", Repeat::Harmless, request).await
    }

    /// Adds a member.
    pub async fn member_add(&self, request: pb::MemberAddRequest) -> Result<pb::MemberAddResponse, ClientError> {
        self.unary("/etcdserverpb.Cluster/MemberAdd", Repeat::Harmful, request).await
    }

    /// Removes a member for good.
    pub async fn member_remove(&self, id: u64) -> Result<pb::MemberRemoveResponse, ClientError> {
        self.unary("/etcdserverpb.Cluster/MemberRemove", Repeat::Harmful, pb::MemberRemoveRequest { id }).await
    }

    /// Gives a member other peer URLs.
    pub async fn member_update(
        &self,
        request: pb::MemberUpdateRequest,
    ) -> Result<pb::MemberUpdateResponse, ClientError> {
        self.unary("/etcdserverpb.Cluster/MemberUpdate", Repeat::Harmful, request).await
    }

    /// Gives a learner a vote.
    pub async fn member_promote(&self, id: u64) -> Result<pb::MemberPromoteResponse, ClientError> {
        self.unary("/etcdserverpb.Cluster/MemberPromote", Repeat::Harmful, pb::MemberPromoteRequest { id }).await
    }
}
