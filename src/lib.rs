//! etcd, written again in Rust: a replicated, strongly consistent key-value store with history, watches and leases.
//!
//! The way of a write, each stop visited once:
//!
//! ```text
//!  client                                                peers
//!    | Put                                                ^ | message
//!    v                                                    | v
//!  rpc/kv -> server/handle -- Propose{id,data,reply} --> raft::Node -- Append{n} --> wal
//!    ^                                                    |   ^  ^                    |
//!    |                                                    |   |  +--- Persisted(n) ---+
//!    |                               Committed{entry,reply}   | Applied(i)
//!    |                                                    v   |
//!    |                                                   apply  (mvcc, leases, users, members, alarms)
//!    |                                                    |
//!    +--------------- reply(response) --------------------+--> publish the revision --> readers
//!                                                         +--> watch::Hub.publish(events) --> watch streams
//! ```
//!
//! The modules stand in dependency order, lowest first: one may name only what is listed above it.
//! `tests/tidy.rs` holds that. Everything up to and including `raft` is synchronous and pure: it reads no
//! clock, draws no random number, spawns nothing and awaits nothing, so that one seed replays a whole life.

// 1 words
pub mod pb;
pub mod key;
pub mod id;
pub mod percent;
pub mod limits;
pub mod proc;
pub mod metrics;
pub mod logging;

// 2 doors: the only code that touches the machine
pub mod disk;
pub mod clock;
pub mod tls;

// 3 what is on disk
pub mod backend;
pub mod wal;
pub mod bbolt;
pub mod snap;

// 4 the replicated state machine
pub mod mvcc;
pub mod lease;
pub mod auth;
pub mod membership;
pub mod alarm;
pub mod apply;
pub mod watch;

// 5 agreement
pub mod raft;
// ---- synchronous above this line, async below it ----

// 6 the network
pub mod client;
pub mod peer;

// 7 a running member
pub mod server;
pub mod rpc;
pub mod http;

// 8 commands
pub mod cmd;
