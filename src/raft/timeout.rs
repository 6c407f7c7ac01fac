//! How long a follower waits before it stands for election.
//!
//! Raft wants the members to wait for different times, so that one stands alone. The raft crate draws the time from the
//! process's random source; here it is a pure function, so that a run can be replayed.

use crate::id::MemberId;

/// Ticks in `[election_ticks, 2 * election_ticks)`: another one for every member and every term.
pub fn election_timeout(seed: u64, id: MemberId, term: u64, election_ticks: usize) -> usize {
    let spread = mix(mix(mix(seed) ^ id.0) ^ term) % election_ticks.max(1) as u64;
    election_ticks + spread as usize
}

/// A voter whose leader is gone, and known to be. It need not wait for silence, only for the other heirs, each in its turn:
/// two who stand at the same time may both fail.
#[derive(Clone, Copy, Debug)]
pub struct Heir {
    /// Who is gone.
    pub leader: MemberId,
    /// Led in this term.
    pub term: u64,
    /// How many stand before this one.
    pub rank: usize,
}

impl Heir {
    /// Does a member in that term, with that leader (0 for none), still wait for its turn?
    pub fn waits(&self, term: u64, leader: u64) -> bool {
        (self.term, self.leader.0) == (term, leader)
    }

    /// Ticks from when the leader was heard to the election, if an election timeout of them counts as over.
    pub fn timeout(&self, election_ticks: usize) -> usize {
        election_ticks + 1 + self.rank
    }
}

/// Steele's splitmix64: a bijection that spreads every bit of its argument over the result.
pub fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn timeouts_fill_their_range_and_depend_on_nothing_else() {
        let of = |seed, id, term| election_timeout(seed, MemberId(id), term, 10);
        let seen: BTreeSet<usize> = (0..200).map(|term| of(7, 1, term)).collect();
        assert_eq!(seen, (10..20).collect());
        assert_eq!(of(7, 1, 3), of(7, 1, 3));
        assert!(
            (0..50).any(|term| of(7, 1, term) != of(7, 2, term))
                && (0..50).any(|term| of(7, 1, term) != of(8, 1, term))
        );
    }
}
