//! Posts for what fits no stream: each message a request of its own, a few at once.
//!
//! It carries what is sent before the streams are open, and all that goes to a sender that is not known as a member.

use super::{
    connection::{Connection, SendError, post, whole},
    contact::Contact,
    lanes::Lanes,
    post::{Answer, PostError, check},
};
use crate::limits::{PEER_PIPELINE_MESSAGES, PEER_PIPELINE_POSTS, PEER_POST_PER_MIB};
use crate::pb::raftpb::{Message, MessageType};
use crate::raft::SnapshotSent;
use bytes::Bytes;
use parking_lot::Mutex;
use prost::Message as _;
use std::{sync::Arc, time::Duration};
use tokio::{runtime::Handle, sync::Notify, task::JoinSet, time::timeout};

/// Where messages are posted.
pub const PIPELINE: &str = "/raft";
const NAME: &str = "pipeline";
const MIB: u32 = 1024 * 1024;

/// Messages that wait to be posted to one peer. Posting ends when it is dropped.
#[derive(Debug)]
pub struct Pipeline {
    queue: Arc<Queue>,
    _posting: JoinSet<()>,
}

#[derive(Debug)]
struct Queue {
    lanes: Mutex<Lanes>,
    filled: Notify,
}

impl Pipeline {
    /// Starts to post.
    pub fn start(contact: &Arc<Contact>, runtime: &Handle) -> Self {
        let queue = Arc::new(Queue { lanes: Mutex::new(Lanes::new(PEER_PIPELINE_MESSAGES)), filled: Notify::new() });
        let mut posting = JoinSet::new();
        for _ in 0..PEER_PIPELINE_POSTS {
            posting.spawn_on(post_all(contact.clone(), queue.clone()), runtime);
        }
        tracing::info!(
            "local-member-id" = %contact.local,
            "remote-peer-id" = %contact.peer,
            "started HTTP pipelining with remote peer"
        );
        Self { queue, _posting: posting }
    }

    /// Queues a message, or gives it back when too many wait.
    pub fn push(&self, message: Message) -> Result<(), Box<Message>> {
        self.queue.lanes.lock().push(message)?;
        self.queue.filled.notify_one();
        Ok(())
    }
}

impl Queue {
    async fn next(&self) -> Message {
        loop {
            let (message, more) = {
                let mut lanes = self.lanes.lock();
                (lanes.pop(), !lanes.is_empty())
            };
            if more {
                // A permit is kept for one only; so each who takes calls the next.
                self.filled.notify_one();
            }
            match message {
                Some(message) => return message,
                None => self.filled.notified().await,
            }
        }
    }
}

async fn post_all(contact: Arc<Contact>, queue: Arc<Queue>) {
    let mut kept = None;
    loop {
        let message = queue.next().await;
        let kind = message.msg_type;
        let bytes = Bytes::from(message.encode_to_vec());
        drop(message);
        let size = bytes.len() as u64;
        match post_one(&contact, &mut kept, bytes).await {
            Ok(()) => {
                contact.activity.activate();
                if kind == MessageType::MsgSnapshot as i32 {
                    contact.host.snapshot_sent(contact.peer, SnapshotSent::Whole);
                }
                contact.sent_bytes.inc_by(size);
            }
            Err(error) => {
                kept = None;
                contact.activity.deactivate("write", NAME, &error.to_string());
                contact.lost(kind);
                if error == PostError::Removed {
                    contact.host.cast_out();
                }
            }
        }
    }
}

/// Posts over the kept connection, or over a new one. What is kept afterwards can be used again.
async fn post_one(contact: &Contact, kept: &mut Option<Connection>, message: Bytes) -> Result<(), PostError> {
    let url = contact.pick().map_err(PostError::Failed)?;
    let patience = patience(contact, message.len());
    let target = format!("{url}{PIPELINE}");
    let posted = timeout(patience, async {
        // A kept connection may have been closed meanwhile: that is no failure.
        let mut connection = match kept.take().filter(|connection| *connection.url() == url) {
            Some(connection) => connection,
            None => Connection::open(&contact.ways, &url).await?,
        };
        let body = whole(message.clone());
        let mut answer = connection.send(post(&contact.ways, &url, PIPELINE, "application/protobuf", body)?).await;
        if let Err(SendError::Unsent(request)) = answer {
            connection = Connection::open(&contact.ways, &url).await?;
            answer = connection.send(*request).await;
        }
        let (head, body) = answer.map_err(|error| error.to_string())?.into_parts();
        let body = connection.answer(body).await?;
        Ok((connection, Answer { status: head.status, headers: head.headers, body }))
    });
    let posted = posted.await.unwrap_or_else(|_| Err("i/o timeout".into())).map_err(PostError::Failed);
    let result = posted.and_then(|(connection, answer)| {
        *kept = Some(connection);
        check(contact, &answer, &target)
    });
    result.inspect_err(|_| contact.picker.unreachable(&url))
}

/// A peer that hangs must not hold up the pipeline for good, and a large message needs its time.
fn patience(contact: &Contact, bytes: usize) -> Duration {
    let ways = &contact.ways;
    let mib = u32::try_from(bytes).unwrap_or(u32::MAX) / MIB;
    ways.dial_timeout + ways.write_timeout + ways.read_timeout + PEER_POST_PER_MIB * mib
}
