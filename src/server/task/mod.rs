//! The loops of a member. Each owns its part; they are joined by bounded queues.

mod attention;
mod compaction;
mod core;
mod flush;
mod hub;
mod mailbox;
mod peer_inbox;
mod segments;
mod ticker;
mod watchdog;

pub use hub::{HubMessage, Taken};
pub use mailbox::{Input, waiting};
pub use peer_inbox::PeerInbox;

use super::{config::Config, core::Core, shared::Shared};
use crate::{
    disk::observed::UnderWay,
    limits,
    mvcc::{Compactor, Reader},
    watch::Hub,
};
use mailbox::{Reader as Reading, Waiter};
use std::{sync::Arc, thread::JoinHandle};
use tokio::sync::mpsc;

/// The ways into the tasks.
#[derive(Clone, Debug)]
pub struct Senders {
    /// To the core; full when the core is behind: senders wait.
    pub core: mpsc::Sender<Input>,
    /// To the hub; full when the hub is behind: senders wait.
    pub hub: mpsc::Sender<HubMessage>,
    /// Wakes the compaction task; a wake-up that is already pending is enough.
    pub compaction: mpsc::Sender<()>,
}

/// The threads of a member, in the order in which they are joined.
#[derive(Debug)]
pub struct Tasks {
    threads: Vec<(&'static str, JoinHandle<()>)>,
}

impl Tasks {
    /// Waits for all. They end when told through [`Shared::stop`].
    pub fn join(self) {
        for (name, thread) in self.threads {
            if thread.join().is_err() {
                tracing::error!(task = name, "task panicked");
            }
        }
    }
}

/// The way into the core, before there is one: the network holds one end from the start.
#[derive(Debug)]
pub struct CoreQueue {
    sender: mpsc::Sender<Input>,
    inbox: mpsc::Receiver<Input>,
    peers: Arc<PeerInbox>,
}

impl CoreQueue {
    /// With nothing in it.
    pub fn new() -> Self {
        let (sender, inbox) = mpsc::channel(limits::CORE_QUEUE);
        let peers = Arc::new(PeerInbox::new(sender.clone()));
        Self { sender, inbox, peers }
    }

    /// The room for what peers say.
    pub fn peers(&self) -> Arc<PeerInbox> {
        self.peers.clone()
    }
}

/// Starts all of them.
pub fn start(
    config: &Config,
    shared: Arc<Shared>,
    (core, queue): (Core<Waiter, Reading>, CoreQueue),
    hub: Hub<Reader>,
    compactor: Compactor,
    under_way: UnderWay,
) -> (Tasks, Senders) {
    let CoreQueue { sender: core_sender, inbox: core_inbox, peers } = queue;
    let (hub_sender, hub_inbox) = mpsc::channel(limits::HUB_QUEUE);
    let (compaction_sender, compaction_inbox) = mpsc::channel(1);
    let (flush_sender, flush_inbox) = std::sync::mpsc::sync_channel(1);
    let senders = Senders { core: core_sender.clone(), hub: hub_sender.clone(), compaction: compaction_sender.clone() };
    let (segment_sender, segment_inbox) = std::sync::mpsc::channel();
    let attention = attention::Attention::default();
    let outlets = core::Outlets {
        shared: shared.clone(),
        peers,
        hub: hub_sender,
        attention: attention.clone(),
        compaction: compaction_sender,
        flush: flush_sender,
        segments: segment_sender,
    };
    let (segment_core, segment_shared) = (core_sender.clone(), shared.clone());
    // The core may have gone by then.
    let made_ahead = move |made| drop(segment_core.blocking_send(Input::Segment(made)));
    let flush = flush::Flush { shared: shared.clone(), inbox: flush_inbox, core: core_sender.clone() };
    let interval = config.flush_interval;
    let compaction = compaction::Compaction {
        shared: shared.clone(),
        compactor,
        inbox: compaction_inbox,
        batch: config.compaction_batch,
        pause: config.compaction_pause,
    };
    hub::spawn(hub, hub_inbox, attention, shared.clone());
    watchdog::spawn(config.tick, under_way, shared.clone());
    ticker::spawn(config.tick, core_sender, shared);
    let threads = vec![
        ("core", std::thread::spawn(move || core::run(core, core_inbox, outlets))),
        ("compaction", std::thread::spawn(move || compaction.run())),
        ("segments", std::thread::spawn(move || segments::run(segment_inbox, made_ahead, segment_shared))),
        ("flush", std::thread::spawn(move || flush.run(interval))),
    ];
    (Tasks { threads }, senders)
}
