//! The state machine: what a committed entry does, and what it answers.
//!
//! ```text
//!   entry --> command   which request is it
//!               |
//!             admit     may it run, under the alarms that are on; may whoever asks have what it needs
//!               |
//!             machine   one match --+--> put, delete, txn -> mvcc::WriteTxn -> leases follow its events
//!               |                   +--> lease, auth, notices (alarms, members), compaction
//!               |
//!             Batch = all effects + consistent index + term --> backend.stage --> store.publish
//!               |
//!             Applied   the outcome for whoever waits, events for watchers, news for the lessor and the keeper of tokens
//! ```
//!
//! What must hold:
//! - Every entry gets an [`Outcome`], or the process stops ([`Fatal`]): apply is total. A refusal is a result like any other,
//!   the same on every member, and leaves nothing behind.
//! - It reads no clock, no setting that a member may have for itself, no random number. (The least time to live of a lease
//!   and the greatest number of learners are settings of the cluster, as in etcd: all members must have the same.)
//! - The effects of an entry and the note that it was applied are staged together, so that no crash comes between them. An
//!   entry that was applied before is passed over.
//!
//! It does not check the shape of requests, which is done before they are proposed, and not the quota, which depends on
//! the size of one member's file: [`cost`] is for those who do.

mod admit;
mod auth;
mod command;
mod compare;
pub mod cost;
mod delete;
mod fields;
mod image;
mod lease;
mod legacy;
mod machine;
mod messages;
mod meta;
mod needs;
mod notices;
mod outcome;
mod put;
pub mod read;
pub mod slow;
pub mod steps;
pub mod text;
mod timing;
mod txn;
mod user_text;

pub use command::kind_of;
pub use image::{Durable, Image, ImageError, Installed};
pub use machine::{Identity, Settings, StateMachine};
pub use needs::{Asked, needs};
pub use outcome::{Answered, Applied, Fatal, LeaseChange, Outcome, Refusal, Response, TokenChange, Unanswered};
pub use read::{is_read_only, is_serializable};
pub use steps::{Course, Steps};
