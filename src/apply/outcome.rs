//! What comes of an entry: values only.

use super::{meta::MetaError, steps::Course};
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
    /// The cluster has gone to an older version.
    pub version_lowered: bool,
    /// When all this was.
    pub course: Course,
}

/// What is for whoever proposed an entry.
#[derive(Clone, Debug)]
pub struct Answered {
    /// What came of it.
    pub outcome: Outcome,
    /// When.
    pub course: Course,
}

impl From<Outcome> for Answered {
    /// Nobody knows when.
    fn from(outcome: Outcome) -> Self {
        Self { outcome, course: Course::default() }
    }
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

impl Outcome {
    /// The same, for whoever goes on only with a response.
    ///
    /// # Errors
    /// The refusal.
    pub fn into_result(self) -> Result<Response, Refusal> {
        match self {
            Self::Done(response) => Ok(response),
            Self::Refused(refusal) => Err(refusal),
        }
    }
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

/// A deterministic no: part of the replicated result, or of a read. As text it is what etcd's log says of it; what clients
/// are told differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A put that keeps value or lease, of a key that is not there.
    #[error("etcdserver: key not found")]
    KeyNotFound,
    /// No such lease.
    #[error("lease not found")]
    LeaseNotFound,
    /// The lease's id is taken.
    #[error("lease already exists")]
    LeaseExists,
    /// A time to live above 9,000,000,000 seconds.
    #[error("too large lease TTL")]
    LeaseTtlTooLarge,
    /// The revision was compacted away.
    #[error("mvcc: required revision has been compacted")]
    Compacted,
    /// The revision is yet to come.
    #[error("mvcc: required revision is a future revision")]
    FutureRevision,
    /// The alarm NOSPACE is on.
    #[error("etcdserver: no space")]
    NoSpace,
    /// The alarm CORRUPT is on.
    #[error("etcdserver: corrupt cluster")]
    Corrupt,
    /// No such member, or no longer.
    #[error("membership: ID not found")]
    MemberNotFound,
    /// The member's id is taken.
    #[error("membership: ID exists")]
    MemberExists,
    /// Another member has one of the peer URLs.
    #[error("membership: peerURL exists")]
    PeerUrlExists,
    /// To be promoted, but no learner.
    #[error("membership: can only promote a learner member")]
    MemberNotLearner,
    /// More learners than are allowed.
    #[error("membership: too many learner members in cluster")]
    TooManyLearners,
    /// Not a member, or one without a vote: it cannot lead.
    #[error("etcdserver: bad leader transferee")]
    BadTransferee,
    /// The target of a downgrade is no version.
    #[error("etcdserver: wrong downgrade target version format")]
    NoVersion,
    /// A cluster goes down by one minor version, no other.
    #[error("etcdserver: invalid downgrade target version")]
    BadDowngradeTarget,
    /// A downgrade is under way already.
    #[error("etcdserver: cluster has a downgrade job in progress")]
    Downgrading,
    /// No downgrade is under way.
    #[error("etcdserver: no inflight downgrade job")]
    NotDowngrading,
    /// The cluster has no version yet.
    #[error("etcdserver: cluster version not found during downgrade")]
    NoClusterVersion,
    /// A request kind that this version does not carry out.
    #[error("etcdserver: {0} is not supported yet")]
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
    #[error("{0}")]
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
