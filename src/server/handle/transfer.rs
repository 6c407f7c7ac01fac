//! Handing the leadership to another member.

use super::{Failure, Handle, Unavailable};
use crate::{apply::Refusal, id::MemberId, server::core::Input};
use std::sync::atomic::Ordering;
use tokio::time::{sleep, timeout};

impl Handle {
    /// Makes another voter the leader, and waits for that at most an election timeout long. Only the leader can.
    pub async fn move_leader(&self, target: MemberId) -> Result<(), Failure> {
        if !self.is_leader() {
            return Err(Unavailable::NotLeader.into());
        }
        if self.shared.members.get(target).is_none_or(|member| member.is_learner) {
            return Err(Refusal::BadTransferee.into());
        }
        tracing::info!(
            "local-member-id" = %self.member_id(),
            "current-leader-member-id" = %self.member_id(),
            "transferee-member-id" = %target,
            "leadership transfer starting"
        );
        self.senders.core.send(Input::TransferLeadership(target)).await.map_err(|_| Unavailable::Stopped)?;
        let moved = timeout(self.shared.election_timeout, async {
            while self.shared.progress.leader.load(Ordering::Relaxed) != target.0 {
                sleep(self.shared.tick).await;
            }
        });
        moved.await.map_err(|_| Unavailable::TransferTimedOut)?;
        tracing::info!(
            "local-member-id" = %self.member_id(),
            "old-leader-member-id" = %self.member_id(),
            "new-leader-member-id" = %target,
            "leadership transfer finished"
        );
        Ok(())
    }
}
