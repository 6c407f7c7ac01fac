//! What can go wrong with a [`MemDisk`](super::mem::MemDisk), and when: a plan of faults, made before the run.
//!
//! Moments are counted in operations, never in time, so that a test can run once, read the counts, and run again with a
//! fault at each of them. Chance comes from a seed that the test gives.

/// Operations of a disk so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ops {
    /// Syncs of files and of folders.
    pub syncs: u64,
    /// All that changes the disk: writes, lengths, names.
    pub writes: u64,
}

/// A moment at which the power goes: from there on every operation fails, until
/// [`MemDisk::crash`](super::mem::MemDisk::crash). Numbers count from 1, as [`Ops`] does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PowerLoss {
    /// Before the sync with this number has made anything durable.
    AtSync(u64),
    /// Right after the change with this number, which may survive whole, in part or not at all. Its caller gets an
    /// error.
    AtWrite(u64),
}

/// The plan. The default is a disk without faults.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// The sync with this number fails with an input/output error. What it should have made durable can still be read,
    /// but no later sync makes it durable: this is what Linux does.
    pub failing_sync: Option<u64>,
    /// Every sync from this number on fails in the same way.
    pub failing_syncs_from: Option<u64>,
    /// When the power goes.
    pub power_loss: Option<PowerLoss>,
    /// Bytes that all files may have together; what would need more fails with `StorageFull` and changes nothing.
    pub capacity_bytes: Option<u64>,
}

impl Faults {
    /// Does the sync with this number fail?
    pub(super) fn fails_sync(&self, number: u64) -> bool {
        self.failing_sync == Some(number) || self.failing_syncs_from.is_some_and(|from| from <= number)
    }
}

/// Numbers out of a seed (splitmix64): the same on every machine, for ever, so that a seed in a bug report stays good.
#[derive(Clone, Debug)]
pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `limit`, which is not zero.
    pub(super) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ mixed >> 31) % limit
    }

    /// True once in `of` times.
    pub(super) fn one_in(&mut self, of: u64) -> bool {
        self.below(of) == 0
    }
}
