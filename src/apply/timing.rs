//! How long entries take to apply, for metrics and for whoever reads the log.

use super::{
    outcome::{Outcome, Refusal},
    slow::{Entry, Took},
};
use crate::{
    clock::{Now, Stopwatch},
    metrics::{Kind, Success, metrics},
};
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

    /// An entry ends now, and the next one begins: when it began and ended. As in etcd, a revision that was compacted is no
    /// failure.
    pub fn lap(&mut self, kind: Kind, entry: &Entry<'_>) -> (Now, Now) {
        let (began, ended) = (self.since, self.stopwatch.now());
        let took = ended.saturating_sub(began);
        self.since = ended;
        let failure = match entry.applied.outcome {
            Some(Outcome::Refused(refusal)) if refusal != Refusal::Compacted => Some(refusal),
            _ => None,
        };
        let success = if failure.is_none() { Success::Yes } else { Success::No };
        metrics().apply_duration.observe(kind, success, took.as_secs_f64());
        if took > self.warn_above {
            metrics().slow_apply.inc();
            entry.warn(Took { took, expected: self.warn_above });
        }
        if let Some(refusal) = failure {
            entry.warn_of(refusal, took);
        }
        (began, ended)
    }
}
