//! Reads what a load needs from an answer, without decoding the rest: the tool must cost less than what it measures.

use crate::client::{ClientError, Code};
use bytes::{Buf, Bytes};

/// A field of a message.
pub enum Field {
    /// A number, or a switch.
    Number(u64),
    /// Bytes, text or a message; a slice of the whole.
    Bytes(Bytes),
    /// Four or eight bytes, which none of the fields wanted here are.
    Other,
}

/// Calls for every field of the message's outermost level, with its number.
pub fn scan(mut message: Bytes, mut each: impl FnMut(u64, Field)) -> Result<(), ClientError> {
    let broken = || ClientError::local(Code::Internal, "the server sent a message that cannot be read");
    while message.has_remaining() {
        let tag = varint(&mut message).ok_or_else(broken)?;
        let field = match tag & 7 {
            0 => Field::Number(varint(&mut message).ok_or_else(broken)?),
            2 => {
                let length = varint(&mut message).and_then(|length| usize::try_from(length).ok()).ok_or_else(broken)?;
                if length > message.len() {
                    return Err(broken());
                }
                Field::Bytes(message.split_to(length))
            }
            width @ (1 | 5) => {
                let bytes = if width == 1 { 8 } else { 4 };
                message.try_copy_to_slice(&mut [0; 8][..bytes]).map_err(|_| broken())?;
                Field::Other
            }
            _ => return Err(broken()),
        };
        each(tag >> 3, field);
    }
    Ok(())
}

fn varint(bytes: &mut Bytes) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let byte = bytes.try_get_u8().ok()?;
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

/// What a load asks of the answer to a range request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Pairs in it.
    pub pairs: u64,
    /// The last one, encoded.
    pub last: Bytes,
    /// Are there more beyond the limit?
    pub more: bool,
    /// The revision that it shows.
    pub revision: i64,
}

impl Page {
    /// Reads an encoded `RangeResponse`.
    pub fn read(message: Bytes) -> Result<Self, ClientError> {
        let mut page = Self::default();
        let mut header = Bytes::new();
        scan(message, |number, field| match (number, field) {
            (1, Field::Bytes(bytes)) => header = bytes,
            (2, Field::Bytes(pair)) => (page.pairs, page.last) = (page.pairs + 1, pair),
            (3, Field::Number(more)) => page.more = more != 0,
            _ => {}
        })?;
        scan(header, |number, field| {
            if let (3, Field::Number(revision)) = (number, field) {
                page.revision = revision as i64;
            }
        })?;
        Ok(page)
    }

    /// The last key.
    pub fn last_key(&self) -> Result<Bytes, ClientError> {
        let mut key = Bytes::new();
        scan(self.last.clone(), |number, field| {
            if let (1, Field::Bytes(bytes)) = (number, field) {
                key = bytes;
            }
        })?;
        Ok(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pb::{
        etcdserverpb::{RangeResponse, ResponseHeader},
        mvccpb::KeyValue,
    };
    use proptest::prelude::*;
    use prost::Message;

    #[test]
    fn a_page_is_read_as_it_was_written() {
        let pair = |key: &'static str| KeyValue { key: key.into(), mod_revision: 300, ..Default::default() };
        let response = RangeResponse {
            header: Some(ResponseHeader { revision: 1 << 40, raft_term: 2, ..Default::default() }),
            kvs: vec![pair("a"), pair("b"), pair("c")],
            more: true,
            count: 77,
        };
        let page = Page::read(response.encode_to_vec().into()).unwrap();
        assert_eq!((page.pairs, page.more, page.revision, page.last_key().unwrap()), (3, true, 1 << 40, "c".into()));
        assert_eq!(Page::read(Bytes::new()).unwrap(), Page::default());
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes: Vec<u8>) {
            let _ = Page::read(bytes.into()).map(|page| page.last_key());
        }
    }
}
