//! A cluster in virtual time, from one seed: members that crash, disks that lag, links that lose, double and reorder.
//!
//! ```text
//!   seed --> next event: tick | deliver | sync a disk | apply | propose | read | change | crash | restart | cut | heal
//!                |
//!                v
//!   members (node, disk, state machine) --outputs--> wire, disk queues, apply queues --> checks after every output
//! ```
//!
//! Checked all the time: one leader a term; every member applies the same entries; what was committed stays; a request is
//! committed once, and beside its own waiter; a read's index is at least all that was committed when it was asked for.

use super::super::{Append, Committed, Restored, bootstrap};
use super::kit::{TestNode, TestOutput, change, change_of, config, describe, describe_message, id_of};
use crate::id::{MemberId, RequestId};
use crate::pb::raftpb::{ConfState, Entry, HardState, Message, MessageType};
use bytes::Bytes;
use prost::Message as _;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::hash::{DefaultHasher, Hash};

#[derive(Debug, Default)]
pub struct Member {
    /// `None` while it is down.
    pub node: Option<TestNode>,
    /// On disk.
    hard_state: HardState,
    log: Vec<Entry>,
    /// On its way there.
    appends: VecDeque<Append>,
    committed: VecDeque<Committed<u64>>,
    pub applied: u64,
    /// As of `flushed`, on disk.
    flushed: u64,
    flushed_state: ConfState,
    state: ConfState,
}

#[derive(Debug)]
pub struct World {
    pub rng: fastrand::Rng,
    pub members: BTreeMap<u64, Member>,
    pub wire: Vec<Vec<u8>>,
    /// Pairs that cannot reach each other.
    pub cut: BTreeSet<(u64, u64)>,
    /// All that happened, for comparison with another run.
    pub history: DefaultHasher,
    next_request: u64,
    changes: bool,
    /// What every member had on disk when the last leader was elected. There are no snapshots yet, so a leader must keep
    /// what a member may not have confirmed to it.
    compactable: u64,
    // What the checks know.
    chosen: BTreeMap<u64, Entry>,
    leaders: BTreeMap<u64, u64>,
    requests: BTreeSet<u64>,
    reads: BTreeMap<u64, u64>,
    pub reads_answered: usize,
    pub requests_answered: usize,
}

/// What the seed decides once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Membership {
    /// The founders stay.
    Fixed,
    /// Members come and go.
    Changing,
}

impl World {
    pub fn new(seed: u64, founders: u64, membership: Membership) -> Self {
        let ids: Vec<(MemberId, Bytes)> = (1..=founders).map(|id| (MemberId(id), Bytes::new())).collect();
        let mut world = Self {
            rng: fastrand::Rng::with_seed(seed),
            members: BTreeMap::new(),
            wire: Vec::new(),
            cut: BTreeSet::new(),
            history: DefaultHasher::new(),
            next_request: 0,
            changes: membership == Membership::Changing,
            compactable: 0,
            chosen: BTreeMap::new(),
            leaders: BTreeMap::new(),
            requests: BTreeSet::new(),
            reads: BTreeMap::new(),
            reads_answered: 0,
            requests_answered: 0,
        };
        for id in 1..=founders {
            let (log, hard_state, flushed_state) = bootstrap(&ids);
            world.members.insert(id, Member { hard_state, log, flushed_state, ..Member::default() });
            world.start(id);
        }
        world
    }

    pub fn start(&mut self, id: u64) {
        let seed = self.rng.u64(..);
        let member = self.members.get_mut(&id).unwrap();
        let mut config = config(id, seed);
        config.applied = member.flushed;
        let restored = Restored {
            hard_state: member.hard_state,
            conf_state: member.flushed_state.clone(),
            entries: member.log.clone(),
            ..Restored::default()
        };
        (member.applied, member.state) = (member.flushed, member.flushed_state.clone());
        member.node = Some(TestNode::new(config, restored).unwrap());
        self.drive(id);
    }

    /// Loses everything that is not on disk, and maybe not even all of what was on its way.
    pub fn crash(&mut self, id: u64) {
        let survivors = self.rng.usize(..=self.members[&id].appends.len());
        (0..survivors).for_each(|_| _ = self.write_one(id));
        let member = self.members.get_mut(&id).unwrap();
        member.node = None;
        member.appends.clear();
        member.committed.clear();
    }

    /// One event, chosen by the seed.
    pub fn turn(&mut self) {
        let ids: Vec<u64> = self.members.keys().copied().collect();
        let id = ids[self.rng.usize(..ids.len())];
        let event = self.rng.u32(..1000);
        if self.members[&id].node.is_none() {
            if event < 60 {
                self.start(id);
            }
            return;
        }
        match event {
            0..200 => self.input(id, |node| node.tick()),
            200..500 => self.deliver_one(),
            500..650 => self.sync(id),
            650..800 => self.apply_one(id),
            800..880 => self.propose(id),
            880..960 => self.read(id),
            960..968 => self.flush(id),
            968..972 => self.crash(id),
            972..978 => self.cut_somebody(),
            978..990 => self.cut.clear(),
            990..996 if self.changes => self.change_membership(id),
            _ => self.compact(),
        }
    }

    fn input(&mut self, id: u64, act: impl FnOnce(&mut TestNode)) {
        let Some(node) = self.members.get_mut(&id).and_then(|member| member.node.as_mut()) else { return };
        act(node);
        // Sometimes several inputs come before an output is taken.
        if self.rng.u8(..4) > 0 {
            self.drive(id);
        }
    }

    /// Takes a member's outputs.
    pub fn drive(&mut self, id: u64) {
        while let Some(output) = self.members.get_mut(&id).and_then(|member| member.node.as_mut()?.take_output()) {
            (id, describe(&output)).hash(&mut self.history);
            self.check(id, &output);
            let TestOutput { append, messages, committed, .. } = output;
            self.send(messages);
            let member = self.members.get_mut(&id).unwrap();
            member.committed.extend(committed);
            member.appends.extend(append);
        }
    }

    fn check(&mut self, id: u64, output: &TestOutput) {
        if let Some(leadership) = output.leadership.filter(|leadership| leadership.is_leader) {
            let leader = *self.leaders.entry(leadership.term).or_insert(id);
            assert_eq!(leader, id, "two leaders in term {}", leadership.term);
            self.compactable = self.members.values().map(|member| member.flushed).min().unwrap_or_default();
        }
        for Committed { entry, waiter } in &output.committed {
            let request = id_of(entry).map(|id| id.0).filter(|id| *id > 0);
            if let Some(chosen) = self.chosen.get(&entry.index) {
                assert_eq!(chosen, entry, "member {id} has another entry");
            } else {
                assert!(request.is_none_or(|request| self.requests.insert(request)), "{request:?} is committed twice");
                self.chosen.insert(entry.index, entry.clone());
            }
            assert!(waiter.is_none() || *waiter == request, "{waiter:?} got the outcome of {request:?}");
            self.requests_answered += usize::from(waiter.is_some());
        }
        for (reads, index) in &output.reads {
            for read in reads {
                let required = self.reads.remove(read).expect("a read is answered once");
                assert!(*index >= required, "read {read} got index {index}, {required} was committed before it began");
                self.reads_answered += 1;
            }
        }
        for (read, _) in &output.refused_reads {
            self.reads.remove(read).expect("a read is answered once");
        }
    }

    /// Over the wire as bytes, as between real members.
    fn send(&mut self, messages: Vec<Message>) {
        self.wire.extend(messages.iter().map(|message| message.encode_to_vec()));
    }

    fn deliver_one(&mut self) {
        if self.wire.is_empty() {
            return;
        }
        // Mostly in order, now and then not.
        let at = if self.rng.u8(..3) == 0 { self.rng.usize(..self.wire.len()) } else { 0 };
        let message = Message::decode(&self.wire[at][..]).unwrap();
        // A link would double a proposal only by a bug, and raft cannot tell.
        let once = message.get_msg_type() == MessageType::MsgPropose;
        if once || self.rng.u8(..20) > 0 {
            self.wire.remove(at);
        }
        let is_cut = self.cut.contains(&(message.from.min(message.to), message.from.max(message.to)));
        if is_cut || self.rng.u8(..20) == 0 {
            return;
        }
        describe_message(&message).hash(&mut self.history);
        let (to, text) = (message.to, describe_message(&message));
        self.input(to, |node| {
            let result = node.step(message);
            use super::super::Refused::{Dropped, Late, NoMember, NotOurPart, Overloaded};
            let is_harmless = matches!(result, Ok(()) | Err(Dropped | Late | NoMember(_) | NotOurPart | Overloaded));
            assert!(is_harmless, "{text}: {result:?}");
        });
    }

    fn write_one(&mut self, id: u64) -> u64 {
        let member = self.members.get_mut(&id).unwrap();
        let Some(append) = member.appends.pop_front() else { return 0 };
        if let Some(first) = append.entries.first() {
            assert!(first.index <= member.log.len() as u64 + 1, "a gap on the disk");
            member.log.truncate(first.index as usize - 1);
        }
        member.log.extend(append.entries);
        member.hard_state = append.hard_state.unwrap_or(member.hard_state);
        self.send(append.messages_after);
        append.number
    }

    /// The disk syncs some of what waits, and reports the last.
    fn sync(&mut self, id: u64) {
        let waiting = self.members[&id].appends.len();
        if waiting == 0 {
            return;
        }
        let count = self.rng.usize(1..=waiting);
        let number = (0..count).map(|_| self.write_one(id)).last().unwrap_or_default();
        self.input(id, |node| node.persisted(number));
    }

    fn apply_one(&mut self, id: u64) {
        let member = self.members.get_mut(&id).unwrap();
        let (Some(node), Some(Committed { entry, .. })) = (&mut member.node, member.committed.pop_front()) else {
            return;
        };
        assert_eq!(entry.index, member.applied + 1, "entries come in order");
        if let Some(mut change) = change_of(&entry) {
            // As etcd's members do: no voter is made a learner, and a majority must be left of those who know.
            let is_voter = member.state.voters.contains(&change.node_id);
            let is_bad = match change.change_type {
                1 => is_voter && member.state.voters.len() < 3,
                3 => is_voter,
                _ => false,
            };
            change.node_id *= u64::from(!is_bad);
            member.state = node.apply_conf_change(&change);
        }
        member.applied = entry.index;
        self.input(id, |node| node.applied(entry.index));
    }

    /// The backend writes what is applied.
    fn flush(&mut self, id: u64) {
        let member = self.members.get_mut(&id).unwrap();
        // It may have come further than the hard state on disk, but not than the log on disk.
        assert!(member.applied <= member.log.len() as u64);
        (member.flushed, member.flushed_state) = (member.applied, member.state.clone());
    }

    pub fn propose(&mut self, id: u64) {
        self.next_request += 1;
        let request = self.next_request;
        self.input(id, |node| node.propose(RequestId(request), format!("{request} x").into(), Some(request)));
    }

    pub fn read(&mut self, id: u64) {
        self.next_request += 1;
        let read = self.next_request;
        self.reads.insert(read, self.chosen.keys().last().copied().unwrap_or_default());
        self.input(id, |node| node.read_index(read));
    }

    fn cut_somebody(&mut self) {
        let ids: Vec<u64> = self.members.keys().copied().collect();
        let lonely = ids[self.rng.usize(..ids.len())];
        self.cut.extend(ids.iter().filter(|id| **id != lonely).map(|id| (lonely.min(*id), lonely.max(*id))));
    }

    fn change_membership(&mut self, id: u64) {
        let voters = self.members[&id].state.voters.clone();
        let target = 1 + self.rng.u64(..5);
        let is_gone = |id: &u64| {
            self.chosen.values().filter_map(change_of).any(|change| change.change_type == 1 && change.node_id == *id)
        };
        let kind = match self.rng.u8(..5) {
            0 if voters.len() >= 3 && voters.contains(&target) => "remove",
            1 => "update",
            2 if !voters.contains(&target) && !is_gone(&target) => "learner",
            3 | 4 if !is_gone(&target) => "add",
            _ => return,
        };
        if kind != "remove" && kind != "update" && !self.members.contains_key(&target) {
            self.members.insert(target, Member::default());
            self.start(target);
        }
        self.next_request += 1;
        let change = change(self.next_request, kind, target);
        self.input(id, |node| node.propose_conf_change(RequestId(change.id), &change, Some(change.id)));
    }

    fn compact(&mut self) {
        // Members to come need it all.
        let index = if self.changes { 0 } else { self.compactable };
        self.members.values_mut().filter_map(|member| member.node.as_mut()).for_each(|node| node.compact(index));
    }

    /// Everybody up, no losses, until every member has what the leader has. Panics if that does not come.
    pub fn recover(&mut self) {
        self.cut.clear();
        let ids: Vec<u64> = self.members.keys().copied().collect();
        for id in &ids {
            if self.members[id].node.is_none() {
                self.start(*id);
            }
        }
        for _ in 0..400 {
            for id in &ids {
                self.members.get_mut(id).and_then(|member| member.node.as_mut()).unwrap().tick();
                self.drive(*id);
            }
            for message in std::mem::take(&mut self.wire) {
                let message = Message::decode(&message[..]).unwrap();
                let to = message.to;
                let _ = self.members.get_mut(&to).and_then(|member| member.node.as_mut()).unwrap().step(message);
                self.drive(to);
            }
            for id in &ids {
                while !self.members[id].appends.is_empty() {
                    self.sync(*id);
                }
                while !self.members[id].committed.is_empty() {
                    self.apply_one(*id);
                }
                self.drive(*id);
            }
        }
        let last = self.chosen.keys().last().copied().unwrap_or_default();
        let voters = self.members.values().max_by_key(|member| member.applied).unwrap().state.voters.clone();
        for id in &voters {
            assert_eq!(self.members[id].applied, last, "member {id} did not catch up");
        }
        let leads = |id: &&u64| self.members[*id].node.as_ref().unwrap().status().leader == Some(MemberId(**id));
        assert_eq!(voters.iter().filter(leads).count(), 1, "one leader among {voters:?}");
    }
}
