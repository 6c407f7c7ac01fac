//! The node: inputs in, outputs out, the raft crate in between.

mod election;

use super::config::{Config, NodeError, Restored};
use super::drain;
use super::guard::{self, Refused, View};
use super::leaving::{Leaving, takes_vote, without};
use super::log::Log;
use super::output::{Append, Committed, Leadership, Output, Role, SnapshotSent, Status, Unavailable};
use super::proposals::Proposals;
use super::read_index::{Contexts, Reads, Relay};
use super::timeout::Heir;
use super::unpersisted::{Carries, Unpersisted};
use crate::id::{MemberId, RequestId};
use crate::pb::raftpb::{ConfChange, ConfState, Entry, EntryType, HardState, Message, MessageType, SnapshotMetadata};
use bytes::Bytes;
use raft::{RawNode, Ready, SnapshotStatus, StateRole};
use std::fmt;

/// One member's part in the agreement. See the [module](super) for how it is driven. `P` waits for a proposal, `R` for a
/// read index.
pub struct Node<P, R> {
    raw: RawNode<Log>,
    config: Config,
    proposals: Proposals<P>,
    reads: Reads<R>,
    relay: Relay,
    contexts: Contexts,
    unpersisted: Unpersisted,
    /// What has been given to the disk.
    written: HardState,
    /// A tick has passed since the commit index moved on from what is written.
    is_commit_due: bool,
    wants_to_campaign: bool,
    leaving: Option<Leaving>,
    heir: Option<Heir>,
    is_stopped: bool,
    leadership: Leadership,
    // For the next output.
    has_news: bool,
    refused: Vec<(P, Unavailable)>,
    refused_reads: Vec<(R, Unavailable)>,
}

impl<P, R> Node<P, R> {
    /// A node that goes on where the disk left it. Entries above `config.applied` that are committed come out again.
    pub fn new(config: Config, restored: Restored) -> Result<Self, NodeError> {
        if config.id == MemberId(0) {
            return Err(NodeError::Setting("0 is no member id".into()));
        }
        restored.check(config.applied)?;
        let settings = config.settings();
        let written = restored.hard_state;
        let log = Log::new(restored, config.applied);
        let logger = drain::logger(config.id);
        let raw = RawNode::new(&settings, log, &logger).map_err(|error| NodeError::Setting(error.to_string()))?;
        let mut node = Self {
            raw,
            proposals: Proposals::new(),
            reads: Reads::new(config.read_retry_ticks),
            relay: Relay::default(),
            contexts: Contexts::new(config.seed, config.id.0),
            unpersisted: Unpersisted::default(),
            written,
            is_commit_due: false,
            wants_to_campaign: false,
            leaving: None,
            heir: None,
            is_stopped: false,
            leadership: Leadership { term: written.term, leader: None, is_leader: false },
            has_news: false,
            refused: Vec::new(),
            refused_reads: Vec::new(),
            config,
        };
        node.settle();
        Ok(node)
    }

    /// Time passes: one heartbeat interval of etcd's.
    pub fn tick(&mut self) {
        // The commit index needs no sync and rides along with the next entries. If there are none, it is written now.
        self.is_commit_due |= self.raw.raft.raft_log.committed != self.written.commit;
        self.reads.tick();
        if let Some(leaving) = &mut self.leaving {
            leaving.ticks_left = leaving.ticks_left.saturating_sub(1);
        }
        if !self.is_too_slow_to_campaign() {
            self.raw.tick();
        }
        self.settle();
    }

    /// Proposes an entry. The waiter comes back beside the committed entry, or in [`Output::refused`]. While no leader is
    /// known the proposal is held. It may get lost on its way to a leader elsewhere: then the waiter stays until
    /// [`forget`](Self::forget). `id` is what [`Config::id_of`] finds in `data`, and used once.
    pub fn propose(&mut self, id: RequestId, data: Bytes, waiter: Option<P>) {
        self.add_proposal(id, Entry { data, ..Entry::default() }, waiter);
    }

    /// Proposes a membership change, like [`propose`](Self::propose). One is possible at a time: while another is not
    /// applied, the leader refuses with [`Unavailable::ChangePending`] (and what a peer proposes, it drops in silence).
    pub fn propose_conf_change(&mut self, id: RequestId, change: &ConfChange, waiter: Option<P>) {
        let mut entry = Entry { data: prost::Message::encode_to_vec(change).into(), ..Entry::default() };
        entry.set_entry_type(EntryType::EntryConfChange);
        self.add_proposal(id, entry, waiter);
    }

    /// Proposes entries that only this leader may propose, and for which nobody waits: what they say is out of date with its
    /// term. If it leads no more, or is about to hand over, they are dropped. Nobody else is ever asked to propose them.
    pub fn propose_as_leader(&mut self, proposals: impl IntoIterator<Item = (RequestId, Bytes)>) {
        // Those that were held so far go first.
        self.send_proposals();
        let raft = &self.raw.raft;
        if raft.state == StateRole::Leader && raft.lead_transferee.is_none() && self.leaving.is_none() {
            for (id, data) in proposals {
                self.add_proposal(id, Entry { data, ..Entry::default() }, None);
            }
            self.send_proposals();
        }
        self.settle();
    }

    fn add_proposal(&mut self, id: RequestId, entry: Entry, waiter: Option<P>) {
        let refused = match self.is_stopped {
            true => waiter.map(|waiter| (waiter, Unavailable::Stopped)),
            false => {
                self.proposals.add(id, entry, waiter).err().flatten().map(|waiter| (waiter, Unavailable::Overloaded))
            }
        };
        self.refused.extend(refused);
    }

    /// Gives up waiting for a proposal. It is committed all the same, unless it was still held.
    pub fn forget(&mut self, id: RequestId) -> Option<P> {
        self.proposals.take(id)
    }

    /// Asks for an index that is at least every index committed anywhere by now. Waits for a leader if there is none; when
    /// the one it waited for goes away, it is refused, as etcd does.
    pub fn read_index(&mut self, waiter: R) {
        match self.is_stopped {
            true => self.refused_reads.push((waiter, Unavailable::Stopped)),
            false => self.reads.add(waiter),
        }
    }

    /// Gives up on proposals that nobody waits for any more. One that was lost on its way to a leader would stay for good.
    pub fn forget_proposals(&mut self, keep: impl FnMut(&P) -> bool) {
        self.proposals.retain(keep);
    }

    /// Gives up on reads that nobody waits for any more.
    pub fn forget_reads(&mut self, keep: impl FnMut(&R) -> bool) {
        self.reads.retain(keep);
    }

    /// Takes a message from a peer.
    pub fn step(&mut self, mut message: Message) -> Result<(), Refused> {
        guard::strip(&mut message);
        guard::check(&message, &self.view(message.from))?;
        let from = MemberId(message.from);
        self.heir.take_if(|heir| heir.leader == from);
        if message.get_msg_type() == MessageType::MsgSnapshot && message.term > self.raw.raft.term {
            // A removal that waits is of the members of before.
            self.leave();
        }
        let is_peers_read = message.get_msg_type() == MessageType::MsgReadIndex && message.from != self.config.id.0;
        let result = match is_peers_read && self.raw.raft.state == StateRole::Leader {
            true => return self.relay_read(message),
            false => self.raw.step(message),
        };
        self.settle();
        result.map_err(|error| match error {
            raft::Error::StepPeerNotFound => Refused::NoMember(from),
            _ => Refused::Dropped,
        })
    }

    /// Append `number` and all before it are durable. To be called before its `messages_after` are sent.
    pub fn persisted(&mut self, number: u64) {
        let done = self.unpersisted.done(number);
        self.raw.on_persist_ready(done);
        self.settle();
    }

    /// The state machine has applied the entry and all before it; membership changes among them were given to
    /// [`apply_conf_change`](Self::apply_conf_change) before.
    pub fn applied(&mut self, index: u64) {
        let log = &self.raw.raft.raft_log;
        assert!(index <= log.committed.min(log.persisted), "applied what was not handed out");
        if index > log.applied {
            self.raw.advance_apply_to(index);
        }
        self.settle();
    }

    /// Takes a committed membership change into effect and returns the members, sorted. A change that raft cannot carry
    /// out, such as the removal of the last voter, has no effect on any member. For a change that the state machine
    /// refuses, give node id 0. A leader that loses its vote goes on for one election timeout, so that the others hear of
    /// it; its process should live that long.
    pub fn apply_conf_change(&mut self, change: &ConfChange) -> ConfState {
        self.leave();
        let is_leader = self.raw.raft.state == StateRole::Leader;
        if is_leader && takes_vote(&self.conf_state(), change, self.config.id) {
            self.leaving = Some(Leaving { change: change.clone(), ticks_left: self.config.election_ticks });
            // The next change has to wait: no two may be under way.
            self.raw.raft.pending_conf_index = u64::MAX;
        } else {
            self.take_into_effect(change);
        }
        self.settle();
        self.conf_state()
    }

    fn take_into_effect(&mut self, change: &ConfChange) {
        if let Err(error) = self.raw.apply_conf_change(change) {
            tracing::warn!(target: "raft", "{} ignored a membership change: {error}", self.config.id);
        }
    }

    /// Ends a removed leader's time.
    fn leave(&mut self) {
        let Some(leaving) = self.leaving.take() else { return };
        self.take_into_effect(&leaving.change);
        // The crate counts on a leader that is a member, and stops the process otherwise.
        if self.raw.raft.state == StateRole::Leader {
            let term = self.raw.raft.term;
            self.raw.raft.become_follower(term, raft::INVALID_ID);
        }
    }

    /// The members as of the last change, sorted.
    pub fn conf_state(&self) -> ConfState {
        let mut state = self.raw.raft.prs().conf().to_conf_state();
        let ConfState { voters, learners, voters_outgoing, learners_next, .. } = &mut state;
        for ids in [voters, learners, voters_outgoing, learners_next] {
            ids.sort_unstable();
        }
        match &self.leaving {
            Some(leaving) => without(state, &leaving.change),
            None => state,
        }
    }

    /// Hands the leadership to another voter, if this member or its leader can.
    pub fn transfer_leadership(&mut self, to: MemberId) {
        self.raw.transfer_leader(to.0);
        self.settle();
    }

    /// The last entries that a member and this leader are known to have on disk; `None` unless this member leads and knows it.
    pub fn progress(&self, member: MemberId) -> Option<(u64, u64)> {
        let raft = &self.raw.raft;
        let matched = |id| raft.prs().get(id).map(|progress| progress.matched);
        (raft.state == StateRole::Leader).then(|| Some((matched(member.0)?, matched(self.config.id.0)?))).flatten()
    }

    /// A message to that peer got lost. What was sent to it is sent again from what it has confirmed.
    pub fn unreachable(&mut self, peer: MemberId) {
        self.raw.report_unreachable(peer.0);
        self.settle();
    }

    /// The sending of a snapshot to that peer has ended.
    pub fn snapshot_sent(&mut self, peer: MemberId, sent: SnapshotSent) {
        let status = match sent {
            SnapshotSent::Whole => SnapshotStatus::Finish,
            SnapshotSent::NotWhole => SnapshotStatus::Failure,
        };
        self.raw.report_snapshot(peer.0, status);
        self.settle();
    }

    /// What a snapshot could be made of from now on: what the state machine has on its disk. To be told before the log is
    /// compacted up to there, or peers may need what nobody can send.
    pub fn offer_snapshot(&mut self, snapshot: SnapshotMetadata) {
        assert!(snapshot.index <= self.raw.raft.raft_log.committed, "what is applied was committed");
        self.raw.mut_store().offer(snapshot);
    }

    /// Refuses all who wait, and all who come.
    pub fn stop(&mut self) {
        self.is_stopped = true;
        let stopped = |waiter| (waiter, Unavailable::Stopped);
        self.refused.extend(self.proposals.take_all().into_iter().map(stopped));
        self.refused_reads.extend(self.reads.take_all().into_iter().map(|waiter| (waiter, Unavailable::Stopped)));
    }

    /// Forgets log entries up to and including `index`, as far as they are applied. A peer that needs one of them has to
    /// get a snapshot.
    pub fn compact(&mut self, index: u64) {
        let applied = self.raw.raft.raft_log.applied;
        self.raw.mut_store().compact(index.min(applied));
    }

    /// The term of an entry that is not compacted, or of the last one that is.
    pub fn term_of(&self, index: u64) -> Option<u64> {
        let log = &self.raw.raft.raft_log;
        let known = log.first_index() - 1 <= index && index <= log.last_index();
        log.term(index).ok().filter(|_| known)
    }

    /// An entry of the log that is not compacted. For those who compare the logs of members, as the simulator does.
    pub fn entry(&self, index: u64) -> Option<&Entry> {
        self.raw.store().entry(index)
    }

    /// Term, vote and commit at this moment, as far as the log on disk goes: what is committed beyond comes with the entries.
    /// The commit goes to the disk with the next append; who needs it there earlier writes this.
    pub fn hard_state(&self) -> HardState {
        let hard_state = self.raw.raft.hard_state();
        HardState { commit: hard_state.commit.min(self.raw.raft.raft_log.persisted), ..hard_state }
    }

    /// The node at this moment.
    pub fn status(&self) -> Status {
        let raft = &self.raw.raft;
        Status {
            id: self.config.id,
            term: raft.term,
            leader: member(raft.leader_id),
            role: match raft.state {
                StateRole::Follower => Role::Follower,
                StateRole::PreCandidate => Role::PreCandidate,
                StateRole::Candidate => Role::Candidate,
                StateRole::Leader => Role::Leader,
            },
            is_voter: raft.promotable() && self.leaving.is_none(),
            is_learner: raft.prs().conf().learners().contains(&self.config.id.0),
            commit: raft.raft_log.committed,
            applied: raft.raft_log.applied,
            persisted: raft.raft_log.persisted,
            first_index: raft.raft_log.first_index(),
            last_index: raft.raft_log.last_index(),
            proposals_pending: self.proposals.waiting(),
            reads_pending: self.reads.pending(),
        }
    }

    /// What is to be done next; `None` when nothing is. Between two calls there may be inputs or none.
    pub fn take_output(&mut self) -> Option<Output<P, R>> {
        self.send_proposals();
        self.send_reads();
        self.settle();
        let is_quiet = !self.raw.has_ready() && !self.is_commit_due;
        if is_quiet && !self.has_news && self.refused.is_empty() && self.refused_reads.is_empty() {
            return None;
        }
        let mut output = Output {
            append: None,
            messages: Vec::new(),
            committed: Vec::new(),
            reads: Vec::new(),
            refused: std::mem::take(&mut self.refused),
            refused_reads: std::mem::take(&mut self.refused_reads),
            leadership: std::mem::take(&mut self.has_news).then_some(self.leadership),
        };
        if !is_quiet {
            let ready = self.raw.ready();
            self.take_ready(ready, &mut output);
        }
        Some(output)
    }

    fn take_ready(&mut self, mut ready: Ready, output: &mut Output<P, R>) {
        let number = ready.number();
        let snapshot = Some(ready.snapshot().metadata.clone()).filter(|snapshot| snapshot.index > 0);
        snapshot.iter().for_each(|snapshot| self.raw.mut_store().restore(snapshot));
        let entries = ready.take_entries();
        self.raw.mut_store().append(&entries);
        let (now, later) = (ready.take_messages(), ready.take_persisted_messages());
        let (committed, answers) = (ready.take_committed_entries(), ready.take_read_states());
        self.raw.advance_append_async(ready);

        let hard_state = self.raw.raft.hard_state();
        let (HardState { term, vote, .. }, written) = (hard_state, self.written);
        let has_log = snapshot.is_some() || !entries.is_empty();
        let carries = Carries { entries: has_log, vote: (term, vote) != (written.term, written.vote) };
        let must_sync = carries.entries || carries.vote;
        let is_due = std::mem::take(&mut self.is_commit_due);
        let needs_write = must_sync || (is_due && hard_state != written);

        let mut messages_after = Vec::new();
        // Without peers to ask, a leader elects itself before its own vote is on disk. Nobody may hear of it before.
        let waits_for_vote = carries.vote || self.unpersisted.has_vote();
        for message in now.into_iter().filter_map(|message| self.outgoing(message)) {
            if waits_for_vote { messages_after.push(message) } else { output.messages.push(message) }
        }
        // Once all that an answer can be about is on disk, it promises nothing new.
        let is_settled = !needs_write && self.unpersisted.is_empty();
        for message in later.into_iter().filter_map(|message| self.outgoing(message)) {
            if is_settled || promises_nothing(&message) {
                output.messages.push(message)
            } else {
                messages_after.push(message)
            }
        }
        if needs_write || !messages_after.is_empty() {
            let hard_state = (needs_write && hard_state != written).then_some(hard_state);
            self.written = hard_state.unwrap_or(written);
            self.unpersisted.push(number, carries);
            output.append = Some(Append { number, snapshot, hard_state, entries, must_sync, messages_after });
        } else if let Some(done) = self.unpersisted.skip(number) {
            self.raw.on_persist_ready(done);
        }
        output.committed = committed.into_iter().map(|entry| self.committed(entry)).collect();
        for answer in answers {
            output.reads.extend(self.reads.answered(&answer.request_ctx).map(|waiters| (waiters, answer.index)));
        }
    }

    fn committed(&mut self, entry: Entry) -> Committed<P> {
        let waits = self.proposals.waiting() > 0;
        let id = if waits { (self.config.id_of)(&entry) } else { None };
        Committed { waiter: id.and_then(|id| self.proposals.take(id)), entry }
    }

    /// A message as it goes on the wire; `None` for an answer that nobody may have.
    fn outgoing(&mut self, mut message: Message) -> Option<Message> {
        guard::strip(&mut message);
        if message.get_msg_type() == MessageType::MsgReadIndexResp && !self.relay.end(&mut message) {
            return None;
        }
        Some(message)
    }

    /// Gives raft what was proposed, in as few steps as messages have room for.
    fn send_proposals(&mut self) {
        let raft = &self.raw.raft;
        if raft.leader_id == 0 || raft.lead_transferee.is_some() || self.leaving.is_some() {
            return;
        }
        while !self.proposals.is_sent() {
            let (ids, entries) = self.proposals.next_batch();
            if entries.is_empty() {
                continue;
            }
            let kinds: Vec<i32> = entries.iter().map(|entry| entry.entry_type).collect();
            let mut message = Message { from: self.config.id.0, entries, ..Message::default() };
            message.set_msg_type(MessageType::MsgPropose);
            let refusals = match self.raw.step(message) {
                Ok(()) => {
                    self.refused_changes(&ids, &kinds).into_iter().map(|id| (id, Unavailable::ChangePending)).collect()
                }
                Err(_) => ids.into_iter().map(|id| (id, Unavailable::Overloaded)).collect::<Vec<_>>(),
            };
            for (id, reason) in refusals {
                self.refused.extend(self.proposals.take(id).map(|waiter| (waiter, reason)));
            }
        }
    }

    /// A leader turns a membership change that may not be now into an empty entry. Which of its own newest entries?
    fn refused_changes(&self, ids: &[RequestId], kinds: &[i32]) -> Vec<RequestId> {
        if self.raw.raft.state != StateRole::Leader {
            return Vec::new();
        }
        let entries = self.raw.raft.raft_log.unstable_entries();
        let newest = &entries[entries.len() - ids.len()..];
        let proposed = ids.iter().zip(kinds).zip(newest);
        proposed.filter(|((_, kind), entry)| **kind != entry.entry_type).map(|((id, _), _)| *id).collect()
    }

    /// Begins a round for the reads that wait, and for those of peers that came before the term's first commit.
    fn send_reads(&mut self) {
        let raft = &self.raw.raft;
        let is_leader = raft.state == StateRole::Leader;
        if raft.leader_id == 0 || self.leaving.is_some() || (is_leader && !raft.commit_to_current_term()) {
            return;
        }
        for question in self.relay.take_kept() {
            self.begin_relayed(question);
        }
        if let Some(context) = self.reads.begin(&mut self.contexts) {
            self.raw.read_index(context.to_vec());
        }
    }

    fn relay_read(&mut self, question: Message) -> Result<(), Refused> {
        if self.relay.is_full() {
            return Err(Refused::Overloaded);
        }
        // The crate would drop it.
        if !self.raw.raft.commit_to_current_term() {
            self.relay.keep(question);
            return Ok(());
        }
        self.begin_relayed(question);
        self.settle();
        Ok(())
    }

    fn begin_relayed(&mut self, mut question: Message) {
        self.relay.begin(&mut question, &mut self.contexts);
        // It fails only for messages that are local or answers.
        let _ = self.raw.step(question);
    }

    /// After every input.
    fn settle(&mut self) {
        let is_deposed = self.raw.raft.state != StateRole::Leader;
        if self.leaving.as_ref().is_some_and(|leaving| is_deposed || leaving.ticks_left == 0) {
            self.leave();
        }
        self.campaign_if_possible();
        self.set_election_timeout();
        let raft = &self.raw.raft;
        let is_leader = raft.state == StateRole::Leader;
        let now = Leadership { term: raft.term, leader: member(raft.leader_id), is_leader };
        if now != self.leadership {
            self.change_leadership(now);
        }
    }

    fn change_leadership(&mut self, now: Leadership) {
        let before = std::mem::replace(&mut self.leadership, now);
        self.has_news = true;
        self.relay.clear();
        if before.leader.is_some() {
            let lost = self.reads.take_all().into_iter().map(|waiter| (waiter, Unavailable::LeaderChanged));
            self.refused_reads.extend(lost);
        }
        let (id, term) = (self.config.id, now.term);
        match (before.leader, now.leader) {
            (None, Some(new)) => tracing::info!(target: "raft", "raft.node: {id} elected leader {new} at term {term}"),
            (Some(old), Some(new)) if old != new => {
                tracing::info!(target: "raft", "raft.node: {id} changed leader from {old} to {new} at term {term}");
            }
            (Some(old), None) => tracing::info!(target: "raft", "raft.node: {id} lost leader {old} at term {term}"),
            _ => {}
        }
    }

    fn view(&self, sender: u64) -> View {
        let raft = &self.raw.raft;
        View {
            id: self.config.id.0,
            term: raft.term,
            leader: raft.leader_id,
            is_leader: raft.state == StateRole::Leader,
            is_leaving: self.leaving.is_some(),
            is_voter: raft.promotable(),
            is_settled: self.is_settled(),
            last_index: raft.raft_log.last_index(),
            sender_matched: raft.prs().get(sender).map(|progress| progress.matched),
        }
    }
}

impl<P, R> fmt::Debug for Node<P, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Node").field("status", &self.status()).finish_non_exhaustive()
    }
}

/// A member that the crate knows by a bare number, with 0 for none.
fn member(id: u64) -> Option<MemberId> {
    (id != raft::INVALID_ID).then_some(MemberId(id))
}

/// Says nothing that a crash could make untrue. A question asks the leader for something. The answer to a heartbeat says
/// that its sender has not turned to a later term yet; it may do so at any time, but the leader of this term has its
/// votes from a quorum of disks, so that no earlier one can come back.
fn promises_nothing(message: &Message) -> bool {
    use MessageType::{MsgHeartbeatResponse, MsgPropose, MsgReadIndex};
    matches!(message.get_msg_type(), MsgPropose | MsgReadIndex | MsgHeartbeatResponse)
}
