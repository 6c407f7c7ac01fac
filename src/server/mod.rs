//! A running member: starts its tasks in order, stops them in reverse, and hands out the [`Handle`] through which
//! everything else asks.
//!
//! ```text
//!   Handle --inbox--> core task (thread: Node, Wal, StateMachine) --> hub task (watch::Hub) --> watch streams
//!                       |  ^ Tick: ticker task
//!                       |  ^ Flushed: flush task (thread) --> backend file
//!                       +-> compaction task (thread)      watchdog task: what if the disk does not answer?
//! ```
//!
//! It knows no socket and no gRPC: `rpc` and `http` stand above it and see the handle only.

mod alone;
pub mod auth;
pub mod auto_compaction;
pub mod bootstrap;
pub mod config;
pub mod core;
mod compacting;
mod corruption;
mod defragment;
mod first_election;
mod founders;
mod handle;
mod join;
mod log_keeper;
mod lateness;
mod messages;
mod network;
mod notices;
mod outbox;
mod progress;
mod publish;
pub mod quota;
pub mod receiver;
mod request_id;
mod shared;
mod start_error;
mod task;
mod transfer;
mod turn;
mod versions;

pub use config::RequestLimits;
pub use handle::{
    Caller, Client, Failure, Handle, Permit, Proposal, SLOW, Status, Unavailable, WatchAsker, WatchItems, WatchStream,
    Way,
};

use self::core::{Core, Parts, SnapshotPolicy, is_sole_voter};
use crate::{
    clock::Clock,
    disk::{
        Disk,
        observed::ObservedDisk,
        os::{Fsync, OsDisk},
    },
    id::IdGenerator,
    lease::{Lessor, Pace},
    limits,
    wal::Wal,
    watch::Hub,
};
use bootstrap::{FileConfig, StartError, bootstrap_as};
use config::{Config, InitialState};
use corruption::Asking;
use join::Joined;
use lateness::Heartbeats;
use network::ToPeers;
use outbox::Outbox;
use parking_lot::Mutex;
use shared::Shared;
use std::sync::Arc;

/// A member that runs.
#[derive(Debug)]
pub struct Server {
    handle: Handle,
    tasks: task::Tasks,
    config: Config,
}

impl Server {
    /// Opens the data directory, rebuilds the state and starts the tasks. The member is of use once it is
    /// [`ready`](Self::ready); other members are to reach it before that. Must be called within a tokio runtime.
    pub async fn start(config: Config) -> Result<Self, StartError> {
        let fsync = if config.fsync { Fsync::On } else { Fsync::Off };
        Self::start_on(Arc::new(OsDisk::new(fsync)), config).await
    }

    /// The same, on another disk than the machine's.
    pub async fn start_on(disk: Arc<dyn Disk>, config: Config) -> Result<Self, StartError> {
        let disk = ObservedDisk::new(disk);
        let under_way = disk.under_way();
        let disk: Arc<dyn Disk> = Arc::new(disk);
        let clock = Clock::start();
        let joined = find_cluster(&config, &disk).await?;
        let (opening, files) = (config.clone(), FileConfig::timed(clock.stopwatch()));
        let joining = joined.as_ref().map(|joined| joined.identity);
        // Opening reads files and may take long; the runtime's threads are not for that.
        let found = tokio::task::spawn_blocking(move || bootstrap_as(joining, &opening, &files, &disk));
        let found = found.await.map_err(|error| StartError::Config(error.to_string()))??;
        let queue = task::CoreQueue::new();
        let network = network::open(&config, &found, queue.peers())?;
        if config.checks.at_return && found.initialized {
            let asking = Asking {
                asker: network.asker.clone(),
                identity: found.identity,
                members: found.machine.members(),
                within: config.request_timeout(),
            };
            corruption::check_return(&asking, &found.machine.reader()).await?;
        }
        let ids = Arc::new(IdGenerator::new(found.identity.member_id, clock.unix_ms()));
        let lessor = Arc::new(Mutex::new(Lessor::new(Pace::default(), config.lease_checkpoints)));
        let reader = found.machine.reader();
        let compactor = found.machine.compactor();
        let heartbeats = Heartbeats::new(clock, config.tick);
        let known = joined.as_ref().map_or(&[][..], |joined| &joined.members);
        let mut outbox = ToPeers::new(network.peers.clone(), heartbeats, known);
        outbox.follow(&found.machine.members());
        let shared = Arc::new(Shared::new(&config, &found, ids.clone(), lessor.clone(), clock, network));
        let is_alone = is_sole_voter(&found.node.conf_state(), found.identity.member_id);
        config.quota.announce();
        messages::serving(&found.machine);
        let mut core = Core::new(Parts {
            node: found.node,
            wal: found.wal,
            machine: found.machine,
            lessor,
            ids,
            snapshot_index: found.snapshot_index,
            policy: SnapshotPolicy {
                entries: config.snapshot_entries,
                catchup_entries: config.catchup_entries,
                wals_kept_max: config.wals_kept_max,
            },
            lease_extension: config.election_timeout(),
            progress: shared.progress.clone(),
            backend: found.backend,
            quota: config.quota,
            outbox: Box::new(outbox),
        });
        if is_alone {
            messages::alone(&config, core.machine().identity());
            core.campaign();
        }
        let hub = Hub::new(reader, config.seed, config.watch_progress_interval);
        let (tasks, senders) = task::start(&config, shared.clone(), (core, queue), hub, compactor, under_way);
        let handle = Handle::new(shared, senders);
        if !is_alone {
            first_election::spawn(&config, handle.clone());
        }
        Ok(Self { handle, tasks, config })
    }

    /// Resolves when the member has told its cluster how it is reached, for which it needs a leader; or when it stops.
    pub async fn ready(&self) {
        publish::announce(&self.handle, &self.config).await;
        versions::spawn(self.handle.clone(), self.config.checks.downgrade).await;
        corruption::spawn(self.config.checks, &self.handle);
        if let Some(mode) = self.config.auto_compaction {
            compacting::spawn(mode, self.handle.clone());
        }
    }

    /// The way to ask this member anything.
    pub fn handle(&self) -> &Handle {
        &self.handle
    }

    /// Resolves, with the reason, when the member can no longer go on: a disk that fails, or damage.
    pub async fn failed(&self) -> String {
        self.handle.failed().await
    }

    /// Resolves when the member has left its cluster for good, and has had time to let the others know.
    pub async fn removed(&self) {
        self.handle.cast_out().await;
        tokio::time::sleep(limits::REMOVED_LIFE.max(self.config.election_timeout())).await;
    }

    /// Tells streams and tasks to end. What is under way is still answered.
    pub fn begin_stop(&self) {
        self.handle.begin_stop();
    }

    /// Hands the leadership over, if this member has it and another can take it. What clients ask meanwhile goes on.
    pub async fn hand_over(&self) {
        self.handle.hand_over().await;
    }

    /// Stops everything in reverse order: no more requests, the last turn of the core, a last flush.
    pub async fn stop(self) {
        self.begin_stop();
        let tasks = self.tasks;
        // Joining threads waits; the runtime's own must go on meanwhile.
        if tokio::task::spawn_blocking(move || tasks.join()).await.is_err() {
            tracing::error!("a task of the member panicked while it stopped");
        }
        self.handle.peers().stop();
    }
}

/// What must be known of the cluster before a member starts for the first time: nothing of one of which it is the only
/// founder.
async fn find_cluster(config: &Config, disk: &Arc<dyn Disk>) -> Result<Option<Joined>, StartError> {
    if Wal::exists(disk.as_ref(), &config.wal_path()) {
        return Ok(None);
    }
    let asker = network::asker(config);
    match config.initial_state {
        InitialState::New => join::check_new(config, &asker).await.map(|()| None),
        InitialState::Existing => join::join(config, &asker).await.map(Some),
    }
}
