//! How long entries take to apply, for metrics and for whoever reads the log.

use super::{
    outcome::{Applied, Outcome, Refusal},
    slow::{self, Took},
};
use crate::{
    clock::{Now, Stopwatch},
    metrics::{Kind, Success, metrics},
};
use bytes::Bytes;
use std::time::Duration;

/// Measures entries that follow one another: the end of one is the start of the next, so each costs one look at the clock.
#[derive(Debug)]
pub(super) struct Timing {
    pub stopwatch: Stopwatch,
    warn_above: Duration,
    since: Now,
}

impl Default for Timing {
    /// Stands still.
    fn default() -> Self {
        Self::new(Stopwatch::default(), Duration::MAX)
    }
}

impl Timing {
    pub fn new(stopwatch: Stopwatch, warn_above: Duration) -> Self {
        Self { stopwatch, warn_above, since: Now::ZERO }
    }

    /// The next entry begins now.
    pub fn start(&mut self) {
        self.since = self.stopwatch.now();
    }

    /// The entry with that data ends now, and the next one begins. As in etcd, a revision that was compacted is no
    /// failure.
    pub fn lap(&mut self, kind: Kind, data: &Bytes, applied: &Applied) {
        let now = self.stopwatch.now();
        let took = now.saturating_sub(self.since);
        self.since = now;
        let success = match &applied.outcome {
            Some(Outcome::Refused(refusal)) if *refusal != Refusal::Compacted => Success::No,
            _ => Success::Yes,
        };
        metrics().apply_duration.observe(kind, success, took.as_secs_f64());
        if took > self.warn_above {
            metrics().slow_apply.inc();
            slow::warn_of_entry(Took { took, expected: self.warn_above }, data, applied);
        }
    }
}
