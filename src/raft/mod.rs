//! Agreement: one log, the same on every member, over the raft crate. No disk, no socket, no clock, no chance.
//!
//! [`Node`] is a function from inputs to [`Output`]s. Its owner calls the inputs as things happen, then takes outputs
//! until there are none:
//!
//! ```text
//!   tick, propose, read_index, step(message) --+             +--> messages          to the peers, now
//!                                              v             |
//!                                            Node --take_output--> append {n}       to the disk
//!                                            ^  ^            |       |- messages_after   to the peers, once n is on disk
//!                                            |  |            |       `- snapshot         in the place of log and state
//!                          persisted(n) -----+  |            +--> committed + waiter to the state machine
//!                          applied(i) ----------+            +--> reads, refusals, leadership
//! ```
//!
//! Disk and state machine are reached by values and answer with one number each, in order; while one append is being
//! synced, the next gathers (group commit). A waiter (`P` of a proposal, `R` of a read) is whatever its owner wants to
//! have back: a reply channel in production, a number in tests.
//!
//! What holds:
//! - An entry is handed out as committed only after a quorum has it on disk, and this member too.
//! - What a follower promises leaves only behind the append that it promises about. A leader's messages need not wait for
//!   its disk, its own vote excepted.
//! - The same inputs give the same outputs: election timeouts come from (seed, member, term), not from chance.
//! - Nothing that a peer sends makes it panic. [`Refused`] says why a message was not let in.
//! - A read's index is at least every index that was committed anywhere when the read was asked for. Every round of
//!   confirmation has a context that is used once.
//!
//! What raft's crate does otherwise than etcd and is put right here: the entries of a cluster's birth ([`bootstrap`]), a
//! read index before the leader's first commit (kept, not dropped), reused read contexts (replaced on the way in), a
//! leader that is no voter any more (steps down, once the others know), and a rejection that would set a peer's `next` below its `match`.
//!
//! A peer that needs entries which the log does not have any more gets a snapshot. Here that is a message that says what
//! it is of, up to what [`Node::offer_snapshot`] was told; whoever sends it makes it, and puts in what it really is of.
//! [`Node::step`] takes one only for a member that has the snapshot itself on disk.

mod bootstrap;
mod config;
mod drain;
mod guard;
mod leaving;
mod log;
mod node;
mod output;
mod proposals;
mod read_index;
mod timeout;
mod unpersisted;

#[cfg(test)]
mod tests;

pub use bootstrap::{bootstrap, change_entry};
pub use config::{Config, NodeError, PreVote, Restored};
pub use guard::Refused;
pub use node::Node;
pub use output::{Append, Committed, Leadership, Output, Role, SnapshotSent, Status, Unavailable};
