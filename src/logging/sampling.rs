//! A message that comes again and again would fill a disk and hide all others: of each, the first so many of a second are
//! written, and then one in so many, as zap does for etcd.
//!
//! Messages are told apart by a hash of level and text, in a table of fixed size. Two that share a place are counted
//! together: etcd does the same, and loses a line then and now.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::atomic::{AtomicU64, Ordering},
    time::{SystemTime, UNIX_EPOCH},
};

/// Lines of one text that are written in a second.
const FIRST: u64 = 100;
/// One in so many of those behind.
const THEREAFTER: u64 = 100;
/// Places in the table, as in zap.
const PLACES: usize = 4096;

/// See the module.
#[derive(Debug)]
pub(super) struct Sampling {
    /// Of each place: the second (upper half) and the lines in it (lower half).
    counts: Box<[AtomicU64]>,
}

impl Sampling {
    pub(super) fn new() -> Self {
        Self { counts: (0..PLACES).map(|_| AtomicU64::new(0)).collect() }
    }

    /// Is this line to be written?
    pub(super) fn takes(&self, level: &str, message: &str, now: SystemTime) -> bool {
        let second = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs() & 0xffff_ffff;
        let mut hasher = DefaultHasher::new();
        (level, message).hash(&mut hasher);
        let place = &self.counts[hasher.finish() as usize % PLACES];
        let count = |before: u64| if before >> 32 == second { before + 1 } else { second << 32 | 1 };
        // The closure always gives a value, so this does not fail.
        let before = place.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |before| Some(count(before)));
        let number = count(before.unwrap_or_default()) & 0xffff_ffff;
        number <= FIRST || (number - FIRST).is_multiple_of(THEREAFTER)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn the_first_hundred_of_a_second_and_then_one_in_a_hundred() {
        let sampling = Sampling::new();
        let at = |second: u64| UNIX_EPOCH + Duration::from_secs(second);
        let taken = |times: usize, text: &str, second: u64| {
            (0..times).filter(|_| sampling.takes("info", text, at(second))).count()
        };
        assert_eq!(taken(350, "again", 7), 102);
        assert_eq!(taken(1, "another", 7), 1);
        assert_eq!(taken(50, "again", 8), 50);
        assert_eq!(taken(51, "again", 8), 50);
        assert!(sampling.takes("warn", "again", at(8)));
    }
}
