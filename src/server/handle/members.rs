//! Changes of the membership: judged by what this member sees of the others, then proposed (reference 1.7).

use super::{Failure, Handle, Unavailable};
use crate::{
    apply::{Answered, Asked, Refusal, Response},
    clock::Now,
    id::{MemberId, RequestId},
    limits::MEMBER_HEALTH,
    membership::{Change, Member, quorum},
    metrics::metrics,
    pb::{etcdserverpb as pb, raftpb::ConfChange},
    peer::{Post, Said, Transport},
    raft,
    server::{core::Input, task::waiting},
};
use bytes::Bytes;
use tokio::time::{sleep, timeout};

impl Handle {
    /// Adds a member. All members afterwards.
    pub async fn member_add(&self, member: Member) -> Result<Vec<pb::Member>, Failure> {
        self.authorise(&Asked::MemberAdd).await?;
        if self.shared.changes.strict {
            self.check_add(&member)?;
        }
        self.change(Change::Add(member)).await
    }

    /// Removes a member for good. All members afterwards.
    pub async fn member_remove(&self, id: MemberId) -> Result<Vec<pb::Member>, Failure> {
        self.authorise(&Asked::MemberRemove).await?;
        if self.shared.changes.strict {
            self.check_remove(id)?;
        }
        self.change(Change::Remove(id)).await
    }

    /// Gives a member other peer URLs. All members afterwards.
    pub async fn member_update(&self, id: MemberId, peer_urls: Vec<String>) -> Result<Vec<pb::Member>, Failure> {
        self.authorise(&Asked::MemberUpdate).await?;
        self.change(Change::Update { id, peer_urls }).await
    }

    /// Gives a learner a vote. Only the leader knows whether it is ready, so it is asked. All members afterwards.
    pub async fn member_promote(&self, id: MemberId) -> Result<Vec<pb::Member>, Failure> {
        let answer = self.member_promote_here(id).await;
        match &answer {
            Err(Failure::Unavailable(Unavailable::NotLeader)) => return self.promote_at_leader(id).await,
            Err(failure) => metrics().learner_promote_failures.with_label_values(&[&failure.to_string()]).inc(),
            Ok(_) => metrics().learner_promote_successes.inc(),
        }
        answer
    }

    /// The same, if this member leads.
    pub async fn member_promote_here(&self, id: MemberId) -> Result<Vec<pb::Member>, Failure> {
        self.authorise(&Asked::MemberPromote).await?;
        let (waiter, answer) = waiting();
        let checked = timeout(self.shared.request_timeout, async {
            let question = Input::CheckLearner { learner: id, waiter };
            self.senders.core.send(question).await.map_err(|_| Unavailable::Stopped)?;
            answer.await.map_err(|_| Unavailable::Stopped)
        });
        done(checked.await.map_err(|_| Unavailable::TimedOut)??)?;
        let members = self.shared.members.list();
        if self.shared.changes.strict && !quorum::may_promote(&members) {
            tracing::warn!(
                "local-member-id" = %self.member_id(),
                "requested-member-remove-id" = %id,
                error = %Unavailable::NotEnoughStarted,
                "rejecting member promote request; not enough healthy members"
            );
            return Err(Unavailable::NotEnoughStarted.into());
        }
        self.change(Change::Promote(id)).await
    }

    async fn promote_at_leader(&self, id: MemberId) -> Result<Vec<pb::Member>, Failure> {
        let post = Post { path: format!("/members/promote/{}", id.0), kind: "", body: Bytes::new() };
        self.ask_leader(&post, promoted).await
    }

    /// Proposes a change and waits until it is applied. While another one is under way, this one waits for its turn.
    async fn change(&self, change: Change) -> Result<Vec<pb::Member>, Failure> {
        let started = self.now();
        let changed = timeout(self.shared.request_timeout, async {
            loop {
                let id = RequestId(self.shared.ids.next());
                let change = ConfChange { id: id.0, ..change.to_conf_change() };
                let (waiter, answer) = waiting();
                let input = Input::ProposeChange { id, change, waiter: Some(waiter) };
                self.senders.core.send(input).await.map_err(|_| Unavailable::Stopped)?;
                match answer.await.map_err(|_| Unavailable::Stopped)? {
                    Err(raft::Unavailable::ChangePending) => sleep(self.shared.tick).await,
                    answer => return done(answer),
                }
            }
        });
        match changed.await.map_err(|_| self.blame(started))?? {
            Response::Members(members) => Ok(members),
            _ => Err(Failure::Mismatched),
        }
    }

    fn check_add(&self, member: &Member) -> Result<(), Failure> {
        let members = self.shared.members.list();
        if !member.is_learner && !quorum::may_add(&members) {
            tracing::warn!(
                "local-member-id" = %self.member_id(),
                "requested-member-add" = ?member,
                error = %Unavailable::NotEnoughStarted,
                "rejecting member add request; not enough healthy members"
            );
            return Err(Unavailable::NotEnoughStarted.into());
        }
        let voters: Vec<MemberId> = voters(&members);
        if voters.len() > 1 && self.connected(&voters) < quorum::of(voters.len() + 1) {
            tracing::warn!(
                "local-member-id" = %self.member_id(),
                "requested-member-add" = ?member,
                error = %Unavailable::Unhealthy,
                "rejecting member add request; local member has not been connected to majority peers, reconfigure \
                 breaks active quorum"
            );
            return Err(Unavailable::Unhealthy.into());
        }
        Ok(())
    }

    fn check_remove(&self, id: MemberId) -> Result<(), Failure> {
        let members = self.shared.members.list();
        if members.iter().any(|member| member.id == id && member.is_learner) {
            return Ok(());
        }
        if !quorum::may_remove(&members, id) {
            tracing::warn!(
                "local-member-id" = %self.member_id(),
                "requested-member-remove-id" = %id,
                error = %Unavailable::NotEnoughStarted,
                "rejecting member remove request; not enough healthy members"
            );
            return Err(Unavailable::NotEnoughStarted.into());
        }
        // One that is down takes nothing away from what is up.
        if id != self.member_id() && self.peers().active_since(id).is_none() {
            return Ok(());
        }
        let voters = voters(&members);
        let active = self.connected(&voters);
        if active.saturating_sub(1) < quorum::of(voters.len().saturating_sub(1)) {
            tracing::warn!(
                "local-member-id" = %self.member_id(),
                "requested-member-remove" = %id,
                "active-peers" = active,
                error = %Unavailable::Unhealthy,
                "rejecting member remove request; local member has not been connected to all peers, reconfigure breaks \
                 active quorum"
            );
            return Err(Unavailable::Unhealthy.into());
        }
        Ok(())
    }

    /// How many of these have been reached for a while; this member counts.
    fn connected(&self, members: &[MemberId]) -> usize {
        let reached = |id: &&MemberId| **id == self.member_id() || self.reached_for(**id, MEMBER_HEALTH);
        members.iter().filter(reached).count()
    }

    /// Has that member been reached without a break for longer than that?
    pub(super) fn reached_for(&self, member: MemberId, time: Now) -> bool {
        self.peers().active_since(member).is_some_and(|since| since.elapsed() > time)
    }

    /// The network of peers.
    pub fn peers(&self) -> &Transport {
        &self.shared.peers
    }
}

fn voters(members: &[Member]) -> Vec<MemberId> {
    members.iter().filter(|member| !member.is_learner).map(|member| member.id).collect()
}

/// What the leader says of a promotion; nothing if that settles nothing.
fn promoted(said: Said) -> Option<Result<Vec<pb::Member>, Failure>> {
    let text = String::from_utf8_lossy(&said.body);
    let says = |failure: &Failure| text.contains(&failure.to_string());
    let (behind, not_learner) = (Unavailable::LearnerBehind.into(), Refusal::MemberNotLearner.into());
    match said.status {
        200 => {
            let members = serde_json::from_slice::<Vec<Member>>(&said.body);
            let members = members.map(|members| members.iter().map(Into::into).collect());
            Some(members.map_err(|_| Failure::Mismatched))
        }
        404 => Some(Err(Refusal::MemberNotFound.into())),
        412 if says(&behind) => Some(Err(behind)),
        412 if says(&not_learner) => Some(Err(not_learner)),
        _ => None,
    }
}

fn done(answer: Result<Answered, raft::Unavailable>) -> Result<Response, Failure> {
    Ok(answer?.outcome.into_result()?)
}
