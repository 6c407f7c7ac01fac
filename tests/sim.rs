//! A whole member, simulated: the owners that run in production (node, log, backend, state machine, hub, lessor), in
//! one thread, in virtual time, over a disk that crashes, forgets, tears, fills up and fails. One seed is one history.
//!
//! `SIM_SEEDS=1000 cargo test --test sim` sets how many seeds are run, `SIM_FIRST` where they begin. A broken
//! promise names its seed, and `SIM_SEED=N cargo test --test sim no_seed -- --nocapture` replays that one and shows its
//! transcript as it goes: what was asked and answered, how each life ended, and what the disk held then.

#[path = "sim/faults.rs"]
mod faults;
#[path = "sim/history.rs"]
mod history;
#[path = "sim/leases.rs"]
mod leases;
#[path = "sim/member.rs"]
#[allow(dead_code, reason = "shared with tests/cluster.rs, which has more members")]
mod member;
#[path = "sim/operations.rs"]
#[allow(dead_code, reason = "as above")]
mod operations;
#[path = "sim/seeds.rs"]
mod seeds;
#[path = "support/config.rs"]
mod settings;
#[path = "sim/space.rs"]
mod space;
#[path = "sim/watchers.rs"]
mod watchers;
#[path = "sim/world.rs"]
mod world;

use seeds::Seeds;
use world::{Report, World};

#[test]
fn no_seed_breaks_a_promise() {
    if let Some(seed) = seeds::replayed("SIM") {
        return println!("seed {seed}: {}", World::run(seed).counts());
    }
    let seeds = Seeds::of("SIM", 120);
    let before = seeds::cpu_time();
    let total = seeds.run(World::run, |total: &mut Report, one| total.add(&one));
    println!("{}, in {:.1?} of processor time", total.counts(), seeds::cpu_time() - before);
    // A simulation in which nothing happens proves nothing.
    let seeds = seeds.count;
    assert!(total.acknowledged > seeds * 50, "clients got answers: {}", total.counts());
    assert!(total.crashes > seeds, "members crashed: {}", total.counts());
    assert!(total.defragmented > seeds, "files were rewritten: {}", total.counts());
    assert!(total.disk_failures > seeds / 20, "disks failed: {}", total.counts());
    assert!(total.events_seen > seeds * 20, "watchers saw events: {}", total.counts());
    assert!(total.leases_expired > seeds / 4, "leases expired: {}", total.counts());
    assert!(total.bits_flipped > seeds / 20, "bits flipped in the log: {}", total.counts());
}

#[test]
fn the_same_seed_is_the_same_history() {
    // The transcript holds every answer, every event, and the contents of the disk at the end of each life: an order that
    // comes from somewhere else than the seed, such as that of a `HashMap`, shows.
    // Consecutive seeds have different settings.
    let transcripts: Vec<String> =
        (1..=12).map(|seed| seeds::check_same(seed, |seed| World::run(seed).transcript)).collect();
    assert!(transcripts.windows(2).all(|pair| pair[0] != pair[1]), "seeds differ");
}
