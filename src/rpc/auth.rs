//! `etcdserverpb.Auth`, as far as it goes without authentication: it is off.

use super::status;
use crate::{
    pb::etcdserverpb::{AuthStatusRequest, AuthStatusResponse, AuthenticateRequest, AuthenticateResponse},
    server::Handle,
};
use tonic::Status;

/// The revision of a store of users and roles that nobody has changed.
const FIRST_REVISION: u64 = 1;

/// Off.
pub async fn auth_status(handle: Handle, _: AuthStatusRequest) -> Result<AuthStatusResponse, Status> {
    Ok(AuthStatusResponse { header: Some(handle.header()), enabled: false, auth_revision: FIRST_REVISION })
}

/// Nobody needs to.
pub async fn authenticate(_: Handle, _: AuthenticateRequest) -> Result<AuthenticateResponse, Status> {
    Err(status::auth_not_enabled())
}
