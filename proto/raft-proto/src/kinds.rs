//! The enums of raftpb, with etcd's numbers.
//!
//! The messages store an enum as the `i32` that came, so that an unknown number survives a round trip. What the
//! getters answer for an unknown number is decided in `accessors.rs`.

/// What an entry carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, prost::Enumeration)]
#[repr(i32)]
pub enum EntryType {
    /// A command for the state machine, or the empty entry of a new leader.
    EntryNormal = 0,
    /// A `ConfChange`.
    EntryConfChange = 1,
    /// A `ConfChangeV2`.
    EntryConfChangeV2 = 2,
}

/// What a message asks or answers. The comments give etcd's name where it differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, prost::Enumeration)]
#[repr(i32)]
pub enum MessageType {
    /// Local: start an election.
    MsgHup = 0,
    /// Local: send heartbeats.
    MsgBeat = 1,
    /// `MsgProp`.
    MsgPropose = 2,
    /// `MsgApp`.
    MsgAppend = 3,
    /// `MsgAppResp`.
    MsgAppendResponse = 4,
    /// `MsgVote`.
    MsgRequestVote = 5,
    /// `MsgVoteResp`.
    MsgRequestVoteResponse = 6,
    /// `MsgSnap`.
    MsgSnapshot = 7,
    /// A leader's sign of life, with the commit index and a read request's context.
    MsgHeartbeat = 8,
    /// `MsgHeartbeatResp`.
    MsgHeartbeatResponse = 9,
    /// Local: a peer could not be reached.
    MsgUnreachable = 10,
    /// Local: how sending a snapshot ended.
    MsgSnapStatus = 11,
    /// Local: step down without a quorum.
    MsgCheckQuorum = 12,
    /// Hand the leadership to the sender.
    MsgTransferLeader = 13,
    /// Start an election at once; sent to the chosen successor.
    MsgTimeoutNow = 14,
    /// Ask for a read index.
    MsgReadIndex = 15,
    /// The read index.
    MsgReadIndexResp = 16,
    /// `MsgPreVote`.
    MsgRequestPreVote = 17,
    /// `MsgPreVoteResp`.
    MsgRequestPreVoteResponse = 18,
}

/// What a membership change does. raft-rs matches these three exhaustively, and numbers the learner differently; the
/// numbers here are etcd's. etcd's fourth, the update, is [`ConfChangeType::UPDATE_NODE`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, prost::Enumeration)]
#[repr(i32)]
pub enum ConfChangeType {
    /// Add a voter, or promote a learner.
    AddNode = 0,
    /// Remove a voter or learner.
    RemoveNode = 1,
    /// Add a learner.
    AddLearnerNode = 3,
}

impl ConfChangeType {
    /// etcd's `ConfChangeUpdateNode`: new peer URLs in the context, the raft configuration unchanged. raft never sees
    /// it: [`ConfChangeI::as_v2`](crate::ConfChangeI::as_v2) turns it into a change of node 0, which raft skips.
    pub const UPDATE_NODE: i32 = 2;

    /// Whether etcd has a change of this number.
    pub(crate) fn is_known(raw: i32) -> bool {
        raw == Self::UPDATE_NODE || Self::try_from(raw).is_ok()
    }
}

/// How a [`ConfChangeV2`](crate::eraftpb::ConfChangeV2) passes through joint consensus.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, prost::Enumeration)]
#[repr(i32)]
pub enum ConfChangeTransition {
    /// A single change directly, several like `Implicit`.
    Auto = 0,
    /// Always joint; raft leaves it by itself.
    Implicit = 1,
    /// Always joint; left by an empty change.
    Explicit = 2,
}
