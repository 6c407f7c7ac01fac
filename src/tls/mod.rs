//! Certificates in, TLS out: who this side says it is, whom it believes, and what is spoken.
//!
//! ```text
//!   settings     what a kind of port is told     server   for who is dialled
//!   suites       versions and ciphers            client   for who dials: members, ctl, tools
//!   pair         a certificate with its key      own      made here, for `--auto-tls`
//!   authorities  who may vouch for others        chain    is a certificate vouched for?
//!   revoked      whose certificate counts no more
//!   file         all of them, read anew for every connection
//!   expiry       how long they are good for
//! ```
//!
//! What must hold:
//! - Whatever can be replaced on disk (certificates, keys, authorities, lists) counts from the next connection on. A
//!   replacement that is caught half-way does not break what the old files would have served.
//! - Nothing that a file or the other side holds makes this panic.
//! - What is refused is refused in Go's words, which are those of etcd.
//!
//! The handshake itself is done by those who own sockets: `http`, `peer`, `client`.

mod authorities;
mod certificate;
mod chain;
mod client;
mod der;
mod error;
mod expiry;
mod file;
#[cfg(test)]
mod nonsense;
mod own;
mod pair;
mod pem;
mod revoked;
mod server;
mod settings;
mod signature;
mod suites;
mod text;

pub use certificate::Certificate;
pub use client::{ClientSettings, ClientTls, Dialled};
pub use error::TlsError;
pub use expiry::{Said, look_at_expiry};
pub use own::{OwnError, make_own};
pub use pem::blocks as pem_blocks;
pub use server::{Accepting, Revocation, ServerTls, Turned};
pub use settings::TlsSettings;
pub use suites::{Speech, Version};
pub use text::{of_chain as explain, of_handshake as reason};
