//! `etcdserverpb.Auth`: users, roles, and tokens for passwords. All of it goes through the log, reading too, and is judged there.

use super::status;
use crate::{
    pb::etcdserverpb::{
        AuthUserAddRequest, AuthUserAddResponse, AuthUserChangePasswordRequest, AuthUserChangePasswordResponse,
        AuthenticateRequest, AuthenticateResponse,
    },
    server::{Handle, Proposal},
};
use tonic::Status;

/// What has no more to it than its entry.
pub async fn propose<P: Proposal>(handle: Handle, request: P) -> Result<P::Response, Status> {
    handle.propose(request).await.map_err(status::of_failure)
}

/// A token for a password.
pub async fn authenticate(handle: Handle, request: AuthenticateRequest) -> Result<AuthenticateResponse, Status> {
    handle.authenticate(request).await.map_err(status::of_failure)
}

/// A new user, whose password is hashed first.
pub async fn user_add(handle: Handle, request: AuthUserAddRequest) -> Result<AuthUserAddResponse, Status> {
    handle.user_add(request).await.map_err(status::of_failure)
}

/// Another password.
pub async fn user_change_password(
    handle: Handle,
    request: AuthUserChangePasswordRequest,
) -> Result<AuthUserChangePasswordResponse, Status> {
    handle.user_change_password(request).await.map_err(status::of_failure)
}
