//! Runs many seeds at once. One that breaks a promise is named before the panic goes on.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

/// Where a series of seeds starts, unless one is asked for.
const FIRST_SEED: u64 = 1;

/// Which seeds are run: by the environment, under names that begin like this.
#[derive(Clone, Copy, Debug)]
pub struct Seeds {
    name: &'static str,
    pub first: u64,
    pub count: u64,
}

fn number(name: &str, what: &str) -> Option<u64> {
    std::env::var(format!("{name}_{what}")).ok().and_then(|text| text.parse().ok())
}

/// The one seed that is to be replayed: `<name>_SEED`.
pub fn replayed(name: &str) -> Option<u64> {
    number(name, "SEED")
}

impl Seeds {
    /// As many as `<name>_SEEDS` says, or `count`, from `<name>_FIRST` on.
    pub fn of(name: &'static str, count: u64) -> Self {
        let count = number(name, "SEEDS").unwrap_or(count);
        Self { name, first: number(name, "FIRST").unwrap_or(FIRST_SEED), count }
    }

    /// Runs all of them on all cores, and adds up what `run` counted.
    pub fn run<T: Default + Send>(self, run: impl Fn(u64) -> T + Sync, add: impl Fn(&mut T, T) + Sync) -> T {
        let (next, started) = (AtomicU64::new(self.first), Instant::now());
        let threads = std::thread::available_parallelism().map_or(2, usize::from);
        let work = || {
            let mut total = T::default();
            loop {
                let seed = next.fetch_add(1, Ordering::Relaxed);
                if seed >= self.first + self.count {
                    return total;
                }
                add(&mut total, self.named(seed, &run));
            }
        };
        let total = std::thread::scope(|scope| {
            let running: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            running.into_iter().fold(T::default(), |mut total, thread| {
                add(&mut total, thread.join().expect("a seed broke a promise; its number stands above"));
                total
            })
        });
        println!("{} seeds from {} on in {:.1?}", self.count, self.first, started.elapsed());
        total
    }

    fn named<T>(self, seed: u64, run: impl Fn(u64) -> T) -> T {
        let run = std::panic::AssertUnwindSafe(|| run(seed));
        std::panic::catch_unwind(run).unwrap_or_else(|panic| {
            println!("replay with {}_SEED={seed}", self.name);
            std::panic::resume_unwind(panic)
        })
    }
}

/// The processor time that this process has taken so far.
pub fn cpu_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// Expects two runs of a seed to tell the same.
pub fn check_same(seed: u64, run: impl Fn(u64) -> String) -> String {
    let (first, second) = (run(seed), run(seed));
    assert!(first.lines().count() > 100, "the transcript tells something");
    let mut lines = first.lines().zip(second.lines());
    assert_eq!(lines.find(|(one, other)| one != other), None, "seed {seed}");
    assert_eq!(first.len(), second.len(), "seed {seed}");
    first
}
