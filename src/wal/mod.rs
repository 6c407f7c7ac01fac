//! The write-ahead log: what raft must find again after a crash. etcd's format, byte for byte.
//!
//! ```text
//!   <dir>/0000000000000000-0000000000000000.wal     segment: sequence, index of its first entry
//!   <dir>/0000000000000001-0000000000000a3c.wal
//!   <dir>/0.tmp, 1.tmp                              the next segment in the making
//!   <dir>/<segment>.broken                          copy of a segment whose torn tail was cut off
//!
//!   segment   crc, metadata, [state]   at its head; then entries, states, snapshots; then zeros, or its end
//!
//!   frame     +------------------------------+--------------+---------+
//!             | 8 bytes, little-endian:      | walpb.Record | 0 to 7  |   all aligned to 8 bytes;
//!             | low 56 bits  record length   |              | zeros   |   a word of 0 ends the segment
//!             | top byte     0x80 | padding, |              |         |
//!             |              0 when none     |              |         |
//!             +------------------------------+--------------+---------+
//!
//!   record    type    1 metadata (the server's), 2 raftpb.Entry, 3 raftpb.HardState, 4 crc, 5 walpb.Snapshot
//!             crc     CRC-32C over the data of all records so far, over all segments; a crc record has no data and
//!                     hands the value over to its segment
//!             data
//! ```
//!
//! What must hold: after [`Wal::sync`] returns, everything appended is found again after any power loss. What was not
//! synced is there in part, but only as a first part: no entry without those before it. Damage is never taken for a torn
//! write if something shows that it was synced (see `tail.rs`); it is reported with file and offset, and nothing is
//! changed. A write or sync that failed is never tried again.
//!
//! A group is what lies between two syncs: entries, then at most one hard state, the newest. The log keeps the hard state
//! back until the group ends; that saves bytes, and makes the proof in `tail.rs` possible.
//!
//! What it does not do: no clock, no thread, no knowledge of what entries mean. Purging happens when asked for; how long a
//! sync took, the caller measures.

mod error;
mod prepare;
mod purge;
mod reader;
mod record;
mod repair;
mod replay;
mod segment;
mod tail;
mod window;
mod writer;

pub use error::WalError;
pub use prepare::{PreparedSegment, Preparer};
pub use purge::Purge;
pub use writer::Wal;

use crate::{
    clock::Stopwatch,
    pb::{
        raftpb::{Entry, HardState},
        walpb::Snapshot,
    },
};
use bytes::Bytes;
use std::path::PathBuf;

/// How a log is written.
#[derive(Clone, Copy, Debug)]
pub struct WalConfig {
    /// A segment that has reached this many bytes is closed. Its last append may take it beyond.
    pub segment_bytes: u64,
    /// Tells metrics how long the disk takes.
    pub stopwatch: Stopwatch,
}

impl Default for WalConfig {
    /// etcd's 64 MB, which are decimal.
    fn default() -> Self {
        Self { segment_bytes: 64_000_000, stopwatch: Stopwatch::default() }
    }
}

/// Index and term of a snapshot record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// The last entry that the snapshot covers.
    pub index: u64,
    /// That entry's term.
    pub term: u64,
}

/// What was in a log when it was opened.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recovered {
    /// The bytes that the log was created with.
    pub metadata: Bytes,
    /// The newest hard state; zeros when none was written.
    pub hard_state: HardState,
    /// All entries behind the position asked for, by index, without gaps. Those above `hard_state.commit` may not be
    /// committed.
    pub entries: Vec<Entry>,
    /// Snapshot records at or below `hard_state.commit`, oldest first, in the segments that were read.
    pub snapshots: Vec<Snapshot>,
    /// What was done about a torn tail.
    pub repaired: Option<Repaired>,
}

/// A segment that a power loss had left torn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repaired {
    /// The segment.
    pub path: PathBuf,
    /// What stood behind this offset was cut off: writes that were never synced, and so never acknowledged.
    pub offset: u64,
    /// The segment as it was found.
    pub copy: PathBuf,
}
