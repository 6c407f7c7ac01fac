//! The ports of a member: opened before it starts, so that what is wrong with them is known early, and served when it is
//! ready.
//!
//! ```text
//!   --listen-peer-urls           other members
//!   --listen-client-urls         gRPC, and HTTP unless the next are given
//!   --listen-client-http-urls    HTTP alone
//!   --listen-metrics-urls        metrics and health alone
//! ```

use super::config::ServerConfig;
use crate::{
    http::{self, Access, Listener, PeerRouter, Room, Router, Settings, Sockets, Threads, Traffic},
    limits::METRICS_CONNECTIONS,
    server::Handle,
};
use std::{collections::BTreeSet, sync::Arc};
use tokio::{sync::watch, task::JoinSet};

/// The ports for clients, open.
pub struct ClientPorts {
    ports: Vec<(Listener, Traffic)>,
    /// With their URLs, as log lines have them.
    metrics: Vec<(Listener, String)>,
}

/// What all ports are served with.
pub struct Serving<'a> {
    /// The member.
    pub handle: &'a Handle,
    /// Who looks after connections.
    pub threads: &'a Arc<Threads>,
    /// How many connections there may be.
    pub room: Room,
    /// Tells when it is over.
    pub stopping: &'a watch::Receiver<bool>,
}

/// Opens the ports for other members.
///
/// # Errors
/// The first that cannot be had, in etcd's words.
pub async fn bind_peers(config: &ServerConfig) -> Result<Vec<Listener>, String> {
    let Sockets { reuse_address, reuse_port } = config.sockets;
    if reuse_address || reuse_port {
        tracing::info!("reuse-address" = reuse_address, "reuse-port" = reuse_port, "configuring socket options");
    }
    tracing::info!("listen-peer-urls" = ?config.listen_peer_urls, "configuring peer listeners");
    let bound = bind(&config.listen_peer_urls, config.sockets).await;
    bound.inspect_err(|error| tracing::error!(error, "creating peer listener failed"))
}

impl ClientPorts {
    /// Opens the ports for clients.
    ///
    /// # Errors
    /// The first that cannot be had, in etcd's words.
    pub async fn bind(config: &ServerConfig) -> Result<Self, String> {
        tracing::info!("listen-client-urls" = ?config.listen_client_urls, "configuring client listeners");
        let web = &config.web;
        let taken: BTreeSet<&str> = config.listen_client_urls.iter().map(|url| address(url)).collect();
        if let Some(url) = web.listen_client_http_urls.iter().find(|url| taken.contains(address(url))) {
            return Err(format!(
                "cannot bind both --listen-client-urls and --listen-client-http-urls on the same url {url}"
            ));
        }
        let first = if web.listen_client_http_urls.is_empty() { Traffic::All } else { Traffic::Rpc };
        let first = bind(&config.listen_client_urls, config.sockets).await?.into_iter().map(|port| (port, first));
        let pages = bind(&web.listen_client_http_urls, config.sockets).await?.into_iter();
        let metrics = bind(&web.listen_metrics_urls, config.sockets).await?.into_iter();
        Ok(Self {
            ports: first.chain(pages.map(|port| (port, Traffic::Pages))).collect(),
            metrics: metrics.zip(&web.listen_metrics_urls).map(|(port, url)| shown(port, url)).collect(),
        })
    }

    /// How many there are, those for metrics not counted.
    pub fn count(&self) -> usize {
        self.ports.len()
    }

    /// Serves them. Must be called within a tokio runtime.
    pub fn serve(self, config: &ServerConfig, with: &Serving<'_>) -> JoinSet<()> {
        let mut serving = JoinSet::new();
        let access = Access::new(&config.web.origins, &config.web.hosts);
        let router = Router::new(with.handle.clone()).for_those(access);
        let mut serve = |listener, traffic: Traffic, connections_max| {
            let settings = Settings { versions: traffic.versions(), connections_max, ..config.connections };
            let (router, threads) = (router.serving(traffic), with.threads.clone());
            serving.spawn(http::serve(listener, router, settings, threads, told(with.stopping)));
        };
        for (listener, url) in self.metrics {
            tracing::info!(address = url, "serving metrics");
            serve(listener, Traffic::Metrics, METRICS_CONNECTIONS);
        }
        for (listener, traffic) in self.ports {
            tracing::info!(
                traffic = traffic.name(),
                address = listener.address(),
                "serving client traffic insecurely; this is strongly discouraged!"
            );
            serve(listener, traffic, with.room.client_port);
        }
        serving
    }
}

/// Serves other members. Must be called within a tokio runtime.
pub fn serve_peers(listeners: Vec<Listener>, config: &ServerConfig, with: &Serving<'_>) -> JoinSet<()> {
    let mut serving = JoinSet::new();
    let router = PeerRouter::new(with.handle.clone());
    for listener in listeners {
        tracing::info!(address = listener.address(), "serving peer traffic");
        let (router, threads) = (router.clone(), with.threads.clone());
        let write_timeout = Some(config.member.peer_write_timeout);
        let settings = Settings { connections_max: with.room.peer_port, write_timeout, ..Settings::default() };
        serving.spawn(http::serve(listener, router, settings, threads, told(with.stopping)));
    }
    serving
}

/// What etcd says when all is in place.
pub fn log_serving(config: &ServerConfig, handle: &Handle) {
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

async fn bind(urls: &[String], sockets: Sockets) -> Result<Vec<Listener>, String> {
    let mut listeners = Vec::new();
    for url in urls {
        listeners.push(Listener::bind_with(url, sockets).await.map_err(|error| error.to_string())?);
    }
    Ok(listeners)
}

/// What stands behind a URL's scheme.
fn address(url: &str) -> &str {
    url.split_once("://").map_or(url, |(_, address)| address)
}

/// A port with its URL as it was given, but for a port that the system chose.
fn shown(listener: Listener, url: &str) -> (Listener, String) {
    let shown = if url.ends_with(":0") { listener.url() } else { url.to_owned() };
    (listener, shown)
}

/// Resolves when it is time to stop.
fn told(stopping: &watch::Receiver<bool>) -> impl Future<Output = ()> + Send + 'static {
    let mut stopping = stopping.clone();
    async move {
        let _ = stopping.wait_for(|stopping| *stopping).await;
    }
}
