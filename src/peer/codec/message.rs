//! The message stream: any message, each behind its length.

use super::{
    chunks::Chunks,
    error::CodecError,
    frame::{Frame, decode},
};
use crate::limits::PEER_MESSAGE_BYTES;
use crate::pb::raftpb::{Message, MessageType};
use bytes::{BufMut, BytesMut};
use prost::Message as _;

/// Writes a message behind its length.
pub fn encode_message(message: &Message, out: &mut BytesMut) {
    let length = message.encoded_len();
    out.reserve(8 + length);
    out.put_u64(length as u64);
    // A `BytesMut` grows, so there is always room.
    let _ = message.encode(out);
}

/// Writes the message that says no more than that the link lives.
pub fn encode_link_heartbeat(out: &mut BytesMut) {
    encode_message(&Message { msg_type: MessageType::MsgHeartbeat as i32, ..Message::default() }, out);
}

/// Reads a message stream.
#[derive(Debug, Default)]
pub struct MessageDecoder {
    chunks: Chunks,
}

impl MessageDecoder {
    /// Takes a piece in.
    pub fn push(&mut self, piece: &[u8]) {
        self.chunks.push(piece);
    }

    /// What came next; none when more is needed.
    ///
    /// # Errors
    /// The stream is of no use any more.
    pub fn next_frame(&mut self) -> Result<Option<Frame>, CodecError> {
        let bytes = self.chunks.counted(PEER_MESSAGE_BYTES)?;
        bytes.map(|bytes| decode(bytes).map(Frame::of)).transpose()
    }

    /// The stream has ended.
    ///
    /// # Errors
    /// Within a message.
    pub fn finish(&self) -> Result<(), CodecError> {
        if self.chunks.is_empty() { Ok(()) } else { Err(CodecError::CutOff) }
    }
}
