//! Clocks that run at their own rates: what a member takes for a second is more or less than one.

use etcd::clock::Now;
use fastrand::Rng;
use std::time::Duration;

/// A clock is at most so much too fast or too slow, in thousandths.
const DRIFT: u64 = 100;

/// Of one life of a member.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    /// When it agreed with the true time.
    set_at: Now,
    /// Thousandths of a second that it counts in a true one.
    rate: u64,
}

impl Clock {
    /// One that runs as chance has it.
    pub fn draw(rng: &mut Rng, now: Now) -> Self {
        let rate = if rng.bool() { 1000 } else { rng.u64(1000 - DRIFT..=1000 + DRIFT) };
        Self { set_at: now, rate }
    }

    /// One that is right.
    pub fn sound(now: Now) -> Self {
        Self { set_at: now, rate: 1000 }
    }

    /// What it shows at a true time.
    pub fn at(&self, now: Now) -> Now {
        self.set_at + scaled(now.saturating_sub(self.set_at), self.rate, 1000)
    }

    /// The true time in which it counts so much.
    pub fn true_time(&self, counted: Duration) -> Duration {
        scaled(counted, 1000, self.rate)
    }
}

/// The true time that passes at least while any clock counts so much.
pub fn at_least(counted: Duration) -> Duration {
    scaled(counted, 1000, 1000 + DRIFT)
}

fn scaled(time: Duration, by: u64, of: u64) -> Duration {
    Duration::from_nanos(time.as_nanos() as u64 / of * by)
}
