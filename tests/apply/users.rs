//! The part of the transcripts' language that is about users and roles.
//!
//! ```text
//!   auth on|off|status      login USER LETTERS
//!   user add NAME [HASH|certificate]      user passwd NAME HASH      user del|get NAME      user list
//!   user grant|revoke NAME ROLE
//!   role add|del|get NAME      role list
//!   role permit NAME read|write|readwrite RANGE      role permit NAME      role forbid NAME RANGE
//!   as USER[@REVISION] COMMAND      any command, asked by a user, as of now or of that revision of users and roles
//! ```
//!
//! HASH is base64, as requests have it.

use super::{Words, nth, place, range, text_of};
use etcd::pb::{
    authpb::{Permission, UserAddOptions},
    etcdserverpb::{
        AuthDisableRequest, AuthEnableRequest, AuthRoleAddRequest, AuthRoleDeleteRequest, AuthRoleGetRequest,
        AuthRoleGrantPermissionRequest, AuthRoleListRequest, AuthRoleRevokePermissionRequest, AuthStatusRequest,
        AuthUserAddRequest, AuthUserChangePasswordRequest, AuthUserDeleteRequest, AuthUserGetRequest,
        AuthUserGrantRoleRequest, AuthUserListRequest, AuthUserRevokeRoleRequest, InternalAuthenticateRequest,
        InternalRaftRequest, RequestHeader,
    },
};

/// Stands for the revision as of which the request is applied.
pub const NOW: u64 = u64::MAX;

/// Who asks, out of `USER[@REVISION]`.
pub fn asker(word: &str) -> Result<RequestHeader, String> {
    let (user, revision) = word.split_once('@').unwrap_or((word, ""));
    let revision = if revision.is_empty() { NOW } else { revision.parse().map_err(|_| "no revision")? };
    Ok(RequestHeader { username: text_of(user), auth_revision: revision, ..Default::default() })
}

/// Reads a command that begins with `auth`, `login`, `user` or `role`.
pub fn read(words: &mut Words) -> Result<InternalRaftRequest, String> {
    let mut request = InternalRaftRequest::default();
    match nth::<String>(words, 0)?.as_str() {
        "auth" => match nth::<String>(words, 0)?.as_str() {
            "on" => request.auth_enable = Some(AuthEnableRequest {}),
            "off" => request.auth_disable = Some(AuthDisableRequest {}),
            "status" => request.auth_status = Some(AuthStatusRequest {}),
            other => return Err(format!("auth knows no {other}")),
        },
        "login" => {
            let (name, simple_token) = (name(words)?, nth(words, 0)?);
            request.authenticate = Some(InternalAuthenticateRequest { name, password: String::new(), simple_token });
        }
        "user" => user(words, &mut request)?,
        _ => role(words, &mut request)?,
    }
    Ok(request)
}

fn name(words: &mut Words) -> Result<String, String> {
    nth::<String>(words, 0).map(|word| text_of(&word))
}

fn user(words: &mut Words, request: &mut InternalRaftRequest) -> Result<(), String> {
    match nth::<String>(words, 0)?.as_str() {
        "add" => {
            let mut add = AuthUserAddRequest { name: name(words)?, ..Default::default() };
            match words.next() {
                Some("certificate") => add.options = Some(UserAddOptions { no_password: true }),
                hash => add.hashed_password = hash.unwrap_or_default().into(),
            }
            request.auth_user_add = Some(add);
        }
        "passwd" => {
            let (name, hashed_password) = (name(words)?, name(words)?);
            let password = String::new();
            request.auth_user_change_password = Some(AuthUserChangePasswordRequest { name, password, hashed_password });
        }
        "del" => request.auth_user_delete = Some(AuthUserDeleteRequest { name: name(words)? }),
        "get" => request.auth_user_get = Some(AuthUserGetRequest { name: name(words)? }),
        "list" => request.auth_user_list = Some(AuthUserListRequest {}),
        "grant" => {
            request.auth_user_grant_role = Some(AuthUserGrantRoleRequest { user: name(words)?, role: name(words)? });
        }
        "revoke" => {
            request.auth_user_revoke_role = Some(AuthUserRevokeRoleRequest { name: name(words)?, role: name(words)? });
        }
        other => return Err(format!("user knows no {other}")),
    }
    Ok(())
}

fn role(words: &mut Words, request: &mut InternalRaftRequest) -> Result<(), String> {
    match nth::<String>(words, 0)?.as_str() {
        "add" => request.auth_role_add = Some(AuthRoleAddRequest { name: name(words)? }),
        "del" => request.auth_role_delete = Some(AuthRoleDeleteRequest { role: name(words)? }),
        "get" => request.auth_role_get = Some(AuthRoleGetRequest { role: name(words)? }),
        "list" => request.auth_role_list = Some(AuthRoleListRequest {}),
        "permit" => {
            let name = name(words)?;
            let kind = words.next().map(|kind| place(&["read", "write", "readwrite"], kind)).transpose()?;
            let perm = match kind {
                None => None,
                Some(perm_type) => {
                    let (key, range_end) = range(&nth::<String>(words, 0)?);
                    Some(Permission { perm_type, key, range_end })
                }
            };
            request.auth_role_grant_permission = Some(AuthRoleGrantPermissionRequest { name, perm });
        }
        "forbid" => {
            let role = name(words)?;
            let (key, range_end) = range(&nth::<String>(words, 0)?);
            request.auth_role_revoke_permission = Some(AuthRoleRevokePermissionRequest { role, key, range_end });
        }
        other => return Err(format!("role knows no {other}")),
    }
    Ok(())
}
