//! The past as events, for watches that catch up.

use super::query::{History, ReadError};
use super::revision::Kind;
use super::row;
use super::rows::RowScan;
use super::shared::Shared;
use crate::backend::{BackendError, Row};
use crate::pb::mvccpb::{Event, KeyValue, event::EventType};

/// See [`super::reader::Reader::history`].
pub fn read(shared: &Shared, from: i64, to: i64, max_revisions: usize, max_bytes: usize) -> Result<History, ReadError> {
    let to = to.min(shared.published());
    let mut rows = RowScan::new(from, to);
    read_pieces(shared, from, to, max_revisions, max_bytes, || rows.next(&shared.backend, usize::MAX))
}

fn read_pieces(
    shared: &Shared,
    from: i64,
    to: i64,
    max_revisions: usize,
    max_bytes: usize,
    mut next: impl FnMut() -> Result<Vec<Row>, BackendError>,
) -> Result<History, ReadError> {
    shared.admit(from)?;
    let mut events = Vec::new();
    let (mut revisions, mut bytes, mut last) = (0, 0, from - 1);
    let through = 'walk: loop {
        let piece = next()?;
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
    shared.check_not_overtaken(from)?;
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

#[cfg(test)]
mod tests {
    use super::super::index::Index;
    use super::super::revision::Revision;
    use super::super::shared::{Compaction, HashUse, Work};
    use super::*;
    use crate::backend::{Backend, BackendConfig};
    use crate::disk::mem::MemDisk;
    use std::{path::Path, sync::Arc};

    #[test]
    fn a_compaction_between_two_pieces_is_noticed() {
        let backend = Backend::open(Arc::new(MemDisk::new()), Path::new("/db"), &BackendConfig::default()).unwrap();
        let row = row::encode(&KeyValue::default()).0;
        let piece = |main| vec![(Revision::first_of(main).row_key().to_vec().into(), row.clone())];
        for (from, begins, is_read) in [(2, true, false), (2, false, true), (5, true, true)] {
            let shared = Shared::new(backend.clone(), Index::default(), 9, -1);
            let mut pieces = vec![vec![], piece(9), piece(from)];
            let read = read_pieces(&shared, from, 9, 100, 100, || {
                if pieces.len() == 2 {
                    shared.publish(9, 5);
                    shared.schedule([Compaction { revision: 5, previous: -1, hash: HashUse::Keep }]);
                    assert!(!begins || matches!(shared.begin(), Work::Begun(_)));
                }
                Ok(pieces.pop().unwrap_or_default())
            });
            match read {
                Ok(history) => assert!(is_read && history.events.len() == 2 && history.through == 9),
                Err(error) => assert!(!is_read && matches!(error, ReadError::Compacted)),
            }
        }
    }
}
