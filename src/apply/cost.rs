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

#[cfg(test)]
mod tests {
    use super::*;

    fn put(bytes: usize) -> RequestOp {
        let put = PutRequest { value: vec![7; bytes].into(), ..Default::default() };
        RequestOp { request: Some(Request::RequestPut(put)) }
    }

    fn txn(success: Vec<RequestOp>, failure: Vec<RequestOp>) -> TxnRequest {
        TxnRequest { success, failure, ..Default::default() }
    }

    /// etcd counted nothing of them before 3.7.1: whoever wrapped his puts had no quota.
    #[test]
    fn transactions_within_transactions_count() {
        let inner = |bytes| RequestOp { request: Some(Request::RequestTxn(txn(vec![put(10)], vec![put(bytes)]))) };
        let outer = txn(vec![], vec![inner(5000), put(100)]);
        assert_eq!(of_txn(&outer), 5000 + 100 + 2 * PUT_BYTES);
        let mut deep = txn(vec![put(1 << 20)], vec![]);
        for _ in 0..40 {
            deep = txn(vec![RequestOp { request: Some(Request::RequestTxn(deep)) }], vec![]);
        }
        let request = InternalRaftRequest { txn: Some(deep), ..Default::default() };
        assert_eq!(of(&request), (1 << 20) + PUT_BYTES);
        assert_eq!(of_encoded(&request.encode_to_vec()), of(&request));
    }
}
