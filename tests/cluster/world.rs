//! The simulated world: members, links between them, clients and time.

use super::{
    links::{Links, Sent},
    member::{Member, config},
    operations,
    promises::Promises,
};
use etcd::{
    clock::Now,
    disk::mem::MemDisk,
    id::MemberId,
    mvcc::Ranges,
    server::{config::Config, core::Input},
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
}

impl Counts {
    pub fn add(&mut self, other: &Self) {
        self.acknowledged += other.acknowledged;
        self.reads += other.reads;
        self.leaders += other.leaders;
        self.crashes += other.crashes;
        self.messages_lost += other.messages_lost;
    }
}

#[derive(Clone, Debug, Default)]
pub struct Report {
    pub counts: Counts,
    pub transcript: String,
}

/// A place where a member lives and dies.
struct Place {
    id: MemberId,
    config: Config,
    disk: MemDisk,
    sent: Sent,
    member: Option<Member>,
    /// Questions to the life that it lives now.
    asked: Vec<u64>,
    /// Its process does not get on: no tick, no turn, until then.
    paused_until: Now,
    last_term: u64,
}

pub struct World {
    rng: Rng,
    now: Now,
    places: Vec<Place>,
    links: Links,
    promises: Promises,
    report: Report,
}

const STEPS: u32 = 1_500;
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
            places: places(seed, count),
            rng,
            now: Duration::from_secs(1),
            links: Links::new(),
            promises: Promises::default(),
            report: Report::default(),
        };
        for number in 0..world.places.len() {
            world.start(number);
        }
        for _ in 0..STEPS {
            world.step();
        }
        world.rest();
        let counts = &mut world.report.counts;
        counts.acknowledged = world.promises.answers;
        counts.reads = world.promises.reads_answered;
        counts.messages_lost = world.links.lost;
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
        let outbox = Box::new(place.sent.clone());
        let member = Member::start_among(&place.disk, &place.config, self.now, outbox);
        let member = member.unwrap_or_else(|error| panic!("member {number} cannot start: {error}"));
        let (revision, term) = (member.reader.revision(), member.term());
        assert!(term >= place.last_term, "a member forgets no term");
        self.promises.find(&member);
        self.promises.check_view(&member);
        place.member = Some(member);
        self.note(format_args!("{number} starts at revision {revision} in term {term}"));
        self.turn(number);
    }

    fn step(&mut self) {
        let number = self.rng.usize(0..self.places.len());
        match self.rng.u32(0..1000) {
            0..300 => self.pass(1..40),
            300..500 => self.ask(number),
            500..560 => self.read(number),
            560..700 => self.turn(number),
            700..850 => self.tick(),
            850..900 => self.flush(number),
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
        if let Some(member) = &mut self.places[number].member {
            member.input(self.now, input).expect("a sound disk");
        }
    }

    fn turn(&mut self, number: usize) {
        let place = &mut self.places[number];
        if place.paused_until > self.now {
            return;
        }
        let Some(member) = &mut place.member else { return };
        let turn = member.turn(self.now).expect("a sound disk");
        place.last_term = member.term();
        let leadership = turn.leadership;
        self.promises.take(turn, member);
        self.links.fetch(&mut self.rng, self.now, &place.sent);
        if let Some(leadership) = leadership {
            self.report.counts.leaders += u64::from(leadership.is_leader);
            self.note(format_args!("{number} sees {leadership:?}"));
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
        let place = &mut self.places[number];
        place.asked.push(question);
        if let Some(member) = &mut place.member {
            member.propose(self.now, question, request).expect("a sound disk");
        }
    }

    fn read(&mut self, number: usize) {
        if self.places[number].member.is_some() {
            let question = self.promises.read();
            self.places[number].asked.push(question);
            self.input(number, Input::Read(question));
        }
    }

    fn flush(&mut self, number: usize) {
        if let Some(member) = &mut self.places[number].member {
            member.flush(self.now).expect("a sound disk");
        }
    }

    fn compact(&mut self, number: usize) {
        if let Some(member) = &mut self.places[number].member {
            member.compact().expect("a sound disk");
        }
    }

    fn transfer(&mut self, number: usize) {
        let to = self.places[self.rng.usize(0..self.places.len())].id;
        self.note(format_args!("{number} is asked to hand over to {to}"));
        self.input(number, Input::TransferLeadership(to));
    }

    /// A process is killed, or its machine loses power.
    fn stop(&mut self, number: usize) {
        let place = &mut self.places[number];
        if place.member.take().is_none() {
            return;
        }
        self.promises.give_up(place.asked.drain(..));
        self.links.forget(place.id);
        self.report.counts.crashes += 1;
        let is_power_loss = self.rng.bool();
        if is_power_loss {
            place.disk.crash(self.rng.u64(..));
        } else {
            place.disk.kill();
        }
        self.note(format_args!("{number} ends; power loss: {is_power_loss}"));
    }

    fn start_if_down(&mut self, number: usize) {
        if self.places[number].member.is_none() {
            self.start(number);
        }
    }

    /// Faults stop. Everybody comes to the same state, and the cluster serves.
    fn rest(&mut self) {
        self.links.heal();
        (0..self.places.len()).for_each(|number| self.start_if_down(number));
        self.places.iter_mut().for_each(|place| place.paused_until = Duration::ZERO);
        (0..REST_TICKS).for_each(|_| self.tick());
        let answers = self.promises.answers;
        let asked_of = self.rng.usize(0..self.places.len());
        (0..3).for_each(|_| self.ask(asked_of));
        (0..REST_TICKS).for_each(|_| self.tick());
        assert!(self.promises.answers >= answers + 3, "the cluster serves again");
        self.check_equal();
    }

    fn check_equal(&mut self) {
        let history = &self.promises.history;
        for (number, place) in self.places.iter_mut().enumerate() {
            let member = place.member.as_mut().expect("all are up");
            let applied = member.status().applied;
            assert_eq!(member.reader.revision(), history.revision(), "member {number} has all, at entry {applied}");
            self.promises.check_view(member);
            while !member.compact().expect("a sound disk") {}
            let at = history.revision();
            assert_eq!(member.hash_kv(at).expect("a sound disk"), history.hash_kv(at), "HashKV of member {number}");
        }
    }
}

fn places(seed: u64, count: usize) -> Vec<Place> {
    let url = |number: usize| vec![format!("http://127.0.0.1:{}", 2380 + number)];
    let cluster: Vec<_> = (0..count).map(|number| (format!("m{number}"), url(number))).collect();
    let place = |number: usize| {
        let alone = config(seed);
        let config = Config {
            name: format!("m{number}"),
            advertise_peer_urls: url(number),
            initial_cluster: cluster.clone(),
            // Without snapshots between members nobody may fall behind the log.
            snapshot_entries: 1_000_000,
            seed: seed * 8 + number as u64,
            ..alone
        };
        let id = MemberId::of_founder(&config.advertise_peer_urls, &config.cluster_token);
        Place {
            id,
            config,
            disk: MemDisk::new(),
            sent: Sent::default(),
            member: None,
            asked: Vec::new(),
            paused_until: Duration::ZERO,
            last_term: 0,
        }
    };
    (0..count).map(place).collect()
}
