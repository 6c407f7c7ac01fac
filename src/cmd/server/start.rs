//! Puts a member on the network and keeps it there: listeners first, then the member, then the services; stopped
//! in reverse.

use super::{
    banner,
    config::ServerConfig,
    data_dir,
    exit::{self, EXIT_FAILURE},
    init_daemon, process,
};
use crate::{
    http::{self, Listener, PeerRouter, Router, Threads},
    metrics::metrics,
    server::{Handle, Server},
};
use std::{process::ExitCode, sync::Arc, time::Duration};
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    sync::watch,
    task::JoinSet,
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
pub fn run(mut config: ServerConfig) -> ExitCode {
    process::raise_descriptor_limit();
    let Ok(found) = data_dir::look(&config.member.data_dir) else { return ExitCode::from(EXIT_FAILURE) };
    tracing::info!("listen-peer-urls" = ?config.listen_peer_urls, "configuring peer listeners");
    tracing::info!("listen-client-urls" = ?config.listen_client_urls, "configuring client listeners");
    match process::connections_max() {
        Ok(connections) => config.connections.connections_max = connections,
        Err(limit) => {
            process::log_too_few(limit);
            return ExitCode::from(EXIT_FAILURE);
        }
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
        Err(error) => {
            // etcd's words for every failure of a start.
            tracing::error!(target: crate::logging::FATAL, error, "discovery failed");
            ExitCode::from(EXIT_FAILURE)
        }
    }
}

/// Runs a member, with a line before its end and one behind it, as etcd has them.
async fn serve(config: ServerConfig, found: data_dir::Found) -> Result<End, String> {
    let mut signals = Signals::new().map_err(|error| error.to_string())?;
    let peers = bind(&config.listen_peer_urls).await?;
    let clients = bind(&config.listen_client_urls).await?;
    banner::log(&config, found);
    if config.upkeep.lock_memory {
        process::lock_memory()?;
    }
    // A signal may come while the state is being rebuilt: then there is nothing to stop yet.
    let started = tokio::select! {
        biased;
        end = signals.next() => return Ok(end),
        started = Server::start(config.member.clone()) => started,
    };
    match started {
        Ok(server) => run_member(&config, server, (peers, clients), &mut signals).await,
        Err(error) => {
            log_closing(&config);
            log_closed(&config);
            Err(error.to_string())
        }
    }
}

async fn run_member(
    config: &ServerConfig,
    server: Server,
    (peers, clients): (Vec<Listener>, Vec<Listener>),
    signals: &mut Signals,
) -> Result<End, String> {
    let (stop, stopping) = watch::channel(false);
    let (stop_peers, peers_stopping) = watch::channel(false);
    let threads = Arc::new(Threads::start().map_err(|error| format!("cannot start threads: {error}"))?);
    let peer_addresses: Vec<String> = peers.iter().map(Listener::address).collect();
    let mut serving_peers = serve_peers(peers, server.handle(), &threads, &peers_stopping);
    log_serving(config, server.handle());
    tracing::info!("ready to serve client requests");
    tracing::info!(service = "", status = "SERVING", "grpc service status changed");
    let mut serving = serve_clients(config, clients, server.handle(), &threads, &stopping);
    init_daemon::notify_ready();
    let end = tokio::select! {
        biased;
        reason = server.failed() => {
            tracing::error!(error = reason, "etcd stops because the member cannot go on");
            return Ok(End::Failed);
        }
        end = signals.next() => end,
        never = process::watch_descriptors() => match never {},
    };
    if let End::Signal { name, .. } = end {
        tracing::info!(signal = name, "received signal; shutting down");
    }
    log_closing(config);
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
    log_closed(config);
    Ok(end)
}

fn serve_clients(
    config: &ServerConfig,
    listeners: Vec<Listener>,
    handle: &Handle,
    threads: &Arc<Threads>,
    stopping: &watch::Receiver<bool>,
) -> JoinSet<()> {
    let mut serving = JoinSet::new();
    if config.web.extensive_metrics {
        metrics().extend();
    }
    for (gate, is_on) in config.gates.all() {
        metrics().feature_enabled.with_label_values(&[gate.name, gate.stage.name()]).set(i64::from(is_on));
    }
    let router = Router::new(handle.clone());
    for listener in listeners {
        tracing::info!(
            traffic = "grpc+http",
            address = listener.address(),
            "serving client traffic insecurely; this is strongly discouraged!"
        );
        serving.spawn(http::serve(listener, router.clone(), config.connections, threads.clone(), told(stopping)));
    }
    serving
}

fn serve_peers(
    listeners: Vec<Listener>,
    handle: &Handle,
    threads: &Arc<Threads>,
    stopping: &watch::Receiver<bool>,
) -> JoinSet<()> {
    let mut serving = JoinSet::new();
    let router = PeerRouter::new(handle.clone());
    for listener in listeners {
        tracing::info!(address = listener.address(), "serving peer traffic");
        serving.spawn(http::serve(
            listener,
            router.clone(),
            http::Settings::default(),
            threads.clone(),
            told(stopping),
        ));
    }
    serving
}

/// Resolves when it is time to stop.
fn told(stopping: &watch::Receiver<bool>) -> impl Future<Output = ()> + Send + 'static {
    let mut stopping = stopping.clone();
    async move {
        let _ = stopping.wait_for(|stopping| *stopping).await;
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

async fn bind(urls: &[String]) -> Result<Vec<Listener>, String> {
    let mut listeners = Vec::new();
    for url in urls {
        listeners.push(Listener::bind(url).await.map_err(|error| format!("listening on {url}: {error}"))?);
    }
    Ok(listeners)
}

fn log_serving(config: &ServerConfig, handle: &Handle) {
    tracing::info!(
        "local-member-id" = %handle.member_id(),
        "initial-advertise-peer-urls" = ?config.member.advertise_peer_urls,
        "listen-peer-urls" = ?config.listen_peer_urls,
        "advertise-client-urls" = ?config.member.advertise_client_urls,
        "listen-client-urls" = ?config.listen_client_urls,
        "listen-metrics-urls" = ?config.web.listen_metrics_urls,
        "now serving peer/client/metrics"
    );
}

fn log_closing(config: &ServerConfig) {
    let member = &config.member;
    tracing::info!(
        name = member.name,
        "data-dir" = %member.data_dir.display(),
        "advertise-peer-urls" = ?member.advertise_peer_urls,
        "advertise-client-urls" = ?member.advertise_client_urls,
        "closing etcd server"
    );
}

fn log_closed(config: &ServerConfig) {
    let member = &config.member;
    tracing::info!(
        name = member.name,
        "data-dir" = %member.data_dir.display(),
        "advertise-peer-urls" = ?member.advertise_peer_urls,
        "advertise-client-urls" = ?member.advertise_client_urls,
        "closed etcd server"
    );
}
