//! The simulated world: clients, time and a disk around one member, and the promises that are checked at every step.

use super::{
    history::History,
    leases::Leases,
    member::{Member, SimTurn, WAL_DIR, revision_of},
    operations::{self, Operation},
    watchers::Watchers,
};
use etcd::{
    clock::Now,
    disk::{
        Disk,
        mem::{Faults, MemDisk, PowerLoss},
    },
    pb::mvccpb::Event,
    server::core::Input,
};
use fastrand::Rng;
use std::{collections::BTreeMap, fmt::Write, ops::ControlFlow, path::Path, time::Duration};

/// What happened in a run, to show that something did.
#[derive(Clone, Debug, Default)]
pub struct Report {
    pub acknowledged: u64,
    pub crashes: u64,
    pub disk_failures: u64,
    pub bits_flipped: u64,
    pub events_seen: u64,
    pub leases_expired: u64,
    pub defragmented: u64,
    pub transcript: String,
}

impl Report {
    /// Adds up runs; transcripts are not kept.
    pub fn add(&mut self, other: &Report) {
        self.acknowledged += other.acknowledged;
        self.crashes += other.crashes;
        self.disk_failures += other.disk_failures;
        self.bits_flipped += other.bits_flipped;
        self.events_seen += other.events_seen;
        self.leases_expired += other.leases_expired;
        self.defragmented += other.defragmented;
    }
}

pub struct World {
    rng: Rng,
    seed: u64,
    now: Now,
    disk: MemDisk,
    history: History,
    watchers: Watchers,
    leases: Leases,
    last_number: u64,
    /// Asked for in this life and not answered yet.
    pending: BTreeMap<u64, Operation>,
    /// Asked for in an earlier life and never answered: done or not, but not twice.
    orphans: BTreeMap<u64, Operation>,
    /// Reads under way: the revision that they must see at least.
    reads: BTreeMap<u64, i64>,
    /// The last revision that any client knows of.
    acknowledged: i64,
    report: Report,
}

const STEPS: u32 = 400;

impl World {
    /// Lives through one seed.
    pub fn run(seed: u64) -> Report {
        let mut world = Self {
            rng: Rng::with_seed(seed),
            seed,
            now: Duration::from_secs(1),
            disk: MemDisk::new(),
            history: History::default(),
            watchers: Watchers::default(),
            leases: Leases::default(),
            last_number: 0,
            pending: BTreeMap::new(),
            orphans: BTreeMap::new(),
            reads: BTreeMap::new(),
            acknowledged: 1,
            report: Report::default(),
        };
        let mut steps = STEPS;
        while steps > 0 {
            world.live(&mut steps);
        }
        world.end();
        world.report.events_seen = world.watchers.events_seen;
        world.report.leases_expired = world.leases.expired;
        world.report
    }

    fn note(&mut self, line: std::fmt::Arguments<'_>) {
        if std::env::var_os("SIM_SEED").is_some() {
            println!("{:?} {line}", self.now);
        }
        let _ = writeln!(self.report.transcript, "{:?} {line}", self.now);
    }

    /// One life: from a start to a crash, or to the end of the run.
    fn live(&mut self, steps: &mut u32) {
        let Some(mut member) = self.start() else { return };
        let plan = self.plan_faults();
        self.disk.set_faults(plan);
        let life = self.rng.u32(20..200).min(*steps);
        *steps -= life;
        let lived = (0..life).try_for_each(|_| self.step(&mut member));
        if let Err(error) = &lived {
            self.report.disk_failures += 1;
            self.note(format_args!("the member stops: {error}"));
        }
        if plan.power_loss.is_none() && self.rng.u32(0..4) == 0 {
            // The process alone ends, as at `kill -9`: what was written is there, synced or not. Then the power goes
            // after all, at a later moment.
            self.report.crashes += 1;
            self.disk.set_faults(Faults::default());
            drop(member);
            self.orphans.append(&mut self.pending);
            self.reads.clear();
            self.note(format_args!("killed"));
            return;
        }
        self.crash();
        // The power went first: what the owners do when they are dropped reaches no disk.
        drop(member);
    }

    /// The power goes.
    fn crash(&mut self) {
        self.report.crashes += 1;
        self.disk.set_faults(Faults::default());
        let seed = self.rng.u64(..);
        self.disk.crash(seed);
        self.orphans.append(&mut self.pending);
        self.reads.clear();
        self.now += Duration::from_millis(self.rng.u64(1..3_000));
        self.note(format_args!("crash {seed:x}"));
        if self.rng.u32(0..6) == 0 {
            self.flip_a_bit();
        }
    }

    fn plan_faults(&mut self) -> Faults {
        let ops = self.disk.ops();
        let soon = self.rng.u64(1..60);
        match self.rng.u32(0..8) {
            0 => Faults { power_loss: Some(PowerLoss::AtSync(ops.syncs + soon)), ..Faults::default() },
            1 => Faults { power_loss: Some(PowerLoss::AtWrite(ops.writes + soon * 4)), ..Faults::default() },
            2 => Faults { failing_sync: Some(ops.syncs + soon), ..Faults::default() },
            3 => Faults { capacity_bytes: Some(self.rng.u64(1_500_000..4_000_000)), ..Faults::default() },
            _ => Faults::default(),
        }
    }

    /// A bit of the log turns while the member is down. Either the start says so and names the file, or nothing that
    /// was promised is missing.
    fn flip_a_bit(&mut self) {
        let Ok(names) = self.disk.list(Path::new(WAL_DIR)) else { return };
        let Some(name) = self.rng.choice(names.into_iter().filter(|name| name.ends_with(".wal")).collect::<Vec<_>>())
        else {
            return;
        };
        let path = Path::new(WAL_DIR).join(name);
        let Ok(bytes) = self.disk.read_file(&path) else { return };
        let Some(end) = bytes.iter().rposition(|byte| *byte != 0) else { return };
        let (offset, bit) = (self.rng.u64(0..=end as u64), self.rng.u8(0..8));
        let before = self.disk.fork();
        if self.disk.flip_bit(&path, offset, bit).is_err() {
            return;
        }
        self.report.bits_flipped += 1;
        match Member::start(&self.disk, self.seed, self.now) {
            Ok(member) => {
                self.note(format_args!("bit {bit} of byte {offset} of {path:?} turned, and was not needed"));
                drop(member);
            }
            Err(error) => {
                self.note(format_args!("bit {bit} of byte {offset} of {path:?} turned: {error}"));
                assert!(error.contains(".wal"), "the refusal names the file: {error}");
                self.disk = before;
            }
        }
    }

    fn start(&mut self) -> Option<Member> {
        let started = Member::start(&self.disk, self.seed, self.now);
        let mut member = started.unwrap_or_else(|error| panic!("a sound disk must do: {error}"));
        // Everything that the log holds is applied in the first turn; every promise must be in it.
        if let Err(error) = self.turn(&mut member) {
            panic!("the first turn on a sound disk fails: {error}");
        }
        self.find_lost_answers(&member);
        self.check_all(&member);
        // What was in the log has been done by now; what was not is lost for good.
        self.orphans.clear();
        self.note(format_args!("started at revision {}", self.history.revision()));
        self.watchers.resume(&self.history, &mut member);
        Some(member)
    }

    /// What the backend brought back and no turn told of: transactions whose answers the crash swallowed.
    fn find_lost_answers(&mut self, member: &Member) {
        use etcd::mvcc::Ranges;
        let revision = member.reader.revision();
        assert!(revision >= self.history.revision(), "{} was there, {revision} is left", self.history.revision());
        if revision > self.history.revision() {
            let from = self.history.revision() + 1;
            let found = member.reader.history(from, revision, usize::MAX, usize::MAX).expect("nothing is compacted");
            let mut by_revision: BTreeMap<i64, Vec<Event>> = BTreeMap::new();
            for event in found.events {
                let revision = event.kv.as_ref().map_or(0, |kv| kv.mod_revision);
                by_revision.entry(revision).or_default().push(event);
            }
            by_revision.into_iter().for_each(|(revision, events)| self.append(revision, &events, None));
        }
        self.note_compaction(member);
    }

    /// The store may have been compacted by a request that was never answered.
    fn note_compaction(&mut self, member: &Member) {
        use etcd::mvcc::Ranges;
        let compacted = member.reader.compact_revision();
        if compacted <= self.history.compacted {
            assert!(compacted == self.history.compacted || self.history.compacted == 0, "a compaction was undone");
            return;
        }
        let asked = |operation: &Operation| *operation == Operation::Compact { revision: compacted };
        let was_asked = self.pending.values().chain(self.orphans.values()).any(asked);
        assert!(was_asked, "compacted to {compacted}, and nobody asked for it");
        self.history.compacted = compacted;
    }

    fn step(&mut self, member: &mut Member) -> Result<(), String> {
        match self.rng.u32(0..100) {
            0..34 => self.propose(member)?,
            34..54 => self.turn(member)?,
            54..60 => member.flush(self.now)?,
            60..66 => drop(member.compact()?),
            66..74 => {
                self.now += Duration::from_millis(100);
                member.input(self.now, Input::Tick)?;
            }
            74..80 => {
                self.last_number += 1;
                self.reads.insert(self.last_number, self.acknowledged);
                member.input(self.now, Input::Read(self.last_number))?;
            }
            80..84 => self.watchers.create(&mut self.rng, &self.history, member),
            84..86 => self.watchers.cancel(&mut self.rng, member),
            86..90 => self.leases.renew(&mut self.rng, self.now, member),
            90..94 => drop(member.hub.turn(self.now).map_err(|error| error.to_string())?),
            94 => self.defragment(member),
            _ => self.watchers.read(&mut self.rng, &self.history),
        }
        Ok(())
    }

    /// Whatever goes wrong concerns nobody else; what is worse shows at the next flush.
    fn defragment(&mut self, member: &Member) {
        let done = member.backend.defragment(|| ControlFlow::Continue(()));
        self.report.defragmented += u64::from(done.is_ok());
        self.note(format_args!("defragmented: {done:?}"));
    }

    fn propose(&mut self, member: &mut Member) -> Result<(), String> {
        for _ in 0..self.rng.u32(1..6) {
            self.last_number += 1;
            let operation = operations::draw(&mut self.rng, self.last_number, &self.history);
            let request = operation.request();
            self.pending.insert(self.last_number, operation);
            member.propose(self.now, self.last_number, request)?;
        }
        Ok(())
    }

    /// One turn of the core, with everything that it tells checked.
    fn turn(&mut self, member: &mut Member) -> Result<(), String> {
        let turn = member.turn(self.now)?;
        let authors = self.authors(&turn);
        for changes in &turn.changes {
            if changes.events.is_empty() {
                continue;
            }
            let author = authors.get(&changes.revision).copied();
            self.append(changes.revision, &changes.events, author);
            member.hub.publish(changes.clone());
        }
        self.note_compaction(member);
        self.take_outcomes(turn, member);
        self.check_leases(member);
        Ok(())
    }

    /// Which request made which revision, as far as the answers tell.
    fn authors(&self, turn: &SimTurn) -> BTreeMap<i64, u64> {
        let mut authors = BTreeMap::new();
        for (number, answer) in &turn.outcomes {
            let revision = answer.as_ref().ok().and_then(revision_of);
            let writes = |operation: &Operation| {
                matches!(
                    operation,
                    Operation::Put { .. } | Operation::Delete { .. } | Operation::Txn(_) | Operation::Revoke { .. }
                )
            };
            if let (Some(revision), Some(true)) = (revision, self.pending.get(number).map(writes)) {
                // A request that changed nothing tells of the revision before it: the first one made it.
                authors.entry(revision).or_insert(*number);
            }
        }
        authors
    }

    /// A transaction has come to be. It must be what somebody asked for, exactly once.
    fn append(&mut self, revision: i64, events: &[Event], author: Option<u64>) {
        if revision <= self.history.revision() {
            // After a crash the log is applied again from where the backend's file stands: to the same effect.
            return assert_eq!(Some(events), self.history.at(revision), "revision {revision} came out differently");
        }
        let explains = |operation: &Operation| operation.predict(&self.history) == events;
        let is_authors = author.and_then(|number| self.pending.get(&number)).is_some_and(explains);
        let is_expiry = self.leases.ids().iter().any(|id| explains(&Operation::Revoke { id: *id }));
        let explained = is_authors || self.take_explaining(events) || is_expiry;
        assert!(explained, "revision {revision} ({events:?}) is not what anybody asked for (author {author:?})");
        self.history.append(revision, events);
    }

    /// Finds the request among those whose answers were lost. It is taken out: it must not be done again.
    fn take_explaining(&mut self, events: &[Event]) -> bool {
        let found = self.orphans.iter().find(|(_, operation)| operation.predict(&self.history) == events);
        let Some(number) = found.map(|(number, _)| *number) else { return false };
        if let Some(Operation::Revoke { id }) = self.orphans.remove(&number) {
            self.leases.revoked(id);
        }
        true
    }

    fn take_outcomes(&mut self, turn: SimTurn, member: &Member) {
        for (number, answer) in turn.outcomes {
            let operation = self.pending.remove(&number).expect("answered once");
            self.report.acknowledged += 1;
            let revision = answer.as_ref().ok().and_then(revision_of);
            self.note(format_args!("{number} {operation:?} -> {revision:?}"));
            let Some(revision) = revision else { continue };
            assert!(revision <= self.history.revision(), "an answer tells of revision {revision}, which is not there");
            self.acknowledged = self.acknowledged.max(revision);
            match operation {
                Operation::Grant { id, ttl_s } => self.leases.granted(self.now, id, ttl_s),
                Operation::Revoke { id } => self.leases.revoked(id),
                _ => {}
            }
        }
        for (number, answer) in turn.reads {
            let at_least = self.reads.remove(&number).expect("answered once");
            if answer.is_ok() {
                let (revision, kvs) = member.read_all().expect("reads do not fail");
                assert!(revision >= at_least, "a read sees {revision}, and {at_least} was acknowledged before it");
                let expected: Vec<_> = self.history.live().values().cloned().collect();
                assert_eq!(kvs, expected, "what is read at {revision}");
            }
        }
    }

    fn check_all(&mut self, member: &Member) {
        let (revision, kvs) = member.read_all().expect("reads do not fail");
        assert_eq!(revision, self.history.revision());
        assert!(revision >= self.acknowledged, "revision {} was acknowledged", self.acknowledged);
        let expected: Vec<_> = self.history.live().values().cloned().collect();
        assert_eq!(kvs, expected);
        self.check_leases(member);
    }

    fn check_leases(&mut self, member: &Member) {
        let asked: Vec<&Operation> = self.pending.values().chain(self.orphans.values()).collect();
        let end_is_asked = |id| asked.contains(&&Operation::Revoke { id });
        self.leases.check(self.now, &self.history, member, end_is_asked);
    }

    /// The end: faults stop, time goes on, and everything comes to rest.
    fn end(&mut self) {
        let Some(mut member) = self.start() else { return };
        for _ in 0..40 {
            self.now += Duration::from_secs(1);
            member.input(self.now, Input::Tick).expect("a sound disk");
            self.turn(&mut member).expect("a sound disk");
        }
        assert!(self.leases.ids().is_empty(), "leases that never end: {:?}", self.leases.ids());
        while !member.compact().expect("a sound disk") {}
        member.flush(self.now).expect("a sound disk");
        loop {
            self.now += Duration::from_millis(50);
            let more = member.hub.turn(self.now).expect("history is there").more;
            if !self.watchers.read_all(&self.history) && !more {
                break;
            }
        }
        self.watchers.check_complete(&self.history);
        if self.history.revision() > self.history.compacted {
            let hash = member.reader.hash_kv(0).expect("a hash").hash;
            assert_eq!(hash, self.history.hash_kv(), "HashKV at {}", self.history.revision());
        }
        self.note(format_args!("the end at revision {}", self.history.revision()));
    }
}
