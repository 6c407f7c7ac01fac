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

use super::{log_keeper::LogKeeper, messages, notices, quota::Quota};
pub use super::{
    log_keeper::SnapshotPolicy,
    outbox::{NoPeers, Outbox, SnapshotToSend},
    progress::Progress,
    turn::{Input, ReadRound, Turn},
};
use crate::{
    apply::{
        self, Answered, Applied, Durable, Image, Installed, LeaseChange, Outcome, Refusal, Response, StateMachine, cost,
    },
    auth::Identity,
    backend::Backend,
    clock::Now,
    id::{IdGenerator, MemberId, RequestId},
    lease::Lessor,
    limits,
    logging::humanize,
    metrics::{Kind, Success, metrics},
    pb::{
        etcdserverpb::{AlarmType, InternalRaftRequest, RequestHeader},
        raftpb::{
            ConfChange, ConfState, Entry, EntryType, HardState, Message, MessageType, Snapshot, SnapshotMetadata,
        },
        walpb,
    },
    raft::{self, Append, Committed, Leadership, Node, Output, SnapshotSent},
    wal::{self, Wal},
};
use bytes::Bytes;
use parking_lot::Mutex;
use prost::Message as _;
use std::sync::Arc;

/// Damage, a disk that fails, or a bug: the process stops.
#[derive(Debug, thiserror::Error)]
pub enum Fatal {
    /// The log cannot be written.
    #[error(transparent)]
    Wal(#[from] wal::WalError),
    /// An entry cannot be applied.
    #[error(transparent)]
    Apply(#[from] apply::Fatal),
    /// Raft goes by a snapshot of that index whose state is not there: a bug.
    #[error("there is no state to the snapshot of entry {0}")]
    NoImage(u64),
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
    /// Where it is told how far the core has come.
    pub progress: Arc<Progress>,
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
    keeper: LogKeeper,
    /// States that came, until raft has said whether it wants them.
    images: Vec<Image>,
    /// For the next turn.
    answers: Vec<(P, Result<Answered, raft::Unavailable>)>,
}

impl<P, R> Core<P, R> {
    /// Nothing happens until the first input and turn.
    pub fn new(parts: Parts<P, R>) -> Self {
        Self {
            keeper: LogKeeper::new(parts.policy, parts.snapshot_index),
            images: Vec::new(),
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

    /// An entry of the log that is not compacted.
    pub fn entry(&self, index: u64) -> Option<&Entry> {
        self.parts.node.entry(index)
    }

    /// The term of an entry that is not compacted, or of the last one that is.
    pub fn term_of(&self, index: u64) -> Option<u64> {
        self.parts.node.term_of(index)
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
            Input::Flushed { .. } => self.cut_log(now)?,
            Input::TransferLeadership(target) => self.parts.node.transfer_leadership(target),
            Input::Message(message) => self.step(*message),
            Input::Snapshot { message, image } => self.take_snapshot(*message, *image),
            Input::SnapshotSent(peer, sent) => {
                self.keeper.snapshot_went(now, peer, sent);
                self.parts.node.snapshot_sent(peer, sent);
            }
            Input::Unreachable(peer) => self.parts.node.unreachable(peer),
            Input::Gone(peer) => self.parts.node.peer_gone(peer),
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
        let mut is_full = false;
        while let Some(output) = self.parts.node.take_output() {
            self.carry_out(now, output, &mut turn)?;
            // What is staged takes memory, and is written down between two turns.
            is_full = self.parts.backend.staged().bytes >= limits::STAGED_BYTES;
            if turn.installed.is_some() || is_full {
                break;
            }
        }
        // As long as raft has more to say, it may want one.
        if turn.installed.is_some() || !is_full {
            self.images.drain(..).for_each(discard);
        }
        if revokes > 0 {
            self.revoked_at = self.parts.node.status().last_index;
        }
        self.release_reads(&mut turn);
        // What changes behind an installed state is told in a turn of its own.
        turn.more = self.may_revoke() || turn.installed.is_some() || is_full;
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
        self.send(output.messages)?;
        turn.outcomes.extend(output.refused.into_iter().map(|(waiter, why)| (waiter, Err(why))));
        turn.reads.extend(output.refused_reads.into_iter().map(|(reader, why)| (reader, Err(why))));
        if let Some(append) = output.append {
            self.persist(append, turn)?;
        }
        self.parts.progress.note(&self.parts.node.status());
        self.apply(now, output.committed, turn)?;
        self.parts.progress.note(&self.parts.node.status());
        let (applied, _) = self.parts.machine.applied();
        let round = |index| ReadRound { index, applied, received: now };
        self.waiting_reads.extend(output.reads.into_iter().map(|(readers, index)| (round(index), readers)));
        Ok(())
    }

    /// A snapshot's record goes first and counts once the hard state with its commit is behind it; then the image takes the
    /// backend's place. A crash before finds neither, one in between finds the image, which the start then puts there.
    fn persist(&mut self, append: Append, turn: &mut Turn<P, R>) -> Result<(), Fatal> {
        if let Some(SnapshotMetadata { index, term, conf_state }) = append.snapshot.clone() {
            let Parts { wal, node, .. } = &mut self.parts;
            wal.save_snapshot(&walpb::Snapshot { index, term, conf_state: Some(conf_state) })?;
            // Before the entries that may have come with it: were they there and the record did not count, the log would
            // have a gap.
            let hard_state = append.hard_state.unwrap_or_else(|| node.hard_state());
            wal.append(Some(&HardState { commit: index, ..hard_state }), &[])?;
            wal.sync()?;
        }
        self.parts.wal.append(append.hard_state.as_ref(), &append.entries)?;
        if append.must_sync {
            self.parts.wal.sync()?;
        }
        if let Some(snapshot) = &append.snapshot {
            turn.installed = Some(self.install(snapshot)?);
        }
        self.parts.node.persisted(append.number);
        if let Some(snapshot) = append.snapshot {
            self.parts.node.applied(snapshot.index);
        }
        self.send(append.messages_after)
    }

    fn install(&mut self, snapshot: &SnapshotMetadata) -> Result<Installed, Fatal> {
        let place = self.images.iter().position(|image| image.metadata() == snapshot);
        let image = place.map(|place| self.images.swap_remove(place)).ok_or(Fatal::NoImage(snapshot.index))?;
        let parts = &mut self.parts;
        let (before, _) = parts.machine.applied();
        messages::applying_snapshot(before, snapshot);
        let installed = parts.machine.install(image)?;
        self.keeper.begins_behind(snapshot.index, &mut parts.wal);
        parts.outbox.follow(&parts.machine.members());
        messages::applied_snapshot(before, snapshot);
        Ok(installed)
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

    fn send(&mut self, mut messages: Vec<Message>) -> Result<(), Fatal> {
        if messages.is_empty() {
            return Ok(());
        }
        let snapshots: Vec<Message> = messages.extract_if(.., |message| is_snapshot(message)).collect();
        self.parts.outbox.send(messages);
        snapshots.into_iter().try_for_each(|message| self.send_snapshot(message))
    }

    /// Raft says what a snapshot is to be of at least; what is sent is what the backend's file has by now.
    fn send_snapshot(&mut self, mut message: Message) -> Result<(), Fatal> {
        let to = MemberId(message.to);
        let Some(durable) = self.parts.machine.durable()? else {
            self.parts.node.snapshot_sent(to, SnapshotSent::NotWhole);
            return Ok(());
        };
        let data = durable.payload()?;
        let Durable { metadata, rows } = durable;
        message.snapshot = Some(Snapshot { metadata, data });
        self.keeper.snapshot_goes(to);
        self.parts.outbox.send_snapshot(SnapshotToSend { message, rows });
        Ok(())
    }

    /// Takes a message from a peer. What raft must not see is passed over: peers repeat what matters.
    fn step(&mut self, message: Message) {
        let (from, kind) = (MemberId(message.from), message.msg_type);
        // One without its state is of no use.
        if is_snapshot(&message) {
            return tracing::warn!(%from, "refused a snapshot without a database");
        }
        if let Err(reason) = self.parts.node.step(message) {
            tracing::debug!(%from, kind, %reason, "refused a message from a peer");
        }
    }

    fn take_snapshot(&mut self, message: Message, image: Image) {
        let from = MemberId(message.from);
        let is_of_it = message.snapshot.as_ref().is_some_and(|snapshot| snapshot.metadata == *image.metadata());
        let taken = if is_of_it { self.parts.node.step(message) } else { Err(raft::Refused::Snapshot) };
        match taken {
            Ok(()) => self.images.push(image),
            Err(reason) => {
                tracing::debug!(%from, %reason, "refused a snapshot from a peer");
                discard(image);
            }
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
        if applied.version_lowered {
            self.keeper.force_behind(self.parts.machine.applied().0);
        }
        turn.changes.extend(applied.events);
        turn.tokens.extend(applied.tokens);
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
        self.parts.lessor.lock().trust();
        self.revoking = true;
        let (leases_max, proposals_max) = limits::LEASE_CHECKPOINTS;
        for _ in 0..proposals_max {
            let due = self.parts.lessor.lock().due_checkpoints(now, leases_max);
            if due.is_empty() {
                break;
            }
            self.propose_as_leader([notices::checkpoint(due)]);
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
        self.propose_as_leader(due.iter().copied().map(notices::revoke));
        due.len()
    }

    /// Proposes a request of this member's own, for which nobody waits.
    fn propose(&mut self, request: InternalRaftRequest) {
        let (id, data) = numbered(&self.parts.ids, &own_identity(&self.parts.machine), request);
        self.parts.node.propose(id, data, None);
    }

    /// The same of requests that follow from the leader's clock. One that was replaced and does not know it yet must not ask
    /// its successor to end leases that this one has prolonged.
    fn propose_as_leader(&mut self, requests: impl IntoIterator<Item = InternalRaftRequest>) {
        let Parts { node, ids, machine, .. } = &mut self.parts;
        let by = own_identity(machine);
        node.propose_as_leader(requests.into_iter().map(|request| numbered(ids, &by, request)));
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

    /// The backend's file has more: the log may be shorter.
    fn cut_log(&mut self, now: Now) -> Result<(), Fatal> {
        let parts = &mut self.parts;
        let Some(Durable { metadata, .. }) = parts.machine.durable()? else { return Ok(()) };
        Ok(self.keeper.cut(now, metadata, &mut parts.node, &mut parts.wal)?)
    }
}

/// By whom the member's own requests are: they are judged like all others when they are applied.
fn own_identity(machine: &StateMachine) -> Identity {
    notices::own_identity(&machine.auth())
}

/// A request under an id of its own.
fn numbered(ids: &IdGenerator, by: &Identity, mut request: InternalRaftRequest) -> (RequestId, Bytes) {
    let id = ids.next();
    request.header = Some(RequestHeader { id, username: by.user.to_string(), auth_revision: by.revision });
    (RequestId(id), request.encode_to_vec().into())
}

fn is_snapshot(message: &Message) -> bool {
    message.msg_type == MessageType::MsgSnapshot as i32
}

/// Nobody has a use for it.
fn discard(image: Image) {
    let index = image.metadata().index;
    match image.discard() {
        Ok(()) => tracing::info!("snapshot-index" = index, "discarded a snapshot that is not needed"),
        Err(error) => tracing::warn!("snapshot-index" = index, %error, "failed to remove a snapshot"),
    }
}

fn is_normal(entry: &Entry) -> bool {
    entry.get_entry_type() == EntryType::EntryNormal
}

/// Has the member nobody else to ask?
pub fn is_sole_voter(conf_state: &ConfState, member: MemberId) -> bool {
    conf_state.voters == [member.0]
}
