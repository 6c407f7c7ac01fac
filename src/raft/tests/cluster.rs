//! Whole clusters from seeds. A failing run prints its seed; `RAFT_SEED` replays one, `RAFT_SEEDS` sets how many run.

use super::world::{Membership, World};
use std::cell::Cell;
use std::hash::Hasher;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().expect("a number"))
}

/// Runs seeds; the one under way is named if it fails.
pub fn seeds(count: u64, run: impl Fn(u64)) {
    struct Named(u64);
    impl Drop for Named {
        fn drop(&mut self) {
            if std::thread::panicking() {
                eprintln!("replay with RAFT_SEED={}", self.0);
            }
        }
    }
    let seeds = match number("RAFT_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("RAFT_SEEDS").unwrap_or(count),
    };
    for seed in seeds {
        let _named = Named(seed);
        run(seed);
    }
}

/// How many members went on from a snapshot, and in how many worlds.
#[derive(Debug, Default)]
struct Installed {
    snapshots: Cell<usize>,
    worlds: Cell<usize>,
}

impl Installed {
    fn count(&self, world: &World) {
        self.snapshots.set(self.snapshots.get() + world.snapshots_installed);
        self.worlds.set(self.worlds.get() + 1);
    }

    fn check(&self) {
        println!("{self:?}");
        // A single seed may need none.
        assert!(self.worlds.get() < 10 || 5 * self.snapshots.get() > self.worlds.get(), "some were needed: {self:?}");
    }
}

fn live(seed: u64, turns: usize, membership: Membership) -> World {
    let founders = 1 + seed % 3 * 2;
    let mut world = World::new(seed, founders, membership);
    (0..turns).for_each(|_| world.turn());
    world.recover();
    world
}

#[test]
fn fixed_clusters() {
    let installed = Installed::default();
    seeds(40, |seed| {
        let mut world = live(seed, 4_000, Membership::Fixed);
        // It is alive, not only safe.
        let (reads, requests) = (world.reads_answered, world.requests_answered);
        let ids: Vec<u64> = world.members.keys().copied().collect();
        for id in &ids {
            world.propose(*id);
            world.read(*id);
        }
        world.recover();
        assert!(world.reads_answered >= reads + ids.len(), "reads are answered");
        assert!(world.requests_answered >= requests + ids.len(), "proposals are answered");
        installed.count(&world);
    });
    installed.check();
}

#[test]
fn clusters_whose_members_come_and_go() {
    let installed = Installed::default();
    seeds(40, |seed| installed.count(&live(seed, 6_000, Membership::Changing)));
    installed.check();
}

#[test]
fn a_seed_gives_one_history() {
    let history = |seed| live(seed, 2_000, Membership::Changing).history.finish();
    let histories: Vec<u64> = (1..6).map(history).collect();
    assert_eq!(histories, (1..6).map(history).collect::<Vec<u64>>());
    assert!(histories.windows(2).all(|pair| pair[0] != pair[1]));
}
