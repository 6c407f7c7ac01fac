//! The bytes of one simulated file, and what a power loss leaves of them.
//!
//! ```text
//!   bytes      what a reader sees now
//!   changes    what came since the last sync, oldest first, each with the bytes that it replaced
//!
//!   power loss:  undo all changes, newest first  ->  the durable bytes
//!                redo what survives, oldest first
//! ```
//!
//! The unit of survival is the sector. A sector is seen after a power loss as it was at some moment since the last sync:
//! the page cache hands it to the disk whole, so a later change of a sector never survives without the earlier ones.
//! Different sectors know nothing of each other, and survive in any combination.

use super::fault::Chance;
use std::collections::BTreeSet;

/// What a disk writes whole or not at all.
const SECTOR_BYTES: usize = 512;

/// A file's bytes, with the means to lose some of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Content {
    bytes: Vec<u8>,
    changes: Vec<Change>,
}

#[derive(Clone, Debug)]
struct Change {
    what: What,
    /// Length of the file before.
    len_before: usize,
    /// The bytes that were there, as far as the file reached.
    before: Vec<u8>,
    fate: Fate,
}

#[derive(Clone, Copy, Debug)]
enum What {
    Write { offset: usize, len: usize },
    Resize { len: usize },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Unsynced,
    /// Its sync failed: no later sync makes it durable.
    InDoubt,
    /// Synced, but kept in the list because something before it is in doubt.
    Durable,
}

/// How a power loss treats unsynced changes.
enum Loss {
    All,
    Nothing,
    /// Changes before this one survive, the one itself up to some sector, later ones not.
    From(usize),
    /// Every sector for itself: each change is missed once in so many times, and with it the later ones.
    Sectors(u64),
}

impl Content {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Flips one bit of what is there, for good.
    pub(super) fn flip_bit(&mut self, offset: usize, bit: u8) {
        self.bytes[offset] ^= 1 << (bit % 8);
    }

    pub(super) fn write(&mut self, data: &[u8], offset: usize) {
        let len_before = self.bytes.len();
        let end = offset + data.len();
        let before = self.bytes.get(offset..end.min(len_before)).unwrap_or_default().to_vec();
        let what = What::Write { offset, len: data.len() };
        self.changes.push(Change { what, len_before, before, fate: Fate::Unsynced });
        self.put(data, offset);
    }

    pub(super) fn resize(&mut self, len: usize) {
        let len_before = self.bytes.len();
        let before = self.bytes.get(len..).unwrap_or_default().to_vec();
        self.changes.push(Change { what: What::Resize { len }, len_before, before, fate: Fate::Unsynced });
        self.bytes.resize(len, 0);
    }

    /// A good sync: all that is not in doubt becomes durable.
    pub(super) fn sync(&mut self) {
        if self.changes.iter().any(|change| change.fate == Fate::InDoubt) {
            self.changes.iter_mut().filter(|c| c.fate == Fate::Unsynced).for_each(|c| c.fate = Fate::Durable);
        } else {
            self.changes.clear();
        }
    }

    /// A failed sync.
    pub(super) fn fail_sync(&mut self) {
        self.changes.iter_mut().filter(|c| c.fate == Fate::Unsynced).for_each(|c| c.fate = Fate::InDoubt);
    }

    /// The power goes.
    pub(super) fn crash(&mut self, chance: &mut Chance) {
        let changes = std::mem::take(&mut self.changes);
        if changes.is_empty() {
            return;
        }
        let loss = match chance.below(6) {
            0 => Loss::All,
            1 => Loss::Nothing,
            2 | 3 => Loss::From(chance.below(changes.len() as u64) as usize),
            4 => Loss::Sectors(2),
            _ => Loss::Sectors(8),
        };
        let written = self.undo(&changes);
        let mut redo = Redo { loss, chance, stale: BTreeSet::new(), lost_beyond: usize::MAX };
        for (number, (change, data)) in changes.iter().zip(written).enumerate() {
            redo.redo(self, number, change, &data);
        }
    }

    /// Goes back to the durable bytes. Returns what each change had written: going backwards, its bytes are in place
    /// just before it is undone.
    fn undo(&mut self, changes: &[Change]) -> Vec<Vec<u8>> {
        let mut written: Vec<Vec<u8>> = Vec::with_capacity(changes.len());
        for change in changes.iter().rev() {
            let offset = match change.what {
                What::Write { offset, len } => {
                    written.push(self.bytes[offset..offset + len].to_vec());
                    offset
                }
                What::Resize { len } => {
                    written.push(Vec::new());
                    len
                }
            };
            self.bytes.resize(change.len_before, 0);
            if !change.before.is_empty() {
                self.bytes[offset..offset + change.before.len()].copy_from_slice(&change.before);
            }
        }
        written.reverse();
        written
    }

    fn put(&mut self, data: &[u8], offset: usize) {
        let end = offset + data.len();
        if end > self.bytes.len() {
            self.bytes.resize(end, 0);
        }
        self.bytes[offset..end].copy_from_slice(data);
    }
}

struct Redo<'a> {
    loss: Loss,
    chance: &'a mut Chance,
    /// Sectors that stay as they are from here on.
    stale: BTreeSet<usize>,
    /// After a lost cut of the file, blocks written later beyond it hang in the air.
    lost_beyond: usize,
}

impl Redo<'_> {
    fn redo(&mut self, content: &mut Content, number: usize, change: &Change, data: &[u8]) {
        match change.what {
            What::Resize { len } => {
                let kept = change.fate == Fate::Durable || (self.lost_beyond == usize::MAX && self.keeps_whole(number));
                if kept {
                    content.bytes.resize(len, 0);
                } else if len < change.len_before {
                    self.lost_beyond = self.lost_beyond.min(len);
                }
            }
            What::Write { offset, .. } if change.fate == Fate::Durable => content.put(data, offset),
            What::Write { offset, .. } => self.redo_sectors(content, number, data, offset),
        }
    }

    /// Redoes a write sector by sector.
    fn redo_sectors(&mut self, content: &mut Content, number: usize, data: &[u8], offset: usize) {
        let sectors = data.len().div_ceil(SECTOR_BYTES) as u64;
        let torn_after = self.chance.below(sectors + 2);
        let mut from = 0;
        let mut count = 0;
        while from < data.len() {
            let at = offset + from;
            let to = (from + SECTOR_BYTES - at % SECTOR_BYTES).min(data.len());
            let keeps = match self.loss {
                Loss::All => false,
                Loss::Nothing => true,
                Loss::From(first) => number < first || (number == first && count < torn_after),
                Loss::Sectors(one_in) => !self.chance.one_in(one_in),
            };
            let sector = at / SECTOR_BYTES;
            if !keeps {
                self.stale.insert(sector);
            } else if !self.stale.contains(&sector) && at < self.lost_beyond {
                content.put(&data[from..to], at);
            }
            from = to;
            count += 1;
        }
    }

    fn keeps_whole(&mut self, number: usize) -> bool {
        match self.loss {
            Loss::All => false,
            Loss::Nothing => true,
            Loss::From(first) => number < first,
            Loss::Sectors(one_in) => !self.chance.one_in(one_in),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after_crashes(content: &Content) -> Vec<Vec<u8>> {
        let mut seen = Vec::new();
        for seed in 0..400 {
            let mut copy = content.clone();
            copy.crash(&mut Chance::new(seed));
            if !seen.contains(&copy.bytes) {
                seen.push(copy.bytes);
            }
        }
        seen.sort();
        seen
    }

    #[test]
    fn unsynced_sectors_survive_in_any_combination() {
        let mut content = Content::default();
        content.write(&[1; 1024], 0);
        content.sync();
        content.write(&[2; 1024], 0);
        let seen: Vec<(u8, u8)> = after_crashes(&content).iter().map(|bytes| (bytes[0], bytes[512])).collect();
        assert_eq!(seen, [(1, 1), (1, 2), (2, 1), (2, 2)]);
        content.sync();
        assert_eq!(after_crashes(&content), [[2; 1024]]);
    }

    #[test]
    fn within_a_sector_the_order_holds() {
        let mut content = Content::default();
        content.write(&[1; 8], 0);
        content.write(&[2; 8], 8);
        let mut both = vec![1; 8];
        both.extend([2; 8]);
        assert_eq!(after_crashes(&content), [vec![], vec![1; 8], both]);
    }

    #[test]
    fn a_lost_cut_takes_later_writes_with_it() {
        let mut content = Content::default();
        content.write(&[1; 1024], 0);
        content.sync();
        content.resize(512);
        content.write(&[2; 512], 512);
        let seen: Vec<(usize, Option<u8>)> =
            after_crashes(&content).iter().map(|bytes| (bytes.len(), bytes.get(512).copied())).collect();
        assert_eq!(seen, [(512, None), (1024, Some(1)), (1024, Some(2))]);
    }

    #[test]
    fn what_a_failed_sync_left_stays_in_doubt() {
        let mut content = Content::default();
        content.write(&[1; 512], 0);
        content.fail_sync();
        content.write(&[2; 512], 512);
        content.sync();
        let seen: Vec<(u8, u8)> = after_crashes(&content).iter().map(|bytes| (bytes[0], bytes[512])).collect();
        assert_eq!(seen, [(0, 2), (1, 2)]);
    }
}
