//! Users, roles and permissions.

use super::{
    json::{Object, string},
    kv::json_line,
    messages::with_header,
    printer::{Format, Output},
};
use crate::{
    client::prefix_end,
    cmd::{failure::Failure, gotext::quote, terminal::print},
    pb::{
        authpb::{Permission, permission::Type},
        etcdserverpb as pb,
    },
};
use prost::Message;

impl Output {
    /// Whether users and roles are in force.
    pub fn auth_status(&self, response: &pb::AuthStatusResponse) -> Result<(), Failure> {
        match self.format {
            Format::Simple => {
                let (enabled, revision) = (response.enabled, response.auth_revision);
                print(format!("Authentication Status: {enabled}\nAuthRevision: {revision}\n").as_bytes())
            }
            Format::Json => {
                let object = with_header(&response.header).plain("enabled", response.enabled);
                json_line(&object.plain("authRevision", response.auth_revision))
            }
            Format::Protobuf => self.protobuf(response),
            Format::Fields | Format::Table => Err(self.unsupported()),
        }
    }

    /// A new user.
    pub fn user_add(&self, user: &str, response: &pb::AuthUserAddResponse) -> Result<(), Failure> {
        self.done(format_args!("User {user} created"), &response.header, response)
    }

    /// A user that is gone.
    pub fn user_delete(&self, user: &str, response: &pb::AuthUserDeleteResponse) -> Result<(), Failure> {
        self.done(format_args!("User {user} deleted"), &response.header, response)
    }

    /// A user's other password.
    pub fn user_change_password(&self, response: &pb::AuthUserChangePasswordResponse) -> Result<(), Failure> {
        self.done(format_args!("Password updated"), &response.header, response)
    }

    /// A user's new role.
    pub fn user_grant_role(
        &self,
        user: &str,
        role: &str,
        response: &pb::AuthUserGrantRoleResponse,
    ) -> Result<(), Failure> {
        self.done(format_args!("Role {role} is granted to user {user}"), &response.header, response)
    }

    /// A role that a user has no more.
    pub fn user_revoke_role(
        &self,
        user: &str,
        role: &str,
        response: &pb::AuthUserRevokeRoleResponse,
    ) -> Result<(), Failure> {
        self.done(format_args!("Role {role} is revoked from user {user}"), &response.header, response)
    }

    /// The roles of a user.
    pub fn user_get(&self, user: &str, response: &pb::AuthUserGetResponse) -> Result<(), Failure> {
        match self.format {
            Format::Simple => {
                let roles: String = response.roles.iter().map(|role| format!(" {role}")).collect();
                print(format!("User: {user}\nRoles:{roles}\n").as_bytes())
            }
            Format::Json => json_line(&with_header(&response.header).list("roles", strings(&response.roles))),
            Format::Protobuf => self.protobuf(response),
            Format::Fields | Format::Table => Err(self.unsupported()),
        }
    }

    /// The names of all users.
    pub fn user_list(&self, response: &pb::AuthUserListResponse) -> Result<(), Failure> {
        match self.format {
            Format::Simple => lines(&response.users),
            Format::Json => json_line(&with_header(&response.header).list("users", strings(&response.users))),
            Format::Protobuf => self.protobuf(response),
            Format::Fields | Format::Table => Err(self.unsupported()),
        }
    }

    /// A new role.
    pub fn role_add(&self, role: &str, response: &pb::AuthRoleAddResponse) -> Result<(), Failure> {
        self.done(format_args!("Role {role} created"), &response.header, response)
    }

    /// A role that is gone.
    pub fn role_delete(&self, role: &str, response: &pb::AuthRoleDeleteResponse) -> Result<(), Failure> {
        self.done(format_args!("Role {role} deleted"), &response.header, response)
    }

    /// A role that permits more, or otherwise.
    pub fn role_grant_permission(
        &self,
        role: &str,
        response: &pb::AuthRoleGrantPermissionResponse,
    ) -> Result<(), Failure> {
        self.done(format_args!("Role {role} updated"), &response.header, response)
    }

    /// A role, and the range (key and range end) that it permits no more.
    pub fn role_revoke_permission(
        &self,
        (role, key, range_end): (&str, &[u8], &[u8]),
        response: &pb::AuthRoleRevokePermissionResponse,
    ) -> Result<(), Failure> {
        if self.format != Format::Simple {
            return self.done(format_args!(""), &response.header, response);
        }
        let mut out = b"Permission of ".to_vec();
        match range_end {
            [] => {
                out.extend_from_slice(b"key ");
                out.extend_from_slice(key);
            }
            _ => {
                out.extend_from_slice(b"range ");
                push_range(&mut out, key, range_end);
            }
        }
        out.extend_from_slice(format!(" is revoked from role {role}\n").as_bytes());
        print(&out)
    }

    /// What a role permits.
    pub fn role_get(&self, role: &str, response: &pb::AuthRoleGetResponse) -> Result<(), Failure> {
        match self.format {
            Format::Simple => print(&simple_role(role, &response.perm)),
            Format::Fields => self.fields(|fields| {
                fields.header(&response.header);
                for permission in &response.perm {
                    // The second space is etcdctl's.
                    fields.line("PermType", format_args!(" {}", type_name(permission)));
                    fields.quoted("Key", &permission.key);
                    fields.quoted("RangeEnd", &permission.range_end);
                }
            }),
            Format::Json => {
                let permission = |permission: &Permission| {
                    let object = Object::new().plain("permType", permission.perm_type);
                    object.bytes("key", &permission.key).bytes("range_end", &permission.range_end).finish()
                };
                json_line(&with_header(&response.header).list("perm", response.perm.iter().map(permission)))
            }
            Format::Protobuf => self.protobuf(response),
            Format::Table => Err(self.unsupported()),
        }
    }

    /// The names of all roles.
    pub fn role_list(&self, response: &pb::AuthRoleListResponse) -> Result<(), Failure> {
        match self.format {
            Format::Simple => lines(&response.roles),
            Format::Fields => self.fields(|fields| {
                fields.header(&response.header);
                fields.list("Roles", response.roles.iter().map(|role| quote(role.as_bytes())));
            }),
            Format::Json => json_line(&with_header(&response.header).list("roles", strings(&response.roles))),
            Format::Protobuf => self.protobuf(response),
            Format::Table => Err(self.unsupported()),
        }
    }

    /// A change whose answer is a header and nothing else: the simple format says what was done.
    fn done(
        &self,
        what: std::fmt::Arguments<'_>,
        header: &Option<pb::ResponseHeader>,
        response: &impl Message,
    ) -> Result<(), Failure> {
        match self.format {
            Format::Simple => print(format!("{what}\n").as_bytes()),
            Format::Fields => self.fields(|fields| fields.header(header)),
            Format::Json => json_line(&with_header(header)),
            Format::Protobuf => self.protobuf(response),
            Format::Table => Err(self.unsupported()),
        }
    }
}

fn strings(names: &[String]) -> impl Iterator<Item = String> {
    names.iter().map(|name| string(name))
}

fn lines(names: &[String]) -> Result<(), Failure> {
    print(names.iter().map(|name| format!("{name}\n")).collect::<String>().as_bytes())
}

fn type_name(permission: &Permission) -> String {
    match Type::try_from(permission.perm_type) {
        Ok(kind) => kind.as_str_name().to_owned(),
        Err(_) => permission.perm_type.to_string(),
    }
}

/// Two lists: what can be read, and what can be written.
fn simple_role(role: &str, permissions: &[Permission]) -> Vec<u8> {
    let mut out = format!("Role {role}\n").into_bytes();
    for (heading, kind) in [("KV Read:\n", Type::Read), ("KV Write:\n", Type::Write)] {
        out.extend_from_slice(heading.as_bytes());
        if role == "root" && permissions.is_empty() {
            out.extend_from_slice(b"\t[, <open ended>\n");
        }
        let grants = |permission: &&Permission| {
            permission.perm_type == kind as i32 || permission.perm_type == Type::Readwrite as i32
        };
        permissions.iter().filter(grants).for_each(|permission| push_permission(&mut out, permission));
    }
    out
}

fn push_permission(out: &mut Vec<u8>, Permission { key, range_end, .. }: &Permission) {
    out.push(b'\t');
    if range_end.is_empty() {
        out.extend_from_slice(key);
    } else {
        push_range(out, key, range_end);
        if !key.is_empty() && prefix_end(key) == range_end {
            out.extend_from_slice(b" (prefix ");
            out.extend_from_slice(key);
            out.push(b')');
        }
    }
    out.push(b'\n');
}

/// `[a, b)`, or `[a, <open ended>` with its one bracket.
fn push_range(out: &mut Vec<u8>, key: &[u8], range_end: &[u8]) {
    out.push(b'[');
    out.extend_from_slice(key);
    out.extend_from_slice(b", ");
    match range_end {
        b"\0" => out.extend_from_slice(b"<open ended>"),
        end => {
            out.extend_from_slice(end);
            out.push(b')');
        }
    }
}
