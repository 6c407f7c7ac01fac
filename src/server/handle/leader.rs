//! What only the leader knows or may do, asked of it over the peer port.

use super::{Failure, Handle, Unavailable};
use crate::{
    id::MemberId,
    limits::LEADER_RETRY,
    peer::{Post, Said},
};
use std::sync::atomic::Ordering;
use tokio::time::{Instant, sleep, sleep_until};

impl Handle {
    /// Asks the leader, at each of its addresses and again and again, until `read` finds an answer in what is said.
    pub(super) async fn ask_leader<Answer>(
        &self,
        post: &Post,
        read: impl Fn(Said) -> Option<Result<Answer, Failure>>,
    ) -> Result<Answer, Failure> {
        let deadline = Instant::now() + self.shared.request_timeout;
        while Instant::now() < deadline {
            for url in self.leader_urls(deadline).await? {
                let left = deadline.saturating_duration_since(Instant::now());
                let said = self.shared.asker.post(&url, post, left).await;
                if let Some(answer) = said.ok().and_then(&read) {
                    return answer;
                }
            }
            tokio::select! {
                biased;
                () = self.stopping() => return Err(Unavailable::Stopped.into()),
                () = sleep(LEADER_RETRY) => {}
            }
        }
        Err(Unavailable::TimedOut.into())
    }

    /// Where the leader is reached; waits for one until then.
    async fn leader_urls(&self, deadline: Instant) -> Result<Vec<String>, Failure> {
        loop {
            let leader = MemberId(self.shared.progress.leader.load(Ordering::Relaxed));
            if let Some(leader) = self.shared.members.get(leader) {
                return Ok(leader.peer_urls);
            }
            tokio::select! {
                biased;
                () = self.stopping() => return Err(Unavailable::Stopped.into()),
                () = sleep_until(deadline) => return Err(Unavailable::NoLeader.into()),
                () = sleep(self.shared.tick) => {}
            }
        }
    }
}
