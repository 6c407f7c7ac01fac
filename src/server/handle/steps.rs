//! Where the time of a slow request went: the line `trace` of etcd, with the steps that took long.
//!
//! Nothing is collected on the way but looks at the clock; the line is put together when a request turns out to be slow.

use crate::{
    clock::{Clock, Now},
    logging::{go_duration, timestamp},
};
use std::time::Duration;

/// Requests that take longer are told of (etcd's number).
pub const SLOW: Duration = Duration::from_millis(100);

/// A request that has ended.
#[derive(Clone, Copy, Debug)]
pub struct Trace<'a> {
    /// As etcd names it: `range`, `put`, `transaction`, `compact`.
    pub operation: &'static str,
    /// What it was about: names and values.
    pub detail: &'a [(&'static str, String)],
    /// When it began.
    pub since: Now,
    /// Its steps: when each ended, and what it was.
    pub steps: &'a [(Now, &'static str)],
}

impl Trace<'_> {
    /// Writes the line. Steps below an even share of [`SLOW`] are left out.
    pub fn log(&self, clock: Clock) {
        let (now, end) = (clock.now(), clock.wall());
        let duration = now.saturating_sub(self.since);
        let share = SLOW / (self.steps.len() as u32 + 1);
        let mut last = self.since;
        let mut steps = Vec::new();
        for (at, step) in self.steps {
            let took = at.saturating_sub(last);
            last = *at;
            if took > share {
                steps.push(format!("'{step}'  (duration: {})", go_duration(took)));
            }
        }
        let detail: String = self.detail.iter().map(|(name, value)| format!("{name}:{value}; ")).collect();
        tracing::info!(
            // Tells lines apart that go to several places; nothing depends on it.
            "trace_id" = now.as_nanos() as u32 >> 1,
            operation = self.operation,
            detail = if detail.is_empty() { detail } else { format!("{{{detail}}}") },
            duration = go_duration(duration),
            start = timestamp(end - duration),
            end = timestamp(end),
            steps = ?steps,
            "step_count" = steps.len(),
            "trace"
        );
    }
}

/// A key as it stands in a line.
pub fn shown(key: &[u8]) -> String {
    String::from_utf8_lossy(key).into_owned()
}
