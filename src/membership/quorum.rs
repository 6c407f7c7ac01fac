//! Would a change leave a cluster that can go on? etcd's rules look at who has started at all, which a member tells once
//! by its name and its client URLs.

use super::member::Member;
use crate::id::MemberId;

/// How many of so many voters decide.
pub fn of(voters: usize) -> usize {
    voters / 2 + 1
}

/// May a voter be added, who has not started yet?
pub fn may_add(members: &[Member]) -> bool {
    let (voters, started) = count(members.iter());
    // A cluster of one may grow: it is how data is brought back into a cluster.
    (voters, started) == (1, 1) || started >= of(voters + 1)
}

/// May a voter be removed?
pub fn may_remove(members: &[Member], id: MemberId) -> bool {
    let (voters, started) = count(members.iter().filter(|member| member.id != id));
    started >= of(voters)
}

/// May a learner, who has started, be given a vote?
pub fn may_promote(members: &[Member]) -> bool {
    let (voters, started) = count(members.iter());
    started + 1 >= of(voters + 1)
}

/// Voters, and how many of them have started.
fn count<'a>(members: impl Iterator<Item = &'a Member>) -> (usize, usize) {
    members
        .filter(|member| !member.is_learner)
        .fold((0, 0), |(voters, started), member| (voters + 1, started + usize::from(!member.name.is_empty())))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Voters, some of which have started; the first has the id 1.
    fn members(started: u64, not_started: u64) -> Vec<Member> {
        let member = |id| Member {
            id: MemberId(id),
            name: if id <= started { format!("m{id}") } else { String::new() },
            ..Default::default()
        };
        (1..=started + not_started).map(member).collect()
    }

    #[test]
    fn rules_are_those_of_etcd() {
        let add = |started, not| may_add(&members(started, not));
        assert!(add(1, 0) && add(2, 0) && add(3, 0) && add(3, 1) && !add(1, 1) && !add(2, 1) && !add(0, 1));
        let remove = |started, not, id| may_remove(&members(started, not), MemberId(id));
        assert!(remove(3, 0, 1) && remove(2, 1, 3) && remove(2, 0, 1) && remove(1, 1, 2));
        assert!(!remove(2, 1, 1) && !remove(1, 1, 1) && !remove(1, 0, 1) && remove(3, 0, 9));
        let promote = |started, not| may_promote(&members(started, not));
        assert!(promote(1, 0) && promote(1, 1) && promote(2, 1) && !promote(0, 2) && !promote(1, 3));
        let mut learner = members(1, 1);
        learner[1].is_learner = true;
        assert!(may_add(&learner) && may_promote(&learner) && !may_remove(&learner, MemberId(1)));
    }
}
