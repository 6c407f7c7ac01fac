//! The writing end of a stream: the body of the answer to a peer's GET.
//!
//! It is no task. The connection asks its body for the next piece when there is room, and the body takes what waits in the
//! outbox: a message goes from raft to the socket with one hand-over.

use super::{
    contact::Contact,
    kind::{Encoder, Kind},
    outbox::{Attached, NotQueued, Outbox, Turn},
};
use crate::limits::PEER_STREAM_PIECE_BYTES;
use crate::pb::raftpb::Message;
use bytes::{Bytes, BytesMut};
use http_body::Frame;
use prost::Message as _;
use std::{
    convert::Infallible,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

/// One stream to one peer, open or not.
#[derive(Debug)]
pub struct Writer {
    kind: Kind,
    contact: Arc<Contact>,
    outbox: Outbox,
}

impl Writer {
    /// Not open yet.
    pub fn new(kind: Kind, contact: Arc<Contact>) -> Arc<Self> {
        tracing::info!(
            "local-member-id" = %contact.local,
            "remote-peer-id" = %contact.peer,
            "started stream writer with remote peer"
        );
        Arc::new(Self { kind, contact, outbox: Outbox::default() })
    }

    /// Queues a message for the open stream.
    pub fn push(&self, message: Message) -> Result<(), NotQueued> {
        self.outbox.push(message)
    }

    /// The peer has opened the stream. None if it is no peer any more.
    pub fn attach(self: &Arc<Self>) -> Option<StreamBody> {
        let (turn, instead) = match self.outbox.attach() {
            Attached::First(turn) => (turn, false),
            Attached::Instead(turn) => (turn, true),
            Attached::Closed => return None,
        };
        let (contact, kind) = (&self.contact, self.kind.to_string());
        tracing::info!("from" = %contact.local, "to" = %contact.peer, "stream-type" = kind, "set message encoder");
        contact.activity.activate();
        if instead {
            self.log_closed();
            // What the old one was sending may never arrive.
            contact.host.unreachable(contact.peer);
        }
        tracing::info!(
            "stream-writer-type" = kind,
            "local-member-id" = %contact.local,
            "remote-peer-id" = %contact.peer,
            "established TCP streaming connection with remote peer"
        );
        let beat = contact.ways.read_timeout / 3;
        let mut beats = interval_at(Instant::now() + beat, beat);
        beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let encoder = Encoder::new(self.kind, contact.local, contact.peer);
        Some(StreamBody { writer: self.clone(), turn, encoder, beats })
    }

    /// The peer is none any more.
    pub fn close(&self) {
        if self.outbox.close() {
            self.log_closed();
        }
        tracing::info!(
            "stream-writer-type" = %self.kind,
            "remote-peer-id" = %self.contact.peer,
            "stopped TCP streaming connection with remote peer"
        );
    }

    fn log_closed(&self) {
        tracing::warn!(
            "stream-writer-type" = %self.kind,
            "local-member-id" = %self.contact.local,
            "remote-peer-id" = %self.contact.peer,
            "closed TCP streaming connection with remote peer"
        );
    }
}

/// An open stream.
#[derive(Debug)]
pub struct StreamBody {
    writer: Arc<Writer>,
    turn: Turn,
    encoder: Encoder,
    beats: Interval,
}

impl http_body::Body for StreamBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let this = self.get_mut();
        let mut piece = BytesMut::new();
        // etcd's readers give a silent stream up, and a busy one may be busy with one side only.
        if this.beats.poll_tick(cx).is_ready() {
            this.encoder.encode_link_heartbeat(&mut piece);
            // The timer is to wake this body again.
            let _ = this.beats.poll_tick(cx);
        }
        let mut sent = piece.len();
        let ended = loop {
            if piece.len() >= PEER_STREAM_PIECE_BYTES {
                break false;
            }
            match this.writer.outbox.poll_take(this.turn, cx) {
                Poll::Ready(Some(message)) => {
                    sent += message.encoded_len();
                    this.encoder.encode(&message, &mut piece);
                }
                Poll::Ready(None) => break true,
                Poll::Pending => break false,
            }
        };
        this.writer.contact.sent_bytes.inc_by(sent as u64);
        match piece.is_empty() {
            false => Poll::Ready(Some(Ok(Frame::data(piece.freeze())))),
            true if ended => Poll::Ready(None),
            true => Poll::Pending,
        }
    }
}

impl Drop for StreamBody {
    /// The connection has ended. If nobody wanted that, the peer is told to be away.
    fn drop(&mut self) {
        let Writer { kind, contact, outbox } = &*self.writer;
        if !outbox.detach(self.turn) {
            return;
        }
        contact.activity.deactivate("write", &kind.to_string(), "the connection was closed");
        tracing::warn!(
            "stream-writer-type" = %kind,
            "local-member-id" = %contact.local,
            "remote-peer-id" = %contact.peer,
            "lost TCP streaming connection with remote peer"
        );
        contact.lost_some();
    }
}
