//! Records and their frames: pure functions over bytes. The drawing is in [`super`].
//!
//! Reading is stricter than protobuf asks for, because the checksum covers only the data. The fields must come in their
//! order and end where the frame ends, so that a flipped bit in the type, in the checksum or in a length is seen.

use std::ops::Range;

/// The length word before each record.
pub(super) const WORD_BYTES: usize = 8;

/// The longest head of a record: two tags with a type of one byte and a checksum of five, then a tag and a length.
pub(super) const HEAD_BYTES_MAX: usize = 2 + 6 + 1 + 10;

/// No record is longer. A request is far smaller; a length above is damage, and is never allocated.
const RECORD_BYTES_MAX: u64 = 1 << 30;

/// What a record tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Metadata = 1,
    Entry = 2,
    State = 3,
    Crc = 4,
    Snapshot = 5,
}

/// A record in place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Record<'a> {
    pub kind: Kind,
    /// The running checksum, with this record's data in it.
    pub crc: u32,
    pub data: &'a [u8],
}

impl Record<'_> {
    /// Does the record follow one with this running checksum?
    pub(super) fn follows(&self, crc: u32) -> bool {
        self.crc == crc32c::crc32c_append(crc, self.data)
    }
}

/// A record's length as its length word tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    /// Without padding.
    pub record_bytes: u64,
    /// With the length word and the padding.
    pub bytes: u64,
}

impl Frame {
    /// The frame of a record of this length.
    pub(super) fn of(record_bytes: u64) -> Self {
        Self { record_bytes, bytes: WORD_BYTES as u64 + record_bytes.next_multiple_of(8) }
    }

    /// Reads a length word, which is not zero.
    pub(super) fn parse(word: u64) -> Result<Self, &'static str> {
        let record_bytes = word & LOW_56;
        if record_bytes == 0 || record_bytes > RECORD_BYTES_MAX {
            return Err("absurd record length");
        }
        let frame = Self::of(record_bytes);
        if frame.word() == word { Ok(frame) } else { Err("padding that does not fit the record length") }
    }

    /// The length word.
    pub(super) fn word(self) -> u64 {
        match self.bytes - WORD_BYTES as u64 - self.record_bytes {
            0 => self.record_bytes,
            padding => self.record_bytes | (0x80 | padding) << 56,
        }
    }
}

/// The head of a record: all but the data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Head {
    kind: Kind,
    crc: u32,
    /// Where the data is, from the record's start; empty when there is none.
    data: Range<u64>,
}

/// What the bytes at the beginning of a record say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum HeadOf {
    /// All there is to know.
    Known(Head),
    /// Too few bytes to tell; nothing wrong with those there are.
    CutOff,
    /// No record starts like this.
    Wrong(&'static str),
}

impl Head {
    /// Length of the whole record.
    pub(super) fn record_bytes(&self) -> u64 {
        self.data.end
    }

    /// Reads the head of a record. `body` starts behind the length word and may end anywhere.
    pub(super) fn parse(body: &[u8]) -> HeadOf {
        let mut at = 0;
        match Self::try_parse(body, &mut at) {
            Ok(head) => HeadOf::Known(head),
            Err(_) if at >= body.len() => HeadOf::CutOff,
            Err(reason) => HeadOf::Wrong(reason),
        }
    }

    /// On failure `at` is beyond the end when more bytes were needed.
    fn try_parse(body: &[u8], at: &mut usize) -> Result<Self, &'static str> {
        tag(body, at, 0x08)?;
        let kind = match varint(body, at)? {
            1 => Kind::Metadata,
            2 => Kind::Entry,
            3 => Kind::State,
            4 => Kind::Crc,
            5 => Kind::Snapshot,
            _ => {
                *at = 0;
                return Err("unknown record type");
            }
        };
        tag(body, at, 0x10)?;
        let crc = varint(body, at)?;
        let Ok(crc) = u32::try_from(crc) else {
            *at = 0;
            return Err("checksum field out of range");
        };
        if kind == Kind::Crc {
            return Ok(Self { kind, crc, data: *at as u64..*at as u64 });
        }
        tag(body, at, 0x1a)?;
        let len = varint(body, at)?;
        let start = *at as u64;
        if len > RECORD_BYTES_MAX {
            *at = 0;
            return Err("absurd data length");
        }
        Ok(Self { kind, crc, data: start..start + len })
    }
}

/// Reads a whole record, without its padding.
pub(super) fn parse(body: &[u8]) -> Result<Record<'_>, &'static str> {
    match Head::parse(body) {
        HeadOf::Known(head) if head.record_bytes() == body.len() as u64 => {
            let data = &body[head.data.start as usize..];
            Ok(Record { kind: head.kind, crc: head.crc, data })
        }
        HeadOf::Known(_) | HeadOf::CutOff => Err("record length and data length do not agree"),
        HeadOf::Wrong(reason) => Err(reason),
    }
}

/// Steps over a byte that must be there.
fn tag(body: &[u8], at: &mut usize, wanted: u8) -> Result<(), &'static str> {
    let found = body.get(*at).copied();
    if found.is_some_and(|found| found != wanted) {
        *at = 0;
        return Err("not a record");
    }
    *at += 1;
    if found.is_some() { Ok(()) } else { Err("cut off") }
}

fn varint(body: &[u8], at: &mut usize) -> Result<u64, &'static str> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let Some(byte) = body.get(*at) else {
            *at += 1;
            return Err("cut off");
        };
        *at += 1;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    *at = 0;
    Err("a number that does not end")
}

const LOW_56: u64 = (1 << 56) - 1;

/// Frames records one after the other into a buffer, and keeps the running checksum.
#[derive(Debug, Default)]
pub(super) struct Encoder {
    /// What is not written yet.
    pub buffer: Vec<u8>,
    /// The running checksum.
    pub crc: u32,
    /// One record's data: the checksum and the lengths come before it.
    data: Vec<u8>,
}

impl Encoder {
    /// Goes on from a running checksum.
    pub(super) fn after(crc: u32) -> Self {
        Self { crc, ..Self::default() }
    }

    /// Adds the record that opens a segment: it hands the running checksum over.
    pub(super) fn push_crc(&mut self) {
        let start = self.open_frame(Kind::Crc);
        self.close_frame(start);
    }

    /// Adds a record; `write` appends its data.
    pub(super) fn push(&mut self, kind: Kind, write: impl FnOnce(&mut Vec<u8>)) {
        self.data.clear();
        write(&mut self.data);
        self.crc = crc32c::crc32c_append(self.crc, &self.data);
        let start = self.open_frame(kind);
        self.buffer.push(0x1a);
        put_varint(&mut self.buffer, self.data.len() as u64);
        self.buffer.extend_from_slice(&self.data);
        self.close_frame(start);
    }

    fn open_frame(&mut self, kind: Kind) -> usize {
        let start = self.buffer.len();
        self.buffer.extend_from_slice(&[0; WORD_BYTES]);
        self.buffer.extend_from_slice(&[0x08, kind as u8, 0x10]);
        put_varint(&mut self.buffer, u64::from(self.crc));
        start
    }

    fn close_frame(&mut self, start: usize) {
        let frame = Frame::of((self.buffer.len() - start - WORD_BYTES) as u64);
        self.buffer[start..start + WORD_BYTES].copy_from_slice(&frame.word().to_le_bytes());
        self.buffer.resize(start + frame.bytes as usize, 0);
    }
}

fn put_varint(buffer: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        buffer.push(value as u8 | 0x80);
        value >>= 7;
    }
    buffer.push(value as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_aligned_and_say_how() {
        assert_eq!(Frame::of(16), Frame { record_bytes: 16, bytes: 24 });
        assert_eq!(Frame::of(16).word(), 16);
        assert_eq!(Frame::of(17), Frame { record_bytes: 17, bytes: 32 });
        assert_eq!(Frame::of(17).word(), 0x87 << 56 | 17);
        for len in 1..100 {
            assert_eq!(Frame::parse(Frame::of(len).word()), Ok(Frame::of(len)));
        }
        for word in [17, 0x87 << 56 | 16, 0x80 << 56 | 16, 1 << 40, 0x81 << 56 | ((1 << 56) - 1), 0x07 << 56 | 17] {
            assert!(Frame::parse(word).is_err(), "{word:x}");
        }
    }

    #[test]
    fn records_read_back_and_chain() {
        let mut encoder = Encoder::default();
        encoder.push_crc();
        encoder.push(Kind::Metadata, |data| data.extend(b"m"));
        encoder.push(Kind::Entry, |data| data.extend([7; 300]));
        encoder.push(Kind::State, |_| ());
        let (mut at, mut crc) = (0, 0);
        let mut kinds = Vec::new();
        while at < encoder.buffer.len() {
            let word = u64::from_le_bytes(encoder.buffer[at..at + 8].try_into().unwrap());
            let frame = Frame::parse(word).unwrap();
            let body = &encoder.buffer[at + 8..at + 8 + frame.record_bytes as usize];
            let record = parse(body).unwrap();
            assert!(record.follows(crc));
            for cut in 0..body.len().min(HEAD_BYTES_MAX) {
                assert!(!matches!(Head::parse(&body[..cut]), HeadOf::Wrong(_)));
            }
            crc = record.crc;
            kinds.push(record.kind);
            at += frame.bytes as usize;
        }
        assert_eq!(kinds, [Kind::Crc, Kind::Metadata, Kind::Entry, Kind::State]);
        assert_eq!(crc, encoder.crc);
    }

    #[test]
    fn what_is_not_a_record_is_refused() {
        let wrong: [&[u8]; 7] = [
            b"",
            b"\x08\x06\x10\x00\x1a\x00",
            b"\x08\x02\x10\x00",
            b"\x08\x02\x10\x00\x1a\x01",
            b"\x08\x02\x10\x00\x1a\x00\x00",
            b"\x08\x04\x10\x00\x1a\x00",
            b"\x08\x02\x10\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x1a\x00",
        ];
        for body in wrong {
            assert!(parse(body).is_err(), "{body:x?}");
        }
    }
}
