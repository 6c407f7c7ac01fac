//! [`AuthStore`]: the owner of users and roles. What may be done to users is in `users`, to roles in `roles`.

use super::{
    refusal::AuthRefusal,
    rows::{self, AuthError},
    state::{ROOT, State},
    view::{AuthView, Shared},
};
use crate::{
    backend::{Backend, Batch},
    pb::etcdserverpb::{AuthDisableResponse, AuthEnableResponse, AuthStatusResponse},
};
use std::sync::Arc;

/// The first revision of users and roles, when there are none.
const FIRST_REVISION: u64 = 1;

/// All users and roles. Owned by `apply`; readers hold an [`AuthView`].
///
/// Every change takes the request and the batch into which its rows go. Answers come without a header.
#[derive(Debug)]
pub struct AuthStore {
    pub(super) shared: Arc<Shared>,
}

impl AuthStore {
    /// Reads them. A backend that never had any is given the first revision, as etcd does at its first start.
    pub fn open(backend: &Backend) -> Result<Self, AuthError> {
        let mut state = rows::read(backend)?;
        if state.revision == 0 {
            state.revision = FIRST_REVISION;
            let mut batch = Batch::new();
            rows::write_revision(state.revision, &mut batch);
            backend.stage(batch);
        }
        Ok(Self { shared: Arc::new(Shared::new(state)) })
    }

    /// Takes over all of `other`'s; views show them from here on.
    pub fn replace(&mut self, other: Self) {
        let new = other.shared.change(std::mem::take);
        self.shared.change(|state| *state = new);
    }

    /// The readers' side.
    pub fn view(&self) -> AuthView {
        AuthView { shared: self.shared.clone() }
    }

    /// Is authentication on?
    pub fn is_enabled(&self) -> bool {
        self.shared.is_enabled()
    }

    /// Turns authentication on; fine when it is on. The revision stays.
    pub fn enable(&mut self, batch: &mut Batch) -> Result<AuthEnableResponse, AuthRefusal> {
        if self.is_enabled() {
            tracing::info!("authentication is already enabled; ignored auth enable request");
            return Ok(AuthEnableResponse::default());
        }
        self.shared.change(|state| {
            let root = state.users.get(ROOT.as_bytes()).ok_or(AuthRefusal::RootUserNotExist)?;
            if !root.is_root {
                return Err(AuthRefusal::RootRoleNotExist);
            }
            state.enabled = true;
            rows::write_on(batch);
            Ok(())
        })?;
        tracing::info!("enabled authentication");
        Ok(AuthEnableResponse::default())
    }

    /// Turns authentication off; fine when it is off. Tells whether it was on: all tokens end then.
    pub fn disable(&mut self, batch: &mut Batch) -> (AuthDisableResponse, bool) {
        let was_enabled = self.is_enabled();
        if was_enabled {
            self.shared.change(|state| {
                state.enabled = false;
                rows::write_off(batch);
                changed(state, batch);
            });
            tracing::info!("disabled authentication");
        }
        (AuthDisableResponse::default(), was_enabled)
    }

    /// Is authentication on, and the revision.
    pub fn status(&self) -> AuthStatusResponse {
        let of = |state: &State| (state.enabled, state.revision);
        let (enabled, auth_revision) = self.shared.read(of);
        AuthStatusResponse { header: None, enabled, auth_revision }
    }
}

/// Users or roles have changed.
pub(super) fn changed(state: &mut State, batch: &mut Batch) {
    state.revision += 1;
    rows::write_revision(state.revision, batch);
}
