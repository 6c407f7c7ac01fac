//! A whole member, crashed at every sync and after every change of the disk that a fixed life makes: what was
//! acknowledged is there again, and nothing else than what was asked for, in the order in which it was asked.

#[allow(dead_code)]
#[path = "sim/history.rs"]
mod history;
#[allow(dead_code)]
#[path = "sim/member.rs"]
mod member;
#[allow(dead_code)]
#[path = "sim/operations.rs"]
mod operations;
#[path = "support/config.rs"]
mod settings;

use etcd::{
    disk::mem::{Faults, MemDisk, Ops, PowerLoss},
    mvcc::Ranges,
    pb::mvccpb::{Event, KeyValue},
};
use history::History;
use member::Member;
use operations::Operation;
use std::time::Duration;

const SEED: u64 = 42;
const NOW: Duration = Duration::from_secs(1);
/// Operations of the fixed life.
const LIFE: u64 = 160;

/// The life: one request a turn, so that the order of the answers is the order of the requests, with a flush now and
/// then and a compaction in between. Everything is drawn from one seed.
struct Life {
    disk: MemDisk,
    /// Requests in the order in which they were made.
    asked: Vec<Operation>,
    /// How many of them were answered.
    answered: usize,
}

impl Life {
    /// Runs until the end, or until the disk is gone.
    fn run(faults: Faults) -> Self {
        Self::run_for(LIFE, faults)
    }

    /// As [`Life::run`], with another number of operations.
    fn run_for(operations: u64, faults: Faults) -> Self {
        let disk = MemDisk::new();
        disk.set_faults(faults);
        let mut life = Self { disk, asked: Vec::new(), answered: 0 };
        // The error is the planned one: what counts is what is found afterwards.
        let _ = life.try_run(operations);
        life
    }

    fn try_run(&mut self, operations: u64) -> Result<(), String> {
        let mut member = Member::start(&self.disk, SEED, NOW)?;
        let mut rng = fastrand::Rng::with_seed(SEED);
        let mut model = History::default();
        member.turn(NOW)?;
        for number in 0..operations {
            let operation = operations::draw(&mut rng, number, &model);
            self.asked.push(operation.clone());
            member.propose(NOW, number, operation.request())?;
            let turn = member.turn(NOW)?;
            self.answered += turn.outcomes.len();
            turn.changes.iter().filter(|changes| !changes.events.is_empty()).for_each(|changes| {
                model.append(changes.revision, &changes.events);
            });
            model.compacted = member.reader.compact_revision().max(0);
            if number % 9 == 8 {
                member.flush(NOW)?;
            }
            member.compact()?;
        }
        assert_eq!(self.answered as u64, operations, "every request of a life without faults is answered");
        Ok(())
    }

    /// The process ends where the fault stopped it, and starts again on what the system still holds, durable or not. What
    /// it finds and what it adds must then outlive a power loss.
    fn check_after_kill(self, moment: &str) {
        self.disk.kill();
        let mut member =
            Member::start(&self.disk, SEED, NOW).unwrap_or_else(|error| panic!("{moment}: cannot start: {error}"));
        member.turn(NOW).unwrap_or_else(|error| panic!("{moment}: cannot apply: {error}"));
        let again = member.propose(NOW, LIFE, put("again").request()).and_then(|()| member.turn(NOW));
        assert_eq!(again.map(|turn| turn.outcomes.len()), Ok(1), "{moment}: the member goes on");
        let known = member.read_all().unwrap_or_else(|error| panic!("{moment}: cannot read: {error}"));
        for seed in 0..3 {
            let disk = self.disk.fork();
            disk.crash(seed);
            let found = start_and_kill(&disk).map(|(found, _)| found);
            assert_eq!(found.as_ref(), Ok(&known), "{moment}, then power loss {seed}");
        }
    }

    /// The power comes back: reads what is there and lays it beside what was asked.
    fn check(self, moment: &str) {
        self.disk.crash(SEED);
        let mut member =
            Member::start(&self.disk, SEED, NOW).unwrap_or_else(|error| panic!("{moment}: cannot start: {error}"));
        member.turn(NOW).unwrap_or_else(|error| panic!("{moment}: cannot apply: {error}"));
        let found = member.read_all().unwrap_or_else(|error| panic!("{moment}: cannot read: {error}"));
        // Requests are done in order, so what is there is the effect of the first so many of them: all that were
        // answered, and at most one more, which was under way.
        let fits = (self.answered..=self.asked.len()).any(|count| is_effect_of(&found, &self.asked[..count]));
        assert!(fits, "{moment}: {} answered, {} asked, found {found:?}", self.answered, self.asked.len());
        let again = member.propose(NOW, LIFE, put("after").request()).and_then(|()| member.turn(NOW));
        let turn = again.unwrap_or_else(|error| panic!("{moment}: cannot go on: {error}"));
        assert_eq!(turn.outcomes.len(), 1, "{moment}: the member goes on");
    }
}

fn put(value: &'static str) -> Operation {
    Operation::Put { key: "k".into(), value: value.into(), lease: 0 }
}

/// Does a store that carried out exactly these requests look like this?
fn is_effect_of(found: &(i64, Vec<KeyValue>), asked: &[Operation]) -> bool {
    let mut model = History::default();
    let mut leases: Vec<i64> = Vec::new();
    for operation in asked {
        let events: Vec<Event> = match operation {
            Operation::Grant { id, .. } => {
                if !leases.contains(id) {
                    leases.push(*id);
                }
                continue;
            }
            Operation::Revoke { id } if !leases.contains(id) => continue,
            Operation::Put { lease, .. } if *lease != 0 && !leases.contains(lease) => continue,
            other => other.predict(&model),
        };
        if let Operation::Revoke { id } = operation {
            leases.retain(|lease| lease != id);
        }
        if !events.is_empty() {
            model.append(model.revision() + 1, &events);
        }
    }
    let live: Vec<_> = model.live().values().cloned().collect();
    *found == (model.revision(), live)
}

fn ops_of_a_whole_life() -> Ops {
    let life = Life::run(Faults::default());
    assert_eq!(life.answered as u64, LIFE);
    life.disk.ops()
}

#[test]
fn a_crash_at_any_sync_loses_nothing() {
    let syncs = ops_of_a_whole_life().syncs;
    assert!(syncs > LIFE / 2, "a life syncs: {syncs}");
    for number in 1..=syncs {
        let faults = Faults { power_loss: Some(PowerLoss::AtSync(number)), ..Faults::default() };
        Life::run(faults).check(&format!("crash at sync {number} of {syncs}"));
    }
}

#[test]
fn a_crash_after_any_write_loses_nothing() {
    let writes = ops_of_a_whole_life().writes;
    // Each is a life of its own: every third is enough to hit every kind of write often.
    for number in (1..=writes).step_by(3) {
        let faults = Faults { power_loss: Some(PowerLoss::AtWrite(number)), ..Faults::default() };
        Life::run(faults).check(&format!("crash after write {number} of {writes}"));
    }
}

#[test]
fn a_sync_that_fails_stops_the_member_and_loses_nothing() {
    let syncs = ops_of_a_whole_life().syncs;
    for number in 1..=syncs {
        let faults = Faults { failing_sync: Some(number), ..Faults::default() };
        let life = Life::run(faults);
        life.check(&format!("sync {number} of {syncs} fails"));
    }
}

#[test]
fn a_sync_that_fails_and_then_a_power_loss_lose_nothing() {
    let syncs = ops_of_a_whole_life().syncs;
    for number in 1..=syncs {
        let faults = Faults { failing_sync: Some(number), ..Faults::default() };
        Life::run(faults).check_after_kill(&format!("sync {number} of {syncs} fails"));
    }
}

#[test]
fn a_kill_after_any_write_and_then_a_power_loss_lose_nothing() {
    let writes = ops_of_a_whole_life().writes;
    // Every third, as above.
    for number in (1..=writes).step_by(3) {
        // The rest of the disk's operations fail until the process has ended.
        let faults = Faults { power_loss: Some(PowerLoss::AtWrite(number)), ..Faults::default() };
        Life::run(faults).check_after_kill(&format!("killed after write {number} of {writes}"));
    }
}

/// The second start elects a leader in a new term: its first entry and the hard state behind it can be torn apart where
/// they lie in two sectors, so the log ends at many different places.
#[test]
fn a_crash_while_it_starts_again_loses_nothing() {
    for operations in 0..40 {
        let life = Life::run_for(operations, Faults::default());
        life.disk.crash(SEED);
        let before = life.disk.ops().writes;
        let (known, after) = start_and_kill(&life.disk.fork()).unwrap();
        assert!(after > before, "a start writes");
        for (number, seed) in (before + 1..=after).flat_map(|number| (0..6).map(move |seed| (number, seed))) {
            let disk = life.disk.fork();
            disk.set_faults(Faults { power_loss: Some(PowerLoss::AtWrite(number)), ..Faults::default() });
            // An error, unless it was only a segment made in advance that could not be made.
            let _ = start_and_kill(&disk);
            assert_eq!(
                disk.ops().writes,
                number,
                "nothing is written after write {number}, which is part of the start"
            );
            disk.crash(seed);
            let found = start_and_kill(&disk).map(|(found, _)| found);
            assert_eq!(found.as_ref(), Ok(&known), "{operations} operations, crash {seed} after write {number}");
        }
    }
}

/// What a start finds, and the count of writes then. The process does not end in order.
fn start_and_kill(disk: &MemDisk) -> Result<((i64, Vec<KeyValue>), u64), String> {
    let mut member = Member::start(disk, SEED, NOW)?;
    member.turn(NOW)?;
    let found = member.read_all()?;
    let writes = disk.ops().writes;
    disk.kill();
    Ok((found, writes))
}
