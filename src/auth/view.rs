//! [`AuthView`]: what others may ask of users and roles, from any thread.

use super::{
    identity::{Identity, Password},
    judge::judge,
    needs::Needs,
    refusal::AuthRefusal,
    state::State,
};
use crate::metrics::metrics;
use parking_lot::RwLock;
use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, Ordering},
};

/// What the owner writes and everybody reads.
#[derive(Debug, Default)]
pub(super) struct Shared {
    /// The same as in the state, for those who ask nothing else.
    enabled: AtomicBool,
    revision: AtomicU64,
    /// Locked because requests are judged on all threads; the one writer holds it for one change.
    state: RwLock<State>,
}

impl Shared {
    pub fn new(state: State) -> Self {
        let shared = Self::default();
        shared.change(|now| *now = state);
        shared
    }

    /// Changes it. From the moment on at which this returns everybody is judged by the new state.
    pub fn change<R>(&self, change: impl FnOnce(&mut State) -> R) -> R {
        let mut state = self.state.write();
        let answer = change(&mut state);
        self.revision.store(state.revision, Ordering::Release);
        metrics().auth_revision.set(state.revision as i64);
        self.enabled.store(state.enabled, Ordering::Release);
        answer
    }

    pub fn is_enabled(&self) -> bool {
        self.enabled.load(Ordering::Acquire)
    }

    pub fn read<R>(&self, read: impl FnOnce(&State) -> R) -> R {
        read(&self.state.read())
    }
}

/// Reads users and roles from any thread. Clones share; what is read is the latest.
#[derive(Clone, Debug)]
pub struct AuthView {
    pub(super) shared: Arc<Shared>,
}

impl AuthView {
    /// Is authentication on?
    pub fn is_enabled(&self) -> bool {
        self.shared.is_enabled()
    }

    /// The revision of users and roles: 1 at first, one more after every change.
    pub fn revision(&self) -> u64 {
        self.shared.revision.load(Ordering::Acquire)
    }

    /// What is stored of a user's password; none when there is no such user.
    pub fn password_of(&self, user: &str) -> Option<Password> {
        self.shared.read(|state| {
            let user = &state.users.get(user.as_bytes())?.user;
            let is_none = user.options.is_some_and(|options| options.no_password);
            Some(Password { hash: user.password.clone(), is_none, revision: state.revision })
        })
    }

    /// May they? Yes to everything while authentication is off.
    ///
    /// # Errors
    /// Why not. The checks come in etcd's order, so that the first no is etcd's as well.
    pub fn authorise(&self, by: &Identity, needs: &Needs) -> Result<(), AuthRefusal> {
        if !self.is_enabled() {
            return Ok(());
        }
        self.shared.read(|state| judge(state, by, needs)).map_err(|refused| refused.tell(by))
    }
}
