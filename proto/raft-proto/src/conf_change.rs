//! Membership changes: the two wire forms under one trait, and how raft is kept from changes that are not its own.
//!
//! raft acts on three kinds of change. etcd's update changes no membership, and a number from the future is nobody's
//! guess, yet both must pass through raft as a change that counts (a change without members would leave a joint
//! configuration). etcd's convention for that is a change of node 0, which raft-rs skips as well.

use std::borrow::Cow;

use crate::kinds::{ConfChangeTransition, ConfChangeType};
use crate::messages::{ConfChange, ConfChangeSingle, ConfChangeV2};

/// A change in either wire form. raft takes both.
pub trait ConfChangeI {
    /// The second form, with every change that raft cannot act on moved to node 0.
    fn into_v2(self) -> ConfChangeV2;

    /// Like [`into_v2`](Self::into_v2); borrowed when nothing has to change. raft applies and proposes the second form
    /// through this.
    fn as_v2(&self) -> Cow<'_, ConfChangeV2>;

    /// The first form, if it is that one. raft proposes it as it stands.
    fn as_v1(&self) -> Option<&ConfChange>;
}

impl ConfChangeI for ConfChange {
    fn into_v2(self) -> ConfChangeV2 {
        let single = ConfChangeSingle { change_type: self.change_type, node_id: self.node_id };
        ConfChangeV2 { transition: 0, changes: vec![single], context: self.context }.into_v2()
    }

    fn as_v2(&self) -> Cow<'_, ConfChangeV2> {
        Cow::Owned(self.clone().into_v2())
    }

    fn as_v1(&self) -> Option<&ConfChange> {
        Some(self)
    }
}

impl ConfChangeI for ConfChangeV2 {
    fn into_v2(mut self) -> ConfChangeV2 {
        for change in self.changes.iter_mut().filter(|change| !change.is_for_raft()) {
            change.node_id = 0;
        }
        self
    }

    fn as_v2(&self) -> Cow<'_, ConfChangeV2> {
        match self.changes.iter().all(ConfChangeSingle::is_for_raft) {
            true => Cow::Borrowed(self),
            false => Cow::Owned(self.clone().into_v2()),
        }
    }

    fn as_v1(&self) -> Option<&ConfChange> {
        None
    }
}

impl ConfChange {
    /// Whether it is etcd's update of a member, which the getter cannot say.
    pub fn is_update(&self) -> bool {
        self.change_type == ConfChangeType::UPDATE_NODE
    }

    /// Whether etcd has a change of this number.
    pub fn is_known_type(&self) -> bool {
        ConfChangeType::is_known(self.change_type)
    }
}

impl ConfChangeSingle {
    /// Whether it is etcd's update of a member, which the getter cannot say.
    pub fn is_update(&self) -> bool {
        self.change_type == ConfChangeType::UPDATE_NODE
    }

    /// Whether etcd has a change of this number.
    pub fn is_known_type(&self) -> bool {
        ConfChangeType::is_known(self.change_type)
    }

    fn is_for_raft(&self) -> bool {
        ConfChangeType::try_from(self.change_type).is_ok()
    }
}

impl ConfChangeV2 {
    /// Whether etcd has this transition and all of these changes.
    pub fn is_known_type(&self) -> bool {
        ConfChangeTransition::try_from(self.transition).is_ok()
            && self.changes.iter().all(ConfChangeSingle::is_known_type)
    }

    /// Whether it goes through a joint configuration, and then whether raft leaves that by itself.
    pub fn enter_joint(&self) -> Option<bool> {
        match self.get_transition() {
            ConfChangeTransition::Auto if self.changes.len() <= 1 => None,
            ConfChangeTransition::Auto | ConfChangeTransition::Implicit => Some(true),
            ConfChangeTransition::Explicit => Some(false),
        }
    }

    /// Whether it leaves a joint configuration: all but the context is empty.
    pub fn leave_joint(&self) -> bool {
        self.transition == ConfChangeTransition::Auto as i32 && self.changes.is_empty()
    }
}

/// One change.
pub fn new_conf_change_single(node_id: u64, change: ConfChangeType) -> ConfChangeSingle {
    ConfChangeSingle { change_type: change as i32, node_id }
}

/// Reads the notation of raft's test scripts: `v1 l2 r3 u4` adds voter 1 and learner 2, removes 3, updates 4.
pub fn parse_conf_change(text: &str) -> Result<Vec<ConfChangeSingle>, String> {
    text.split_ascii_whitespace().map(parse_single).collect()
}

fn parse_single(token: &str) -> Result<ConfChangeSingle, String> {
    let change_type = match token.as_bytes()[0] {
        b'v' => ConfChangeType::AddNode as i32,
        b'l' => ConfChangeType::AddLearnerNode as i32,
        b'r' => ConfChangeType::RemoveNode as i32,
        b'u' => ConfChangeType::UPDATE_NODE,
        _ => return Err(format!("{token}: expected v, l, r or u and a node id")),
    };
    match token[1..].parse() {
        Ok(node_id) => Ok(ConfChangeSingle { change_type, node_id }),
        Err(error) => Err(format!("{token}: {error}")),
    }
}

/// Writes what [`parse_conf_change`] reads; a change of an unknown kind gets a question mark.
pub fn stringify_conf_change(changes: &[ConfChangeSingle]) -> String {
    let words: Vec<String> = changes
        .iter()
        .map(|change| {
            let letter = match ConfChangeType::try_from(change.change_type) {
                Ok(ConfChangeType::AddNode) => 'v',
                Ok(ConfChangeType::AddLearnerNode) => 'l',
                Ok(ConfChangeType::RemoveNode) => 'r',
                Err(_) if change.is_update() => 'u',
                Err(_) => '?',
            };
            format!("{letter}{}", change.node_id)
        })
        .collect();
    words.join(" ")
}
