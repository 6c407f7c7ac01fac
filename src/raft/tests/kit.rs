//! What all tests of the node need: settings, requests that can be told apart, and outputs as text.

use super::super::{Append, Config, Node, Output, PreVote};
use crate::id::{MemberId, RequestId};
use crate::pb::raftpb::{
    ConfChange, ConfChangeType, Entry, EntryType, HardState, Message, MessageType, SnapshotMetadata,
};
use prost::Message as _;
use std::fmt::Write;

/// Waiters are numbers: a proposal's is its request id, a read's its own.
pub type TestNode = Node<u64, u64>;
pub type TestOutput = Output<u64, u64>;

pub fn config(id: u64, seed: u64) -> Config {
    Config {
        id: MemberId(id),
        election_ticks: 10,
        heartbeat_ticks: 1,
        pre_vote: PreVote::On,
        seed,
        applied: 0,
        read_retry_ticks: 5,
        id_of,
    }
}

/// Data is `<request id> <text>`.
pub fn id_of(entry: &Entry) -> Option<RequestId> {
    let id = match entry.get_entry_type() {
        EntryType::EntryConfChange => ConfChange::decode(&entry.data[..]).ok()?.id,
        _ => std::str::from_utf8(&entry.data).ok()?.split(' ').next()?.parse().ok()?,
    };
    Some(RequestId(id))
}

/// `add`, `learner`, `remove` or `update` of a member.
pub fn change(id: u64, kind: &str, node_id: u64) -> ConfChange {
    let change_type = match kind {
        "add" => ConfChangeType::AddNode as i32,
        "learner" => ConfChangeType::AddLearnerNode as i32,
        "remove" => ConfChangeType::RemoveNode as i32,
        "update" => ConfChangeType::UPDATE_NODE,
        other => panic!("no change is called {other}"),
    };
    ConfChange { id, change_type, node_id, ..ConfChange::default() }
}

pub fn change_of(entry: &Entry) -> Option<ConfChange> {
    let is_change = entry.get_entry_type() == EntryType::EntryConfChange;
    is_change.then(|| ConfChange::decode(&entry.data[..]).ok()).flatten()
}

pub fn entry(index: u64, term: u64, text: &str) -> Entry {
    Entry { index, term, data: text.to_owned().into(), ..Entry::default() }
}

/// `3@2 "7 hello"`: entry 3 of term 2.
pub fn describe_entry(entry: &Entry) -> String {
    let what = match change_of(entry) {
        Some(change) => {
            let kind = match change.change_type {
                0 => "add",
                1 => "remove",
                2 => "update",
                _ => "learner",
            };
            format!("{kind} {:x}", change.node_id)
        }
        None => format!("{:?}", String::from_utf8_lossy(&entry.data)),
    };
    format!("{}@{} {what}", entry.index, entry.term)
}

fn describe_entries(entries: &[Entry]) -> String {
    entries.iter().map(describe_entry).collect::<Vec<_>>().join(", ")
}

pub fn describe_message(message: &Message) -> String {
    let kind = message.get_msg_type();
    let mut text = format!("{:x}->{:x} {kind:?} term {}", message.from, message.to, message.term);
    let Message { index, log_term, commit, reject_hint, .. } = *message;
    match kind {
        MessageType::MsgAppend => {
            let _ = write!(text, " after {index}@{log_term} commit {commit} [{}]", describe_entries(&message.entries));
        }
        MessageType::MsgAppendResponse if message.reject => {
            let _ = write!(text, " no {index}, try {reject_hint}@{log_term}");
        }
        MessageType::MsgAppendResponse => {
            let _ = write!(text, " up to {index}");
        }
        MessageType::MsgHeartbeat => {
            let read = if message.context.is_empty() { "" } else { " with a read" };
            let _ = write!(text, " commit {commit}{read}");
        }
        MessageType::MsgRequestVote | MessageType::MsgRequestPreVote => {
            let _ = write!(text, " log {index}@{log_term}");
        }
        MessageType::MsgPropose => {
            let _ = write!(text, " [{}]", describe_entries(&message.entries));
        }
        MessageType::MsgReadIndexResp => {
            let _ = write!(text, " index {index}");
        }
        MessageType::MsgSnapshot => {
            let metadata = message.snapshot.iter().map(|snapshot| describe_snapshot(&snapshot.metadata));
            let _ = write!(text, " of {}", metadata.collect::<String>());
        }
        _ if message.reject => text.push_str(" no"),
        _ => {}
    }
    text
}

fn describe_snapshot(snapshot: &SnapshotMetadata) -> String {
    let SnapshotMetadata { index, term, conf_state, .. } = snapshot;
    format!("{index}@{term} voters {:?} learners {:?}", conf_state.voters, conf_state.learners)
}

fn describe_append(append: &Append, text: &mut String) {
    let sync = if append.must_sync { "sync" } else { "no sync" };
    let _ = write!(text, "append {}, {sync}", append.number);
    if let Some(HardState { term, vote, commit }) = append.hard_state {
        let _ = write!(text, ": term {term} vote {vote:x} commit {commit}");
    }
    text.push('\n');
    if let Some(snapshot) = &append.snapshot {
        let _ = writeln!(text, "  snapshot {}", describe_snapshot(snapshot));
    }
    for entry in &append.entries {
        let _ = writeln!(text, "  entry {}", describe_entry(entry));
    }
    for message in &append.messages_after {
        let _ = writeln!(text, "  after {}", describe_message(message));
    }
}

/// One line for everything that is to be done.
pub fn describe(output: &TestOutput) -> String {
    let mut text = String::new();
    if let Some(leadership) = output.leadership {
        let leader = leadership.leader.map_or("nobody".into(), |leader| leader.to_string());
        let _ = writeln!(text, "leadership: {leader} in term {}", leadership.term);
    }
    if let Some(append) = &output.append {
        describe_append(append, &mut text);
    }
    for message in &output.messages {
        let _ = writeln!(text, "send {}", describe_message(message));
    }
    for committed in &output.committed {
        let waiter = committed.waiter.map_or(String::new(), |waiter| format!(" for {waiter}"));
        let _ = writeln!(text, "committed {}{waiter}", describe_entry(&committed.entry));
    }
    for (reads, index) in &output.reads {
        let _ = writeln!(text, "reads {reads:?} at {index}");
    }
    for (waiter, why) in &output.refused {
        let _ = writeln!(text, "refused {waiter}: {why:?}");
    }
    for (waiter, why) in &output.refused_reads {
        let _ = writeln!(text, "refused read {waiter}: {why:?}");
    }
    text
}
