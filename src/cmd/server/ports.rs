//! The ports of a member: opened before it starts, so that what is wrong with them is known early, and served when it is
//! ready.
//!
//! ```text
//!   --listen-peer-urls           other members
//!   --listen-client-urls         gRPC, and HTTP unless the next are given
//!   --listen-client-http-urls    HTTP alone
//!   --listen-metrics-urls        metrics and health alone
//! ```

use super::{
    config::ServerConfig,
    secure::{Secured, is_secure},
};
use crate::{
    http::{
        self, Access, Listener, Origin, PeerRouter, Port, Room, Router, Security, Settings, Sockets, Threads, Tls,
        Traffic, Versions,
    },
    limits::METRICS_CONNECTIONS,
    server::Handle,
    tls::{Revocation, ServerTls},
};
use std::{collections::BTreeSet, sync::Arc};
use tokio::{sync::watch, task::JoinSet};

/// The ports for clients, open.
pub struct ClientPorts {
    ports: Vec<(Bound, Traffic)>,
    /// With their URLs, as log lines have them.
    metrics: Vec<(Bound, String)>,
}

/// A port, open, and what its URLs ask for: an address may be listed with TLS and without.
struct Bound {
    listener: Listener,
    plain: bool,
    secure: bool,
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

/// Opens the ports for other members, each with whether it has TLS.
///
/// # Errors
/// The first that cannot be had, in etcd's words.
pub async fn bind_peers(config: &ServerConfig) -> Result<Vec<(Listener, bool)>, String> {
    let Sockets { reuse_address, reuse_port } = config.sockets;
    if reuse_address || reuse_port {
        tracing::info!("reuse-address" = reuse_address, "reuse-port" = reuse_port, "configuring socket options");
    }
    tracing::info!("listen-peer-urls" = ?config.listen_peer_urls, "configuring peer listeners");
    let mut listeners = Vec::new();
    for url in &config.listen_peer_urls {
        let bound = Listener::bind_with(url, config.sockets).await.map_err(|error| error.to_string());
        let listener = bound.inspect_err(|error| tracing::error!(error, "creating peer listener failed"))?;
        listeners.push((listener, is_secure(url)));
    }
    Ok(listeners)
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
        let mut metrics = Vec::new();
        for url in &web.listen_metrics_urls {
            let bound = bind(std::slice::from_ref(url), config.sockets).await?;
            metrics.extend(bound.into_iter().map(|port| shown(port, url)));
        }
        Ok(Self { ports: first.chain(pages.map(|port| (port, Traffic::Pages))).collect(), metrics })
    }

    /// How many there are, those for metrics not counted.
    pub fn count(&self) -> usize {
        self.ports.len()
    }

    /// Serves them. Must be called within a tokio runtime.
    pub fn serve(self, config: &ServerConfig, secured: &Secured, with: &Serving<'_>) -> JoinSet<()> {
        let mut serving = JoinSet::new();
        let access = Access::new(&config.web.origins, &config.web.hosts);
        let router = Router::new(with.handle.clone()).for_those(access);
        let mut serve = |port: Bound, traffic: Traffic, connections_max| {
            let versions = port.versions(traffic);
            let settings = Settings { versions, connections_max, ..config.connections };
            let tls = secured.client.as_ref().map(|tls| client_tls(tls, traffic));
            let (router, threads) = (router.serving(traffic), with.threads.clone());
            serving.spawn(http::serve(port.with(tls), router, settings, threads, told(with.stopping)));
        };
        for (port, url) in self.metrics {
            tracing::info!(address = url, "serving metrics");
            serve(port, Traffic::Metrics, METRICS_CONNECTIONS);
        }
        for (port, traffic) in self.ports {
            let (name, address) = (traffic.name(), port.listener.address());
            if port.plain {
                tracing::info!(
                    traffic = name,
                    address,
                    "serving client traffic insecurely; this is strongly discouraged!"
                );
            }
            if port.secure {
                tracing::info!(traffic = name, address, "serving client traffic securely");
            }
            serve(port, traffic, with.room.client_port);
        }
        serving
    }
}

impl Bound {
    fn with(self, tls: Option<Tls>) -> Port {
        let security = match tls {
            Some(tls) if self.secure && self.plain => Security::Either(tls),
            Some(tls) if self.secure => Security::Tls(tls),
            // A port with TLS is not opened without certificates.
            _ => Security::Plain,
        };
        Port { listener: self.listener, security }
    }

    fn versions(&self, traffic: Traffic) -> Versions {
        if self.secure { traffic.secure_versions() } else { traffic.versions() }
    }
}

fn client_tls(tls: &ServerTls, traffic: Traffic) -> Tls {
    // What etcd does where, down to whose addresses are looked at.
    let revocation = if traffic == Traffic::Rpc { Revocation::Within } else { Revocation::Afterwards };
    let is_checked = traffic == Traffic::Metrics && !tls.settings().skip_address_check;
    let origin = if is_checked { Origin::Checked } else { Origin::Any };
    Tls { tls: tls.clone(), endpoint: "client", revocation, origin }
}

/// Serves other members. Must be called within a tokio runtime.
pub fn serve_peers(
    listeners: Vec<(Listener, bool)>,
    config: &ServerConfig,
    secured: &Secured,
    with: &Serving<'_>,
) -> JoinSet<()> {
    let mut serving = JoinSet::new();
    let router = PeerRouter::new(with.handle.clone());
    for (listener, secure) in listeners {
        tracing::info!(address = listener.address(), "serving peer traffic");
        let (router, threads) = (router.clone(), with.threads.clone());
        let write_timeout = Some(config.member.peer_write_timeout);
        let settings = Settings { connections_max: with.room.peer_port, write_timeout, ..Settings::default() };
        let tls = secured.peer.as_ref().map(|tls| Tls {
            tls: tls.clone(),
            endpoint: "peer",
            revocation: Revocation::Afterwards,
            origin: if tls.settings().skip_address_check { Origin::Any } else { Origin::Checked },
        });
        let port = Bound { listener, plain: !secure, secure }.with(tls);
        serving.spawn(http::serve(port, router, settings, threads, told(with.stopping)));
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

/// Opens each address once, however often it is listed.
async fn bind(urls: &[String], sockets: Sockets) -> Result<Vec<Bound>, String> {
    let mut ports: Vec<(&str, Bound)> = Vec::new();
    for url in urls {
        let (secure, plain) = (is_secure(url), !is_secure(url));
        match ports.iter_mut().find(|(known, _)| *known == address(url)) {
            Some((_, port)) => (port.secure, port.plain) = (port.secure | secure, port.plain | plain),
            None => {
                let listener = Listener::bind_with(url, sockets).await.map_err(|error| error.to_string())?;
                ports.push((address(url), Bound { listener, plain, secure }));
            }
        }
    }
    Ok(ports.into_iter().map(|(_, port)| port).collect())
}

/// What stands behind a URL's scheme.
fn address(url: &str) -> &str {
    url.split_once("://").map_or(url, |(_, address)| address)
}

/// A port with its URL as it was given, but for a port that the system chose.
fn shown(port: Bound, url: &str) -> (Bound, String) {
    let shown = match (url.ends_with(":0"), url.split_once("://")) {
        (true, Some((scheme, _))) => format!("{scheme}://{}", port.listener.address()),
        _ => url.to_owned(),
    };
    (port, shown)
}

/// Resolves when it is time to stop.
fn told(stopping: &watch::Receiver<bool>) -> impl Future<Output = ()> + Send + 'static {
    let mut stopping = stopping.clone();
    async move {
        let _ = stopping.wait_for(|stopping| *stopping).await;
    }
}
