//! A member within this process, over a disk that can be held up, with ports for clients and for other members.

use crate::{
    disk::{Gate, GatedDisk},
    support::config::alone,
};
use etcd::{
    http::{Listener, PeerRouter, Router, Settings, Threads, serve},
    server::{Handle, Server, config::Config},
};
use std::sync::Arc;
use tempfile::TempDir;

/// Its name in a cluster.
pub const NAME: &str = "held";

/// A place for the member.
pub struct Place {
    pub dir: TempDir,
    pub gate: Gate,
    peers: Listener,
}

/// The member, while it runs.
pub struct Held {
    server: Server,
    pub handle: Handle,
    pub gate: Gate,
    pub dir: TempDir,
    /// Where clients reach it: `host:port`.
    pub address: String,
}

impl Place {
    pub async fn take() -> Self {
        let peers = Listener::bind("http://127.0.0.1:0").await.expect("a port");
        Self { dir: TempDir::new().expect("a temporary folder"), gate: Gate::default(), peers }
    }

    pub fn peer_url(&self) -> String {
        self.peers.url()
    }

    /// Starts it in a cluster of these, which has itself in it. It is not ready yet.
    pub async fn start(self, initial_cluster: Vec<(String, Vec<String>)>, token: &str) -> Held {
        let clients = Listener::bind("http://127.0.0.1:0").await.expect("a port");
        let (client_url, peer_url, address) = (clients.url(), self.peers.url(), clients.address());
        let config = Config {
            name: NAME.into(),
            advertise_peer_urls: vec![peer_url],
            advertise_client_urls: vec![client_url],
            initial_cluster,
            cluster_token: token.into(),
            ..alone(self.dir.path())
        };
        let server = Server::start_on(Arc::new(GatedDisk::new(&self.gate)), config).await.expect("a server");
        let handle = server.handle().clone();
        let threads = Arc::new(Threads::start().expect("threads"));
        let never = std::future::pending();
        tokio::spawn(serve(self.peers, PeerRouter::new(handle.clone()), Settings::default(), threads.clone(), never));
        let never = std::future::pending();
        tokio::spawn(serve(clients, Router::new(handle.clone()), Settings::default(), threads, never));
        Held { server, handle, gate: self.gate, dir: self.dir, address }
    }
}

impl Held {
    pub async fn ready(&self) {
        self.server.ready().await;
    }

    /// Stops it in order.
    pub async fn stop(self) {
        self.server.stop().await;
    }
}
