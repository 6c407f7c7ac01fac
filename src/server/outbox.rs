//! The way from the core to the peers: a seam, the network in production and simulated links in tests.

use crate::{backend::Frozen, membership::MembersView, pb::raftpb::Message};
use std::fmt;

/// Where messages to peers go. It takes them at once and never waits; it may lose some.
pub trait Outbox: fmt::Debug + Send {
    /// Sends messages, each to its `to`, those to one peer in order.
    fn send(&mut self, messages: Vec<Message>);

    /// Sends a snapshot to its `to`; the core is told how that ended. It takes as long as it takes, without holding anybody
    /// up.
    fn send_snapshot(&mut self, snapshot: SnapshotToSend);

    /// The members have changed: those that are new are talked to from now on, and those that are gone no more.
    fn follow(&mut self, _members: &MembersView) {}
}

/// A snapshot that a peer needs.
#[derive(Debug)]
pub struct SnapshotToSend {
    /// Of kind snapshot; says what the rows are of.
    pub message: Message,
    /// The state.
    pub rows: Frozen,
}

/// For a member that has no peers.
#[derive(Debug)]
pub struct NoPeers;

impl Outbox for NoPeers {
    fn send(&mut self, _: Vec<Message>) {}

    fn send_snapshot(&mut self, _: SnapshotToSend) {}
}
