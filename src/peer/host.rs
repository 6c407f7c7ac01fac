//! What the network asks of the member that it serves: the seam between this module and the server.

use super::database::Database;
use crate::id::MemberId;
use crate::pb::raftpb::Message;
use crate::raft::SnapshotSent;
use std::{future::Future, io, pin::Pin};

/// A database on its way to disk: how many bytes were stored, or why none.
pub type Saving<'a> = Pin<Box<dyn Future<Output = io::Result<u64>> + Send + 'a>>;

/// The member behind the network. Everything but the saving of a database is called on tasks that serve connections, or by
/// whoever sends; it must not wait, and not call the transport.
pub trait Host: Send + Sync + 'static {
    /// Takes a message for raft. It is from a peer and addressed to this member; nothing else about it has been checked. A
    /// heartbeat must not wait behind what clients want, so peers' messages need room of their own.
    ///
    /// # Errors
    /// It was not taken; raft's peers send again.
    fn deliver(&self, message: Message) -> Result<(), Undelivered>;

    /// Is this member's id among those that were removed for good?
    fn is_removed(&self, member: MemberId) -> bool;

    /// Something for this peer was lost. raft then sends it less until it answers.
    fn unreachable(&self, peer: MemberId);

    /// This peer's process has ended: its stream did, and nobody listens any more where it was.
    fn gone(&self, peer: MemberId);

    /// A snapshot for this peer arrived or did not. The former only says that the peer has it, not that it is applied.
    fn snapshot_sent(&self, peer: MemberId, sent: SnapshotSent);

    /// Stores the database behind a snapshot's message, to be found by the index of the snapshot. It is durable when this
    /// resolves. The message is delivered afterwards. A database whose end did not come must leave nothing.
    fn save_snapshot<'a>(&'a self, message: &'a Message, database: Database) -> Saving<'a>;

    /// A peer says that this member was removed. The member is to stop. May be called again and again.
    fn cast_out(&self);
}

/// Why a message was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Undelivered {
    /// There is no room. Raft makes up for a lost message.
    #[error("receiving buffer is full (overloaded network)")]
    Full,
    /// The member is stopping.
    #[error("raft: stopped")]
    Stopped,
}
