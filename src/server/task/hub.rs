//! The hub task: owns all watchers and serves them from one queue, so that a watcher's creation and the events
//! around it have one order.

use crate::{
    id::{StreamId, WatchId},
    limits,
    mvcc::Changes,
    server::shared::Shared,
    watch::{Hub, Item, Sink, WatchRequest},
};
use std::{future::Future, sync::Arc};
use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, sleep_until},
};

/// What reaches the hub.
#[derive(Debug)]
pub enum HubMessage {
    /// A client opened a stream; its items go into `items`.
    Open { items: mpsc::Sender<Item>, opened: oneshot::Sender<StreamId> },
    /// A client asks for a watch.
    Create(StreamId, WatchRequest),
    /// A client ends a watch.
    Cancel(StreamId, WatchId),
    /// A client asks how far its watches are.
    RequestProgress(StreamId),
    /// The client's stream is gone.
    Close(StreamId),
    /// Transactions that were applied, in revision order.
    Published(Vec<Changes>),
    /// Revisions below this one are gone.
    Compacted(i64),
}

/// A stream's bounded way out.
struct Outlet(mpsc::Sender<Item>);

impl Sink for Outlet {
    fn try_send(&mut self, item: Item) -> Result<(), Item> {
        match self.0.try_send(item) {
            Ok(()) => Ok(()),
            Err(mpsc::error::TrySendError::Full(item)) => Err(item),
            // The stream is gone and its Close is on the way: nobody misses the item.
            Err(mpsc::error::TrySendError::Closed(_)) => Ok(()),
        }
    }
}

/// Runs until all who could send have gone.
pub fn spawn(mut hub: Hub, mut inbox: mpsc::Receiver<HubMessage>, shared: Arc<Shared>) {
    tokio::spawn(async move {
        let mut batch = Vec::new();
        let mut turn = hub.turn(shared.clock.now());
        loop {
            let received = inbox.recv_many(&mut batch, limits::HUB_BATCH);
            let count = if turn.more {
                // There is work left: take what is there, do not wait for more.
                tokio::select! { biased; count = received => Some(count), () = tokio::task::yield_now() => None }
            } else {
                match turn.wake_at {
                    Some(at) => until(received, shared.clock.now(), at).await,
                    None => Some(received.await),
                }
            };
            if count == Some(0) {
                return;
            }
            batch.drain(..).for_each(|message| take(&mut hub, message));
            turn = hub.turn(shared.clock.now());
        }
    });
}

/// Waits for messages until `at` on the member's clock.
async fn until(
    received: impl Future<Output = usize>,
    now: crate::clock::Now,
    at: crate::clock::Now,
) -> Option<usize> {
    let deadline = Instant::now() + at.saturating_sub(now);
    tokio::select! { biased; count = received => Some(count), () = sleep_until(deadline) => None }
}

fn take(hub: &mut Hub, message: HubMessage) {
    match message {
        HubMessage::Open { items, opened } => {
            let stream = hub.open_stream(Box::new(Outlet(items)));
            if opened.send(stream).is_err() {
                hub.close_stream(stream);
            }
        }
        HubMessage::Create(stream, request) => hub.create(stream, request),
        HubMessage::Cancel(stream, id) => hub.cancel(stream, id),
        HubMessage::RequestProgress(stream) => hub.request_progress(stream),
        HubMessage::Close(stream) => hub.close_stream(stream),
        HubMessage::Published(changes) => changes.iter().for_each(|changes| hub.publish(changes)),
        HubMessage::Compacted(revision) => hub.compacted(revision),
    }
}
