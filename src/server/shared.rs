//! What the tasks tell everybody: where the member stands, in numbers that may be read at any time, and the
//! views of its state.

use super::{
    auth::Doorkeeper,
    bootstrap::Bootstrapped,
    config::{Changes, Config, RequestLimits},
    progress::Progress,
    quota::Quota,
};
use crate::{
    alarm::AlarmsView,
    apply::Identity,
    auth::AuthView,
    backend::Backend,
    clock::Clock,
    id::IdGenerator,
    lease::{Checkpoints, LeaseView, Lessor},
    membership::MembersView,
    mvcc,
    peer::{Asker, Transport},
};
use parking_lot::Mutex;
use std::{
    path::PathBuf,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};
use tokio::sync::watch;

/// The ways to other members.
#[derive(Debug)]
pub struct Network {
    /// For what is raft's.
    pub peers: Transport,
    /// For all else.
    pub asker: Asker,
    /// Becomes true once the member has left its cluster for good.
    pub cast_out: watch::Sender<bool>,
}

/// See the module.
#[derive(Debug)]
pub struct Shared {
    pub identity: Identity,
    pub limits: RequestLimits,
    pub quota: Quota,
    pub lease_checkpoints: Checkpoints,
    pub request_timeout: Duration,
    pub apply_warn_above: Duration,
    pub trace_above: Duration,
    pub election_timeout: Duration,
    pub tick: Duration,
    pub progress: Arc<Progress>,
    pub reader: mvcc::Reader,
    pub leases: LeaseView,
    pub members: MembersView,
    pub alarms: AlarmsView,
    /// Users and roles.
    pub auth: AuthView,
    /// Tokens and passwords.
    pub doorkeeper: Doorkeeper,
    pub backend: Backend,
    pub backend_path: PathBuf,
    /// Renewed by those who serve keep-alives, counted down by the core: both hold it for a moment only.
    pub lessor: Arc<Mutex<Lessor>>,
    pub ids: Arc<IdGenerator>,
    pub clock: Clock,
    /// Highest revision whose compaction is finished.
    pub compacted: watch::Sender<i64>,
    /// Why the member cannot go on, once it cannot.
    pub failure: watch::Sender<Option<String>>,
    /// True once the member stops.
    pub stop: watch::Sender<bool>,
    /// True once the member has left its cluster for good.
    pub cast_out: watch::Sender<bool>,
    /// The way to the other members, for what is raft's.
    pub peers: Transport,
    /// The way to the other members, for all else.
    pub asker: Asker,
    /// Are changes refused that would lose the quorum?
    pub changes: Changes,
    /// Rows in memory that set off a flush.
    pub flush_rows: usize,
}

impl Shared {
    pub fn new<P, R>(
        config: &Config,
        found: &Bootstrapped<P, R>,
        ids: Arc<IdGenerator>,
        lessor: Arc<Mutex<Lessor>>,
        clock: Clock,
        network: Network,
    ) -> Self {
        let progress = Arc::<Progress>::default();
        progress.applied.store(found.machine.applied().0, Ordering::Relaxed);
        Self {
            identity: found.identity,
            limits: RequestLimits {
                txn_ops_max: config.txn_ops_max,
                request_bytes_max: config.request_bytes_max,
                concurrent_streams_max: config.concurrent_streams_max,
                request_warn_above: config.request_warn_above,
            },
            quota: config.quota,
            lease_checkpoints: config.lease_checkpoints,
            request_timeout: config.request_timeout(),
            apply_warn_above: config.apply_warn_above,
            trace_above: config.trace_above,
            election_timeout: config.election_timeout(),
            tick: config.tick,
            progress,
            reader: found.machine.reader(),
            leases: found.machine.leases(),
            members: found.machine.members(),
            alarms: found.machine.alarms(),
            auth: found.machine.auth(),
            doorkeeper: Doorkeeper::new(&config.users, found.machine.applied().0),
            backend: found.backend.clone(),
            backend_path: config.backend_path(),
            lessor,
            ids,
            clock,
            // Below all revisions: one may compact to revision 0, and waits for that too.
            compacted: watch::Sender::new(-1),
            failure: watch::Sender::new(None),
            stop: watch::Sender::new(false),
            cast_out: network.cast_out,
            peers: network.peers,
            asker: network.asker,
            changes: config.changes,
            flush_rows: config.flush_rows,
        }
    }

    /// The member cannot go on: everybody who waits is told, and the process is about to end.
    pub fn fail(&self, reason: String) {
        tracing::error!(error = reason, "the member cannot go on");
        self.failure.send_if_modified(|failure| {
            let is_first = failure.is_none();
            failure.get_or_insert(reason);
            is_first
        });
    }
}
