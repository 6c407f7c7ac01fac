//! Monotonic and wall time. Held by tasks, never by logic: whatever decides something takes `now` as an argument.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Time since the process took its first look at the clock. A plain number, so that a simulator can make one up.
pub type Now = Duration;

/// The machine's clock.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    start: Instant,
}

impl Clock {
    /// A clock that starts at zero.
    pub fn start() -> Self {
        Self { start: Instant::now() }
    }

    /// Monotonic time since the start.
    pub fn now(&self) -> Now {
        self.start.elapsed()
    }

    /// A stopwatch that runs on this clock.
    pub fn stopwatch(&self) -> Stopwatch {
        Stopwatch(Some(*self))
    }

    /// What a clock on the wall shows, for log lines.
    pub fn wall(&self) -> SystemTime {
        SystemTime::now()
    }

    /// Milliseconds since 1970, for what outlives the process: ids and log lines.
    pub fn unix_ms(&self) -> u64 {
        SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis() as u64
    }
}

/// Tells how long something took, for metrics and log lines alone: what it says decides nothing. It is handed in by whoever
/// holds the clock; where nobody does, as in the simulator, it stands still, and everything takes no time.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stopwatch(Option<Clock>);

impl Stopwatch {
    /// The time on its face.
    pub fn now(&self) -> Now {
        self.0.map_or(Now::ZERO, |clock| clock.now())
    }

    /// Seconds since it showed `earlier`.
    pub fn seconds_since(&self, earlier: Now) -> f64 {
        self.now().saturating_sub(earlier).as_secs_f64()
    }
}
