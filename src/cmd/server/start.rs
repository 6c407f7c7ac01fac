//! Puts a member on the network and keeps it there: listeners first, then the member, then the services; stopped
//! in reverse.

use super::{
    banner,
    config::ServerConfig,
    data_dir,
    exit::{self, EXIT_FAILURE},
    init_daemon, machine,
    ports::{self, ClientPorts, Serving},
    process,
    secure::{self, NotStarted, Secured},
    tokens,
};
use crate::{
    http::{Listener, Room, Threads},
    metrics::metrics,
    server::{Server, config::Config},
};
use std::{process::ExitCode, sync::Arc, time::Duration};
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    sync::watch,
    task::JoinSet,
};

/// What is still running when the member has stopped gets this long.
const RUNTIME_END: Duration = Duration::from_millis(500);

/// What etcd says before a member's end, and behind it.
const CLOSING: &str = "closing etcd server";
const CLOSED: &str = "closed etcd server";

/// Why the server ended.
enum End {
    /// Somebody asked for it.
    Signal { number: i32, name: &'static str },
    /// The member cannot go on.
    Failed,
    /// The member has left its cluster for good.
    Removed,
}

/// Runs until a signal or a failure.
pub fn run(config: ServerConfig) -> ExitCode {
    process::raise_descriptor_limit();
    let Ok(found) = data_dir::look(&config.member.data_dir) else { return ExitCode::from(EXIT_FAILURE) };
    if let Err(limit) = process::check_descriptors() {
        process::log_too_few(limit);
        return ExitCode::from(EXIT_FAILURE);
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!(%error, "cannot start threads");
            return ExitCode::from(EXIT_FAILURE);
        }
    };
    let end = runtime.block_on(serve(config, found));
    runtime.shutdown_timeout(RUNTIME_END);
    match end {
        Ok(End::Signal { number, .. }) => exit::by_signal(number),
        Ok(End::Failed) => ExitCode::from(EXIT_FAILURE),
        Ok(End::Removed) => ExitCode::SUCCESS,
        Err(NotStarted { message, error }) => {
            tracing::error!(target: crate::logging::FATAL, error, "{message}");
            ExitCode::from(EXIT_FAILURE)
        }
    }
}

/// Runs a member, with a line before its end and one behind it, as etcd has them.
async fn serve(mut config: ServerConfig, found: data_dir::Found) -> Result<End, NotStarted> {
    let mut signals = Signals::new().map_err(|error| error.to_string())?;
    let peer = secure::peer(&mut config)?;
    let peers = ports::bind_peers(&config).await?;
    let client = secure::client(&mut config)?;
    let clients = ClientPorts::bind(&config).await?;
    let secured = Secured { client, peer };
    banner::log(&config, found);
    if config.upkeep.lock_memory {
        process::lock_memory()?;
    }
    let users = tokens::read(&config.users, &machine::read_file)?;
    // A signal may come while the state is being rebuilt: then there is nothing to stop yet.
    let started = tokio::select! {
        biased;
        end = signals.next() => return Ok(end),
        started = Server::start(Config { users, ..config.member.clone() }) => started,
    };
    match started {
        Ok(server) => {
            run_member(&config, server, (peers, clients, secured), &mut signals).await.map_err(NotStarted::from)
        }
        Err(error) => {
            log_end(&config, CLOSING);
            log_end(&config, CLOSED);
            Err(error.to_string().into())
        }
    }
}

async fn run_member(
    config: &ServerConfig,
    server: Server,
    (peers, clients, secured): (Vec<(Listener, bool)>, ClientPorts, Secured),
    signals: &mut Signals,
) -> Result<End, String> {
    let (stop, stopping) = watch::channel(false);
    let (stop_peers, peers_stopping) = watch::channel(false);
    let threads = Arc::new(Threads::start().map_err(|error| format!("cannot start threads: {error}"))?);
    let peer_addresses: Vec<String> = peers.iter().map(|(listener, _)| listener.address()).collect();
    let room = Room::of_process(clients.count(), peers.len());
    let with = Serving { handle: server.handle(), threads: &threads, room, stopping: &peers_stopping };
    let mut serving_peers = ports::serve_peers(peers, config, &secured, &with);
    set_metrics(config);
    ports::log_serving(config, server.handle());
    // Without a quorum a member is never ready, and still ends when it is told to.
    let mut serving = JoinSet::new();
    let mut end = tokio::select! {
        biased;
        end = end(&server, signals) => Some(end),
        () = server.ready() => None,
    };
    if end.is_none() {
        tracing::info!("ready to serve client requests");
        tracing::info!(service = "", status = "SERVING", "grpc service status changed");
        serving = clients.serve(config, &secured, &Serving { stopping: &stopping, ..with });
        init_daemon::notify_ready();
    }
    let end = match end.take() {
        Some(end) => end,
        None => tokio::select! {
            biased;
            end = self::end(&server, signals) => end,
            never = process::watch_descriptors() => match never {},
            never = secure::watch_expiry(&secured) => match never {},
        },
    };
    if let End::Failed = end {
        return Ok(end);
    }
    log_end(config, CLOSING);
    server.hand_over().await;
    server.begin_stop();
    stop.send_replace(true);
    while serving.join_next().await.is_some() {}
    server.stop().await;
    for address in &peer_addresses {
        tracing::info!(address, "stopping serving peer traffic");
    }
    stop_peers.send_replace(true);
    while serving_peers.join_next().await.is_some() {}
    for address in &peer_addresses {
        tracing::info!(address, "stopped serving peer traffic");
    }
    log_end(config, CLOSED);
    Ok(end)
}

/// Waits for what ends a member.
async fn end(server: &Server, signals: &mut Signals) -> End {
    tokio::select! {
        biased;
        reason = server.failed() => {
            tracing::error!(error = reason, "etcd stops because the member cannot go on");
            End::Failed
        }
        () = server.removed() => {
            tracing::warn!(error = "the member has been permanently removed from the cluster", "server error");
            tracing::warn!("data-dir used by this member must be removed");
            End::Removed
        }
        end = signals.next() => {
            if let End::Signal { name, .. } = end {
                tracing::info!(signal = name, "received signal; shutting down");
            }
            end
        }
    }
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

/// Says it, with whose end it is.
fn log_end(config: &ServerConfig, message: &str) {
    let member = &config.member;
    tracing::info!(
        name = member.name,
        "data-dir" = %member.data_dir.display(),
        "advertise-peer-urls" = ?member.advertise_peer_urls,
        "advertise-client-urls" = ?member.advertise_client_urls,
        "{message}"
    );
}
