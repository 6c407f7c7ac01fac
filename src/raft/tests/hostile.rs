//! Messages that nobody of good will sends, to nodes in every part: refused or taken, never a panic, and what was
//! handed out as committed stays in order.

use super::super::{PreVote, Restored, Role, bootstrap};
use super::cluster::seeds;
use super::kit::{TestNode, change, change_of, config};
use crate::id::{MemberId, RequestId};
use crate::pb::raftpb::{ConfChange, ConfState, Entry, Message, MessageType, Snapshot};
use bytes::Bytes;
use prost::Message as _;
use std::collections::BTreeSet;

/// What members send each other: proposals, appends, votes, snapshots, heartbeats, reads, hand-over, and the answers.
const KINDS: [i32; 14] = [2, 3, 3, 4, 5, 6, 7, 8, 9, 14, 15, 16, 17, 18];

struct Victim {
    node: TestNode,
    rng: fastrand::Rng,
    /// With the index of a snapshot that comes with it.
    unpersisted: Vec<(u64, Option<u64>)>,
    snapshots: usize,
    committed: u64,
    unapplied: Vec<Entry>,
    next_request: u64,
}

fn victim(seed: u64) -> Victim {
    let rng = fastrand::Rng::with_seed(seed);
    let founders: Vec<(MemberId, Bytes)> = (1..=1 + seed % 3).map(|id| (MemberId(id), Bytes::new())).collect();
    let (entries, hard_state, conf_state) = bootstrap(&founders);
    // Every fourth knows nobody yet.
    let restored = match seed % 4 {
        0 => Restored::default(),
        _ => Restored { entries, hard_state, conf_state, ..Restored::default() },
    };
    let mut settings = config(1, seed);
    settings.pre_vote = if seed.is_multiple_of(2) { PreVote::On } else { PreVote::Off };
    let node = TestNode::new(settings, restored).unwrap();
    Victim { node, rng, unpersisted: Vec::new(), snapshots: 0, committed: 0, unapplied: Vec::new(), next_request: 1 }
}

impl Victim {
    fn act(&mut self) {
        let request = self.next_request;
        self.next_request += 1;
        match self.rng.u8(..20) {
            0..2 => self.node.tick(),
            2 => (0..25).for_each(|_| self.node.tick()),
            3 => self.node.propose(RequestId(request), format!("{request} x").into(), Some(request)),
            4 => self.node.read_index(request),
            5 => self.node.campaign(),
            6 => {
                let kind = ["add", "learner", "remove", "update"][self.rng.usize(..4)];
                let change = change(request, kind, self.rng.u64(..5));
                self.node.propose_conf_change(RequestId(request), &change, Some(request));
            }
            7..9 => self.persist(),
            9..11 => self.apply(),
            11 => self.node.compact(self.rng.u64(..=self.committed + 1)),
            12 => self.node.transfer_leadership(MemberId(self.rng.u64(..5))),
            _ => {
                let message = self.message();
                // Over the wire and back, as it would come.
                let message = Message::decode(&message.encode_to_vec()[..]).unwrap();
                let _ = self.node.step(message);
            }
        }
        if self.rng.bool() {
            self.drain();
        }
    }

    fn drain(&mut self) {
        while let Some(output) = self.node.take_output() {
            if let Some(append) = output.append {
                let snapshot = append.snapshot.map(|snapshot| snapshot.index);
                self.unpersisted.push((append.number, snapshot));
                if let Some(index) = snapshot {
                    assert!(index >= self.committed);
                    self.snapshots += 1;
                    self.committed = index;
                    self.unapplied.clear();
                }
            }
            for committed in output.committed {
                assert_eq!(committed.entry.index, self.committed + 1);
                self.committed += 1;
                self.unapplied.push(committed.entry);
            }
        }
    }

    fn persist(&mut self) {
        if !self.unpersisted.is_empty() {
            let last = self.rng.usize(..self.unpersisted.len());
            self.node.persisted(self.unpersisted[last].0);
            for (_, snapshot) in self.unpersisted.drain(..=last) {
                snapshot.into_iter().for_each(|index| self.node.applied(index));
            }
        }
    }

    fn apply(&mut self) {
        for entry in std::mem::take(&mut self.unapplied) {
            if let Some(change) = change_of(&entry) {
                self.node.apply_conf_change(&change);
            }
            self.node.applied(entry.index);
        }
    }

    /// Mostly close to what the node knows, where the interesting mistakes are.
    fn near(&mut self, number: u64) -> u64 {
        match self.rng.u8(..40) {
            0 => u64::MAX,
            1 => 0,
            2 => self.rng.u64(..),
            3 => u64::MAX / 2,
            _ => number.saturating_add(self.rng.u64(..5)).saturating_sub(2),
        }
    }

    fn message(&mut self) -> Message {
        let status = self.node.status();
        let index = [status.last_index, status.commit, status.persisted][self.rng.usize(..3)];
        let term = status.term;
        let log_term = self.node.term_of(index).unwrap_or(status.term);
        // Mostly of kinds that go between members, from members, and with a term where there must be one.
        let odd_kind = self.rng.u8(..10) == 0;
        let msg_type = if odd_kind { self.rng.i32(0..24) } else { KINDS[self.rng.usize(..KINDS.len())] };
        let is_question = msg_type == 2 || msg_type == 15;
        let leader = status.leader.map_or(2, |leader| leader.0);
        let mut message = Message {
            msg_type,
            to: if self.rng.u8(..40) == 0 { self.rng.u64(..3) } else { 1 },
            from: if self.rng.bool() { leader } else { self.rng.u64(..6) },
            term: match self.rng.u8(..8) {
                0 => self.near(term),
                1 => 0,
                _ if is_question => 0,
                _ => status.term,
            },
            index: if self.rng.bool() { index } else { self.near(index) },
            log_term: if self.rng.bool() { log_term } else { self.near(log_term) },
            commit: self.near(status.commit),
            reject: self.rng.bool(),
            reject_hint: self.near(index),
            ..Message::default()
        };
        if self.rng.u8(..10) == 0 {
            message.context = [&b""[..], b"CampaignTransfer", b"12345678"][self.rng.usize(..3)].into();
        }
        if message.msg_type == MessageType::MsgSnapshot as i32 || self.rng.u8(..10) == 0 {
            message.snapshot = Some(self.snapshot(index));
        }
        let count = self.rng.usize(..4);
        message.entries = (1..=count as u64).map(|i| self.entry(message.index.wrapping_add(i), message.term)).collect();
        message
    }

    fn snapshot(&mut self, index: u64) -> Snapshot {
        let mut snapshot = Snapshot::default();
        snapshot.metadata.index = self.near(index);
        snapshot.metadata.term = self.rng.u64(..5);
        if self.rng.bool() {
            snapshot.metadata.conf_state = ConfState::from((vec![1, 2, 3], vec![4]));
            return snapshot;
        }
        snapshot.metadata.conf_state.voters = (0..self.rng.u64(..4)).collect();
        snapshot.metadata.conf_state.learners = (0..self.rng.u64(..3)).collect();
        snapshot
    }

    fn entry(&mut self, index: u64, term: u64) -> Entry {
        let mut entry = Entry { index, term, data: "0 x".into(), ..Entry::default() };
        match self.rng.u8(..12) {
            0 => entry.index = self.near(index),
            1 => entry.term = self.near(term),
            2 => entry.entry_type = self.rng.i32(0..5),
            3 => {
                entry.entry_type = 1;
                let change = ConfChange {
                    change_type: self.rng.i32(-1..6),
                    node_id: self.rng.u64(..6),
                    ..ConfChange::default()
                };
                entry.data = change.encode_to_vec().into();
            }
            4 => entry.data = Bytes::new(),
            _ => {}
        }
        entry
    }
}

#[test]
fn hostile_messages_do_no_harm() {
    let mut roles = BTreeSet::new();
    let seen = std::cell::RefCell::new(&mut roles);
    let snapshots = std::cell::Cell::new(0);
    seeds(300, |seed| {
        let mut victim = victim(seed);
        for _ in 0..1_500 {
            victim.act();
            seen.borrow_mut().insert(format!("{:?}", victim.node.status().role));
        }
        snapshots.set(snapshots.get() + victim.snapshots);
    });
    if std::env::var_os("RAFT_SEED").is_none() {
        let all = [Role::Follower, Role::PreCandidate, Role::Candidate, Role::Leader].map(|role| format!("{role:?}"));
        assert!(all.iter().all(|role| roles.contains(role)), "{roles:?}");
        assert!(snapshots.get() > 300, "{} snapshots were taken", snapshots.get());
    }
}
