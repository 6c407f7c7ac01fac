//! The log that a new cluster begins with.
//!
//! etcd's members agree on the founders without talking: each writes the same first entries, one per founder, and takes
//! them for committed. The raft crate has no such start, so its result is made here and then restored like any other log.

use crate::id::MemberId;
use crate::pb::raftpb::{ConfChange, ConfChangeType, ConfState, Entry, EntryType, HardState};
use bytes::Bytes;
use prost::Message;

/// The first entries, committed, and the members that they make. `founders` are member ids with the payload of their
/// change, sorted by id, equal on every founder. The caller writes entries and hard state to the WAL and starts the node
/// with them and `applied: 0`; the entries come out as committed and are applied like later changes, which changes
/// nothing for raft and tells the state machine. Until that is done the node does not campaign.
pub fn bootstrap(founders: &[(MemberId, Bytes)]) -> (Vec<Entry>, HardState, ConfState) {
    let entries: Vec<Entry> =
        (founders.iter().zip(1..)).map(|((id, context), index)| founding(*id, context, index)).collect();
    let hard_state = HardState { term: 1, vote: 0, commit: entries.len() as u64 };
    let mut voters: Vec<u64> = founders.iter().map(|(id, _)| id.0).collect();
    voters.sort_unstable();
    (entries, hard_state, ConfState { voters, ..ConfState::default() })
}

fn founding(id: MemberId, context: &Bytes, index: u64) -> Entry {
    let mut change = ConfChange { node_id: id.0, context: context.clone(), ..ConfChange::default() };
    change.set_change_type(ConfChangeType::AddNode);
    change_entry(&change, 1, index)
}

/// The entry of a change of the members.
pub fn change_entry(change: &ConfChange, term: u64, index: u64) -> Entry {
    let mut entry = Entry { index, term, data: change.encode_to_vec().into(), ..Entry::default() };
    entry.set_entry_type(EntryType::EntryConfChange);
    entry
}
