//! A running member: starts its tasks in order, stops them in reverse, and hands out the [`Handle`] through which
//! everything else asks.
//!
//! ```text
//!   Handle --inbox--> core task (thread: Node, Wal, StateMachine) --> hub task (watch::Hub) --> watch streams
//!                       |  ^ Tick: ticker task
//!                       |  ^ Flushed: flush task (thread) --> backend file
//!                       +-> compaction task (thread)
//! ```
//!
//! It knows no socket and no gRPC: `rpc` and `http` stand above it and see the handle only.

pub mod auto_compaction;
pub mod bootstrap;
pub mod config;
pub mod core;
mod compacting;
mod defragment;
mod handle;
mod messages;
mod notices;
mod publish;
pub mod quota;
mod request_id;
mod shared;
mod task;

pub use config::RequestLimits;
pub use handle::{Failure, Handle, Proposal, SLOW, Status, Unavailable, WatchAsker, WatchItems, WatchStream};

use self::core::{Core, Parts, SnapshotPolicy, is_sole_voter};
use crate::{
    apply::Identity,
    clock::Clock,
    disk::{
        Disk,
        os::{Fsync, OsDisk},
    },
    id::IdGenerator,
    lease::{Lessor, Pace},
    watch::Hub,
};
use bootstrap::{FileConfig, StartError, bootstrap};
use config::Config;
use parking_lot::Mutex;
use shared::Shared;
use std::sync::Arc;

/// A member that runs.
#[derive(Debug)]
pub struct Server {
    handle: Handle,
    tasks: task::Tasks,
}

impl Server {
    /// Opens the data directory, rebuilds the state, starts the tasks and waits until the member leads and has
    /// told its cluster how it is reached. Must be called within a tokio runtime.
    pub async fn start(config: Config) -> Result<Self, StartError> {
        let fsync = if config.fsync { Fsync::On } else { Fsync::Off };
        let disk: Arc<dyn Disk> = Arc::new(OsDisk::new(fsync));
        let clock = Clock::start();
        let (opening, files) = (config.clone(), FileConfig::timed(clock.stopwatch()));
        // Opening reads files and may take long; the runtime's threads are not for that.
        let found = tokio::task::spawn_blocking(move || bootstrap(&opening, &files, &disk));
        let found = found.await.map_err(|error| StartError::Config(error.to_string()))??;
        let ids = Arc::new(IdGenerator::new(found.identity.member_id, clock.unix_ms()));
        let lessor = Arc::new(Mutex::new(Lessor::new(Pace::default(), config.lease_checkpoints)));
        let reader = found.machine.reader();
        let compactor = found.machine.compactor();
        let shared = Arc::new(Shared::new(&config, &found, ids.clone(), lessor.clone(), clock));
        let sole_voter =
            found.machine.conf_state().is_none_or(|conf_state| is_sole_voter(&conf_state, found.identity.member_id));
        config.quota.announce();
        messages::serving(&config, &found.machine);
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
            backend: found.backend,
            quota: config.quota,
        });
        if sole_voter && config.tick_advance {
            core.campaign();
        }
        let hub = Hub::new(reader, config.seed, config.watch_progress_interval);
        let (tasks, senders) = task::start(&config, shared.clone(), core, hub, compactor);
        let handle = Handle::new(shared, senders);
        publish::announce(&handle, &config).await;
        if let Some(mode) = config.auto_compaction {
            compacting::spawn(mode, handle.clone());
        }
        Ok(Self { handle, tasks })
    }

    /// The way to ask this member anything.
    pub fn handle(&self) -> &Handle {
        &self.handle
    }

    /// Resolves, with the reason, when the member can no longer go on: a disk that fails, or damage.
    pub async fn failed(&self) -> String {
        self.handle.failed().await
    }

    /// Tells streams and tasks to end. What is under way is still answered.
    pub fn begin_stop(&self) {
        self.handle.begin_stop();
    }

    /// Stops everything in reverse order: no more requests, the last turn of the core, a last flush.
    pub async fn stop(self) {
        self.begin_stop();
        // So far a member is always alone.
        messages::kept_leadership(Identity {
            cluster_id: self.handle.cluster_id(),
            member_id: self.handle.member_id(),
        });
        let tasks = self.tasks;
        // Joining threads waits; the runtime's own must go on meanwhile.
        if tokio::task::spawn_blocking(move || tasks.join()).await.is_err() {
            tracing::error!("a task of the member panicked while it stopped");
        }
    }
}
