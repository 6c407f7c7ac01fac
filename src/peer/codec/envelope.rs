//! A snapshot's message, in front of the database that follows it in the same body.

use super::{chunks::Chunks, error::CodecError, frame::decode, message::encode_message};
use crate::limits::PEER_SNAPSHOT_MESSAGE_BYTES;
use crate::pb::raftpb::Message;
use bytes::{Bytes, BytesMut};

/// The bytes that go before the database.
pub fn envelope(message: &Message) -> Bytes {
    let mut out = BytesMut::new();
    encode_message(message, &mut out);
    out.freeze()
}

/// Reads the message in front of a database.
#[derive(Debug, Default)]
pub struct EnvelopeDecoder {
    chunks: Chunks,
    any: bool,
}

impl EnvelopeDecoder {
    /// Takes a piece in.
    pub fn push(&mut self, piece: &[u8]) {
        self.any |= !piece.is_empty();
        self.chunks.push(piece);
    }

    /// The message and what has come of the database, once the message is whole.
    ///
    /// # Errors
    /// There is no message.
    pub fn message(&mut self) -> Result<Option<(Message, Bytes)>, CodecError> {
        let Some(bytes) = self.chunks.counted(PEER_SNAPSHOT_MESSAGE_BYTES)? else { return Ok(None) };
        Ok(Some((decode(bytes)?, self.chunks.rest())))
    }

    /// Did anything come at all?
    pub fn is_untouched(&self) -> bool {
        !self.any
    }
}
