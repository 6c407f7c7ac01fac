//! The simulated world: members, links between them, clients and time.

use super::{
    links::Links,
    member::Member,
    operations,
    places::{Place, founders, joiner},
    promises::Promises,
    states::States,
    transfers::{self, Arrival, State, Transfers},
};
use etcd::{
    clock::Now,
    id::MemberId,
    membership::{self, Change},
    mvcc::Ranges,
    raft::SnapshotSent,
    server::core::Input,
};
use fastrand::Rng;
use std::{fmt::Write, time::Duration};

/// What happened in a run, to show that something did.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    pub acknowledged: u64,
    pub reads: u64,
    pub leaders: u64,
    pub crashes: u64,
    pub messages_lost: u64,
    pub snapshots_installed: u64,
    pub snapshots_refused: u64,
    /// Lives that ended with something of a snapshot on the disk.
    pub installs_crashed: u64,
    /// Lives that began with what such a one had come to.
    pub installs_ended: u64,
    pub joined: u64,
    pub events_seen: u64,
}

impl Counts {
    pub fn add(&mut self, other: &Self) {
        self.acknowledged += other.acknowledged;
        self.reads += other.reads;
        self.leaders += other.leaders;
        self.crashes += other.crashes;
        self.messages_lost += other.messages_lost;
        self.snapshots_installed += other.snapshots_installed;
        self.snapshots_refused += other.snapshots_refused;
        self.installs_crashed += other.installs_crashed;
        self.installs_ended += other.installs_ended;
        self.joined += other.joined;
        self.events_seen += other.events_seen;
    }
}

#[derive(Clone, Debug, Default)]
pub struct Report {
    pub counts: Counts,
    pub transcript: String,
}

pub struct World {
    rng: Rng,
    now: Now,
    places: Vec<Place>,
    links: Links,
    transfers: Transfers,
    promises: Promises,
    states: States,
    weather: Weather,
    report: Report,
}

/// What happens to snapshots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Weather {
    /// They get lost and damaged, and the power goes while one is stored or gone by.
    Foul,
    /// Nothing.
    Fair,
}

/// Times of faults, each followed by a rest.
const ROUNDS: u32 = 2;
const STEPS: u32 = 900;
const PLACES_MAX: usize = 6;
/// Seeds from one life of a member to the next.
const LIFE_SEEDS: u64 = 1 << 32;
/// Enough for elections and for what was held up.
const REST_TICKS: u32 = 300;

impl World {
    /// Lives through one seed.
    pub fn run(seed: u64) -> Report {
        let mut rng = Rng::with_seed(seed);
        let count = [3, 5, 2, 4][rng.usize(0..4)];
        let mut world = Self {
            places: founders(seed, count),
            rng,
            now: Duration::from_secs(1),
            links: Links::new(),
            transfers: Transfers::default(),
            promises: Promises::default(),
            states: States::default(),
            weather: Weather::Foul,
            report: Report::default(),
        };
        for number in 0..world.places.len() {
            world.start(number);
        }
        for _ in 0..ROUNDS {
            world.weather = Weather::Foul;
            (0..STEPS).for_each(|_| world.step());
            world.weather = Weather::Fair;
            world.rest();
        }
        let counts = &mut world.report.counts;
        counts.acknowledged = world.promises.answers;
        counts.reads = world.promises.reads_answered;
        counts.messages_lost = world.links.lost;
        counts.events_seen = world.places.iter().map(|place| place.watchers.events_seen).sum();
        world.report
    }

    fn note(&mut self, line: std::fmt::Arguments<'_>) {
        if std::env::var_os("CLUSTER_SEED").is_some() {
            println!("{:?} {line}", self.now);
        }
        let _ = writeln!(self.report.transcript, "{:?} {line}", self.now);
    }

    fn start(&mut self, number: usize) {
        // Nobody starts in no time, and chance is not the same in every life.
        self.pass(1..20);
        let place = &mut self.places[number];
        place.config.seed += LIFE_SEEDS;
        let images = place.images();
        let outbox = Box::new(place.sent.clone());
        let member = Member::start_as(place.joins_as, &place.disk, &place.config, self.now, outbox);
        let mut member = member.unwrap_or_else(|error| panic!("member {number} cannot start: {error}"));
        let (revision, term) = (member.reader.revision(), member.term());
        assert!(term >= place.last_term, "a member forgets no term");
        assert_eq!(place.files(), ["db"], "what was not completed is gone");
        self.promises.find(&member);
        self.promises.check_view(&member);
        self.states.check(number, &member);
        place.watchers.resume(&self.promises.history, &mut member);
        self.report.counts.installs_ended += u64::from(images.contains(&member.applied()));
        place.member = Some(member);
        self.note(format_args!("{number} starts at revision {revision} in term {term}"));
        self.turn(number);
    }

    fn step(&mut self) {
        let number = self.rng.usize(0..self.places.len());
        match self.rng.u32(0..1000) {
            0..250 => self.pass(1..40),
            250..500 => self.ask(number),
            500..560 => self.read(number),
            560..640 => self.turn(number),
            640..680 => self.watch(number),
            680..820 => self.tick(),
            820..895 => self.flush(number),
            895..900 => self.change_members(number),
            900..930 => self.compact(number),
            930..950 => {
                let ids: Vec<_> = self.places.iter().map(|place| place.id).collect();
                let change = self.links.change(&mut self.rng, &ids);
                self.note(format_args!("{change}"));
            }
            950..965 => self.stop(number),
            965..985 => (0..self.places.len()).for_each(|number| self.start_if_down(number)),
            985..992 => self.transfer(number),
            _ => {
                self.places[number].paused_until = self.now + Duration::from_millis(self.rng.u64(0..4_000));
                self.note(format_args!("{number} is paused"));
            }
        }
    }

    /// Time passes, and what arrives meanwhile is taken in.
    fn pass(&mut self, ms: std::ops::Range<u64>) {
        self.now += Duration::from_millis(self.rng.u64(ms));
        while let Some(message) = self.links.arrived(self.now) {
            let Some(number) = self.places.iter().position(|place| place.id.0 == message.to) else { continue };
            self.input(number, Input::Message(Box::new(message)));
            if self.rng.u32(0..3) > 0 {
                self.turn(number);
            }
        }
        while let Some(snapshot) = self.transfers.arrived(self.now) {
            let ends = (MemberId(snapshot.message.from), MemberId(snapshot.message.to));
            let is_foul = self.weather == Weather::Foul;
            let is_lost = self.links.is_cut(ends.0, ends.1) || (is_foul && self.rng.u32(0..8) == 0);
            let state = if is_foul && self.rng.u32(0..6) == 0 { State::Damaged } else { State::Whole };
            let carried = if is_lost { None } else { transfers::carry(&mut self.rng, snapshot, state) };
            let sent = carried.map_or(SnapshotSent::NotWhole, |arrival| self.receive(arrival));
            self.transfers.end(&mut self.rng, self.now, ends, sent);
        }
        while let Some((from, to, sent)) = self.transfers.ended(self.now) {
            if let Some(number) = self.place_of(from) {
                self.input(number, Input::SnapshotSent(to, sent));
                self.turn(number);
            }
        }
    }

    fn place_of(&self, id: MemberId) -> Option<usize> {
        self.places.iter().position(|place| place.id == id)
    }

    /// A snapshot arrives. Perhaps the power will go while it is stored, installed, or soon after.
    fn receive(&mut self, arrival: Arrival) -> SnapshotSent {
        let Arrival { message, bytes, state } = arrival;
        let Some(number) = self.place_of(MemberId(message.to)) else { return SnapshotSent::NotWhole };
        let place = &mut self.places[number];
        if place.member.is_none() {
            return SnapshotSent::NotWhole;
        }
        let (storing, installing) = match self.rng.u32(0..6) {
            _ if self.weather == Weather::Fair => (0, 0),
            0 => (20, 0),
            1 | 2 => (0, 6),
            _ => (0, 0),
        };
        place.doom(&mut self.rng, storing);
        let before = place.files();
        let Some(member) = &place.member else { return SnapshotSent::NotWhole };
        match member.receive(&message, &bytes) {
            Ok(image) => {
                assert_eq!(state, State::Whole, "{number} takes a snapshot that is damaged: {message:?}");
                let (message, image) = (Box::new(message), Box::new(image));
                place.doom(&mut self.rng, installing);
                self.input(number, Input::Snapshot { message, image });
                if installing > 0 || self.rng.u32(0..3) > 0 {
                    self.turn(number);
                }
                SnapshotSent::Whole
            }
            Err(error) => {
                self.note(format_args!("{number} refuses a snapshot ({state:?}): {error}"));
                let place = &mut self.places[number];
                let is_there = error.contains("is there already");
                assert!(state == State::Damaged || is_there || place.is_doomed, "it was whole: {error}");
                assert!(place.is_doomed || place.files() == before, "something is left of it: {:?}", place.files());
                self.report.counts.snapshots_refused += u64::from(state == State::Damaged);
                if error.contains("the power is off") {
                    self.stop(number);
                }
                SnapshotSent::NotWhole
            }
        }
    }

    fn tick(&mut self) {
        self.pass(60..140);
        for number in 0..self.places.len() {
            if self.places[number].paused_until <= self.now {
                self.input(number, Input::Tick);
                self.turn(number);
            }
        }
    }

    fn input(&mut self, number: usize, input: Input<u64, u64>) {
        let now = self.now;
        self.with(number, |member| member.input(now, input));
    }

    /// Does something with a member that is up. It may end by that, if its disk is about to fail.
    fn with<T>(&mut self, number: usize, act: impl FnOnce(&mut Member) -> Result<T, String>) -> Option<T> {
        let place = &mut self.places[number];
        match act(place.member.as_mut()?) {
            Ok(done) => Some(done),
            Err(error) => {
                assert!(place.is_doomed, "member {number} has a sound disk: {error}");
                self.note(format_args!("{number} fails: {error}"));
                self.stop(number);
                None
            }
        }
    }

    fn turn(&mut self, number: usize) {
        if self.places[number].paused_until > self.now {
            return;
        }
        let now = self.now;
        let Some(turn) = self.with(number, |member| member.turn(now)) else { return };
        let place = &mut self.places[number];
        let Some(member) = &mut place.member else { return };
        place.last_term = member.term();
        let leadership = turn.leadership;
        turn.changes.iter().for_each(|changes| member.hub.publish(changes.clone()));
        let installed = turn.installed.as_ref().map(|installed| (installed.revision, installed.compacted));
        if let Some((revision, _)) = installed {
            member.hub.restored(revision);
        }
        self.promises.take(turn, member);
        if installed.is_some() {
            self.promises.find(member);
            self.promises.check_view(member);
        }
        if installed.is_some() || self.rng.u32(0..6) == 0 {
            self.states.check(number, member);
        }
        self.links.fetch(&mut self.rng, self.now, &place.sent);
        self.transfers.fetch(&mut self.rng, self.now, place.sent.take_snapshots());
        if let Some(leadership) = leadership {
            self.report.counts.leaders += u64::from(leadership.is_leader);
            self.note(format_args!("{number} sees {leadership:?}"));
        }
        if let Some((revision, compacted)) = installed {
            self.report.counts.snapshots_installed += 1;
            self.note(format_args!("{number} goes on from a snapshot at revision {revision}, compacted {compacted}"));
            // What comes behind it is told in a turn of its own.
            self.turn(number);
        }
    }

    fn ask(&mut self, number: usize) {
        if self.places[number].member.is_none() {
            return;
        }
        let operation = operations::draw(&mut self.rng, self.promises.next_number(), &self.promises.history);
        self.note(format_args!("{number} is asked for {operation:?}"));
        let request = operation.request();
        let question = self.promises.ask(operation);
        self.places[number].asked.push(question);
        let now = self.now;
        self.with(number, |member| member.propose(now, question, request));
    }

    fn read(&mut self, number: usize) {
        if self.places[number].member.is_some() {
            let question = self.promises.read();
            self.places[number].asked.push(question);
            self.input(number, Input::Read(question));
        }
    }

    fn flush(&mut self, number: usize) {
        let now = self.now;
        self.with(number, |member| member.flush(now));
    }

    fn compact(&mut self, number: usize) {
        self.with(number, Member::compact);
    }

    fn transfer(&mut self, number: usize) {
        let to = self.places[self.rng.usize(0..self.places.len())].id;
        self.note(format_args!("{number} is asked to hand over to {to}"));
        self.input(number, Input::TransferLeadership(to));
    }

    /// A process is killed, or its machine loses power.
    fn stop(&mut self, number: usize) {
        let place = &mut self.places[number];
        let Some(member) = place.member.take() else { return };
        self.promises.give_up(place.asked.drain(..));
        self.links.forget(place.id);
        self.report.counts.crashes += 1;
        let is_power_loss = place.is_doomed || self.rng.bool();
        // First, so that what its parts do when they are dropped reaches no disk.
        if is_power_loss {
            place.disk.crash(self.rng.u64(..));
        } else {
            place.disk.kill();
        }
        place.is_doomed = false;
        place.sent.clear();
        // For a moment, or so long that the others go on without it.
        let away_ms = if self.rng.u32(0..3) == 0 { self.rng.u64(0..12_000) } else { 0 };
        place.away_until = self.now + Duration::from_millis(away_ms);
        self.report.counts.installs_crashed += u64::from(place.files().len() > 1);
        self.transfers.forget(place.id);
        drop(member);
        self.note(format_args!("{number} ends; power loss: {is_power_loss}"));
    }

    fn start_if_down(&mut self, number: usize) {
        let place = &self.places[number];
        let is_away = place.away_until > self.now && self.weather == Weather::Foul;
        if place.member.is_none() && !is_away && (place.joins_as.is_none() || self.is_member(place.id)) {
            self.report.counts.joined += u64::from(place.joins_as.is_some() && place.last_term == 0);
            self.start(number);
        }
    }

    fn is_member(&self, id: MemberId) -> bool {
        self.places.iter().filter_map(|place| place.member.as_ref()).any(|member| member.members().get(id).is_some())
    }

    /// A new member is asked for, or a learner is to get a vote.
    fn change_members(&mut self, number: usize) {
        let Some(member) = &self.places[number].member else { return };
        let learners = member.members().list().into_iter().filter(|member| member.is_learner).map(|member| member.id);
        let learner = self.rng.choice(learners.collect::<Vec<_>>()).filter(|_| self.rng.bool());
        let change = match learner {
            Some(id) => Change::Promote(id),
            None => {
                let cluster_id = member.identity().cluster_id;
                // One that was asked for and never became a member is asked for again.
                let waits = self.places.iter().position(|place| place.joins_as.is_some() && !self.is_member(place.id));
                let joining = waits.unwrap_or(self.places.len());
                if joining >= PLACES_MAX {
                    return;
                }
                if waits.is_none() {
                    self.places.push(joiner(self.places[0].config.clone(), joining, cluster_id));
                }
                let Place { id, config, .. } = &self.places[joining];
                let peer_urls = config.advertise_peer_urls.clone();
                let is_learner = self.rng.u32(0..3) > 0;
                Change::Add(membership::Member { id: *id, peer_urls, is_learner, ..Default::default() })
            }
        };
        self.note(format_args!("{number} is asked for {change:?}"));
        let now = self.now;
        self.with(number, |member| member.propose_change(now, &change));
    }

    /// Clients come, go and read, and the hub gets its turn.
    fn watch(&mut self, number: usize) {
        let (now, history) = (self.now, &self.promises.history);
        let place = &mut self.places[number];
        let Some(member) = &mut place.member else { return };
        match self.rng.u32(0..8) {
            0 => place.watchers.create(&mut self.rng, history, member),
            1..5 => drop(self.with(number, |member| member.hub.turn(now).map_err(|error| error.to_string()))),
            _ => place.watchers.read(&mut self.rng, history),
        }
    }

    /// Faults stop. Everybody comes to the same state, and the cluster serves.
    fn rest(&mut self) {
        self.links.heal();
        for number in 0..self.places.len() {
            // A plan of faults is gone with the life that it was for.
            if self.places[number].is_doomed {
                self.stop(number);
            }
        }
        self.places.iter_mut().for_each(|place| place.paused_until = Duration::ZERO);
        self.rest_a_while();
        let answers = self.promises.answers;
        let asked_of = self.rng.usize(0..self.places.len());
        let asked_of = if self.places[asked_of].member.is_some() { asked_of } else { 0 };
        (0..3).for_each(|_| self.ask(asked_of));
        self.rest_a_while();
        assert!(self.promises.answers >= answers + 3, "the cluster serves again");
        self.check_equal();
    }

    fn rest_a_while(&mut self) {
        for tick in 0..REST_TICKS {
            for number in 0..self.places.len() {
                self.start_if_down(number);
                // Snapshots are of what is in the file.
                if tick % 10 == 0 {
                    self.flush(number);
                }
            }
            self.tick();
        }
    }

    fn check_equal(&mut self) {
        let history = &self.promises.history;
        let mut rows: Option<(usize, Vec<_>)> = None;
        for (number, place) in self.places.iter_mut().enumerate() {
            let Some(member) = &mut place.member else { continue };
            let applied = member.status().applied;
            assert_eq!(member.reader.revision(), history.revision(), "member {number} has all, at entry {applied}");
            self.promises.check_view(member);
            self.states.check(number, member);
            while !member.compact().expect("a sound disk") {}
            let at = history.revision();
            // Of the compacted revision itself the model knows no hash; the rows are compared below.
            if at > history.compacted {
                assert_eq!(member.hash_kv(at).expect("a sound disk"), history.hash_kv(at), "HashKV of member {number}");
            }
            let found = member.all_rows();
            let (other, expected) = rows.get_or_insert_with(|| (number, found.clone()));
            for (has, should) in found.iter().zip(expected.iter()) {
                assert!(has == should, "member {number} has {has:?}, and member {other} {should:?}");
            }
            assert_eq!(found.len(), expected.len(), "rows of members {number} and {other}");
            for turns in 0.. {
                let turn = member.hub.turn(self.now).expect("history is there");
                // A stream that was full is looked at again after a while.
                if !turn.more & !place.watchers.read_all(history) & turn.wake_at.is_none() {
                    break;
                }
                assert!(turns < 10_000, "the hub of member {number} never comes to rest");
                self.now += Duration::from_millis(50);
            }
            place.watchers.check_complete(history);
        }
    }
}
