//! The simulated world: members, links between them, clients and time. What happens next is drawn from the seed.
//!
//! ```text
//!   world.rs     what happens next          passage.rs   time passes: ticks, messages, turns
//!   lives.rs     members start and end      arrivals.rs  snapshots come
//!   clients.rs   requests, reads, watches   reshaping.rs members are added and removed
//!   rest.rs      faults stop: everybody comes to the same state
//! ```

use super::{
    invariants::Invariants,
    linear::Record,
    links::Links,
    members::Members,
    places::{LEARNERS_MAX, Place, founders},
    promises::Promises,
    report::Report,
    states::States,
    transfers::Transfers,
};
use etcd::clock::Now;
use fastrand::Rng;
use std::{collections::BTreeSet, fmt::Write, time::Duration};

pub struct World {
    pub(super) rng: Rng,
    pub(super) now: Now,
    pub(super) places: Vec<Place>,
    pub(super) links: Links,
    pub(super) transfers: Transfers,
    pub(super) promises: Promises,
    pub(super) invariants: Invariants,
    pub(super) states: States,
    pub(super) weather: Weather,
    pub(super) span: Span,
    mix: BTreeSet<Trouble>,
    pub(super) report: Report,
}

/// What happens to snapshots and disks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weather {
    /// They get lost and damaged, and the power goes while one is stored or gone by.
    Foul,
    /// Nothing.
    Fair,
}

/// How much of a life is lived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// Everything.
    Whole,
    /// A short time without leases and alarms, of which every request and answer is recorded.
    Short,
}

/// Kinds of trouble. Not every seed has all: some show only where there is no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Trouble {
    Members,
    Links,
    Ends,
    Transfers,
    Pauses,
    SlowDisks,
    BadDisks,
}

const TROUBLES: [Trouble; 7] = [
    Trouble::Members,
    Trouble::Links,
    Trouble::Ends,
    Trouble::Transfers,
    Trouble::Pauses,
    Trouble::SlowDisks,
    Trouble::BadDisks,
];

impl World {
    /// Lives through one seed.
    pub fn run(seed: u64, span: Span) -> Report {
        let mut world = Self::new(seed, span);
        for number in 0..world.places.len() {
            world.start(number);
        }
        // Times of trouble, each followed by a rest.
        let (rounds, steps) = match span {
            Span::Whole => (2, 900),
            Span::Short => (1, 200),
        };
        for _ in 0..rounds {
            world.weather = Weather::Foul;
            (0..steps).for_each(|_| world.step());
            world.weather = Weather::Fair;
            world.rest();
        }
        if span == Span::Whole {
            world.outlive_leases();
        }
        world.into_report()
    }

    fn new(seed: u64, span: Span) -> Self {
        let mut rng = Rng::with_seed(seed);
        let count = [3, 5, 2, 4, 1, 3][rng.usize(0..6)];
        let places = founders(seed, count);
        let mut promises = Promises::default();
        promises.truth.members = Members::founded(places.iter().map(|place| place.id.0));
        promises.truth.learners_max = LEARNERS_MAX;
        if span == Span::Short {
            promises.record = Record::on();
        }
        Self {
            mix: TROUBLES.into_iter().filter(|_| rng.u32(0..4) > 0).collect(),
            rng,
            now: Duration::from_secs(1),
            places,
            links: Links::new(),
            transfers: Transfers::default(),
            promises,
            invariants: Invariants::default(),
            states: States::default(),
            weather: Weather::Foul,
            span,
            report: Report::default(),
        }
    }

    fn into_report(self) -> Report {
        let Self { promises, mut report, places, links, invariants, now, .. } = self;
        let counts = &mut report.counts;
        counts.acknowledged = promises.answers;
        counts.reads = promises.reads_answered;
        counts.leases_renewed = promises.renewed;
        counts.messages_lost = links.lost;
        counts.messages_doubled = links.doubled;
        counts.events_seen = places.iter().map(|place| place.watchers.events_seen).sum();
        counts.entries_compared = invariants.entries_compared;
        let truth = &promises.truth;
        counts.leases_expired = truth.leases_expired;
        counts.changes_made = truth.changes_made;
        counts.changes_refused = truth.changes_refused;
        counts.starved = truth.starved;
        counts.virtual_ms = now.as_millis() as u64;
        report.calls = promises.record.calls();
        report
    }

    pub(super) fn note(&mut self, line: std::fmt::Arguments<'_>) {
        if std::env::var_os("CLUSTER_SEED").is_some() {
            println!("{:?} {line}", self.now);
        }
        let _ = writeln!(self.report.transcript, "{:?} {line}", self.now);
    }

    fn step(&mut self) {
        let number = self.rng.usize(0..self.places.len());
        match self.rng.u32(0..1000) {
            0..240 => self.pass(1..40),
            240..490 => self.ask(number),
            490..550 => self.read(number),
            550..630 => self.turn(number),
            630..670 => self.watch(number),
            670..710 => self.renew(),
            710..840 => self.pass(60..140),
            840..890 => self.flush(number),
            890..920 => self.compact(number),
            920..935 => (0..self.places.len()).for_each(|number| self.start_if_down(number)),
            drawn => self.trouble(number, drawn),
        }
    }

    fn trouble(&mut self, number: usize, drawn: u32) {
        let kind = match drawn {
            ..945 => Trouble::Members,
            945..960 => Trouble::Links,
            960..974 => Trouble::Ends,
            974..980 => Trouble::Transfers,
            980..988 => Trouble::Pauses,
            988..994 => Trouble::SlowDisks,
            _ => Trouble::BadDisks,
        };
        if !self.mix.contains(&kind) {
            return;
        }
        match kind {
            Trouble::Members => self.reshape(number),
            Trouble::Links => {
                let ids: Vec<_> = self.places.iter().filter(|place| !place.is_gone).map(|place| place.id).collect();
                let change = self.links.change(&mut self.rng, &ids);
                self.note(format_args!("{change}"));
            }
            Trouble::Ends if self.rng.u32(0..8) == 0 => self.tell_gone(number),
            Trouble::Ends => self.stop(number),
            Trouble::Transfers => self.transfer(number),
            Trouble::Pauses => self.pause(number),
            Trouble::SlowDisks => {
                let sync_ms_max = [0, 30, 300, 3_000][self.rng.usize(0..4)];
                self.places[number].sync_ms_max = sync_ms_max;
                self.note(format_args!("{number}'s disk takes up to {sync_ms_max} ms"));
            }
            Trouble::BadDisks => self.spoil(number),
        }
    }

    fn pause(&mut self, number: usize) {
        let place = &mut self.places[number];
        if place.member.is_some() && !place.is_paused(self.now) {
            let ms = self.rng.u64(0..4_000);
            place.pause(self.now + Duration::from_millis(ms));
            self.report.counts.pauses += 1;
            self.note(format_args!("{number} is paused for {ms} ms"));
        }
    }

    fn spoil(&mut self, number: usize) {
        if self.places[number].member.is_some() && !self.places[number].is_doomed {
            let faults = self.places[number].spoil(&mut self.rng);
            self.note(format_args!("{number}'s disk: {faults:?}"));
        }
    }
}
