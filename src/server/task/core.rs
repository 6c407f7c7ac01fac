//! The core task: one thread that gathers whatever has come meanwhile, drives the core one turn, and passes on
//! what came out. While it waits for the disk the next batch gathers in its inbox: that is the group commit.

use super::{
    HubMessage,
    attention::Attention,
    mailbox::{Input, Post, Reader, Waiter, Waiting},
    peer_inbox::PeerInbox,
    segments::Job,
};
use crate::{
    apply::{self, Installed},
    clock::Now,
    limits,
    metrics::metrics,
    server::{core, shared::Shared},
};
use std::sync::{Arc, atomic::Ordering, mpsc as std_mpsc};
use tokio::sync::mpsc;

/// Where the core's results go.
pub struct Outlets {
    pub shared: Arc<Shared>,
    pub peers: Arc<PeerInbox>,
    pub hub: mpsc::Sender<HubMessage>,
    pub attention: Attention,
    pub compaction: mpsc::Sender<()>,
    pub flush: std_mpsc::SyncSender<()>,
    pub segments: std_mpsc::Sender<Job>,
}

/// Runs until the member stops or cannot go on.
pub fn run(core: core::Core<Waiter, Reader>, inbox: mpsc::Receiver<Input>, outlets: Outlets) {
    let shared = outlets.shared.clone();
    if let Err(fatal) = drive(core, inbox, outlets) {
        shared.fail(fatal.to_string());
    }
}

fn drive(
    mut core: core::Core<Waiter, Reader>,
    mut inbox: mpsc::Receiver<Input>,
    outlets: Outlets,
) -> Result<(), core::Fatal> {
    let clock = outlets.shared.clock;
    let mut batch = Vec::new();
    let mut sweep = Sweep::default();
    let turn = core.turn(clock.now())?;
    let mut more = turn.more;
    outlets.pass_on(&core, turn)?;
    loop {
        if more {
            batch.extend(std::iter::from_fn(|| inbox.try_recv().ok()).take(limits::CORE_BATCH));
        } else {
            inbox.blocking_recv_many(&mut batch, limits::CORE_BATCH);
        }
        let is_last = batch.is_empty() && !more || *outlets.shared.stop.borrow();
        let now = clock.now();
        // A heartbeat waits behind no client.
        for input in outlets.peers.take() {
            core.input(now, input)?;
        }
        // Time that passed at once passed for nobody: one tick stands for all.
        let has_ticked = batch.iter().any(|input| matches!(input, Input::Tick));
        if has_ticked {
            core.input(now, Input::Tick)?;
        }
        for input in batch.drain(..).filter(is_wanted) {
            core.input(now, input)?;
        }
        if has_ticked {
            outlets.shared.progress.ticked_ns.store(now.as_nanos() as u64, Ordering::Relaxed);
        }
        if has_ticked && sweep.is_due(now) {
            core.forget(Waiting::waits, Waiting::waits);
        }
        let turn = core.turn(now)?;
        more = turn.more;
        outlets.pass_on(&core, turn)?;
        if is_last {
            break;
        }
    }
    core.close().map(drop)
}

/// What has waited while the disk did not answer is of no use to anybody: a request whose asker was told that it took too
/// long, and has perhaps asked somewhere else since; and ticks beyond the first, which would look like a lost leader.
fn is_wanted(input: &Input) -> bool {
    match input {
        Input::Propose { waiter: Some(waiter), .. } | Input::ProposeChange { waiter: Some(waiter), .. } => {
            waiter.waits()
        }
        Input::Read(reader) => reader.waits(),
        Input::Tick => false,
        _ => true,
    }
}

/// Who waits no more is looked for now and then: it takes a look at all who do.
#[derive(Default)]
struct Sweep {
    next: Now,
}

impl Sweep {
    fn is_due(&mut self, now: Now) -> bool {
        let is_due = now >= self.next;
        if is_due {
            self.next = now + limits::FORGET_INTERVAL;
        }
        is_due
    }
}

impl Outlets {
    fn pass_on(&self, core: &core::Core<Waiter, Reader>, turn: core::Turn<Waiter, Reader>) -> Result<(), core::Fatal> {
        self.count(&turn);
        self.note_progress(core);
        let (applied, _) = core.machine().applied();
        self.shared.doorkeeper.follow(self.shared.clock.now(), turn.tokens, applied);
        let mut post = Post::default();
        turn.outcomes.into_iter().for_each(|(waiter, answer)| post.outcome(waiter, answer));
        turn.reads.into_iter().for_each(|(reader, answer)| post.read(reader, answer));
        post.send();
        // The hub ends before this task only when the process ends.
        if !turn.changes.is_empty() && self.attention.is_paid() {
            let _ = self.hub.blocking_send(HubMessage::Published(turn.changes));
        }
        if let Some(installed) = turn.installed {
            self.follow(installed);
        }
        // Their task ends after this one.
        for job in turn.segment.map(Job::Make).into_iter().chain(turn.purge.map(Job::Remove)) {
            let _ = self.segments.send(job);
        }
        if turn.removed {
            self.shared.cast_out.send_replace(true);
        }
        if turn.compacted.is_some() {
            // Full means that a wake-up is already under way.
            let _ = self.compaction.try_send(());
        }
        let staged = self.shared.backend.staged();
        if staged.bytes >= limits::STAGED_BYTES {
            // Waits for the flush under way as well.
            self.shared.backend.flush().map_err(apply::Fatal::from)?;
        } else if staged.rows >= self.shared.flush_rows || staged.bytes >= limits::STAGED_BYTES / 2 {
            let _ = self.flush.try_send(());
        }
        Ok(())
    }

    /// The state is another from here on. Watchers read on in it, and compaction goes on with what is scheduled there.
    fn follow(&self, installed: Installed) {
        if self.attention.is_paid() {
            let _ = self.hub.blocking_send(HubMessage::Restored { revision: installed.revision });
        }
        if !self.shared.reader.is_compacting() {
            self.shared.compacted.send_replace(installed.compacted);
        }
        let _ = self.compaction.try_send(());
        let _ = self.segments.send(Job::GiveBack(installed.replaced));
    }

    fn count(&self, turn: &core::Turn<Waiter, Reader>) {
        let leader_before = self.shared.progress.leader.load(Ordering::Relaxed);
        let leader = turn.leadership.and_then(|leadership| leadership.leader);
        if leader.is_some_and(|leader| leader.0 != leader_before) {
            metrics().leader_changes_seen.inc();
        }
        // Many readers share a round, which is what etcd counts.
        if turn.reads.iter().any(|(_, answer)| answer.is_err()) {
            metrics().read_indexes_failed.inc();
        }
    }

    fn note_progress(&self, core: &core::Core<Waiter, Reader>) {
        let status = core.status();
        let progress = &self.shared.progress;
        progress.note(&status);
        progress.term.store(status.term, Ordering::Relaxed);
        progress.is_learner.store(status.is_learner, Ordering::Relaxed);
        let leader = status.leader.map_or(0, |leader| leader.0);
        if progress.leader.swap(leader, Ordering::Relaxed) != leader && leader != 0 {
            progress.elected_ns.store(self.shared.clock.now().as_nanos() as u64, Ordering::Relaxed);
        }
    }
}
