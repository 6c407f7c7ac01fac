//! One peer: two streams that it opens, two that are opened to it, a pipeline, probes, and now and then a snapshot.
//!
//! ```text
//!   send --+-- append, and its stream is open ------> writer Append   --> read by the peer
//!          +-- anything, and the other is open -----> writer Message  --> read by the peer
//!          `-- else ---------------------------------> pipeline       --> posts
//!   readers Append and Message <-- what the peer writes --> Host
//! ```

use super::{
    contact::{Contact, kind_name},
    kind::Kind,
    outbox::NotQueued,
    pipeline::Pipeline,
    probe::{Route, probe},
    reader::read,
    snapshot::{self, Snapshot},
    url::PeerUrl,
    writer::{StreamBody, Writer},
};
use crate::id::MemberId;
use crate::pb::raftpb::{Message, MessageType};
use parking_lot::Mutex;
use std::sync::Arc;
use tokio::{runtime::Handle, task::JoinSet, time::Instant};

/// A peer. All that belongs to it ends when it is dropped.
#[derive(Debug)]
pub struct Link {
    contact: Arc<Contact>,
    append: Arc<Writer>,
    message: Arc<Writer>,
    pipeline: Pipeline,
    runtime: Handle,
    probes: Mutex<JoinSet<()>>,
    /// Snapshots on their way.
    snapshots: Mutex<JoinSet<()>>,
    _readers: JoinSet<()>,
}

impl Link {
    /// Starts to talk to a peer.
    pub fn start(contact: Contact, runtime: &Handle) -> Self {
        let peer = contact.peer;
        tracing::info!("remote-peer-id" = %peer, "starting remote peer");
        let contact = Arc::new(contact);
        let mut readers = JoinSet::new();
        for kind in Kind::ALL {
            readers.spawn_on(read(kind, contact.clone()), runtime);
        }
        let link = Self {
            pipeline: Pipeline::start(&contact, runtime),
            append: Writer::new(Kind::Append, contact.clone()),
            message: Writer::new(Kind::Message, contact.clone()),
            runtime: runtime.clone(),
            probes: Mutex::default(),
            snapshots: Mutex::default(),
            _readers: readers,
            contact,
        };
        link.start_probes();
        tracing::info!("remote-peer-id" = %peer, "started remote peer");
        link
    }

    fn start_probes(&self) {
        let mut probes = JoinSet::new();
        for route in Route::ALL {
            probes.spawn_on(probe(route, self.contact.clone()), &self.runtime);
        }
        *self.probes.lock() = probes;
    }

    /// Queues a message. One for which there is no room is dropped, and raft is told.
    pub fn send(&self, message: Message) {
        let is_snapshot = message.msg_type == MessageType::MsgSnapshot as i32;
        let is_append = message.msg_type == MessageType::MsgAppend as i32;
        let streams: &[(&Writer, &str)] = match () {
            // A snapshot would block a stream for long.
            () if is_snapshot => &[],
            () if is_append => &[(&self.append, "streamMsgAppV2"), (&self.message, "streamMsg")],
            () => &[(&self.message, "streamMsg")],
        };
        let mut message = message;
        for (writer, name) in streams {
            match writer.push(message) {
                Ok(()) => return,
                Err(NotQueued::Full(full)) => return self.dropped(&full, name),
                Err(NotQueued::NoStream(back)) => message = *back,
            }
        }
        if let Err(full) = self.pipeline.push(message) {
            self.dropped(&full, "pipeline");
        }
    }

    fn dropped(&self, message: &Message, way: &str) {
        self.contact.lost(message.msg_type);
        tracing::warn!(
            "message-type" = kind_name(message.msg_type),
            "local-member-id" = %self.contact.local,
            "from" = %MemberId(message.from),
            "remote-peer-id" = %self.contact.peer,
            "remote-peer-name" = way,
            "remote-peer-active" = self.contact.activity.is_active(),
            "dropped internal Raft message since sending buffer is full"
        );
    }

    /// Sends a snapshot, beside all else. Raft is told how it ended; if the peer goes before, nobody asks any more.
    pub fn send_snapshot(&self, snapshot: Snapshot) {
        let mut snapshots = self.snapshots.lock();
        // Forgets those that have ended.
        while snapshots.try_join_next().is_some() {}
        snapshots.spawn_on(snapshot::send(self.contact.clone(), snapshot), &self.runtime);
    }

    /// The peer has opened a stream. None if it is no peer any more.
    pub fn attach(&self, kind: Kind) -> Option<StreamBody> {
        match kind {
            Kind::Append => self.append.attach(),
            Kind::Message => self.message.attach(),
        }
    }

    /// The peer listens elsewhere now. What is open stays open.
    pub fn update(&self, urls: Vec<PeerUrl>) {
        self.contact.picker.update(urls);
        self.start_probes();
    }

    /// Since when the peer has been reached without a break.
    pub fn active_since(&self) -> Option<Instant> {
        self.contact.activity.since()
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        let Contact { local, peer, .. } = &*self.contact;
        tracing::info!("remote-peer-id" = %peer, "stopping remote peer");
        self.append.close();
        self.message.close();
        tracing::info!(
            "local-member-id" = %local,
            "remote-peer-id" = %peer,
            "stopped HTTP pipelining with remote peer"
        );
        for kind in Kind::ALL {
            tracing::info!(
                "stream-reader-type" = %kind,
                "local-member-id" = %local,
                "remote-peer-id" = %peer,
                "stopped stream reader with remote peer"
            );
        }
        tracing::info!("remote-peer-id" = %peer, "stopped remote peer");
    }
}

/// A sender that is not known as a member, since this one may be behind: it gets answers over a pipeline, and nothing else.
#[derive(Debug)]
pub struct Stranger {
    contact: Arc<Contact>,
    pipeline: Pipeline,
}

impl Stranger {
    /// Starts to answer.
    pub fn start(contact: Contact, runtime: &Handle) -> Self {
        let contact = Arc::new(contact);
        Self { pipeline: Pipeline::start(&contact, runtime), contact }
    }

    /// Queues a message. One for which there is no room is dropped.
    pub fn send(&self, message: Message) {
        let Err(full) = self.pipeline.push(message) else { return };
        self.contact.lost(full.msg_type);
        tracing::warn!(
            "message-type" = kind_name(full.msg_type),
            "local-member-id" = %self.contact.local,
            "from" = %MemberId(full.from),
            "remote-peer-id" = %self.contact.peer,
            "remote-peer-active" = self.contact.activity.is_active(),
            "dropped Raft message since sending buffer is full (overloaded network)"
        );
    }
}
