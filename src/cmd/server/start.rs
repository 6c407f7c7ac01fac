//! Puts a member on the network and keeps it there: listeners first, then the member, then the services; stopped
//! in reverse.

use super::{
    config::ServerConfig,
    exit::{self, EXIT_FAILURE},
    ports::{self, ClientPorts, Serving},
};
use crate::{
    http::{Room, Threads},
    metrics::metrics,
    server::Server,
};
use std::{process::ExitCode, sync::Arc, time::Duration};
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    sync::watch,
};

/// What is still running when the member has stopped gets this long.
const RUNTIME_END: Duration = Duration::from_millis(500);

/// Why the server ended.
enum End {
    /// Somebody asked for it.
    Signal { number: i32, name: &'static str },
    /// The member cannot go on.
    Failed,
}

/// Runs until a signal or a failure.
pub fn run(config: ServerConfig) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!(%error, "cannot start threads");
            return ExitCode::from(EXIT_FAILURE);
        }
    };
    let end = runtime.block_on(serve(config));
    runtime.shutdown_timeout(RUNTIME_END);
    match end {
        Ok(End::Signal { number, .. }) => exit::by_signal(number),
        Ok(End::Failed) => ExitCode::from(EXIT_FAILURE),
        Err(error) => {
            // etcd's words for every failure of a start.
            tracing::error!(target: crate::logging::FATAL, error, "discovery failed");
            ExitCode::from(EXIT_FAILURE)
        }
    }
}

async fn serve(config: ServerConfig) -> Result<End, String> {
    let mut signals = Signals::new().map_err(|error| error.to_string())?;
    let peers = ports::bind_peers(&config).await?;
    let clients = ClientPorts::bind(&config).await?;
    log_start(&config);
    // A signal may come while the state is being rebuilt: then there is nothing to stop yet.
    let server = tokio::select! {
        biased;
        end = signals.next() => return Ok(end),
        server = Server::start(config.member.clone()) => server.map_err(|error| error.to_string())?,
    };
    let (stop, stopping) = watch::channel(false);
    let (stop_peers, peers_stopping) = watch::channel(false);
    let threads = Arc::new(Threads::start().map_err(|error| format!("cannot start threads: {error}"))?);
    let room = Room::of_process(clients.count(), peers.len());
    let with = Serving { handle: server.handle(), threads: &threads, room, stopping: &peers_stopping };
    let mut serving_peers = ports::serve_peers(peers, &with);
    set_metrics(&config);
    let mut serving = clients.serve(&config, &Serving { stopping: &stopping, ..with });
    ports::log_serving(&config, server.handle());
    tracing::info!("ready to serve client requests");
    let end = tokio::select! {
        biased;
        reason = server.failed() => {
            tracing::error!(error = reason, "etcd stops because the member cannot go on");
            return Ok(End::Failed);
        }
        end = signals.next() => end,
    };
    if let End::Signal { name, .. } = end {
        tracing::info!(signal = name, "received signal; shutting down");
    }
    tracing::info!(name = config.member.name, "data-dir" = ?config.member.data_dir, "closing etcd server");
    server.begin_stop();
    stop.send_replace(true);
    while serving.join_next().await.is_some() {}
    server.stop().await;
    stop_peers.send_replace(true);
    while serving_peers.join_next().await.is_some() {}
    tracing::info!(name = config.member.name, "data-dir" = ?config.member.data_dir, "closed etcd server");
    Ok(end)
}

/// What metrics tell of settings.
fn set_metrics(config: &ServerConfig) {
    if config.web.extensive_metrics {
        metrics().extend();
    }
    for (gate, is_on) in config.gates.all() {
        metrics().feature_enabled.with_label_values(&[gate.name, gate.stage.name()]).set(i64::from(is_on));
    }
}

/// The signals that end a server.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) -> End {
        tokio::select! {
            biased;
            _ = self.terminate.recv() => End::Signal { number: 15, name: "terminated" },
            _ = self.interrupt.recv() => End::Signal { number: 2, name: "interrupt" },
        }
    }
}

fn log_start(config: &ServerConfig) {
    let member = &config.member;
    tracing::info!(
        "etcd-version" = env!("CARGO_PKG_VERSION"),
        name = member.name,
        "data-dir" = %member.data_dir.display(),
        "wal-dir" = %member.wal_path().display(),
        "heartbeat-interval" = crate::logging::go_duration(member.tick),
        "election-timeout" = crate::logging::go_duration(member.election_timeout()),
        "snapshot-count" = member.snapshot_entries,
        "snapshot-catchup-entries" = member.catchup_entries,
        "max-wals" = member.wals_kept_max,
        "initial-advertise-peer-urls" = ?member.advertise_peer_urls,
        "listen-peer-urls" = ?config.listen_peer_urls,
        "advertise-client-urls" = ?member.advertise_client_urls,
        "listen-client-urls" = ?config.listen_client_urls,
        "quota-backend-bytes" = member.quota.configured(),
        "max-request-bytes" = member.request_bytes_max,
        "initial-cluster-token" = member.cluster_token,
        "starting an etcd server"
    );
}
