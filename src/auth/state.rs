//! Users and roles in memory, and the decision.

use super::{
    identity::Identity,
    needs::{KeyNeed, Needs},
    refusal::AuthRefusal,
    rights::Rights,
};
use crate::pb::authpb::{Role, User};
use bytes::Bytes;
use std::collections::BTreeMap;

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
#[derive(Debug, Default)]
pub(super) struct Known {
    pub user: User,
    pub is_root: bool,
    pub rights: Rights,
}

impl State {
    /// Finds out anew what these users may do. A role that is gone permits nothing.
    pub fn refresh(&mut self, concerns: impl Fn(&User) -> bool) {
        let Self { users, roles, .. } = self;
        for known in users.values_mut().filter(|known| concerns(&known.user)) {
            known.is_root = known.user.roles.iter().any(|role| role == ROOT);
            let roles = known.user.roles.iter().filter_map(|name| roles.get(name.as_bytes()));
            known.rights = Rights::of(roles.flat_map(|role| &role.key_permission));
        }
    }

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
                let has_role = |known: &Known| known.user.roles.contains(role);
                let by_role = || self.users.get(by.user.as_bytes()).is_some_and(has_role);
                self.admin(by).or_else(|refusal| if by_role() { Ok(()) } else { Err(refusal) })
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

    fn keys(&self, by: &Identity, needs: &[KeyNeed]) -> Result<(), AuthRefusal> {
        // The same for all keys: found out at the first that is asked for.
        let mut known = None;
        let mut known = || match known {
            Some(known) => Ok(known),
            None => self.known(by).inspect(|found| known = Some(*found)),
        };
        for need in needs {
            match need {
                KeyNeed::Range(access, range) => allow(known()?, |rights| rights.allow(*access, range))?,
                KeyNeed::Attached(..) if self.admin(by).is_ok() => {}
                KeyNeed::Attached(access, attached) => {
                    for key in attached.keys() {
                        allow(known()?, |rights| rights.allow_key(*access, &key))?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Who asks for keys.
    fn known(&self, by: &Identity) -> Result<&Known, AuthRefusal> {
        if by.revision == 0 {
            return Err(AuthRefusal::UserEmpty);
        }
        if by.revision < self.revision {
            return Err(AuthRefusal::OldRevision);
        }
        self.users.get(by.user.as_bytes()).ok_or(AuthRefusal::PermissionDenied)
    }
}

fn somebody(by: &Identity) -> Result<(), AuthRefusal> {
    if by.user.is_empty() { Err(AuthRefusal::UserEmpty) } else { Ok(()) }
}

fn allow(known: &Known, rights: impl FnOnce(&Rights) -> bool) -> Result<(), AuthRefusal> {
    if known.is_root || rights(&known.rights) { Ok(()) } else { Err(AuthRefusal::PermissionDenied) }
}
