//! A leader that is removed stays until the others know.
//!
//! The change that removes a leader is committed by votes that include its own. Those who have not heard of the commit
//! still count on that vote: if a cluster of two removes its leader and the leader falls silent at once, the other one
//! waits for it for ever. So the leader goes on for one election timeout as if the change were still ahead of it, and
//! every heartbeat tells of the commit. It proposes nothing and answers no reads in that time. etcd's removed members
//! stay on for a second, for the same reason.
//!
//! Taking a change into effect late is always safe: that is what a member does whose state machine is slow.

use crate::id::MemberId;
use crate::pb::raftpb::{ConfChange, ConfChangeType, ConfState};

/// A change that waits for its time.
#[derive(Debug)]
pub struct Leaving {
    /// Takes the vote of the leader.
    pub change: ConfChange,
    /// Until it takes effect.
    pub ticks_left: usize,
}

/// Does the change take this member's vote, with other voters left?
pub fn takes_vote(state: &ConfState, change: &ConfChange, id: MemberId) -> bool {
    let kind = ConfChangeType::try_from(change.change_type);
    let takes = matches!(kind, Ok(ConfChangeType::RemoveNode | ConfChangeType::AddLearnerNode));
    takes && change.node_id == id.0 && state.voters.contains(&id.0) && state.voters.len() > 1
}

/// The members once a change that [`takes_vote`] is in effect.
pub fn without(mut state: ConfState, change: &ConfChange) -> ConfState {
    state.voters.retain(|voter| *voter != change.node_id);
    if change.change_type == ConfChangeType::AddLearnerNode as i32 {
        state.learners.push(change.node_id);
        state.learners.sort_unstable();
    }
    state
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_loss_of_the_vote_counts() {
        let state = ConfState::from((vec![1, 2], vec![3]));
        let change = |kind, node_id| ConfChange { change_type: kind, node_id, ..ConfChange::default() };
        let takes = |kind, id| takes_vote(&state, &change(kind, id), MemberId(id));
        assert!(takes(1, 1) && takes(3, 2));
        assert!(!takes(0, 1) && !takes(2, 1) && !takes(1, 3) && !takes(1, 4) && !takes(9, 1));
        assert!(!takes_vote(&state, &change(1, 2), MemberId(1)));
        assert!(!takes_vote(&ConfState::from((vec![1], vec![2])), &change(1, 1), MemberId(1)));
        assert_eq!(without(state.clone(), &change(1, 2)), ConfState::from((vec![1], vec![3])));
        assert_eq!(without(state.clone(), &change(3, 2)), ConfState::from((vec![1], vec![2, 3])));
    }
}
