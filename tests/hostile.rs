//! What no healthy peer says, to a member that runs: requests on its peer port, and answers to what it asks of others.
//!
//! ```text
//!   snapshots   databases that do not check out: refused in etcd's words, told of with the sender, and nothing is left
//!   requests    every page of the peer port, at random
//!   answers     every question that a member asks, answered at random
//!   unwelcome   those who do not belong here, and changes that nobody should make
//!   wire        requests and answers, byte by byte
//! ```
//!
//! Each random test runs for a few rounds; `HOSTILE_SECONDS` lets it run for longer, `TEST_SEED` replays one. The codecs alone
//! are tried in `tests/peer/codec.rs`, raft alone in `src/raft/tests/hostile.rs`, bbolt files alone in `tests/bbolt/damage.rs`.

#[path = "hostile/answers.rs"]
mod answers;
#[path = "hostile/requests.rs"]
mod requests;
#[path = "hostile/snapshots.rs"]
mod snapshots;
mod support;
#[path = "hostile/unwelcome.rs"]
mod unwelcome;
#[path = "hostile/wire.rs"]
mod wire;

use fastrand::Rng;
use std::{
    panic,
    sync::{
        Once,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

/// Nothing here takes long; a machine under load may.
const WAIT_MAX: Duration = Duration::from_secs(60);

/// Waits until that is so.
async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + WAIT_MAX;
    while !holds() {
        assert!(Instant::now() < deadline, "{what} does not come about");
        tokio::task::yield_now().await;
    }
}

/// Whether a random test goes on, given the rounds that it has behind it.
struct Rounds {
    done: u64,
    usual: u64,
    until: Instant,
}

impl Rounds {
    fn new(usual: u64) -> Self {
        Self { done: 0, usual, until: Instant::now() + Duration::from_secs(support::count("HOSTILE_SECONDS", 0)) }
    }

    fn next(&mut self) -> bool {
        self.done += 1;
        self.done <= self.usual || Instant::now() < self.until
    }
}

/// Panics of the members in this process. A task that panics takes nobody with it, and would go unseen. Tests fail by themselves,
/// on threads that are named after them.
fn panics() -> usize {
    static COUNTED: AtomicUsize = AtomicUsize::new(0);
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let is_test = thread::current().name().is_some_and(|name| name.contains("::"));
            COUNTED.fetch_add(usize::from(!is_test), Ordering::Relaxed);
            before(info);
        }));
    });
    COUNTED.load(Ordering::Relaxed)
}

/// Bytes that were right: some are changed, lost or added.
fn damaged(mut bytes: Vec<u8>, rng: &mut Rng) -> Vec<u8> {
    for _ in 0..rng.usize(1..4) {
        let at = rng.usize(0..=bytes.len());
        match rng.u8(0..5) {
            0 => bytes.truncate(at),
            1 => bytes.extend((0..rng.usize(1..9)).map(|_| rng.u8(..))),
            2 => bytes.insert(at, *rng.choice(&[0, 1, 127, 128, 255]).expect("there are some")),
            _ if at < bytes.len() => bytes[at] ^= 1 << rng.u8(0..8),
            _ => {}
        }
    }
    bytes
}
