//! `etcdserverpb.Cluster`: who is in it, and how that changes. Its headers have no revision.

use super::status;
use crate::{
    apply::Asked,
    id::MemberId,
    membership::Member,
    pb::etcdserverpb::{
        self as pb, MemberAddRequest, MemberAddResponse, MemberListRequest, MemberListResponse, MemberPromoteRequest,
        MemberPromoteResponse, MemberRemoveRequest, MemberRemoveResponse, MemberUpdateRequest, MemberUpdateResponse,
        ResponseHeader,
    },
    peer::PeerUrl,
    server::Handle,
};
use tonic::Status;

/// The members, as this one knows them or, if so asked, as they are.
pub async fn member_list(handle: Handle, request: MemberListRequest) -> Result<MemberListResponse, Status> {
    if request.linearizable {
        handle.linearize().await.map_err(status::of_failure)?;
    }
    handle.authorise(&Asked::MemberList).await.map_err(status::of_failure)?;
    Ok(MemberListResponse { header: header(&handle), members: handle.members() })
}

/// Adds a member. Its id follows from its URLs and the time, so that one that is added again is another.
pub async fn member_add(handle: Handle, request: MemberAddRequest) -> Result<MemberAddResponse, Status> {
    let urls = PeerUrl::parse_all(request.peer_urls.iter().map(String::as_str)).map_err(|_| status::bad_urls())?;
    let peer_urls: Vec<String> = urls.iter().map(PeerUrl::to_string).collect();
    let id = MemberId::of_added(&peer_urls, handle.clock().unix_ms() / 1000);
    let member = Member { id, peer_urls, is_learner: request.is_learner, ..Member::default() };
    let added = pb::Member::from(&member);
    let members = handle.member_add(member).await.map_err(status::of_failure)?;
    Ok(MemberAddResponse { header: header(&handle), member: Some(added), members })
}

/// Removes a member for good.
pub async fn member_remove(handle: Handle, request: MemberRemoveRequest) -> Result<MemberRemoveResponse, Status> {
    let members = handle.member_remove(MemberId(request.id)).await.map_err(status::of_failure)?;
    Ok(MemberRemoveResponse { header: header(&handle), members })
}

/// Gives a member other peer URLs. As in etcd they may be any texts.
pub async fn member_update(handle: Handle, request: MemberUpdateRequest) -> Result<MemberUpdateResponse, Status> {
    let members = handle.member_update(MemberId(request.id), request.peer_urls).await;
    Ok(MemberUpdateResponse { header: header(&handle), members: members.map_err(status::of_failure)? })
}

/// Gives a learner a vote.
pub async fn member_promote(handle: Handle, request: MemberPromoteRequest) -> Result<MemberPromoteResponse, Status> {
    let members = handle.member_promote(MemberId(request.id)).await.map_err(status::of_failure)?;
    Ok(MemberPromoteResponse { header: header(&handle), members })
}

fn header(handle: &Handle) -> Option<ResponseHeader> {
    Some(ResponseHeader { revision: 0, ..handle.header() })
}
