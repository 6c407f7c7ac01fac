//! What a node wants done, and what it says of itself: plain values.

use crate::id::MemberId;
use crate::pb::raftpb::{Entry, HardState, Message, SnapshotMetadata};

/// What is to be done, in any order, except where a field says otherwise. `P` waits for a proposal, `R` for a read.
#[derive(Debug)]
pub struct Output<P, R> {
    /// For the disk, in the order of the outputs.
    pub append: Option<Append>,
    /// For the peers, at once.
    pub messages: Vec<Message>,
    /// For the state machine, in the order of the outputs.
    pub committed: Vec<Committed<P>>,
    /// Reads that may go on once the state machine has applied the entry of that index.
    pub reads: Vec<(Vec<R>, u64)>,
    /// Proposals that have not got into the log.
    pub refused: Vec<(P, Unavailable)>,
    /// Reads without an answer.
    pub refused_reads: Vec<(R, Unavailable)>,
    /// Set when term or leader are other than in the last one.
    pub leadership: Option<Leadership>,
}

/// A write to the log on disk. Once it is durable, first [`Node::persisted`](super::Node::persisted) is called with its
/// number, then `messages_after` are sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Append {
    /// Grows from one append to the next, not by one.
    pub number: u64,
    /// A snapshot takes the place of the log and of all that was applied; what else is in here comes behind it. What was
    /// committed before and is not applied yet never will be. It is durable when the log says so and the state machine is
    /// at its index for good. Then, behind [`Node::persisted`](super::Node::persisted),
    /// [`Node::applied`](super::Node::applied) is called with that index.
    pub snapshot: Option<SnapshotMetadata>,
    /// Replaces the last one. It may come without entries, and then only its commit has moved.
    pub hard_state: Option<HardState>,
    /// Consecutive. If the log has their indexes, they replace those entries and all behind them.
    pub entries: Vec<Entry>,
    /// Whether it must be durable before it counts as persisted. If not, it still waits for those before it.
    pub must_sync: bool,
    /// For the peers, once this append and all before it are durable.
    pub messages_after: Vec<Message>,
}

/// How the sending of a snapshot to a peer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SnapshotSent {
    /// The peer has it; not that it goes by it.
    Whole,
    /// It does not.
    NotWhole,
}

/// An entry to apply, and who waits for its outcome here.
#[derive(Debug)]
pub struct Committed<P> {
    /// Consecutive from one to the next. Empty data is the mark of a new leader and does nothing.
    pub entry: Entry,
    /// Given if the entry was proposed here.
    pub waiter: Option<P>,
}

/// Why there is no answer: local and passing. The same request may succeed later or elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unavailable {
    /// Too much is waiting.
    Overloaded,
    /// The leader went away while a read waited for it. (A proposal may yet be committed, so it goes on waiting.)
    LeaderChanged,
    /// Another membership change is not applied yet.
    ChangePending,
    /// Only a leader can tell.
    NotLeader,
    /// A learner that is to get a vote has not caught up.
    LearnerBehind,
    /// The member stops.
    Stopped,
}

/// Who leads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Leadership {
    /// The term of it.
    pub term: u64,
    /// `None` while an election goes on.
    pub leader: Option<MemberId>,
    /// Whether it is this member.
    pub is_leader: bool,
}

/// A member's part in the term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Follows a leader, or waits for one.
    Follower,
    /// Asks whether an election would be won.
    PreCandidate,
    /// Stands for election.
    Candidate,
    /// Leads.
    Leader,
}

/// The node at this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status {
    /// This member.
    pub id: MemberId,
    /// The current term.
    pub term: u64,
    /// The leader, if known.
    pub leader: Option<MemberId>,
    /// Its part.
    pub role: Role,
    /// Whether it has a vote. Neither a learner has one, nor who is no member.
    pub is_voter: bool,
    /// Whether it is a learner.
    pub is_learner: bool,
    /// The last committed entry.
    pub commit: u64,
    /// The last entry that the state machine has reported as applied.
    pub applied: u64,
    /// The last entry known to be on this member's disk.
    pub persisted: u64,
    /// The oldest entry in memory; one above the last if there is none.
    pub first_index: u64,
    /// The newest entry.
    pub last_index: u64,
    /// Proposals whose outcome is waited for here.
    pub proposals_pending: usize,
    /// Reads that wait for their index here.
    pub reads_pending: usize,
}
