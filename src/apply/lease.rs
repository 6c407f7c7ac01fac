//! Granting, revoking and checkpointing leases.

use super::outcome::{Applied, LeaseChange, Outcome, Response, Unanswered};
use crate::{
    backend::Batch,
    id::LeaseId,
    key::KeyRange,
    lease::Leases,
    mvcc::{Ranges, WriteTxn},
    pb::etcdserverpb::{
        LeaseCheckpointRequest, LeaseGrantRequest, LeaseGrantResponse, LeaseRevokeRequest, LeaseRevokeResponse,
        ResponseHeader,
    },
};
use bytes::Bytes;

pub(super) fn grant(
    leases: &mut Leases,
    request: &LeaseGrantRequest,
    header: ResponseHeader,
    batch: &mut Batch,
) -> Result<Applied, Unanswered> {
    let id = LeaseId(request.id);
    let ttl_s = leases.grant(id, request.ttl, batch)?;
    let response = LeaseGrantResponse { header: Some(header), id: id.0, ttl: ttl_s, error: String::new() };
    let applied = Applied::of(Outcome::Done(Response::LeaseGrant(response)));
    Ok(Applied { leases: vec![LeaseChange::Granted { id, ttl_s }], ..applied })
}

/// Ends the lease; its keys are still to be deleted, with the same batch.
pub(super) fn revoke(
    leases: &mut Leases,
    request: &LeaseRevokeRequest,
    batch: &mut Batch,
) -> Result<Vec<Bytes>, Unanswered> {
    Ok(leases.revoke(LeaseId(request.id), batch)?)
}

/// Deletes a revoked lease's keys, all in one revision; without keys the revision stays.
pub(super) fn delete(txn: &mut WriteTxn<'_>, keys: Vec<Bytes>, header: ResponseHeader) -> LeaseRevokeResponse {
    for key in keys {
        txn.delete_range(&KeyRange::Point(key));
    }
    LeaseRevokeResponse { header: Some(ResponseHeader { revision: txn.revision(), ..header }) }
}

pub(super) fn revoked(request: &LeaseRevokeRequest) -> LeaseChange {
    LeaseChange::Revoked { id: LeaseId(request.id) }
}

/// Leases that are gone meanwhile are passed over.
pub(super) fn checkpoint(leases: &mut Leases, request: &LeaseCheckpointRequest, batch: &mut Batch) -> Applied {
    let mut changes = Vec::new();
    for checkpoint in &request.checkpoints {
        let (id, remaining_s) = (LeaseId(checkpoint.id), checkpoint.remaining_ttl);
        if leases.checkpoint(id, remaining_s, batch) {
            changes.push(LeaseChange::Checkpointed { id, remaining_s });
        }
    }
    Applied { leases: changes, ..Applied::of(Outcome::Done(Response::Empty)) }
}
