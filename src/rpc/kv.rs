//! `etcdserverpb.KV`, without its stream.

use super::{check, overlap, status};
use crate::{
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
    check::put(&request)?;
    handle.propose(request).await.map_err(status::of_failure)
}

/// Deletes keys.
pub async fn delete_range(handle: Handle, request: DeleteRangeRequest) -> Result<DeleteRangeResponse, Status> {
    check::delete_range(&request)?;
    handle.propose(request).await.map_err(status::of_failure)
}

/// Several at once, if the compares hold.
pub async fn txn(handle: Handle, request: TxnRequest) -> Result<TxnResponse, Status> {
    check::txn(&request, handle.limits().txn_ops_max)?;
    overlap::check(&request)?;
    handle.txn(request).await.map_err(status::of_failure)
}

/// Forgets history.
pub async fn compact(handle: Handle, request: CompactionRequest) -> Result<CompactionResponse, Status> {
    handle.compact(request).await.map_err(status::of_failure)
}
