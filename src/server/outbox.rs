//! The way from the core to the peers: a seam, the network in production and simulated links in tests.

use crate::{membership::MembersView, pb::raftpb::Message};
use std::fmt;

/// Where messages to peers go. It takes them at once and never waits; it may lose some.
pub trait Outbox: fmt::Debug + Send {
    /// Sends messages, each to its `to`, those to one peer in order.
    fn send(&mut self, messages: Vec<Message>);

    /// The members have changed: those that are new are talked to from now on, and those that are gone no more.
    fn follow(&mut self, _members: &MembersView) {}
}

/// For a member that has no peers.
#[derive(Debug)]
pub struct NoPeers;

impl Outbox for NoPeers {
    fn send(&mut self, _: Vec<Message>) {}
}
