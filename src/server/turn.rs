//! What goes into the core, and what comes out of it at each turn.

use crate::{
    apply::{Answered, Image, Installed, TokenChange},
    clock::Now,
    id::{MemberId, RequestId},
    mvcc::Changes,
    pb::raftpb::{ConfChange, Message},
    raft::{self, Leadership, SnapshotSent},
    wal::{PreparedSegment, Preparer, Purge, WalError},
};
use bytes::Bytes;

/// What reaches the core. `P` waits for the outcome of a proposal, `R` for a read index.
#[derive(Debug)]
pub enum Input<P, R> {
    /// An encoded `InternalRaftRequest` whose header carries `id`.
    Propose {
        /// Ties the committed entry to its waiter.
        id: RequestId,
        /// The encoded request.
        data: Bytes,
        /// Who waits, if anybody does.
        waiter: Option<P>,
    },
    /// A reader that must see all that is committed by now.
    Read(R),
    /// One tick of raft's time has passed.
    Tick,
    /// The backend has made everything up to this applied index durable.
    Flushed {
        /// Index of the last entry that is durable.
        applied: u64,
    },
    /// Another voter is to lead.
    TransferLeadership(MemberId),
    /// From a peer.
    Message(Box<Message>),
    /// From a peer: a snapshot, and the state that came with it.
    Snapshot {
        /// Says what the image is of.
        message: Box<Message>,
        /// Checked, and durable.
        image: Box<Image>,
    },
    /// The sending of a snapshot to that peer has ended.
    SnapshotSent(MemberId, SnapshotSent),
    /// A message to that peer got lost.
    Unreachable(MemberId),
    /// That peer's process has ended, as far as can be told.
    Gone(MemberId),
    /// So many ticks pass at once: a member that has just started need not wait for its first election.
    Advance(usize),
    /// Something has come from peers: the core takes a turn.
    Wake,
    /// Has that learner nearly all that this leader has? The answer is an outcome without a response.
    CheckLearner {
        /// Who is to get a vote.
        learner: MemberId,
        /// Who asks.
        waiter: P,
    },
    /// A change of membership, whose own id is `id`.
    ProposeChange {
        /// Ties the committed entry to its waiter.
        id: RequestId,
        /// The change.
        change: ConfChange,
        /// Who waits, if anybody does.
        waiter: Option<P>,
    },
    /// The log's next file is made, as [`Turn::segment`] asked.
    Segment(Result<PreparedSegment, WalError>),
}

/// What came out of one turn, in the order in which it must be passed on.
#[derive(Debug)]
pub struct Turn<P, R> {
    /// Outcomes of proposals, for whoever waits.
    pub outcomes: Vec<(P, Result<Answered, raft::Unavailable>)>,
    /// Readers that may read now. One of a round is told of it.
    pub reads: Vec<(R, Result<Option<ReadRound>, raft::Unavailable>)>,
    /// What changed in the store, in revision order, for the watchers.
    pub changes: Vec<Changes>,
    /// What became of simple tokens, in order: to be known before the outcomes go out.
    pub tokens: Vec<TokenChange>,
    /// Revisions below this one are gone, for the watchers and the compaction task.
    pub compacted: Option<i64>,
    /// Who leads, when that has changed.
    pub leadership: Option<Leadership>,
    /// This member has left the cluster for good.
    pub removed: bool,
    /// The state was replaced, behind all the changes of this turn.
    pub installed: Option<Installed>,
    /// Make this, and give it back as [`Input::Segment`].
    pub segment: Option<Preparer>,
    /// Run this.
    pub purge: Option<Purge>,
    /// There is more to do: take the next turn without waiting for an input.
    pub more: bool,
}

impl<P, R> Default for Turn<P, R> {
    fn default() -> Self {
        Self {
            outcomes: vec![],
            reads: vec![],
            changes: vec![],
            tokens: vec![],
            compacted: None,
            leadership: None,
            removed: false,
            installed: None,
            segment: None,
            purge: None,
            more: false,
        }
    }
}

/// How readers that share a read index came by it, for the log line of a round that took long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadRound {
    /// All up to this index must be applied before they read.
    pub index: u64,
    /// All up to this index was applied when they got it.
    pub applied: u64,
    /// The turn in which they got it.
    pub received: Now,
}
