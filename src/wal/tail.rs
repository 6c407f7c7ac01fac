//! Where the last segment stops making sense: is it the end, a write that a power loss tore, or damage?
//!
//! What a power loss can leave. Appends between two syncs are one stretch of bytes at the end of the log. The disk writes
//! sectors of 512 bytes, each whole or not at all and in any order; before the stretch was written there were zeros, or
//! the file ended. So after a power loss every sector of the stretch is either as written or zero. In the sector where the
//! stretch begins this holds for the part behind the last synced record. Length words are aligned to 8 bytes, so that no
//! sector border cuts one. Nothing in the stretch was ever acknowledged: cutting it off is right.
//!
//! A record that cannot be read is *torn* when all of this holds, and *damaged* otherwise:
//!
//! 1. What is missing has the shape of missing sectors: some sector's part of the record is all zeros, or the file ends
//!    within it; a length word of zero comes with zeros up to the end of its sector.
//! 2. What is there of the record's head agrees with its length word, so that the length can be believed.
//! 3. Nothing behind it proves that it was synced. Records are written in groups of entries with one hard state at the
//!    end, each group synced before the next is begun, and a snapshot record is a group's last. So an entry, then a hard
//!    state, then another entry, or anything behind a snapshot record, prove that a sync went by, and with it everything
//!    before was durable. (etcd's writer gives the same proof.)
//!
//! Without the third, a zeroed sector in the middle of the log would silently take all that follows. What remains: a
//! whole sector lost at the very end, after it was synced, with nothing behind it to prove that, looks like a torn write.
//! So does a flipped bit in the last group's record of a value with a sector of zeros. etcd cannot tell either.
//!
//! One case is mended instead: the length word is the last word of its sector and is zero, but the record behind it is
//! whole and its running checksum is right. Torn or damaged, this is the record.

use super::{
    record::{self, Frame, HEAD_BYTES_MAX, Head, HeadOf, Kind, WORD_BYTES},
    window::Window,
};
use std::io;

/// What a disk writes whole or not at all.
const SECTOR_BYTES: u64 = 512;

/// What a record that cannot be read means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Only zeros, or nothing: the log ends here.
    End,
    /// The log ends here, and something that was never acknowledged follows.
    Torn,
    /// Only the length word is gone.
    LostWord(Frame),
    /// This was durable once.
    Damaged(&'static str),
}

/// Why the record at an offset cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Problem {
    /// The length word is zero.
    NoWord,
    /// The file ends before the length word does.
    NoRoomForWord,
    /// The file ends before the record does.
    NoRoom(Frame),
    /// The record has its room, and is wrong.
    Wrong(Frame, &'static str),
}

/// Judges the first record of the last segment that cannot be read. `crc` is the running checksum before it.
pub(super) fn judge(window: &mut Window, offset: u64, crc: u32, problem: Problem) -> io::Result<Verdict> {
    let sector_end = (offset / SECTOR_BYTES + 1) * SECTOR_BYTES;
    let behind = match problem {
        Problem::NoWord => match window.first_nonzero(offset)? {
            None => return Ok(Verdict::End),
            Some(at) if at < sector_end => return Ok(Verdict::Damaged("a length of zero, and more behind it")),
            Some(_) => match lost_word(window, offset, crc)? {
                Some(frame) => return Ok(Verdict::LostWord(frame)),
                None => sector_end,
            },
        },
        Problem::NoRoomForWord => match window.first_nonzero(offset)? {
            None => return Ok(Verdict::End),
            Some(_) => return Ok(Verdict::Torn),
        },
        Problem::NoRoom(frame) => {
            let there = first_missing(window, offset, frame)?.unwrap_or(window.len());
            if !head_agrees(window, offset, frame, there)? {
                return Ok(Verdict::Damaged("a record length that its data length does not agree with"));
            }
            offset + WORD_BYTES as u64
        }
        Problem::Wrong(frame, reason) => match first_missing(window, offset, frame)? {
            Some(there) if head_agrees(window, offset, frame, there)? => offset + frame.bytes,
            _ => return Ok(Verdict::Damaged(reason)),
        },
    };
    match proves_sync(window, behind)? {
        true => Ok(Verdict::Damaged("it cannot be read, and records that were written after its sync follow")),
        false => Ok(Verdict::Torn),
    }
}

/// The frame of the record behind a lost length word, if it is whole and next in line.
fn lost_word(window: &mut Window, offset: u64, crc: u32) -> io::Result<Option<Frame>> {
    let body = offset + WORD_BYTES as u64;
    if !body.is_multiple_of(SECTOR_BYTES) {
        return Ok(None);
    }
    let HeadOf::Known(head) = Head::parse(window.get(body, HEAD_BYTES_MAX as u64)?) else { return Ok(None) };
    let frame = Frame::of(head.record_bytes());
    let whole = offset + frame.bytes <= window.len();
    let sound = whole && record::parse(window.get(body, frame.record_bytes)?).is_ok_and(|record| record.follows(crc));
    Ok(sound.then_some(frame))
}

/// Where the first sector of a record starts that is all zeros in as far as it belongs to the record.
fn first_missing(window: &mut Window, offset: u64, frame: Frame) -> io::Result<Option<u64>> {
    let end = (offset + frame.bytes).min(window.len());
    let mut at = offset;
    while at < end {
        let next = ((at / SECTOR_BYTES + 1) * SECTOR_BYTES).min(end);
        if window.is_zero(at, next - at)? {
            return Ok(Some(at));
        }
        at = next;
    }
    Ok(None)
}

/// Does the record's head, as far as it is there, agree with the length word?
fn head_agrees(window: &mut Window, offset: u64, frame: Frame, there: u64) -> io::Result<bool> {
    let body = offset + WORD_BYTES as u64;
    let count = there.saturating_sub(body).min(frame.record_bytes).min(HEAD_BYTES_MAX as u64);
    Ok(match Head::parse(window.get(body, count)?) {
        HeadOf::Known(head) => head.record_bytes() == frame.record_bytes,
        // The record itself is too short for a head, or only the bytes that are there.
        HeadOf::CutOff => count < frame.record_bytes,
        HeadOf::Wrong(_) => false,
    })
}

/// Is there something from `from` on that was begun after a sync of what is before?
///
/// Looks for records at every place where one may start. Only those count whose neighbour confirms them by the running
/// checksum: two records in a row do not come about by chance.
fn proves_sync(window: &mut Window, from: u64) -> io::Result<bool> {
    let mut proof = Proof::default();
    let mut at = from;
    // A hostile value can be full of what looks like heads of large records. Past this much reading, give up: what etcd
    // does is to cut.
    let mut budget = window.len().saturating_mul(8).saturating_add(1 << 20);
    while let Some(next) = window.first_nonzero(at)? {
        at = next / WORD_BYTES as u64 * WORD_BYTES as u64;
        let mut confirmed: Option<(Kind, u32)> = None;
        let mut links = 0;
        while let Some((kind, crc, follows, bytes)) = look(window, at, confirmed.map(|(_, crc)| crc))? {
            budget = budget.saturating_sub(bytes);
            if !follows {
                break;
            }
            if let (1, Some((first, _))) = (links, confirmed) {
                proof.see(first);
            }
            if links > 0 {
                proof.see(kind);
            }
            links += 1;
            confirmed = Some((kind, crc));
            at += bytes;
        }
        if proof.done || budget == 0 {
            return Ok(proof.done);
        }
        if links < 2 {
            // Perhaps no record at all: look everywhere behind its beginning.
            at = next / WORD_BYTES as u64 * WORD_BYTES as u64 + WORD_BYTES as u64;
        }
    }
    Ok(false)
}

/// The record at an offset, if one is there: its kind, its checksum, whether it follows `crc` (anything follows none), and
/// the bytes of its frame.
fn look(window: &mut Window, offset: u64, crc: Option<u32>) -> io::Result<Option<(Kind, u32, bool, u64)>> {
    let Some(Ok(frame)) = window.word(offset)?.map(Frame::parse) else { return Ok(None) };
    let body = offset + WORD_BYTES as u64;
    if offset + frame.bytes > window.len() {
        return Ok(None);
    }
    // The head first: it is short, and most of what is no record shows there.
    match Head::parse(window.get(body, frame.record_bytes.min(HEAD_BYTES_MAX as u64))?) {
        HeadOf::Known(head) if head.record_bytes() == frame.record_bytes => {}
        _ => return Ok(None),
    }
    let Ok(record) = record::parse(window.get(body, frame.record_bytes)?) else { return Ok(None) };
    let follows = crc.is_none_or(|crc| record.follows(crc));
    Ok(Some((record.kind, record.crc, follows, frame.bytes)))
}

/// Watches the kinds of records go by.
#[derive(Debug, Default)]
struct Proof {
    entry: bool,
    state_after_entry: bool,
    snapshot: bool,
    done: bool,
}

impl Proof {
    fn see(&mut self, kind: Kind) {
        self.done |= self.snapshot || (self.state_after_entry && kind == Kind::Entry);
        self.state_after_entry |= self.entry && kind == Kind::State;
        self.entry |= kind == Kind::Entry;
        self.snapshot |= kind == Kind::Snapshot;
    }
}
