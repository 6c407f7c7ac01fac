//! How long to wait before the next try.

use std::time::Duration;

/// `base`, up or down by a tenth, so that many clients do not come back in step. Go's client does the same.
pub fn jittered(base: Duration) -> Duration {
    // Without randomness the wait is merely even.
    let random = getrandom::u32().unwrap_or(u32::MAX / 2);
    base.mul_f64(0.9 + 0.2 * f64::from(random) / f64::from(u32::MAX))
}

/// Waits that grow by 1.6 from `first` to `last`, as gRPC's reconnects do.
#[derive(Clone, Debug)]
pub struct Growing {
    first: Duration,
    last: Duration,
    next: Duration,
}

impl Growing {
    /// Starts at `first`.
    pub fn new(first: Duration, last: Duration) -> Self {
        Self { first, last, next: first }
    }

    /// The wait to take now, jittered.
    pub fn next_wait(&mut self) -> Duration {
        let wait = self.next;
        self.next = self.next.mul_f64(1.6).min(self.last);
        jittered(wait)
    }

    /// Something went well: begin again at the first.
    pub fn reset(&mut self) {
        self.next = self.first;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_the_last_and_fall_back() {
        let (first, last) = (Duration::from_millis(10), Duration::from_millis(100));
        let mut waits = Growing::new(first, last);
        let all: Vec<Duration> = (0..10).map(|_| waits.next_wait()).collect();
        assert!(all[0] >= first.mul_f64(0.9) && all[0] <= first.mul_f64(1.1));
        assert!(all[9] >= last.mul_f64(0.9) && all[9] <= last.mul_f64(1.1));
        waits.reset();
        assert!(waits.next_wait() <= first.mul_f64(1.1));
    }
}
