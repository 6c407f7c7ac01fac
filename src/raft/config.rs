//! What a node is made from: settings, and what the disk gave back. Bad material is an error here and never a panic later.

use crate::id::{MemberId, RequestId};
use crate::pb::raftpb::{ConfState, Entry, HardState};
use raft::ReadOnlyOption;
use std::collections::BTreeSet;

/// Bytes of entries in one message to a peer, as in etcd: small enough to be lost cheaply.
pub const MESSAGE_BYTES_MAX: u64 = 1 << 20;
/// Messages on the way to one peer, as in etcd. Then the peer waits for its answers.
pub const INFLIGHT_MESSAGES_MAX: usize = 512;
/// Bytes of committed entries in one output, so that a long catch-up does not arrive in one piece.
pub const COMMITTED_BYTES_MAX: u64 = 8 << 20;
/// Bytes of entries that a leader has appended and that are not committed; above, proposals are refused. etcd's figure.
pub const UNCOMMITTED_BYTES_MAX: u64 = 1 << 30;

/// Settings of a node.
#[derive(Clone, Debug)]
pub struct Config {
    /// This member.
    pub id: MemberId,
    /// Ticks without a leader until an election; the real number is drawn from `[election_ticks, 2 * election_ticks)`.
    pub election_ticks: usize,
    /// Ticks between a leader's heartbeats.
    pub heartbeat_ticks: usize,
    /// Whether an election asks first.
    pub pre_vote: PreVote,
    /// Where election timeouts and read contexts come from. A new one at every start of the process.
    pub seed: u64,
    /// The last entry whose effects the state machine has on disk; 0 for none. What is above comes out as committed.
    pub applied: u64,
    /// Ticks until a read index is asked for again (etcd: 500 ms).
    pub read_retry_ticks: usize,
    /// Finds the request in an entry again, so that its waiter goes along; `None` for an entry that nobody waits for.
    /// Called for committed entries of every type.
    pub id_of: fn(&Entry) -> Option<RequestId>,
}

impl Config {
    /// etcd's settings (reference 8.2) in the crate's words.
    pub(super) fn settings(&self) -> raft::Config {
        raft::Config {
            id: self.id.0,
            election_tick: self.election_ticks,
            heartbeat_tick: self.heartbeat_ticks,
            applied: self.applied,
            max_size_per_msg: MESSAGE_BYTES_MAX,
            max_inflight_msgs: INFLIGHT_MESSAGES_MAX,
            check_quorum: true,
            pre_vote: self.pre_vote == PreVote::On,
            read_only_option: ReadOnlyOption::Safe,
            max_uncommitted_size: UNCOMMITTED_BYTES_MAX,
            max_committed_size_per_ready: COMMITTED_BYTES_MAX,
            ..raft::Config::default()
        }
    }
}

/// Whether a candidate asks for votes before it raises the term (`--pre-vote`), so that a member that was cut off does
/// not depose a leader when it is back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PreVote {
    /// etcd's default.
    On,
    /// Straight to the election.
    Off,
}

/// What the disk gave back. A member that starts a cluster gets it from [`bootstrap`](super::bootstrap()), one that joins
/// a cluster starts with [`Restored::default`].
#[derive(Clone, Debug, Default)]
pub struct Restored {
    /// The last one in the WAL. Its commit may lag behind: it is not synced on its own.
    pub hard_state: HardState,
    /// The members as of [`Config::applied`]. Changes above it come from the entries.
    pub conf_state: ConfState,
    /// The log above the snapshot, without gaps.
    pub entries: Vec<Entry>,
    /// The last entry that the log does not have any more; 0 if it has all.
    pub snapshot_index: u64,
    /// The term of that entry.
    pub snapshot_term: u64,
}

/// Why no node can be made: a wrong setting, or a log that does not fit together. Fatal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NodeError {
    /// A setting.
    #[error("raft settings: {0}")]
    Setting(String),
    /// An entry is missing, doubled or out of order.
    #[error("the log has entry {found} where entry {expected} belongs")]
    Gap {
        /// The next index.
        expected: u64,
        /// What is there instead.
        found: u64,
    },
    /// Terms only grow along the log.
    #[error("entry {index} has term {term}, behind term {before}")]
    TermRegression {
        /// The entry.
        index: u64,
        /// Its term.
        term: u64,
        /// The term before it.
        before: u64,
    },
    /// The hard state is older than the log.
    #[error("the hard state has term {term}, and the log ends in term {last_term}")]
    TermBehindLog {
        /// Of the hard state.
        term: u64,
        /// Of the last entry.
        last_term: u64,
    },
    /// More is committed than the log has.
    #[error("entry {commit} is committed, and the log ends at {last_index}")]
    CommitBeyondLog {
        /// The commit index.
        commit: u64,
        /// The last entry.
        last_index: u64,
    },
    /// More is applied than the log has: the WAL lost entries, or the backend belongs to another one.
    #[error("entry {applied} is applied, and the log ends at {last_index}")]
    AppliedBeyondLog {
        /// The last applied entry.
        applied: u64,
        /// The last entry.
        last_index: u64,
    },
    /// The entries between the state machine and the log are gone.
    #[error("the state machine is at entry {applied}, and the log begins behind entry {snapshot_index}")]
    AppliedBehindLog {
        /// The last applied entry.
        applied: u64,
        /// The snapshot's.
        snapshot_index: u64,
    },
    /// The members contradict themselves.
    #[error("members: {0}")]
    Members(&'static str),
}

impl Restored {
    /// The last entry's index.
    pub fn last_index(&self) -> u64 {
        self.snapshot_index + self.entries.len() as u64
    }

    /// Everything that the raft crate would panic about.
    pub fn check(&self, applied: u64) -> Result<(), NodeError> {
        let mut before = self.snapshot_term;
        for (entry, expected) in self.entries.iter().zip(self.snapshot_index + 1..) {
            if entry.index != expected {
                return Err(NodeError::Gap { expected, found: entry.index });
            }
            if entry.term < before.max(1) {
                return Err(NodeError::TermRegression { index: entry.index, term: entry.term, before });
            }
            before = entry.term;
        }
        let (last_index, last_term) = (self.last_index(), before);
        let HardState { term, commit, .. } = self.hard_state;
        if term < last_term {
            return Err(NodeError::TermBehindLog { term, last_term });
        }
        if commit > last_index {
            return Err(NodeError::CommitBeyondLog { commit, last_index });
        }
        if applied > last_index {
            return Err(NodeError::AppliedBeyondLog { applied, last_index });
        }
        if applied < self.snapshot_index {
            return Err(NodeError::AppliedBehindLog { applied, snapshot_index: self.snapshot_index });
        }
        check_members(&self.conf_state).map_err(NodeError::Members)
    }
}

/// Whether members can be as they are said to be.
pub(super) fn check_members(state: &ConfState) -> Result<(), &'static str> {
    let set = |ids: &[u64]| ids.iter().copied().collect::<BTreeSet<u64>>();
    let (voters, learners) = (set(&state.voters), set(&state.learners));
    let (outgoing, staged) = (set(&state.voters_outgoing), set(&state.learners_next));
    if [&voters, &learners, &outgoing, &staged].iter().any(|ids| ids.contains(&0)) {
        return Err("0 is no member");
    }
    if voters.is_empty() && !(learners.is_empty() && outgoing.is_empty()) {
        return Err("there is no voter");
    }
    if !learners.is_disjoint(&voters) || !learners.is_disjoint(&outgoing) || !staged.is_disjoint(&voters) {
        return Err("a member is both voter and learner");
    }
    if !staged.is_subset(&outgoing) || (outgoing.is_empty() && state.auto_leave) {
        return Err("half of a joint configuration");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn restored(terms: &[u64]) -> Restored {
        let entries = terms.iter().zip(6..).map(|(term, index)| Entry { term: *term, index, ..Entry::default() });
        let hard_state = HardState { term: 4, vote: 0, commit: 6 };
        Restored { hard_state, entries: entries.collect(), snapshot_index: 5, snapshot_term: 2, ..Restored::default() }
    }

    #[test]
    fn a_log_that_fits_together() {
        assert_eq!(restored(&[2, 2, 4]).check(5), Ok(()));
        assert_eq!(restored(&[2, 2, 4]).check(8), Ok(()));
        assert_eq!(Restored::default().check(0), Ok(()));
    }

    #[test]
    fn a_log_that_does_not() {
        let mut gap = restored(&[2, 3, 4]);
        gap.entries.remove(1);
        assert_eq!(gap.check(5), Err(NodeError::Gap { expected: 7, found: 8 }));
        gap.snapshot_index = 4;
        assert_eq!(gap.check(5), Err(NodeError::Gap { expected: 5, found: 6 }));
        let back = NodeError::TermRegression { index: 7, term: 2, before: 3 };
        assert_eq!(restored(&[3, 2]).check(5), Err(back));
        assert_eq!(restored(&[5]).check(5), Err(NodeError::TermBehindLog { term: 4, last_term: 5 }));
        assert_eq!(restored(&[]).check(5), Err(NodeError::CommitBeyondLog { commit: 6, last_index: 5 }));
        assert_eq!(restored(&[2]).check(7), Err(NodeError::AppliedBeyondLog { applied: 7, last_index: 6 }));
        assert_eq!(restored(&[2]).check(4), Err(NodeError::AppliedBehindLog { applied: 4, snapshot_index: 5 }));
    }

    #[test]
    fn members_that_contradict_themselves() {
        let check = |voters: &[u64], learners: &[u64], outgoing: &[u64], staged: &[u64]| {
            let mut state = ConfState::from((voters.to_vec(), learners.to_vec()));
            state.voters_outgoing = outgoing.to_vec();
            state.learners_next = staged.to_vec();
            check_members(&state).is_ok()
        };
        assert!(check(&[], &[], &[], &[]) && check(&[1, 2], &[3], &[], &[]) && check(&[1], &[], &[1, 2], &[2]));
        assert!(!check(&[0], &[], &[], &[]) && !check(&[], &[1], &[], &[]) && !check(&[1], &[1], &[], &[]));
        assert!(!check(&[1], &[], &[], &[2]) && !check(&[1], &[2], &[1, 2], &[]) && !check(&[1], &[], &[1], &[1]));
    }
}
