//! The client port: one listener, HTTP/1 and HTTP/2, gRPC and plain pages. And the peer port, beside it.
//!
//! ```text
//!   listen   an address becomes a listener
//!   serve    connections: accepted, set up, ended
//!   threads  each looks after some of the connections
//!   gather   what a connection sends, in few system calls
//!   router   gRPC by its content type -> rpc::Services, everything else -> a page
//!            |- health: /health, /livez, /readyz
//!            `- page:   /version, /metrics (with gauges), and what is not there
//!   peer     what the peer port serves
//! ```
//!
//! What must hold: a stopping listener ends idle connections at once and all others in bounded time; a page says what etcd's
//! says, to the byte.
//!
//! There is no TLS and no JSON gateway yet: what is below `/v3/` is not found.

mod gather;
mod gauges;
mod health;
mod listen;
mod page;
mod peer;
mod query;
mod router;
mod serve;
mod threads;

pub use listen::{ListenError, Listener};
pub use peer::PeerRouter;
pub use router::{Body, Router};
pub use serve::{Settings, serve};
pub use threads::Threads;
