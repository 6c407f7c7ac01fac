//! What may reach the raft crate from a peer.
//!
//! The crate trusts its messages: a commit index that the log does not have, entries with a gap, an empty proposal, a
//! term where none belongs, each of them stops the process. None of that comes from a healthy peer, but a peer can be
//! broken, of another version, or no peer at all. So every message is checked here against the little that must hold,
//! and refused with a reason. The checks repeat no decision of raft's: an outdated message, a vote that is not given, an
//! append that does not match are all let in.

use super::config::check_members;
use crate::id::MemberId;
use crate::pb::raftpb::{ConfState, Entry, Message, MessageType, Snapshot, SnapshotMetadata};
use std::collections::BTreeSet;

/// Terms and indexes above this are nonsense, and too near to the end of the number range to count on.
const NUMBER_MAX: u64 = 1 << 62;
/// Bytes of a read's context. etcd's have 8.
const CONTEXT_BYTES_MAX: usize = 128;

/// Why a message was not let in. Nothing has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Of a kind that raft does not know; newer etcd has some, between a node and its own storage.
    #[error("unknown kind of message")]
    UnknownKind,
    /// Of a kind that a node sends only to itself.
    #[error("local message from a peer")]
    Local,
    /// For somebody else.
    #[error("message for another member, {0}")]
    NotForUs(MemberId),
    /// From nobody, or from this member itself.
    #[error("message from {0}, which is no peer")]
    NoPeer(MemberId),
    /// From somebody who is no member as far as is known here, and whose word would count.
    #[error("message from {0}, which is no member")]
    NoMember(MemberId),
    /// A term where there must be none, or none where there must be one.
    #[error("message with a wrong term")]
    Term,
    /// A number out of its range, or numbers that do not fit together.
    #[error("message with impossible numbers")]
    Numbers,
    /// Entries with a gap, out of order, too new or too many.
    #[error("message with impossible entries")]
    Entries,
    /// A leader speaks in a term that has another one.
    #[error("message from a second leader of the term")]
    SecondLeader,
    /// The leader counts on entries that this member does not have: it has lost its log.
    #[error("message about committed entries that the log does not have (was the data directory lost?)")]
    LogLost,
    /// About what happened before something that is already known. Harmless.
    #[error("message that came too late")]
    Late,
    /// A member's wish that this one cannot serve in its present part. Harmless.
    #[error("message for another part than this member has")]
    NotOurPart,
    /// Too much is waiting. The peer asks again.
    #[error("too many questions")]
    Overloaded,
    /// A proposal that raft did not take: no leader is known, or the leader is about to go.
    #[error("proposal not taken")]
    Dropped,
    /// Of nothing, or of members who contradict themselves.
    #[error("message with an impossible snapshot")]
    Snapshot,
}

/// What the checks need to know of the node.
#[derive(Clone, Copy, Debug)]
pub struct View {
    /// This member.
    pub id: u64,
    /// The current term.
    pub term: u64,
    /// The leader of the term; 0 if unknown.
    pub leader: u64,
    /// Whether this member leads.
    pub is_leader: bool,
    /// Whether it leads only until the others know of its removal.
    pub is_leaving: bool,
    /// Whether it has a vote.
    pub is_voter: bool,
    /// Whether its log is on its disk.
    pub is_settled: bool,
    /// The newest entry's index.
    pub last_index: u64,
    /// What is known of the sender's log, if the sender is a member.
    pub sender_matched: Option<u64>,
}

/// Clears the fields that only the raft crate knows and that are not on the wire, so that they mean nothing here either.
pub fn strip(message: &mut Message) {
    message.request_snapshot = 0;
    message.commit_term = 0;
    message.deprecated_priority = 0;
    message.priority = 0;
    for entry in &mut message.entries {
        entry.context.clear();
        entry.sync_log = false;
    }
}

/// Checks a message from a peer.
pub fn check(message: &Message, view: &View) -> Result<(), Refused> {
    let kind = MessageType::try_from(message.msg_type).map_err(|_| Refused::UnknownKind)?;
    check_ends(kind, message, view)?;
    check_numbers(message)?;
    // These have no term on the wire: they are questions to whoever leads.
    let is_question = matches!(kind, MessageType::MsgPropose | MessageType::MsgReadIndex);
    if is_question != (message.term == 0) {
        return Err(Refused::Term);
    }
    let is_current = message.term == view.term;
    match kind {
        MessageType::MsgPropose => check_proposal(message, view),
        MessageType::MsgReadIndex => check_question(message, view),
        // Who is behind in its term is told so by raft, whatever it sent.
        MessageType::MsgAppend if message.term >= view.term => check_append(message, view),
        MessageType::MsgHeartbeat if message.term >= view.term => check_heartbeat(message, view),
        MessageType::MsgSnapshot => check_snapshot(message, view),
        MessageType::MsgAppendResponse if is_current && view.is_leader => check_append_response(message, view),
        MessageType::MsgRequestVoteResponse | MessageType::MsgRequestPreVoteResponse if !view.is_voter => {
            Err(Refused::NotOurPart)
        }
        MessageType::MsgTransferLeader if !is_current || !view.is_leader => Err(Refused::NotOurPart),
        MessageType::MsgTimeoutNow if !is_current || message.from != view.leader => Err(Refused::Late),
        MessageType::MsgTimeoutNow if !view.is_settled => Err(Refused::NotOurPart),
        MessageType::MsgReadIndexResp if !is_current || message.from != view.leader => Err(Refused::Late),
        MessageType::MsgReadIndexResp if message.entries.len() != 1 => Err(Refused::Entries),
        _ => Ok(()),
    }
}

fn check_ends(kind: MessageType, message: &Message, view: &View) -> Result<(), Refused> {
    match kind {
        MessageType::MsgHup
        | MessageType::MsgBeat
        | MessageType::MsgUnreachable
        | MessageType::MsgSnapStatus
        | MessageType::MsgCheckQuorum => return Err(Refused::Local),
        // What a follower forwards comes back to its author if that one has become the leader meanwhile.
        MessageType::MsgPropose | MessageType::MsgReadIndex => {}
        _ if message.from == view.id => return Err(Refused::NoPeer(MemberId(message.from))),
        _ => {}
    }
    if message.to != view.id {
        return Err(Refused::NotForUs(MemberId(message.to)));
    }
    if message.from == 0 {
        return Err(Refused::NoPeer(MemberId(0)));
    }
    Ok(())
}

fn check_numbers(message: &Message) -> Result<(), Refused> {
    let Message { term, log_term, index, commit, reject_hint, .. } = *message;
    let entries = message.entries.iter().flat_map(|entry| [entry.term, entry.index]);
    match [term, log_term, index, commit, reject_hint].into_iter().chain(entries).all(|number| number <= NUMBER_MAX) {
        true => Ok(()),
        false => Err(Refused::Numbers),
    }
}

fn check_proposal(message: &Message, view: &View) -> Result<(), Refused> {
    if message.entries.is_empty() || !message.entries.iter().all(Entry::is_known_type) {
        return Err(Refused::Entries);
    }
    check_asker(message, view)
}

fn check_question(message: &Message, view: &View) -> Result<(), Refused> {
    let [entry] = &message.entries[..] else { return Err(Refused::Entries) };
    if entry.data.is_empty() || entry.data.len() > CONTEXT_BYTES_MAX {
        return Err(Refused::Entries);
    }
    check_asker(message, view)
}

/// A leader serves members. Others pass the question on and leave that to the leader.
fn check_asker(message: &Message, view: &View) -> Result<(), Refused> {
    match view.is_leader {
        true if view.is_leaving => Err(Refused::NotOurPart),
        true if view.sender_matched.is_none() => Err(Refused::NoMember(MemberId(message.from))),
        _ => Ok(()),
    }
}

fn check_append(message: &Message, view: &View) -> Result<(), Refused> {
    check_leader(message, view)?;
    // Only the start of all logs has no term. Elsewhere raft would take 0 for "beyond the end", and find that it matches.
    if (message.index == 0) != (message.log_term == 0) || message.log_term > message.term {
        return Err(Refused::Numbers);
    }
    let mut before = message.log_term.max(1);
    for (entry, expected) in message.entries.iter().zip(message.index + 1..) {
        if entry.index != expected || entry.term < before || entry.term > message.term {
            return Err(Refused::Entries);
        }
        before = entry.term;
    }
    Ok(())
}

fn check_heartbeat(message: &Message, view: &View) -> Result<(), Refused> {
    check_leader(message, view)?;
    // A leader tells of no more than what this member has confirmed to have, and that does not go away within a term.
    if message.commit > view.last_index { Err(Refused::LogLost) } else { Ok(()) }
}

/// Raft takes over what a snapshot says of members, and of the log only what is beyond its own.
fn check_snapshot(message: &Message, view: &View) -> Result<(), Refused> {
    check_leader(message, view)?;
    let Some(Snapshot { metadata, .. }) = &message.snapshot else { return Err(Refused::Snapshot) };
    let SnapshotMetadata { index, term, conf_state, .. } = metadata;
    if !(1..=NUMBER_MAX).contains(index) || !(1..=message.term).contains(term) {
        return Err(Refused::Snapshot);
    }
    let ConfState { voters, learners, voters_outgoing, learners_next, auto_leave } = conf_state;
    let is_joint = !voters_outgoing.is_empty() || !learners_next.is_empty() || *auto_leave;
    let is_double = [voters, learners].iter().any(|ids| ids.iter().collect::<BTreeSet<_>>().len() != ids.len());
    if voters.is_empty() || is_joint || is_double || check_members(conf_state).is_err() {
        return Err(Refused::Snapshot);
    }
    Ok(())
}

/// A term has one leader.
fn check_leader(message: &Message, view: &View) -> Result<(), Refused> {
    let other = view.leader != 0 && view.leader != message.from;
    if message.term == view.term && other { Err(Refused::SecondLeader) } else { Ok(()) }
}

fn check_append_response(message: &Message, view: &View) -> Result<(), Refused> {
    // In this term it answers appends of ours, and we appended nothing that we do not have.
    if message.index > view.last_index {
        return Err(Refused::Numbers);
    }
    // A rejection of what was confirmed before is an old one. Raft would set the next entry to send below it.
    let matched = view.sender_matched.ok_or(Refused::NoMember(MemberId(message.from)))?;
    if message.reject && message.index <= matched && matched > 0 { Err(Refused::Late) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VIEW: View = View {
        id: 1,
        term: 5,
        leader: 2,
        is_leader: false,
        is_leaving: false,
        is_voter: true,
        is_settled: true,
        last_index: 10,
        sender_matched: Some(4),
    };
    const LEADER: View = View { leader: 1, is_leader: true, ..VIEW };

    fn message(kind: MessageType) -> Message {
        Message { msg_type: kind as i32, from: 2, to: 1, term: 5, ..Message::default() }
    }

    fn entries(of: &[(u64, u64)]) -> Vec<Entry> {
        of.iter().map(|(index, term)| Entry { index: *index, term: *term, ..Entry::default() }).collect()
    }

    #[track_caller]
    fn refused(reason: Refused, message: Message, view: &View) {
        assert_eq!(check(&message, view), Err(reason));
    }

    #[test]
    fn kind_and_ends() {
        let heartbeat = || message(MessageType::MsgHeartbeat);
        assert_eq!(check(&heartbeat(), &VIEW), Ok(()));
        refused(Refused::UnknownKind, Message { msg_type: 19, ..heartbeat() }, &VIEW);
        refused(Refused::Local, message(MessageType::MsgHup), &VIEW);
        refused(Refused::Local, message(MessageType::MsgSnapStatus), &VIEW);
        refused(Refused::NotForUs(MemberId(3)), Message { to: 3, ..heartbeat() }, &VIEW);
        refused(Refused::NoPeer(MemberId(0)), Message { from: 0, ..heartbeat() }, &VIEW);
        refused(Refused::NoPeer(MemberId(1)), Message { from: 1, ..heartbeat() }, &VIEW);
        refused(Refused::Term, Message { term: 0, ..heartbeat() }, &VIEW);
        refused(Refused::Term, message(MessageType::MsgPropose), &VIEW);
        refused(Refused::Numbers, Message { term: u64::MAX, ..heartbeat() }, &VIEW);
    }

    #[test]
    fn snapshots() {
        let of = |index, term, voters: &[u64], learners: &[u64]| {
            let conf_state = ConfState::from((voters.to_vec(), learners.to_vec()));
            let metadata = SnapshotMetadata { index, term, conf_state };
            let snapshot = Some(Snapshot { metadata, ..Snapshot::default() });
            Message { snapshot, ..message(MessageType::MsgSnapshot) }
        };
        assert_eq!(check(&of(20, 5, &[1, 2], &[3]), &VIEW), Ok(()));
        assert_eq!(check(&of(1, 1, &[2], &[]), &VIEW), Ok(()));
        refused(Refused::SecondLeader, of(20, 5, &[1, 2], &[]), &LEADER);
        refused(Refused::Snapshot, message(MessageType::MsgSnapshot), &VIEW);
        for (index, term) in [(0, 5), (NUMBER_MAX + 1, 5), (20, 0), (20, 6)] {
            refused(Refused::Snapshot, of(index, term, &[1, 2], &[]), &VIEW);
        }
        for (voters, learners) in
            [(&[][..], &[1][..]), (&[1, 0], &[]), (&[1, 1], &[]), (&[1, 2], &[2]), (&[1], &[3, 3])]
        {
            refused(Refused::Snapshot, of(20, 5, voters, learners), &VIEW);
        }
        let mut joint = of(20, 5, &[1, 2], &[]);
        if let Some(snapshot) = &mut joint.snapshot {
            snapshot.metadata.conf_state.voters_outgoing = vec![3];
        }
        refused(Refused::Snapshot, joint, &VIEW);
    }

    #[test]
    fn appends_and_heartbeats() {
        let append = |index, log_term, of: &[(u64, u64)]| Message {
            index,
            log_term,
            entries: entries(of),
            ..message(MessageType::MsgAppend)
        };
        assert_eq!(check(&append(10, 4, &[(11, 4), (12, 5)]), &VIEW), Ok(()));
        assert_eq!(check(&append(0, 0, &[(1, 1)]), &VIEW), Ok(()));
        refused(Refused::Numbers, append(11, 0, &[(12, 5)]), &VIEW);
        refused(Refused::Numbers, append(0, 3, &[]), &VIEW);
        refused(Refused::Numbers, append(10, 6, &[]), &VIEW);
        refused(Refused::Entries, append(10, 4, &[(12, 5)]), &VIEW);
        refused(Refused::Entries, append(10, 4, &[(11, 5), (12, 4)]), &VIEW);
        refused(Refused::Entries, append(10, 4, &[(11, 6)]), &VIEW);
        refused(Refused::Entries, append(0, 0, &[(1, 0)]), &VIEW);
        refused(Refused::SecondLeader, append(10, 4, &[]), &LEADER);
        refused(Refused::SecondLeader, Message { from: 3, ..message(MessageType::MsgHeartbeat) }, &VIEW);
        refused(Refused::LogLost, Message { commit: 11, ..message(MessageType::MsgHeartbeat) }, &VIEW);
        // From the past: raft answers that it is the past.
        assert_eq!(check(&Message { term: 4, ..append(11, 0, &[]) }, &VIEW), Ok(()));
    }

    #[test]
    fn proposals_and_questions() {
        let ask = |kind, data: &'static [u8]| {
            let entry = Entry { data: data.into(), ..Entry::default() };
            Message { term: 0, entries: vec![entry], ..message(kind) }
        };
        for kind in [MessageType::MsgPropose, MessageType::MsgReadIndex] {
            assert_eq!(check(&ask(kind, b"x"), &VIEW), Ok(()));
            assert_eq!(check(&Message { from: 1, ..ask(kind, b"x") }, &VIEW), Ok(()));
            refused(Refused::Entries, Message { entries: vec![], ..ask(kind, b"x") }, &VIEW);
            refused(Refused::NoMember(MemberId(2)), ask(kind, b"x"), &View { sender_matched: None, ..LEADER });
            refused(Refused::NotOurPart, ask(kind, b"x"), &View { is_leaving: true, ..LEADER });
        }
        refused(Refused::Entries, ask(MessageType::MsgReadIndex, b""), &VIEW);
        refused(Refused::Entries, ask(MessageType::MsgReadIndex, &[0; 129]), &VIEW);
        let mut odd = ask(MessageType::MsgPropose, b"x");
        odd.entries[0].entry_type = 3;
        refused(Refused::Entries, odd, &VIEW);
    }

    #[test]
    fn answers() {
        let answer = |index, reject| Message { index, reject, ..message(MessageType::MsgAppendResponse) };
        assert_eq!(check(&answer(10, false), &LEADER), Ok(()));
        assert_eq!(check(&answer(5, true), &LEADER), Ok(()));
        assert_eq!(check(&answer(0, true), &View { sender_matched: Some(0), ..LEADER }), Ok(()));
        refused(Refused::Numbers, answer(11, false), &LEADER);
        refused(Refused::Late, answer(4, true), &LEADER);
        refused(Refused::NoMember(MemberId(2)), answer(1, false), &View { sender_matched: None, ..LEADER });
        refused(Refused::Entries, message(MessageType::MsgReadIndexResp), &VIEW);
        refused(Refused::Late, Message { from: 3, ..message(MessageType::MsgReadIndexResp) }, &VIEW);
        let vote = message(MessageType::MsgRequestVoteResponse);
        refused(Refused::NotOurPart, vote, &View { is_voter: false, ..VIEW });
    }

    #[test]
    fn hand_over_of_the_leadership() {
        assert_eq!(check(&message(MessageType::MsgTransferLeader), &LEADER), Ok(()));
        refused(Refused::NotOurPart, message(MessageType::MsgTransferLeader), &VIEW);
        assert_eq!(check(&message(MessageType::MsgTimeoutNow), &VIEW), Ok(()));
        refused(Refused::Late, Message { term: 6, ..message(MessageType::MsgTimeoutNow) }, &VIEW);
        refused(Refused::NotOurPart, message(MessageType::MsgTimeoutNow), &View { is_settled: false, ..VIEW });
    }
}
