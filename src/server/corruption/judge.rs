//! What follows from the hashes of the members: who is to blame, in etcd's rules (reference 8.5). Values in, values out.
//!
//! ```text
//!   own hash, theirs -- initial ----> may this member go on?
//!                    -- periodic ---> at most one alarm: the first who cannot be right, as the leader sees it
//!                    -- compaction -> the minority is to blame; without a majority nobody by name (member 0)
//! ```
//!
//! Hashes are comparable only when they were taken with the same compact revision. What cannot be compared blames nobody.

use crate::{id::MemberId, mvcc::HashKv};
use std::collections::BTreeMap;

/// Who is blamed when it is not known who is at fault: the cluster.
pub const NOBODY: MemberId = MemberId(0);

/// What another member told of its keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Who.
    pub member: MemberId,
    /// Where it is reached.
    pub urls: Vec<String>,
    /// What.
    pub answer: Result<HashKv, NoHash>,
}

/// Why a member told no hash.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoHash {
    /// It has dropped that revision already.
    #[error("etcdserver: mvcc: required revision has been compacted")]
    Compacted,
    /// It has not come to that revision yet.
    #[error("etcdserver: mvcc: required revision is a future revision")]
    FutureRevision,
    /// It is of another cluster.
    #[error("etcdserver: cluster ID mismatch")]
    OtherCluster,
    /// It was not reached, or its answer is none.
    #[error("{0}")]
    Other(String),
}

/// How a member that returns compares with one other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compared {
    /// Nothing is known to the contrary.
    Fine,
    /// Of the same keys it has another hash: one of the two is wrong.
    Different,
    /// Another hash with another compact revision, which says nothing.
    OtherCompaction,
    /// The other one is behind.
    Slow,
    /// This member is behind.
    Behind,
    /// The other one is of another cluster.
    OtherCluster,
}

/// Compares a member that returns, before it serves anybody. It must not go on when one is [`Compared::Different`].
pub fn initial(own: &HashKv, told: &Told) -> Compared {
    match &told.answer {
        Ok(theirs) if theirs.hash == own.hash => Compared::Fine,
        Ok(theirs) if theirs.compact_revision == own.compact_revision => Compared::Different,
        Ok(_) => Compared::OtherCompaction,
        Err(NoHash::FutureRevision) => Compared::Slow,
        Err(NoHash::Compacted) => Compared::Behind,
        Err(NoHash::OtherCluster) => Compared::OtherCluster,
        Err(NoHash::Other(_)) => Compared::Fine,
    }
}

/// What cannot be, as a leader sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    /// The leader's own hash of the same keys has changed.
    Unstable {
        /// First.
        before: HashKv,
        /// Then.
        after: HashKv,
    },
    /// A follower is ahead of its leader.
    Ahead {
        /// The follower.
        member: MemberId,
        /// Its revision.
        theirs: i64,
        /// The leader's, which was asked for later.
        own: i64,
    },
    /// A follower has dropped more than its leader was told to.
    CompactedAhead {
        /// The follower.
        member: MemberId,
        /// Its compact revision.
        theirs: i64,
        /// The leader's, which was asked for later.
        own: i64,
    },
    /// The hashes differ.
    Differs {
        /// The follower.
        member: MemberId,
        /// What it told.
        theirs: HashKv,
        /// What the leader has.
        own: HashKv,
        /// The leader's compact revision, asked for later.
        compacted: i64,
    },
}

/// The outcome of a leader's comparison.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Periodic {
    /// All that cannot be, in order.
    pub findings: Vec<Finding>,
    /// Members that answered.
    pub checked: usize,
    /// The first who is to blame: there is one alarm a round.
    pub alarm: Option<MemberId>,
}

/// Compares a leader with the others. `before` was taken first, then the others were asked for that revision, and once all that
/// was committed by then was applied here, `after` was taken.
pub fn periodic(leader: MemberId, before: &HashKv, after: &HashKv, told: &[Told]) -> Periodic {
    let mut outcome = Periodic::default();
    let same_keys = after.hash_revision == before.hash_revision && after.compact_revision == before.compact_revision;
    if same_keys && after.hash != before.hash {
        outcome.blame(leader, Finding::Unstable { before: *before, after: *after });
    }
    for Told { member, answer, .. } in told {
        let (member, Ok(theirs)) = (*member, answer) else { continue };
        outcome.checked += 1;
        if theirs.revision > after.revision {
            outcome.blame(member, Finding::Ahead { member, theirs: theirs.revision, own: after.revision });
        }
        if theirs.compact_revision > after.compact_revision {
            let (theirs, own) = (theirs.compact_revision, after.compact_revision);
            outcome.blame(member, Finding::CompactedAhead { member, theirs, own });
        }
        if theirs.compact_revision == before.compact_revision && theirs.hash != before.hash {
            let compacted = after.compact_revision;
            outcome.blame(member, Finding::Differs { member, theirs: *theirs, own: *before, compacted });
        }
    }
    outcome
}

impl Periodic {
    fn blame(&mut self, member: MemberId, finding: Finding) {
        self.alarm.get_or_insert(member);
        self.findings.push(finding);
    }
}

/// The outcome of comparing what one compaction has left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compaction {
    /// Members whose hash does not count, and why.
    pub skipped: Vec<(MemberId, String)>,
    /// Those that count, the leader not among them.
    pub checked: usize,
    /// What it comes to.
    pub verdict: Verdict,
}

/// See [`Compaction`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// All members have the same.
    Equal,
    /// Those that could be compared have the same: an older compaction may be known to more.
    NotAll,
    /// They differ.
    Different {
        /// Have most of the members the same?
        majority: Majority,
        /// The hashes in question with those who have them: all, or all but the majority's.
        odd: Vec<(u32, Vec<MemberId>)>,
    },
}

/// Is there a hash that most of the members have?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Majority {
    /// Then the others are wrong.
    Found,
    /// Then nobody knows who is.
    None,
}

impl Compaction {
    /// About whom the alarm is to be raised.
    pub fn alarms(&self) -> Vec<MemberId> {
        match &self.verdict {
            Verdict::Equal | Verdict::NotAll => Vec::new(),
            Verdict::Different { majority: Majority::None, .. } => vec![NOBODY],
            Verdict::Different { majority: Majority::Found, odd } => {
                odd.iter().flat_map(|(_, members)| members).copied().collect()
            }
        }
    }
}

/// Compares what a compaction has left at the leader and at the others. Members that cannot be compared count for the size of
/// a majority.
pub fn compaction(leader: MemberId, own: &HashKv, told: &[Told]) -> Compaction {
    let mut skipped = Vec::new();
    let mut having: BTreeMap<u32, Vec<MemberId>> = BTreeMap::from([(own.hash, vec![leader])]);
    for Told { member, answer, .. } in told {
        match answer {
            Ok(theirs) if theirs.compact_revision == own.compact_revision => {
                having.entry(theirs.hash).or_default().push(*member);
            }
            Ok(theirs) => {
                let (theirs, own) = (theirs.compact_revision, own.compact_revision);
                let reason =
                    format!("the peer's CompactRevision {theirs} doesn't match leader's CompactRevision {own}");
                skipped.push((*member, reason));
            }
            Err(_) => skipped.push((*member, "no response".into())),
        }
    }
    let checked = told.len() - skipped.len();
    if having.len() == 1 {
        let verdict = if skipped.is_empty() { Verdict::Equal } else { Verdict::NotAll };
        return Compaction { skipped, checked, verdict };
    }
    let members = told.len() + 1;
    let quorum = members / 2 + 1;
    let most = having.iter().find(|(_, members)| members.len() >= quorum).map(|(hash, _)| *hash);
    if let Some(hash) = most {
        having.remove(&hash);
    }
    let majority = if most.is_some() { Majority::Found } else { Majority::None };
    Compaction { skipped, checked, verdict: Verdict::Different { majority, odd: having.into_iter().collect() } }
}

/// The hashes of compactions that are still to be compared, newest first; those up to `checked` are done.
pub fn unchecked(kept: Vec<HashKv>, checked: i64) -> Vec<HashKv> {
    let mut kept: Vec<HashKv> = kept.into_iter().filter(|hash| hash.hash_revision > checked).collect();
    kept.sort_by_key(|hash| std::cmp::Reverse(hash.hash_revision));
    kept
}

#[cfg(test)]
mod tests;
