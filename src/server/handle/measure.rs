//! How requests fare, for metrics. Each guard tells when it is dropped, so that a request whose client goes away is told of too.

use crate::{
    apply::slow::Took,
    clock::{Clock, Now},
    metrics::{Kind, Success, metrics},
};
use std::time::Duration;

/// A proposal under way.
pub struct Pending {
    kind: Kind,
    clock: Clock,
    started: Now,
    /// How it ended; nobody waited for it to end at first.
    pub end: End,
}

/// How a proposal ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Without an answer in time, or without anybody who waits for one.
    Abandoned,
    /// Raft did not take it.
    NotProposed,
    /// It was too large to be tried.
    NotTried,
    /// With an outcome, be it a refusal.
    Answered,
}

impl Pending {
    /// It begins.
    pub fn begin(kind: Kind, clock: Clock) -> Self {
        metrics().proposals_pending.inc();
        Self { kind, clock, started: clock.now(), end: End::Abandoned }
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        metrics().proposals_pending.dec();
        if matches!(self.end, End::Abandoned | End::NotProposed) {
            metrics().proposals_failed.inc();
        }
        // Only what raft did not take is no success in etcd.
        let success = if self.end == End::NotProposed { Success::No } else { Success::Yes };
        metrics().request_duration.observe(self.kind, success, seconds_since(self.clock, self.started));
    }
}

/// A read under way.
pub struct Read {
    kind: Kind,
    clock: Clock,
    started: Now,
    /// No until it is answered.
    pub success: Success,
}

impl Read {
    /// It begins.
    pub fn begin(kind: Kind, clock: Clock) -> Self {
        Self { kind, clock, started: clock.now(), success: Success::No }
    }

    /// When it began.
    pub fn since(&self) -> Now {
        self.started
    }

    /// How long it took, if that is too long. It is counted then.
    pub fn slow(&self, warn_above: Duration) -> Option<Took> {
        let took = self.clock.now().saturating_sub(self.started);
        (took > warn_above).then(|| {
            metrics().slow_apply.inc();
            Took { took, expected: warn_above }
        })
    }
}

impl Drop for Read {
    fn drop(&mut self) {
        metrics().request_duration.observe(self.kind, self.success, seconds_since(self.clock, self.started));
    }
}

/// Seconds on the clock.
pub fn seconds_since(clock: Clock, earlier: Now) -> f64 {
    clock.now().saturating_sub(earlier).as_secs_f64()
}
