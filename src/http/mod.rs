//! The client ports: HTTP/1 and HTTP/2, gRPC and plain pages, on one port or on several. And the peer port, beside them.
//!
//! ```text
//!   listen   an address becomes a listener
//!   room     how many connections there may be
//!   serve    connections: accepted, set up, ended
//!   secure   TLS: handshakes, and who it is; origin: may he come from there?
//!   threads  each looks after some of the connections
//!   gather   what a connection sends, in few system calls
//!   flood    clients of HTTP/2 that go too far
//!   router   gRPC by its content type -> rpc::Services, everything else -> a page
//!            |- host, access: may this be asked from there?
//!            |- path:   the one way to write it
//!            |- health: /health, /livez, /readyz
//!            |- vars:   /debug/vars
//!            `- page:   /version, /metrics (with gauges), and what is not there
//!   peer     what the peer port serves, of which asked are the pages
//! ```
//!
//! What must hold: a stopping listener ends idle connections at once and all others in bounded time; a page says what etcd's
//! says, to the byte; whatever comes in on a port, and however slowly, the member goes on.
//!
//! There is no JSON gateway yet: what is below `/v3/` is not found.

mod access;
mod asked;
mod flood;
mod gather;
mod gauges;
mod health;
mod host;
mod listen;
mod origin;
mod page;
mod path;
mod peer;
mod query;
mod room;
mod router;
mod secure;
mod serve;
mod threads;
mod vars;

pub use access::Access;
pub use listen::{ListenError, Listener, Sockets};
pub use origin::Origin;
pub use peer::PeerRouter;
pub use room::Room;
pub use router::{Body, Router, Traffic};
pub use secure::{Security, Tls, Visitor};
pub use serve::{Port, Settings, Versions, serve};
pub use threads::Threads;
