//! Temporary stand-in: types only.
#![allow(missing_docs)]
use crate::{id::WatchId, key::KeyRange, pb::mvccpb::Event};
use std::sync::Arc;

/// What a client asks when it creates a watch. `watch_id` 0 lets the hub choose.
#[derive(Clone, Debug)]
pub struct WatchRequest { pub watch_id: i64, pub range: KeyRange, pub start_revision: i64, pub progress_notify: bool, pub no_put: bool, pub no_delete: bool, pub prev_kv: bool, pub fragment: bool }

/// Why a watch was refused at creation (answered with id -1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WatchRefusal { DuplicateId, EmptyRange, NegativeRevision }

/// One message to a stream, in the order in which the client must see them. `revision` goes into the header.
#[derive(Clone, Debug)]
pub enum Item {
    Created { watch_id: WatchId, revision: i64, prev_kv: bool, fragment: bool },
    Refused { reason: WatchRefusal, revision: i64 },
    /// `compact_revision` > 0: the watcher fell behind a compaction; 0: the client asked.
    Canceled { watch_id: WatchId, compact_revision: i64, revision: i64 },
    Events { watch_id: WatchId, revision: i64, events: Arc<[Event]>, prev_kv: bool, fragment: bool },
    /// `watch_id` -1 answers a progress request.
    Progress { watch_id: WatchId, revision: i64 },
}
