//! A client of etcd's public API, for `ctl`, the proxies, discovery, benchmarks and tests alike.
//!
//! ```text
//!   Client (kv, lease, cluster, maintenance: one call, one answer)   Watcher, KeepAlive (tasks that outlive a stream)
//!        \___________________________  handle  _________________________/
//!                     retry rules, deadline, token, metadata
//!                                       |
//!                                     pool: one connection to each endpoint, in turn
//!                                       |
//!                                   connection: HTTP/2 over a socket: TCP or a file, with TLS or without
//! ```
//!
//! It behaves as etcd's Go client does where a user can tell: which calls are repeated and which are not, that a call waits
//! for a server rather than fail, how errors read, that a watch goes on where it was. It prints nothing and reads no
//! environment.
//!
//! [`fetch_page`] reads what servers show beside their API.
//!
//! [`Wire`] stands beside all that: bare calls for the load tool, which must cost less than the servers it measures.

mod auth;
mod backoff;
mod cluster;
mod config;
mod connection;
mod endpoint;
mod error;
mod frames;
mod handle;
mod keep_alive;
mod known;
mod kv;
mod lease;
mod login;
mod maintenance;
mod observer;
mod page;
mod pool;
mod retry;
mod socket;
mod watch;
mod wire;

pub use config::{Config, Credentials};
pub use endpoint::{Endpoint, Secure, Target};
pub use error::{ClientError, Code};
pub use frames::{Frames, framed};
pub use handle::{Client, Responses};
pub use keep_alive::KeepAlive;
pub use kv::{join, prefix_end};
pub use observer::{FailedAttempt, Observer};
pub use page::fetch_page;
pub use watch::{ProgressRequester, Watcher, cancel_error, is_progress};
pub use wire::{Incoming, Method, Outgoing, Wire, WireDriver, joined};
