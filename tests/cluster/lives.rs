//! Members start, and end: by a kill, with the power, with their disk, or because they were removed.

use super::{
    clock::Clock,
    links::Sending,
    member::Member,
    operations::Operation,
    world::{Weather, World},
};
use etcd::{mvcc::Ranges, server::core::Input};
use std::time::Duration;

/// Seeds from one life of a member to the next.
const LIFE_SEEDS: u64 = 1 << 32;

impl World {
    pub(super) fn start(&mut self, number: usize) {
        // Nobody starts in no time, and chance is not the same in every life.
        self.pass(1..20);
        let place = &mut self.places[number];
        place.config.seed += LIFE_SEEDS;
        place.clock = Clock::draw(&mut self.rng, self.now);
        place.tick_at = self.now + Duration::from_millis(self.rng.u64(0..100));
        place.last_tick = self.now;
        let images = place.images();
        let outbox = Box::new(place.sent.clone());
        let member = Member::start_as(place.joins_as, &place.disk, &place.config, self.now, outbox);
        let mut member = member.unwrap_or_else(|error| panic!("member {number} cannot start: {error}"));
        let (revision, term) = (member.reader.revision(), member.term());
        assert!(term >= place.last_term, "a member forgets no term");
        assert_eq!(place.files(), ["db"], "what was not completed is gone");
        self.promises.check_view(&member);
        self.states.check(number, &member);
        place.watchers.resume(&self.promises.truth.history, &mut member);
        self.report.counts.installs_ended += u64::from(images.contains(&member.applied()));
        // The first connection to one of the others tells it.
        let is_removed = member.members().is_removed(place.id);
        place.leaves_at = is_removed.then_some(self.now + Duration::from_millis(300));
        place.member = Some(member);
        self.note(format_args!("{number} starts at revision {revision} in term {term}"));
        self.look_again(number);
        self.turn(number);
        self.publish(number);
    }

    /// A member that has started tells its name.
    pub(super) fn publish(&mut self, number: usize) {
        let place = &self.places[number];
        let Some(member) = &place.member else { return };
        let is_told = |member: etcd::membership::Member| !member.name.is_empty();
        if !member.members().get(place.id).is_some_and(is_told) && self.promises.truth.members.contains(place.id.0) {
            let name = place.config.name.clone();
            self.request(number, Operation::Publish { member: place.id.0, name });
        }
    }

    pub(super) fn start_if_down(&mut self, number: usize) {
        let place = &self.places[number];
        let is_away = place.away_until > self.now && self.weather == Weather::Foul;
        let truth = &self.promises.truth.members;
        // One that joins is started when it is a member.
        let is_expected = place.joins_as.is_none() || place.last_term > 0 || truth.contains(place.id.0);
        if place.member.is_none() && !is_away && !place.is_gone && is_expected {
            self.report.counts.joined += u64::from(place.joins_as.is_some() && place.last_term == 0);
            self.start(number);
        }
    }

    /// A process is killed, or its machine loses power.
    pub(super) fn stop(&mut self, number: usize) {
        let place = &mut self.places[number];
        let Some(member) = place.member.take() else { return };
        self.promises.give_up(place.asked.drain(..));
        self.links.forget(place.id);
        self.report.counts.crashes += 1;
        // First, so that what its parts do when they are dropped reaches no disk.
        let is_power_loss = self.rng.bool();
        if is_power_loss {
            place.disk.crash(self.rng.u64(..));
        } else {
            place.disk.kill();
        }
        place.is_doomed = false;
        // What it said last may have left it.
        if self.rng.bool() {
            let sending = Sending { now: self.now, syncs: u64::MAX, sync_took: Duration::ZERO };
            self.links.fetch(&mut self.rng, sending, &place.sent, |message| self.invariants.hear(message));
        }
        place.sent.clear();
        place.wake_up();
        place.leaves_at = None;
        place.sync_ms_max = 0;
        // For a moment, or so long that the others go on without it.
        let away_ms = if self.rng.u32(0..3) == 0 { self.rng.u64(0..12_000) } else { 0 };
        place.away_until = self.now + Duration::from_millis(away_ms);
        self.report.counts.installs_crashed += u64::from(place.files().len() > 1);
        self.transfers.forget(place.id);
        drop(member);
        self.note(format_args!("{number} ends; power loss: {is_power_loss}"));
        self.tell_gone(number);
    }

    /// Those who are connected with a member see its connections end. Now and then one sees that who is well.
    pub(super) fn tell_gone(&mut self, number: usize) {
        let gone = self.places[number].id;
        for other in 0..self.places.len() {
            let id = self.places[other].id;
            if other != number && !self.links.is_cut(gone, id) && self.rng.bool() {
                let input = if self.rng.u32(0..3) == 0 { Input::Unreachable(gone) } else { Input::Gone(gone) };
                self.input(other, input);
            }
        }
    }

    /// A member that was removed ends for good, once enough of the others know for sure. (Were the last that it told to
    /// lose its memory of it, that one would wait for its vote for ever; so it is with etcd.)
    pub(super) fn leave(&mut self, number: usize) {
        let id = self.places[number].id;
        let voters = self.promises.truth.members.voters();
        let knows = |place: &super::places::Place| {
            let is_removed = |member: &Member| member.members().is_removed(id);
            voters.contains(&place.id.0) && place.member.as_ref().is_some_and(is_removed)
        };
        let knowing: Vec<usize> = (0..self.places.len()).filter(|other| knows(&self.places[*other])).collect();
        knowing.iter().for_each(|other| self.flush(*other));
        let left = knowing.iter().filter(|other| self.places[**other].member.is_some()).count();
        if left <= voters.len() / 2 {
            self.places[number].leaves_at = Some(self.now + Duration::from_millis(300));
            return;
        }
        self.stop(number);
        self.places[number].is_gone = true;
        self.report.counts.cast_out += 1;
        self.note(format_args!("{number} is gone"));
    }
}
