//! Users and roles in memory, and the decision.

use super::{
    identity::Identity,
    needs::{KeyNeed, Needs},
    refusal::AuthRefusal,
    rights::Rights,
};
use crate::pb::authpb::{Role, User};
use bytes::Bytes;
use std::{collections::BTreeMap, fmt};

/// The role that may do everything, and the user without whom authentication cannot be turned on.
pub(super) const ROOT: &str = "root";

/// All that is replicated, and the rights that follow from it.
#[derive(Debug, Default)]
pub(super) struct State {
    pub enabled: bool,
    pub revision: u64,
    /// By name. Requests name them in text, but the rows of an etcd 3.5 may hold any bytes.
    pub users: BTreeMap<Bytes, Known>,
    /// By name.
    pub roles: BTreeMap<Bytes, Role>,
}

/// A user, and what the roles come to.
pub(super) struct Known {
    pub user: User,
    pub is_root: bool,
    pub rights: Rights,
}

impl State {
    /// May they? The checks come in etcd's order.
    pub fn authorise(&self, by: &Identity, needs: &Needs) -> Result<(), AuthRefusal> {
        if !self.enabled {
            return Ok(());
        }
        match needs {
            Needs::Nothing => Ok(()),
            Needs::User => somebody(by),
            Needs::Admin => self.admin(by),
            Needs::AdminOrUser(user) => {
                self.admin(by).or_else(|refusal| if by.user.as_ref() == user { Ok(()) } else { Err(refusal) })
            }
            Needs::AdminOrRole(role) => {
                self.admin(by).or_else(|refusal| if self.has_role(&by.user, role) { Ok(()) } else { Err(refusal) })
            }
            Needs::Keys(needs) => self.keys(by, needs),
            Needs::UserAndKeys(needs) => somebody(by).and_then(|()| self.keys(by, needs)),
        }
    }

    /// As in etcd, the revision does not matter here.
    fn admin(&self, by: &Identity) -> Result<(), AuthRefusal> {
        somebody(by)?;
        let known = self.users.get(by.user.as_bytes()).ok_or(AuthRefusal::UserNotFound)?;
        if known.is_root { Ok(()) } else { Err(AuthRefusal::PermissionDenied) }
    }

    fn has_role(&self, user: &str, role: &String) -> bool {
        let known = self.users.get(user.as_bytes());
        if known.is_none() {
            tracing::warn!("user-name" = user, "role-name" = role, "'has-role' requested for non-existing user");
        }
        known.is_some_and(|known| known.user.roles.contains(role))
    }

    fn keys(&self, by: &Identity, needs: &[KeyNeed]) -> Result<(), AuthRefusal> {
        let mut asker = Asker { state: self, by, known: None };
        for need in needs {
            match need {
                KeyNeed::Range(access, range) => {
                    let known = asker.known(range.start())?;
                    known.has(|rights| rights.allow(*access, range))?;
                }
                KeyNeed::Attached(..) if self.admin(by).is_ok() => {}
                KeyNeed::Attached(access, attached) => {
                    for key in attached.keys() {
                        asker.known(&key)?.has(|rights| rights.allow_key(*access, &key))?;
                    }
                }
            }
        }
        Ok(())
    }
}

/// Who asks for keys: looked up at the first key that is asked for, since without any there is nothing to refuse.
struct Asker<'a> {
    state: &'a State,
    by: &'a Identity,
    known: Option<&'a Known>,
}

impl<'a> Asker<'a> {
    fn known(&mut self, key: &[u8]) -> Result<&'a Known, AuthRefusal> {
        match self.known {
            Some(known) => Ok(known),
            None => self.look_up(key).inspect(|known| self.known = Some(known)),
        }
    }

    fn look_up(&self, key: &[u8]) -> Result<&'a Known, AuthRefusal> {
        let Identity { user, revision } = self.by;
        if *revision == 0 {
            return Err(AuthRefusal::UserEmpty);
        }
        if *revision < self.state.revision {
            let (current, key) = (self.state.revision, String::from_utf8_lossy(key));
            tracing::warn!(
                "current node auth revision" = current,
                "request auth revision" = revision,
                "request key" = %key,
                error = %AuthRefusal::OldRevision,
                "request auth revision is less than current node auth revision"
            );
            return Err(AuthRefusal::OldRevision);
        }
        self.state.users.get(user.as_bytes()).ok_or_else(|| {
            tracing::error!("user-name" = %user, "cannot find a user for permission check");
            AuthRefusal::PermissionDenied
        })
    }
}

impl fmt::Debug for Known {
    /// Without the password's hash.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Known").field("roles", &self.user.roles).finish_non_exhaustive()
    }
}

impl Known {
    /// A user with roles out of these. One that is gone permits nothing.
    pub fn new(user: User, roles: &BTreeMap<Bytes, Role>) -> Self {
        let mut known = Self { user, is_root: false, rights: Rights::default() };
        known.refresh(roles);
        known
    }

    /// The roles have changed, or the user's have.
    pub fn refresh(&mut self, roles: &BTreeMap<Bytes, Role>) {
        self.is_root = self.user.roles.iter().any(|role| role == ROOT);
        let roles = self.user.roles.iter().filter_map(|name| roles.get(name.as_bytes()));
        self.rights = Rights::of(roles.flat_map(|role| &role.key_permission));
    }

    fn has(&self, rights: impl FnOnce(&Rights) -> bool) -> Result<(), AuthRefusal> {
        if self.is_root || rights(&self.rights) { Ok(()) } else { Err(AuthRefusal::PermissionDenied) }
    }
}

fn somebody(by: &Identity) -> Result<(), AuthRefusal> {
    if by.user.is_empty() { Err(AuthRefusal::UserEmpty) } else { Ok(()) }
}
