//! The simulated world: clients, time and a disk around one member, and the promises that are checked at every step.

use super::{
    history::History,
    leases::{Checkpointed, Leases},
    member::{Member, SimTurn, revision_of},
    operations::{self, Operation},
    watchers::Watchers,
};
use etcd::{
    clock::Now,
    disk::mem::{Faults, MemDisk},
    id::LeaseId,
    pb::mvccpb::Event,
    server::core::Input,
};
use fastrand::Rng;
use prost::Message;
use std::{collections::BTreeMap, fmt::Write, ops::ControlFlow, time::Duration};

/// Short, and different for different events.
fn digest(events: &[Event]) -> String {
    let bytes = events.iter().fold(Vec::new(), |mut bytes, event| {
        bytes.extend(event.encode_length_delimited_to_vec());
        bytes
    });
    format!("{} events, {:08x}", events.len(), crc32c::crc32c(&bytes))
}

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
    /// The numbers, as one line.
    pub fn counts(&self) -> String {
        let Self { acknowledged, crashes, disk_failures, bits_flipped, events_seen, leases_expired, .. } = self;
        let defragmented = self.defragmented;
        format!(
            "{acknowledged} answers, {crashes} crashes, {disk_failures} failures of the disk, {bits_flipped} flipped \
             bits, {events_seen} events told, {leases_expired} leases run out, {defragmented} files rewritten"
        )
    }

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
    pub(super) rng: Rng,
    pub(super) seed: u64,
    pub(super) now: Now,
    pub(super) disk: MemDisk,
    history: History,
    pub(super) watchers: Watchers,
    leases: Leases,
    last_number: u64,
    /// Asked for in this life and not answered yet.
    pub(super) pending: BTreeMap<u64, Operation>,
    /// Asked for in an earlier life and never answered: done or not, but not twice.
    pub(super) orphans: BTreeMap<u64, Operation>,
    /// Reads under way: the revision that they must see at least.
    pub(super) reads: BTreeMap<u64, i64>,
    /// The last revision that any client knows of.
    acknowledged: i64,
    /// Raft's term in the life before.
    term: u64,
    pub(super) report: Report,
}

const STEPS: u32 = 400;
/// What a start that fails counts for.
const START_STEPS: u32 = 10;
/// Turns after which every watcher has been told everything, with room to spare.
const HUB_TURNS_MAX: u32 = 20_000;

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
            term: 0,
            report: Report::default(),
        };
        let mut steps = STEPS;
        while steps > 0 {
            world.live(&mut steps);
            world.note_disk();
        }
        world.end();
        world.report.events_seen = world.watchers.events_seen;
        world.report.leases_expired = world.leases.expired;
        world.report
    }

    pub(super) fn note(&mut self, line: std::fmt::Arguments<'_>) {
        if std::env::var_os("SIM_SEED").is_some() {
            println!("{:?} {line}", self.now);
        }
        let _ = writeln!(self.report.transcript, "{:?} {line}", self.now);
    }

    /// One life: from a start to its end, or to the end of the run.
    fn live(&mut self, steps: &mut u32) {
        // What fails may fail while the member is still starting.
        let fails_early = self.rng.u32(0..3) == 0;
        let plan = if fails_early { self.plan_faults() } else { Faults::default() };
        self.disk.set_faults(plan);
        let mut member = match self.start() {
            Ok(member) => member,
            Err(error) => {
                assert_ne!(plan, Faults::default(), "a sound disk must do: {error}");
                *steps -= START_STEPS.min(*steps);
                return self.stop(None, Some(error));
            }
        };
        if !fails_early {
            let plan = self.plan_faults();
            self.disk.set_faults(plan);
        }
        let life = self.rng.u32(20..200).min(*steps);
        *steps -= life;
        let lived = (0..life).try_for_each(|_| self.step(&mut member));
        self.stop(Some(member), lived.err());
    }

    /// Starts a member and checks that everything that was promised is there.
    fn start(&mut self) -> Result<Member, String> {
        let mut member = Member::start(&self.disk, self.seed, self.now)?;
        // Reads that come before the log is applied must wait for it.
        self.read(&mut member)?;
        // Everything that the log holds is applied in the first turn; every promise must be in it.
        self.turn(&mut member)?;
        self.find_lost_answers(&member);
        self.check_all(&member);
        self.check_rows(&member)?;
        // Not always, since it flushes what was applied again.
        if self.rng.u32(0..3) == 0 {
            let at = self.rng.i64(self.history.compacted..=self.history.revision());
            self.check_hash(&member, at)?;
        }
        let term = member.term();
        assert!(term > self.term, "elected in term {term}, after term {}", self.term);
        assert!(member.lessor.lock().is_leading(), "leases are counted down from the start on");
        self.term = term;
        // What was in the log has been done by now; what was not is lost for good.
        self.orphans.clear();
        self.note(format_args!("started at revision {} in term {term}", self.history.revision()));
        self.watchers.resume(&self.history, &mut member);
        Ok(member)
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
                // Now and then a tick comes late.
                self.now += Duration::from_millis(100 * self.rng.u64(1..8));
                self.leases.ticked(self.now);
                member.input(self.now, Input::Tick)?;
            }
            74..78 => self.read(member)?,
            78..80 => self.checkpoint(member)?,
            80..84 => self.watchers.create(&mut self.rng, &self.history, member),
            84..86 => self.watchers.cancel(&mut self.rng, member),
            86..90 => self.renew(member)?,
            90..94 => drop(member.hub.turn(self.now).map_err(|error| error.to_string())?),
            94 => self.defragment(member),
            _ => self.watchers.read(&mut self.rng, &self.history),
        }
        Ok(())
    }

    fn read(&mut self, member: &mut Member) -> Result<(), String> {
        self.last_number += 1;
        self.reads.insert(self.last_number, self.acknowledged);
        member.input(self.now, Input::Read(self.last_number))
    }

    /// The leader notes how much is left of a lease. Done at once, so that no renewal comes in between.
    fn checkpoint(&mut self, member: &mut Member) -> Result<(), String> {
        self.turn(member)?;
        let Some(id) = self.rng.choice(self.leases.ids()) else { return Ok(()) };
        let Some(remaining_s) = member.lessor.lock().remaining_s(LeaseId(id), self.now) else { return Ok(()) };
        self.ask(member, Operation::Checkpoint { id, remaining_s })?;
        self.turn(member)
    }

    /// A client keeps a lease alive. A checkpoint that was noted for it counts no more.
    fn renew(&mut self, member: &mut Member) -> Result<(), String> {
        self.turn(member)?;
        let id = operations::lease(&mut self.rng);
        if self.leases.renew(self.now, id, member) == Checkpointed::Yes {
            self.ask(member, Operation::Checkpoint { id, remaining_s: 0 })?;
            self.turn(member)?;
            self.leases.granted(self.now, id, self.leases.ttl_s(id));
        }
        Ok(())
    }

    fn ask(&mut self, member: &mut Member, operation: Operation) -> Result<(), String> {
        self.last_number += 1;
        let request = operation.request();
        self.pending.insert(self.last_number, operation);
        member.propose(self.now, self.last_number, request)
    }

    /// Whatever goes wrong concerns nobody else; what is worse shows at the next flush.
    fn defragment(&mut self, member: &Member) {
        let done = member.backend.defragment(|| ControlFlow::Continue(()));
        self.report.defragmented += u64::from(done.is_ok());
        self.note(format_args!("defragmented: {done:?}"));
    }

    fn propose(&mut self, member: &mut Member) -> Result<(), String> {
        for _ in 0..self.rng.u32(1..6) {
            let operation = operations::draw(&mut self.rng, self.last_number + 1, &self.history);
            self.ask(member, operation)?;
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
            self.note(format_args!("revision {}: {}", changes.revision, digest(&changes.events)));
            member.hub.publish(changes.clone());
        }
        self.note_compaction(member);
        self.take_outcomes(turn, member);
        self.check_leases(member);
        self.leases.applied();
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
            if let (Operation::Checkpoint { id, remaining_s }, Ok(_)) = (&operation, &answer) {
                self.leases.checkpointed(*id, *remaining_s);
            }
            let Some(revision) = revision else {
                assert!(!operation.is_always_possible() || answer.is_err(), "{operation:?} was refused: {answer:?}");
                continue;
            };
            if let Some(value) = operation.value() {
                let events = self.history.at(revision).unwrap_or_default();
                let has_it = |event: &Event| event.kv.as_ref().is_some_and(|kv| kv.value == value);
                assert!(events.iter().any(has_it), "{operation:?} is answered with {revision}, which is {events:?}");
            }
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

    /// When no compaction is under way, the rows are those that one leaves, and no others.
    fn check_rows(&mut self, member: &Member) -> Result<(), String> {
        let [scheduled, finished] = member.compactions()?;
        assert_eq!(scheduled.unwrap_or(0), self.history.compacted, "the last compaction");
        if scheduled == finished {
            let (rows, expected) = (member.rows()?, self.history.rows());
            let at = self.history.compacted;
            assert!(rows == expected, "{} rows, not {}, after the compaction to {at}", rows.len(), expected.len());
        }
        Ok(())
    }

    /// HashKV at a revision is what the model says.
    fn check_hash(&self, member: &Member, at: i64) -> Result<(), String> {
        let [scheduled, finished] = member.compactions()?;
        let exists = at > self.history.compacted && at <= self.history.revision();
        // Where no key is alive, all rows count that are still there.
        if exists && (scheduled == finished || self.history.is_any_alive(at)) {
            assert_eq!(member.hash_kv(at)?, self.history.hash_kv(at), "HashKV at {at}");
        }
        Ok(())
    }

    fn check_leases(&mut self, member: &Member) {
        let asked: Vec<&Operation> = self.pending.values().chain(self.orphans.values()).collect();
        let is_asked = |operation: &Operation| asked.contains(&operation);
        self.leases.check(self.now, &self.history, member, is_asked);
    }

    /// The end: faults stop, time goes on, and everything comes to rest.
    fn end(&mut self) {
        let mut member = self.start().unwrap_or_else(|error| panic!("a sound disk must do: {error}"));
        for _ in 0..40 {
            self.now += Duration::from_secs(1);
            member.input(self.now, Input::Tick).expect("a sound disk");
            self.turn(&mut member).expect("a sound disk");
        }
        assert!(self.leases.ids().is_empty(), "leases that never end: {:?}", self.leases.ids());
        while !member.compact().expect("a sound disk") {}
        let [scheduled, finished] = member.compactions().expect("a sound disk");
        assert_eq!(scheduled, finished, "a compaction that was scheduled is finished some day");
        member.flush(self.now).expect("a sound disk");
        let mut is_more = true;
        for _ in 0..HUB_TURNS_MAX {
            self.now += Duration::from_millis(50);
            is_more = member.hub.turn(self.now).expect("history is there").more;
            is_more |= self.watchers.read_all(&self.history);
            if !is_more {
                break;
            }
        }
        assert!(!is_more, "the hub never comes to rest");
        self.watchers.check_complete(&self.history);
        self.check_hash(&member, self.history.revision()).expect("a sound disk");
        self.check_rows(&member).expect("a sound disk");
        self.note(format_args!("the end at revision {}", self.history.revision()));
    }
}
