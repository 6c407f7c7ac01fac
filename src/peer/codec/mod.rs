//! How raft's messages lie on a connection between members: bytes in and out, nothing else.
//!
//! ```text
//!   message stream   8 bytes length, message; again and again
//!   append stream    1 byte kind, then
//!                      0: nothing               the link lives
//!                      1: entries, commit index the append that follows the one before it
//!                      2: 8 bytes length, message
//!   snapshot         8 bytes length, message, then the database to the end of the body
//!   pipeline         a message, which is the whole body
//! ```
//!
//! All lengths are big-endian. The formats are those of etcd 2.1 to 3.7 (reference 2.3).
//!
//! What must hold: a decoder takes its input in pieces of any size and gives the same messages; what is cut off, too long or
//! no message is an error and nothing else; memory is taken as bytes come, never because a length says so. What is decoded
//! lies in memory of its own, not in the connection's buffer: the log keeps it.

mod append;
mod chunks;
mod envelope;
mod error;
mod frame;
mod message;

pub use append::{AppendDecoder, AppendEncoder};
pub use envelope::{EnvelopeDecoder, envelope};
pub use error::CodecError;
pub use frame::{Frame, decode};
pub use message::{MessageDecoder, encode_link_heartbeat, encode_message};
