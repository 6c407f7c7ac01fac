//! etcd's raftpb as it is on the wire, under the names that the `raft` crate (0.7) uses.
//!
//! It stands in for the published `raft-proto` through `[patch.crates-io]`, so that the wire, the WAL and the algorithm
//! share one set of types. `raft` itself is unchanged.
//!
//! ```text
//!   peer bytes, WAL records --prost--> eraftpb types <--fields, accessors-- raft
//!                                           ^
//!                                          pb2: the few protobuf 2 methods raft calls, answered by prost
//! ```
//!
//! What holds:
//! - Written bytes equal those of etcd's Go marshaller: fields in number order, scalars even when zero.
//! - Fields that only raft-rs knows (`Entry::context`, `Message::priority`, ...) exist in memory and never on the wire.
//! - No input makes decoding or a getter panic. Enums are kept as the number that came; getters turn an unknown number
//!   into a documented harmless value, and `is_known_type` tells the difference.
//!
//! It does no I/O, reads no clock and decides nothing about raft.

mod accessors;
mod conf_change;
mod conf_state;
mod kinds;
mod messages;
mod pb2;
mod wire;

pub use crate::conf_change::{ConfChangeI, new_conf_change_single, parse_conf_change, stringify_conf_change};
pub use crate::conf_state::conf_state_eq;

/// The message types, under the module name that raft-rs gave them.
pub mod eraftpb {
    pub use crate::kinds::{ConfChangeTransition, ConfChangeType, EntryType, MessageType};
    pub use crate::messages::{
        ConfChange, ConfChangeSingle, ConfChangeV2, ConfState, Entry, HardState, Message, Snapshot, SnapshotMetadata,
    };
}

/// Everything in [`eraftpb`]; `raft::prelude` re-exports it.
pub mod prelude {
    pub use crate::eraftpb::*;
}

/// The path under which raft-rs users find the `ConfState` helpers. The conversion `(voters, learners) -> ConfState`
/// needs no import.
pub mod util {
    pub use crate::conf_state::conf_state_eq;
}
