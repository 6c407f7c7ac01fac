//! Users and roles in the backend, in etcd's bytes: see `backend::schema`.

use super::state::{Known, State};
use crate::{
    backend::{Backend, BackendError, Batch, Bucket, auth as key},
    pb::authpb::{Role, User},
};
use bytes::Bytes;
use prost::Message;
use std::collections::BTreeMap;

/// Why users and roles could not be read.
#[derive(Debug, thiserror::Error)]
pub enum AuthError {
    /// The backend failed.
    #[error(transparent)]
    Backend(#[from] BackendError),
    /// A row that makes no sense.
    #[error("bucket {bucket}, key {key:?}: {reason}")]
    Damaged {
        /// Name of the row's bucket.
        bucket: &'static str,
        /// The row's key.
        key: String,
        /// What is wrong with it.
        reason: String,
    },
}

/// Reads all. The revision is 0 in a backend that has never had users.
pub(super) fn read(backend: &Backend) -> Result<State, AuthError> {
    let enabled = backend.get(Bucket::Auth, key::ENABLED)?.is_some_and(|row| row.as_ref() == [1]);
    let revision = match backend.get(Bucket::Auth, key::REVISION)? {
        None => 0,
        Some(row) => {
            let bytes = <[u8; 8]>::try_from(row.as_ref());
            let reason = || format!("{} bytes instead of 8", row.len());
            bytes.map(u64::from_be_bytes).map_err(|_| damaged(Bucket::Auth, key::REVISION, reason()))?
        }
    };
    let roles = read_all::<Role>(backend, Bucket::AuthRoles)?;
    let users = read_all::<User>(backend, Bucket::AuthUsers)?;
    let users = users.into_iter().map(|(name, user)| (name, Known::new(user, &roles))).collect();
    Ok(State { enabled, revision, users, roles })
}

fn read_all<M: Message + Default>(backend: &Backend, bucket: Bucket) -> Result<BTreeMap<Bytes, M>, AuthError> {
    let rows = backend.range(bucket, b"", None, usize::MAX)?;
    rows.into_iter()
        .map(|(key, row)| match M::decode(row) {
            Ok(message) => Ok((key, message)),
            Err(error) => Err(damaged(bucket, &key, error.to_string())),
        })
        .collect()
}

fn damaged(bucket: Bucket, key: &[u8], reason: String) -> AuthError {
    AuthError::Damaged { bucket: bucket.name(), key: String::from_utf8_lossy(key).into_owned(), reason }
}

pub(super) fn write_on(batch: &mut Batch) {
    batch.put(Bucket::Auth, key::ENABLED, Bytes::from_static(&[1]));
}

pub(super) fn write_off(batch: &mut Batch) {
    batch.put(Bucket::Auth, key::ENABLED, Bytes::from_static(&[0]));
}

pub(super) fn write_revision(revision: u64, batch: &mut Batch) {
    batch.put(Bucket::Auth, key::REVISION, Bytes::copy_from_slice(&revision.to_be_bytes()));
}

pub(super) fn write_user(user: &User, batch: &mut Batch) {
    batch.put(Bucket::AuthUsers, &user.name, user.encode_to_vec().into());
}

pub(super) fn write_role(role: &Role, batch: &mut Batch) {
    batch.put(Bucket::AuthRoles, &role.name, role.encode_to_vec().into());
}
