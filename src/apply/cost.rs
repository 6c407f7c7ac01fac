//! How much room a request may take, by etcd's estimate: what the quota is measured with.

use crate::pb::etcdserverpb::{InternalRaftRequest, PutRequest, RequestOp, TxnRequest, request_op::Request};
use prost::Message;

/// Bytes beside key and value.
const PUT_BYTES: usize = 256;
/// Bytes that a lease may add.
pub const LEASE_BYTES: usize = 64;

/// Bytes that a request may add; 0 for one that adds nothing.
pub fn of(request: &InternalRaftRequest) -> usize {
    let put = request.put.as_ref().map_or(0, of_put);
    let txn = request.txn.as_ref().map_or(0, of_txn);
    let grant = request.lease_grant.as_ref().map_or(0, |_| LEASE_BYTES);
    put + txn + grant
}

/// Bytes that a proposed request may add; none that cannot be read.
pub fn of_encoded(request: &[u8]) -> usize {
    InternalRaftRequest::decode(request).map_or(0, |request| of(&request))
}

/// What no request of so many encoded bytes costs more than: the shortest operation that costs anything is a put of no
/// key, and has four.
pub fn most(encoded_len: usize) -> usize {
    encoded_len.saturating_mul(PUT_BYTES / 4)
}

/// Bytes that a put may add.
pub fn of_put(request: &PutRequest) -> usize {
    PUT_BYTES + request.key.len() + request.value.len()
}

/// Bytes that a transaction may add: those of its greater branch, nested transactions included.
pub fn of_txn(request: &TxnRequest) -> usize {
    let branch = |ops: &[RequestOp]| ops.iter().map(of_op).sum::<usize>();
    branch(&request.success).max(branch(&request.failure))
}

fn of_op(op: &RequestOp) -> usize {
    match &op.request {
        Some(Request::RequestPut(put)) => of_put(put),
        Some(Request::RequestTxn(txn)) => of_txn(txn),
        _ => 0,
    }
}
