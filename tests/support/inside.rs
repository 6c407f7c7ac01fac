//! A member within the test's own process, on any disk, with ports for clients and for other members.

use super::config::alone;
use etcd::{
    disk::Disk,
    http::{Listener, PeerRouter, Router, Settings, Threads, serve},
    server::{Handle, Server, bootstrap::StartError, config::Config},
};
use std::sync::Arc;
use tempfile::TempDir;
use tokio::sync::watch;

/// A place for a member.
pub struct Place {
    pub name: String,
    pub dir: TempDir,
    peers: Listener,
}

/// The member, while it runs.
pub struct Inside {
    server: Server,
    pub handle: Handle,
    pub dir: TempDir,
    /// Where clients reach it, and other members: `host:port`.
    pub client: String,
    pub peer: String,
    stop: watch::Sender<bool>,
}

impl Place {
    pub async fn take(name: &str) -> Self {
        let peers = Listener::bind("http://127.0.0.1:0").await.expect("a port");
        Self { name: name.into(), dir: TempDir::new().expect("a temporary folder"), peers }
    }

    pub fn peer_url(&self) -> String {
        self.peers.url()
    }

    /// It as a founder of a cluster.
    pub fn founder(&self) -> (String, Vec<String>) {
        (self.name.clone(), vec![self.peer_url()])
    }

    /// What a member here is told, in a cluster of these, which has itself in it.
    pub fn config(&self, initial_cluster: &[(String, Vec<String>)]) -> Config {
        Config {
            name: self.name.clone(),
            advertise_peer_urls: vec![self.peer_url()],
            initial_cluster: initial_cluster.to_vec(),
            cluster_token: "members".into(),
            ..alone(self.dir.path())
        }
    }

    /// Starts it. It is not ready yet.
    pub async fn start(self, disk: Arc<dyn Disk>, config: Config) -> Result<Inside, StartError> {
        let clients = Listener::bind("http://127.0.0.1:0").await.expect("a port");
        let config = Config { advertise_client_urls: vec![clients.url()], ..config };
        let server = Server::start_on(disk, config).await?;
        let (handle, threads) = (server.handle().clone(), Arc::new(Threads::start().expect("threads")));
        let (client, peer) = (clients.address(), self.peers.address());
        let stop = watch::Sender::new(false);
        let stopped = || {
            let mut stopped = stop.subscribe();
            async move { drop(stopped.wait_for(|stopped| *stopped).await) }
        };
        let (pages, settings) = (PeerRouter::new(handle.clone()), Settings::default());
        tokio::spawn(serve(self.peers, pages, settings, threads.clone(), stopped()));
        tokio::spawn(serve(clients, Router::new(handle.clone()), settings, threads, stopped()));
        Ok(Inside { server, handle, dir: self.dir, client, peer, stop })
    }
}

impl Inside {
    pub async fn ready(&self) {
        self.server.ready().await;
    }

    /// Stops it in order. Its data stay for as long as the folder is kept.
    pub async fn stop(self) -> TempDir {
        self.server.begin_stop();
        self.stop.send_replace(true);
        self.server.stop().await;
        self.dir
    }
}
