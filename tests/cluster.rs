//! Several whole members, simulated: what `sim.rs` runs once, here one to nine times, joined by links that delay, lose,
//! double and cut, in one thread and in virtual time. One seed is one history.
//!
//! What is drawn: ends of processes and power, bad, full and slow disks, pauses, clocks that drift, links that are cut in
//! one direction or both, members that are added, promoted, removed and get other URLs, leadership that is handed over,
//! snapshots that get lost or damaged, leases, alarms, compactions. What is checked beside it: `cluster/invariants.rs` (of
//! raft), `cluster/truth.rs` (every entry and every answer), `cluster/rest.rs` (all members are equal, and the cluster
//! serves), `cluster/linear.rs` (a general checker, on short histories).
//!
//! `CLUSTER_SEEDS=1000 cargo test --test cluster` sets how many seeds are run, `CLUSTER_FIRST` where they begin. A broken
//! promise names its seed, and `CLUSTER_SEED=N cargo test --test cluster no_seed -- --nocapture` replays that one and
//! shows its transcript.

#[path = "cluster/arrivals.rs"]
mod arrivals;
#[path = "cluster/clients.rs"]
mod clients;
#[path = "cluster/clock.rs"]
mod clock;
#[path = "sim/history.rs"]
#[allow(dead_code, reason = "shared with tests/sim.rs, which checks more of one member")]
mod history;
#[path = "cluster/deposed.rs"]
mod deposed;
#[path = "cluster/installs.rs"]
mod installs;
#[path = "cluster/invariants.rs"]
mod invariants;
#[path = "cluster/joining.rs"]
mod joining;
#[path = "cluster/linear.rs"]
mod linear;
#[path = "cluster/links.rs"]
mod links;
#[path = "cluster/lives.rs"]
mod lives;
#[path = "sim/member.rs"]
#[allow(dead_code, reason = "as above")]
mod member;
#[path = "cluster/members.rs"]
mod members;
#[path = "sim/operations.rs"]
#[allow(dead_code, reason = "as above")]
mod operations;
#[path = "cluster/passage.rs"]
mod passage;
#[path = "cluster/places.rs"]
mod places;
#[path = "cluster/promises.rs"]
mod promises;
#[path = "cluster/report.rs"]
mod report;
#[path = "cluster/reshaping.rs"]
mod reshaping;
#[path = "cluster/rest.rs"]
mod rest;
#[path = "sim/seeds.rs"]
mod seeds;
#[path = "support/config.rs"]
mod settings;
#[path = "cluster/states.rs"]
mod states;
#[path = "cluster/transfers.rs"]
mod transfers;
#[path = "cluster/truth.rs"]
mod truth;
#[path = "sim/watchers.rs"]
#[allow(dead_code, reason = "as above")]
mod watchers;
#[path = "cluster/world.rs"]
mod world;

use linear::Found;
use report::Counts;
use seeds::Seeds;
use world::{Span, World};

#[test]
fn no_seed_breaks_a_promise() {
    if let Some(seed) = seeds::replayed("CLUSTER") {
        return println!("seed {seed}: {}", World::run(seed, Span::Whole).counts);
    }
    let seeds = Seeds::of("CLUSTER", 60);
    let before = seeds::cpu_time();
    let counts = seeds.run(|seed| World::run(seed, Span::Whole).counts, |total: &mut Counts, one| total.add(&one));
    let took_s = (seeds::cpu_time() - before).as_secs_f64();
    println!("{counts}\n{:.0} virtual seconds a second of one core", counts.virtual_ms as f64 / 1000.0 / took_s);
    // A simulation in which nothing happens proves nothing.
    let seeds = seeds.count;
    for (what, count, least) in [
        ("clients got answers", counts.acknowledged, seeds * 40),
        ("reads got answers", counts.reads, seeds * 5),
        ("watchers were told of events", counts.events_seen, seeds * 20),
        ("leaders were elected", counts.leaders, seeds * 2),
        ("members crashed", counts.crashes, seeds),
        ("disks failed", counts.disk_failures, seeds / 4),
        ("members stood still", counts.pauses, seeds),
        ("disks were slow", counts.slow_syncs, seeds),
        ("messages got lost", counts.messages_lost, seeds * 10),
        ("messages came twice", counts.messages_doubled, seeds * 5),
        ("members went on from snapshots", counts.snapshots_installed, seeds / 2),
        ("damaged snapshots came", counts.snapshots_refused, seeds / 20),
        ("members crashed with one at hand", counts.installs_crashed, seeds / 20),
        ("members joined", counts.joined, seeds / 5),
        ("members left", counts.cast_out, seeds / 8),
        ("changes were refused", counts.changes_refused, seeds / 8),
        ("leases were kept alive", counts.leases_renewed, seeds / 2),
        ("leases ran out", counts.leases_expired, seeds),
        ("alarms kept writers away", counts.starved, seeds / 4),
    ] {
        assert!(count > least, "{what}: {counts}");
    }
}

/// The general checker knows nothing of revisions, and comes to the same.
#[test]
fn short_histories_have_an_order() {
    #[derive(Debug, Default)]
    struct Sum {
        calls: usize,
        states: usize,
        left_open: u64,
    }
    let run = |seed| {
        let calls = World::run(seed, Span::Short).calls;
        match linear::check(&calls) {
            Found::Order(states) => Sum { calls: calls.len(), states, left_open: 0 },
            Found::Nothing => Sum { left_open: 1, ..Sum::default() },
            Found::None => panic!("there is no order of these {} operations", calls.len()),
        }
    };
    let seeds = Seeds::of("CLUSTER", 60);
    let sum = seeds.run(run, |sum: &mut Sum, one| {
        sum.calls += one.calls;
        sum.states += one.states;
        sum.left_open += one.left_open;
    });
    println!("{sum:?}");
    assert!(sum.left_open <= seeds.count / 10, "most are small enough: {sum:?}");
    assert!(sum.calls as u64 > seeds.count * 20 && sum.states > sum.calls / 2, "there was something to order: {sum:?}");
}

#[test]
fn the_same_seed_is_the_same_history() {
    for seed in 1..=4 {
        seeds::check_same(seed, |seed| World::run(seed, Span::Whole).transcript);
    }
}
