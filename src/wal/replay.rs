//! What the records of a log add up to.

use super::{
    Position,
    record::{Kind, Record},
};
use crate::pb::{
    raftpb::{Entry, EntryType, HardState},
    walpb::Snapshot,
};
use bytes::{Buf, Bytes};
use prost::{
    Message,
    encoding::{DecodeContext, decode_key, skip_field},
};

/// Folds records.
#[derive(Debug)]
pub(super) struct Replay {
    from: Position,
    pub metadata: Option<Bytes>,
    pub hard_state: HardState,
    /// Entries above `from`, without gaps.
    pub entries: Vec<Entry>,
    snapshots: Vec<Snapshot>,
    /// The index of the newest entry or snapshot.
    pub last_index: u64,
    /// The term of the entry at `from`, if it was seen.
    term_at_from: Option<u64>,
    /// Another term than asked for, of a snapshot at the index asked for.
    pub mismatch: Option<u64>,
}

impl Replay {
    /// `last_index`: what came before the first segment read.
    pub(super) fn new(from: Position, last_index: u64) -> Self {
        Self {
            from,
            metadata: None,
            hard_state: HardState::default(),
            entries: Vec::new(),
            snapshots: Vec::new(),
            last_index,
            term_at_from: None,
            mismatch: None,
        }
    }

    /// Takes the next record; an error says what cannot be.
    pub(super) fn take(&mut self, record: &Record<'_>) -> Result<(), String> {
        match record.kind {
            Kind::Metadata => self.take_metadata(record.data),
            Kind::Entry => self.take_entry(Bytes::copy_from_slice(record.data)),
            Kind::State => {
                self.hard_state = state(record.data)?;
                Ok(())
            }
            Kind::Snapshot => self.take_snapshot(snapshot(record.data)?),
            Kind::Crc => Ok(()),
        }
    }

    /// Snapshot records that stand for something committed.
    pub(super) fn valid_snapshots(&mut self) -> Vec<Snapshot> {
        let commit = self.hard_state.commit;
        let mut snapshots = std::mem::take(&mut self.snapshots);
        snapshots.retain(|snapshot| snapshot.index <= commit);
        snapshots
    }

    /// Where the log ends.
    pub(super) fn last_entry(&self) -> u64 {
        self.from.index + self.entries.len() as u64
    }

    fn take_metadata(&mut self, data: &[u8]) -> Result<(), String> {
        match &self.metadata {
            Some(known) if known != data => Err("conflicting metadata found".into()),
            Some(_) => Ok(()),
            None => {
                self.metadata = Some(Bytes::copy_from_slice(data));
                Ok(())
            }
        }
    }

    fn take_entry(&mut self, data: Bytes) -> Result<(), String> {
        let entry = entry(data)?;
        self.last_index = entry.index;
        if entry.index == self.from.index {
            self.term_at_from = Some(entry.term);
        }
        let Some(place) = entry.index.checked_sub(self.from.index + 1) else {
            // It replaced what was behind it, too. (etcd keeps that, if it has a higher index than the snapshot.)
            self.entries.clear();
            return Ok(());
        };
        if place > self.entries.len() as u64 {
            return Err(format!("entry {} follows entry {}", entry.index, self.last_entry()));
        }
        // An entry takes the place of an older one of the same index, and of all behind that.
        self.entries.truncate(place as usize);
        self.entries.push(entry);
        Ok(())
    }

    fn take_snapshot(&mut self, snapshot: Snapshot) -> Result<(), String> {
        self.last_index = self.last_index.max(snapshot.index);
        if snapshot.index == self.from.index {
            if snapshot.term != self.from.term {
                self.mismatch = Some(snapshot.term);
            }
            // A leader's snapshot that the log did not lead up to: raft has dropped what was there, and so must we. (etcd
            // keeps it until newer entries overwrite it.)
            if self.term_at_from.is_some_and(|term| term != snapshot.term) {
                self.entries.clear();
            }
        }
        self.snapshots.push(snapshot);
        Ok(())
    }
}

/// Follows only what [`super::Wal::snapshots`] asks for, so that no entry is decoded.
#[derive(Debug, Default)]
pub(super) struct Snapshots {
    commit: u64,
    found: Vec<Snapshot>,
}

impl Snapshots {
    pub(super) fn take(&mut self, record: &Record<'_>) -> Result<(), String> {
        match record.kind {
            Kind::State => self.commit = state(record.data)?.commit,
            Kind::Snapshot => self.found.push(snapshot(record.data)?),
            Kind::Metadata | Kind::Entry | Kind::Crc => {}
        }
        Ok(())
    }

    pub(super) fn valid(mut self) -> Vec<Snapshot> {
        self.found.retain(|snapshot| snapshot.index <= self.commit);
        self.found
    }
}

// The checksum does not cover a record's type, and an entry, a hard state and a snapshot look alike: two or three numbers.
// One flipped bit lies between an entry's type and a hard state's. So each is checked for what the others cannot be.

fn entry(data: Bytes) -> Result<Entry, String> {
    let entry = Entry::decode(data).map_err(|error| format!("an entry that cannot be decoded: {error}"))?;
    if is_possible(&entry) { Ok(entry) } else { Err("an entry that cannot be".into()) }
}

/// Can there be such an entry? No other may be written, for it could not be read again.
pub(super) fn is_possible(entry: &Entry) -> bool {
    // A hard state of term 1 or 2 would read as a membership change; but those have a payload.
    let payload = entry.entry_type == EntryType::EntryNormal as i32 || !entry.data.is_empty();
    entry.is_known_type() && payload && entry.term > 0 && entry.index > 0
}

fn state(data: &[u8]) -> Result<HardState, String> {
    let state = HardState::decode(data).map_err(|error| format!("a hard state that cannot be decoded: {error}"))?;
    // A normal entry would read as term 0, and every other has a fourth field.
    if state.term == 0 || !only_fields_up_to(3, data) {
        return Err("a hard state that cannot be".into());
    }
    Ok(state)
}

fn snapshot(data: &[u8]) -> Result<Snapshot, String> {
    Snapshot::decode(data).map_err(|error| format!("a snapshot record that cannot be decoded: {error}"))
}

fn only_fields_up_to(highest: u32, mut data: &[u8]) -> bool {
    while data.has_remaining() {
        match decode_key(&mut data) {
            Ok((field, wire_type)) if field <= highest => {
                if skip_field(wire_type, field, &mut data, DecodeContext::default()).is_err() {
                    return false;
                }
            }
            _ => return false,
        }
    }
    true
}
