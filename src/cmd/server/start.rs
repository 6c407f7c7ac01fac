//! Puts a member on the network and keeps it there: listeners first, then the member, then the services; stopped
//! in reverse.

use super::{EXIT_FAILURE, config::ServerConfig};
use crate::{
    http::{self, Listener, ServeConfig},
    rpc,
    server::Server,
};
use std::{process::ExitCode, time::Duration};
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::watch,
    task::JoinSet,
};

/// Requests that are under way when the member stops get this long to end.
const DRAIN: Duration = Duration::from_millis(500);

/// Why the server ended.
enum End {
    /// A signal: its number.
    Signal(i32),
    /// The member cannot go on.
    Failed,
}

/// Runs until a signal or a failure.
pub fn run(config: ServerConfig) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!(%error, "cannot start threads");
            return ExitCode::from(EXIT_FAILURE);
        }
    };
    let end = runtime.block_on(serve(config));
    runtime.shutdown_timeout(DRAIN);
    match end {
        Ok(End::Signal(number)) => ExitCode::from(128 + number as u8),
        Ok(End::Failed) => ExitCode::from(EXIT_FAILURE),
        Err(error) => {
            tracing::error!(error, "etcd cannot start");
            ExitCode::from(EXIT_FAILURE)
        }
    }
}

async fn serve(config: ServerConfig) -> Result<End, String> {
    let mut interrupt = signal(SignalKind::interrupt()).map_err(|error| error.to_string())?;
    let mut terminate = signal(SignalKind::terminate()).map_err(|error| error.to_string())?;
    log_start(&config);
    let peers = bind(&config.listen_peer_urls).await?;
    let clients = bind(&config.listen_client_urls).await?;
    // A signal may come while the state is being rebuilt: then there is nothing to stop yet.
    let server = tokio::select! {
        biased;
        _ = terminate.recv() => return Ok(End::Signal(15)),
        _ = interrupt.recv() => return Ok(End::Signal(2)),
        server = Server::start(config.member.clone()) => server.map_err(|error| error.to_string())?,
    };
    let (stop, stopping) = watch::channel(false);
    let mut serving = JoinSet::new();
    let serve_config = ServeConfig {
        concurrent_streams_max: config.member.concurrent_streams_max,
        keepalive: config.keepalive,
        drain: DRAIN,
    };
    for listener in peers {
        tracing::info!(address = listener.address(), "serving peer traffic");
        serving.spawn(http::serve(listener, http::peer_routes(server.handle().clone()), serve_config, stopping.clone()));
    }
    for listener in clients {
        let address = listener.address().to_string();
        let services = rpc::routes(server.handle().clone());
        serving.spawn(http::serve(listener, services, serve_config, stopping.clone()));
        tracing::info!(
            traffic = "grpc+http",
            address,
            "serving client traffic insecurely; this is strongly discouraged!"
        );
    }
    tracing::info!("ready to serve client requests");
    let end = tokio::select! {
        biased;
        reason = server.failed() => {
            tracing::error!(error = reason, "etcd stops because the member cannot go on");
            return Ok(End::Failed);
        }
        _ = terminate.recv() => End::Signal(15),
        _ = interrupt.recv() => End::Signal(2),
    };
    tracing::info!(signal = if matches!(end, End::Signal(2)) { "interrupt" } else { "terminated" }, "received signal; shutting down");
    tracing::info!(name = config.member.name, "closing etcd server");
    server.begin_stop();
    stop.send_replace(true);
    while serving.join_next().await.is_some() {}
    server.stop().await;
    tracing::info!(name = config.member.name, "closed etcd server");
    Ok(end)
}

async fn bind(urls: &[String]) -> Result<Vec<Listener>, String> {
    let mut listeners = Vec::new();
    for url in urls {
        listeners.push(Listener::bind(url).await.map_err(|error| format!("listening on {url}: {error}"))?);
    }
    Ok(listeners)
}

fn log_start(config: &ServerConfig) {
    let member = &config.member;
    tracing::info!(
        "etcd-version" = env!("CARGO_PKG_VERSION"),
        name = member.name,
        "data-dir" = ?member.data_dir,
        "wal-dir" = ?member.wal_path(),
        "heartbeat-interval" = ?member.tick,
        "election-timeout" = ?member.election_timeout(),
        "snapshot-count" = member.snapshot_entries,
        "snapshot-catchup-entries" = member.catchup_entries,
        "max-wals" = member.wals_kept_max,
        "initial-advertise-peer-urls" = ?member.advertise_peer_urls,
        "listen-peer-urls" = ?config.listen_peer_urls,
        "advertise-client-urls" = ?member.advertise_client_urls,
        "listen-client-urls" = ?config.listen_client_urls,
        "quota-backend-bytes" = member.quota_bytes,
        "max-request-bytes" = member.request_bytes_max,
        "initial-cluster-token" = member.cluster_token,
        "starting an etcd server"
    );
}
