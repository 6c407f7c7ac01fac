//! `etcdserverpb.KV`, without its stream.

use super::{
    check::{self, Malformed},
    overlap, status,
};
use crate::{
    apply::cost,
    pb::etcdserverpb::{
        CompactionRequest, CompactionResponse, DeleteRangeRequest, DeleteRangeResponse, PutRequest, PutResponse,
        RangeRequest, RangeResponse, TxnRequest, TxnResponse,
    },
    server::Handle,
};
use tonic::Status;

/// Reads keys.
pub async fn range(handle: Handle, request: RangeRequest) -> Result<RangeResponse, Status> {
    check::range(&request)?;
    handle.range(request).await.map_err(status::of_failure)
}

/// Writes a key.
pub async fn put(handle: Handle, request: PutRequest) -> Result<PutResponse, Status> {
    if let Err(malformed) = check::put(&request) {
        return Err(refusal(&handle, cost::of_put(&request), malformed).await);
    }
    handle.propose(request).await.map_err(status::of_failure)
}

/// Deletes keys.
pub async fn delete_range(handle: Handle, request: DeleteRangeRequest) -> Result<DeleteRangeResponse, Status> {
    check::delete_range(&request)?;
    handle.propose(request).await.map_err(status::of_failure)
}

/// Several at once, if the compares hold.
pub async fn txn(handle: Handle, request: TxnRequest) -> Result<TxnResponse, Status> {
    let checked = check::txn(&request, handle.limits().txn_ops_max).and_then(|()| overlap::check(&request));
    if let Err(malformed) = checked {
        return Err(refusal(&handle, cost::of_txn(&request), malformed).await);
    }
    handle.txn(request).await.map_err(status::of_failure)
}

/// Forgets history.
pub async fn compact(handle: Handle, request: CompactionRequest) -> Result<CompactionResponse, Status> {
    handle.compact(request).await.map_err(status::of_failure)
}

/// Why a request of the wrong shape is refused. As in etcd, a lack of space is named first, and raises the alarm.
async fn refusal(handle: &Handle, cost: usize, malformed: Malformed) -> Status {
    match handle.check_room(cost).await {
        Ok(()) => malformed.into(),
        Err(failure) => status::of_failure(failure),
    }
}
