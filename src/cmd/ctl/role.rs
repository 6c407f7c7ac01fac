//! `role`: roles, and what they permit.

use super::{range::bytes, session::Given, user::exactly};
use crate::{
    client::{ClientError, prefix_end},
    cmd::failure::{Failure, bad_arguments, code},
    pb::{
        authpb::{Permission, permission::Type},
        etcdserverpb::AuthRoleRevokePermissionRequest,
    },
};
use bytes::Bytes;
use std::ffi::OsString;

/// Roles, and what they permit. See "etcdctl role --help"
#[derive(clap::Subcommand, Clone, Debug)]
#[command(long_about = "Roles, and what they permit")]
pub enum Role {
    /// Adds a role
    #[command(override_usage = "add <role name>")]
    Add {
        #[arg(hide = true)]
        words: Vec<String>,
    },
    /// Removes a role
    #[command(override_usage = "delete <role name>")]
    Delete {
        #[arg(hide = true)]
        words: Vec<String>,
    },
    /// Shows what a role permits
    #[command(override_usage = "get <role name>")]
    Get {
        #[arg(hide = true)]
        words: Vec<String>,
    },
    /// Lists all roles
    #[command(override_usage = "list")]
    List {
        #[arg(hide = true)]
        words: Vec<String>,
    },
    /// Lets a role read or write keys
    ///
    /// The permission type is read, write or readwrite.
    #[command(override_usage = "grant-permission [options] <role name> <permission type> <key> [endkey]")]
    GrantPermission {
        #[command(flatten)]
        reach: Reach,
        #[arg(hide = true)]
        words: Vec<OsString>,
    },
    /// Takes a permission from a role
    ///
    /// The key, and the end key or the flag, must be those that it was granted with.
    #[command(override_usage = "revoke-permission <role name> <key> [endkey]")]
    RevokePermission {
        #[command(flatten)]
        reach: Reach,
        #[arg(hide = true)]
        words: Vec<OsString>,
    },
}

/// How far a permission reaches from its key.
#[derive(clap::Args, Clone, Debug)]
pub struct Reach {
    /// all keys that begin with the key
    #[arg(long)]
    prefix: bool,
    /// all keys from the key on, in byte order
    #[arg(long)]
    from_key: bool,
}

impl Role {
    /// Runs the command.
    pub async fn run(self, given: &Given) -> Result<(), Failure> {
        match self {
            Self::Add { words } => {
                let [name] = exactly(words, "role add command requires role name as its argument")?;
                let session = given.open()?;
                let response = session.connect_unbounded().await?.role_add(name.clone()).await;
                session.output().role_add(&name, &response.map_err(failed)?)
            }
            Self::Delete { words } => {
                let [name] = exactly(words, "role delete command requires role name as its argument")?;
                let session = given.open()?;
                let response = session.connect_unbounded().await?.role_delete(name.clone()).await;
                session.output().role_delete(&name, &response.map_err(failed)?)
            }
            Self::Get { words } => {
                let [name] = exactly(words, "role get command requires role name as its argument")?;
                let session = given.open()?;
                let response = session.connect_unbounded().await?.role_get(name.clone()).await;
                session.output().role_get(&name, &response.map_err(failed)?)
            }
            Self::List { words } => {
                let [] = exactly(words, "role list command requires no arguments")?;
                let session = given.open()?;
                let response = session.connect_unbounded().await?.role_list().await;
                session.output().role_list(&response.map_err(failed)?)
            }
            Self::GrantPermission { reach, words } => grant_permission(given, &reach, &words).await,
            Self::RevokePermission { reach, words } => revoke_permission(given, &reach, &words).await,
        }
    }
}

async fn grant_permission(given: &Given, reach: &Reach, words: &[OsString]) -> Result<(), Failure> {
    let [role, kind, key, more @ ..] = words else {
        let message = "role grant command requires role name, permission type, and key [endkey] as its argument";
        return Err(bad_arguments(message));
    };
    let (role, kind) = (name(role)?, permission_type(kind)?);
    let (key, range_end) = reach.range(key, more)?;
    let permission = Permission { perm_type: kind as i32, key, range_end };
    let session = given.open()?;
    let response = session.connect_unbounded().await?.role_grant_permission(role.clone(), permission).await;
    session.output().role_grant_permission(&role, &response.map_err(failed)?)
}

async fn revoke_permission(given: &Given, reach: &Reach, words: &[OsString]) -> Result<(), Failure> {
    let [role, typed, more @ ..] = words else {
        let message = "role revoke-permission command requires role name and key [endkey] as its argument";
        return Err(bad_arguments(message));
    };
    let role = name(role)?;
    let (key, range_end) = reach.range(typed, more)?;
    let request = AuthRoleRevokePermissionRequest { role: role.clone(), key, range_end: range_end.clone() };
    let session = given.open()?;
    let response = session.connect_unbounded().await?.role_revoke_permission(request).await;
    // The key is shown as it was typed: empty for the lowest one.
    session.output().role_revoke_permission((&role, &bytes(typed), &range_end), &response.map_err(failed)?)
}

/// Names are text, unlike keys.
fn name(word: &OsString) -> Result<String, Failure> {
    word.to_str().map(str::to_owned).ok_or_else(|| bad_arguments("role name is not UTF-8"))
}

fn permission_type(word: &OsString) -> Result<Type, Failure> {
    let word = word.to_string_lossy();
    Type::from_str_name(&word.to_uppercase()).ok_or_else(|| bad_arguments(format!("invalid permission type: {word}")))
}

const BOTH: &str = "--from-key and --prefix flags are mutually exclusive";

impl Reach {
    /// `(key, range_end)` of a permission. The empty key stands for the lowest one; then further words count for nothing, as
    /// in etcdctl.
    fn range(&self, key: &OsString, more: &[OsString]) -> Result<(Bytes, Bytes), Failure> {
        let (key, lowest) = (bytes(key), Bytes::from_static(b"\0"));
        let end = match (self.prefix, self.from_key, more.first()) {
            (true, true, _) if key.is_empty() => return Err(bad_arguments(BOTH)),
            (false, false, _) if key.is_empty() => Bytes::new(),
            _ if key.is_empty() => lowest.clone(),
            (true, _, Some(_)) => return Err(bad_arguments("unexpected endkey argument with --prefix flag")),
            (_, true, Some(_)) => return Err(bad_arguments("unexpected endkey argument with --from-key flag")),
            (true, true, None) => return Err(bad_arguments(BOTH)),
            (true, false, None) => prefix_end(&key),
            (false, true, None) => lowest.clone(),
            (false, false, end) => end.map(bytes).unwrap_or_default(),
        };
        Ok((if key.is_empty() { lowest } else { key }, end))
    }
}

fn failed(error: ClientError) -> Failure {
    Failure::new(code::ERROR, error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(flags: &str, words: &[&str], expected: Result<(&str, &str), &str>) {
        let reach = Reach { prefix: flags.contains('p'), from_key: flags.contains('f') };
        let words: Vec<OsString> = words.iter().map(OsString::from).collect();
        let range = reach.range(&words[0], &words[1..]);
        let bytes = |text: &str| Bytes::from(text.to_owned());
        match expected {
            Ok((key, end)) => assert_eq!(range.ok(), Some((bytes(key), bytes(end))), "{flags} {words:?}"),
            Err(message) => assert_eq!(range.err().map(|failure| failure.message().to_owned()), Some(message.into())),
        }
    }

    #[test]
    fn words_and_flags_make_a_range() {
        check("", &["a"], Ok(("a", "")));
        check("", &["a", "c"], Ok(("a", "c")));
        check("", &["a", "c", "more"], Ok(("a", "c")));
        check("p", &["ab"], Ok(("ab", "ac")));
        check("f", &["ab"], Ok(("ab", "\0")));
        check("pf", &["ab"], Err(BOTH));
        check("p", &["a", "c"], Err("unexpected endkey argument with --prefix flag"));
        check("f", &["a", "c"], Err("unexpected endkey argument with --from-key flag"));
        check("pf", &["a", "c"], Err("unexpected endkey argument with --prefix flag"));
    }

    #[test]
    fn the_empty_key_is_the_lowest_one() {
        check("", &[""], Ok(("\0", "")));
        check("", &["", "c"], Ok(("\0", "")));
        check("p", &["", "c"], Ok(("\0", "\0")));
        check("f", &[""], Ok(("\0", "\0")));
        check("pf", &[""], Err(BOTH));
    }
}
