//! etcd's peer protocol: how the messages of raft go from member to member, Go's or ours.
//!
//! ```text
//!   server --send, add_peer ...--> Transport: peers by id
//!                                    |
//!                                    v        GET /raft/stream/..  (they read what we write)
//!                                  Link ------ writers  <------------------------------------ peer
//!                                   |--------- readers  ------------------------------------> peer
//!                                   |--------- pipeline  ------- POST /raft  ----------------> peer
//!                                   |--------- snapshot  ------- POST /raft/snapshot  -------> peer
//!                                   `--------- probes  --------- GET /raft/probing  ---------> peer
//!   server <--deliver, unreachable, ... -- Host        serve: the same four, asked of us
//! ```
//!
//! A stream is opened by its reader: each member asks every other for what that one has to say. The writer then adds to the
//! body of its answer for as long as the connection lasts.
//!
//! What must hold:
//! - Nothing here waits for a peer but the tasks that talk to it; every queue is bounded, and what does not fit is dropped
//!   and reported. Raft makes up for what is lost.
//! - Heartbeats and votes wait behind no append, no proposal and no snapshot.
//! - The order within a stream is the order in which raft sent, separately for what is urgent and what is bulk.
//! - Nothing that a peer sends makes this member panic, or take memory that it did not send.
//!
//! It knows nothing of raft beyond its messages, decides nothing about membership, and listens to no port: `http` routes
//! what is below `/raft` to [`handle`], and the server stands behind [`Host`].

mod activity;
mod ask;
pub mod codec;
mod connection;
mod contact;
mod database;
mod dial;
mod headers;
mod host;
mod kind;
mod lanes;
mod link;
mod outbox;
mod patient;
mod pipeline;
mod post;
mod probe;
mod reader;
mod serve;
mod snapshot;
mod transport;
mod url;
mod writer;

pub use ask::{Asker, Post, Said};
pub use database::Database;
pub use dial::{Dial, Dialling, Socket, Sockets};
pub use headers::{Identity, Mismatch};
pub use host::{Host, Saving, Undelivered};
pub use patient::Patient;
pub use serve::{Body, handle, wants};
pub use snapshot::Snapshot;
pub use transport::{Config, Transport};
pub use url::{PeerUrl, PeerUrlError, Secure, Target};
