//! What goes into the hub and what comes out: requests, items, and the way out of a stream.

use super::event::SharedEvent;
use crate::{auth::AuthRefusal, id::WatchId, key::KeyRange};
use std::sync::Arc;

/// What a client asks when it creates a watch.
#[derive(Clone, Debug)]
pub struct WatchRequest {
    /// 0 lets the hub choose; any other number, negative ones too, is taken as it is unless it is in use.
    pub watch_id: i64,
    /// The keys of interest. An empty key means the lowest key there can be.
    pub range: KeyRange,
    /// First revision of interest; 0 means from now on.
    pub start_revision: i64,
    /// Is the watcher to hear of its progress when nothing happens to its keys?
    pub progress_notify: bool,
    /// Leave out puts.
    pub no_put: bool,
    /// Leave out deletes.
    pub no_delete: bool,
    /// Events are to carry the value before.
    pub prev_kv: bool,
    /// Large responses may be split.
    pub fragment: bool,
}

/// Why a watch was refused at creation (answered with id -1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WatchRefusal {
    /// The id that the client chose is in use on this stream.
    DuplicateId,
    /// The end of the range is not above its start.
    EmptyRange,
    /// The stream has as many watches as it may have. etcd knows no such bound.
    NoRoom,
    /// The start revision is negative. etcd answers with the text for a compacted revision.
    NegativeRevision,
    /// Who asks may not read all of the range. Found out before the hub hears of the watch.
    Denied(AuthRefusal),
}

/// One message to a stream, in the order in which the client must see them. `revision` goes into the header.
#[derive(Clone, Debug)]
pub enum Item {
    /// The watch exists. Nothing else with its id comes before this.
    Created {
        /// The id, chosen by the client or the hub.
        watch_id: WatchId,
        /// The current revision. A watch "from now on" gets every event after it, and none at or before it.
        revision: i64,
        /// As asked for.
        prev_kv: bool,
        /// As asked for.
        fragment: bool,
    },
    /// There will be no such watch.
    Refused {
        /// What is wrong with the request.
        reason: WatchRefusal,
        /// The current revision.
        revision: i64,
    },
    /// Nothing with this id follows, unless the id is used anew.
    Canceled {
        /// Which watch.
        watch_id: WatchId,
        /// Above 0: the watch fell behind this compaction. 0: the client asked.
        compact_revision: i64,
        /// The current revision if the client asked; 0 behind a compaction, as etcd has it.
        revision: i64,
    },
    /// Events, each of `watch_ids` gets all of them. The events of one revision are never split over items.
    Events {
        /// The watches; at least one.
        watch_ids: WatchIds,
        /// The events' revision when they were just published; the current one when they were read from history.
        revision: i64,
        /// In the order of their revisions, and within one in the order of the transaction; at least one.
        events: Arc<[SharedEvent]>,
        /// Do these watches want the value before?
        prev_kv: bool,
        /// Do these watches take large responses in pieces?
        fragment: bool,
    },
    /// Every event up to `revision` was sent before this.
    Progress {
        /// -1 answers a progress request, for all watches of the stream.
        watch_id: WatchId,
        /// The last revision that was published.
        revision: i64,
    },
}

impl Item {
    /// How many events it is to bring, once for each watch.
    pub fn events(&self) -> usize {
        match self {
            Self::Events { watch_ids, events, .. } => watch_ids.as_slice().len() * events.len(),
            _ => 0,
        }
    }
}

/// The watches of one stream that share an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WatchIds {
    /// Just one.
    One(WatchId),
    /// Several, ascending.
    Many(Arc<[WatchId]>),
}

impl WatchIds {
    /// All of them.
    pub fn as_slice(&self) -> &[WatchId] {
        match self {
            Self::One(id) => std::slice::from_ref(id),
            Self::Many(ids) => ids,
        }
    }
}

/// One stream's bounded way out: a channel in production, a queue in the simulator.
///
/// A sink whose reader has gone takes everything and drops it, until the stream is closed.
pub trait Sink: Send {
    /// Hands an item on, or back when there is no room. Never waits.
    fn try_send(&mut self, item: Item) -> Result<(), Item>;

    /// Would [`try_send`](Self::try_send) take an item now? May err towards yes.
    fn has_room(&self) -> bool;
}

/// May the hub be given the next request of this stream?
#[must_use]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// Yes.
    Open,
    /// The request was carried out, but its answer waits for the client to read what it was sent. Take no more
    /// requests of this stream from the client until [`Hub::flow`](super::Hub::flow) or
    /// [`Hub::drained`](super::Hub::drained) says `Open`.
    Hold,
}
