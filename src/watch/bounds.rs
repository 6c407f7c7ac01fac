//! The bounds of this module, with what happens when one is reached. Those that others share are in [`crate::limits`].

use crate::limits::{HISTORY_REVISIONS, STREAM_WATCHES, STREAM_WATCHES_KEY_BYTES};
use std::time::Duration;

/// Answers that wait in a stream whose client does not read. Reached: the hub says [`Flow::Hold`](super::Flow::Hold),
/// and the client's next request is not read. As many as etcd keeps.
pub(super) const CONTROL_ITEMS_MAX: usize = 16;

/// How long a full stream is left alone, unless it says itself that it has room (as etcd).
pub(super) const RETRY_AFTER: Duration = Duration::from_millis(10);

/// The bounds that decide about speed and memory. Whatever they are, every watcher gets the same events.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Published events kept in memory for those who are a moment late. Reached: the oldest are forgotten, and have to
    /// be read from the store.
    pub recent: Bound,
    /// One read of the past, and so the most that one item of it carries. Reached: the watcher gets the rest later.
    pub chunk: Bound,
    /// Cohorts served from one chunk in one round. Reached: the rest has the next round.
    pub round_cohorts: usize,
    /// Watches of one stream, and bytes of the ranges that they are of. Reached: no more are created there.
    pub stream: StreamRoom,
    /// Rounds in one turn. Reached: the turn says that there is more, and its caller can publish in between.
    pub turn_rounds: usize,
}

/// What one stream may hold.
#[derive(Clone, Copy, Debug)]
pub struct StreamRoom {
    /// Watches.
    pub watches: usize,
    /// Bytes of the keys that bound their ranges.
    pub key_bytes: usize,
}

/// How much there may be of something made of whole revisions. One revision is always allowed.
#[derive(Clone, Copy, Debug)]
pub struct Bound {
    /// Distinct main revisions.
    pub revisions: usize,
    /// About this many bytes.
    pub bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            // Some seconds of a busy member; the bytes are of events alone, and their encoded form can double them.
            recent: Bound { revisions: 8192, bytes: 16 << 20 },
            // etcd bounds the revisions only.
            chunk: Bound { revisions: HISTORY_REVISIONS, bytes: 2 << 20 },
            // As many as etcd serves watchers.
            round_cohorts: 512,
            stream: StreamRoom { watches: STREAM_WATCHES, key_bytes: STREAM_WATCHES_KEY_BYTES },
            turn_rounds: 16,
        }
    }
}
