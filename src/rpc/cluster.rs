//! `etcdserverpb.Cluster`: who is in it. Its headers have no revision.

use super::status;
use crate::{
    pb::etcdserverpb::{MemberListRequest, MemberListResponse, ResponseHeader},
    server::Handle,
};
use tonic::Status;

/// The members, as this one knows them or, if so asked, as they are.
pub async fn member_list(handle: Handle, request: MemberListRequest) -> Result<MemberListResponse, Status> {
    if request.linearizable {
        handle.linearize().await.map_err(status::of_failure)?;
    }
    let header = ResponseHeader { revision: 0, ..handle.header() };
    Ok(MemberListResponse { header: Some(header), members: handle.members() })
}
