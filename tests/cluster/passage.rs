//! Time passes: clocks tick, messages arrive, and members take their turns.

use super::{
    links::Sending,
    member::{Member, SimTurn},
    places::Standstill,
    transfers::{self, State},
    world::{Weather, World},
};
use etcd::{clock::Now, id::MemberId, pb::raftpb::Message, raft::SnapshotSent, server::core::Input};
use std::{ops::Range, time::Duration};

const TICK: Duration = Duration::from_millis(100);

impl World {
    /// So many milliseconds pass, and what is due meanwhile happens, in order.
    pub(super) fn pass(&mut self, ms: Range<u64>) {
        let until = self.now + Duration::from_millis(self.rng.u64(ms));
        while let Some(at) = self.next_at().filter(|at| *at <= until) {
            self.now = self.now.max(at);
            (0..self.places.len()).for_each(|number| self.go_on(number));
            self.deliver_messages();
            self.deliver_snapshots();
        }
        self.now = until;
    }

    fn next_at(&self) -> Option<Now> {
        let up = self.places.iter().filter(|place| place.member.is_some());
        let of_places = up.map(|place| match place.standstill {
            Some(Standstill { until, is_stalled: false }) => until,
            Some(Standstill { until, .. }) => until.min(place.tick_at),
            None => place.leaves_at.unwrap_or(place.tick_at).min(place.tick_at),
        });
        of_places.chain(self.links.next_at()).chain(self.transfers.next_at()).min()
    }

    /// What a process does by itself.
    fn go_on(&mut self, number: usize) {
        let place = &mut self.places[number];
        if place.member.is_none() {
            return;
        }
        match place.standstill {
            Some(Standstill { until, .. }) if until <= self.now => self.wake(number),
            Some(Standstill { is_stalled: false, .. }) => return,
            _ => {}
        }
        let place = &mut self.places[number];
        if place.tick_at <= self.now {
            // Late ticks are not made up for, but those that wait for the disk pile up.
            place.tick_at = self.now + place.clock.true_time(TICK);
            self.input(number, Input::Tick);
            self.turn(number);
            self.dial(number);
        }
        if self.places[number].leaves_at.is_some_and(|at| at <= self.now) {
            self.leave(number);
        }
    }

    /// Takes all that has piled up, and then its turn. Sometimes what its clients wanted reaches it before what the other
    /// members had to say.
    pub(super) fn wake(&mut self, number: usize) {
        self.places[number].standstill = None;
        let piled_up = std::mem::take(&mut self.places[number].mailbox);
        let is_from_peer = |input: &Input<_, _>| matches!(input, Input::Message(_) | Input::Snapshot { .. });
        let (late, soon) = match self.rng.u32(0..3) {
            0 => piled_up.into_iter().partition(is_from_peer),
            _ => (Vec::new(), piled_up),
        };
        for inputs in [soon, late] {
            for input in inputs {
                self.input(number, input);
            }
            self.turn(number);
        }
    }

    fn deliver_messages(&mut self) {
        while let Some(message) = self.links.arrived(self.now) {
            let Some(number) = self.place_of(MemberId(message.to)) else { continue };
            if self.casts_out(number, &message) {
                continue;
            }
            self.input(number, Input::Message(Box::new(message)));
            if self.rng.u32(0..3) > 0 {
                self.turn(number);
            }
        }
    }

    /// One that was removed is listened to no more by those who know.
    fn casts_out(&self, number: usize, message: &Message) -> bool {
        self.knows_removed(number, MemberId(message.from))
    }

    fn knows_removed(&self, number: usize, id: MemberId) -> bool {
        let place = &self.places[number];
        let is_removed = |member: &Member| member.members().is_removed(id);
        !place.is_paused(self.now) && place.member.as_ref().is_some_and(is_removed)
    }

    /// A member tries again and again to reach all others. If it was removed, they tell it so.
    fn dial(&mut self, number: usize) {
        let (id, truth) = (self.places[number].id, &self.promises.truth.members);
        if !truth.is_removed(id.0) || self.places[number].leaves_at.is_some() {
            return;
        }
        let answers = |other: usize| {
            let peer = self.places[other].id;
            let is_reached = !self.links.is_cut(id, peer) && !self.links.is_cut(peer, id);
            other != number && is_reached && self.knows_removed(other, id)
        };
        if (0..self.places.len()).any(answers) {
            self.places[number].leaves_at = Some(self.now + Duration::from_millis(self.rng.u64(1..300)));
        }
    }

    fn deliver_snapshots(&mut self) {
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

    pub(super) fn place_of(&self, id: MemberId) -> Option<usize> {
        self.places.iter().position(|place| place.id == id)
    }

    /// Hands something to a member, at once or when it gets on.
    pub(super) fn input(&mut self, number: usize, input: Input<u64, u64>) {
        let place = &mut self.places[number];
        if place.member.is_none() {
            return;
        }
        if place.is_paused(self.now) {
            return place.mailbox.push(input);
        }
        let local = place.local(self.now);
        if matches!(input, Input::Tick) {
            place.last_tick = local;
        }
        self.with(number, |member| member.input(local, input));
    }

    /// Does something with a member that is up. It may end by that, if its disk is about to fail.
    pub(super) fn with<T>(&mut self, number: usize, act: impl FnOnce(&mut Member) -> Result<T, String>) -> Option<T> {
        let place = &mut self.places[number];
        match act(place.member.as_mut()?) {
            Ok(done) => Some(done),
            Err(error) => {
                assert!(place.is_doomed, "member {number} has a sound disk: {error}");
                self.report.counts.disk_failures += 1;
                self.note(format_args!("{number} fails: {error}"));
                self.stop(number);
                None
            }
        }
    }

    /// A member takes its turn, and all that it tells is checked.
    pub(super) fn turn(&mut self, number: usize) {
        let place = &self.places[number];
        if place.is_paused(self.now) || place.member.is_none() {
            return;
        }
        let (local, syncs) = (place.local(self.now), place.disk.ops().syncs);
        let Some(turn) = self.with(number, |member| member.turn(local)) else { return };
        let sync_took = self.wait_for_disk(number, syncs);
        self.look(number);
        let (leadership, removed) = (turn.leadership, turn.removed);
        let installed = turn.installed.as_ref().map(|installed| (installed.revision, installed.compacted));
        self.take(number, turn);
        let sending = Sending { now: self.now, syncs, sync_took };
        let place = &mut self.places[number];
        let hear = |message: &Message| {
            self.promises.hear(message);
            self.invariants.hear(message);
        };
        self.links.fetch(&mut self.rng, sending, &place.sent, hear);
        self.transfers.fetch(&mut self.rng, self.now, place.sent.take_snapshots());
        if let Some(leadership) = leadership {
            self.report.counts.leaders += u64::from(leadership.is_leader);
            self.note(format_args!("{number} sees {leadership:?}"));
        }
        if removed {
            // A leader that is removed goes on until the others know.
            let patience = 2 * self.places[number].config.election_timeout();
            self.places[number].leaves_at.get_or_insert(self.now + patience);
            self.note(format_args!("{number} is removed"));
        }
        for learner in self.promises.take_ready() {
            self.promote(number, learner);
        }
        for lease in self.promises.take_renewals() {
            self.renew_at(number, lease);
        }
        if let Some((revision, compacted)) = installed {
            self.report.counts.snapshots_installed += 1;
            self.note(format_args!("{number} goes on from a snapshot at revision {revision}, compacted {compacted}"));
            // What comes behind it is told in a turn of its own.
            self.turn(number);
        }
    }

    /// If its disk is slow, the member gets on only when it is done.
    fn wait_for_disk(&mut self, number: usize, syncs: u64) -> Duration {
        let place = &mut self.places[number];
        if place.disk.ops().syncs == syncs || place.sync_ms_max == 0 {
            return Duration::ZERO;
        }
        let took = Duration::from_millis(self.rng.u64(0..=place.sync_ms_max));
        place.standstill = Some(Standstill { until: self.now + took, is_stalled: true });
        self.report.counts.slow_syncs += 1;
        took
    }

    /// Compares the member's log with all others. What is committed for the first time becomes true by that.
    fn look(&mut self, number: usize) {
        let Some(member) = &self.places[number].member else { return };
        let before = self.invariants.commit_seen(member.status().id.0);
        for entry in self.invariants.look(self.now, member) {
            let logged_at = self.invariants.logged_at(&entry);
            self.promises.committed(&entry, logged_at, self.now);
        }
        self.invariants.check_quorum(member, before, &self.promises.truth.members);
    }

    /// What a turn told goes to watchers and clients.
    fn take(&mut self, number: usize, turn: SimTurn) {
        let place = &mut self.places[number];
        let Some(member) = &mut place.member else { return };
        place.last_term = member.term();
        turn.changes.iter().for_each(|changes| member.hub.publish(changes.clone()));
        let is_installed = turn.installed.is_some();
        if let Some(installed) = &turn.installed {
            member.hub.restored(installed.revision);
        }
        self.promises.take(turn, member);
        if is_installed {
            self.promises.check_view(member);
        }
        if is_installed || self.rng.u32(0..6) == 0 {
            self.states.check(number, member);
        }
    }

    /// After a start.
    pub(super) fn look_again(&mut self, number: usize) {
        let place = &self.places[number];
        let Some(member) = &place.member else { return };
        self.invariants.came_back(member);
        self.look(number);
    }
}
