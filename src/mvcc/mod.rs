//! The key-value history: every change of every key, readable at any revision that is not compacted.
//!
//! ```text
//!              apply                            rpc, watch, metrics                a task
//!                |                                    |                              |
//!   Store ----- WriteTxn                            Reader                       Compactor
//!                |  put, delete: index, then batch    |  range, count, history       |  prune, delete rows
//!                v                                    v                              v
//!        +---------------------------------------------------------------------------------+
//!        | Shared:  Index (all keys, counted) | published, compacted | Backend (rows)      |
//!        +---------------------------------------------------------------------------------+
//! ```
//!
//! A transaction that changes something has the next main revision; each of its changes is one row of the bucket `key`, in
//! etcd's own bytes. The index holds, per key, at which revisions it changed; the rows hold the values. The index is rebuilt from
//! the rows when the store is opened.
//!
//! What must hold:
//! - a row is staged before its revision is published, and readers read at published revisions only;
//! - a compact revision is published before anything below it goes, so a reader that finds something missing and then
//!   finds no compaction has found damage;
//! - the same entries give the same rows, revisions and hashes on every member.
//!
//! What it does not do: it knows no leases beyond the number in a row, no permissions, no watchers; it reads no clock and
//! spawns nothing; it never waits for the disk when it writes.

mod compact;
mod hash;
mod history;
mod index;
mod key_index;
mod keys;
mod query;
mod reader;
mod restore;
mod revision;
mod row;
mod rows;
mod shared;
mod store;
mod tail;
mod tally;
mod tree;
mod txn;
mod view;

pub use compact::{CompactionStep, Compactor};
pub use query::{Changes, Fetch, HashKv, History, RangeQuery, RangeResult, Ranges, ReadError};
pub use reader::Reader;
pub use revision::{BadRowKey, Kind, Revision};
pub use store::Store;
pub use tally::ReadTxn;
pub use txn::WriteTxn;
