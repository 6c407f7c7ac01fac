//! Users, roles, and whether they count.

use super::{error::ClientError, handle::Client, retry::Repeat};
use crate::pb::{authpb::Permission, etcdserverpb as pb};

impl Client {
    /// Are users and roles in force, and at which revision are they?
    pub async fn auth_status(&self) -> Result<pb::AuthStatusResponse, ClientError> {
        self.unary("/etcdserverpb.Auth/AuthStatus", Repeat::Harmful, pb::AuthStatusRequest {}).await
    }

    /// Puts users and roles in force. There must be a user `root` with a role of that name.
    pub async fn auth_enable(&self) -> Result<pb::AuthEnableResponse, ClientError> {
        self.unary("/etcdserverpb.Auth/AuthEnable", Repeat::Harmful, pb::AuthEnableRequest {}).await
    }

    /// Lets everybody in again.
    pub async fn auth_disable(&self) -> Result<pb::AuthDisableResponse, ClientError> {
        self.unary("/etcdserverpb.Auth/AuthDisable", Repeat::Harmful, pb::AuthDisableRequest {}).await
    }

    /// Adds a user.
    pub async fn user_add(&self, request: pb::AuthUserAddRequest) -> Result<pb::AuthUserAddResponse, ClientError> {
        self.unary("/etcdserverpb.Auth/UserAdd", Repeat::Harmful, request).await
    }

    /// Removes a user.
    pub async fn user_delete(&self, name: String) -> Result<pb::AuthUserDeleteResponse, ClientError> {
        self.unary("/etcdserverpb.Auth/UserDelete", Repeat::Harmful, pb::AuthUserDeleteRequest { name }).await
    }

    /// The roles of a user.
    pub async fn user_get(&self, name: String) -> Result<pb::AuthUserGetResponse, ClientError> {
        self.unary("/etcdserverpb.Auth/UserGet", Repeat::Harmless, pb::AuthUserGetRequest { name }).await
    }

    /// The names of all users.
    pub async fn user_list(&self) -> Result<pb::AuthUserListResponse, ClientError> {
        self.unary("/etcdserverpb.Auth/UserList", Repeat::Harmless, pb::AuthUserListRequest {}).await
    }

    /// Gives a user another password.
    pub async fn user_change_password(
        &self,
        request: pb::AuthUserChangePasswordRequest,
    ) -> Result<pb::AuthUserChangePasswordResponse, ClientError> {
        self.unary("/etcdserverpb.Auth/UserChangePassword", Repeat::Harmful, request).await
    }

    /// Gives a user a role.
    pub async fn user_grant_role(
        &self,
        user: String,
        role: String,
    ) -> Result<pb::AuthUserGrantRoleResponse, ClientError> {
        let request = pb::AuthUserGrantRoleRequest { user, role };
        self.unary("/etcdserverpb.Auth/UserGrantRole", Repeat::Harmful, request).await
    }

    /// Takes a role from a user.
    pub async fn user_revoke_role(
        &self,
        name: String,
        role: String,
    ) -> Result<pb::AuthUserRevokeRoleResponse, ClientError> {
        let request = pb::AuthUserRevokeRoleRequest { name, role };
        self.unary("/etcdserverpb.Auth/UserRevokeRole", Repeat::Harmful, request).await
    }

    /// Adds a role, which permits nothing yet.
    pub async fn role_add(&self, name: String) -> Result<pb::AuthRoleAddResponse, ClientError> {
        self.unary("/etcdserverpb.Auth/RoleAdd", Repeat::Harmful, pb::AuthRoleAddRequest { name }).await
    }

    /// Removes a role, from its users too.
    pub async fn role_delete(&self, role: String) -> Result<pb::AuthRoleDeleteResponse, ClientError> {
        self.unary("/etcdserverpb.Auth/RoleDelete", Repeat::Harmful, pb::AuthRoleDeleteRequest { role }).await
    }

    /// What a role permits.
    pub async fn role_get(&self, role: String) -> Result<pb::AuthRoleGetResponse, ClientError> {
        self.unary("/etcdserverpb.Auth/RoleGet", Repeat::Harmless, pb::AuthRoleGetRequest { role }).await
    }

    /// The names of all roles.
    pub async fn role_list(&self) -> Result<pb::AuthRoleListResponse, ClientError> {
        self.unary("/etcdserverpb.Auth/RoleList", Repeat::Harmless, pb::AuthRoleListRequest {}).await
    }

    /// Lets a role read or write a key or a range of keys.
    pub async fn role_grant_permission(
        &self,
        name: String,
        permission: Permission,
    ) -> Result<pb::AuthRoleGrantPermissionResponse, ClientError> {
        let request = pb::AuthRoleGrantPermissionRequest { name, perm: Some(permission) };
        self.unary("/etcdserverpb.Auth/RoleGrantPermission", Repeat::Harmful, request).await
    }

    /// Takes a permission from a role: the one of exactly this key and range end.
    pub async fn role_revoke_permission(
        &self,
        request: pb::AuthRoleRevokePermissionRequest,
    ) -> Result<pb::AuthRoleRevokePermissionResponse, ClientError> {
        self.unary("/etcdserverpb.Auth/RoleRevokePermission", Repeat::Harmful, request).await
    }
}
