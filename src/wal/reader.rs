//! The records of consecutive segments, in their order, checked. Changes nothing on the disk.

use super::{
    error::{WalError, at},
    record::{self, Frame, Kind, Record, WORD_BYTES},
    segment::SegmentName,
    tail::{self, Problem, Verdict},
    window::Window,
};
use crate::disk::{Disk, File, OpenMode};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

/// A segment that is open.
#[derive(Clone, Debug)]
pub(super) struct OpenSegment {
    pub path: PathBuf,
    pub file: Arc<dyn File>,
}

impl OpenSegment {
    pub(super) fn open(disk: &dyn Disk, dir: &Path, name: SegmentName, mode: OpenMode) -> Result<Self, WalError> {
        let path = dir.join(name.to_string());
        let file = disk.open(&path, mode).map_err(at(&path))?;
        Ok(Self { path, file })
    }
}

/// Where the log ends.
#[derive(Debug)]
pub(super) struct End {
    /// The last segment.
    pub segment: OpenSegment,
    /// The end of its last record.
    pub offset: u64,
    /// The running checksum there.
    pub crc: u32,
    /// Does something torn follow?
    pub tail: Tail,
    /// Length words to be written again: offset and frame.
    pub lost_words: Vec<(u64, Frame)>,
}

/// See [`End::tail`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tail {
    Clean,
    Torn,
}

/// What is done with each record; what it objects to is damage.
type Each<'a> = &'a mut dyn FnMut(&Record<'_>) -> Result<(), String>;

/// Reads all records of consecutive segments. Every segment must open with a checksum record, which goes on where the
/// segment before ended (what precedes the first may be purged), and the metadata. Only the last may end in the middle of
/// something; see [`tail`].
pub(super) fn read(segments: Vec<OpenSegment>, each: Each<'_>) -> Result<Option<End>, WalError> {
    let mut crc = None;
    let mut left = segments.len();
    for segment in segments {
        left -= 1;
        let mut reader = Reader::new(segment, crc)?;
        if left == 0 {
            return reader.read_last(each).map(Some);
        }
        crc = Some(reader.read_inner(each)?);
    }
    Ok(None)
}

/// Reads one segment.
#[derive(Debug)]
struct Reader {
    segment: OpenSegment,
    window: Window,
    offset: u64,
    /// The running checksum; none before the first record of all.
    crc: Option<u32>,
    /// Records read.
    count: u64,
}

impl Reader {
    fn new(segment: OpenSegment, crc: Option<u32>) -> Result<Self, WalError> {
        let window = Window::new(segment.file.clone()).map_err(at(&segment.path))?;
        Ok(Self { segment, window, offset: 0, crc, count: 0 })
    }

    /// Reads a segment that others follow. Returns the running checksum at its end.
    fn read_inner(&mut self, each: Each<'_>) -> Result<u32, WalError> {
        let reason = match self.read_records(each)? {
            Problem::NoWord | Problem::NoRoomForWord => {
                match self.window.first_nonzero(self.offset).map_err(at(&self.segment.path))? {
                    None => return self.crc_behind_head(),
                    Some(_) => "a length of zero, and more behind it",
                }
            }
            Problem::NoRoom(_) => "the file ends within the record",
            Problem::Wrong(_, reason) => reason,
        };
        Err(self.damaged(reason))
    }

    /// Reads the last segment.
    fn read_last(mut self, each: Each<'_>) -> Result<End, WalError> {
        let mut lost_words = Vec::new();
        loop {
            let problem = self.read_records(each)?;
            // The head was synced before the segment got its name: no power loss tears it.
            let crc = self.crc_behind_head()?;
            let verdict = tail::judge(&mut self.window, self.offset, crc, problem).map_err(at(&self.segment.path))?;
            let tail = match verdict {
                Verdict::End => Tail::Clean,
                Verdict::Torn => Tail::Torn,
                Verdict::Damaged(reason) => return Err(self.damaged(reason)),
                Verdict::LostWord(frame) => {
                    lost_words.push((self.offset, frame));
                    if let Some((_, reason)) = self.take(frame, each)? {
                        return Err(self.damaged(reason));
                    }
                    continue;
                }
            };
            return Ok(End { segment: self.segment, offset: self.offset, crc, tail, lost_words });
        }
    }

    /// Reads records as far as they are sound.
    fn read_records(&mut self, each: Each<'_>) -> Result<Problem, WalError> {
        loop {
            let word = self.window.word(self.offset).map_err(at(&self.segment.path))?;
            let frame = match word {
                None => return Ok(Problem::NoRoomForWord),
                Some(0) => return Ok(Problem::NoWord),
                // No power loss leaves half a word.
                Some(word) => Frame::parse(word).map_err(|reason| self.damaged(reason))?,
            };
            if frame.bytes > self.window.len() - self.offset {
                return Ok(Problem::NoRoom(frame));
            }
            if let Some((frame, reason)) = self.take(frame, each)? {
                return Ok(Problem::Wrong(frame, reason));
            }
        }
    }

    /// Steps over a record whose frame fits; returns what is wrong if it is not sound.
    fn take(&mut self, frame: Frame, each: Each<'_>) -> Result<Option<(Frame, &'static str)>, WalError> {
        let body = self.offset + WORD_BYTES as u64;
        let body = self.window.get(body, frame.record_bytes).map_err(at(&self.segment.path))?;
        let record = match record::parse(body) {
            Ok(record) => record,
            Err(reason) => return Ok(Some((frame, reason))),
        };
        // The first checksum of all is believed; the next record confirms it.
        let crc = self.crc.unwrap_or(record.crc);
        let reason = match (self.count, record.kind) {
            (0, Kind::Crc) if record.crc != crc => Some("the checksum does not go on from the segment before"),
            (0, Kind::Crc) => None,
            (0, _) => Some("no checksum record at the head of the segment"),
            (1, Kind::Metadata) => None,
            (1, _) => Some("no metadata at the head of the segment"),
            (_, Kind::Crc) => Some("a checksum record within a segment"),
            _ => None,
        };
        let reason = reason.or_else(|| (!record.follows(crc)).then_some("checksum mismatch"));
        if reason.is_some() {
            return Ok(reason.map(|reason| (frame, reason)));
        }
        if record.kind != Kind::Crc {
            each(&record).map_err(|reason| damaged(&self.segment.path, self.offset, &reason))?;
        }
        self.crc = Some(record.crc);
        self.count += 1;
        self.offset += frame.bytes;
        Ok(None)
    }

    fn crc_behind_head(&self) -> Result<u32, WalError> {
        match self.crc {
            Some(crc) if self.count >= 2 => Ok(crc),
            _ => Err(self.damaged("the head of the segment cannot be read")),
        }
    }

    fn damaged(&self, reason: &str) -> WalError {
        damaged(&self.segment.path, self.offset, reason)
    }
}

fn damaged(path: &Path, offset: u64, reason: &str) -> WalError {
    WalError::Damaged { path: path.to_owned(), offset, reason: reason.to_owned() }
}
