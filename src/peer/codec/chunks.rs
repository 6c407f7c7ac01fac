//! What has come in and is not read yet.

use super::error::CodecError;
use bytes::{Buf, Bytes, BytesMut};

/// Room that is kept for what comes next; what a large frame needed beyond is given back.
const KEPT_BYTES: usize = 1024 * 1024;
/// Bytes of a length or an index.
pub const NUMBER_BYTES: usize = 8;

/// Bytes in the order in which they came. Grows as they come.
#[derive(Debug, Default)]
pub struct Chunks(BytesMut);

impl Chunks {
    /// Takes a piece in.
    pub fn push(&mut self, piece: &[u8]) {
        if self.0.is_empty() && self.0.capacity() > KEPT_BYTES {
            self.0 = BytesMut::new();
        }
        self.0.extend_from_slice(piece);
    }

    /// Is nothing left?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The next byte.
    pub fn byte(&mut self) -> Option<u8> {
        (!self.0.is_empty()).then(|| self.0.get_u8())
    }

    /// The next number, once it is there whole.
    pub fn number(&mut self) -> Option<u64> {
        (self.0.len() >= NUMBER_BYTES).then(|| self.0.get_u64())
    }

    /// The bytes behind the next length, in memory of their own, once they are all there. A length above `limit` is an error
    /// as soon as it can be read.
    pub fn counted(&mut self, limit: usize) -> Result<Option<Bytes>, CodecError> {
        let Some(head) = self.0.first_chunk::<NUMBER_BYTES>() else { return Ok(None) };
        let bytes = u64::from_be_bytes(*head);
        let Some(length) = usize::try_from(bytes).ok().filter(|length| *length <= limit) else {
            return Err(CodecError::TooLong { bytes });
        };
        if self.0.len() - NUMBER_BYTES < length {
            return Ok(None);
        }
        self.0.advance(NUMBER_BYTES);
        let counted = Bytes::copy_from_slice(&self.0[..length]);
        self.0.advance(length);
        Ok(Some(counted))
    }

    /// All that is left.
    pub fn rest(&mut self) -> Bytes {
        self.0.split().freeze()
    }
}
