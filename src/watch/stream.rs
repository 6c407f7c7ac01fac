//! One client's stream: its watches by id, and its way out.
//!
//! ```text
//!   control items --> queue --+
//!                             +--> sink (bounded) --> the client
//!   events, if the queue -----+
//!   is empty
//! ```
//!
//! What answers a request (created, refused, canceled, progress) is never lost: it waits in the queue while the sink
//! is full, and nothing overtakes it. The queue holds answers only, so it grows by what the client asks, and the
//! hub says when to stop asking. Events never wait here: their watchers fall behind instead.

use super::{
    bounds::CONTROL_ITEMS_MAX,
    cohort::CohortId,
    item::{Flow, Item, Sink},
};
use crate::id::WatchId;
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    fmt,
};

/// One client's stream.
pub(super) struct Stream {
    sink: Box<dyn Sink>,
    control: VecDeque<Item>,
    /// The sink refused an item, and has not been seen with room since.
    full: bool,
    /// Every id in use. `None`: canceled by a compaction. etcd keeps such an id in use until the client cancels it
    /// too, and answers that as well.
    pub watches: BTreeMap<WatchId, Option<CohortId>>,
    /// Bytes of the ranges that `watches` are of, those that are `None` left out.
    pub key_bytes: usize,
    /// How many of `watches` are `None`.
    pub compacted: usize,
    next_id: i64,
    /// Cohorts that have to read again, by the first revision they lack.
    pub behind: BTreeSet<(i64, CohortId)>,
    /// How many cohorts wait for a revision to come.
    pub waiting: usize,
    /// The watches that want to hear of progress, with their cohort's count of sends at the last tick.
    pub progress: BTreeMap<WatchId, u32>,
}

impl Stream {
    pub fn new(sink: Box<dyn Sink>) -> Self {
        Self {
            sink,
            control: VecDeque::new(),
            full: false,
            watches: BTreeMap::new(),
            key_bytes: 0,
            compacted: 0,
            next_id: 0,
            behind: BTreeSet::new(),
            waiting: 0,
            progress: BTreeMap::new(),
        }
    }

    /// The next id that no watch has.
    pub fn free_id(&mut self) -> WatchId {
        while self.watches.contains_key(&WatchId(self.next_id)) {
            self.next_id += 1;
        }
        self.next_id += 1;
        WatchId(self.next_id - 1)
    }

    /// Has every watch got all that was published? False without watches, and with one whose time has not come.
    pub fn is_synced(&self) -> bool {
        !self.watches.is_empty() && self.behind.is_empty() && self.waiting == 0 && self.compacted == 0
    }

    pub fn is_full(&self) -> bool {
        self.full
    }

    /// Sends what may be given back. Full: the item is dropped, and the stream counts as full from now on.
    pub fn send(&mut self, item: Item) -> Result<(), Full> {
        debug_assert!(self.full || self.control.is_empty(), "answers wait only for room");
        if self.full {
            return Err(Full);
        }
        self.sink.try_send(item).map_err(|_| {
            self.full = true;
            Full
        })
    }

    /// Sends what must not be lost.
    pub fn send_control(&mut self, item: Item) -> Flow {
        self.control.push_back(item);
        if !self.flush() {
            self.full = true;
        }
        self.flow()
    }

    pub fn flow(&self) -> Flow {
        if self.control.len() < CONTROL_ITEMS_MAX { Flow::Open } else { Flow::Hold }
    }

    /// Looks whether a full sink has room again; sends what waited. True: events may be sent.
    pub fn retry(&mut self) -> bool {
        if self.full && self.sink.has_room() && self.flush() && self.sink.has_room() {
            self.full = false;
        }
        !self.full
    }

    /// True: nothing waits any more.
    fn flush(&mut self) -> bool {
        while let Some(item) = self.control.pop_front() {
            if let Err(item) = self.sink.try_send(item) {
                self.control.push_front(item);
                return false;
            }
        }
        true
    }
}

/// The sink has no room.
#[derive(Debug)]
pub(super) struct Full;

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream")
            .field("control", &self.control)
            .field("full", &self.full)
            .field("watches", &self.watches)
            .field("behind", &self.behind)
            .finish_non_exhaustive()
    }
}
