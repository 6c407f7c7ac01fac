//! Temporary stand-in: types only.
#![allow(missing_docs)]
use crate::pb::etcdserverpb as pb;

/// A deterministic no: part of the replicated result, or of a read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal { KeyNotFound, LeaseNotFound, LeaseExists, LeaseTtlTooLarge, Compacted, FutureRevision, NoSpace, Corrupt, MemberNotFound, /// A request kind that this version does not carry out.
    Unsupported(&'static str) }

/// What a committed request answers, header complete.
#[derive(Clone, Debug, PartialEq)]
pub enum Response { Range(pb::RangeResponse), Put(pb::PutResponse), DeleteRange(pb::DeleteRangeResponse), Txn(pb::TxnResponse), Compact(pb::CompactionResponse), LeaseGrant(pb::LeaseGrantResponse), LeaseRevoke(pb::LeaseRevokeResponse), Alarm(pb::AlarmResponse), Empty }
