//! What comes of an entry: values only.

use super::{meta::MetaError, steps::Course};
use crate::{
    alarm::AlarmError,
    auth::{AuthError, AuthRefusal},
    backend::BackendError,
    id::LeaseId,
    lease::{LeaseError, LeaseRefusal},
    membership::{ChangeRefusal, Malformed, MembershipError},
    mvcc::{Changes, ReadError},
    pb::etcdserverpb as pb,
};
use std::fmt;

/// All that one entry did. Empty for an entry that was applied before, and for a new leader's first.
#[derive(Debug, Default)]
pub struct Applied {
    /// For whoever proposed it.
    pub outcome: Option<Outcome>,
    /// For watchers: one revision's changes. None when nothing changed.
    pub events: Option<Changes>,
    /// For the lessor, in order.
    pub leases: Vec<LeaseChange>,
    /// For whoever keeps simple tokens, in order.
    pub tokens: Vec<TokenChange>,
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
    AuthEnable(pb::AuthEnableResponse),
    AuthDisable(pb::AuthDisableResponse),
    AuthStatus(pb::AuthStatusResponse),
    /// With the simple token, which every member has. A member that gives out tokens of another kind puts its own there.
    Authenticate(pb::AuthenticateResponse),
    UserAdd(pb::AuthUserAddResponse),
    UserGet(pb::AuthUserGetResponse),
    UserList(pb::AuthUserListResponse),
    UserDelete(pb::AuthUserDeleteResponse),
    UserChangePassword(pb::AuthUserChangePasswordResponse),
    UserGrantRole(pb::AuthUserGrantRoleResponse),
    UserRevokeRole(pb::AuthUserRevokeRoleResponse),
    RoleAdd(pb::AuthRoleAddResponse),
    RoleGet(pb::AuthRoleGetResponse),
    RoleList(pb::AuthRoleListResponse),
    RoleDelete(pb::AuthRoleDeleteResponse),
    RoleGrantPermission(pb::AuthRoleGrantPermissionResponse),
    RoleRevokePermission(pb::AuthRoleRevokePermissionResponse),
    /// After a change of the membership: all members, by id.
    Members(Vec<pb::Member>),
    /// There is nothing to say.
    Empty,
}

impl Response {
    /// The answer's header; none of those that are not for clients.
    pub fn header(&self) -> Option<&pb::ResponseHeader> {
        match self {
            Self::Range(response) => response.header.as_ref(),
            Self::Put(response) => response.header.as_ref(),
            Self::DeleteRange(response) => response.header.as_ref(),
            Self::Txn(response) => response.header.as_ref(),
            Self::Compact(response) => response.header.as_ref(),
            Self::LeaseGrant(response) => response.header.as_ref(),
            Self::LeaseRevoke(response) => response.header.as_ref(),
            Self::Alarm(response) => response.header.as_ref(),
            Self::AuthEnable(response) => response.header.as_ref(),
            Self::AuthDisable(response) => response.header.as_ref(),
            Self::AuthStatus(response) => response.header.as_ref(),
            Self::Authenticate(response) => response.header.as_ref(),
            Self::UserAdd(response) => response.header.as_ref(),
            Self::UserGet(response) => response.header.as_ref(),
            Self::UserList(response) => response.header.as_ref(),
            Self::UserDelete(response) => response.header.as_ref(),
            Self::UserChangePassword(response) => response.header.as_ref(),
            Self::UserGrantRole(response) => response.header.as_ref(),
            Self::UserRevokeRole(response) => response.header.as_ref(),
            Self::RoleAdd(response) => response.header.as_ref(),
            Self::RoleGet(response) => response.header.as_ref(),
            Self::RoleList(response) => response.header.as_ref(),
            Self::RoleDelete(response) => response.header.as_ref(),
            Self::RoleGrantPermission(response) => response.header.as_ref(),
            Self::RoleRevokePermission(response) => response.header.as_ref(),
            Self::Members(_) | Self::Empty => None,
        }
    }
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
    /// About users and roles, or by them.
    #[error(transparent)]
    Auth(AuthRefusal),
}

/// What the leader's [`Lessor`](crate::lease::Lessor) must hear of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum LeaseChange {
    Granted { id: LeaseId, ttl_s: i64 },
    Revoked { id: LeaseId },
    Checkpointed { id: LeaseId, remaining_s: i64 },
}

/// What whoever keeps simple tokens must hear of. They are kept in memory, on every member.
#[derive(Clone, PartialEq, Eq)]
pub enum TokenChange {
    /// A user came in and has this token: the letters that were proposed, a dot and the index of the entry before.
    Issued {
        /// Whose.
        user: String,
        /// The token, which is not to be written anywhere.
        token: String,
    },
    /// The user is gone or has another password: all tokens that were given out are over.
    RevokedOf {
        /// Whose.
        user: String,
    },
    /// Authentication was turned off: nobody has a token any more.
    RevokedAll,
}

impl fmt::Debug for TokenChange {
    /// Without the token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Issued { user, .. } => f.debug_struct("Issued").field("user", user).finish_non_exhaustive(),
            Self::RevokedOf { user } => f.debug_struct("RevokedOf").field("user", user).finish(),
            Self::RevokedAll => f.write_str("RevokedAll"),
        }
    }
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
    Auth(#[from] AuthError),
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

impl From<AuthRefusal> for Refusal {
    fn from(refusal: AuthRefusal) -> Self {
        Self::Auth(refusal)
    }
}

impl From<AuthRefusal> for Unanswered {
    fn from(refusal: AuthRefusal) -> Self {
        Self::Refused(refusal.into())
    }
}
