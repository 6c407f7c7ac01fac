//! Streams of watches, as a client's connection sees them.

use super::{Failure, Handle, Unavailable};
use crate::{
    id::{StreamId, WatchId},
    limits,
    server::task::{HubMessage, Taken},
    watch::{Item, WatchRefusal, WatchRequest},
};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};
use tokio::sync::{mpsc, oneshot};

/// One client's stream of watches. Dropping it closes the stream in the hub.
#[derive(Debug)]
pub struct WatchStream {
    /// What the client is to be told.
    pub items: WatchItems,
    /// The way to ask for more.
    pub asker: WatchAsker,
}

/// The reading half of a stream. Bounded: the hub copes when it is full, and goes on as soon as it is half empty.
#[derive(Debug)]
pub struct WatchItems {
    stream: StreamId,
    items: mpsc::Receiver<Item>,
    was_full: Arc<AtomicBool>,
    hub: mpsc::Sender<HubMessage>,
}

impl WatchItems {
    /// The next item, in order; none when the hub has stopped. Nothing is lost when the wait is given up.
    pub async fn recv(&mut self) -> Option<Item> {
        let item = self.items.recv().await;
        if self.items.len() <= limits::WATCH_STREAM_ITEMS / 2 && self.was_full.swap(false, Ordering::AcqRel) {
            // The hub looks again by itself a little later, so a queue that is full does no harm.
            let _ = self.hub.try_send(HubMessage::Drained(self.stream));
        }
        item
    }

    /// Takes nothing more; one of the items that are left, none when all are taken.
    pub fn end(&mut self) -> Option<Item> {
        self.items.close();
        self.items.try_recv().ok()
    }
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
        let (sender, items) = mpsc::channel(limits::WATCH_STREAM_ITEMS);
        let was_full = Arc::new(AtomicBool::new(false));
        let (opened, stream) = oneshot::channel();
        let hub = self.senders.hub.clone();
        let open = HubMessage::Open { items: sender, was_full: was_full.clone(), opened };
        hub.send(open).await.map_err(|_| Unavailable::Stopped)?;
        let stream = stream.await.map_err(|_| Unavailable::Stopped)?;
        let items = WatchItems { stream, items, was_full, hub: hub.clone() };
        Ok(WatchStream { items, asker: WatchAsker { stream, hub } })
    }
}

impl WatchAsker {
    // Each returns when the hub takes the next request of this stream: at once, or, when many answers wait for the
    // client to read them, after it has read some. When the member stops, the stream ends by itself.

    /// Asks for a watch.
    pub async fn create(&self, request: WatchRequest) {
        self.ask(|taken| HubMessage::Create(self.stream, request, taken)).await;
    }

    /// Has a watch refused that somebody may not have.
    pub async fn refuse(&self, reason: WatchRefusal) {
        self.ask(|taken| HubMessage::Refuse(self.stream, reason, taken)).await;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watch::Item;

    fn progress() -> Item {
        Item::Progress { watch_id: WatchId(1), revision: 1 }
    }

    #[tokio::test]
    async fn who_was_full_and_is_half_empty_says_so_once() {
        let (sender, items) = mpsc::channel(limits::WATCH_STREAM_ITEMS);
        let (hub, mut told) = mpsc::channel(4);
        let was_full = Arc::new(AtomicBool::new(false));
        let mut items = WatchItems { stream: StreamId(3), items, was_full: was_full.clone(), hub };
        for _ in 0..limits::WATCH_STREAM_ITEMS {
            sender.try_send(progress()).unwrap();
        }
        was_full.store(true, Ordering::Release);
        for read in 1..=limits::WATCH_STREAM_ITEMS {
            assert!(items.recv().await.is_some());
            let said = matches!(told.try_recv(), Ok(HubMessage::Drained(StreamId(3))));
            assert_eq!(said, read == limits::WATCH_STREAM_ITEMS / 2, "after {read} items");
        }
        // Never full, so nothing to say.
        sender.try_send(progress()).unwrap();
        assert!(items.recv().await.is_some() && told.try_recv().is_err());
    }
}
