//! What may be done to roles.

use super::{
    refusal::AuthRefusal,
    rows,
    state::{Known, ROOT, State},
    store::{AuthStore, changed},
};
use crate::{
    backend::{Batch, Bucket},
    key::KeyRange,
    pb::{
        authpb::{Permission, Role, permission::Type},
        etcdserverpb::{
            AuthRoleAddRequest, AuthRoleAddResponse, AuthRoleDeleteRequest, AuthRoleDeleteResponse, AuthRoleGetRequest,
            AuthRoleGetResponse, AuthRoleGrantPermissionRequest, AuthRoleGrantPermissionResponse, AuthRoleListResponse,
            AuthRoleRevokePermissionRequest, AuthRoleRevokePermissionResponse,
        },
    },
};
use bytes::Bytes;

impl AuthStore {
    /// Adds a role that permits nothing.
    pub fn role_add(
        &mut self,
        request: &AuthRoleAddRequest,
        batch: &mut Batch,
    ) -> Result<AuthRoleAddResponse, AuthRefusal> {
        if request.name.is_empty() {
            return Err(AuthRefusal::RoleEmpty);
        }
        self.shared.change(|state| {
            if state.roles.contains_key(request.name.as_bytes()) {
                return Err(AuthRefusal::RoleExists);
            }
            let name = Bytes::copy_from_slice(request.name.as_bytes());
            put(state, Role { name, key_permission: Vec::new() }, batch);
            Ok(())
        })?;
        tracing::info!("role-name" = request.name, "created a role");
        Ok(AuthRoleAddResponse::default())
    }

    /// Removes a role, from all users as well.
    pub fn role_delete(
        &mut self,
        request: &AuthRoleDeleteRequest,
        batch: &mut Batch,
    ) -> Result<AuthRoleDeleteResponse, AuthRefusal> {
        let AuthRoleDeleteRequest { role: name } = request;
        if self.is_enabled() && name == ROOT {
            tracing::error!("role-name" = name, "cannot delete 'root' role");
            return Err(AuthRefusal::InvalidManagement);
        }
        self.shared.change(|state| {
            state.roles.remove(name.as_bytes()).ok_or(AuthRefusal::RoleNotFound)?;
            batch.delete(Bucket::AuthRoles, name.as_bytes());
            for known in state.users.values_mut().filter(|known| known.user.roles.contains(name)) {
                known.user.roles.retain(|role| role != name);
                known.refresh(&state.roles);
                rows::write_user(&known.user, batch);
            }
            changed(state, batch);
            Ok(())
        })?;
        tracing::info!("role-name" = name, "deleted a role");
        Ok(AuthRoleDeleteResponse::default())
    }

    /// Gives a role a permission; one on the same range has its type replaced.
    pub fn role_grant_permission(
        &mut self,
        request: &AuthRoleGrantPermissionRequest,
        batch: &mut Batch,
    ) -> Result<AuthRoleGrantPermissionResponse, AuthRefusal> {
        let given = request.perm.as_ref().ok_or(AuthRefusal::PermissionNotGiven)?;
        let range = KeyRange::read(&given.key, &given.range_end);
        if given.key.is_empty() || range.is_empty() {
            return Err(AuthRefusal::InvalidManagement);
        }
        self.shared.change(|state| {
            let mut role = role_of(state, &request.name)?;
            grant(&mut role, given);
            put(state, role, batch);
            Ok(())
        })?;
        let kind = Type::try_from(given.perm_type).map_or("", |kind| kind.as_str_name());
        tracing::info!(
            "user-name" = request.name,
            "permission-name" = kind,
            key = %String::from_utf8_lossy(&given.key),
            "range-end" = %String::from_utf8_lossy(&given.range_end),
            "granted/updated a permission to a user"
        );
        Ok(AuthRoleGrantPermissionResponse::default())
    }

    /// Takes a permission from a role: one on exactly this range.
    pub fn role_revoke_permission(
        &mut self,
        request: &AuthRoleRevokePermissionRequest,
        batch: &mut Batch,
    ) -> Result<AuthRoleRevokePermissionResponse, AuthRefusal> {
        let AuthRoleRevokePermissionRequest { role: name, key, range_end } = request;
        self.shared.change(|state| {
            let mut role = role_of(state, name)?;
            let before = role.key_permission.len();
            role.key_permission.retain(|has| has.key != key || has.range_end != range_end);
            if role.key_permission.len() == before {
                return Err(AuthRefusal::PermissionNotGranted);
            }
            put(state, role, batch);
            Ok(())
        })?;
        tracing::info!(
            "role-name" = name,
            key = %String::from_utf8_lossy(key),
            "range-end" = %String::from_utf8_lossy(range_end),
            "revoked a permission on range"
        );
        Ok(AuthRoleRevokePermissionResponse::default())
    }

    /// What a role permits, by key. Of the role `root` it is everything, whatever is stored.
    pub fn role_get(&self, request: &AuthRoleGetRequest) -> Result<AuthRoleGetResponse, AuthRefusal> {
        self.shared.read(|state| {
            let role = role_of(state, &request.role)?;
            let perm = match role.name.as_ref() == ROOT.as_bytes() {
                true => vec![everything()],
                false => role.key_permission,
            };
            Ok(AuthRoleGetResponse { header: None, perm })
        })
    }

    /// All roles, by name.
    pub fn role_list(&self) -> AuthRoleListResponse {
        let text = |name: &Bytes| String::from_utf8_lossy(name).into_owned();
        let roles = self.shared.read(|state| state.roles.keys().map(text).collect());
        AuthRoleListResponse { header: None, roles }
    }
}

fn everything() -> Permission {
    Permission { perm_type: Type::Readwrite as i32, key: Bytes::new(), range_end: Bytes::from_static(b"\0") }
}

fn role_of(state: &State, name: &str) -> Result<Role, AuthRefusal> {
    state.roles.get(name.as_bytes()).cloned().ok_or(AuthRefusal::RoleNotFound)
}

/// Permissions are sorted by key, those on one key in the order in which they came. Of these etcd looks only at the first to see
/// whether one on the same range is there. Beyond twelve permissions its own order of those on one key is of its sort's making,
/// and not the same in all of its versions; it is not followed there.
fn grant(role: &mut Role, given: &Permission) {
    let permissions = &mut role.key_permission;
    let place = permissions.partition_point(|has| has.key < given.key);
    match permissions.get_mut(place) {
        Some(has) if has.key == given.key && has.range_end == given.range_end => has.perm_type = given.perm_type,
        _ => {
            let copy = |bytes: &Bytes| Bytes::copy_from_slice(bytes);
            let (key, range_end) = (copy(&given.key), copy(&given.range_end));
            permissions.push(Permission { perm_type: given.perm_type, key, range_end });
            permissions.sort_by(|left, right| left.key.cmp(&right.key));
        }
    }
}

/// A role is new or has changed.
fn put(state: &mut State, role: Role, batch: &mut Batch) {
    rows::write_role(&role, batch);
    changed(state, batch);
    let name = role.name.clone();
    state.roles.insert(role.name.clone(), role);
    let has_role = |known: &&mut Known| known.user.roles.iter().any(|role| role.as_bytes() == name.as_ref());
    state.users.values_mut().filter(has_role).for_each(|known| known.refresh(&state.roles));
}
