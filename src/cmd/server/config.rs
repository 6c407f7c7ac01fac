//! What `etcd server` was told, checked and with units: the member's configuration and that of everything around it.

use super::gates::Gates;
use crate::{
    http::{Settings, Sockets},
    logging::LoggingConfig,
    server::config::Config,
    tls::TlsSettings,
};
use std::time::Duration;

/// All that `etcd server` was told.
#[derive(Clone, Debug)]
pub struct ServerConfig {
    /// For the member.
    pub member: Config,
    /// Where clients connect.
    pub listen_client_urls: Vec<String>,
    /// Where members connect.
    pub listen_peer_urls: Vec<String>,
    /// For connections of clients.
    pub connections: Settings,
    /// For plain HTTP.
    pub web: Web,
    /// For listeners.
    pub sockets: Sockets,
    /// Certificates and what goes with them.
    pub security: Security,
    /// How the log is written.
    pub log: LoggingConfig,
    /// What the member does on its own.
    pub upkeep: Upkeep,
    /// How users are known.
    pub users: Users,
    /// Feature gates.
    pub gates: Gates,
    /// How another cluster would be asked who the members are.
    pub discovery: Discovery,
    /// Where traces go; none: nowhere.
    pub tracing: Option<Tracing>,
}

/// Certificates, keys and authorities, and whom they let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Security {
    /// For clients.
    pub client: TlsSettings,
    /// For members.
    pub peer: TlsSettings,
    /// Make a certificate for clients (`--auto-tls`).
    pub auto_client: bool,
    /// Make a certificate for members (`--peer-auto-tls`).
    pub auto_peer: bool,
    /// Years for which certificates that are made here are valid.
    pub years: u64,
}

/// Plain HTTP beside gRPC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Web {
    /// Where HTTP alone is served (`--listen-client-http-urls`). Empty: on the ports of gRPC.
    pub listen_client_http_urls: Vec<String>,
    /// Where metrics and health alone are served (`--listen-metrics-urls`).
    pub listen_metrics_urls: Vec<String>,
    /// Origins that web pages may ask from (`--cors`); `*` or nothing is all.
    pub origins: Vec<String>,
    /// Host names that requests without TLS may name (`--host-whitelist`); `*` or nothing is all.
    pub hosts: Vec<String>,
    /// Histograms of gRPC among the metrics (`--metrics=extensive`).
    pub extensive_metrics: bool,
    /// Serve profiles (`--enable-pprof`).
    pub profiles: bool,
    /// Serve the JSON gateway (`--enable-grpc-gateway`).
    pub gateway: bool,
}

/// What a member does on its own, and when it complains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Upkeep {
    /// Time between two comparisons with the other members; zero is never.
    pub corrupt_check_interval: Duration,
    /// Time between two comparisons of compaction hashes.
    pub compact_hash_interval: Duration,
    /// Time between two looks at a downgrade.
    pub downgrade_interval: Duration,
    /// Keep pages in memory.
    pub lock_memory: bool,
}

/// How users are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Users {
    /// Kind of tokens, and options.
    pub token: String,
    /// Seconds for which a simple token lives.
    pub token_ttl_s: u64,
    /// Cost of hashing a password.
    pub bcrypt_cost: u64,
}

/// How another cluster would be asked who the members are. Nobody is asked yet: it is told of at the start, as in etcd.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discovery {
    /// Token of the cluster to be.
    pub token: String,
    /// Endpoints of the other cluster.
    pub endpoints: Vec<String>,
    /// Time to connect.
    pub dial_timeout: Duration,
    /// Time for a request.
    pub request_timeout: Duration,
    /// Time between two pings.
    pub keepalive_time: Duration,
    /// Time to answer a ping.
    pub keepalive_timeout: Duration,
    /// Connect without TLS.
    pub insecure_transport: bool,
    /// Do not check the server's certificate.
    pub insecure_skip_tls_verify: bool,
    /// Certificate that tells who the client is.
    pub cert: String,
    /// Key of that certificate.
    pub key: String,
    /// Authorities that the server's certificate must come from.
    pub cacert: String,
    /// Name of the user, without a password.
    pub user: String,
}

/// Where traces go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tracing {
    /// The collector.
    pub address: String,
    /// Name of the service.
    pub service: String,
    /// Name of this member; empty: none.
    pub instance: String,
    /// Traces kept out of a million.
    pub per_million: i64,
}
