//! The heart of a member: node, log and state machine, joined. Synchronous and without a clock, so that the
//! core task drives it in production and the simulator drives the very same code from a seed.
//!
//! ```text
//!   input(Propose, Read, Tick, ...)  ->  Node  -> Append -> Wal -> persisted ->  Node
//!                                          |
//!                                          +-> committed -> StateMachine -> outcomes, events
//!                                          +-> read indexes ----------------> reads that may go on
//! ```
//!
//! What must hold: an outcome leaves only after its entry was synced and applied; a read goes on only when all
//! that was committed before it came has been applied; the log is released only below what the backend has made
//! durable.

pub use super::outbox::{NoPeers, Outbox};
use super::{notices, quota::Quota};
use crate::{
    apply::{self, Answered, Applied, LeaseChange, Outcome, Refusal, Response, StateMachine, cost},
    backend::Backend,
    clock::Now,
    id::{IdGenerator, MemberId, RequestId},
    lease::Lessor,
    limits,
    logging::humanize,
    metrics::{Kind, Success, metrics},
    mvcc::Changes,
    pb::{
        etcdserverpb::{AlarmType, InternalRaftRequest, RequestHeader},
        raftpb::{ConfChange, ConfState, Entry, EntryType, Message},
        walpb,
    },
    raft::{self, Committed, Leadership, Node, Output},
    wal::{self, PreparedSegment, Preparer, Purge, Wal, WalError},
};
use bytes::Bytes;
use parking_lot::Mutex;
use prost::Message as _;
use std::sync::Arc;

/// What reaches the core. `P` waits for the outcome of a proposal, `R` for a read index.
#[derive(Debug)]
pub enum Input<P, R> {
    /// An encoded `InternalRaftRequest` whose header carries `id`.
    Propose {
        /// Ties the committed entry to its waiter.
        id: RequestId,
        /// The encoded request.
        data: Bytes,
        /// Who waits, if anybody does.
        waiter: Option<P>,
    },
    /// A reader that must see all that is committed by now.
    Read(R),
    /// One tick of raft's time has passed.
    Tick,
    /// The backend has made everything up to this applied index durable.
    Flushed {
        /// Index of the last entry that is durable.
        applied: u64,
    },
    /// Another voter is to lead.
    TransferLeadership(MemberId),
    /// From a peer.
    Message(Box<Message>),
    /// A message to that peer got lost.
    Unreachable(MemberId),
    /// So many ticks pass at once: a member that has just started need not wait for its first election.
    Advance(usize),
    /// Something has come from peers: the core takes a turn.
    Wake,
    /// Has that learner nearly all that this leader has? The answer is an outcome without a response.
    CheckLearner {
        /// Who is to get a vote.
        learner: MemberId,
        /// Who asks.
        waiter: P,
    },
    /// A change of membership, whose own id is `id`.
    ProposeChange {
        /// Ties the committed entry to its waiter.
        id: RequestId,
        /// The change.
        change: ConfChange,
        /// Who waits, if anybody does.
        waiter: Option<P>,
    },
    /// The log's next file is made, as [`Turn::segment`] asked.
    Segment(Result<PreparedSegment, WalError>),
}

/// What came out of one turn, in the order in which it must be passed on.
#[derive(Debug)]
pub struct Turn<P, R> {
    /// Outcomes of proposals, for whoever waits.
    pub outcomes: Vec<(P, Result<Answered, raft::Unavailable>)>,
    /// Readers that may read now. One of a round is told of it.
    pub reads: Vec<(R, Result<Option<ReadRound>, raft::Unavailable>)>,
    /// What changed in the store, in revision order, for the watchers.
    pub changes: Vec<Changes>,
    /// Revisions below this one are gone, for the watchers and the compaction task.
    pub compacted: Option<i64>,
    /// Who leads, when that has changed.
    pub leadership: Option<Leadership>,
    /// This member has left the cluster for good.
    pub removed: bool,
    /// A snapshot record was written: its index.
    pub snapshot: Option<u64>,
    /// Make this, and give it back as [`Input::Segment`].
    pub segment: Option<Preparer>,
    /// Run this.
    pub purge: Option<Purge>,
    /// There is more to do: take the next turn without waiting for an input.
    pub more: bool,
}

impl<P, R> Default for Turn<P, R> {
    fn default() -> Self {
        Self {
            outcomes: vec![],
            reads: vec![],
            changes: vec![],
            compacted: None,
            leadership: None,
            removed: false,
            snapshot: None,
            segment: None,
            purge: None,
            more: false,
        }
    }
}

/// How readers that share a read index came by it, for the log line of a round that took long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadRound {
    /// All up to this index must be applied before they read.
    pub index: u64,
    /// All up to this index was applied when they got it.
    pub applied: u64,
    /// The turn in which they got it.
    pub received: Now,
}

/// Damage, a disk that fails, or a bug: the process stops.
#[derive(Debug, thiserror::Error)]
pub enum Fatal {
    /// The log cannot be written.
    #[error(transparent)]
    Wal(#[from] wal::WalError),
    /// An entry cannot be applied.
    #[error(transparent)]
    Apply(#[from] apply::Fatal),
}

/// When the log is cut.
#[derive(Clone, Copy, Debug)]
pub struct SnapshotPolicy {
    /// Entries between two snapshot records.
    pub entries: u64,
    /// Entries kept in memory behind a record.
    pub catchup_entries: u64,
    /// Log files kept; zero keeps all.
    pub wals_kept_max: usize,
}

/// All that the core is put together from.
#[derive(Debug)]
pub struct Parts<P, R> {
    /// The raft state machine.
    pub node: Node<P, R>,
    /// The log.
    pub wal: Wal,
    /// The replicated state.
    pub machine: StateMachine,
    /// The clock over the leases; shared with those who renew them.
    pub lessor: Arc<Mutex<Lessor>>,
    /// Ids for the proposals that the core makes itself.
    pub ids: Arc<IdGenerator>,
    /// Index of the newest snapshot record.
    pub snapshot_index: u64,
    /// When the log is cut.
    pub policy: SnapshotPolicy,
    /// By how much leases are prolonged when this member becomes leader.
    pub lease_extension: Now,
    /// The file whose size counts.
    pub backend: Backend,
    /// How large it may be.
    pub quota: Quota,
    /// The way to the peers.
    pub outbox: Box<dyn Outbox>,
}

/// See the module.
#[derive(Debug)]
pub struct Core<P, R> {
    parts: Parts<P, R>,
    /// Readers whose index is known and not applied yet.
    waiting_reads: Vec<(ReadRound, Vec<R>)>,
    is_leader: bool,
    /// Leases are counted down from the first entry that this leader applies in its term (etcd's promotion).
    promote_at_term: Option<u64>,
    /// Leases may have run out: looked for at every tick, and as long as there are some.
    revoking: bool,
    /// The last entry of the batch of revocations that is under way.
    revoked_at: u64,
    /// The alarm NOSPACE is on its way, and these wait for it.
    starved: Option<Vec<P>>,
    /// For the next turn.
    answers: Vec<(P, Result<Answered, raft::Unavailable>)>,
}

impl<P, R> Core<P, R> {
    /// Nothing happens until the first input and turn.
    pub fn new(parts: Parts<P, R>) -> Self {
        Self {
            parts,
            waiting_reads: Vec::new(),
            is_leader: false,
            promote_at_term: None,
            revoking: false,
            revoked_at: 0,
            starved: None,
            answers: Vec::new(),
        }
    }

    /// The replicated state, for its views.
    pub fn machine(&self) -> &StateMachine {
        &self.parts.machine
    }

    /// Where raft stands.
    pub fn status(&self) -> raft::Status {
        self.parts.node.status()
    }

    /// Stands for election at once: for a member that has nobody else to ask.
    pub fn campaign(&mut self) {
        self.parts.node.campaign();
    }

    /// Takes one input. Nothing is done about it before [`Core::turn`], so that many share one sync.
    pub fn input(&mut self, now: Now, input: Input<P, R>) -> Result<(), Fatal> {
        match input {
            Input::Propose { id, data, waiter } => self.parts.node.propose(id, data, waiter),
            Input::Read(reader) => self.parts.node.read_index(reader),
            Input::Tick => self.tick(now),
            Input::Flushed { applied } => self.cut_log(applied)?,
            Input::TransferLeadership(target) => self.parts.node.transfer_leadership(target),
            Input::Message(message) => self.step(*message),
            Input::Unreachable(peer) => self.parts.node.unreachable(peer),
            Input::Advance(ticks) => (0..ticks).for_each(|_| self.parts.node.tick()),
            Input::Wake => {}
            Input::CheckLearner { learner, waiter } => {
                let answer = self.check_learner(learner);
                self.answers.push((waiter, answer.map(Answered::from)));
            }
            Input::ProposeChange { id, change, waiter } => self.parts.node.propose_conf_change(id, &change, waiter),
            Input::Segment(made) => self.parts.wal.accept_segment(made),
        }
        Ok(())
    }

    /// Carries out all that the inputs set off: persists, applies, answers.
    pub fn turn(&mut self, now: Now) -> Result<Turn<P, R>, Fatal> {
        let mut turn = Turn { outcomes: std::mem::take(&mut self.answers), ..Turn::default() };
        let revokes = self.revoke_due(now);
        while let Some(output) = self.parts.node.take_output() {
            self.carry_out(now, output, &mut turn)?;
        }
        if revokes > 0 {
            self.revoked_at = self.parts.node.status().last_index;
        }
        self.release_reads(&mut turn);
        turn.more = self.may_revoke();
        if self.parts.policy.wals_kept_max > 0 {
            turn.purge = self.parts.wal.purge_job(self.parts.policy.wals_kept_max);
        }
        if self.parts.wal.wants_next_segment() {
            turn.segment = self.parts.wal.next_segment_job();
        }
        Ok(turn)
    }

    /// Leaves the disk as it should be found. What was not flushed is in the log.
    pub fn close(self) -> Result<StateMachine, Fatal> {
        self.parts.wal.close()?;
        Ok(self.parts.machine)
    }

    fn carry_out(&mut self, now: Now, output: Output<P, R>, turn: &mut Turn<P, R>) -> Result<(), Fatal> {
        if let Some(leadership) = output.leadership {
            self.leadership_changed(&leadership);
            // The alarm may be lost. They are told what is true anyway; the next one raises it again.
            self.release_starved(turn);
            turn.leadership = Some(leadership);
        }
        // Before this member's own sync: the peers write at the same time.
        self.send(output.messages);
        turn.outcomes.extend(output.refused.into_iter().map(|(waiter, why)| (waiter, Err(why))));
        turn.reads.extend(output.refused_reads.into_iter().map(|(reader, why)| (reader, Err(why))));
        if let Some(append) = output.append {
            self.parts.wal.append(append.hard_state.as_ref(), &append.entries)?;
            if append.must_sync {
                self.parts.wal.sync()?;
            }
            self.parts.node.persisted(append.number);
            self.send(append.messages_after);
        }
        self.apply(now, output.committed, turn)?;
        let (applied, _) = self.parts.machine.applied();
        let round = |index| ReadRound { index, applied, received: now };
        self.waiting_reads.extend(output.reads.into_iter().map(|(readers, index)| (round(index), readers)));
        Ok(())
    }

    /// As etcd judges it: nine tenths of what the leader has are enough.
    fn check_learner(&self, learner: MemberId) -> Result<Outcome, raft::Unavailable> {
        if !self.is_leader {
            return Err(raft::Unavailable::NotLeader);
        }
        let Some((has, all)) = self.parts.node.progress(learner) else {
            return Ok(Outcome::Refused(Refusal::MemberNotFound));
        };
        if u128::from(has) * 10 < u128::from(all) * 9 {
            let part = has as f64 / all as f64;
            tracing::error!(
                "learner-ready-percent" = part,
                "ready-percent-threshold" = 0.9,
                "rejecting promote learner: learner is not ready"
            );
            return Err(raft::Unavailable::LearnerBehind);
        }
        Ok(Outcome::Done(Response::Empty))
    }

    /// Lets go of those who do not wait any more: what is lost on its way to a leader elsewhere is never answered.
    pub fn forget(&mut self, proposals: impl FnMut(&P) -> bool, reads: impl FnMut(&R) -> bool) {
        self.parts.node.forget_proposals(proposals);
        self.parts.node.forget_reads(reads);
    }

    fn send(&mut self, messages: Vec<Message>) {
        if !messages.is_empty() {
            self.parts.outbox.send(messages);
        }
    }

    /// Takes a message from a peer. What raft must not see is passed over: peers repeat what matters.
    fn step(&mut self, message: Message) {
        let (from, kind) = (MemberId(message.from), message.msg_type);
        if let Err(reason) = self.parts.node.step(message) {
            tracing::debug!(%from, kind, %reason, "refused a message from a peer");
        }
    }

    /// Applies entries in order. Normal ones that stand together are staged and published as one, so that readers are
    /// held up once.
    fn apply(&mut self, now: Now, committed: Vec<Committed<P>>, turn: &mut Turn<P, R>) -> Result<(), Fatal> {
        let Some(last) = committed.last().map(|last| (last.entry.index, last.entry.term)) else { return Ok(()) };
        let size = self.parts.backend.size();
        let (entries, waiters): (Vec<Entry>, Vec<Option<P>>) =
            committed.into_iter().map(|committed| (committed.entry, committed.waiter)).unzip();
        let mut applied = Vec::with_capacity(entries.len());
        for run in entries.chunk_by(|one, next| is_normal(one) && is_normal(next)) {
            if run.iter().all(is_normal) {
                applied.extend(self.parts.machine.apply_all(run)?);
            } else {
                for entry in run {
                    applied.push(self.apply_conf_change(entry)?);
                }
            }
        }
        let (index, term) = last;
        self.parts.node.applied(index);
        for ((mut applied, mut waiter), entry) in applied.into_iter().zip(waiters).zip(&entries) {
            if self.exceeds_quota(size, entry, &applied) {
                applied.outcome = Some(Outcome::Refused(Refusal::NoSpace));
                waiter = self.raise_no_space(waiter);
            }
            self.take_in(now, applied, waiter, turn);
        }
        if self.starved.is_some() && self.parts.machine.alarms().is_on(AlarmType::Nospace) {
            self.release_starved(turn);
        }
        if self.promote_at_term.is_some_and(|promote_at| promote_at <= term) {
            self.promote_at_term = None;
            let leases = self.parts.machine.leases().all();
            self.parts.lessor.lock().promote(now, self.parts.lease_extension, &leases);
        }
        Ok(())
    }

    /// A change that is refused still passes through raft, as one of node 0, which changes nothing.
    fn apply_conf_change(&mut self, entry: &Entry) -> Result<Applied, Fatal> {
        let change = self.parts.machine.check_conf_change(entry)?.ok();
        let conf_state = self.parts.node.apply_conf_change(change.as_ref().unwrap_or(&ConfChange::default()));
        let applied = self.parts.machine.apply_conf_change(entry, change.as_ref(), &conf_state)?;
        if applied.membership_changed {
            self.parts.outbox.follow(&self.parts.machine.members());
        }
        Ok(applied)
    }

    fn take_in(&mut self, now: Now, applied: Applied, waiter: Option<P>, turn: &mut Turn<P, R>) {
        if !applied.leases.is_empty() {
            let mut lessor = self.parts.lessor.lock();
            for change in applied.leases {
                match change {
                    LeaseChange::Granted { id, ttl_s } => lessor.granted(id, ttl_s, now),
                    LeaseChange::Revoked { id } => {
                        if let Some(since) = lessor.revoked(id) {
                            metrics().lease_expired.inc();
                            let took_s = self.parts.machine.stopwatch().seconds_since(since);
                            metrics().request_duration.observe(Kind::LeaseRevoke, Success::Yes, took_s);
                        }
                    }
                    LeaseChange::Checkpointed { id, remaining_s } => lessor.checkpointed(id, remaining_s, now),
                }
            }
        }
        if applied.membership_changed {
            let machine = &self.parts.machine;
            turn.removed |= machine.members().is_removed(machine.identity().member_id);
        }
        turn.changes.extend(applied.events);
        turn.compacted = applied.compacted.or(turn.compacted);
        if let (Some(waiter), Some(outcome)) = (waiter, applied.outcome) {
            turn.outcomes.push((waiter, Ok(Answered { outcome, course: applied.course })));
        }
    }

    fn release_reads(&mut self, turn: &mut Turn<P, R>) {
        let (applied, _) = self.parts.machine.applied();
        let mut waiting = std::mem::take(&mut self.waiting_reads);
        waiting.retain_mut(|(round, readers)| {
            if round.index > applied {
                return true;
            }
            let mut told = Some(*round);
            turn.reads.extend(readers.drain(..).map(|reader| (reader, Ok(told.take()))));
            false
        });
        self.waiting_reads = waiting;
    }

    fn leadership_changed(&mut self, leadership: &Leadership) {
        self.is_leader = leadership.is_leader;
        (self.revoking, self.revoked_at) = (false, 0);
        if leadership.is_leader {
            self.promote_at_term = Some(leadership.term);
        } else {
            self.promote_at_term = None;
            self.parts.lessor.lock().demote();
        }
    }

    fn tick(&mut self, now: Now) {
        self.parts.node.tick();
        if !self.is_leader {
            return;
        }
        self.revoking = true;
        let (leases_max, proposals_max) = limits::LEASE_CHECKPOINTS;
        for _ in 0..proposals_max {
            let due = self.parts.lessor.lock().due_checkpoints(now, leases_max);
            if due.is_empty() {
                break;
            }
            self.propose(notices::checkpoint(due));
        }
    }

    /// May the next batch of revocations be proposed?
    fn may_revoke(&self) -> bool {
        self.revoking && self.is_leader && self.parts.machine.applied().0 >= self.revoked_at
    }

    /// Proposes to revoke leases whose time is over, a batch at a time, the next when the last is applied: so the rate is
    /// what the log takes, and writes go in between. What gets lost is handed out again later.
    fn revoke_due(&mut self, now: Now) -> usize {
        if !self.may_revoke() {
            return 0;
        }
        let due = self.parts.lessor.lock().expired(now, limits::LEASE_REVOKES_AT_ONCE);
        self.revoking = due.len() == limits::LEASE_REVOKES_AT_ONCE;
        for lease in &due {
            self.propose(notices::revoke(*lease));
        }
        due.len()
    }

    /// Proposes a request of this member's own, for which nobody waits.
    fn propose(&mut self, mut request: InternalRaftRequest) {
        let id = self.parts.ids.next();
        request.header = Some(RequestHeader { id, ..Default::default() });
        self.parts.node.propose(RequestId(id), request.encode_to_vec().into(), None);
    }

    /// Was an entry carried out for which there was no room? As in etcd, it stays carried out, and its answer says that it
    /// was refused. `size` is the backend's before it.
    fn exceeds_quota(&self, size: u64, entry: &Entry, applied: &Applied) -> bool {
        let quota = self.parts.quota;
        if quota.fits(size, cost::most(entry.data.len())) {
            return false;
        }
        let response = match &applied.outcome {
            Some(Outcome::Done(response)) => response,
            _ => return false,
        };
        matches!(response, Response::Put(_) | Response::Txn(_) | Response::LeaseGrant(_))
            && !quota.fits(size, cost::of_encoded(&entry.data))
    }

    /// Raises the alarm, unless it is on or on its way. Who waits for the outcome is kept until it is on.
    fn raise_no_space(&mut self, waiter: Option<P>) -> Option<P> {
        if self.parts.machine.alarms().is_on(AlarmType::Nospace) {
            return waiter;
        }
        if self.starved.is_none() {
            let configured = self.parts.quota.configured();
            tracing::warn!(
                "quota-size-bytes" = configured,
                "quota-size" = humanize(configured as u64),
                error = "etcdserver: no space",
                "message exceeded backend quota; raising alarm"
            );
            self.propose(notices::no_space(self.parts.machine.identity().member_id));
        }
        self.starved.get_or_insert_default().extend(waiter);
        None
    }

    fn release_starved(&mut self, turn: &mut Turn<P, R>) {
        let refused = || Ok(Outcome::Refused(Refusal::NoSpace).into());
        turn.outcomes.extend(self.starved.take().into_iter().flatten().map(|waiter| (waiter, refused())));
    }

    /// Writes a snapshot record when enough entries have become durable in the backend, and lets go of the log
    /// below it.
    fn cut_log(&mut self, durable: u64) -> Result<(), Fatal> {
        let parts = &mut self.parts;
        if durable < parts.snapshot_index.saturating_add(parts.policy.entries) {
            return Ok(());
        }
        let Some(term) = parts.node.term_of(durable) else { return Ok(()) };
        let conf_state = parts.machine.conf_state();
        tracing::info!("snapshot-index" = durable, "snapshot-term" = term, "triggering snapshot");
        // A record counts only up to the commit index that the log knows, and that one lags behind: see to it first.
        parts.wal.append(Some(&parts.node.hard_state()), &[])?;
        parts.wal.save_snapshot(&walpb::Snapshot { index: durable, term, conf_state })?;
        tracing::info!("snapshot-index" = durable, "saved snapshot to disk");
        parts.snapshot_index = durable;
        parts.node.compact(durable.saturating_sub(parts.policy.catchup_entries));
        parts.wal.release_to(durable);
        Ok(())
    }
}

fn is_normal(entry: &Entry) -> bool {
    entry.get_entry_type() == EntryType::EntryNormal
}

/// Has the member nobody else to ask?
pub fn is_sole_voter(conf_state: &ConfState, member: MemberId) -> bool {
    conf_state.voters == [member.0]
}
