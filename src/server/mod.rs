//! Temporary stand-in: the handle that `rpc` and `http` see, without bodies. Replaced whole by the real one.
#![allow(clippy::todo, unused_variables, missing_docs)]
use crate::{apply::{Refusal, Response}, id::{ClusterId, LeaseId, MemberId}, mvcc, pb::etcdserverpb as pb, watch};

/// A handle on a running member: all that its services may ask. Cheap to clone.
#[derive(Clone)]
pub struct Handle {}

/// Why a request has no outcome.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// A deterministic no, part of the replicated result or of a read.
    #[error("refused: {0:?}")] Refused(Refusal),
    /// Local, try again.
    #[error("unavailable: {0:?}")] Unavailable(Unavailable),
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unavailable { Stopped, TimedOut, TimedOutLeaderLost, NoLeader, LeaderChanged, TooManyRequests, RequestTooLarge, Canceled }

/// Settings that decide the shape of requests.
#[derive(Clone, Copy, Debug)]
pub struct RequestLimits { pub txn_ops_max: usize, pub request_bytes_max: usize, pub concurrent_streams_max: u32 }

#[derive(Clone, Debug, Default)]
pub struct Status { pub leader: u64, pub raft_index: u64, pub raft_applied_index: u64, pub raft_term: u64, pub db_size: i64, pub db_size_in_use: i64, pub quota_bytes: i64, pub is_learner: bool, pub errors: Vec<String>, pub storage_version: String, pub cluster_version: Option<String> }

impl Handle {
    pub fn cluster_id(&self) -> ClusterId { todo!() }
    pub fn member_id(&self) -> MemberId { todo!() }
    pub fn limits(&self) -> RequestLimits { todo!() }
    /// Header with cluster, member, term and the current revision.
    pub fn header(&self) -> pb::ResponseHeader { todo!() }
    /// Proposes, waits for the outcome. Fills `header.ID`. Checks the encoded size. Times out after etcd's ReqTimeout.
    pub async fn propose(&self, request: pb::InternalRaftRequest) -> Result<Response, Failure> { todo!() }
    /// Waits until this member has applied all that was committed when the call came (ReadIndex).
    pub async fn linearize(&self) -> Result<(), Failure> { todo!() }
    /// Range: linearizes unless serializable, then reads.
    pub async fn range(&self, request: pb::RangeRequest) -> Result<pb::RangeResponse, Failure> { todo!() }
    /// Txn: read-only ones are answered locally, others proposed.
    pub async fn txn(&self, request: pb::TxnRequest) -> Result<pb::TxnResponse, Failure> { todo!() }
    /// Compaction; with `physical` waits until the work is done and flushed.
    pub async fn compact(&self, request: pb::CompactionRequest) -> Result<pb::CompactionResponse, Failure> { todo!() }
    /// The read side of the store (RangeStream, HashKV, prev_kv of watch events).
    pub fn reader(&self) -> &mvcc::Reader { todo!() }
    pub async fn lease_grant(&self, request: pb::LeaseGrantRequest) -> Result<pb::LeaseGrantResponse, Failure> { todo!() }
    pub async fn lease_revoke(&self, request: pb::LeaseRevokeRequest) -> Result<pb::LeaseRevokeResponse, Failure> { todo!() }
    /// New ttl in seconds; `Refused(LeaseNotFound)` when there is none.
    pub async fn lease_renew(&self, id: LeaseId) -> Result<i64, Failure> { todo!() }
    pub async fn lease_time_to_live(&self, request: pb::LeaseTimeToLiveRequest) -> Result<pb::LeaseTimeToLiveResponse, Failure> { todo!() }
    pub async fn lease_list(&self) -> Result<pb::LeaseLeasesResponse, Failure> { todo!() }
    pub fn members(&self) -> Vec<pb::Member> { todo!() }
    pub fn status(&self) -> Status { todo!() }
    pub fn has_leader(&self) -> bool { todo!() }
    /// Opens a stream of watches; items come out of `receiver` (bounded; the hub copes when it is full).
    pub fn watch_stream(&self) -> WatchStream { todo!() }
    /// Resolves when the member begins to stop (streams end then).
    pub async fn stopping(&self) { todo!() }
}

/// One client's stream of watches. Dropping it closes the stream in the hub.
pub struct WatchStream { pub receiver: tokio::sync::mpsc::Receiver<watch::Item> }
impl WatchStream {
    pub async fn create(&self, request: watch::WatchRequest) { todo!() }
    pub async fn cancel(&self, id: crate::id::WatchId) { todo!() }
    pub async fn request_progress(&self) { todo!() }
}
