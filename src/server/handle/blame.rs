//! Why a request was not answered in time: as far as this member can tell, in etcd's kinds.

use super::{Handle, Unavailable};
use crate::{clock::Now, id::MemberId, membership::quorum};
use std::{sync::atomic::Ordering, time::Duration};

impl Handle {
    /// The blame for a request that began then.
    pub(super) fn blame(&self, started: Now) -> Unavailable {
        let elected = Duration::from_nanos(self.shared.progress.elected_ns.load(Ordering::Relaxed));
        let lost = elected.saturating_sub(2 * self.shared.election_timeout);
        if lost < started && started < elected {
            return Unavailable::TimedOutByLeader;
        }
        let since = self.now().saturating_sub(started);
        let leader = MemberId(self.shared.progress.leader.load(Ordering::Relaxed));
        let is_connected = match leader {
            MemberId(0) => true,
            leader if leader == self.member_id() => {
                let members = self.shared.members.list();
                let reached = |id: MemberId| id == self.member_id() || self.reached_for(id, since);
                let connected = members.iter().filter(|member| reached(member.id)).count();
                connected >= quorum::of(members.len())
            }
            leader => self.reached_for(leader, since),
        };
        if is_connected { Unavailable::TimedOut } else { Unavailable::TimedOutByConnection }
    }
}
