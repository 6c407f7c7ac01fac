//! When a member stands for election: asked to, after a silence of its leader, or because the leader's process is gone.

use super::super::config::PreVote;
use super::super::timeout::{Heir, election_timeout};
use super::Node;
use crate::id::MemberId;
use raft::StateRole;

impl<P, R> Node<P, R> {
    /// Asks for an election as soon as one is possible: what is committed must be applied, and the log be on disk. A
    /// member without peers does so at its start and saves the election timeout. Forgotten once there is a leader.
    pub fn campaign(&mut self) {
        self.wants_to_campaign = true;
        self.settle();
    }

    /// That peer's process has ended, as far as can be told from here. If it led, this voter does not wait for it to fall
    /// silent: it stands for election after few ticks, and votes for who stands earlier. Without pre-votes nothing is
    /// done, since a mistake would depose a leader that is well.
    pub fn peer_gone(&mut self, peer: MemberId) {
        let raft = &mut self.raw.raft;
        let follows = raft.state == StateRole::Follower && raft.leader_id == peer.0;
        if follows && self.config.pre_vote == PreVote::On {
            let voters = raft.prs().conf().voters().ids();
            let heir = Heir {
                leader: peer,
                term: raft.term,
                rank: voters.iter().filter(|id| *id != peer.0 && *id < self.config.id.0).count(),
            };
            raft.election_elapsed = raft.election_elapsed.max(self.config.election_ticks);
            self.heir = Some(heir);
        }
        self.settle();
    }

    /// To be called after every input: the crate draws another one at random whenever its role changes.
    pub(super) fn set_election_timeout(&mut self) {
        let raft = &mut self.raw.raft;
        self.heir.take_if(|heir| !heir.waits(raft.term, raft.leader_id));
        let ticks = self.config.election_ticks;
        raft.set_randomized_election_timeout(match self.heir {
            Some(heir) => heir.timeout(ticks),
            None => election_timeout(self.config.seed, self.config.id, raft.term, ticks),
        });
    }

    /// What [`campaign`](Self::campaign) asked for.
    pub(super) fn campaign_if_possible(&mut self) {
        let raft = &self.raw.raft;
        self.wants_to_campaign &= raft.leader_id == 0;
        let is_applied = raft.raft_log.applied == raft.raft_log.committed;
        if self.wants_to_campaign && raft.promotable() && is_applied && self.is_settled() {
            self.wants_to_campaign = false;
            // It fails only for messages from elsewhere.
            let _ = self.raw.campaign();
        }
    }

    /// Is the whole log on disk? The crate counts on that when it begins an election.
    pub(super) fn is_settled(&self) -> bool {
        let log = &self.raw.raft.raft_log;
        let has_all = log.unstable_entries().is_empty() && log.unstable_snapshot().is_none();
        // A snapshot counts once the state machine has it: before that, the log does not reach down to what is applied.
        has_all && !self.unpersisted.has_entries() && log.applied + 1 >= log.first_index()
    }

    /// Would the next tick begin an election while entries are still on their way to the disk? Then that tick has to
    /// wait: who needs more than an election timeout for a sync is no candidate anyway.
    pub(super) fn is_too_slow_to_campaign(&self) -> bool {
        let raft = &self.raw.raft;
        let is_next = raft.election_elapsed + 1 >= raft.randomized_election_timeout();
        raft.state != StateRole::Leader && is_next && !self.is_settled()
    }
}
