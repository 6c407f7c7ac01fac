//! The past as events, for watches that catch up.

use super::query::{History, ReadError};
use super::revision::Kind;
use super::row;
use super::rows::RowScan;
use super::shared::Shared;
use crate::pb::mvccpb::{Event, KeyValue, event::EventType};

/// See [`super::reader::Reader::history`].
pub fn read(shared: &Shared, from: i64, to: i64, max_revisions: usize, max_bytes: usize) -> Result<History, ReadError> {
    let to = to.min(shared.published());
    shared.check_not_compacted(from)?;
    let mut events = Vec::new();
    let mut rows = RowScan::new(from, to);
    let (mut revisions, mut bytes, mut last) = (0, 0, from - 1);
    let through = 'walk: loop {
        let piece = rows.next(&shared.backend, usize::MAX)?;
        if piece.is_empty() {
            break to;
        }
        for (key, row) in piece {
            let (revision, kind) = row::revision_of(&key)?;
            if revision.main != last {
                if revisions > 0 && (revisions >= max_revisions || bytes >= max_bytes) {
                    break 'walk last;
                }
                (revisions, last) = (revisions + 1, revision.main);
            }
            bytes += key.len() + row.len();
            events.push(event(kind, row::key_value(revision, row)?, revision.main));
        }
    };
    // Rows may have gone while they were read.
    shared.check_not_compacted(from)?;
    Ok(History { events, through })
}

/// The event that a row tells of. A tombstone's row has the key alone.
fn event(kind: Kind, kv: KeyValue, revision: i64) -> Event {
    let (kind, kv) = match kind {
        Kind::Put => (EventType::Put, kv),
        Kind::Tombstone => (EventType::Delete, KeyValue { mod_revision: revision, ..kv }),
    };
    Event { r#type: kind as i32, kv: Some(kv), prev_kv: None }
}
