//! Requests about users and roles as etcd writes them to its log. Passwords, their hashes and tokens are left out.

use super::fields::Text;
use crate::pb::{
    authpb::{Permission, permission::Type},
    etcdserverpb::InternalRaftRequest,
};

/// One that holds what nobody may see: its names alone. etcd writes the letters of the token as well.
pub(super) fn hiding(request: &InternalRaftRequest) -> Option<String> {
    let authenticate = request.authenticate.as_ref().map(|request| ("authenticate", &request.name, " simple_token:"));
    let add = || request.auth_user_add.as_ref().map(|request| ("auth_user_add", &request.name, ""));
    let change = || request.auth_user_change_password.as_ref().map(|request| &request.name);
    let change = || change().map(|name| ("auth_user_change_password", name, ""));
    let (kind, name, hidden) = authenticate.or_else(add).or_else(change)?;
    Some(format!("{kind}:<name:{name}{hidden}>"))
}

/// Any other: what it is called, and what is in it.
pub(super) fn plain(r: &InternalRaftRequest) -> Option<(&'static str, String)> {
    let text = |name, value: &str| Text::plain().bytes(name, value.as_bytes());
    None.or_else(|| r.auth_enable.as_ref().map(|_| ("auth_enable", Text::plain())))
        .or_else(|| r.auth_disable.as_ref().map(|_| ("auth_disable", Text::plain())))
        .or_else(|| r.auth_status.as_ref().map(|_| ("auth_status", Text::plain())))
        .or_else(|| r.auth_user_delete.as_ref().map(|r| ("auth_user_delete", text("name", &r.name))))
        .or_else(|| r.auth_user_get.as_ref().map(|r| ("auth_user_get", text("name", &r.name))))
        .or_else(|| {
            let of = |user: &str, role: &str| text("user", user).bytes("role", role.as_bytes());
            r.auth_user_grant_role.as_ref().map(|r| ("auth_user_grant_role", of(&r.user, &r.role)))
        })
        .or_else(|| {
            let of = |name: &str, role: &str| text("name", name).bytes("role", role.as_bytes());
            r.auth_user_revoke_role.as_ref().map(|r| ("auth_user_revoke_role", of(&r.name, &r.role)))
        })
        .or_else(|| r.auth_user_list.as_ref().map(|_| ("auth_user_list", Text::plain())))
        .or_else(|| r.auth_role_list.as_ref().map(|_| ("auth_role_list", Text::plain())))
        .or_else(|| r.auth_role_add.as_ref().map(|r| ("auth_role_add", text("name", &r.name))))
        .or_else(|| r.auth_role_delete.as_ref().map(|r| ("auth_role_delete", text("role", &r.role))))
        .or_else(|| r.auth_role_get.as_ref().map(|r| ("auth_role_get", text("role", &r.role))))
        .or_else(|| {
            let of = |name: &str, perm: Option<&Permission>| text("name", name).message("perm", perm.map(permission));
            let request = r.auth_role_grant_permission.as_ref();
            request.map(|r| ("auth_role_grant_permission", of(&r.name, r.perm.as_ref())))
        })
        .or_else(|| {
            let request = r.auth_role_revoke_permission.as_ref();
            let of = |role: &str, key, end| text("role", role).bytes("key", key).bytes("range_end", end);
            request.map(|r| ("auth_role_revoke_permission", of(&r.role, &r.key, &r.range_end)))
        })
        .map(|(name, text)| (name, text.text))
}

fn permission(permission: &Permission) -> String {
    let name = match Type::try_from(permission.perm_type) {
        Ok(Type::Read) => String::new(),
        Ok(other) => other.as_str_name().into(),
        Err(_) => permission.perm_type.to_string(),
    };
    let text = Text::plain().field("permType", name);
    text.bytes("key", &permission.key).bytes("range_end", &permission.range_end).text
}

#[cfg(test)]
mod tests {
    use super::super::text::entry;
    use crate::pb::{
        authpb::Permission,
        etcdserverpb::{
            AuthRoleGrantPermissionRequest, AuthUserAddRequest, AuthUserGrantRoleRequest, AuthUserListRequest,
            InternalAuthenticateRequest, InternalRaftRequest, RequestHeader,
        },
    };

    #[test]
    fn no_secret_is_written() {
        let (password, hash, token) = ("s3cret".to_string(), "JDJhJDA0".to_string(), "abcdefgh".to_string());
        let add = AuthUserAddRequest {
            name: "u".into(),
            password: password.clone(),
            hashed_password: hash,
            ..Default::default()
        };
        let add = InternalRaftRequest { auth_user_add: Some(add), ..Default::default() };
        assert_eq!(entry(&add), "header:<> auth_user_add:<name:u>");
        let authenticate = InternalAuthenticateRequest { name: "u".into(), password, simple_token: token };
        let authenticate = InternalRaftRequest { authenticate: Some(authenticate), ..Default::default() };
        assert_eq!(entry(&authenticate), "header:<> authenticate:<name:u simple_token:>");
    }

    #[test]
    fn the_rest_is_written_whole() {
        let header = Some(RequestHeader { id: 7, ..Default::default() });
        let perm = Permission { perm_type: 2, key: "a".into(), range_end: "b".into() };
        let grant = AuthRoleGrantPermissionRequest { name: "r".into(), perm: Some(perm) };
        let grant = InternalRaftRequest { header, auth_role_grant_permission: Some(grant), ..Default::default() };
        let text = r#"header:{ID:7}  auth_role_grant_permission:{name:"r"  perm:{permType:READWRITE  key:"a"  range_end:"b"}}"#;
        assert_eq!(entry(&grant), text);
        let role = AuthUserGrantRoleRequest { user: "u".into(), role: "r".into() };
        let role = InternalRaftRequest { auth_user_grant_role: Some(role), ..Default::default() };
        assert_eq!(entry(&role), r#"auth_user_grant_role:{user:"u"  role:"r"}"#);
        let list = InternalRaftRequest { auth_user_list: Some(AuthUserListRequest {}), ..Default::default() };
        assert_eq!(entry(&list), "auth_user_list:{}");
    }
}
