//! Rows of the bucket `key`: what stands in them, read without copying, and what is said when one is damaged.

use super::revision::{Kind, Revision};
use crate::backend::BackendError;
use crate::pb::mvccpb::KeyValue;
use bytes::{Buf, Bytes};
use prost::Message;
use prost::encoding::{DecodeContext, WireType, decode_key, decode_varint, skip_field};

/// A row that says something else than it must: the backend is damaged, and the process stops.
pub fn damage(what: impl std::fmt::Display) -> BackendError {
    BackendError::Row { bucket: "key", what: what.to_string() }
}

/// Reads a row's key.
pub fn revision_of(row_key: &[u8]) -> Result<(Revision, Kind), BackendError> {
    Revision::read(row_key).map_err(|why| damage(format_args!("{why}: {row_key:02x?}")))
}

/// Decodes a whole row; key and value share its bytes.
pub fn key_value(revision: Revision, row: Bytes) -> Result<KeyValue, BackendError> {
    KeyValue::decode(row).map_err(|why| damage(format_args!("the row at revision {revision}: {why}")))
}

/// Encodes a row, and returns with it the same `KeyValue` with key and value cut out of the row's bytes, so that nothing
/// kept holds on to the buffer of a request.
pub fn encode(key_value: &KeyValue) -> (Bytes, KeyValue) {
    let row = Bytes::from(key_value.encode_to_vec());
    let detached = KeyValue::decode(row.clone()).expect("decodes what was just encoded");
    (row, detached)
}

/// What the index needs of a row, borrowed from it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Head<'a> {
    /// The key.
    pub key: &'a [u8],
    /// `create_revision`; 0 in a tombstone.
    pub created: i64,
    /// `version`; 0 in a tombstone.
    pub version: i64,
    /// `lease`; 0 for none.
    pub lease: i64,
}

impl<'a> Head<'a> {
    /// Reads the fields that it needs and passes over the others.
    pub fn read(revision: Revision, row: &'a [u8]) -> Result<Self, BackendError> {
        Self::fields(row).map_err(|why| damage(format_args!("the row at revision {revision}: {why}")))
    }

    fn fields(mut row: &'a [u8]) -> Result<Self, String> {
        let mut head = Self::default();
        while row.has_remaining() {
            let (field, wire) = decode_key(&mut row).map_err(|why| why.to_string())?;
            match (field, wire) {
                (1, WireType::LengthDelimited) => {
                    let len = usize::try_from(varint(&mut row)?).map_err(|why| why.to_string())?;
                    (head.key, row) = row.split_at_checked(len).ok_or("a key longer than the row")?;
                }
                (2, WireType::Varint) => head.created = varint(&mut row)? as i64,
                (4, WireType::Varint) => head.version = varint(&mut row)? as i64,
                (6, WireType::Varint) => head.lease = varint(&mut row)? as i64,
                (1 | 2 | 4 | 6, _) => return Err(format!("field {field} has the wire type {wire:?}")),
                _ => skip_field(wire, field, &mut row, DecodeContext::default()).map_err(|why| why.to_string())?,
            }
        }
        Ok(head)
    }
}

fn varint(row: &mut &[u8]) -> Result<u64, String> {
    decode_varint(row).map_err(|why| why.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> KeyValue {
        KeyValue {
            key: Bytes::from_static(b"key"),
            create_revision: 5,
            mod_revision: 700,
            version: 3,
            value: Bytes::from_static(b"value"),
            lease: -9,
        }
    }

    #[test]
    fn the_head_is_what_the_whole_row_says() {
        let (row, detached) = encode(&sample());
        assert_eq!(detached, sample());
        let head = Head::read(Revision::default(), &row).unwrap();
        assert_eq!(head, Head { key: b"key", created: 5, version: 3, lease: -9 });
        let (row, _) = encode(&KeyValue { key: Bytes::from_static(b"key"), ..Default::default() });
        assert_eq!(Head::read(Revision::default(), &row).unwrap(), Head { key: b"key", ..Default::default() });
    }

    #[test]
    fn a_damaged_row_is_an_error_and_never_a_panic() {
        let (row, _) = encode(&sample());
        for len in 0..row.len() {
            // A cut between two fields leaves a row that reads well; any other must not.
            let cut = &row[..len];
            assert_eq!(Head::read(Revision::default(), cut).is_ok(), KeyValue::decode(cut).is_ok(), "{len}");
        }
        let mut bytes = row.to_vec();
        for at in 0..bytes.len() {
            for flip in [0x01, 0x10, 0x80, 0xff] {
                bytes[at] ^= flip;
                let _ = Head::read(Revision::default(), &bytes);
                let _ = key_value(Revision::default(), Bytes::copy_from_slice(&bytes));
                bytes[at] ^= flip;
            }
        }
        assert!(Head::read(Revision::default(), b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01").is_err());
    }
}
