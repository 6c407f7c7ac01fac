//! A cluster in virtual time, from one seed: members that crash, disks that lag, links that lose, double and reorder.
//!
//! ```text
//!   seed --> next event: tick | deliver | sync a disk | apply | propose | read | change | crash | restart | cut | heal
//!                |
//!                v
//!   members (node, disk, state machine) --outputs--> wire, disk queues, apply queues --> checks after every output
//! ```
//!
//! Logs are cut on disk and in memory, each member's for itself; who needs what is gone gets a snapshot.
//!
//! Checked all the time: one leader a term; every member applies the same entries; what was committed stays; a request is
//! committed once, and beside its own waiter; a read's index is at least all that was committed when it was asked for; a
//! snapshot is of members that came to be by the entries that it stands for.

use super::super::{Committed, SnapshotSent, bootstrap};
use super::kit::{TestNode, TestOutput, change, change_of, config, describe, describe_message, id_of};
use super::member::{Member, Written};
use crate::id::{MemberId, RequestId};
use crate::pb::raftpb::{ConfState, Entry, Message, MessageType};
use bytes::Bytes;
use prost::Message as _;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash};

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
    /// How soon who is down or cut off comes back, in thousandths: so late in some worlds that the others have cut their logs.
    returns: u32,
    // What the checks know.
    chosen: BTreeMap<u64, Entry>,
    /// The members after each entry that changed them, but for those that founders begin with: they know all of each other
    /// before the first of these is applied, and who comes later gets to know one after the other.
    memberships: BTreeMap<u64, ConfState>,
    founders: u64,
    leaders: BTreeMap<u64, u64>,
    requests: BTreeSet<u64>,
    reads: BTreeMap<u64, u64>,
    pub reads_answered: usize,
    pub requests_answered: usize,
    pub snapshots_installed: usize,
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
            returns: if seed.is_multiple_of(2) { 60 } else { 15 },
            chosen: BTreeMap::new(),
            memberships: BTreeMap::new(),
            founders,
            leaders: BTreeMap::new(),
            requests: BTreeSet::new(),
            reads: BTreeMap::new(),
            reads_answered: 0,
            requests_answered: 0,
            snapshots_installed: 0,
        };
        for id in 1..=founders {
            world.members.insert(id, Member::founder(bootstrap(&ids)));
            world.start(id);
        }
        world
    }

    pub fn start(&mut self, id: u64) {
        let config = config(id, self.rng.u64(..));
        self.members.get_mut(&id).unwrap().start(config);
        self.drive(id);
    }

    /// Loses everything that is not on disk, and maybe not even all of what was on its way.
    pub fn crash(&mut self, id: u64) {
        let survivors = self.rng.usize(..=self.members[&id].appends.len());
        (0..survivors).for_each(|_| _ = self.write_one(id));
        self.members.get_mut(&id).unwrap().crash();
    }

    /// One event, chosen by the seed.
    pub fn turn(&mut self) {
        let ids: Vec<u64> = self.members.keys().copied().collect();
        let id = ids[self.rng.usize(..ids.len())];
        let event = self.rng.u32(..1000);
        if self.members[&id].node.is_none() {
            if event < self.returns {
                self.start(id);
            }
            return;
        }
        match event {
            0..200 => self.input(id, |node| node.tick()),
            // More than ticks bring about, or messages would only pile up and little be agreed on.
            200..500 => (0..self.rng.u8(1..8)).for_each(|_| self.deliver_one()),
            500..650 => self.sync(id),
            650..800 => (0..self.rng.u8(1..8)).for_each(|_| self.apply_one(id)),
            800..880 => self.propose(id),
            880..960 => self.read(id),
            960..968 => self.flush(id),
            968..972 => self.crash(id),
            972..978 => self.cut_somebody(),
            978..986 if self.rng.u32(..60) < self.returns => self.cut.clear(),
            986..992 if self.changes => self.change_membership(id),
            992..1000 => self.compact(id),
            _ => {}
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
            member.take(append, committed);
        }
        // Raft has said by now which snapshots it wants.
        if let Some(member) = self.members.get_mut(&id) {
            member.images.clear();
        }
    }

    fn check(&mut self, id: u64, output: &TestOutput) {
        if let Some(leadership) = output.leadership.filter(|leadership| leadership.is_leader) {
            let leader = *self.leaders.entry(leadership.term).or_insert(id);
            assert_eq!(leader, id, "two leaders in term {}", leadership.term);
        }
        if let Some(snapshot) = output.append.as_ref().and_then(|append| append.snapshot.as_ref()) {
            assert!(self.members[&id].images.contains(snapshot), "{snapshot:?} has not come");
            let last = self.chosen.keys().last().copied().unwrap_or_default();
            assert!(snapshot.index <= last, "{snapshot:?} is of what is not committed");
            let known = self.memberships.range(..=snapshot.index).next_back().map(|(_, state)| state);
            assert!(known.is_none_or(|known| *known == sorted(&snapshot.conf_state)), "{snapshot:?}, not {known:?}");
            self.snapshots_installed += 1;
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

    /// Over the wire as bytes, as between real members. A snapshot is sent as of what is on the disk by now.
    fn send(&mut self, messages: Vec<Message>) {
        for mut message in messages {
            if let Some(snapshot) = &mut message.snapshot {
                let flushed = self.members[&message.from].flushed().clone();
                assert!(flushed.index >= snapshot.metadata.index, "what is offered is on disk");
                snapshot.metadata = flushed;
            }
            self.wire.push(message.encode_to_vec());
        }
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
            return self.report(&message, SnapshotSent::NotWhole);
        }
        describe_message(&message).hash(&mut self.history);
        self.arrive(message);
    }

    fn arrive(&mut self, message: Message) {
        use super::super::Refused::{Dropped, Late, NoMember, NotOurPart, Overloaded};
        let text = describe_message(&message);
        let snapshot = message.snapshot.as_ref().map(|snapshot| snapshot.metadata.clone());
        let Some(member) = self.members.get_mut(&message.to) else { return };
        let Some(node) = &mut member.node else { return self.report(&message, SnapshotSent::NotWhole) };
        let result = node.step(message.clone());
        let is_harmless = matches!(result, Ok(()) | Err(Dropped | Late | NoMember(_) | NotOurPart | Overloaded));
        assert!(is_harmless, "{text}: {result:?}");
        member.images.extend(snapshot.filter(|_| result.is_ok()));
        self.report(&message, SnapshotSent::Whole);
        // As for every input.
        self.input(message.to, |_| ());
    }

    /// The sender of a snapshot hears what became of it.
    fn report(&mut self, message: &Message, sent: SnapshotSent) {
        if message.get_msg_type() == MessageType::MsgSnapshot {
            self.input(message.from, |node| node.snapshot_sent(MemberId(message.to), sent));
        }
    }

    fn write_one(&mut self, id: u64) -> Option<Written> {
        let (written, messages) = self.members.get_mut(&id).unwrap().write_one()?;
        self.send(messages);
        Some(written)
    }

    /// The disk syncs some of what waits, and reports the last.
    fn sync(&mut self, id: u64) {
        let waiting = self.members[&id].appends.len();
        let count = if waiting == 0 { 0 } else { self.rng.usize(1..=waiting) };
        let written: Vec<Written> = (0..count).filter_map(|_| self.write_one(id)).collect();
        let Some(last) = written.last().map(|written| written.number) else { return };
        let installed = written.iter().rev().find_map(|written| written.snapshot_index);
        self.input(id, |node| {
            node.persisted(last);
            installed.into_iter().for_each(|index| node.applied(index));
        });
    }

    fn apply_one(&mut self, id: u64) {
        let member = self.members.get_mut(&id).unwrap();
        let Some(entry) = member.next_committed() else { return };
        let Some(node) = &mut member.node else { return };
        if let Some(mut change) = change_of(&entry) {
            let state = &mut member.applied.conf_state;
            // As etcd's members do: no voter is made a learner, and a majority must be left of those who know.
            let is_voter = state.voters.contains(&change.node_id);
            let is_bad = match change.change_type {
                1 => is_voter && state.voters.len() < 3,
                3 => is_voter,
                _ => false,
            };
            change.node_id *= u64::from(!is_bad);
            *state = node.apply_conf_change(&change);
            if entry.index > self.founders {
                let known = self.memberships.entry(entry.index).or_insert_with(|| sorted(state));
                assert_eq!(*known, sorted(state), "member {id} knows others after entry {}", entry.index);
            }
        }
        (member.applied.index, member.applied.term) = (entry.index, entry.term);
        self.input(id, |node| node.applied(entry.index));
    }

    /// The backend writes what is applied. From there a peer can go on.
    fn flush(&mut self, id: u64) {
        self.members.get_mut(&id).unwrap().flush();
        self.drive(id);
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
        let voters = self.members[&id].applied.conf_state.voters.clone();
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

    /// A member lets go of entries that its disk has the effects of: of nearly all, or of those that are long past.
    fn compact(&mut self, id: u64) {
        let kept = if self.rng.bool() { 0 } else { self.rng.u64(..30) };
        let cut = self.rng.u8(..2) == 0;
        let member = self.members.get_mut(&id).unwrap();
        let index = member.flushed().index.saturating_sub(kept);
        if cut {
            member.cut_log(index);
        }
        self.input(id, |node| node.compact(index));
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
        for round in 0..400 {
            for id in &ids {
                if round % 20 == 0 {
                    self.flush(*id);
                }
                self.members.get_mut(id).and_then(|member| member.node.as_mut()).unwrap().tick();
                self.drive(*id);
            }
            for message in std::mem::take(&mut self.wire) {
                let message = Message::decode(&message[..]).unwrap();
                let to = message.to;
                self.arrive(message);
                self.drive(to);
            }
            for id in &ids {
                while !self.members[id].appends.is_empty() {
                    self.sync(*id);
                }
                while self.members[id].can_apply() {
                    self.apply_one(*id);
                }
                self.drive(*id);
            }
        }
        let last = self.chosen.keys().last().copied().unwrap_or_default();
        let voters = self.members.values().max_by_key(|member| member.applied.index).unwrap();
        let voters = voters.applied.conf_state.voters.clone();
        for id in &voters {
            assert_eq!(self.members[id].applied.index, last, "member {id} did not catch up");
        }
        let leads = |id: &&u64| self.members[*id].node.as_ref().unwrap().status().leader == Some(MemberId(**id));
        assert_eq!(voters.iter().filter(leads).count(), 1, "one leader among {voters:?}");
    }
}

fn sorted(state: &ConfState) -> ConfState {
    let mut state = state.clone();
    state.voters.sort_unstable();
    state.learners.sort_unstable();
    state
}
