//! Streams of watches, as a client's connection sees them.

use super::{Failure, Handle, Unavailable};
use crate::{
    id::{StreamId, WatchId},
    limits,
    server::task::{HubMessage, Taken},
    watch::{Item, WatchRequest},
};
use tokio::sync::{mpsc, oneshot};

/// One client's stream of watches. Dropping it closes the stream in the hub.
#[derive(Debug)]
pub struct WatchStream {
    /// What the client is to be told, in order. Bounded: the hub copes when it is full.
    pub receiver: mpsc::Receiver<Item>,
    /// The way to ask for more.
    pub asker: WatchAsker,
}

/// The asking half of a stream.
#[derive(Debug)]
pub struct WatchAsker {
    stream: StreamId,
    hub: mpsc::Sender<HubMessage>,
}

impl Handle {
    /// Opens a stream of watches.
    pub async fn watch_stream(&self) -> Result<WatchStream, Failure> {
        let (items, receiver) = mpsc::channel(limits::WATCH_STREAM_ITEMS);
        let (opened, stream) = oneshot::channel();
        let hub = self.senders.hub.clone();
        hub.send(HubMessage::Open { items, opened }).await.map_err(|_| Unavailable::Stopped)?;
        let stream = stream.await.map_err(|_| Unavailable::Stopped)?;
        Ok(WatchStream { receiver, asker: WatchAsker { stream, hub } })
    }
}

impl WatchAsker {
    // Each returns when the hub takes the next request of this stream: at once, or, when many answers wait for the
    // client to read them, after it has read some. When the member stops, the stream ends by itself.

    /// Asks for a watch.
    pub async fn create(&self, request: WatchRequest) {
        self.ask(|taken| HubMessage::Create(self.stream, request, taken)).await;
    }

    /// Ends a watch.
    pub async fn cancel(&self, id: WatchId) {
        self.ask(|taken| HubMessage::Cancel(self.stream, id, taken)).await;
    }

    /// Asks how far the watches are.
    pub async fn request_progress(&self) {
        self.ask(|taken| HubMessage::RequestProgress(self.stream, taken)).await;
    }

    async fn ask(&self, message: impl FnOnce(Taken) -> HubMessage) {
        let (taken, is_taken) = oneshot::channel();
        if self.hub.send(message(taken)).await.is_ok() {
            let _ = is_taken.await;
        }
    }
}

impl Drop for WatchAsker {
    fn drop(&mut self) {
        // A drop cannot wait. A full queue is retried from a task of its own.
        let (hub, stream) = (self.hub.clone(), self.stream);
        if let Err(mpsc::error::TrySendError::Full(message)) = hub.try_send(HubMessage::Close(stream))
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            runtime.spawn(async move {
                let _ = hub.send(message).await;
            });
        }
    }
}
