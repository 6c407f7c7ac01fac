//! A cluster of one, made of what a member of a larger one has (`--force-new-cluster`, reference 8.1). For when the majority
//! is lost for good.
//!
//! The log is cut behind what is known to be committed. Then come the changes that make this member the only one, committed
//! without asking anybody. They are applied like any others, so the rest of the member need not know.
//!
//! What must hold: nothing that this member has applied is cut off, nor what it was free to commit by itself, and there is
//! a voter after every single change.

use crate::{
    id::MemberId,
    membership::{Change, Member},
    pb::raftpb::{ConfChange, ConfChangeType, ConfState, Entry, EntryType, HardState},
    raft::change_entry,
};
use prost::Message;
use std::collections::BTreeMap;

/// What the member goes on with.
#[derive(Debug, PartialEq)]
pub struct Alone {
    /// The entries that stay, and the changes.
    pub entries: Vec<Entry>,
    /// How many of them, at the end, are new.
    pub added: usize,
    /// With all of them committed.
    pub hard_state: HardState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    Voter,
    Learner,
}

/// Leaves `member` alone. The log goes from behind the entry `base` (its index and term) to the last of `entries`; `conf_state` is
/// that behind the entry `applied`. `peer_urls` are those of this member, should the cluster have lost it.
pub fn alone(
    member: MemberId,
    peer_urls: &[String],
    (conf_state, applied): (&ConfState, u64),
    (base, mut entries): ((u64, u64), Vec<Entry>),
    found: HardState,
) -> Alone {
    // The log is not told of every commit; what is applied was committed.
    let commit = found.commit.max(applied);
    let mut members = Members::of(conf_state);
    let is_known = |members: &mut Members, entry: &Entry| {
        // Who has the only vote needs nobody's consent: what is on its disk is committed.
        let is_committed = entry.index <= commit || members.only_voter() == Some(member.0);
        if is_committed && entry.index > applied {
            members.change(entry);
        }
        is_committed
    };
    if let Some(first) = entries.iter().position(|entry| !is_known(&mut members, entry)) {
        tracing::info!(
            "entry-index" = entries[first].index,
            "commit-index-from-wal" = commit,
            "number-of-discarded-entries" = entries.len() - first,
            "discarding uncommitted WAL entries"
        );
        entries.truncate(first);
    }
    let (last_index, last_term) = entries.last().map_or(base, |entry| (entry.index, entry.term));
    let term = found.term.max(last_term);
    let changes = changes(member, peer_urls, &members.0);
    let added = changes.len();
    entries.extend(changes.iter().zip(last_index + 1..).map(|(change, index)| entry(change, term, index)));
    // A vote in a term that the log has reached without its hard state would be a second one.
    let vote = if term == found.term { found.vote } else { 0 };
    Alone { entries, added, hard_state: HardState { term, vote, commit: last_index + added as u64 } }
}

/// Who is in the cluster behind some entry.
struct Members(BTreeMap<u64, Standing>);

impl Members {
    fn of(conf_state: &ConfState) -> Self {
        let voters = conf_state.voters.iter().map(|id| (*id, Standing::Voter));
        let learners = conf_state.learners.iter().map(|id| (*id, Standing::Learner));
        Self(voters.chain(learners).collect())
    }

    fn only_voter(&self) -> Option<u64> {
        let mut voters = self.0.iter().filter(|(_, standing)| **standing == Standing::Voter).map(|(id, _)| *id);
        voters.next().filter(|_| voters.next().is_none())
    }

    fn change(&mut self, entry: &Entry) {
        if entry.get_entry_type() != EntryType::EntryConfChange {
            return;
        }
        // What makes no sense changes nothing when it is applied, either.
        let Ok(change) = ConfChange::decode(entry.data.as_ref()) else { return };
        match ConfChangeType::try_from(change.change_type) {
            Ok(ConfChangeType::AddNode) => drop(self.0.insert(change.node_id, Standing::Voter)),
            Ok(ConfChangeType::AddLearnerNode) => drop(self.0.insert(change.node_id, Standing::Learner)),
            Ok(ConfChangeType::RemoveNode) => drop(self.0.remove(&change.node_id)),
            Err(_) => {}
        }
    }
}

/// First the member itself, so that there is always a voter.
fn changes(member: MemberId, peer_urls: &[String], members: &BTreeMap<u64, Standing>) -> Vec<Change> {
    let own = match members.get(&member.0) {
        Some(Standing::Voter) => None,
        Some(Standing::Learner) => Some(Change::Promote(member)),
        None => Some(Change::Add(Member { id: member, peer_urls: peer_urls.to_vec(), ..Member::default() })),
    };
    let others = members.keys().filter(|id| **id != member.0).map(|id| Change::Remove(MemberId(*id)));
    own.into_iter().chain(others).collect()
}

fn entry(change: &Change, term: u64, index: u64) -> Entry {
    change_entry(&change.to_conf_change(), term, index)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MEMBER: MemberId = MemberId(2);

    fn plain(term: u64, index: u64) -> Entry {
        Entry { term, index, ..Entry::default() }
    }

    fn forced(voters: &[u64], learners: &[u64], entries: Vec<Entry>, hard_state: HardState) -> Alone {
        let conf_state = ConfState { voters: voters.to_vec(), learners: learners.to_vec(), ..ConfState::default() };
        alone(MEMBER, &["http://here".into()], (&conf_state, 12), ((10, 3), entries), hard_state)
    }

    fn added(alone: &Alone) -> Vec<Change> {
        let new = &alone.entries[alone.entries.len() - alone.added..];
        new.iter().map(|entry| Change::read(&ConfChange::decode(entry.data.as_ref()).unwrap()).unwrap()).collect()
    }

    #[test]
    fn all_others_go_and_what_is_not_committed() {
        let entries = vec![plain(3, 11), plain(4, 12), plain(4, 13), plain(5, 14)];
        let alone = forced(&[1, 2, 3], &[4], entries, HardState { term: 5, vote: 1, commit: 11 });
        assert_eq!(added(&alone), [1, 3, 4].map(|id| Change::Remove(MemberId(id))));
        // 12 is applied, though the log does not know that it was committed.
        let places: Vec<_> = alone.entries.iter().map(|entry| (entry.term, entry.index)).collect();
        assert_eq!(places, [(3, 11), (4, 12), (5, 13), (5, 14), (5, 15)]);
        assert_eq!(alone.hard_state, HardState { term: 5, vote: 1, commit: 15 });
    }

    #[test]
    fn changes_that_are_not_applied_yet_count_and_applied_ones_do_not_twice() {
        let change = |index, change: Change| entry(&change, 4, index);
        let new = Member { id: MemberId(9), peer_urls: vec!["http://new".into()], ..Member::default() };
        let entries = vec![
            change(12, Change::Add(Member { id: MemberId(8), ..new.clone() })),
            change(13, Change::Add(new)),
            change(14, Change::Remove(MemberId(1))),
        ];
        let alone = forced(&[1, 2], &[], entries, HardState { term: 4, vote: 0, commit: 14 });
        assert_eq!(added(&alone), [Change::Remove(MemberId(9))]);
    }

    #[test]
    fn a_lone_voter_needs_nobody_to_commit() {
        let joins = Member { id: MemberId(9), peer_urls: vec!["http://new".into()], ..Member::default() };
        let change = |index| entry(&Change::Add(joins.clone()), 4, index);
        let hard_state = HardState { term: 4, vote: 2, commit: 11 };
        let kept = |entries| forced(&[2], &[], entries, hard_state).entries.len();
        assert_eq!(kept(vec![plain(4, 11), plain(4, 12), plain(4, 13)]), 3);
        // Behind the change the other one has a say; then it is removed.
        let joined = forced(&[2], &[], vec![plain(4, 11), plain(4, 12), change(13), plain(4, 14)], hard_state);
        assert_eq!((joined.entries.len(), added(&joined)), (4, vec![Change::Remove(MemberId(9))]));
        // The change that made it the only one is not applied yet.
        let removal = entry(&Change::Remove(MemberId(1)), 4, 13);
        let left = forced(&[1, 2], &[], vec![removal, plain(4, 14)], HardState { commit: 13, ..hard_state });
        assert_eq!((left.entries.len(), left.added), (2, 0));
    }

    #[test]
    fn there_is_always_a_voter() {
        let hard_state = HardState { term: 4, vote: 0, commit: 12 };
        let entries = || vec![plain(4, 11), plain(4, 12)];
        let learner = forced(&[1], &[2], entries(), hard_state);
        assert_eq!(added(&learner), [Change::Promote(MEMBER), Change::Remove(MemberId(1))]);
        let lost = forced(&[1], &[], entries(), hard_state);
        let own = Member { id: MEMBER, peer_urls: vec!["http://here".into()], ..Member::default() };
        assert_eq!(added(&lost), [Change::Add(own), Change::Remove(MemberId(1))]);
        let already = forced(&[2], &[], entries(), hard_state);
        assert_eq!((already.added, already.hard_state), (0, hard_state));
        // All of the log is below the last snapshot.
        let short = forced(&[1, 2], &[], vec![], HardState { term: 3, vote: 0, commit: 10 });
        assert_eq!(short.entries.iter().map(|entry| entry.index).collect::<Vec<_>>(), [11]);
    }
}
