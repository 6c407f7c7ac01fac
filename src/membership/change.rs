//! What a conf change asks of the cluster, and whether it may have it.
//!
//! The rules are those that etcd applies when the entry's turn comes. They look at the members alone, so that every
//! member judges alike; whether a change is wise (enough members started, the learner in sync) is asked before it is
//! proposed, elsewhere.

use super::member::Member;
use crate::{
    id::MemberId,
    pb::raftpb::{ConfChange, ConfChangeType},
};
use bytes::Bytes;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// One change of the membership.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A new member.
    Add(Member),
    /// A learner becomes a voter.
    Promote(MemberId),
    /// A member leaves for good.
    Remove(MemberId),
    /// A member gets other peer URLs.
    Update {
        /// Which.
        id: MemberId,
        /// All of them from now on.
        peer_urls: Vec<String>,
    },
}

/// A deterministic no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeRefusal {
    /// The id belonged to a removed member.
    Removed,
    /// No member of that id.
    NotFound,
    /// The id is taken.
    Exists,
    /// Another member has one of the peer URLs.
    PeerUrlExists,
    /// To be promoted, but no learner.
    NotLearner,
    /// More learners than are allowed.
    TooManyLearners,
}

/// A conf change that nobody can have proposed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("conf change {id:x}: {reason}")]
pub struct Malformed {
    /// The proposal's id.
    pub id: u64,
    /// What is wrong with it.
    pub reason: String,
}

/// The context of an addition: a member, and whether it is a learner to be promoted instead.
#[derive(Deserialize)]
struct Addition {
    #[serde(flatten)]
    member: Member,
    #[serde(rename = "isPromote", default)]
    is_promote: bool,
}

impl Change {
    /// Reads a change of etcd's first form; the context of additions and updates is a member's JSON.
    pub fn read(change: &ConfChange) -> Result<Self, Malformed> {
        let malformed = |reason: String| Malformed { id: change.id, reason };
        let id = MemberId(change.node_id);
        let same = |member: Member| match member.id == id {
            true => Ok(member),
            false => Err(malformed(format!("for member {id}, but its context is of member {}", member.id))),
        };
        if change.is_update() {
            let member = serde_json::from_slice(&change.context).map_err(|error| malformed(error.to_string()))?;
            return Ok(Self::Update { id, peer_urls: same(member)?.peer_urls });
        }
        match ConfChangeType::try_from(change.change_type) {
            Ok(ConfChangeType::AddNode | ConfChangeType::AddLearnerNode) => {
                let addition: Addition =
                    serde_json::from_slice(&change.context).map_err(|error| malformed(error.to_string()))?;
                let member = same(addition.member)?;
                Ok(if addition.is_promote { Self::Promote(id) } else { Self::Add(member) })
            }
            Ok(ConfChangeType::RemoveNode) => Ok(Self::Remove(id)),
            Err(_) => Err(malformed(format!("of the unknown type {}", change.change_type))),
        }
    }

    /// The change as etcd proposes it, without an id of its own.
    pub fn to_conf_change(&self) -> ConfChange {
        let with = |kind, context| {
            let mut change = ConfChange { node_id: self.id().0, context, ..ConfChange::default() };
            change.change_type = kind;
            change
        };
        let (add, add_learner) = (ConfChangeType::AddNode as i32, ConfChangeType::AddLearnerNode as i32);
        match self {
            Self::Add(member) if member.is_learner => with(add_learner, member.to_json().into()),
            Self::Add(member) => with(add, member.to_json().into()),
            Self::Promote(id) => {
                let context = format!(r#"{{"id":{},"peerURLs":null,"isPromote":true}}"#, id.0);
                with(add, context.into())
            }
            Self::Remove(_) => with(ConfChangeType::RemoveNode as i32, Bytes::new()),
            Self::Update { id, peer_urls } => {
                let member = Member { id: *id, peer_urls: peer_urls.clone(), ..Member::default() };
                with(ConfChangeType::UPDATE_NODE, member.to_json().into())
            }
        }
    }

    /// The member that it is about.
    pub fn id(&self) -> MemberId {
        match self {
            Self::Add(member) => member.id,
            Self::Promote(id) | Self::Remove(id) | Self::Update { id, .. } => *id,
        }
    }

    /// May it happen to these members? `learners_max` is how many of them may be learners.
    pub(super) fn check(
        &self,
        members: &BTreeMap<MemberId, Member>,
        removed: &BTreeSet<MemberId>,
        learners_max: usize,
    ) -> Result<(), ChangeRefusal> {
        use ChangeRefusal::*;
        let id = self.id();
        if removed.contains(&id) {
            return Err(Removed);
        }
        let member = members.get(&id);
        match self {
            Self::Add(_) if member.is_some() => Err(Exists),
            Self::Add(new) if has_url(members.values(), &new.peer_urls) => Err(PeerUrlExists),
            Self::Add(new) if new.is_learner && learners(members) >= learners_max => Err(TooManyLearners),
            Self::Add(_) => Ok(()),
            Self::Promote(_) => match member.ok_or(NotFound)?.is_learner {
                true => Ok(()),
                false => Err(NotLearner),
            },
            Self::Remove(_) => member.map(|_| ()).ok_or(NotFound),
            Self::Update { peer_urls, .. } => {
                member.ok_or(NotFound)?;
                match has_url(members.values().filter(|other| other.id != id), peer_urls) {
                    true => Err(PeerUrlExists),
                    false => Ok(()),
                }
            }
        }
    }
}

fn learners(members: &BTreeMap<MemberId, Member>) -> usize {
    members.values().filter(|member| member.is_learner).count()
}

fn has_url<'a>(mut members: impl Iterator<Item = &'a Member>, urls: &[String]) -> bool {
    members.any(|member| member.peer_urls.iter().any(|url| urls.contains(url)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_proposed_is_read_back() {
        let member = |is_learner| Member {
            id: MemberId(7),
            peer_urls: vec!["http://a:1".into()],
            is_learner,
            ..Member::default()
        };
        for change in [
            Change::Add(member(false)),
            Change::Add(member(true)),
            Change::Promote(MemberId(7)),
            Change::Remove(MemberId(7)),
            Change::Update { id: MemberId(7), peer_urls: vec!["http://b:2".into()] },
        ] {
            assert_eq!(Change::read(&change.to_conf_change()), Ok(change));
        }
        let context = Change::Promote(MemberId(7)).to_conf_change().context;
        assert_eq!(context, r#"{"id":7,"peerURLs":null,"isPromote":true}"#);
    }
}
