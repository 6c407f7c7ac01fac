//! The hub task: owns all watchers and serves them from one queue, so that a watcher's creation and the events
//! around it have one order.

use super::attention::Attention;
use crate::{
    clock::Now,
    id::{StreamId, WatchId},
    limits,
    metrics::metrics,
    mvcc::{Changes, Reader},
    server::shared::Shared,
    watch::{Counts, Flow, Hub, Item, Sink, Turn, WatchRefusal, WatchRequest},
};
use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};
use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, sleep_until},
};

/// Resolves when the hub takes the stream's next request.
pub type Taken = oneshot::Sender<()>;

/// What reaches the hub.
#[derive(Debug)]
pub enum HubMessage {
    /// A client opened a stream; its items go into `items`.
    Open { items: mpsc::Sender<Item>, was_full: Arc<AtomicBool>, opened: oneshot::Sender<StreamId> },
    /// A client asks for a watch.
    Create(StreamId, WatchRequest, Taken),
    /// A client asks for a watch that it may not have.
    Refuse(StreamId, WatchRefusal, Taken),
    /// A client ends a watch.
    Cancel(StreamId, WatchId, Taken),
    /// A client asks how far its watches are.
    RequestProgress(StreamId, Taken),
    /// The client has read from a stream that was full.
    Drained(StreamId),
    /// The client's stream is gone.
    Close(StreamId),
    /// Transactions that were applied, in revision order.
    Published(Vec<Changes>),
    /// A later store has taken the place of the one before.
    Restored {
        /// Its revision.
        revision: i64,
    },
}

/// A stream's bounded way out.
struct Outlet {
    items: mpsc::Sender<Item>,
    /// Set when it was found full; whoever empties it clears it, and says so.
    was_full: Arc<AtomicBool>,
}

impl Sink for Outlet {
    fn try_send(&mut self, item: Item) -> Result<(), Item> {
        match self.items.try_send(item) {
            Ok(()) => Ok(()),
            Err(mpsc::error::TrySendError::Full(item)) => {
                self.was_full.store(true, Ordering::Release);
                Err(item)
            }
            // The stream is gone and its Close is on the way: nobody misses the item.
            Err(mpsc::error::TrySendError::Closed(item)) => {
                metrics().pending_events.sub(item.events() as i64);
                Ok(())
            }
        }
    }

    fn has_room(&self) -> bool {
        let has_room = self.items.capacity() > 0 || self.items.is_closed();
        if !has_room {
            self.was_full.store(true, Ordering::Release);
        }
        has_room
    }
}

/// Runs until all who could send have gone, or the history cannot be read.
pub fn spawn(hub: Hub<Reader>, inbox: mpsc::Receiver<HubMessage>, attention: Attention, shared: Arc<Shared>) {
    tokio::spawn(async move {
        let gauges = Gauges::default();
        let loops = Loop { hub, inbox, attention, shared: shared.clone(), held: HashMap::new(), gauges };
        if let Err(error) = loops.run().await {
            shared.fail(error.to_string());
        }
    });
}

struct Loop {
    hub: Hub<Reader>,
    inbox: mpsc::Receiver<HubMessage>,
    attention: Attention,
    shared: Arc<Shared>,
    /// Streams whose clients must read before they may ask again.
    held: HashMap<StreamId, Taken>,
    gauges: Gauges,
}

/// What metrics were told last: most turns change nothing of it.
#[derive(Default)]
struct Gauges {
    counts: Counts,
    progress_ticks: u64,
}

impl Gauges {
    /// Pending are the events that streams are still to send: they count them off themselves.
    fn set(&mut self, counts: Counts) {
        if counts != self.counts {
            let metrics = metrics();
            metrics.watch_streams.set(counts.streams as i64);
            metrics.watchers.set(counts.watchers as i64);
            metrics.slow_watchers.set(counts.slow as i64);
            metrics.pending_events.add((counts.events_sent - self.counts.events_sent) as i64);
            self.counts = counts;
        }
    }

    /// etcd's streams each have a loop that ticks. Here one turn looks after all that are due, and each gets its share.
    fn tell_progress(&mut self, ticks: u64, turn_seconds: f64) {
        let due = ticks - self.progress_ticks;
        for _ in 0..due {
            metrics().watch_progress_duration.observe(turn_seconds / due as f64);
        }
        self.progress_ticks = ticks;
    }
}

impl Loop {
    async fn run(mut self) -> Result<(), crate::mvcc::ReadError> {
        let mut batch = Vec::new();
        let mut turn = self.turn()?;
        while self.receive(&mut batch, &turn).await {
            batch.drain(..).for_each(|message| self.take(message));
            turn = self.turn()?;
            self.release();
        }
        Ok(())
    }

    fn turn(&mut self) -> Result<Turn, crate::mvcc::ReadError> {
        let now = self.shared.clock.now();
        let turn = self.hub.turn(now)?;
        self.gauges.set(self.hub.counts());
        if self.hub.progress_ticks() != self.gauges.progress_ticks {
            let took = self.shared.clock.now().saturating_sub(now);
            self.gauges.tell_progress(self.hub.progress_ticks(), took.as_secs_f64());
        }
        Ok(turn)
    }

    /// Waits for messages, but no longer than the last turn said. False when nobody can send any more.
    async fn receive(&mut self, batch: &mut Vec<HubMessage>, turn: &Turn) -> bool {
        let now = self.shared.clock.now();
        let received = self.inbox.recv_many(batch, limits::HUB_BATCH);
        if turn.more {
            // There is work left: take what is there, do not wait for more.
            return tokio::select! { biased; count = received => count > 0, () = tokio::task::yield_now() => true };
        }
        match turn.wake_at {
            Some(at) => {
                let deadline = Instant::now() + Now::saturating_sub(at, now);
                tokio::select! { biased; count = received => count > 0, () = sleep_until(deadline) => true }
            }
            None => received.await > 0,
        }
    }

    fn take(&mut self, message: HubMessage) {
        match message {
            HubMessage::Open { items, was_full, opened } => {
                if self.hub.counts().streams == 0 {
                    self.attention.pay();
                    self.hub.resume();
                }
                let stream = self.hub.open_stream(Box::new(Outlet { items, was_full }));
                if opened.send(stream).is_err() {
                    self.close(stream);
                }
            }
            HubMessage::Create(stream, request, taken) => {
                let flow = self.hub.create(stream, request);
                self.answer(stream, flow, taken);
            }
            HubMessage::Refuse(stream, reason, taken) => {
                let flow = self.hub.refuse(stream, reason);
                self.answer(stream, flow, taken);
            }
            HubMessage::Cancel(stream, id, taken) => {
                let flow = self.hub.cancel(stream, id);
                self.answer(stream, flow, taken);
            }
            HubMessage::RequestProgress(stream, taken) => {
                let flow = self.hub.request_progress(stream);
                self.answer(stream, flow, taken);
            }
            HubMessage::Drained(stream) => drop(self.hub.drained(stream)),
            HubMessage::Close(stream) => {
                self.held.remove(&stream);
                self.close(stream);
            }
            HubMessage::Restored { revision } => self.hub.restored(revision),
            HubMessage::Published(changes) => changes.into_iter().for_each(|changes| self.hub.publish(changes)),
        }
    }

    fn close(&mut self, stream: StreamId) {
        self.hub.close_stream(stream);
        if self.hub.counts().streams == 0 {
            self.attention.cease();
        }
    }

    /// Lets the client ask again, at once or when it has read. One that has gone does not care.
    fn answer(&mut self, stream: StreamId, flow: Flow, taken: Taken) {
        match flow {
            Flow::Open => drop(taken.send(())),
            Flow::Hold => drop(self.held.insert(stream, taken)),
        }
    }

    fn release(&mut self) {
        if self.held.is_empty() {
            return;
        }
        let open: Vec<StreamId> =
            self.held.keys().copied().filter(|stream| self.hub.flow(*stream) == Flow::Open).collect();
        for stream in open {
            self.held.remove(&stream).map(|taken| taken.send(()));
        }
    }
}
