//! The requests about users and roles: which one it is, and carrying it out.

use super::{
    needs::Asked,
    outcome::{Applied, Outcome, Response, TokenChange, Unanswered},
};
use crate::{
    auth::AuthStore,
    backend::Batch,
    pb::etcdserverpb::{
        AuthRoleAddRequest, AuthRoleDeleteRequest, AuthRoleGetRequest, AuthRoleGrantPermissionRequest,
        AuthRoleRevokePermissionRequest, AuthUserAddRequest, AuthUserChangePasswordRequest, AuthUserDeleteRequest,
        AuthUserGetRequest, AuthUserGrantRoleRequest, AuthUserRevokeRoleRequest, AuthenticateResponse,
        InternalAuthenticateRequest, InternalRaftRequest, ResponseHeader,
    },
};
use std::fmt;

/// A request about users and roles. Those that only read are in the log as well: their answers are as of their entry.
pub(super) enum AuthCommand {
    Authenticate(InternalAuthenticateRequest),
    Enable,
    Disable,
    Status,
    UserAdd(AuthUserAddRequest),
    UserDelete(AuthUserDeleteRequest),
    UserChangePassword(AuthUserChangePasswordRequest),
    UserGrantRole(AuthUserGrantRoleRequest),
    UserGet(AuthUserGetRequest),
    UserRevokeRole(AuthUserRevokeRoleRequest),
    RoleAdd(AuthRoleAddRequest),
    RoleGrantPermission(AuthRoleGrantPermissionRequest),
    RoleGet(AuthRoleGetRequest),
    RoleRevokePermission(AuthRoleRevokePermissionRequest),
    RoleDelete(AuthRoleDeleteRequest),
    UserList,
    RoleList,
}

impl fmt::Debug for AuthCommand {
    /// The name alone: some hold a hash or a token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl AuthCommand {
    /// Takes it out of a raft request, if it is one. The parts are tried in etcd's order.
    pub fn take(r: &mut InternalRaftRequest) -> Option<Self> {
        None.or_else(|| r.authenticate.take().map(Self::Authenticate))
            .or_else(|| r.auth_enable.take().map(|_| Self::Enable))
            .or_else(|| r.auth_disable.take().map(|_| Self::Disable))
            .or_else(|| r.auth_status.take().map(|_| Self::Status))
            .or_else(|| r.auth_user_add.take().map(Self::UserAdd))
            .or_else(|| r.auth_user_delete.take().map(Self::UserDelete))
            .or_else(|| r.auth_user_change_password.take().map(Self::UserChangePassword))
            .or_else(|| r.auth_user_grant_role.take().map(Self::UserGrantRole))
            .or_else(|| r.auth_user_get.take().map(Self::UserGet))
            .or_else(|| r.auth_user_revoke_role.take().map(Self::UserRevokeRole))
            .or_else(|| r.auth_role_add.take().map(Self::RoleAdd))
            .or_else(|| r.auth_role_grant_permission.take().map(Self::RoleGrantPermission))
            .or_else(|| r.auth_role_get.take().map(Self::RoleGet))
            .or_else(|| r.auth_role_revoke_permission.take().map(Self::RoleRevokePermission))
            .or_else(|| r.auth_role_delete.take().map(Self::RoleDelete))
            .or_else(|| r.auth_user_list.take().map(|_| Self::UserList))
            .or_else(|| r.auth_role_list.take().map(|_| Self::RoleList))
    }

    /// etcd's name of it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Authenticate(_) => "Authenticate",
            Self::Enable => "AuthEnable",
            Self::Disable => "AuthDisable",
            Self::Status => "AuthStatus",
            Self::UserAdd(_) => "AuthUserAdd",
            Self::UserDelete(_) => "AuthUserDelete",
            Self::UserChangePassword(_) => "AuthUserChangePassword",
            Self::UserGrantRole(_) => "AuthUserGrantRole",
            Self::UserGet(_) => "AuthUserGet",
            Self::UserRevokeRole(_) => "AuthUserRevokeRole",
            Self::RoleAdd(_) => "AuthRoleAdd",
            Self::RoleGrantPermission(_) => "AuthRoleGrantPermission",
            Self::RoleGet(_) => "AuthRoleGet",
            Self::RoleRevokePermission(_) => "AuthRoleRevokePermission",
            Self::RoleDelete(_) => "AuthRoleDelete",
            Self::UserList => "AuthUserList",
            Self::RoleList => "AuthRoleList",
        }
    }

    /// Is it only for those with the role `root`? etcd refuses such a request before it begins to measure.
    pub fn is_for_root(&self) -> bool {
        !matches!(self, Self::Authenticate(_) | Self::Status | Self::UserGet(_) | Self::RoleGet(_))
    }

    /// What is asked by it.
    pub fn asked(&self) -> Asked<'_> {
        match self {
            Self::Authenticate(_) => Asked::Authenticate,
            Self::Enable => Asked::AuthEnable,
            Self::Disable => Asked::AuthDisable,
            Self::Status => Asked::AuthStatus,
            Self::UserAdd(_) => Asked::UserAdd,
            Self::UserDelete(_) => Asked::UserDelete,
            Self::UserChangePassword(_) => Asked::UserChangePassword,
            Self::UserGrantRole(_) => Asked::UserGrantRole,
            Self::UserGet(request) => Asked::UserGet(request),
            Self::UserRevokeRole(_) => Asked::UserRevokeRole,
            Self::RoleAdd(_) => Asked::RoleAdd,
            Self::RoleGrantPermission(_) => Asked::RoleGrantPermission,
            Self::RoleGet(request) => Asked::RoleGet(request),
            Self::RoleRevokePermission(_) => Asked::RoleRevokePermission,
            Self::RoleDelete(_) => Asked::RoleDelete,
            Self::UserList => Asked::UserList,
            Self::RoleList => Asked::RoleList,
        }
    }
}

/// Puts the header into an answer and makes it a response.
macro_rules! done {
    ($kind:ident, $answer:expr, $header:expr) => {{
        let mut answer = $answer;
        answer.header = Some($header);
        Applied::of(Outcome::Done(Response::$kind(answer)))
    }};
}

/// Carries it out, as the entry `index`.
pub(super) fn run(
    auth: &mut AuthStore,
    command: &AuthCommand,
    index: u64,
    header: ResponseHeader,
    batch: &mut Batch,
) -> Result<Applied, Unanswered> {
    let applied = match command {
        AuthCommand::Authenticate(request) => authenticate(auth, request, index, header)?,
        AuthCommand::Enable => done!(AuthEnable, auth.enable(batch)?, header),
        AuthCommand::Disable => {
            let (answer, was_enabled) = auth.disable(batch);
            let tokens = was_enabled.then_some(TokenChange::RevokedAll).into_iter().collect();
            Applied { tokens, ..done!(AuthDisable, answer, header) }
        }
        AuthCommand::Status => done!(AuthStatus, auth.status(), header),
        AuthCommand::UserAdd(request) => done!(UserAdd, auth.user_add(request, batch)?, header),
        AuthCommand::UserDelete(request) => {
            let applied = done!(UserDelete, auth.user_delete(request, batch)?, header);
            Applied { tokens: vec![TokenChange::RevokedOf { user: request.name.clone() }], ..applied }
        }
        AuthCommand::UserChangePassword(request) => {
            let applied = done!(UserChangePassword, auth.user_change_password(request, batch)?, header);
            Applied { tokens: vec![TokenChange::RevokedOf { user: request.name.clone() }], ..applied }
        }
        AuthCommand::UserGrantRole(request) => done!(UserGrantRole, auth.user_grant_role(request, batch)?, header),
        AuthCommand::UserGet(request) => done!(UserGet, auth.user_get(request)?, header),
        AuthCommand::UserRevokeRole(request) => done!(UserRevokeRole, auth.user_revoke_role(request, batch)?, header),
        AuthCommand::RoleAdd(request) => done!(RoleAdd, auth.role_add(request, batch)?, header),
        AuthCommand::RoleGrantPermission(request) => {
            done!(RoleGrantPermission, auth.role_grant_permission(request, batch)?, header)
        }
        AuthCommand::RoleGet(request) => done!(RoleGet, auth.role_get(request)?, header),
        AuthCommand::RoleRevokePermission(request) => {
            done!(RoleRevokePermission, auth.role_revoke_permission(request, batch)?, header)
        }
        AuthCommand::RoleDelete(request) => done!(RoleDelete, auth.role_delete(request, batch)?, header),
        AuthCommand::UserList => done!(UserList, auth.user_list(), header),
        AuthCommand::RoleList => done!(RoleList, auth.role_list(), header),
    };
    Ok(applied)
}

/// The proposer has drawn the token's letters; the index makes it one of a kind. It is that of the entry before, as in etcd:
/// members of both kinds must come to the same token.
fn authenticate(
    auth: &AuthStore,
    request: &InternalAuthenticateRequest,
    index: u64,
    header: ResponseHeader,
) -> Result<Applied, Unanswered> {
    auth.authenticate(&request.name)?;
    let token = format!("{}.{}", request.simple_token, index.saturating_sub(1));
    let applied = done!(Authenticate, AuthenticateResponse { header: None, token: token.clone() }, header);
    Ok(Applied { tokens: vec![TokenChange::Issued { user: request.name.clone(), token }], ..applied })
}
