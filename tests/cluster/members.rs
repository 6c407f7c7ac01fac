//! The obvious model of the membership: etcd's rules, carried out change by change in the order of the log.

use etcd::membership::Change;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Debug)]
struct One {
    urls: Vec<String>,
    is_learner: bool,
}

/// Was a change carried out?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judged {
    Done,
    Refused,
}

/// Who belongs to the cluster, and who did at every entry before.
#[derive(Clone, Debug, Default)]
pub struct Members {
    members: BTreeMap<u64, One>,
    removed: BTreeSet<u64>,
    /// The voters from each of these entries on.
    voters: BTreeMap<u64, BTreeSet<u64>>,
}

impl Members {
    /// The founders know each other before the log says so.
    pub fn founded(founders: impl IntoIterator<Item = u64>) -> Self {
        let voters = BTreeMap::from([(0, founders.into_iter().collect())]);
        Self { voters, ..Self::default() }
    }

    pub fn contains(&self, id: u64) -> bool {
        self.members.contains_key(&id)
    }

    pub fn is_removed(&self, id: u64) -> bool {
        self.removed.contains(&id)
    }

    pub fn ids(&self) -> Vec<u64> {
        self.members.keys().copied().collect()
    }

    pub fn learners(&self) -> Vec<u64> {
        self.members.iter().filter(|(_, one)| one.is_learner).map(|(id, _)| *id).collect()
    }

    /// Those that count now.
    pub fn voters(&self) -> BTreeSet<u64> {
        self.voters.values().next_back().cloned().unwrap_or_default()
    }

    /// All members and whether they are learners, as an answer tells it.
    pub fn list(&self) -> Vec<(u64, bool)> {
        self.members.iter().map(|(id, one)| (*id, one.is_learner)).collect()
    }

    /// The voters that a member may go by who has applied the entries up to one of these. A leader that is removed goes by
    /// the voters of before for a while.
    pub fn voters_between(&self, leader: u64, applied: std::ops::RangeInclusive<u64>) -> Vec<&BTreeSet<u64>> {
        let (from, to) = (*applied.start(), *applied.end());
        let at_first = self.voters.range(..=from).next_back();
        let later = self.voters.range(from + 1..=to.max(from + 1)).filter(|(index, _)| **index <= to);
        let mut sets: Vec<_> = at_first.into_iter().chain(later).map(|(_, voters)| voters).collect();
        if sets.last().is_some_and(|last| !last.contains(&leader)) {
            let before = self.voters.range(..=from).rev().find(|(_, voters)| voters.contains(&leader));
            sets.extend(before.map(|(_, voters)| voters));
        }
        sets
    }

    /// The change at entry `index`.
    pub fn make(&mut self, index: u64, change: &Change, learners_max: usize) -> Judged {
        let id = change.id().0;
        if self.removed.contains(&id) || !self.is_possible(change, learners_max) {
            return Judged::Refused;
        }
        match change {
            Change::Add(member) => {
                let one = One { urls: member.peer_urls.clone(), is_learner: member.is_learner };
                self.members.insert(id, one);
            }
            Change::Promote(_) => {
                self.members.entry(id).and_modify(|one| one.is_learner = false);
            }
            Change::Remove(_) => {
                self.members.remove(&id);
                self.removed.insert(id);
            }
            Change::Update { peer_urls, .. } => {
                self.members.entry(id).and_modify(|one| one.urls.clone_from(peer_urls));
            }
        }
        let founders = self.voters.get(&0).cloned().unwrap_or_default();
        let told: BTreeSet<u64> = self.members.iter().filter(|(_, one)| !one.is_learner).map(|(id, _)| *id).collect();
        // The first entries tell of the founders one by one.
        if !(told.len() < founders.len() && self.removed.is_empty() && told.is_subset(&founders)) {
            self.voters.insert(index, told);
        }
        Judged::Done
    }

    fn is_possible(&self, change: &Change, learners_max: usize) -> bool {
        let there = self.members.get(&change.id().0);
        let has_url = |urls: &[String], but: Option<u64>| {
            let others = self.members.iter().filter(|(id, _)| Some(**id) != but);
            others.flat_map(|(_, one)| &one.urls).any(|url| urls.contains(url))
        };
        match change {
            Change::Add(member) => {
                let is_full = member.is_learner && self.learners().len() >= learners_max;
                there.is_none() && !has_url(&member.peer_urls, None) && !is_full
            }
            Change::Promote(_) => there.is_some_and(|one| one.is_learner),
            Change::Remove(_) => there.is_some(),
            Change::Update { id, peer_urls } => there.is_some() && !has_url(peer_urls, Some(id.0)),
        }
    }
}
