//! What the run knows of users and roles: as much as it needs to draw requests that get through, and never what an answer
//! must be.

use super::{method::Method, what::What};
use crate::differences::Dialect;
use std::collections::{BTreeMap, BTreeSet};

/// Who the other users were drawn from; the keeper of the run is always `root`.
pub const USERS: [&str; 7] = ["root", "alice", "bob", "carol", "dave", "erin", "ünï"];

/// One of these is nobody's.
pub const ROLES: [&str; 7] = ["root", "reader", "writer", "wide", "r1", "r2", "spare"];

/// A password that members are only told the hash of.
pub const HASHED: &str = "hashed";

/// Permissions of one role. etcd keeps those on one key in the order of their grants only as long as Go's sorting is stable:
/// up to twelve. Beyond that the order is of the making of one version of Go, and ours keeps that of the grants.
const GRANTS_MAX: u32 = 10;

/// The same for 3.5.1, whose Go sorts in another way from here on.
const GRANTS_MAX_OLD: u32 = 6;

/// As far as the answers have told.
#[derive(Debug, Default)]
pub struct Model {
    pub is_enabled: bool,
    /// The password of each user; none where there can be no login.
    pub users: BTreeMap<String, Option<String>>,
    /// Roles, with how often a permission was granted to each.
    roles: BTreeMap<String, u32>,
    /// Changes of users and roles.
    pub changes: u64,
    /// The users with a token, and when they got it.
    logins: BTreeMap<String, u64>,
    /// The alarms that are on.
    pub alarms: BTreeSet<i32>,
}

impl Model {
    /// Can the last token of this user be of use?
    pub fn has_session(&self, user: &str, method: &Method) -> bool {
        match self.logins.get(user) {
            Some(changes) => *changes == self.changes || !method.is_signed(),
            None => false,
        }
    }

    /// Has this role got as many permissions as can be compared?
    pub fn is_full(&self, role: &str, dialect: Dialect) -> bool {
        let max = if dialect == Dialect::Old { GRANTS_MAX_OLD } else { GRANTS_MAX };
        self.roles.get(role).is_some_and(|grants| *grants >= max)
    }

    /// Both have said yes to it.
    pub fn done(&mut self, what: &What) {
        if what.is_of_users() {
            self.changes += 1;
        }
        match what {
            What::Enable => self.is_enabled = true,
            What::Disable => {
                self.is_enabled = false;
                self.logins.clear();
            }
            What::Login(request) => {
                self.logins.insert(request.name.clone(), self.changes);
            }
            What::UserAdd(request) => {
                let is_without = request.options.is_some_and(|options| options.no_password);
                let password = (!is_without).then(|| request.password.clone());
                self.users.insert(request.name.clone(), password);
            }
            What::UserDelete(name) => {
                self.users.remove(name);
                self.logins.remove(name);
            }
            What::UserPassword(request) => {
                if let Some(Some(password)) = self.users.get_mut(&request.name) {
                    let is_hashed = request.password.is_empty() && !request.hashed_password.is_empty();
                    *password = if is_hashed { HASHED.into() } else { request.password.clone() };
                }
                self.logins.remove(&request.name);
            }
            What::RoleAdd(name) => {
                self.roles.insert(name.clone(), 0);
            }
            What::RoleDelete(name) => {
                self.roles.remove(name);
            }
            What::RoleGrant(request) => *self.roles.entry(request.name.clone()).or_default() += 1,
            What::Alarm(request) if request.alarm != 0 => {
                match request.action {
                    1 => self.alarms.insert(request.alarm),
                    2 => self.alarms.remove(&request.alarm),
                    _ => false,
                };
            }
            _ => {}
        }
    }
}
