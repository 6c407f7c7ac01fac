//! A snapshot on its way to a peer: its message, then the database, in one request.

use super::{
    codec::envelope,
    connection::{Body, Connection, post},
    contact::Contact,
    post::{Answer, PostError, check},
};
use crate::limits::{PEER_SNAPSHOT_SAVE, PEER_SNAPSHOT_STALL};
use crate::logging::{go_duration, humanize};
use crate::metrics::metrics;
use crate::pb::raftpb::Message;
use crate::raft::SnapshotSent;
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use http_body_util::BodyExt;
use prost::Message as _;
use std::{
    io,
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll},
};
use tokio::{
    sync::{mpsc, watch},
    time::{Instant, timeout},
};

/// Where snapshots are posted.
pub const SNAPSHOT: &str = "/raft/snapshot";

/// A snapshot to send. The database comes piece by piece, as fast as the peer takes it: whoever makes the pieces waits for
/// room in the channel. Real etcd gives up on a sender that has nothing to send for five seconds.
#[derive(Debug)]
pub struct Snapshot {
    /// A message of kind snapshot, addressed to the peer.
    pub message: Message,
    /// The database: a bbolt file. An error, or an end before `database_bytes` have come, fails the sending.
    pub database: mpsc::Receiver<io::Result<Bytes>>,
    /// Its size.
    pub database_bytes: u64,
}

/// Sends a snapshot, and tells raft how that ended.
pub async fn send(contact: Arc<Contact>, snapshot: Snapshot) {
    let start = Instant::now();
    let to = contact.peer.to_string();
    let index = snapshot.message.snapshot.as_ref().map_or(0, |snapshot| snapshot.metadata.index);
    let bytes = snapshot.message.encoded_len() as u64 + snapshot.database_bytes;
    let size = humanize(bytes);
    tracing::info!("snapshot-index" = index, "remote-peer-id" = to, bytes, size, "sending database snapshot");
    let inflight = metrics().snapshot_send_inflights.with_label_values(&[&to]);
    inflight.inc();
    let sent = post_whole(&contact, snapshot).await;
    inflight.dec();
    match sent {
        Ok(()) => {
            contact.activity.activate();
            contact.host.snapshot_sent(contact.peer, SnapshotSent::Whole);
            tracing::info!(
                "snapshot-index" = index,
                "remote-peer-id" = to,
                bytes,
                size,
                "took" = go_duration(start.elapsed()),
                "sent database snapshot"
            );
            contact.sent_bytes.inc_by(bytes);
            metrics().snapshot_send_success.with_label_values(&[&to]).inc();
            metrics().snapshot_send_duration.with_label_values(&[&to]).observe(start.elapsed().as_secs_f64());
        }
        Err(error) => {
            let reason = error.to_string();
            tracing::warn!(
                "snapshot-index" = index,
                "remote-peer-id" = to,
                bytes,
                size,
                "error" = reason,
                "failed to send database snapshot"
            );
            if error == PostError::Removed {
                contact.host.cast_out();
            }
            contact.activity.deactivate("post", "sendMsgSnap", &reason);
            contact.lost_some();
            contact.host.snapshot_sent(contact.peer, SnapshotSent::NotWhole);
            metrics().snapshot_send_failures.with_label_values(&[&to]).inc();
        }
    }
}

async fn post_whole(contact: &Contact, snapshot: Snapshot) -> Result<(), PostError> {
    let url = contact.pick().map_err(PostError::Failed)?;
    let posted = async {
        let mut connection = Connection::open(&contact.ways, &url).await?;
        let (body, progress) = SnapshotBody::new(snapshot);
        let body: Body = body.boxed_unsync();
        let request = post(&contact.ways, &url, SNAPSHOT, "application/octet-stream", body)?;
        let answer = while_it_moves(connection.send(request), progress).await?;
        let (head, body) = answer.map_err(|error| error.to_string())?.into_parts();
        let body = timeout(contact.ways.read_timeout, connection.answer(body)).await;
        let body = body.unwrap_or_else(|_| Err("read: i/o timeout".into()))?;
        Ok(Answer { status: head.status, headers: head.headers, body })
    };
    let result = posted.await.map_err(PostError::Failed);
    let result = result.and_then(|answer| check(contact, &answer, &format!("{url}{SNAPSHOT}")));
    result.inspect_err(|_| contact.picker.unreachable(&url))
}

/// How far a body has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    /// So many bytes are gone.
    Bytes(u64),
    /// All are, and the peer makes them safe.
    Whole,
}

/// Waits for the answer, as long as the peer takes something now and then.
async fn while_it_moves<F: Future>(answer: F, mut progress: watch::Receiver<Progress>) -> Result<F::Output, String> {
    let mut answer = pin!(answer);
    loop {
        let patience = match *progress.borrow_and_update() {
            Progress::Bytes(_) => PEER_SNAPSHOT_STALL,
            Progress::Whole => PEER_SNAPSHOT_SAVE,
        };
        let moved = async {
            if progress.changed().await.is_err() {
                // The body is gone, and only the answer is missing.
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            biased;
            answer = &mut answer => return Ok(answer),
            moved = timeout(patience, moved) => moved.map_err(|_| "i/o timeout".to_string())?,
        }
    }
}

/// The message, then the database, of exactly the announced size.
struct SnapshotBody {
    envelope: Option<Bytes>,
    database: mpsc::Receiver<io::Result<Bytes>>,
    missing: u64,
    sent: u64,
    progress: watch::Sender<Progress>,
}

impl SnapshotBody {
    fn new(snapshot: Snapshot) -> (Self, watch::Receiver<Progress>) {
        let (progress, watched) = watch::channel(Progress::Bytes(0));
        let body = Self {
            envelope: Some(envelope(&snapshot.message)),
            database: snapshot.database,
            missing: snapshot.database_bytes,
            sent: 0,
            progress,
        };
        (body, watched)
    }

    fn piece(&mut self, piece: Bytes) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        self.sent += piece.len() as u64;
        let progress = if self.missing == 0 { Progress::Whole } else { Progress::Bytes(self.sent) };
        self.progress.send_replace(progress);
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }
}

impl http_body::Body for SnapshotBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let this = self.get_mut();
        if let Some(envelope) = this.envelope.take() {
            return this.piece(envelope);
        }
        if this.missing == 0 {
            return Poll::Ready(None);
        }
        let piece = match this.database.poll_recv(cx) {
            Poll::Pending => return Poll::Pending,
            Poll::Ready(Some(piece)) => piece,
            Poll::Ready(None) => Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the database ended early")),
        };
        let piece = piece.and_then(|piece| match this.missing.checked_sub(piece.len() as u64) {
            Some(missing) => {
                this.missing = missing;
                Ok(piece)
            }
            None => Err(io::Error::new(io::ErrorKind::InvalidData, "the database is longer than announced")),
        });
        match piece {
            Ok(piece) => this.piece(piece),
            Err(error) => Poll::Ready(Some(Err(error))),
        }
    }

    fn size_hint(&self) -> SizeHint {
        let envelope = self.envelope.as_ref().map_or(0, |envelope| envelope.len() as u64);
        SizeHint::with_exact(envelope + self.missing)
    }
}
