//! For how long there are faults.

use crate::support::count;
use std::time::{Duration, Instant};

/// The end of a run.
#[derive(Debug)]
pub enum Length {
    Rounds(usize),
    Until(Instant),
}

impl Length {
    /// As the environment wants it: `CHAOS_MINUTES`, or else `CHAOS_ROUNDS`.
    pub fn asked_for(usual_rounds: u64) -> Self {
        match count("CHAOS_MINUTES", 0) {
            0 => Self::Rounds(count("CHAOS_ROUNDS", usual_rounds) as usize),
            minutes => Self::Until(Instant::now() + Duration::from_secs(60 * minutes)),
        }
    }

    pub fn is_over(&self, rounds: usize) -> bool {
        match self {
            Self::Rounds(all) => rounds >= *all,
            Self::Until(end) => Instant::now() >= *end,
        }
    }
}
