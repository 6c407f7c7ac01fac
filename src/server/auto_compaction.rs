//! Compaction without being asked (`--auto-compaction-mode`, `--auto-compaction-retention`; reference 8.7).
//!
//! ```text
//!   sample(revision) -> wait -> due(now, ...) -> compact -> done -> sample ...
//! ```
//!
//! This decides, and knows no clock; `compacting.rs` waits, asks and compacts. Every member runs it, and only the leader
//! acts: the revisions that the others note are what a new leader goes by.

use crate::clock::Now;
use std::{collections::VecDeque, time::Duration};

/// Which history is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AutoCompaction {
    /// That of the last so long time.
    Periodic(Duration),
    /// So many last revisions.
    Revisions(i64),
}

/// A period is noted in so many parts.
const PARTS: u32 = 10;
/// Longest time between two compactions of a period.
const PERIOD_MAX: Duration = Duration::from_secs(60 * 60);
/// Time between two looks at the number of revisions.
const REVISIONS_PAUSE: Duration = Duration::from_secs(5 * 60);

/// Which compaction is due when.
#[derive(Debug)]
pub struct Compactions {
    mode: AutoCompaction,
    /// Revisions as they were at the last waits, of a period. The oldest is what was current a period ago.
    seen: VecDeque<i64>,
    last_done: Now,
    last_revision: i64,
    /// How long after the last compaction the next may come: a whole period until the first one.
    not_before: Duration,
}

impl Compactions {
    /// As of the start of a member.
    pub fn new(mode: AutoCompaction, now: Now) -> Self {
        let not_before = match mode {
            AutoCompaction::Periodic(period) => period,
            AutoCompaction::Revisions(_) => Duration::ZERO,
        };
        Self { mode, seen: VecDeque::new(), last_done: now, last_revision: 0, not_before }
    }

    /// What is kept.
    pub fn mode(&self) -> AutoCompaction {
        self.mode
    }

    /// Notes the current revision before a wait, and says how long that is.
    pub fn sample(&mut self, revision: i64) -> Duration {
        let AutoCompaction::Periodic(period) = self.mode else { return REVISIONS_PAUSE };
        let pause = period.min(PERIOD_MAX) / PARTS;
        self.seen.push_back(revision);
        let kept = period.as_nanos().checked_div(pause.as_nanos()).unwrap_or_default() + 1;
        if self.seen.len() as u128 > kept {
            self.seen.pop_front();
        }
        pause
    }

    /// The revision to compact to after a wait, if it is time. To be asked by the leader only.
    pub fn due(&mut self, now: Now, revision: i64) -> Option<i64> {
        match self.mode {
            AutoCompaction::Periodic(period) => {
                let oldest = *self.seen.front()?;
                let too_early = now.saturating_sub(self.last_done) < self.not_before;
                if too_early || oldest == self.last_revision {
                    return None;
                }
                self.not_before = period.min(PERIOD_MAX);
                Some(oldest)
            }
            AutoCompaction::Revisions(kept) => {
                let revision = revision.saturating_sub(kept);
                (revision > 0 && revision != self.last_revision).then_some(revision)
            }
        }
    }

    /// It was compacted to this revision, or that had been done before.
    pub fn done(&mut self, now: Now, revision: i64) {
        (self.last_done, self.last_revision) = (now, revision);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    /// Lets virtual time pass, a hundred revisions a minute, and says what was compacted when, in minutes.
    fn run(mode: AutoCompaction, minutes: u32, is_leader: impl Fn(u32) -> bool) -> Vec<(u32, i64)> {
        let revision_at = |now: Duration| 1 + (now.as_secs() * 100 / 60) as i64;
        let mut now = Duration::ZERO;
        let mut compactions = Compactions::new(mode, now);
        let mut compacted = Vec::new();
        loop {
            now += compactions.sample(revision_at(now));
            let minute = (now.as_secs() / 60) as u32;
            if minute > minutes {
                return compacted;
            }
            if is_leader(minute)
                && let Some(revision) = compactions.due(now, revision_at(now))
            {
                compacted.push((minute, revision));
                compactions.done(now, revision);
            }
        }
    }

    #[test]
    fn a_short_period_is_kept_and_compacted_once_a_period() {
        // As in etcd the oldest sample is a part of the period older than the period.
        let expected = [(10, 1), (20, 901), (30, 1901)];
        assert_eq!(run(AutoCompaction::Periodic(10 * MINUTE), 39, |_| true), expected);
    }

    #[test]
    fn a_long_period_is_compacted_every_hour() {
        let compacted = run(AutoCompaction::Periodic(24 * 60 * MINUTE), 27 * 60, |_| true);
        assert_eq!(compacted, [(24 * 60, 1), (25 * 60, 5401), (26 * 60, 11401), (27 * 60, 17401)]);
    }

    #[test]
    fn the_last_revisions_are_kept() {
        let compacted = run(AutoCompaction::Revisions(1000), 24, |_| true);
        assert_eq!(compacted, [(10, 1), (15, 501), (20, 1001)]);
    }

    #[test]
    fn who_does_not_lead_only_takes_notes() {
        let leads = |minute| minute >= 25;
        // What it noted while another led is what was current a period ago.
        assert_eq!(run(AutoCompaction::Periodic(10 * MINUTE), 29, leads), [(25, 1401)]);
        assert_eq!(run(AutoCompaction::Revisions(1000), 29, leads), [(25, 1501)]);
    }

    #[test]
    fn nothing_new_is_no_reason() {
        let mut compactions = Compactions::new(AutoCompaction::Revisions(10), Duration::ZERO);
        assert_eq!(compactions.due(REVISIONS_PAUSE, 10), None);
        assert_eq!(compactions.due(REVISIONS_PAUSE, 30), Some(20));
        compactions.done(REVISIONS_PAUSE, 20);
        assert_eq!(compactions.due(2 * REVISIONS_PAUSE, 30), None);

        let mut compactions = Compactions::new(AutoCompaction::Periodic(MINUTE), Duration::ZERO);
        assert_eq!(compactions.sample(7), MINUTE / 10);
        assert_eq!(compactions.due(MINUTE, 7), Some(7));
        // It failed: the next try comes after a tenth of the period.
        assert_eq!(compactions.due(MINUTE + MINUTE / 10, 7), Some(7));
        compactions.done(2 * MINUTE, 7);
        assert_eq!(compactions.due(9 * MINUTE, 7), None);
    }
}
