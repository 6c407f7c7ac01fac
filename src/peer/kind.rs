//! The two streams that a member reads from each peer.

use super::codec::{
    AppendDecoder, AppendEncoder, CodecError, Frame, MessageDecoder, encode_link_heartbeat, encode_message,
};
use crate::id::MemberId;
use crate::pb::raftpb::Message;
use bytes::BytesMut;
use std::fmt;

/// Where all streams are.
pub const STREAMS: &str = "/raft/stream/";

/// Which stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// All but appends.
    Message,
    /// A leader's appends.
    Append,
}

impl Kind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Append, Self::Message];

    /// Its name in a path.
    pub fn path(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::Append => "msgapp",
        }
    }

    /// The stream of that name.
    pub fn of_path(path: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.path() == path)
    }
}

/// Its name in log lines.
impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Message => "stream Message",
            Self::Append => "stream MsgApp v2",
        })
    }
}

/// Writes a stream of either kind.
#[derive(Debug)]
pub enum Encoder {
    /// All but appends.
    Message,
    /// Appends.
    Append(AppendEncoder),
}

impl Encoder {
    /// A stream from `local` to `remote`.
    pub fn new(kind: Kind, local: MemberId, remote: MemberId) -> Self {
        match kind {
            Kind::Message => Self::Message,
            Kind::Append => Self::Append(AppendEncoder::new(local, remote)),
        }
    }

    /// Writes a message.
    pub fn encode(&mut self, message: &Message, out: &mut BytesMut) {
        match self {
            Self::Message => encode_message(message, out),
            Self::Append(encoder) => encoder.encode(message, out),
        }
    }

    /// Says that the link lives.
    pub fn encode_link_heartbeat(&self, out: &mut BytesMut) {
        match self {
            Self::Message => encode_link_heartbeat(out),
            Self::Append(encoder) => encoder.encode_link_heartbeat(out),
        }
    }
}

/// Reads a stream of either kind.
#[derive(Debug)]
pub enum Decoder {
    /// All but appends.
    Message(MessageDecoder),
    /// Appends.
    Append(AppendDecoder),
}

impl Decoder {
    /// A stream from `remote` to `local`.
    pub fn new(kind: Kind, local: MemberId, remote: MemberId) -> Self {
        match kind {
            Kind::Message => Self::Message(MessageDecoder::default()),
            Kind::Append => Self::Append(AppendDecoder::new(local, remote)),
        }
    }

    /// Takes a piece in.
    pub fn push(&mut self, piece: &[u8]) {
        match self {
            Self::Message(decoder) => decoder.push(piece),
            Self::Append(decoder) => decoder.push(piece),
        }
    }

    /// What came next; none when more is needed.
    ///
    /// # Errors
    /// The stream is of no use any more.
    pub fn next_frame(&mut self) -> Result<Option<Frame>, CodecError> {
        match self {
            Self::Message(decoder) => decoder.next_frame(),
            Self::Append(decoder) => decoder.next_frame(),
        }
    }

    /// The stream has ended.
    ///
    /// # Errors
    /// Within a frame.
    pub fn finish(&self) -> Result<(), CodecError> {
        match self {
            Self::Message(decoder) => decoder.finish(),
            Self::Append(decoder) => decoder.finish(),
        }
    }
}
