//! Several whole members, simulated: what `sim.rs` runs once, here three or five times, joined by links that delay,
//! lose and cut, in one thread and in virtual time. One seed is one history.
//!
//! `CLUSTER_SEEDS=1000 cargo test --test cluster` sets how many seeds are run, `CLUSTER_FIRST` where they begin. A broken
//! promise names its seed, and `CLUSTER_SEED=N cargo test --test cluster no_seed -- --nocapture` replays that one and
//! shows its transcript.

#[path = "sim/history.rs"]
#[allow(dead_code, reason = "shared with tests/sim.rs, which checks more of one member")]
mod history;
#[path = "cluster/deposed.rs"]
mod deposed;
#[path = "cluster/installs.rs"]
mod installs;
#[path = "cluster/joining.rs"]
mod joining;
#[path = "cluster/links.rs"]
mod links;
#[path = "sim/member.rs"]
#[allow(dead_code, reason = "as above")]
mod member;
#[path = "sim/operations.rs"]
#[allow(dead_code, reason = "as above")]
mod operations;
#[path = "cluster/places.rs"]
mod places;
#[path = "cluster/promises.rs"]
mod promises;
#[path = "cluster/states.rs"]
mod states;
#[path = "cluster/transfers.rs"]
mod transfers;
#[path = "sim/watchers.rs"]
#[allow(dead_code, reason = "as above")]
mod watchers;
#[path = "cluster/world.rs"]
mod world;

use std::sync::atomic::{AtomicU64, Ordering};
use world::{Report, World};

/// Where a series of seeds starts, unless one is asked for.
const FIRST_SEED: u64 = 1;

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().and_then(|text| text.parse().ok())
}

#[test]
fn no_seed_breaks_a_promise() {
    if let Some(seed) = number("CLUSTER_SEED") {
        return println!("seed {seed}: {:?}", World::run(seed).counts);
    }
    let seeds = number("CLUSTER_SEEDS").unwrap_or(60);
    let first = number("CLUSTER_FIRST").unwrap_or(FIRST_SEED);
    let next = AtomicU64::new(first);
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    let total = std::thread::scope(|scope| {
        let run = || {
            let mut total = Report::default();
            loop {
                let seed = next.fetch_add(1, Ordering::Relaxed);
                if seed >= first + seeds {
                    return total.counts;
                }
                total.counts.add(&run_named(seed).counts);
            }
        };
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(run)).collect();
        running.into_iter().fold(Report::default(), |mut total, thread| {
            total.counts.add(&thread.join().expect("a seed broke a promise; its number stands above"));
            total
        })
    });
    let counts = total.counts;
    println!("{seeds} seeds: {counts:?}");
    // A simulation in which nothing happens proves nothing.
    assert!(counts.acknowledged > seeds * 40, "clients got answers: {counts:?}");
    assert!(counts.reads > seeds * 5, "reads got answers: {counts:?}");
    assert!(counts.leaders > seeds * 2, "leaders were elected: {counts:?}");
    assert!(counts.crashes > seeds, "members crashed: {counts:?}");
    assert!(counts.messages_lost > seeds * 10, "messages got lost: {counts:?}");
    assert!(counts.snapshots_installed > seeds, "members went on from snapshots: {counts:?}");
    assert!(counts.snapshots_refused > seeds / 10, "damaged snapshots came: {counts:?}");
    assert!(counts.installs_crashed > seeds / 10, "members crashed with one at hand: {counts:?}");
    assert!(counts.joined > seeds / 4, "members joined: {counts:?}");
    assert!(counts.events_seen > seeds * 20, "watchers were told of events: {counts:?}");
}

/// Says which seed it was before the panic goes on.
fn run_named(seed: u64) -> Report {
    match std::panic::catch_unwind(|| World::run(seed)) {
        Ok(report) => report,
        Err(panic) => {
            println!("replay with CLUSTER_SEED={seed}");
            std::panic::resume_unwind(panic)
        }
    }
}

#[test]
fn the_same_seed_is_the_same_history() {
    for seed in 1..=4 {
        let (first, second) = (World::run(seed), World::run(seed));
        assert!(first.transcript.lines().count() > 100, "the transcript tells something");
        let mut lines = first.transcript.lines().zip(second.transcript.lines());
        assert_eq!(lines.find(|(one, other)| one != other), None, "seed {seed}");
        assert_eq!(first.transcript.len(), second.transcript.len(), "seed {seed}");
    }
}
