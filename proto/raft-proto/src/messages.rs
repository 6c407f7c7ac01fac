//! The messages of raftpb: public fields under raft-rs' names, tags and presence rules as etcd writes them.
//!
//! `required` is how prost spells gogoproto's `nullable = false`: always written, zero when absent on reading. Enums
//! are `int32` here, which is the same on the wire and keeps unknown numbers. `Entry` and `Message` have fields that
//! are not on the wire, so that their codec is in `wire.rs`.

use bytes::Bytes;

/// One entry of the log.
#[derive(Clone, Default, PartialEq)]
pub struct Entry {
    /// An [`EntryType`](crate::eraftpb::EntryType), as it came.
    pub entry_type: i32,
    /// The term in which a leader created it.
    pub term: u64,
    /// Its position in the log.
    pub index: u64,
    /// The payload. Empty is not written, as Go does for nil.
    pub data: Bytes,
    /// Memory only: raft-rs' own; lost on the wire, so nothing may rely on it.
    pub context: Bytes,
    /// Memory only: deprecated in raft-rs.
    pub sync_log: bool,
}

impl std::fmt::Debug for Entry {
    /// With the length of the data alone: they may hold hashes of passwords, and raft's log lines show whole messages.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut entry = f.debug_struct("Entry");
        entry.field("entry_type", &self.entry_type).field("term", &self.term).field("index", &self.index);
        entry.field("data_bytes", &self.data.len()).finish_non_exhaustive()
    }
}

/// What a snapshot stands for.
#[derive(Clone, PartialEq, prost::Message)]
pub struct SnapshotMetadata {
    /// The membership at `index`.
    #[prost(message, required, tag = "1")]
    pub conf_state: ConfState,
    /// The last entry that the snapshot covers.
    #[prost(uint64, required, tag = "2")]
    pub index: u64,
    /// The term of that entry.
    #[prost(uint64, required, tag = "3")]
    pub term: u64,
}

/// A snapshot: the payload is the application's.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Snapshot {
    /// The payload; empty is not written.
    #[prost(bytes = "bytes", tag = "1")]
    pub data: Bytes,
    /// Always on the wire, so a value and not an option.
    #[prost(message, required, tag = "2")]
    pub metadata: SnapshotMetadata,
}

impl Snapshot {
    /// Whether it stands for nothing: no log starts at index 0.
    pub fn is_empty(&self) -> bool {
        self.metadata.index == 0
    }
}

/// What peers send each other.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Message {
    /// A [`MessageType`](crate::eraftpb::MessageType), as it came.
    pub msg_type: i32,
    /// The receiver's id.
    pub to: u64,
    /// The sender's id.
    pub from: u64,
    /// The sender's term; 0 on local messages.
    pub term: u64,
    /// The term of the entry at `index`.
    pub log_term: u64,
    /// The entry before `entries`, or what a response is about.
    pub index: u64,
    /// Entries to append, to propose, or a read request's context.
    pub entries: Vec<Entry>,
    /// The commit index.
    pub commit: u64,
    /// Memory only: raft-rs' hint on votes.
    pub commit_term: u64,
    /// Unset and empty are the same: etcd up to 3.5 writes an empty one with every message, which reads as `None`, and
    /// an empty one is not written.
    pub snapshot: Option<Snapshot>,
    /// Memory only: raft-rs' request for a snapshot.
    pub request_snapshot: u64,
    /// Whether a response says no.
    pub reject: bool,
    /// Where a rejecting follower suggests to go on.
    pub reject_hint: u64,
    /// A read request's context, or the mark of a forced election.
    pub context: Bytes,
    /// etcd's field 13, since raft 3.6 and there only on messages between a node and its own storage. Written when not
    /// zero; raft-rs does not know it.
    pub vote: u64,
    /// Memory only: raft-rs' election priority. Its number on raft-rs' wire is etcd's `responses`.
    pub deprecated_priority: u64,
    /// Memory only: raft-rs' election priority.
    pub priority: i64,
}

/// What a node must find again after a restart.
#[derive(Clone, Copy, PartialEq, Eq, Hash, prost::Message)]
pub struct HardState {
    /// The current term.
    #[prost(uint64, required, tag = "1")]
    pub term: u64,
    /// Who got the vote in it; 0 for nobody.
    #[prost(uint64, required, tag = "2")]
    pub vote: u64,
    /// The commit index.
    #[prost(uint64, required, tag = "3")]
    pub commit: u64,
}

/// The membership as raft sees it. Lists are written unpacked, as proto2 does, and read in both forms.
#[derive(Clone, PartialEq, Eq, Hash, prost::Message)]
pub struct ConfState {
    /// The voters of the incoming configuration.
    #[prost(uint64, repeated, packed = "false", tag = "1")]
    pub voters: Vec<u64>,
    /// The learners.
    #[prost(uint64, repeated, packed = "false", tag = "2")]
    pub learners: Vec<u64>,
    /// The voters of the outgoing configuration; not empty while joint.
    #[prost(uint64, repeated, packed = "false", tag = "3")]
    pub voters_outgoing: Vec<u64>,
    /// Outgoing voters that become learners when the joint configuration is left.
    #[prost(uint64, repeated, packed = "false", tag = "4")]
    pub learners_next: Vec<u64>,
    /// Whether raft leaves the joint configuration by itself.
    #[prost(bool, required, tag = "5")]
    pub auto_leave: bool,
}

/// One membership change, in the form that etcd proposes.
#[derive(Clone, PartialEq, Eq, Hash, prost::Message)]
pub struct ConfChange {
    /// The proposal's id.
    #[prost(uint64, required, tag = "1")]
    pub id: u64,
    /// A [`ConfChangeType`](crate::eraftpb::ConfChangeType) or its `UPDATE_NODE`, as it came.
    #[prost(int32, required, tag = "2")]
    pub change_type: i32,
    /// The member; 0 makes raft skip the change.
    #[prost(uint64, required, tag = "3")]
    pub node_id: u64,
    /// The application's payload; empty is not written.
    #[prost(bytes = "bytes", tag = "4")]
    pub context: Bytes,
}

/// One change of a [`ConfChangeV2`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, prost::Message)]
pub struct ConfChangeSingle {
    /// A [`ConfChangeType`](crate::eraftpb::ConfChangeType) or its `UPDATE_NODE`, as it came.
    #[prost(int32, required, tag = "1")]
    pub change_type: i32,
    /// The member; 0 makes raft skip the change.
    #[prost(uint64, required, tag = "2")]
    pub node_id: u64,
}

/// Several membership changes at once; an empty one leaves a joint configuration.
#[derive(Clone, PartialEq, Eq, Hash, prost::Message)]
pub struct ConfChangeV2 {
    /// A [`ConfChangeTransition`](crate::eraftpb::ConfChangeTransition), as it came.
    #[prost(int32, required, tag = "1")]
    pub transition: i32,
    /// The changes.
    #[prost(message, repeated, tag = "2")]
    pub changes: Vec<ConfChangeSingle>,
    /// The application's payload; empty is not written.
    #[prost(bytes = "bytes", tag = "3")]
    pub context: Bytes,
}
