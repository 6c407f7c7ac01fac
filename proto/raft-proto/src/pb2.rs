//! The protobuf 2 trait that `raft` calls its messages through, answered by prost.
//!
//! raft 0.7 calls exactly three of its methods: `compute_size` (to bound batches of entries), `write_to_bytes` (to
//! propose a membership change) and `merge_from_bytes` (to look into a proposed one). Those, and the other ways from
//! and to bytes, go to prost. The parser of protobuf 2 has a recursion bug (RUSTSEC-2024-0437) and must never see input:
//! what would hand it a stream fails instead. Reflection and unknown fields do not exist here.

use std::any::Any;
use std::io;
use std::sync::LazyLock;

use prost::Message as _;
use protobuf::reflect::MessageDescriptor;
use protobuf::{Clear, CodedInputStream, CodedOutputStream, ProtobufError, ProtobufResult, UnknownFields};

use crate::messages::{
    ConfChange, ConfChangeSingle, ConfChangeV2, ConfState, Entry, HardState, Message, Snapshot, SnapshotMetadata,
};

static NO_UNKNOWN_FIELDS: UnknownFields = UnknownFields { fields: None };

fn invalid(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> ProtobufError {
    ProtobufError::IoError(io::Error::new(io::ErrorKind::InvalidData, error))
}

macro_rules! answer_by_prost {
    ($($message:ident),+) => {$(
        impl Clear for $message {
            fn clear(&mut self) {
                *self = Self::default();
            }
        }

        impl protobuf::Message for $message {
            fn compute_size(&self) -> u32 {
                u32::try_from(self.encoded_len()).unwrap_or(u32::MAX)
            }

            fn get_cached_size(&self) -> u32 {
                protobuf::Message::compute_size(self)
            }

            fn write_to_bytes(&self) -> ProtobufResult<Vec<u8>> {
                Ok(self.encode_to_vec())
            }

            fn write_to_with_cached_sizes(&self, os: &mut CodedOutputStream) -> ProtobufResult<()> {
                os.write_raw_bytes(&self.encode_to_vec())
            }

            fn merge_from_bytes(&mut self, bytes: &[u8]) -> ProtobufResult<()> {
                self.merge(bytes).map_err(invalid)
            }

            fn parse_from_bytes(bytes: &[u8]) -> ProtobufResult<Self> {
                Self::decode(bytes).map_err(invalid)
            }

            /// Always fails: the stream is protobuf 2's parser.
            fn merge_from(&mut self, _: &mut CodedInputStream) -> ProtobufResult<()> {
                Err(invalid(concat!(stringify!($message), " is not read by protobuf 2")))
            }

            fn is_initialized(&self) -> bool {
                true
            }

            fn get_unknown_fields(&self) -> &UnknownFields {
                &NO_UNKNOWN_FIELDS
            }

            /// Only generated parsers call it, and `merge_from` is none.
            fn mut_unknown_fields(&mut self) -> &mut UnknownFields {
                unreachable!("unknown fields are skipped, not kept")
            }

            /// Only reflection calls it, and an uninitialized message, which there is not.
            fn descriptor(&self) -> &'static MessageDescriptor {
                unreachable!("no reflection")
            }

            fn as_any(&self) -> &dyn Any {
                self
            }

            fn as_any_mut(&mut self) -> &mut dyn Any {
                self
            }

            fn into_any(self: Box<Self>) -> Box<dyn Any> {
                self
            }

            fn new() -> Self {
                Self::default()
            }

            fn default_instance() -> &'static Self {
                static DEFAULT: LazyLock<$message> = LazyLock::new($message::default);
                &DEFAULT
            }
        }
    )+};
}

answer_by_prost!(
    Entry,
    SnapshotMetadata,
    Snapshot,
    Message,
    HardState,
    ConfState,
    ConfChange,
    ConfChangeSingle,
    ConfChangeV2
);
