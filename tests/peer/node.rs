//! A member's network with nothing behind it but a host that writes down what it hears.

use crate::network::Network;
use etcd::id::{ClusterId, MemberId};
use etcd::pb::raftpb::{Entry, Message, MessageType};
use etcd::peer::{
    self, Config, Database, Dial, Host, Identity, Patient, PeerUrl, Saving, Sockets, Transport, Undelivered,
};
use etcd::raft::SnapshotSent;
use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use std::{
    collections::BTreeSet,
    convert::Infallible,
    future::pending,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpListener,
    runtime::Handle,
    sync::mpsc,
    task::JoinSet,
};

pub const CLUSTER: ClusterId = ClusterId(0xc1);
pub const IO_TIMEOUT: Duration = Duration::from_secs(5);

/// What a host hears.
#[allow(clippy::large_enum_variant)]
#[derive(Debug, PartialEq)]
pub enum Heard {
    Message(Message),
    Unreachable(MemberId),
    Gone(MemberId),
    Snapshot(MemberId, SnapshotSent),
    /// A database behind a message: its bytes, or why not all of them.
    Database(Result<Vec<u8>, String>),
    CastOut,
}

/// Writes down what it hears.
pub struct Listener {
    heard: mpsc::UnboundedSender<Heard>,
    pub removed: Mutex<BTreeSet<MemberId>>,
    pub refuses: Mutex<Option<Undelivered>>,
}

impl Host for Listener {
    fn deliver(&self, message: Message) -> Result<(), Undelivered> {
        if let Some(reason) = *self.refuses.lock().unwrap() {
            return Err(reason);
        }
        let _ = self.heard.send(Heard::Message(message));
        Ok(())
    }

    fn is_removed(&self, member: MemberId) -> bool {
        self.removed.lock().unwrap().contains(&member)
    }

    fn unreachable(&self, peer: MemberId) {
        let _ = self.heard.send(Heard::Unreachable(peer));
    }

    fn gone(&self, peer: MemberId) {
        let _ = self.heard.send(Heard::Gone(peer));
    }

    fn snapshot_sent(&self, peer: MemberId, sent: SnapshotSent) {
        let _ = self.heard.send(Heard::Snapshot(peer, sent));
    }

    fn save_snapshot<'a>(&'a self, _: &'a Message, mut database: Database) -> Saving<'a> {
        Box::pin(async move {
            let mut bytes = Vec::new();
            let result = loop {
                match database.piece().await {
                    Ok(Some(piece)) => bytes.extend_from_slice(&piece),
                    Ok(None) => break Ok(bytes.len() as u64),
                    Err(error) => break Err(error),
                }
            };
            let heard = result.as_ref().map(|_| bytes).map_err(|error| error.to_string());
            let _ = self.heard.send(Heard::Database(heard));
            result
        })
    }

    fn cast_out(&self) {
        let _ = self.heard.send(Heard::CastOut);
    }
}

/// A member's network. It serves until it is dropped.
pub struct Node {
    pub id: MemberId,
    pub url: PeerUrl,
    pub transport: Transport,
    pub host: Arc<Listener>,
    heard: mpsc::UnboundedReceiver<Heard>,
    serving: JoinSet<()>,
}

impl Node {
    /// In memory, at `m{id}:1`.
    pub fn in_memory(network: &Network, id: u64) -> Self {
        Self::of_cluster(network, id, CLUSTER)
    }

    /// The same, in a cluster of its own.
    pub fn of_cluster(network: &Network, id: u64, cluster: ClusterId) -> Self {
        let address = address(id);
        let mut accepted = network.listen(&address);
        let mut node = Self::new(MemberId(id), cluster, &format!("http://{address}"), Arc::new(network.clone()));
        let transport = node.transport.clone();
        node.serving.spawn(async move {
            let mut connections = JoinSet::new();
            while let Some(socket) = accepted.recv().await {
                connections.spawn(serve(transport.clone(), socket));
            }
            pending::<()>().await;
        });
        node
    }

    /// On a port of this machine that the system chose.
    pub async fn on_loopback(id: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        Self::listening(listener, MemberId(id), CLUSTER, &url)
    }

    /// On a given port of this machine.
    pub async fn on_port(id: MemberId, cluster: ClusterId, url: &str) -> Self {
        let listener = TcpListener::bind(url.strip_prefix("http://").unwrap()).await.unwrap();
        Self::listening(listener, id, cluster, url)
    }

    fn listening(listener: TcpListener, id: MemberId, cluster: ClusterId, url: &str) -> Self {
        let mut node = Self::new(id, cluster, url, Arc::new(Sockets::default()));
        let transport = node.transport.clone();
        node.serving.spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let (socket, _) = listener.accept().await.unwrap();
                socket.set_nodelay(true).unwrap();
                connections.spawn(serve(transport.clone(), socket));
            }
        });
        node
    }

    fn new(id: MemberId, cluster: ClusterId, url: &str, dial: Arc<dyn Dial>) -> Self {
        let url = PeerUrl::parse(url).unwrap();
        let (heard_in, heard) = mpsc::unbounded_channel();
        let host = Arc::new(Listener { heard: heard_in, removed: Mutex::default(), refuses: Mutex::default() });
        let config = Config {
            identity: Identity { member: id, cluster, peer_urls: vec![url.clone()] },
            dial_timeout: Duration::from_secs(2),
            read_timeout: IO_TIMEOUT,
            write_timeout: IO_TIMEOUT,
            dial,
        };
        let transport = Transport::new(config, host.clone(), Handle::current());
        Self { id, url, transport, host, heard, serving: JoinSet::new() }
    }

    /// Makes two members peers of each other.
    pub fn join(&self, other: &Node) {
        self.transport.add_peer(other.id, vec![other.url.clone()]);
        other.transport.add_peer(self.id, vec![self.url.clone()]);
    }

    /// The next thing heard.
    pub async fn hear(&mut self) -> Heard {
        self.heard.recv().await.unwrap()
    }

    /// The next message, past anything else.
    pub async fn message(&mut self) -> Message {
        loop {
            if let Heard::Message(message) = self.hear().await {
                return message;
            }
        }
    }

    /// Waits until this is heard, past anything else.
    pub async fn hear_that(&mut self, expected: Heard) {
        while self.hear().await != expected {}
    }

    /// Has nothing been heard?
    pub fn is_silent(&mut self) -> bool {
        self.heard.try_recv().is_err()
    }

    /// What has been heard and not asked for.
    pub fn heard_so_far(&mut self) -> Vec<Heard> {
        std::iter::from_fn(|| self.heard.try_recv().ok()).collect()
    }

    /// Waits until it reaches another member over both streams, in both directions: what went out came back.
    pub async fn meet(&mut self, other: &mut Node) {
        for (from, to) in [(&mut *self, &mut *other)] {
            for round in 0.. {
                let probe = Message { term: round + 1, ..message(MessageType::MsgHeartbeat, from.id, to.id) };
                from.transport.send([probe.clone()]);
                let back = Message { from: to.id.0, to: from.id.0, ..probe.clone() };
                to.hear_that(Heard::Message(probe)).await;
                to.transport.send([back.clone()]);
                from.hear_that(Heard::Message(back)).await;
                if round == 3 {
                    break;
                }
            }
        }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.transport.stop();
    }
}

pub fn address(id: u64) -> String {
    format!("m{id}:1")
}

async fn serve(transport: Transport, socket: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) {
    let service = service_fn(move |request| {
        let transport = transport.clone();
        async move { Ok::<_, Infallible>(peer::handle(transport, request).await) }
    });
    let _ = http1::Builder::new().serve_connection(TokioIo::new(Patient::new(socket, IO_TIMEOUT)), service).await;
}

pub fn message(kind: MessageType, from: MemberId, to: MemberId) -> Message {
    Message { msg_type: kind as i32, from: from.0, to: to.0, term: 1, ..Message::default() }
}

/// An append of one entry of `bytes` bytes behind `index`.
pub fn append(from: MemberId, to: MemberId, index: u64, bytes: usize) -> Message {
    let entry = Entry { term: 1, index: index + 1, data: vec![index as u8; bytes].into(), ..Entry::default() };
    Message { log_term: 1, index, entries: vec![entry], commit: index, ..message(MessageType::MsgAppend, from, to) }
}
