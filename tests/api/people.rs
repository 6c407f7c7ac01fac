//! What a transcript says of users, roles and tokens, and calls of any method.
//!
//! ```text
//!   auth enable | disable | status
//!   user add NAME [PASSWORD]          without a password: one who has none
//!   user passwd NAME PASSWORD   user get | delete NAME   user list   user grant | revoke NAME ROLE
//!   role add | get | delete NAME   role list   role grant NAME read | write | readwrite RANGE   role revoke NAME RANGE
//!   login NAME PASSWORD               keeps the token under that name
//!   as NAME                           all calls that follow are by that token; `as nobody`: by none
//!   token WORD                        all calls that follow bring that word as token
//!   call PATH [HEX]                   any method, with a message of these bytes
//! ```
//!
//! A word may be empty, `''`, or some letters many times, `x*73`.

use crate::{language, support::words::revision};
use bytes::{Buf, BufMut, Bytes};
use etcd::pb::{
    authpb::{Permission, UserAddOptions},
    etcdserverpb::{
        AuthDisableRequest, AuthEnableRequest, AuthRoleAddRequest, AuthRoleDeleteRequest, AuthRoleGetRequest,
        AuthRoleGrantPermissionRequest, AuthRoleListRequest, AuthRoleRevokePermissionRequest, AuthStatusRequest,
        AuthUserAddRequest, AuthUserChangePasswordRequest, AuthUserDeleteRequest, AuthUserGetRequest,
        AuthUserGrantRoleRequest, AuthUserListRequest, AuthUserRevokeRoleRequest, AuthenticateRequest, ResponseHeader,
        auth_client::AuthClient,
    },
};
use tonic::{
    Request, Status,
    codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder},
    metadata::{AsciiMetadataKey, AsciiMetadataValue},
    transport::Channel,
};

/// Metadata of all calls.
pub type Metadata = [(String, Vec<u8>)];

/// A message with that metadata.
pub fn with_metadata<T>(metadata: &Metadata, message: T) -> Request<T> {
    let mut request = Request::new(message);
    for (name, value) in metadata {
        let name = name.parse::<AsciiMetadataKey>().expect("a name");
        let value = AsciiMetadataValue::try_from(value.as_slice()).expect("a value");
        request.metadata_mut().insert(name, value);
    }
    request
}

/// A word as it is meant.
pub fn meant(word: &str) -> String {
    match word.split_once('*') {
        Some((letters, times)) => letters.repeat(times.parse().expect("a number")),
        None if word == "''" => String::new(),
        None => word.into(),
    }
}

/// A token for a password.
pub async fn login(channel: Channel, metadata: &Metadata, name: &str, password: &str) -> Result<String, Status> {
    let request = AuthenticateRequest { name: meant(name), password: meant(password) };
    let answer = AuthClient::new(channel).authenticate(with_metadata(metadata, request)).await?;
    Ok(answer.into_inner().token)
}

/// `auth`, `user` and `role`.
pub async fn ask(channel: Channel, metadata: &Metadata, words: &[&str]) -> Result<Vec<String>, Status> {
    let mut client = AuthClient::new(channel);
    let name = || meant(words.get(2).copied().unwrap_or_default());
    let role = || meant(words[3]);
    macro_rules! ask {
        ($method:ident, $request:expr) => {
            client.$method(with_metadata(metadata, $request)).await?.into_inner()
        };
    }
    macro_rules! done {
        ($method:ident, $request:expr) => {
            said(&ask!($method, $request).header, [])
        };
    }
    Ok(match (words[0], words[1]) {
        ("auth", "enable") => done!(auth_enable, AuthEnableRequest {}),
        ("auth", "disable") => done!(auth_disable, AuthDisableRequest {}),
        ("auth", "status") => {
            let answer = ask!(auth_status, AuthStatusRequest {});
            said(&answer.header, [format!("enabled={} auth_revision={}", answer.enabled, answer.auth_revision)])
        }
        ("user", "add") => {
            let password = words.get(3).map(|word| meant(word));
            let options = password.is_none().then_some(UserAddOptions { no_password: true });
            let password = password.unwrap_or_default();
            done!(user_add, AuthUserAddRequest { name: name(), password, options, ..Default::default() })
        }
        ("user", "passwd") => {
            let request = AuthUserChangePasswordRequest { name: name(), password: role(), ..Default::default() };
            done!(user_change_password, request)
        }
        ("user", "get") => {
            let answer = ask!(user_get, AuthUserGetRequest { name: name() });
            said(&answer.header, [format!("roles={:?}", answer.roles)])
        }
        ("user", "list") => {
            let answer = ask!(user_list, AuthUserListRequest {});
            said(&answer.header, [format!("users={:?}", answer.users)])
        }
        ("user", "delete") => done!(user_delete, AuthUserDeleteRequest { name: name() }),
        ("user", "grant") => done!(user_grant_role, AuthUserGrantRoleRequest { user: name(), role: role() }),
        ("user", "revoke") => done!(user_revoke_role, AuthUserRevokeRoleRequest { name: name(), role: role() }),
        ("role", "add") => done!(role_add, AuthRoleAddRequest { name: name() }),
        ("role", "get") => {
            let answer = ask!(role_get, AuthRoleGetRequest { role: name() });
            said(&answer.header, answer.perm.iter().map(permission))
        }
        ("role", "list") => {
            let answer = ask!(role_list, AuthRoleListRequest {});
            said(&answer.header, [format!("roles={:?}", answer.roles)])
        }
        ("role", "delete") => done!(role_delete, AuthRoleDeleteRequest { role: name() }),
        ("role", "grant") => {
            let perm_type = ["read", "write", "readwrite"].iter().position(|kind| *kind == words[3]);
            let (key, range_end) = language::range(words[4]);
            let perm_type = perm_type.expect("a kind of permission") as i32;
            let perm = Some(Permission { perm_type, key, range_end });
            done!(role_grant_permission, AuthRoleGrantPermissionRequest { name: name(), perm })
        }
        ("role", "revoke") => {
            let (key, range_end) = language::range(words[3]);
            done!(role_revoke_permission, AuthRoleRevokePermissionRequest { role: name(), key, range_end })
        }
        _ => panic!("no such request: {words:?}"),
    })
}

fn said(header: &Option<ResponseHeader>, more: impl IntoIterator<Item = String>) -> Vec<String> {
    std::iter::once(format!("done {}", revision(header))).chain(more).collect()
}

fn permission(permission: &Permission) -> String {
    let kind = permission.perm_type().as_str_name();
    let [key, end] = [&permission.key, &permission.range_end].map(|bytes| bytes.escape_ascii().to_string());
    format!("{kind} [{key}, {end})")
}

/// Calls a method with one message: whether there is an answer, or why not.
pub async fn call(
    channel: Channel,
    metadata: &Metadata,
    path: &str,
    hex: Option<&&str>,
) -> Result<Vec<String>, Status> {
    let mut grpc = tonic::client::Grpc::new(channel);
    grpc.ready().await.expect("a connection");
    let path = path.parse().expect("a path");
    let message = hex.map_or(Bytes::new(), |hex| unhex(hex));
    let mut answers = grpc.server_streaming(with_metadata(metadata, message), path, Raw).await?.into_inner();
    Ok(vec![if answers.message().await?.is_some() { "answered" } else { "ended" }.into()])
}

fn unhex(hex: &str) -> Bytes {
    let byte = |pair: &[u8]| {
        let pair = std::str::from_utf8(pair).expect("two digits");
        u8::from_str_radix(pair, 16).expect("two hexadecimal digits")
    };
    hex.as_bytes().chunks(2).map(byte).collect()
}

/// Messages as they are.
struct Raw;

impl Codec for Raw {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, message: Bytes, to: &mut EncodeBuf<'_>) -> Result<(), Status> {
        to.put(message);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(from.copy_to_bytes(from.remaining())))
    }
}
