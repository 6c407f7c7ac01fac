//! Where the member meets the network of its peers: what comes in goes to the core, what the core sends goes out, and the
//! peers that are talked to are those of the cluster.
//!
//! ```text
//!   core --Outbox--> ToPeers --> peer::Transport ==> other members
//!   core <-PeerInbox- Inlet <--Host--'            <==
//! ```

use super::{
    bootstrap::Bootstrapped,
    config::Config,
    lateness::Heartbeats,
    outbox::{Outbox, SnapshotToSend},
    shared::Network,
    start_error::StartError,
    task::PeerInbox,
    transfer::{Arrivals, Departures},
};
use crate::{
    id::MemberId,
    membership::{Member, MembersView},
    pb::raftpb::{Message, MessageType},
    peer::{self, Asker, Database, Dial, Host, PeerUrl, Saving, Sockets, Transport, Undelivered},
    raft::SnapshotSent,
};
use std::{collections::BTreeMap, sync::Arc};
use tokio::{runtime, sync::watch};

/// The ways to other members, with nobody known yet. Must be called within a tokio runtime, which they run on.
///
/// # Errors
/// One of this member's own peer URLs is none.
pub fn open<P, R>(config: &Config, found: &Bootstrapped<P, R>, inbox: Arc<PeerInbox>) -> Result<Network, StartError> {
    let (identity, members) = (found.identity, found.machine.members());
    let cast_out = watch::Sender::new(false);
    let peer_urls = PeerUrl::parse_all(config.advertise_peer_urls.iter().map(String::as_str));
    let peer_urls = peer_urls.map_err(|error| StartError::Config(error.to_string()))?;
    let transport = peer::Config {
        identity: peer::Identity { member: identity.member_id, cluster: identity.cluster_id, peer_urls },
        dial_timeout: config.dial_timeout(),
        read_timeout: config.peer_read_timeout,
        write_timeout: config.peer_write_timeout,
        dial: dial(config),
    };
    let arrivals = Arc::new(Arrivals::new(found.receiver.clone()));
    let inlet = Inlet { inbox, arrivals, members, cast_out: cast_out.clone() };
    let peers = Transport::new(transport, Arc::new(inlet), runtime::Handle::current());
    Ok(Network { peers, asker: asker(config), cast_out })
}

/// Asks other members, also before this one knows who it is.
pub fn asker(config: &Config) -> Asker {
    Asker::new(dial(config), config.dial_timeout())
}

fn dial(config: &Config) -> Arc<dyn Dial> {
    Arc::new(Sockets::new(config.peer_tls.clone()))
}

/// What comes in.
struct Inlet {
    inbox: Arc<PeerInbox>,
    arrivals: Arc<Arrivals>,
    members: MembersView,
    cast_out: watch::Sender<bool>,
}

impl Host for Inlet {
    fn deliver(&self, message: Message) -> Result<(), Undelivered> {
        let is_snapshot = message.msg_type == MessageType::MsgSnapshot as i32;
        let taken = match self.arrivals.take(&message).filter(|_| is_snapshot) {
            Some(image) => self.inbox.snapshot(message, image),
            None => self.inbox.message(message),
        };
        match taken {
            _ if self.inbox.is_closed() => Err(Undelivered::Stopped),
            true => Ok(()),
            false => Err(Undelivered::Full),
        }
    }

    fn is_removed(&self, member: MemberId) -> bool {
        self.members.is_removed(member)
    }

    fn unreachable(&self, peer: MemberId) {
        self.inbox.unreachable(peer);
    }

    fn gone(&self, peer: MemberId) {
        self.inbox.gone(peer);
    }

    fn snapshot_sent(&self, peer: MemberId, sent: SnapshotSent) {
        self.inbox.snapshot_sent(peer, sent);
    }

    fn save_snapshot<'a>(&'a self, message: &'a Message, database: Database) -> Saving<'a> {
        Box::pin(self.arrivals.save(message, database))
    }

    fn cast_out(&self) {
        self.cast_out.send_replace(true);
    }
}

/// What goes out, and to whom there is a way.
#[derive(Debug)]
pub struct ToPeers {
    transport: Transport,
    departures: Departures,
    heartbeats: Heartbeats,
    /// The members as they were last seen, with their peer URLs.
    seen: BTreeMap<MemberId, Vec<String>>,
}

impl ToPeers {
    /// Over that network; a member that joins knows its peers before its log does.
    pub fn new(transport: Transport, heartbeats: Heartbeats, known: &[Member]) -> Self {
        let departures = Departures::new(transport.clone());
        let outbox = Self { transport, departures, heartbeats, seen: BTreeMap::new() };
        known.iter().for_each(|member| outbox.add(member));
        outbox
    }

    fn add(&self, member: &Member) {
        if member.id != self.transport.identity().member
            && let Some(urls) = peer_urls(member)
        {
            self.transport.add_peer(member.id, urls);
        }
    }
}

impl Outbox for ToPeers {
    fn send(&mut self, messages: Vec<Message>) {
        self.heartbeats.look(&messages);
        self.transport.send(messages);
    }

    fn send_snapshot(&mut self, snapshot: SnapshotToSend) {
        self.departures.send(snapshot);
    }

    fn follow(&mut self, members: &MembersView) {
        let local = self.transport.identity().member;
        let now: BTreeMap<MemberId, Member> =
            members.list().into_iter().map(|member| (member.id, member)).filter(|(id, _)| *id != local).collect();
        for (id, member) in &now {
            match self.seen.get(id) {
                None => self.add(member),
                Some(urls) if *urls != member.peer_urls => {
                    if let Some(urls) = peer_urls(member) {
                        self.transport.update_peer(*id, urls);
                    }
                }
                Some(_) => {}
            }
        }
        for id in self.seen.keys().filter(|id| !now.contains_key(id)) {
            self.transport.remove_peer(*id);
        }
        self.seen = now.into_iter().map(|(id, member)| (id, member.peer_urls)).collect();
    }
}

/// What cannot be read is not reached: etcd takes any text when a member's URLs are changed.
pub fn peer_urls(member: &Member) -> Option<Vec<PeerUrl>> {
    let urls = PeerUrl::parse_all(member.peer_urls.iter().map(String::as_str));
    urls.inspect_err(|error| {
        tracing::error!("remote-peer-id" = %member.id, "remote-peer-urls" = ?member.peer_urls, %error, "unusable peer URLs");
    })
    .ok()
}
