//! The accessors that `raft` calls, in the manner of rust-protobuf: `get_`, `set_`, `take_`, `mut_`, `clear_`, `has_`.
//!
//! The fields are public and new code reads them directly, except for the enums: there the field is a number and the
//! getter gives the enum. None of them panics.

use std::mem::take;

use bytes::Bytes;
use protobuf::Message as _;

use crate::kinds::{ConfChangeTransition, ConfChangeType, EntryType, MessageType};
use crate::messages::{
    ConfChange, ConfChangeSingle, ConfChangeV2, ConfState, Entry, HardState, Message, Snapshot, SnapshotMetadata,
};

macro_rules! value {
    ($field:ident: $kind:ty, $get:ident, $set:ident, $clear:ident) => {
        #[doc = concat!("Reads `", stringify!($field), "`.")]
        pub fn $get(&self) -> $kind {
            self.$field
        }
        #[doc = concat!("Sets `", stringify!($field), "`.")]
        pub fn $set(&mut self, value: $kind) {
            self.$field = value;
        }
        #[doc = concat!("Sets `", stringify!($field), "` to zero.")]
        pub fn $clear(&mut self) {
            self.$field = Default::default();
        }
    };
}

/// `$view` is what the getter lends.
macro_rules! owned {
    ($field:ident: $kind:ty as $view:ty, $get:ident, $set:ident, $take:ident, $mut:ident, $clear:ident) => {
        #[doc = concat!("Lends `", stringify!($field), "`.")]
        pub fn $get(&self) -> &$view {
            &self.$field
        }
        #[doc = concat!("Sets `", stringify!($field), "`.")]
        pub fn $set(&mut self, value: $kind) {
            self.$field = value;
        }
        #[doc = concat!("Moves `", stringify!($field), "` out and leaves it empty.")]
        pub fn $take(&mut self) -> $kind {
            take(&mut self.$field)
        }
        #[doc = concat!("Lends `", stringify!($field), "` for change.")]
        pub fn $mut(&mut self) -> &mut $kind {
            &mut self.$field
        }
        #[doc = concat!("Empties `", stringify!($field), "`.")]
        pub fn $clear(&mut self) {
            self.$field = Default::default();
        }
    };
}

/// `$unknown` is what the getter says for a number that the enum does not have; `$why` says why that does no harm.
macro_rules! kind {
    ($field:ident: $kind:ident, unknown $unknown:ident, $why:literal, $get:ident, $set:ident, $clear:ident) => {
        #[doc = concat!("Reads `", stringify!($field), "`; an unknown number as `", stringify!($unknown), "`: ", $why)]
        pub fn $get(&self) -> $kind {
            $kind::try_from(self.$field).unwrap_or($kind::$unknown)
        }
        #[doc = concat!("Sets `", stringify!($field), "`.")]
        pub fn $set(&mut self, value: $kind) {
            self.$field = value as i32;
        }
        #[doc = concat!("Sets `", stringify!($field), "` to zero.")]
        pub fn $clear(&mut self) {
            self.$field = 0;
        }
    };
}

impl Entry {
    kind!(entry_type: EntryType, unknown EntryNormal,
        "raft itself reads only membership changes, and this is none.",
        get_entry_type, set_entry_type, clear_entry_type);
    value!(term: u64, get_term, set_term, clear_term);
    value!(index: u64, get_index, set_index, clear_index);
    value!(sync_log: bool, get_sync_log, set_sync_log, clear_sync_log);
    owned!(data: Bytes as [u8], get_data, set_data, take_data, mut_data, clear_data);
    owned!(context: Bytes as [u8], get_context, set_context, take_context, mut_context, clear_context);

    /// Whether the entry's type is one of etcd's. A log with another one was written by a newer server.
    pub fn is_known_type(&self) -> bool {
        EntryType::try_from(self.entry_type).is_ok()
    }
}

impl SnapshotMetadata {
    owned!(conf_state: ConfState as ConfState,
        get_conf_state, set_conf_state, take_conf_state, mut_conf_state, clear_conf_state);
    value!(index: u64, get_index, set_index, clear_index);
    value!(term: u64, get_term, set_term, clear_term);
}

impl Snapshot {
    owned!(data: Bytes as [u8], get_data, set_data, take_data, mut_data, clear_data);
    owned!(metadata: SnapshotMetadata as SnapshotMetadata,
        get_metadata, set_metadata, take_metadata, mut_metadata, clear_metadata);
}

impl Message {
    kind!(msg_type: MessageType, unknown MsgUnreachable,
        "it is a local message, and `RawNode::step` refuses those from a peer before touching any state.",
        get_msg_type, set_msg_type, clear_msg_type);
    value!(to: u64, get_to, set_to, clear_to);
    value!(from: u64, get_from, set_from, clear_from);
    value!(term: u64, get_term, set_term, clear_term);
    value!(log_term: u64, get_log_term, set_log_term, clear_log_term);
    value!(index: u64, get_index, set_index, clear_index);
    owned!(entries: Vec<Entry> as [Entry], get_entries, set_entries, take_entries, mut_entries, clear_entries);
    value!(commit: u64, get_commit, set_commit, clear_commit);
    value!(commit_term: u64, get_commit_term, set_commit_term, clear_commit_term);
    value!(request_snapshot: u64, get_request_snapshot, set_request_snapshot, clear_request_snapshot);
    value!(reject: bool, get_reject, set_reject, clear_reject);
    value!(reject_hint: u64, get_reject_hint, set_reject_hint, clear_reject_hint);
    owned!(context: Bytes as [u8], get_context, set_context, take_context, mut_context, clear_context);
    value!(vote: u64, get_vote, set_vote, clear_vote);
    value!(deprecated_priority: u64,
        get_deprecated_priority, set_deprecated_priority, clear_deprecated_priority);
    value!(priority: i64, get_priority, set_priority, clear_priority);

    /// Whether the message's type is one that raft knows. Drop the message otherwise: newer etcd has types above
    /// `MsgRequestPreVoteResponse`, most of them between a node and its own storage.
    pub fn is_known_type(&self) -> bool {
        MessageType::try_from(self.msg_type).is_ok()
    }

    /// Whether there is a snapshot.
    pub fn has_snapshot(&self) -> bool {
        self.snapshot.is_some()
    }

    /// Lends the snapshot; an empty one if there is none.
    pub fn get_snapshot(&self) -> &Snapshot {
        self.snapshot.as_ref().unwrap_or_else(|| Snapshot::default_instance())
    }

    /// Sets the snapshot.
    pub fn set_snapshot(&mut self, value: Snapshot) {
        self.snapshot = Some(value);
    }

    /// Moves the snapshot out; an empty one if there is none.
    pub fn take_snapshot(&mut self) -> Snapshot {
        self.snapshot.take().unwrap_or_default()
    }

    /// Lends the snapshot for change; it is set if it was not.
    pub fn mut_snapshot(&mut self) -> &mut Snapshot {
        self.snapshot.get_or_insert_default()
    }

    /// Removes the snapshot.
    pub fn clear_snapshot(&mut self) {
        self.snapshot = None;
    }
}

impl HardState {
    value!(term: u64, get_term, set_term, clear_term);
    value!(vote: u64, get_vote, set_vote, clear_vote);
    value!(commit: u64, get_commit, set_commit, clear_commit);
}

impl ConfState {
    owned!(voters: Vec<u64> as [u64], get_voters, set_voters, take_voters, mut_voters, clear_voters);
    owned!(learners: Vec<u64> as [u64], get_learners, set_learners, take_learners, mut_learners, clear_learners);
    owned!(voters_outgoing: Vec<u64> as [u64],
        get_voters_outgoing, set_voters_outgoing, take_voters_outgoing, mut_voters_outgoing, clear_voters_outgoing);
    owned!(learners_next: Vec<u64> as [u64],
        get_learners_next, set_learners_next, take_learners_next, mut_learners_next, clear_learners_next);
    value!(auto_leave: bool, get_auto_leave, set_auto_leave, clear_auto_leave);
}

impl ConfChange {
    value!(id: u64, get_id, set_id, clear_id);
    kind!(change_type: ConfChangeType, unknown AddNode,
        "it removes nobody, and `ConfChangeI::as_v2` has moved the change to node 0 before raft reads it. Ask `is_update` and `is_known_type` first.",
        get_change_type, set_change_type, clear_change_type);
    value!(node_id: u64, get_node_id, set_node_id, clear_node_id);
    owned!(context: Bytes as [u8], get_context, set_context, take_context, mut_context, clear_context);
}

impl ConfChangeSingle {
    kind!(change_type: ConfChangeType, unknown AddNode,
        "it removes nobody, and `ConfChangeI::as_v2` has moved the change to node 0 before raft reads it. Ask `is_update` and `is_known_type` first.",
        get_change_type, set_change_type, clear_change_type);
    value!(node_id: u64, get_node_id, set_node_id, clear_node_id);
}

impl ConfChangeV2 {
    kind!(transition: ConfChangeTransition, unknown Implicit,
        "joint consensus is right for any list of changes, and an unknown number is never taken for leaving it.",
        get_transition, set_transition, clear_transition);
    owned!(changes: Vec<ConfChangeSingle> as [ConfChangeSingle],
        get_changes, set_changes, take_changes, mut_changes, clear_changes);
    owned!(context: Bytes as [u8], get_context, set_context, take_context, mut_context, clear_context);
}
