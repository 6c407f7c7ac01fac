//! What a stream carries.

use super::error::CodecError;
use crate::pb::raftpb::{Message, MessageType};
use bytes::Bytes;
use prost::Message as _;

/// One thing that came over a stream. Nearly all are messages, and none is kept: a box would cost more than the room.
#[allow(clippy::large_enum_variant)]
#[derive(Clone, Debug, PartialEq)]
pub enum Frame {
    /// A message for raft.
    Message(Message),
    /// The other side lives and has nothing to say. Not for raft.
    LinkHeartbeat,
}

impl Frame {
    /// A heartbeat from nobody to nobody keeps the link alive: raft sends none such.
    pub fn of(message: Message) -> Self {
        let is_heartbeat = message.msg_type == MessageType::MsgHeartbeat as i32;
        match is_heartbeat && message.from == 0 && message.to == 0 {
            true => Self::LinkHeartbeat,
            false => Self::Message(message),
        }
    }
}

/// Reads one message, from bytes that hold nothing else.
///
/// # Errors
/// [`CodecError::Malformed`].
pub fn decode(bytes: Bytes) -> Result<Message, CodecError> {
    Ok(Message::decode(bytes)?)
}
