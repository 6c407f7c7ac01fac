//! A few nodes on a stage, moved by commands: the runner behind the transcripts.
//!
//! ```text
//!   found ID..                       starts members of a new cluster
//!   join ID                          starts a member that knows nobody
//!   restore ID members=1,2 hs=T,V,C applied=I snapshot=I@T log=T,T,..   starts one from what a disk gave back
//!   ID tick [N] | campaign | propose REQUEST TEXT | change REQUEST KIND MEMBER | read READ | forget REQUEST
//!   ID gone ID                       that peer's process has ended
//!   ID persisted N | applied I | effect KIND MEMBER | compact I | transfer ID | stop
//!   ID offer I@T VOTER,.. LEARNER,.. | sent ID whole|not      snapshots: one can be made; one was sent
//!   ID output                        takes all outputs; their messages wait on the wire
//!   ID status
//!   deliver [FROM->TO] | drop [FROM->TO]     what waits on the wire, in order
//!   settle                           persists, applies and delivers in silence until nothing is left
//! ```

use super::super::{Restored, SnapshotSent, bootstrap};
use super::kit::{TestNode, TestOutput, change, change_of, config, describe, entry};
use crate::id::{MemberId, RequestId};
use crate::pb::raftpb::{ConfState, HardState, Message, SnapshotMetadata};
use bytes::Bytes;
use std::collections::BTreeMap;

#[derive(Debug, Default)]
pub struct Stage {
    pub nodes: BTreeMap<u64, TestNode>,
    pub wire: Vec<Message>,
}

fn number(word: Option<&str>) -> u64 {
    word.and_then(|word| word.parse().ok()).expect("a number")
}

fn numbers(text: &str) -> Vec<u64> {
    text.split([',', '@']).filter(|word| !word.is_empty()).map(|word| number(Some(word))).collect()
}

impl Stage {
    /// Carries out one command and returns what it shows.
    pub fn run(&mut self, command: &str) -> String {
        let mut words = command.split_whitespace();
        match words.next().expect("a command") {
            "found" => self.found(&words.map(|word| number(Some(word))).collect::<Vec<_>>()),
            "join" => self.start(number(words.next()), Restored::default(), 0),
            "restore" => return self.restore(number(words.next()), words),
            "deliver" => return self.deliver(words.next()),
            "drop" => drop(self.take_wire(words.next())),
            "settle" => self.settle(),
            id => return self.act(number(Some(id)), words),
        }
        String::new()
    }

    /// Starts the founders of a cluster.
    pub fn found(&mut self, ids: &[u64]) {
        let founders: Vec<(MemberId, Bytes)> = ids.iter().map(|id| (MemberId(*id), Bytes::new())).collect();
        for id in ids {
            let (entries, hard_state, conf_state) = bootstrap(&founders);
            self.start(*id, Restored { entries, hard_state, conf_state, ..Restored::default() }, 0);
        }
    }

    fn start(&mut self, id: u64, restored: Restored, applied: u64) {
        let mut config = config(id, 1);
        config.applied = applied;
        self.nodes.insert(id, TestNode::new(config, restored).unwrap());
    }

    fn restore<'a>(&mut self, id: u64, words: impl Iterator<Item = &'a str>) -> String {
        let (mut restored, mut applied) = (Restored::default(), 0);
        for (key, value) in words.filter_map(|word| word.split_once('=')) {
            let values = numbers(value);
            match key {
                "members" => restored.conf_state = ConfState::from((values, Vec::new())),
                "hs" => restored.hard_state = HardState { term: values[0], vote: values[1], commit: values[2] },
                "applied" => applied = values[0],
                "snapshot" => (restored.snapshot_index, restored.snapshot_term) = (values[0], values[1]),
                "log" => {
                    let entries = values.iter().zip(restored.snapshot_index + 1..);
                    restored.entries =
                        entries.map(|(term, index)| entry(index, *term, &format!("{index} old"))).collect();
                }
                other => panic!("no part is called {other}"),
            }
        }
        let mut config = config(id, 1);
        config.applied = applied;
        match TestNode::new(config, restored) {
            Ok(node) => {
                self.nodes.insert(id, node);
                String::new()
            }
            Err(error) => format!("error: {error}\n"),
        }
    }

    fn act<'a>(&mut self, id: u64, mut words: impl Iterator<Item = &'a str>) -> String {
        let node = self.nodes.get_mut(&id).expect("a node of that id");
        match words.next().expect("what to do") {
            "tick" => (0..words.next().map_or(1, |n| number(Some(n)))).for_each(|_| node.tick()),
            "campaign" => node.campaign(),
            "propose" => {
                let request = number(words.next());
                let data = format!("{request} {}", words.collect::<Vec<_>>().join(" "));
                node.propose(RequestId(request), data.into(), Some(request));
            }
            "change" => {
                let request = number(words.next());
                let change = change(request, words.next().expect("a kind"), number(words.next()));
                node.propose_conf_change(RequestId(request), &change, Some(request));
            }
            "read" => node.read_index(number(words.next())),
            "forget" => drop(node.forget(RequestId(number(words.next())))),
            "persisted" => node.persisted(number(words.next())),
            "applied" => node.applied(number(words.next())),
            "effect" => {
                let state = node.apply_conf_change(&change(0, words.next().expect("a kind"), number(words.next())));
                return format!("voters {:?} learners {:?}\n", state.voters, state.learners);
            }
            "compact" => node.compact(number(words.next())),
            "offer" => {
                let at = numbers(words.next().expect("index@term"));
                let voters = numbers(words.next().expect("voters"));
                let conf_state = ConfState::from((voters, numbers(words.next().unwrap_or_default())));
                node.offer_snapshot(SnapshotMetadata { index: at[0], term: at[1], conf_state });
            }
            "sent" => {
                let to = MemberId(number(words.next()));
                let sent = if words.next() == Some("whole") { SnapshotSent::Whole } else { SnapshotSent::NotWhole };
                node.snapshot_sent(to, sent);
            }
            "gone" => node.peer_gone(MemberId(number(words.next()))),
            "transfer" => node.transfer_leadership(MemberId(number(words.next()))),
            "stop" => node.stop(),
            "output" => return self.show_outputs(id),
            "status" => return status(node),
            other => panic!("no node can {other}"),
        }
        String::new()
    }

    fn show_outputs(&mut self, id: u64) -> String {
        let mut text = String::new();
        while let Some(output) = self.nodes.get_mut(&id).and_then(TestNode::take_output) {
            text += &describe(&output);
            self.wire.extend(output.messages);
            // As if the disk were so fast: transcripts that mind the order read it from the text.
            self.wire.extend(output.append.into_iter().flat_map(|append| append.messages_after));
        }
        text
    }

    fn take_wire(&mut self, between: Option<&str>) -> Vec<Message> {
        let all = std::mem::take(&mut self.wire);
        let Some((from, to)) = between.and_then(|between| between.split_once("->")) else { return all };
        let (from, to) = (number(Some(from)), number(Some(to)));
        let (taken, rest) = all.into_iter().partition(|message| message.from == from && message.to == to);
        self.wire = rest;
        taken
    }

    /// Delivers what waits; returns what was not let in.
    pub fn deliver(&mut self, between: Option<&str>) -> String {
        let mut text = String::new();
        for message in self.take_wire(between) {
            let (from, to) = (message.from, message.to);
            let Some(node) = self.nodes.get_mut(&to) else { continue };
            if let Err(refused) = node.step(message) {
                text += &format!("{to:x} refuses {from:x}: {refused}\n");
            }
        }
        text
    }

    /// Does all that is to be done, until nothing is. Returns the outputs, by node.
    pub fn settle_and_take(&mut self) -> Vec<(u64, TestOutput)> {
        let mut all = Vec::new();
        loop {
            let before = all.len();
            for (id, node) in &mut self.nodes {
                while let Some(output) = node.take_output() {
                    self.wire.extend(perform(node, &output));
                    all.push((*id, output));
                }
            }
            if self.wire.is_empty() && all.len() == before {
                return all;
            }
            self.deliver(None);
        }
    }

    /// Like [`settle_and_take`](Self::settle_and_take), for who does not look.
    pub fn settle(&mut self) {
        self.settle_and_take();
    }
}

/// Persists and applies what an output asks for. Returns the messages.
fn perform(node: &mut TestNode, output: &TestOutput) -> Vec<Message> {
    let mut messages = output.messages.clone();
    if let Some(append) = &output.append {
        node.persisted(append.number);
        append.snapshot.iter().for_each(|snapshot| node.applied(snapshot.index));
        messages.extend(append.messages_after.iter().cloned());
    }
    for committed in &output.committed {
        if let Some(change) = change_of(&committed.entry) {
            node.apply_conf_change(&change);
        }
        node.applied(committed.entry.index);
    }
    messages
}

fn status(node: &TestNode) -> String {
    let status = node.status();
    let leader = status.leader.map_or("nobody".into(), |leader| leader.to_string());
    format!(
        "{:?} of {leader} in term {}, log {}..={}, persisted {}, commit {}, applied {}, waiting {}+{}\n",
        status.role,
        status.term,
        status.first_index,
        status.last_index,
        status.persisted,
        status.commit,
        status.applied,
        status.proposals_pending,
        status.reads_pending,
    )
}
