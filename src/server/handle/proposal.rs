//! Which response belongs to which request: a proposal names its own, so that an asker cannot expect another kind.

use crate::{
    apply::Response,
    pb::etcdserverpb::{self as pb, InternalRaftRequest},
};

/// A request that goes through the log.
pub trait Proposal {
    /// What it is answered when it was carried out.
    type Response;

    /// The request as the log has it, without a header.
    fn into_request(self) -> InternalRaftRequest;

    /// The answer, if apply gave one of the kind: another would be a bug of ours, and is never passed on.
    fn answer(response: Response) -> Option<Self::Response>;
}

/// Any request; whoever proposes it so reads the response as it comes.
impl Proposal for InternalRaftRequest {
    type Response = Response;

    fn into_request(self) -> InternalRaftRequest {
        self
    }

    fn answer(response: Response) -> Option<Response> {
        Some(response)
    }
}

macro_rules! proposals {
    ($($request:ident $field:ident $kind:ident $response:ident,)*) => {$(
        impl Proposal for pb::$request {
            type Response = pb::$response;

            fn into_request(self) -> InternalRaftRequest {
                InternalRaftRequest { $field: Some(self), ..Default::default() }
            }

            fn answer(response: Response) -> Option<pb::$response> {
                match response {
                    Response::$kind(response) => Some(response),
                    _ => None,
                }
            }
        }
    )*};
}

proposals! {
    PutRequest put Put PutResponse,
    DeleteRangeRequest delete_range DeleteRange DeleteRangeResponse,
    TxnRequest txn Txn TxnResponse,
    CompactionRequest compaction Compact CompactionResponse,
    LeaseGrantRequest lease_grant LeaseGrant LeaseGrantResponse,
    LeaseRevokeRequest lease_revoke LeaseRevoke LeaseRevokeResponse,
    AlarmRequest alarm Alarm AlarmResponse,
    AuthEnableRequest auth_enable AuthEnable AuthEnableResponse,
    AuthDisableRequest auth_disable AuthDisable AuthDisableResponse,
    AuthStatusRequest auth_status AuthStatus AuthStatusResponse,
    InternalAuthenticateRequest authenticate Authenticate AuthenticateResponse,
    AuthUserAddRequest auth_user_add UserAdd AuthUserAddResponse,
    AuthUserGetRequest auth_user_get UserGet AuthUserGetResponse,
    AuthUserListRequest auth_user_list UserList AuthUserListResponse,
    AuthUserDeleteRequest auth_user_delete UserDelete AuthUserDeleteResponse,
    AuthUserChangePasswordRequest auth_user_change_password UserChangePassword AuthUserChangePasswordResponse,
    AuthUserGrantRoleRequest auth_user_grant_role UserGrantRole AuthUserGrantRoleResponse,
    AuthUserRevokeRoleRequest auth_user_revoke_role UserRevokeRole AuthUserRevokeRoleResponse,
    AuthRoleAddRequest auth_role_add RoleAdd AuthRoleAddResponse,
    AuthRoleGetRequest auth_role_get RoleGet AuthRoleGetResponse,
    AuthRoleListRequest auth_role_list RoleList AuthRoleListResponse,
    AuthRoleDeleteRequest auth_role_delete RoleDelete AuthRoleDeleteResponse,
    AuthRoleGrantPermissionRequest auth_role_grant_permission RoleGrantPermission AuthRoleGrantPermissionResponse,
    AuthRoleRevokePermissionRequest auth_role_revoke_permission RoleRevokePermission AuthRoleRevokePermissionResponse,
}

#[cfg(test)]
mod tests {
    use super::*;
    use pb::{AlarmRequest, LeaseGrantRequest, PutRequest, PutResponse, TxnRequest};

    #[test]
    fn a_response_of_another_kind_is_none() {
        let put = || Response::Put(PutResponse::default());
        assert_eq!(PutRequest::answer(put()), Some(PutResponse::default()));
        assert_eq!(TxnRequest::answer(put()), None);
        assert_eq!(LeaseGrantRequest::answer(Response::Empty), None);
        assert_eq!(InternalRaftRequest::answer(Response::Empty), Some(Response::Empty));
        let request = AlarmRequest { member_id: 7, ..Default::default() }.into_request();
        assert_eq!(request.alarm.map(|alarm| alarm.member_id), Some(7));
    }
}
