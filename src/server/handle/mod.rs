//! What others may ask of a running member. A handle is cheap to clone; it holds no state of its own, but on whose behalf it
//! asks: [`Handle::by`].

mod blame;
mod caller;
mod defragment;
mod downgrade;
mod leader;
mod lease;
mod measure;
mod members;
mod password;
mod proposal;
mod propose;
mod read;
mod status;
mod steps;
mod transfer;
mod watch;

pub use caller::{Caller, Client, Permit, Way};
pub use proposal::Proposal;
pub use status::Status;
pub use steps::SLOW;
pub use watch::{WatchAsker, WatchItems, WatchStream};

use super::{config::RequestLimits, core::Input, shared::Shared, task::Senders};
use crate::{
    alarm::AlarmsView,
    apply::Refusal,
    auth::AuthRefusal,
    clock::{Clock, Now},
    id::{ClusterId, MemberId},
    membership::Member,
    mvcc::{self, Ranges},
    pb::etcdserverpb as pb,
    raft,
};
use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

/// A handle on a running member.
#[derive(Clone, Debug)]
pub struct Handle {
    shared: Arc<Shared>,
    senders: Senders,
    /// On whose behalf it asks.
    caller: Caller,
}

/// Why a request has no outcome.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// A deterministic no, part of the replicated result or of a read.
    #[error("{0}")]
    Refused(Refusal),
    /// Local, and may be otherwise when tried again.
    #[error("{0}")]
    Unavailable(Unavailable),
    /// A bug of ours: the request was carried out, but its outcome is of another kind than the request. Only this
    /// request suffers.
    #[error("the outcome is of another kind than the request")]
    Mismatched,
}

/// Why this member cannot answer now. As text it is what etcd's log says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unavailable {
    /// The member stops, or cannot go on.
    #[error("etcdserver: server stopped")]
    Stopped,
    /// It took longer than etcd's ReqTimeout.
    #[error("etcdserver: request timed out")]
    TimedOut,
    /// The same, and a new leader was found meanwhile: the old one may have taken the request with it.
    #[error("etcdserver: request timed out, possibly due to previous leader failure")]
    TimedOutByLeader,
    /// The same, and those on whom it depends have not been reached all the time.
    #[error("etcdserver: request timed out, possibly due to connection lost")]
    TimedOutByConnection,
    /// What was committed took too long to be applied.
    #[error("etcdserver: request timed out, waiting for the applied index took too long")]
    NotApplied,
    /// There is no leader.
    #[error("etcdserver: no leader")]
    NoLeader,
    /// The leader changed while the request was under way.
    #[error("etcdserver: leader changed")]
    LeaderChanged,
    /// The member is behind.
    #[error("etcdserver: too many requests")]
    TooManyRequests,
    /// The encoded request is larger than `--max-request-bytes`.
    #[error("etcdserver: request is too large")]
    RequestTooLarge,
    /// Only the leader can do that.
    #[error("etcdserver: not leader")]
    NotLeader,
    /// A learner that is to get a vote has not caught up.
    #[error("etcdserver: can only promote a learner member which is in sync with leader")]
    LearnerBehind,
    /// A change of the membership could leave too few that have ever started.
    #[error("etcdserver: re-configuration failed due to not enough started members")]
    NotEnoughStarted,
    /// This member does not reach those that it needs.
    #[error("etcdserver: unhealthy cluster")]
    Unhealthy,
    /// The other member did not become leader in time.
    #[error("etcdserver: request timed out, leader transfer took too long")]
    TransferTimedOut,
    /// There is no room on this member's disk for what was asked.
    #[error("no space left on device")]
    DiskFull,
    /// A password that cannot be hashed.
    #[error("bcrypt: password length exceeds 72 bytes")]
    PasswordTooLong,
    /// This member's disk refused; the log says how.
    #[error("input/output error")]
    Failed,
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<AuthRefusal> for Failure {
    fn from(refusal: AuthRefusal) -> Self {
        Self::Refused(refusal.into())
    }
}

impl From<Unavailable> for Failure {
    fn from(unavailable: Unavailable) -> Self {
        Self::Unavailable(unavailable)
    }
}

impl From<raft::Unavailable> for Failure {
    fn from(unavailable: raft::Unavailable) -> Self {
        Self::Unavailable(match unavailable {
            raft::Unavailable::LeaderChanged => Unavailable::LeaderChanged,
            raft::Unavailable::Overloaded | raft::Unavailable::ChangePending => Unavailable::TooManyRequests,
            raft::Unavailable::NotLeader => Unavailable::NotLeader,
            raft::Unavailable::LearnerBehind => Unavailable::LearnerBehind,
            raft::Unavailable::Stopped => Unavailable::Stopped,
        })
    }
}

impl Handle {
    pub(super) fn new(shared: Arc<Shared>, senders: Senders) -> Self {
        Self { shared, senders, caller: Caller::Member }
    }

    /// The cluster that this member belongs to.
    pub fn cluster_id(&self) -> ClusterId {
        self.shared.identity.cluster_id
    }

    /// This member.
    pub fn member_id(&self) -> MemberId {
        self.shared.identity.member_id
    }

    /// Settings that decide the shape of requests.
    pub fn limits(&self) -> RequestLimits {
        self.shared.limits
    }

    /// Time without a leader before an election.
    pub fn election_timeout(&self) -> Duration {
        self.shared.election_timeout
    }

    /// Cluster, member, term and the current revision.
    pub fn header(&self) -> pb::ResponseHeader {
        pb::ResponseHeader {
            cluster_id: self.cluster_id().0,
            member_id: self.member_id().0,
            revision: self.shared.reader.revision(),
            raft_term: self.shared.progress.term.load(Ordering::Relaxed),
        }
    }

    /// The read side of the store.
    pub fn reader(&self) -> &mvcc::Reader {
        &self.shared.reader
    }

    /// The alarms that are on.
    pub fn alarms(&self) -> &AlarmsView {
        &self.shared.alarms
    }

    /// The members of the cluster, by id.
    pub fn members(&self) -> Vec<pb::Member> {
        self.shared.members.list().iter().map(Into::into).collect()
    }

    /// The members as members tell each other, by id.
    pub fn member_list(&self) -> Vec<Member> {
        self.shared.members.list()
    }

    /// Is the cluster on its way to an older version?
    pub fn is_downgrading(&self) -> bool {
        self.shared.members.downgrade().enabled
    }

    /// Does this member lead?
    pub fn is_leader(&self) -> bool {
        self.shared.progress.leader.load(Ordering::Relaxed) == self.member_id().0
    }

    /// The time on the member's clock.
    pub fn now(&self) -> Now {
        self.shared.clock.now()
    }

    /// The member's clock.
    pub fn clock(&self) -> Clock {
        self.shared.clock
    }

    /// Is there a leader?
    pub fn has_leader(&self) -> bool {
        self.shared.progress.leader.load(Ordering::Relaxed) != 0
    }

    /// Does this member only listen?
    pub fn is_learner(&self) -> bool {
        self.shared.progress.is_learner.load(Ordering::Relaxed)
    }

    /// Resolves at the next look at which this member has begun to lead and has applied all that was before.
    pub(super) async fn becomes_leader(&self) {
        let leads = || self.is_leader() && self.shared.lessor.lock().is_leading();
        while leads() {
            tokio::time::sleep(self.shared.tick).await;
        }
        while !leads() {
            tokio::time::sleep(self.shared.tick).await;
        }
    }

    /// Lets ticks of raft's time pass.
    pub(super) async fn advance(&self, ticks: usize) {
        let _ = self.senders.core.send(Input::Advance(ticks)).await;
    }

    /// What the member's own tasks share.
    pub(super) fn shared(&self) -> &Shared {
        &self.shared
    }

    /// Resolves when the member has left its cluster for good.
    pub(super) async fn cast_out(&self) {
        let mut cast_out = self.shared.cast_out.subscribe();
        if cast_out.wait_for(|cast_out| *cast_out).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Resolves when the member begins to stop, or cannot go on: streams end then.
    pub async fn stopping(&self) {
        let mut stop = self.shared.stop.subscribe();
        let mut failure = self.shared.failure.subscribe();
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => {}
            _ = failure.wait_for(Option::is_some) => {}
        }
    }

    pub(super) async fn failed(&self) -> String {
        let mut failure = self.shared.failure.subscribe();
        match failure.wait_for(Option::is_some).await {
            Ok(reason) => reason.clone().unwrap_or_default(),
            Err(_) => String::new(),
        }
    }

    pub(super) fn begin_stop(&self) {
        self.shared.stop.send_replace(true);
        // The compaction task may be waiting for work; a wake-up that is pending does as well.
        let _ = self.senders.compaction.try_send(());
    }
}
