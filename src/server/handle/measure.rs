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
    ended: Option<Now>,
    end: End,
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
        Self { kind, clock, started: clock.now(), ended: None, end: End::Abandoned }
    }

    /// When it began.
    pub fn since(&self) -> Now {
        self.started
    }

    /// It ends so. How long it took.
    pub fn end(&mut self, end: End) -> Duration {
        let now = self.clock.now();
        (self.ended, self.end) = (Some(now), end);
        now.saturating_sub(self.started)
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
        let ended = self.ended.unwrap_or_else(|| self.clock.now());
        metrics().request_duration.observe(self.kind, success, ended.saturating_sub(self.started).as_secs_f64());
    }
}

/// A read under way.
pub struct Read {
    kind: Kind,
    clock: Clock,
    started: Now,
    ended: Option<Now>,
    /// No until it is answered.
    success: Success,
}

impl Read {
    /// It began at that time.
    pub fn begin(kind: Kind, clock: Clock, started: Now) -> Self {
        Self { kind, clock, started, ended: None, success: Success::No }
    }

    /// It ends so. When, and how long it took if that is too long; it is counted then.
    pub fn end(&mut self, success: Success, warn_above: Duration) -> (Now, Option<Took>) {
        let now = self.clock.now();
        (self.ended, self.success) = (Some(now), success);
        let took = now.saturating_sub(self.started);
        let slow = (took > warn_above).then(|| {
            metrics().slow_apply.inc();
            Took { took, expected: warn_above }
        });
        (now, slow)
    }
}

impl Drop for Read {
    fn drop(&mut self) {
        let ended = self.ended.unwrap_or_else(|| self.clock.now());
        metrics().request_duration.observe(self.kind, self.success, ended.saturating_sub(self.started).as_secs_f64());
    }
}
