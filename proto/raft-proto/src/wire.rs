//! The codec of `Entry` and `Message`, the two types with fields that exist in memory only.
//!
//! Everything else about the wire stands in the attributes in `messages.rs`. Written in field number order, because Go's
//! marshaller does so and WAL checksums and recorded bytes are compared.

use bytes::{Buf, BufMut};
use prost::DecodeError;
use prost::encoding::{self, DecodeContext, WireType};

use crate::messages::{Entry, Message, Snapshot};

/// etcd's names by field number, for errors; there is no field 0.
const ENTRY_FIELDS: [&str; 5] = ["", "Type", "Term", "Index", "Data"];

/// Likewise.
const MESSAGE_FIELDS: [&str; 15] = [
    "",
    "type",
    "to",
    "from",
    "term",
    "logTerm",
    "index",
    "entries",
    "commit",
    "snapshot",
    "reject",
    "rejectHint",
    "context",
    "vote",
    "responses",
];

impl prost::Message for Entry {
    fn encode_raw(&self, buf: &mut impl BufMut) {
        encoding::int32::encode(1, &self.entry_type, buf);
        encoding::uint64::encode(2, &self.term, buf);
        encoding::uint64::encode(3, &self.index, buf);
        if !self.data.is_empty() {
            encoding::bytes::encode(4, &self.data, buf);
        }
    }

    fn encoded_len(&self) -> usize {
        let data = match self.data.is_empty() {
            true => 0,
            false => encoding::bytes::encoded_len(4, &self.data),
        };
        encoding::int32::encoded_len(1, &self.entry_type)
            + encoding::uint64::encoded_len(2, &self.term)
            + encoding::uint64::encoded_len(3, &self.index)
            + data
    }

    fn merge_field(
        &mut self,
        tag: u32,
        wire_type: WireType,
        buf: &mut impl Buf,
        ctx: DecodeContext,
    ) -> Result<(), DecodeError> {
        match tag {
            1 => encoding::int32::merge(wire_type, &mut self.entry_type, buf, ctx),
            2 => encoding::uint64::merge(wire_type, &mut self.term, buf, ctx),
            3 => encoding::uint64::merge(wire_type, &mut self.index, buf, ctx),
            4 => encoding::bytes::merge(wire_type, &mut self.data, buf, ctx),
            _ => encoding::skip_field(wire_type, tag, buf, ctx),
        }
        .map_err(|error| in_field(error, "Entry", &ENTRY_FIELDS, tag))
    }

    fn clear(&mut self) {
        *self = Self::default();
    }
}

impl Message {
    /// The snapshot if it goes on the wire.
    fn written_snapshot(&self) -> Option<&Snapshot> {
        self.snapshot.as_ref().filter(|snapshot| **snapshot != Snapshot::default())
    }
}

impl prost::Message for Message {
    fn encode_raw(&self, buf: &mut impl BufMut) {
        encoding::int32::encode(1, &self.msg_type, buf);
        encoding::uint64::encode(2, &self.to, buf);
        encoding::uint64::encode(3, &self.from, buf);
        encoding::uint64::encode(4, &self.term, buf);
        encoding::uint64::encode(5, &self.log_term, buf);
        encoding::uint64::encode(6, &self.index, buf);
        encoding::message::encode_repeated(7, &self.entries, buf);
        encoding::uint64::encode(8, &self.commit, buf);
        if let Some(snapshot) = self.written_snapshot() {
            encoding::message::encode(9, snapshot, buf);
        }
        encoding::bool::encode(10, &self.reject, buf);
        encoding::uint64::encode(11, &self.reject_hint, buf);
        if !self.context.is_empty() {
            encoding::bytes::encode(12, &self.context, buf);
        }
        if self.vote != 0 {
            encoding::uint64::encode(13, &self.vote, buf);
        }
    }

    fn encoded_len(&self) -> usize {
        let mut len = encoding::int32::encoded_len(1, &self.msg_type)
            + encoding::uint64::encoded_len(2, &self.to)
            + encoding::uint64::encoded_len(3, &self.from)
            + encoding::uint64::encoded_len(4, &self.term)
            + encoding::uint64::encoded_len(5, &self.log_term)
            + encoding::uint64::encoded_len(6, &self.index)
            + encoding::message::encoded_len_repeated(7, &self.entries)
            + encoding::uint64::encoded_len(8, &self.commit)
            + encoding::bool::encoded_len(10, &self.reject)
            + encoding::uint64::encoded_len(11, &self.reject_hint);
        if let Some(snapshot) = self.written_snapshot() {
            len += encoding::message::encoded_len(9, snapshot);
        }
        if !self.context.is_empty() {
            len += encoding::bytes::encoded_len(12, &self.context);
        }
        if self.vote != 0 {
            len += encoding::uint64::encoded_len(13, &self.vote);
        }
        len
    }

    /// Field 14, `responses`, is skipped with the unknown ones: it is a list of messages, only ever handed from a node
    /// to its own storage, and skipping by length cannot recurse however deep a peer nests it.
    fn merge_field(
        &mut self,
        tag: u32,
        wire_type: WireType,
        buf: &mut impl Buf,
        ctx: DecodeContext,
    ) -> Result<(), DecodeError> {
        match tag {
            1 => encoding::int32::merge(wire_type, &mut self.msg_type, buf, ctx),
            2 => encoding::uint64::merge(wire_type, &mut self.to, buf, ctx),
            3 => encoding::uint64::merge(wire_type, &mut self.from, buf, ctx),
            4 => encoding::uint64::merge(wire_type, &mut self.term, buf, ctx),
            5 => encoding::uint64::merge(wire_type, &mut self.log_term, buf, ctx),
            6 => encoding::uint64::merge(wire_type, &mut self.index, buf, ctx),
            7 => encoding::message::merge_repeated(wire_type, &mut self.entries, buf, ctx),
            8 => encoding::uint64::merge(wire_type, &mut self.commit, buf, ctx),
            9 => self.merge_snapshot(wire_type, buf, ctx),
            10 => encoding::bool::merge(wire_type, &mut self.reject, buf, ctx),
            11 => encoding::uint64::merge(wire_type, &mut self.reject_hint, buf, ctx),
            12 => encoding::bytes::merge(wire_type, &mut self.context, buf, ctx),
            13 => encoding::uint64::merge(wire_type, &mut self.vote, buf, ctx),
            _ => encoding::skip_field(wire_type, tag, buf, ctx),
        }
        .map_err(|error| in_field(error, "Message", &MESSAGE_FIELDS, tag))
    }

    fn clear(&mut self) {
        *self = Self::default();
    }
}

impl Message {
    /// An empty snapshot is none; see the field.
    fn merge_snapshot(
        &mut self,
        wire_type: WireType,
        buf: &mut impl Buf,
        ctx: DecodeContext,
    ) -> Result<(), DecodeError> {
        let mut snapshot = self.snapshot.take().unwrap_or_default();
        encoding::message::merge(wire_type, &mut snapshot, buf, ctx)?;
        self.snapshot = Some(snapshot).filter(|snapshot| *snapshot != Snapshot::default());
        Ok(())
    }
}

/// Says in which field decoding failed, as prost's derived messages do. `fields` are the names by number.
fn in_field(mut error: DecodeError, message: &'static str, fields: &[&'static str], tag: u32) -> DecodeError {
    error.push(message, fields.get(tag as usize).unwrap_or(&"unknown"));
    error
}
