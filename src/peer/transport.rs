//! All peers of a member: who they are, and the way of a message to each.

use super::{
    connection::Ways,
    contact::{Contact, kind_name},
    dial::Dial,
    headers::Identity,
    host::Host,
    kind::Kind,
    link::{Link, Stranger},
    snapshot::Snapshot,
    url::PeerUrl,
    writer::StreamBody,
};
use crate::id::MemberId;
use crate::limits::PEER_STRANGERS;
use crate::pb::raftpb::Message;
use crate::raft::SnapshotSent;
use parking_lot::RwLock;
use std::{collections::BTreeMap, fmt, sync::Arc, time::Duration};
use tokio::{runtime::Handle, time::Instant};

/// What a member's network is told before it starts.
#[derive(Clone, Debug)]
pub struct Config {
    /// Who this member is, and how others reach it.
    pub identity: Identity,
    /// How long opening a connection may take. etcd: a second and an election timeout.
    pub dial_timeout: Duration,
    /// `--raft-read-timeout`: a stream that is silent for so long is broken. This member says that it lives three times in
    /// that time.
    pub read_timeout: Duration,
    /// `--raft-write-timeout`: a connection that takes nothing for so long is broken.
    pub write_timeout: Duration,
    /// Opens connections: TLS or none.
    pub dial: Arc<dyn Dial>,
}

/// A member's peers. Clones share.
#[derive(Clone)]
pub struct Transport(Arc<Shared>);

struct Shared {
    ways: Arc<Ways>,
    host: Arc<dyn Host>,
    runtime: Handle,
    /// Locked for writing when membership changes only.
    known: RwLock<Known>,
}

#[derive(Default)]
struct Known {
    peers: BTreeMap<MemberId, Link>,
    strangers: BTreeMap<MemberId, Stranger>,
    is_stopped: bool,
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport").field("member", &self.0.ways.identity.member).finish_non_exhaustive()
    }
}

impl Transport {
    /// Nobody is known yet. Its tasks run on `runtime`; its methods may be called anywhere.
    pub fn new(config: Config, host: Arc<dyn Host>, runtime: Handle) -> Self {
        let Config { identity, dial_timeout, read_timeout, write_timeout, dial } = config;
        let ways = Arc::new(Ways { identity, dial, dial_timeout, read_timeout, write_timeout });
        Self(Arc::new(Shared { ways, host, runtime, known: RwLock::default() }))
    }

    /// Who this member is.
    pub fn identity(&self) -> &Identity {
        &self.0.ways.identity
    }

    /// Who is served.
    pub fn host(&self) -> &Arc<dyn Host> {
        &self.0.host
    }

    /// How long a request may be silent.
    pub fn read_timeout(&self) -> Duration {
        self.0.ways.read_timeout
    }

    /// Sends messages to whom they are addressed. Never waits; what cannot be queued is dropped, and raft is told.
    pub fn send(&self, messages: impl IntoIterator<Item = Message>) {
        let known = self.0.known.read();
        for message in messages {
            let to = MemberId(message.to);
            if let Some(peer) = known.peers.get(&to) {
                peer.send(message);
            } else if let Some(stranger) = known.strangers.get(&to) {
                stranger.send(message);
            } else if to != MemberId(0) {
                tracing::debug!(
                    "type" = kind_name(message.msg_type),
                    "unknown-target-peer-id" = %to,
                    "ignored message send request; unknown remote peer target"
                );
            }
        }
    }

    /// Sends a snapshot to whom its message is addressed. Raft is told how that ended.
    pub fn send_snapshot(&self, snapshot: Snapshot) {
        let to = MemberId(snapshot.message.to);
        let known = self.0.known.read();
        match known.peers.get(&to) {
            Some(peer) => peer.send_snapshot(snapshot),
            None => self.0.host.snapshot_sent(to, SnapshotSent::NotWhole),
        }
    }

    /// Starts to talk to a member. One that is known already stays as it is.
    pub fn add_peer(&self, peer: MemberId, urls: Vec<PeerUrl>) {
        let mut known = self.0.known.write();
        if known.is_stopped || known.peers.contains_key(&peer) {
            return;
        }
        let shown = shown(&urls);
        let link = Link::start(self.contact(peer, urls), &self.0.runtime);
        known.peers.insert(peer, link);
        known.strangers.remove(&peer);
        tracing::info!(
            "local-member-id" = %self.identity().member,
            "remote-peer-id" = %peer,
            "remote-peer-urls" = ?shown,
            "added remote peer"
        );
    }

    /// A sender that is not known as a member says how it is reached: it may be answered.
    pub fn add_stranger(&self, peer: MemberId, urls: Vec<PeerUrl>) {
        let is_known = |known: &Known| {
            let is_full = known.strangers.len() >= PEER_STRANGERS;
            let is_new = !known.peers.contains_key(&peer) && !known.strangers.contains_key(&peer);
            known.is_stopped || is_full || !is_new
        };
        // Nearly always the sender is a member.
        if peer == self.identity().member || is_known(&self.0.known.read()) {
            return;
        }
        let mut known = self.0.known.write();
        if is_known(&known) {
            return;
        }
        let shown = shown(&urls);
        let stranger = Stranger::start(self.contact(peer, urls), &self.0.runtime);
        known.strangers.insert(peer, stranger);
        tracing::info!(
            "local-member-id" = %self.identity().member,
            "remote-peer-id" = %peer,
            "remote-peer-urls" = ?shown,
            "added new remote peer"
        );
    }

    /// A member listens elsewhere now.
    pub fn update_peer(&self, peer: MemberId, urls: Vec<PeerUrl>) {
        let known = self.0.known.read();
        let Some(link) = known.peers.get(&peer) else { return };
        let shown = shown(&urls);
        link.update(urls);
        tracing::info!(
            "local-member-id" = %self.identity().member,
            "updated-remote-peer-id" = %peer,
            "updated-remote-peer-urls" = ?shown,
            "updated remote peer"
        );
    }

    /// A member was removed: nothing is said to it any more.
    pub fn remove_peer(&self, peer: MemberId) {
        let removed = self.0.known.write().peers.remove(&peer);
        let local = self.identity().member;
        match removed {
            Some(link) => {
                drop(link);
                tracing::info!("local-member-id" = %local, "removed-remote-peer-id" = %peer, "removed remote peer");
            }
            None => tracing::warn!(
                "local-member-id" = %local,
                "removed-remote-peer-id" = %peer,
                "skipped removing already removed peer"
            ),
        }
    }

    /// Talks to nobody any more. Streams end as streams do, and what is under way is cut off.
    pub fn stop(&self) {
        let mut known = self.0.known.write();
        let stopped = std::mem::replace(&mut *known, Known { is_stopped: true, ..Known::default() });
        drop(known);
        drop(stopped);
    }

    /// Since when a member has been reached without a break; none while it is not, or is no peer.
    pub fn active_since(&self, peer: MemberId) -> Option<Instant> {
        self.0.known.read().peers.get(&peer)?.active_since()
    }

    /// How many members are reached.
    pub fn active_peers(&self) -> usize {
        self.0.known.read().peers.values().filter(|link| link.active_since().is_some()).count()
    }

    /// Is it a peer?
    pub fn knows(&self, peer: MemberId) -> bool {
        self.0.known.read().peers.contains_key(&peer)
    }

    /// A member has opened a stream; none if it is not known.
    pub fn attach(&self, kind: Kind, peer: MemberId) -> Option<StreamBody> {
        self.0.known.read().peers.get(&peer)?.attach(kind)
    }

    fn contact(&self, peer: MemberId, urls: Vec<PeerUrl>) -> Contact {
        Contact::new(self.0.ways.clone(), self.0.host.clone(), peer, urls)
    }
}

fn shown(urls: &[PeerUrl]) -> Vec<String> {
    urls.iter().map(PeerUrl::to_string).collect()
}
