//! What raft promises, looked at after every turn of every member, as far as something has changed:
//!
//! - an entry of some index and term is the same in every log, and so is all before it (log matching);
//! - a term has one leader, and it has a quorum of votes; nobody votes twice in a term (election safety);
//! - a leader has all that was committed before its term (leader completeness);
//! - what is committed is confirmed by a quorum of those who have a vote, and stays what it is (state machine safety);
//! - what a member has confirmed it still has after a crash.

use super::{member::Member, members::Members};
use etcd::{
    clock::Now,
    pb::raftpb::{Entry, Message, MessageType},
    raft::{Role, Status},
};
use prost::Message as _;
use std::collections::BTreeMap;

/// An entry, wherever it is.
#[derive(Debug, PartialEq, Eq)]
struct Logged {
    digest: u32,
    term_before: u64,
    /// When it was first seen.
    at: Now,
}

/// What was last seen of a member.
#[derive(Debug, Default)]
struct Seen {
    /// The terms of its log.
    terms: BTreeMap<u64, u64>,
    term: u64,
    commit: u64,
    applied: u64,
    /// It has come to lead, and its votes are to be counted.
    has_won: bool,
}

#[derive(Debug)]
struct CommittedEntry {
    term: u64,
    /// The term of the member where it was first seen committed.
    seen_in_term: u64,
}

/// See the module.
#[derive(Debug, Default)]
pub struct Invariants {
    /// By index and term.
    logged: BTreeMap<(u64, u64), Logged>,
    committed: Vec<CommittedEntry>,
    leaders: BTreeMap<u64, u64>,
    /// By voter and term.
    votes: BTreeMap<(u64, u64), u64>,
    /// By member: in the last term in which it confirmed anything, the last entry that it confirmed.
    confirmed: BTreeMap<u64, (u64, u64)>,
    seen: BTreeMap<u64, Seen>,
    pub entries_compared: u64,
}

impl Invariants {
    /// Takes note of what a member says to others.
    pub fn hear(&mut self, message: &Message) {
        let kind = MessageType::try_from(message.msg_type).unwrap_or_default();
        if message.reject {
            return;
        }
        match kind {
            MessageType::MsgRequestVoteResponse => {
                let before = *self.votes.entry((message.from, message.term)).or_insert(message.to);
                assert_eq!(before, message.to, "{:x} votes twice in term {}", message.from, message.term);
            }
            MessageType::MsgAppendResponse => {
                let confirmed = self.confirmed.entry(message.from).or_default();
                *confirmed = (message.term, message.index).max(*confirmed);
            }
            _ => {}
        }
    }

    /// A member has come back: it has what it had confirmed.
    pub fn came_back(&mut self, member: &Member) {
        let status = member.status();
        let id = status.id.0;
        self.seen.remove(&id);
        if let Some((term, index)) = self.confirmed.get(&id) {
            assert!(status.term >= *term, "{id:x} confirmed in term {term}, and is back in {}", status.term);
            // In a later term another leader may have replaced it.
            let has = status.term > *term || status.last_index >= *index;
            assert!(has, "{id:x} confirmed entry {index} in term {term}, and its log ends at {}", status.last_index);
        }
        if let Some(((voter, term), _)) = self.votes.range((id, 0)..=(id, u64::MAX)).next_back() {
            assert!(status.term >= *term, "{voter:x} voted in term {term}, and is back in {}", status.term);
        }
    }

    /// When an entry was first seen in a log.
    pub fn logged_at(&self, entry: &Entry) -> Now {
        self.logged[&(entry.index, entry.term)].at
    }

    /// Is this the last one that came to lead?
    pub fn is_last_leader(&self, id: u64) -> bool {
        self.leaders.values().next_back() == Some(&id)
    }

    /// Looks at a member's log. Gives back what nobody has committed before.
    pub fn look(&mut self, now: Now, member: &Member) -> Vec<Entry> {
        let status = member.status();
        self.match_log(now, member, &status);
        self.check_leader(member, &status);
        let seen_commit = self.seen.entry(status.id.0).or_default().commit;
        assert!(status.commit >= seen_commit, "{} goes back behind what was committed", status.id);
        let mut new = Vec::new();
        for index in (seen_commit + 1).max(status.first_index)..=status.commit {
            let term = member.term_of(index).unwrap_or_default();
            match self.committed.get(index as usize - 1) {
                Some(before) => assert_eq!(before.term, term, "entry {index} at {}: committed before", status.id),
                None => {
                    assert_eq!(self.committed.len() as u64 + 1, index, "{} has what nobody committed", status.id);
                    self.committed.push(CommittedEntry { term, seen_in_term: status.term });
                    new.extend(member.entry(index).cloned());
                }
            }
        }
        assert!(status.commit <= self.committed.len() as u64, "{} has what nobody committed", status.id);
        new
    }

    /// Compares what is new in a log with all other logs.
    fn match_log(&mut self, now: Now, member: &Member, status: &Status) {
        let seen = self.seen.entry(status.id.0).or_default();
        assert!(status.term >= seen.term, "{} forgets term {}", status.id, seen.term);
        seen.term = status.term;
        seen.terms.retain(|index, _| (status.first_index..=status.last_index).contains(index));
        for index in (status.first_index..=status.last_index).rev() {
            // What raft has not handed out yet is nowhere.
            let Some(entry) = member.entry(index) else { continue };
            if seen.terms.insert(index, entry.term) == Some(entry.term) {
                break;
            }
            let term_before = member.term_of(index - 1).unwrap_or_default();
            let digest = crc32c::crc32c(&entry.encode_to_vec());
            let logged = Logged { digest, term_before, at: now };
            let known = self.logged.entry((index, entry.term)).or_insert(Logged { ..logged });
            let same = (known.digest, known.term_before) == (digest, term_before);
            assert!(same, "entry {index} of term {} at {} is another elsewhere", entry.term, status.id);
            self.entries_compared += 1;
        }
    }

    fn check_leader(&mut self, member: &Member, status: &Status) {
        let before = self.seen.entry(status.id.0).or_default();
        let is_new = status.role == Role::Leader && self.leaders.get(&status.term) != Some(&status.id.0);
        before.has_won |= is_new;
        if !is_new {
            return;
        }
        let first = *self.leaders.entry(status.term).or_insert(status.id.0);
        assert_eq!(first, status.id.0, "term {} has two leaders", status.term);
        for (committed, index) in self.committed.iter().zip(1..) {
            if committed.seen_in_term < status.term && index >= status.first_index {
                let has = member.term_of(index);
                assert_eq!(has, Some(committed.term), "{} leads term {} without {index}", status.id, status.term);
            }
        }
    }

    /// Does a leader lead, and did it commit, with the consent of enough? Asked when all that is committed is known.
    pub fn check_quorum(&mut self, member: &Member, commit_before: u64, members: &Members) {
        let status = member.status();
        let (id, term) = (status.id.0, status.term);
        let seen = self.seen.entry(id).or_default();
        let applied_before = std::mem::replace(&mut seen.applied, status.applied);
        let has_won = std::mem::take(&mut seen.has_won);
        seen.commit = status.commit;
        if status.role != Role::Leader {
            return;
        }
        let sets = members.voters_between(id, applied_before..=status.applied);
        let is_enough = |consents: &dyn Fn(&u64) -> bool| {
            sets.iter().any(|voters| voters.iter().filter(|voter| consents(voter)).count() > voters.len() / 2)
        };
        let votes = |voter: &u64| *voter == id || self.votes.get(&(*voter, term)) == Some(&id);
        assert!(!has_won || is_enough(&votes), "{} leads term {term} without enough votes of {sets:x?}", status.id);
        let commit = status.commit;
        if commit > commit_before && member.term_of(commit) == Some(term) {
            let has = |voter: &u64| match *voter == id {
                true => status.persisted >= commit,
                false => {
                    self.confirmed.get(voter).is_some_and(|(at, index)| *at > term || (*at == term && *index >= commit))
                }
            };
            assert!(is_enough(&has), "{} commits {commit} in term {term} without enough of {sets:x?}", status.id);
        }
    }

    /// What was last seen to be committed at a member, in its present life.
    pub fn commit_seen(&self, id: u64) -> u64 {
        self.seen.get(&id).map_or(0, |seen| seen.commit)
    }
}
