//! Members.

use super::{error::ClientError, handle::Client, retry::Repeat};
use crate::pb::etcdserverpb as pb;

impl Client {
    /// The members. With `linearizable` as a quorum knows them, otherwise as the member asked does.
    pub async fn member_list(&self, request: pb::MemberListRequest) -> Result<pb::MemberListResponse, ClientError> {
        self.unary("/etcdserverpb.Cluster/MemberList", Repeat::Harmless, request).await
    }
}
