//! What can be asked in one go, and what the requests of a lane are like.

use etcd::pb::etcdserverpb::{
    CompactionRequest, DeleteRangeRequest, LeaseGrantRequest, LeaseRevokeRequest, PutRequest, RangeRequest, TxnRequest,
    WatchCreateRequest,
};

/// One request of a client, or a few that belong together.
#[derive(Clone, Debug)]
pub enum Op {
    Range(RangeRequest),
    Stream(RangeRequest),
    Put(PutRequest),
    Delete(DeleteRangeRequest),
    Txn(TxnRequest),
    Compact(CompactionRequest),
    Grant(LeaseGrantRequest),
    /// A lease that would soon expire, or whose id the member chooses: revoked before it does.
    BriefGrant(LeaseGrantRequest),
    Revoke(LeaseRevokeRequest),
    KeepAlive {
        id: i64,
    },
    Leases,
    TimeToLive {
        id: i64,
        keys: bool,
    },
    /// Watchers on one stream, read up to the present. What is older than `compacted` is gone.
    Watch {
        requests: Vec<WatchCreateRequest>,
        compacted: i64,
    },
    HashKv {
        revision: i64,
    },
}

impl Op {
    /// Leaves the store as it is, so that several may be under way at once.
    pub fn is_read(&self) -> bool {
        use Op::{HashKv, KeepAlive, Leases, Range, Stream, TimeToLive};
        matches!(self, Range(_) | Stream(_) | KeepAlive { .. } | Leases | TimeToLive { .. } | HashKv { .. })
    }

    /// A short word for it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Range(_) => "range",
            Self::Stream(_) => "range stream",
            Self::Put(_) => "put",
            Self::Delete(_) => "delete",
            Self::Txn(_) => "txn",
            Self::Compact(_) => "compact",
            Self::Grant(_) => "lease grant",
            Self::BriefGrant(_) => "brief lease grant",
            Self::Revoke(_) => "lease revoke",
            Self::KeepAlive { .. } => "lease keep-alive",
            Self::Leases => "leases",
            Self::TimeToLive { .. } => "lease time-to-live",
            Self::Watch { .. } => "watch",
            Self::HashKv { .. } => "hash",
        }
    }
}

/// What the requests of one lane are like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A dozen keys with long histories.
    Narrow,
    /// Hundreds of keys: many pages, many pieces of a stream.
    Wide,
    /// Values of many kilobytes, and members that take requests of [`SMALL_REQUEST_BYTES`] at most.
    Large,
}

/// The limit on requests under [`Shape::Large`].
pub const SMALL_REQUEST_BYTES: usize = 16_384;

impl Shape {
    /// The shapes take turns.
    pub fn of_lane(lane: u64) -> Self {
        [Self::Narrow, Self::Wide, Self::Narrow, Self::Wide, Self::Large][lane as usize % 5]
    }
}
