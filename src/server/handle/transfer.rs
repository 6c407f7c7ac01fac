//! Handing the leadership to another member.

use super::{Failure, Handle, Unavailable};
use crate::{apply::Refusal, id::MemberId, logging::go_duration, server::core::Input};
use std::{sync::atomic::Ordering, time::Duration};
use tokio::time::{sleep, timeout};

impl Handle {
    /// Makes another voter the leader, and waits for that at most an election timeout long. Only the leader can.
    pub async fn move_leader(&self, target: MemberId) -> Result<(), Failure> {
        if !self.is_leader() {
            return Err(Unavailable::NotLeader.into());
        }
        self.transfer(target, self.shared.election_timeout).await
    }

    async fn transfer(&self, target: MemberId, patience: Duration) -> Result<(), Failure> {
        if self.shared.members.get(target).is_none_or(|member| member.is_learner) {
            return Err(Refusal::BadTransferee.into());
        }
        let started = self.now();
        tracing::info!(
            "local-member-id" = %self.member_id(),
            "current-leader-member-id" = %self.member_id(),
            "transferee-member-id" = %target,
            "leadership transfer starting"
        );
        self.senders.core.send(Input::TransferLeadership(target)).await.map_err(|_| Unavailable::Stopped)?;
        let moved = timeout(patience, async {
            while self.shared.progress.leader.load(Ordering::Relaxed) != target.0 {
                // Clients wait for a leader meanwhile.
                sleep(self.shared.tick / 20).await;
            }
        });
        moved.await.map_err(|_| Unavailable::TransferTimedOut)?;
        tracing::info!(
            "local-member-id" = %self.member_id(),
            "old-leader-member-id" = %self.member_id(),
            "new-leader-member-id" = %target,
            "took" = go_duration(self.now().saturating_sub(started)),
            "leadership transfer finished"
        );
        Ok(())
    }

    /// Before the member stops: makes the voter the leader to whom there has been a connection for longest.
    pub async fn hand_over(&self) {
        let (local, leader) = (self.member_id(), MemberId(self.shared.progress.leader.load(Ordering::Relaxed)));
        if leader != local {
            return tracing::info!(
                "local-member-id" = %local,
                "current-leader-member-id" = %leader,
                "skipped leadership transfer; local server is not leader"
            );
        }
        let voters = self.shared.members.list().into_iter().filter(|member| !member.is_learner);
        let voters: Vec<MemberId> = voters.map(|member| member.id).collect();
        if voters.len() < 2 {
            return tracing::info!(
                "local-member-id" = %local,
                "current-leader-member-id" = %leader,
                "skipped leadership transfer for single voting member cluster"
            );
        }
        let reached = voters.iter().filter_map(|id| Some((self.peers().active_since(*id)?, *id)));
        let moved = match reached.min() {
            // Raft itself gives up after this time.
            Some((_, target)) => self.transfer(target, self.shared.election_timeout).await,
            None => Err(Unavailable::Unhealthy.into()),
        };
        if let Err(failure) = moved {
            tracing::warn!("local-member-id" = %local, error = %failure, "leadership transfer failed");
        }
    }
}
