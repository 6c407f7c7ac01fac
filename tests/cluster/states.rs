//! What a member has applied decides what it has: two members at the same entry are the same, however they came there.

use super::member::Member;
use std::collections::BTreeMap;

/// The state at every entry at which somebody was looked at, and who that was.
#[derive(Default)]
pub struct States(BTreeMap<u64, (usize, String)>);

impl States {
    /// Looks at a member.
    pub fn check(&mut self, number: usize, member: &Member) {
        let (applied, state) = (member.applied(), member.replicated());
        let (other, expected) = self.0.entry(applied).or_insert_with(|| (number, state.clone()));
        for (has, should) in state.lines().zip(expected.lines()) {
            assert!(has == should, "at entry {applied}, member {number} has\n{has}\nand member {other} had\n{should}");
        }
        // Founders know each other before their log says so.
        const FOUNDED: u64 = 8;
        if applied < FOUNDED {
            return;
        }
        let conf_state = member.conf_state();
        let status = member.status();
        assert_eq!(status.is_voter, conf_state.voters.contains(&status.id.0), "member {number} and its raft");
        assert_eq!(status.is_learner, conf_state.learners.contains(&status.id.0), "member {number} and its raft");
    }
}
