//! The node, tested at its boundary: transcripts of one or a few nodes, cases, whole clusters from a seed, and hostile peers.

mod cases;
mod cluster;
mod hostile;
mod kit;
mod member;
mod script;
mod stage;
mod world;
