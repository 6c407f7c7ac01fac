//! Snapshots between members over the network: each on a thread of its own, so that neither the core nor a connection waits
//! for the disk.
//!
//! ```text
//!   core --SnapshotToSend--> [plan, write] --pieces--> peer::Transport ==> peer
//!   core <--Image---- PeerInbox <-deliver-- [image] <-finish-- [body] <== peer
//! ```
//!
//! A state that has come waits here until the network delivers the message that it belongs to. One comes at a time.

use super::{core::SnapshotToSend, receiver::Receiver};
use crate::{
    apply::Image,
    limits::{SNAPSHOT_PIECE_BYTES, SNAPSHOT_PIECES, SNAPSHOTS_SENT_AT_ONCE},
    pb::raftpb::Message,
    peer::{self, Database, Transport},
    snap::{self, Incoming, SnapError},
};
use bytes::{Bytes, BytesMut};
use parking_lot::Mutex;
use std::{
    io::{self, Write},
    sync::Arc,
};
use tokio::{
    runtime::Handle,
    sync::{Semaphore, mpsc},
    task::spawn_blocking,
};

/// What comes.
#[derive(Debug)]
pub struct Arrivals {
    receiver: Receiver,
    /// The one that is coming has it.
    busy: tokio::sync::Mutex<()>,
    /// Put in by the thread that has made it, taken out by the connection that delivers its message.
    arrived: Mutex<Option<Image>>,
}

impl Arrivals {
    /// Taken in by that receiver.
    pub fn new(receiver: Receiver) -> Self {
        Self { receiver, busy: tokio::sync::Mutex::new(()), arrived: Mutex::new(None) }
    }

    /// Stores what comes behind `message`, and gives back its size. It is durable and checked then, and [`Arrivals::take`]
    /// has it.
    pub async fn save(self: &Arc<Self>, message: &Message, mut database: Database) -> io::Result<u64> {
        let Ok(_busy) = self.busy.try_lock() else {
            return Err(io::Error::new(io::ErrorKind::ResourceBusy, "another snapshot is being received"));
        };
        // Its message was never delivered.
        self.arrived.lock().take().map(Image::discard);
        let incoming = self.receiver.begin(message).map_err(io::Error::other)?;
        let mut body = Body(Some(incoming));
        while let Some(piece) = database.piece().await? {
            body = spawn_blocking(move || body.write(&piece).map(|()| body)).await?.map_err(io::Error::other)?;
        }
        let Some(incoming) = body.0.take() else { return Ok(0) };
        let (bytes, this, message) = (incoming.bytes(), self.clone(), message.clone());
        // If nobody waits for this any more, the next one that comes finds what is left.
        let finished = spawn_blocking(move || {
            let image = this.receiver.finish(&message, incoming)?;
            *this.arrived.lock() = Some(image);
            Ok::<_, super::receiver::ReceiveError>(())
        });
        finished.await?.map_err(io::Error::other)?;
        Ok(bytes)
    }

    /// The state that came behind `message`.
    pub fn take(&self, message: &Message) -> Option<Image> {
        let metadata = message.snapshot.as_ref().map(|snapshot| &snapshot.metadata);
        self.arrived.lock().take_if(|image| Some(image.metadata()) == metadata)
    }
}

/// What has come so far. It is removed when its connection ends before it does.
struct Body(Option<Incoming>);

impl Body {
    fn write(&mut self, piece: &[u8]) -> Result<(), SnapError> {
        self.0.as_mut().map_or(Ok(()), |incoming| incoming.write(piece))
    }
}

impl Drop for Body {
    fn drop(&mut self) {
        self.0.take().into_iter().for_each(Incoming::abandon);
    }
}

/// What goes.
#[derive(Clone, Debug)]
pub struct Departures {
    transport: Transport,
    runtime: Handle,
    room: Arc<Semaphore>,
}

impl Departures {
    /// Over that network. Must be called within a tokio runtime.
    pub fn new(transport: Transport) -> Self {
        Self { transport, runtime: Handle::current(), room: Arc::new(Semaphore::new(SNAPSHOTS_SENT_AT_ONCE)) }
    }

    /// Sends a snapshot to its `to`. How that ends is told by the network.
    pub fn send(&self, snapshot: SnapshotToSend) {
        let SnapshotToSend { message, rows } = snapshot;
        let (sender, database) = mpsc::channel(SNAPSHOT_PIECES);
        let Ok(room) = self.room.clone().try_acquire_owned() else {
            tracing::warn!("remote-peer-id" = %crate::id::MemberId(message.to), "too many snapshots are being sent");
            // Without pieces it fails, and is told of like any other that does.
            return self.transport.send_snapshot(peer::Snapshot { message, database, database_bytes: u64::MAX });
        };
        let transport = self.transport.clone();
        self.runtime.spawn_blocking(move || {
            let layout = snap::plan(&rows);
            let database_bytes = layout.as_ref().map_or(u64::MAX, |layout| layout.size_bytes());
            transport.send_snapshot(peer::Snapshot { message, database, database_bytes });
            let written = layout.and_then(|layout| {
                let pieces = snap::write(&rows, layout, Pieces { sender: sender.clone(), piece: BytesMut::new() })?;
                Ok(pieces)
            });
            let ended = match written {
                Ok(mut pieces) => pieces.flush(),
                Err(error) => Err(io::Error::other(error)),
            };
            if let Err(error) = ended {
                // The peer, or what talks to it, may have gone.
                let _ = sender.blocking_send(Err(error));
            }
            drop(room);
        });
    }
}

/// Gathers what is written into pieces, and waits until there is room for each.
struct Pieces {
    sender: mpsc::Sender<io::Result<Bytes>>,
    piece: BytesMut,
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.piece.extend_from_slice(bytes);
        if self.piece.len() >= SNAPSHOT_PIECE_BYTES {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        let piece = self.piece.split().freeze();
        self.sender.blocking_send(Ok(piece)).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}
