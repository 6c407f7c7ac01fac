//! Users and roles in memory.

use super::rights::Rights;
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
}
