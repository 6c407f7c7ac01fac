//! Building and comparing memberships.

use std::collections::BTreeSet;

use crate::messages::ConfState;

/// Voters and learners of a membership that is not joint.
impl<V, L> From<(V, L)> for ConfState
where
    V: IntoIterator<Item = u64>,
    L: IntoIterator<Item = u64>,
{
    fn from((voters, learners): (V, L)) -> Self {
        ConfState {
            voters: voters.into_iter().collect(),
            learners: learners.into_iter().collect(),
            ..ConfState::default()
        }
    }
}

/// Whether both describe the same membership: the lists are sets, their order is chance.
#[must_use]
pub fn conf_state_eq(left: &ConfState, right: &ConfState) -> bool {
    let same = |a: &[u64], b: &[u64]| a == b || a.iter().collect::<BTreeSet<_>>() == b.iter().collect::<BTreeSet<_>>();
    left.auto_leave == right.auto_leave
        && same(&left.voters, &right.voters)
        && same(&left.learners, &right.learners)
        && same(&left.voters_outgoing, &right.voters_outgoing)
        && same(&left.learners_next, &right.learners_next)
}
