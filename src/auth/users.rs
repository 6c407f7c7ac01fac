//! What may be done to users.

use super::{
    refusal::AuthRefusal,
    rows,
    state::{Known, ROOT, State},
    store::{AuthStore, changed},
};
use crate::{
    backend::{Batch, Bucket},
    pb::{
        authpb::{User, UserAddOptions},
        etcdserverpb::{
            AuthUserAddRequest, AuthUserAddResponse, AuthUserChangePasswordRequest, AuthUserChangePasswordResponse,
            AuthUserDeleteRequest, AuthUserDeleteResponse, AuthUserGetRequest, AuthUserGetResponse,
            AuthUserGrantRoleRequest, AuthUserGrantRoleResponse, AuthUserListResponse, AuthUserRevokeRoleRequest,
            AuthUserRevokeRoleResponse,
        },
    },
};
use base64::{
    Engine,
    engine::{GeneralPurpose, GeneralPurposeConfig},
};
use bytes::Bytes;

impl AuthStore {
    /// May this user be given a token? The password was checked before the request was proposed.
    pub fn authenticate(&self, user: &str) -> Result<(), AuthRefusal> {
        self.shared.read(|state| {
            if !state.enabled {
                return Err(AuthRefusal::NotEnabled);
            }
            let known = state.users.get(user.as_bytes()).ok_or(AuthRefusal::Failed)?;
            if has_no_password(&known.user) { Err(AuthRefusal::Failed) } else { Ok(()) }
        })
    }

    /// Adds a user, without roles.
    pub fn user_add(
        &mut self,
        request: &AuthUserAddRequest,
        batch: &mut Batch,
    ) -> Result<AuthUserAddResponse, AuthRefusal> {
        if request.name.is_empty() {
            return Err(AuthRefusal::UserEmpty);
        }
        self.shared.change(|state| {
            if state.users.contains_key(request.name.as_bytes()) {
                return Err(AuthRefusal::UserExists);
            }
            let options = request.options.unwrap_or(UserAddOptions { no_password: false });
            let password = match options.no_password {
                true => Bytes::new(),
                false => stored_password(&request.hashed_password)?,
            };
            let name = Bytes::copy_from_slice(request.name.as_bytes());
            put(state, User { name, password, roles: Vec::new(), options: Some(options) }, batch);
            Ok(())
        })?;
        tracing::info!("user-name" = request.name, "added a user");
        Ok(AuthUserAddResponse::default())
    }

    /// Removes a user, whose tokens end.
    pub fn user_delete(
        &mut self,
        request: &AuthUserDeleteRequest,
        batch: &mut Batch,
    ) -> Result<AuthUserDeleteResponse, AuthRefusal> {
        if self.is_enabled() && request.name == ROOT {
            tracing::error!("user-name" = request.name, "cannot delete 'root' user");
            return Err(AuthRefusal::InvalidManagement);
        }
        let gone = self.shared.change(|state| {
            let gone = state.users.remove(request.name.as_bytes()).ok_or(AuthRefusal::UserNotFound)?;
            batch.delete(Bucket::AuthUsers, request.name.as_bytes());
            changed(state, batch);
            Ok(gone)
        })?;
        tracing::info!("user-name" = request.name, "user-roles" = ?gone.user.roles, "deleted a user");
        Ok(AuthUserDeleteResponse::default())
    }

    /// Sets a user's password, whose tokens end. A user made without one stays so.
    pub fn user_change_password(
        &mut self,
        request: &AuthUserChangePasswordRequest,
        batch: &mut Batch,
    ) -> Result<AuthUserChangePasswordResponse, AuthRefusal> {
        let roles = self.shared.change(|state| {
            let mut user = user_of(state, &request.name)?;
            user.password = match has_no_password(&user) {
                true => Bytes::new(),
                false => stored_password(&request.hashed_password)?,
            };
            let roles = user.roles.clone();
            put(state, user, batch);
            Ok(roles)
        })?;
        tracing::info!("user-name" = request.name, "user-roles" = ?roles, "changed a password of a user");
        Ok(AuthUserChangePasswordResponse::default())
    }

    /// Gives a user a role. One that the user has stays, and the revision with it.
    pub fn user_grant_role(
        &mut self,
        request: &AuthUserGrantRoleRequest,
        batch: &mut Batch,
    ) -> Result<AuthUserGrantRoleResponse, AuthRefusal> {
        let AuthUserGrantRoleRequest { user: name, role } = request;
        let (roles, is_new) = self.shared.change(|state| {
            let mut user = user_of(state, name)?;
            if role != ROOT && !state.roles.contains_key(role.as_bytes()) {
                return Err(AuthRefusal::RoleNotFound);
            }
            if user.roles.contains(role) {
                return Ok((user.roles, false));
            }
            user.roles.push(role.clone());
            user.roles.sort_unstable();
            let roles = user.roles.clone();
            put(state, user, batch);
            Ok((roles, true))
        })?;
        if is_new {
            tracing::info!(
                "user-name" = name,
                "user-roles" = ?roles,
                "added-role-name" = role,
                "granted a role to a user"
            );
        } else {
            tracing::warn!(
                "user-name" = name,
                "user-roles" = ?roles,
                "duplicate-role-name" = role,
                "ignored grant role request to a user"
            );
        }
        Ok(AuthUserGrantRoleResponse::default())
    }

    /// Takes a role from a user.
    pub fn user_revoke_role(
        &mut self,
        request: &AuthUserRevokeRoleRequest,
        batch: &mut Batch,
    ) -> Result<AuthUserRevokeRoleResponse, AuthRefusal> {
        let AuthUserRevokeRoleRequest { name, role } = request;
        if self.is_enabled() && name == ROOT && role == ROOT {
            tracing::error!("user-name" = name, "role-name" = role, "'root' user cannot revoke 'root' role");
            return Err(AuthRefusal::InvalidManagement);
        }
        let (before, after) = self.shared.change(|state| {
            let mut user = user_of(state, name)?;
            let before = user.roles.clone();
            user.roles.retain(|has| has != role);
            if user.roles.len() == before.len() {
                return Err(AuthRefusal::RoleNotGranted);
            }
            let after = user.roles.clone();
            put(state, user, batch);
            Ok((before, after))
        })?;
        tracing::info!(
            "user-name" = name,
            "old-user-roles" = ?before,
            "new-user-roles" = ?after,
            "revoked-role-name" = role,
            "revoked a role from a user"
        );
        Ok(AuthUserRevokeRoleResponse::default())
    }

    /// A user's roles, sorted.
    pub fn user_get(&self, request: &AuthUserGetRequest) -> Result<AuthUserGetResponse, AuthRefusal> {
        self.shared.read(|state| {
            let roles = user_of(state, &request.name)?.roles;
            Ok(AuthUserGetResponse { header: None, roles })
        })
    }

    /// All users, by name.
    pub fn user_list(&self) -> AuthUserListResponse {
        let text = |name: &Bytes| String::from_utf8_lossy(name).into_owned();
        let users = self.shared.read(|state| state.users.keys().map(text).collect());
        AuthUserListResponse { header: None, users }
    }
}

fn user_of(state: &State, name: &str) -> Result<User, AuthRefusal> {
    state.users.get(name.as_bytes()).map(|known| known.user.clone()).ok_or(AuthRefusal::UserNotFound)
}

fn has_no_password(user: &User) -> bool {
    user.options.is_some_and(|options| options.no_password)
}

/// A user is new or has changed.
fn put(state: &mut State, user: User, batch: &mut Batch) {
    rows::write_user(&user, batch);
    changed(state, batch);
    state.users.insert(user.name.clone(), Known::new(user, &state.roles));
}

/// As Go reads it: lines may be broken, and bits behind the last byte do not matter.
const GO_BASE64: GeneralPurpose =
    GeneralPurpose::new(&base64::alphabet::STANDARD, GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true));

/// The hash, which requests carry in base64. It may be empty: nobody comes in with it.
///
/// An etcd before 3.5 puts the password itself into the log and lets every member hash it, each with its own salt. What is
/// pure cannot; such a user has an empty hash, and needs a new password.
fn stored_password(hashed: &str) -> Result<Bytes, AuthRefusal> {
    let text: Vec<u8> = hashed.bytes().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect();
    GO_BASE64.decode(text).map(Bytes::from).map_err(|_| AuthRefusal::NoPasswordUser)
}
