//! The peer protocol: codecs against garbage, answers against those of a real etcd, and whole transports against each other.
//!
//! ```text
//!   codec     frames there and back, in pieces of any size; bytes that no peer sends
//!   answers   what a real etcd 3.7.1 answers to good and bad requests, recorded by hand
//!   links     two members over loopback, and over a network in memory with virtual time
//!   faults    peers that are gone, hang, refuse, come back, or lie
//!   transfer  snapshots, whole and not
//!   oracle    a real etcd that leads with our votes, if ETCD_ORACLE names one
//!   node, network  hosts that write down what they hear, the network in memory, raw requests
//! ```
//!
//! `PEER_FUZZ_SECONDS` sets how long the codecs are fuzzed (one second else), `PEER_FUZZ_SEED` replays a run.

#[path = "peer/answers.rs"]
mod answers;
#[path = "peer/codec.rs"]
mod codec;
#[path = "peer/faults.rs"]
mod faults;
#[path = "peer/links.rs"]
mod links;
#[path = "peer/network.rs"]
mod network;
#[path = "peer/node.rs"]
mod node;
#[path = "peer/oracle.rs"]
mod oracle;
#[path = "peer/transfer.rs"]
mod transfer;
