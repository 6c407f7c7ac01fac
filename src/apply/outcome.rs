//! What comes of an entry: values only.

use super::meta::MetaError;
use crate::{
    alarm::AlarmError,
    backend::BackendError,
    id::LeaseId,
    lease::{LeaseError, LeaseRefusal},
    membership::{ChangeRefusal, Malformed, MembershipError},
    mvcc::{Changes, ReadError},
    pb::etcdserverpb as pb,
};

/// All that one entry did. Empty for an entry that was applied before, and for a new leader's first.
#[derive(Debug, Default)]
pub struct Applied {
    /// For whoever proposed it.
    pub outcome: Option<Outcome>,
    /// For watchers: one revision's changes. None when nothing changed.
    pub events: Option<Changes>,
    /// For the lessor, in order.
    pub leases: Vec<LeaseChange>,
    /// A compaction to this revision was scheduled: for the compactor and for watchers.
    pub compacted: Option<i64>,
    /// A member came, went or tells something new about itself.
    pub membership_changed: bool,
}

impl Applied {
    /// Nothing but an outcome.
    pub(super) fn of(outcome: Outcome) -> Self {
        Self { outcome: Some(outcome), ..Self::default() }
    }
}

/// What a request comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It was carried out.
    Done(Response),
    /// A deterministic no. Nothing changed.
    Refused(Refusal),
}

/// What a committed request answers. Headers are complete: cluster, member, revision, and the entry's term.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub enum Response {
    Range(pb::RangeResponse),
    Put(pb::PutResponse),
    DeleteRange(pb::DeleteRangeResponse),
    Txn(pb::TxnResponse),
    Compact(pb::CompactionResponse),
    LeaseGrant(pb::LeaseGrantResponse),
    LeaseRevoke(pb::LeaseRevokeResponse),
    Alarm(pb::AlarmResponse),
    /// After a change of the membership: all members, by id.
    Members(Vec<pb::Member>),
    /// There is nothing to say.
    Empty,
}

/// A deterministic no: part of the replicated result, or of a read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// A put that keeps value or lease, of a key that is not there.
    KeyNotFound,
    /// No such lease.
    LeaseNotFound,
    /// The lease's id is taken.
    LeaseExists,
    /// A time to live above 9,000,000,000 seconds.
    LeaseTtlTooLarge,
    /// The revision was compacted away.
    Compacted,
    /// The revision is yet to come.
    FutureRevision,
    /// The alarm NOSPACE is on.
    NoSpace,
    /// The alarm CORRUPT is on.
    Corrupt,
    /// No such member, or no longer.
    MemberNotFound,
    /// The member's id is taken.
    MemberExists,
    /// Another member has one of the peer URLs.
    PeerUrlExists,
    /// To be promoted, but no learner.
    MemberNotLearner,
    /// More learners than are allowed.
    TooManyLearners,
    /// Not a member, or one without a vote: it cannot lead.
    BadTransferee,
    /// The target of a downgrade is no version.
    NoVersion,
    /// A cluster goes down by one minor version, no other.
    BadDowngradeTarget,
    /// A downgrade is under way already.
    Downgrading,
    /// No downgrade is under way.
    NotDowngrading,
    /// The cluster has no version yet.
    NoClusterVersion,
    /// A request kind that this version does not carry out.
    Unsupported(&'static str),
}

/// What the leader's [`Lessor`](crate::lease::Lessor) must hear of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum LeaseChange {
    Granted { id: LeaseId, ttl_s: i64 },
    Revoked { id: LeaseId },
    Checkpointed { id: LeaseId, remaining_s: i64 },
}

/// Damage or a bug: the process stops, since going on would make this member differ from the others.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum Fatal {
    #[error(transparent)]
    Backend(#[from] BackendError),
    #[error(transparent)]
    Leases(#[from] LeaseError),
    #[error(transparent)]
    Members(#[from] MembershipError),
    #[error(transparent)]
    Alarms(#[from] AlarmError),
    #[error(transparent)]
    Meta(#[from] MetaError),
    #[error(transparent)]
    ConfChange(#[from] Malformed),
    /// An entry that cannot be carried out.
    #[error("entry {index}: {reason}")]
    Entry { index: u64, reason: String },
    /// A transaction failed half-way, after its checks had passed.
    #[error("a transaction that was checked could not be carried out: {0}")]
    HalfDone(String),
}

/// Why there is no response.
#[derive(Debug, thiserror::Error)]
pub enum Unanswered {
    /// A deterministic no.
    #[error("refused: {0:?}")]
    Refused(Refusal),
    /// Damage or a bug.
    #[error(transparent)]
    Fatal(#[from] Fatal),
}

impl From<Refusal> for Unanswered {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<ReadError> for Unanswered {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Compacted => Refusal::Compacted.into(),
            ReadError::FutureRevision => Refusal::FutureRevision.into(),
            ReadError::Fatal(error) => Self::Fatal(error.into()),
        }
    }
}

impl From<LeaseRefusal> for Unanswered {
    fn from(refusal: LeaseRefusal) -> Self {
        Self::Refused(match refusal {
            LeaseRefusal::NotFound => Refusal::LeaseNotFound,
            LeaseRefusal::Exists => Refusal::LeaseExists,
            LeaseRefusal::TtlTooLarge => Refusal::LeaseTtlTooLarge,
        })
    }
}

impl From<ChangeRefusal> for Refusal {
    fn from(refusal: ChangeRefusal) -> Self {
        match refusal {
            ChangeRefusal::Removed | ChangeRefusal::NotFound => Self::MemberNotFound,
            ChangeRefusal::Exists => Self::MemberExists,
            ChangeRefusal::PeerUrlExists => Self::PeerUrlExists,
            ChangeRefusal::NotLearner => Self::MemberNotLearner,
            ChangeRefusal::TooManyLearners => Self::TooManyLearners,
        }
    }
}

impl From<MembershipError> for Unanswered {
    fn from(error: MembershipError) -> Self {
        Self::Fatal(error.into())
    }
}
