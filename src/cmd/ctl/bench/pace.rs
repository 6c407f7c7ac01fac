//! Which client does what is next, and when it should have begun.
//!
//! With a rate, operation `i` is due at `begin + i / rate`, whether or not a client is free by then. Its latency counts from
//! that moment: a server that stops for a second is charged for all that should have happened in it (the mistake of counting
//! from when a client got round to it is known as coordinated omission).

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::sync::Semaphore;

/// How many operations there are, and how fast they come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Schedule {
    /// Operations in all.
    pub total: u64,
    /// No operation begins later than so long after the first.
    pub duration: Option<Duration>,
    /// Operations per second; as fast as the clients can without.
    pub rate: Option<f64>,
}

impl Schedule {
    /// When an operation is due, from the begin on. None without a rate.
    pub fn due(&self, index: u64) -> Option<Duration> {
        self.rate.map(|rate| Duration::from_secs_f64(index as f64 / rate))
    }

    /// How many operations are due within `elapsed`, the first at zero.
    fn due_by(&self, elapsed: Duration) -> u64 {
        let Some(rate) = self.rate else { return self.total };
        ((elapsed.as_secs_f64() * rate) as u64 + 1).min(self.planned())
    }

    /// How many operations there will be at most.
    pub fn planned(&self) -> u64 {
        match (self.rate, self.duration) {
            (Some(rate), Some(duration)) => self.total.min((rate * duration.as_secs_f64()).ceil() as u64),
            _ => self.total,
        }
    }
}

/// Hands out operations to clients.
pub struct Pace {
    schedule: Schedule,
    begin: Instant,
    next: AtomicU64,
    /// Operations that are due and not taken. Unused without a rate.
    due: Semaphore,
}

/// An operation to do now.
#[derive(Clone, Copy, Debug)]
pub struct Turn {
    /// Which one, from zero.
    pub index: u64,
    /// From when its latency counts.
    pub begin: Instant,
}

/// The timer does not sleep for less: the kernel's own delay is about as long.
const SLEEP_MIN: Duration = Duration::from_micros(50);
/// How long the timer may go on when nobody listens any more.
const SLEEP_MAX: Duration = Duration::from_millis(100);

impl Pace {
    /// Begins now. `clients` is how many ask.
    pub fn start(schedule: Schedule, clients: usize) -> Arc<Self> {
        let pace = Arc::new(Self { schedule, begin: Instant::now(), next: AtomicU64::new(0), due: Semaphore::new(0) });
        if schedule.rate.is_some() {
            let timed = Arc::downgrade(&pace);
            // A thread, since tokio's timer knows whole milliseconds only. It ends with the schedule or with the last client.
            std::thread::spawn(move || {
                let mut released = 0;
                while let Some(pace) = timed.upgrade() {
                    let due = pace.schedule.due_by(pace.begin.elapsed());
                    pace.due.add_permits((due - released) as usize);
                    released = due;
                    if released == pace.schedule.planned() {
                        // Everybody who still waits learns that there is nothing left.
                        return pace.due.add_permits(clients);
                    }
                    let next = pace.schedule.due(released).unwrap_or_default();
                    let wait = next.saturating_sub(pace.begin.elapsed());
                    drop(pace);
                    std::thread::sleep(wait.clamp(SLEEP_MIN, SLEEP_MAX));
                }
            });
        }
        pace
    }

    /// The next operation, once it is due. None when there are no more.
    pub async fn turn(&self) -> Option<Turn> {
        if self.schedule.rate.is_some() {
            // Never closed.
            self.due.acquire().await.ok()?.forget();
        }
        let index = self.next.fetch_add(1, Ordering::Relaxed);
        if index >= self.schedule.planned() {
            return None;
        }
        let now = Instant::now();
        if self.schedule.duration.is_some_and(|duration| now - self.begin > duration) {
            return None;
        }
        let begin = self.schedule.due(index).map_or(now, |due| self.begin + due);
        Some(Turn { index, begin })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_due_at_even_distances() {
        let schedule = Schedule { total: 10, duration: None, rate: Some(4.0) };
        assert_eq!(schedule.due(0), Some(Duration::ZERO));
        assert_eq!(schedule.due(6), Some(Duration::from_millis(1500)));
        let by = |ms| schedule.due_by(Duration::from_millis(ms));
        assert_eq!((by(0), by(249), by(250), by(1000), by(60_000)), (1, 1, 2, 5, 10));
        let short = Schedule { duration: Some(Duration::from_secs(1)), ..schedule };
        assert_eq!((short.planned(), short.due_by(Duration::from_secs(9))), (4, 4));
    }

    #[tokio::test]
    async fn every_operation_is_handed_out_once_and_then_none() {
        for rate in [None, Some(1e6)] {
            let pace = Pace::start(Schedule { total: 50, duration: None, rate }, 4);
            let mut asking = tokio::task::JoinSet::new();
            for _ in 0..4 {
                let pace = pace.clone();
                asking.spawn(async move {
                    let mut taken = Vec::new();
                    while let Some(turn) = pace.turn().await {
                        taken.push(turn.index);
                    }
                    taken
                });
            }
            let mut taken = asking.join_all().await.concat();
            taken.sort_unstable();
            assert_eq!(taken, (0..50).collect::<Vec<_>>());
        }
    }

    #[tokio::test]
    async fn a_late_operation_counts_from_when_it_was_due() {
        let pace = Pace::start(Schedule { total: 3, duration: None, rate: Some(1e5) }, 1);
        for index in 0..3u64 {
            let turn = pace.turn().await.unwrap();
            assert_eq!(turn.begin - pace.begin, Duration::from_secs_f64(index as f64 / 1e5));
        }
        assert!(pace.turn().await.is_none());
    }
}
