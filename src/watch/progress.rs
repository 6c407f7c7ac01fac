//! Telling idle watchers how far history has got, so that they can resume from there.
//!
//! Each stream with a watch that wants it has a timer of its own: the interval and up to a tenth more, so that streams
//! that were opened together do not all speak together. At a tick, a watch that is synced and was sent no events since the
//! last tick is told the current revision. A stream without room is told nothing.
//!
//! A timer starts with the first turn after such a watch was created, since only a turn knows the time.

use super::{board::Board, cohort::State, item::Item};
use crate::{
    clock::Now,
    id::{StreamId, WatchId},
    limits::WATCH_PROGRESS_INTERVAL_MIN,
};
use std::{collections::BTreeSet, time::Duration};

/// All timers.
#[derive(Debug)]
pub(super) struct Progress {
    interval: Duration,
    seed: u64,
    /// Streams that have a timer, or are about to.
    timed: BTreeSet<StreamId>,
    unstarted: Vec<StreamId>,
    due: BTreeSet<(Now, StreamId)>,
    /// Timers that ran out since the start, for metrics.
    pub ticks: u64,
}

impl Progress {
    pub fn new(interval: Duration, seed: u64) -> Self {
        let interval = interval.max(WATCH_PROGRESS_INTERVAL_MIN);
        Self { interval, seed, timed: BTreeSet::new(), unstarted: Vec::new(), due: BTreeSet::new(), ticks: 0 }
    }

    /// A stream has a watch that wants to hear of its progress.
    pub fn wanted(&mut self, stream: StreamId) {
        if self.timed.insert(stream) {
            self.unstarted.push(stream);
        }
    }

    /// Does what is due.
    pub fn turn(&mut self, board: &mut Board, published: i64, now: Now) {
        for stream in std::mem::take(&mut self.unstarted) {
            self.due.insert((now + self.period(stream), stream));
        }
        while let Some(&(at, stream)) = self.due.first()
            && at <= now
        {
            self.due.remove(&(at, stream));
            if board.streams.get(&stream).is_none_or(|stream| stream.progress.is_empty()) {
                self.timed.remove(&stream);
                continue;
            }
            tick(board, stream, published);
            self.ticks += 1;
            let next = at + self.period(stream);
            // After a pause the missed ticks are not made up for.
            self.due.insert((if next > now { next } else { now + self.period(stream) }, stream));
        }
    }

    /// When a turn is needed.
    pub fn wake_at(&self) -> Option<Now> {
        self.due.first().map(|(at, _)| *at)
    }

    fn period(&self, stream: StreamId) -> Duration {
        // SplitMix64: a well-mixed function of two numbers, not a source of chance.
        let mut mixed = self.seed.wrapping_add(stream.0.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        let thousandths = (mixed % 100) as u32;
        self.interval + self.interval / 1000 * thousandths
    }
}

fn tick(board: &mut Board, id: StreamId, published: i64) {
    let Some(stream) = board.streams.get_mut(&id) else { return };
    let mut idle: Vec<WatchId> = Vec::new();
    for (watch, seen) in &mut stream.progress {
        let Some(Some(cohort)) = stream.watches.get(watch) else { continue };
        let cohort = &board.cohorts[*cohort];
        if *seen != cohort.sends {
            *seen = cohort.sends;
        } else if cohort.state == State::Synced {
            idle.push(*watch);
        }
    }
    for watch_id in idle {
        if board.send(id, Item::Progress { watch_id, revision: published }).is_err() {
            return;
        }
    }
}
