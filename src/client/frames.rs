//! gRPC's framing: one byte that says whether the message is compressed, four that tell its length, the message.

use super::error::{ClientError, Code};
use bytes::{Buf, BufMut, Bytes, BytesMut};
use prost::Message;

const PREFIX_BYTES: usize = 5;

/// A message with its prefix, ready to be sent as often as needed.
pub fn framed(message: &impl Message) -> BytesMut {
    let length = message.encoded_len();
    let mut frame = BytesMut::with_capacity(PREFIX_BYTES + length);
    frame.put_u8(0);
    // gRPC has no longer messages; the server refuses what does not fit long before.
    frame.put_u32(u32::try_from(length).unwrap_or(u32::MAX));
    // A `BytesMut` grows, so there is always room.
    let _ = message.encode(&mut frame);
    frame
}

/// Cuts what comes in into messages. A message that lies in one chunk is a slice of it; only one that spans chunks is copied.
#[derive(Debug, Default)]
pub struct Frames {
    /// The beginning of a message whose end has not come yet.
    partial: BytesMut,
    rest: Bytes,
}

impl Frames {
    /// Takes a chunk in. Whatever [`Frames::pop`] still holds must be popped before.
    pub fn push(&mut self, chunk: Bytes) {
        debug_assert!(self.rest.is_empty(), "popped before pushed");
        self.rest = chunk;
    }

    /// The next whole message, without its prefix; none when more chunks are needed.
    pub fn pop(&mut self) -> Result<Option<Bytes>, ClientError> {
        if self.partial.is_empty() && self.rest.len() >= PREFIX_BYTES {
            let end = frame_bytes(&self.rest)?;
            if self.rest.len() >= end {
                let mut frame = self.rest.split_to(end);
                frame.advance(PREFIX_BYTES);
                return Ok(Some(frame));
            }
            self.partial.reserve(end);
        }
        self.fill(PREFIX_BYTES);
        if self.partial.len() < PREFIX_BYTES {
            return Ok(None);
        }
        let end = frame_bytes(&self.partial)?;
        self.partial.reserve(end.saturating_sub(self.partial.len()));
        self.fill(end);
        if self.partial.len() < end {
            return Ok(None);
        }
        let mut frame = self.partial.split().freeze();
        frame.advance(PREFIX_BYTES);
        Ok(Some(frame))
    }

    /// Moves bytes over until `partial` holds so many.
    fn fill(&mut self, bytes: usize) {
        let more = bytes.saturating_sub(self.partial.len()).min(self.rest.len());
        self.partial.extend_from_slice(&self.rest.split_to(more));
    }
}

/// Bytes of the frame that begins here, its prefix included.
fn frame_bytes(bytes: &[u8]) -> Result<usize, ClientError> {
    match bytes {
        [0, a, b, c, d, ..] => Ok(PREFIX_BYTES + u32::from_be_bytes([*a, *b, *c, *d]) as usize),
        _ => Err(ClientError::status(Code::Internal, "the server sent a compressed message, which nobody asked for")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pb::etcdserverpb::PutRequest;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn messages_survive_any_cut(sizes in prop::collection::vec(0usize..300, 0..20), cut in 1usize..200) {
            let messages: Vec<PutRequest> =
                sizes.iter().map(|size| PutRequest { value: vec![7; *size].into(), ..Default::default() }).collect();
            let wire: Vec<u8> = messages.iter().flat_map(|message| framed(message).to_vec()).collect();
            let (mut frames, mut seen) = (Frames::default(), Vec::new());
            for chunk in wire.chunks(cut) {
                frames.push(Bytes::copy_from_slice(chunk));
                while let Some(frame) = frames.pop().unwrap() {
                    seen.push(PutRequest::decode(frame).unwrap());
                }
            }
            prop_assert_eq!(seen, messages);
        }
    }

    #[test]
    fn a_compressed_message_is_an_error() {
        let mut frames = Frames::default();
        frames.push(Bytes::from_static(b"\x01\0\0\0\x01x"));
        assert!(frames.pop().is_err());
    }
}
