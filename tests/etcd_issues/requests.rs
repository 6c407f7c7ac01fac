//! What the scenarios ask for.

use bytes::Bytes;
use etcd::pb::etcdserverpb::{
    AlarmRequest, AlarmType, CompactionRequest, DeleteRangeRequest, InternalRaftRequest, LeaseGrantRequest,
    LeaseRevokeRequest, PutRequest, RangeRequest, RequestOp, TxnRequest, alarm_request::AlarmAction,
    request_op::Request,
};

fn put_request(key: &str, value: &str, lease: i64) -> PutRequest {
    let (key, value) = (Bytes::copy_from_slice(key.as_bytes()), Bytes::copy_from_slice(value.as_bytes()));
    PutRequest { key, value, lease, ..PutRequest::default() }
}

/// A put without a lease.
pub fn put(key: &str, value: &str) -> InternalRaftRequest {
    InternalRaftRequest { put: Some(put_request(key, value, 0)), ..InternalRaftRequest::default() }
}

/// A put with one.
pub fn put_leased(key: &str, value: &str, lease: i64) -> InternalRaftRequest {
    InternalRaftRequest { put: Some(put_request(key, value, lease)), ..InternalRaftRequest::default() }
}

/// Deletes one key.
pub fn delete(key: &str) -> InternalRaftRequest {
    let request = DeleteRangeRequest { key: Bytes::copy_from_slice(key.as_bytes()), ..DeleteRangeRequest::default() };
    InternalRaftRequest { delete_range: Some(request), ..InternalRaftRequest::default() }
}

/// Compacts to a revision.
pub fn compact(revision: i64) -> InternalRaftRequest {
    let compaction = Some(CompactionRequest { revision, physical: false });
    InternalRaftRequest { compaction, ..InternalRaftRequest::default() }
}

/// A lease.
pub fn grant(id: i64, ttl_s: i64) -> InternalRaftRequest {
    let lease_grant = Some(LeaseGrantRequest { id, ttl: ttl_s });
    InternalRaftRequest { lease_grant, ..InternalRaftRequest::default() }
}

/// The end of one, and of its keys.
pub fn revoke(id: i64) -> InternalRaftRequest {
    InternalRaftRequest { lease_revoke: Some(LeaseRevokeRequest { id }), ..InternalRaftRequest::default() }
}

/// Raises the alarm NOSPACE, or takes it back.
pub fn no_space(member_id: u64, action: AlarmAction) -> InternalRaftRequest {
    let alarm = Some(AlarmRequest { action: action as i32, member_id, alarm: AlarmType::Nospace as i32 });
    InternalRaftRequest { alarm, ..InternalRaftRequest::default() }
}

/// Puts a key and reads another at a revision, without a condition.
pub fn put_and_read(key: &str, read: &str, revision: i64) -> InternalRaftRequest {
    let range = RangeRequest { key: Bytes::copy_from_slice(read.as_bytes()), revision, ..RangeRequest::default() };
    let ops = [Request::RequestPut(put_request(key, "of a transaction", 0)), Request::RequestRange(range)];
    let success = ops.map(|request| RequestOp { request: Some(request) }).to_vec();
    InternalRaftRequest { txn: Some(TxnRequest { success, ..TxnRequest::default() }), ..InternalRaftRequest::default() }
}
