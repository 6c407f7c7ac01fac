//! The append stream (etcd calls it `msgapp v2`): a leader's appends to one follower, most of them without what both
//! sides know already.
//!
//! While a follower keeps up, each append goes on where the one before it ended, in the same term. Then its sender,
//! receiver, term and position are known, and only the entries and the commit index travel. Both sides keep the position;
//! whatever does not go on there travels whole, and sets it.

use super::{
    chunks::Chunks,
    error::CodecError,
    frame::{Frame, decode},
    message::encode_message,
};
use crate::id::MemberId;
use crate::limits::{PEER_APPEND_ENTRIES, PEER_MESSAGE_BYTES};
use crate::pb::raftpb::{Entry, Message, MessageType};
use bytes::{BufMut, BytesMut};
use prost::Message as _;

const LINK_HEARTBEAT: u8 = 0;
const ENTRIES: u8 = 1;
const MESSAGE: u8 = 2;

/// Room for so many entries is taken at once; for more as they come.
const ENTRIES_AT_ONCE: usize = 64;

/// Where the last append ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Position {
    term: u64,
    index: u64,
}

impl Position {
    /// Behind a message that travelled whole.
    fn behind(message: &Message) -> Self {
        let index = message.entries.last().map_or(message.index, |last| last.index);
        Self { term: message.term, index }
    }

    /// So many entries further. No log gets to the end of the numbers, but a hostile message may say so.
    fn after(self, entries: usize) -> Self {
        Self { index: self.index.wrapping_add(entries as u64), ..self }
    }

    /// The append that goes on here, but for its entries.
    fn append(self, from: MemberId, to: MemberId, commit: u64) -> Message {
        Message {
            msg_type: MessageType::MsgAppend as i32,
            from: from.0,
            to: to.0,
            term: self.term,
            log_term: self.term,
            index: self.index,
            commit,
            ..Message::default()
        }
    }
}

/// Writes an append stream.
#[derive(Debug)]
pub struct AppendEncoder {
    local: MemberId,
    remote: MemberId,
    position: Option<Position>,
}

impl AppendEncoder {
    /// A stream from `local` to `remote`, before its first message.
    pub fn new(local: MemberId, remote: MemberId) -> Self {
        Self { local, remote, position: None }
    }

    /// Writes a message.
    pub fn encode(&mut self, message: &Message, out: &mut BytesMut) {
        let Some(position) = self.position.filter(|position| self.follows(message, *position)) else {
            out.put_u8(MESSAGE);
            encode_message(message, out);
            self.position = Some(Position::behind(message));
            return;
        };
        out.put_u8(ENTRIES);
        out.put_u64(message.entries.len() as u64);
        for entry in &message.entries {
            let length = entry.encoded_len();
            out.reserve(8 + length);
            out.put_u64(length as u64);
            // A `BytesMut` grows, so there is always room.
            let _ = entry.encode(out);
        }
        out.put_u64(message.commit);
        self.position = Some(position.after(message.entries.len()));
    }

    /// Says that the link lives.
    pub fn encode_link_heartbeat(&self, out: &mut BytesMut) {
        out.put_u8(LINK_HEARTBEAT);
    }

    /// Can the other side make up all but entries and commit index?
    fn follows(&self, message: &Message, position: Position) -> bool {
        let made_up = position.append(self.local, self.remote, message.commit);
        let rest = |message: &Message| {
            let Message { msg_type, from, to, term, log_term, index, reject, reject_hint, vote, .. } = *message;
            (msg_type, from, to, term, log_term, index, reject, reject_hint, vote)
        };
        rest(message) == rest(&made_up)
            && message.context.is_empty()
            && message.snapshot.is_none()
            && message.entries.iter().zip(1..).all(|(entry, nth)| entry.index == position.index.wrapping_add(nth))
    }
}

/// Reads an append stream.
#[derive(Debug)]
pub struct AppendDecoder {
    local: MemberId,
    remote: MemberId,
    chunks: Chunks,
    position: Option<Position>,
    expect: Expect,
}

/// What must come next.
#[derive(Debug)]
enum Expect {
    Kind,
    Message,
    Count(Position),
    Entries { position: Position, missing: usize, room: usize, entries: Vec<Entry> },
}

impl AppendDecoder {
    /// A stream from `remote` to `local`, before its first message.
    pub fn new(local: MemberId, remote: MemberId) -> Self {
        Self { local, remote, chunks: Chunks::default(), position: None, expect: Expect::Kind }
    }

    /// Takes a piece in.
    pub fn push(&mut self, piece: &[u8]) {
        self.chunks.push(piece);
    }

    /// What came next; none when more is needed.
    ///
    /// # Errors
    /// The stream is of no use any more.
    pub fn next_frame(&mut self) -> Result<Option<Frame>, CodecError> {
        loop {
            match &mut self.expect {
                Expect::Kind => match self.chunks.byte() {
                    None => return Ok(None),
                    Some(LINK_HEARTBEAT) => return Ok(Some(Frame::LinkHeartbeat)),
                    Some(ENTRIES) => self.expect = Expect::Count(self.position.ok_or(CodecError::OutOfPlace)?),
                    Some(MESSAGE) => self.expect = Expect::Message,
                    Some(kind) => return Err(CodecError::UnknownFrame(kind)),
                },
                Expect::Message => {
                    let Some(bytes) = self.chunks.counted(PEER_MESSAGE_BYTES)? else { return Ok(None) };
                    let message = decode(bytes)?;
                    self.position = Some(Position::behind(&message));
                    self.expect = Expect::Kind;
                    return Ok(Some(Frame::of(message)));
                }
                Expect::Count(position) => {
                    let Some(count) = self.chunks.number() else { return Ok(None) };
                    let missing = usize::try_from(count).ok().filter(|count| *count <= PEER_APPEND_ENTRIES);
                    let missing = missing.ok_or(CodecError::TooManyEntries(count))?;
                    let entries = Vec::with_capacity(missing.min(ENTRIES_AT_ONCE));
                    self.expect = Expect::Entries { position: *position, missing, room: PEER_MESSAGE_BYTES, entries };
                }
                Expect::Entries { missing: 0, position, entries, .. } => {
                    let Some(commit) = self.chunks.number() else { return Ok(None) };
                    let (position, entries) = (*position, std::mem::take(entries));
                    self.expect = Expect::Kind;
                    return Ok(Some(Frame::Message(self.made_up(position, entries, commit))));
                }
                Expect::Entries { missing, room, entries, .. } => {
                    let Some(bytes) = self.chunks.counted(*room)? else { return Ok(None) };
                    *room -= bytes.len();
                    *missing -= 1;
                    entries.push(Entry::decode(bytes)?);
                }
            }
        }
    }

    /// The stream has ended.
    ///
    /// # Errors
    /// Within a frame.
    pub fn finish(&self) -> Result<(), CodecError> {
        let whole = self.chunks.is_empty() && matches!(self.expect, Expect::Kind);
        if whole { Ok(()) } else { Err(CodecError::CutOff) }
    }

    /// The append that follows, whole again.
    fn made_up(&mut self, position: Position, entries: Vec<Entry>, commit: u64) -> Message {
        self.position = Some(position.after(entries.len()));
        Message { entries, ..position.append(self.remote, self.local, commit) }
    }
}
