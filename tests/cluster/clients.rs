//! What clients and operators do: they write, read, watch, keep leases alive, and hand leadership over.

use super::{
    member::Member,
    operations::{self, Operation},
    places::Place,
    truth::Asked,
    world::{Span, World},
};
use bytes::Bytes;
use etcd::{
    id::LeaseId,
    lease::{Checkpoints, Renew},
    pb::etcdserverpb::alarm_request::AlarmAction,
    raft::Role,
    server::core::Input,
};

impl World {
    pub(super) fn ask(&mut self, number: usize) {
        let number = self.perhaps_leader(number);
        if self.places[number].member.is_some() {
            let operation = self.draw();
            self.note(format_args!("{number} is asked for {operation:?}"));
            self.request(number, operation);
        }
    }

    /// Half of the time it is somebody who takes itself for the leader: there may be two who do.
    fn perhaps_leader(&mut self, number: usize) -> usize {
        let leads = |place: &Place| place.member.as_ref().is_some_and(|member| member.status().role == Role::Leader);
        let leading = (0..self.places.len()).filter(|number| leads(&self.places[*number]));
        let chosen = self.rng.choice(leading.collect::<Vec<_>>());
        chosen.filter(|_| self.rng.bool()).unwrap_or(number)
    }

    fn draw(&mut self) -> Operation {
        let (rng, history) = (&mut self.rng, self.promises.history());
        let number = self.promises.next_number();
        match rng.u32(0..100) {
            0..8 => {
                let key = Bytes::from(format!("k{}", rng.u32(0..24)));
                let seen = history.live().get(key.as_ref()).map_or(0, |kv| kv.mod_revision);
                return Operation::Swap { key, seen, value: format!("{number}").into() };
            }
            40 => return Operation::AddUser { name: format!("user{number}") },
            8 if self.span == Span::Whole => return self.draw_alarm(AlarmAction::Activate),
            // Nothing can be written meanwhile, so it does not last.
            9..40 if !self.promises.truth.alarms.is_empty() => return self.draw_alarm(AlarmAction::Deactivate),
            _ => {}
        }
        loop {
            let operation = operations::draw(rng, number, history);
            let uses_lease = match operation {
                Operation::Put { lease, .. } => lease != 0,
                Operation::Grant { .. } | Operation::Revoke { .. } => true,
                _ => false,
            };
            if self.span == Span::Whole || !uses_lease {
                return operation;
            }
        }
    }

    fn draw_alarm(&mut self, action: AlarmAction) -> Operation {
        let on = self.promises.truth.alarms.first().copied();
        let member = match action {
            AlarmAction::Deactivate => on.unwrap_or_default(),
            _ if self.rng.u32(0..8) > 0 => {
                return Operation::Delete { key: Bytes::from_static(b"k0"), end: Bytes::new() };
            }
            _ => self.places[self.rng.usize(0..self.places.len())].id.0,
        };
        Operation::Alarm { member, action }
    }

    /// Hands a request to a member, and gives back its number.
    pub(super) fn request(&mut self, number: usize, operation: Operation) -> Option<u64> {
        let place = &mut self.places[number];
        let member = place.member.as_ref()?;
        let asked = Asked::Operation(operation.clone());
        let (question, input) = self.promises.ask(asked, |number| member.proposal(number, operation.request()));
        place.asked.push(question);
        self.input(number, input);
        Some(question)
    }

    pub(super) fn read(&mut self, number: usize) {
        let number = self.perhaps_leader(number);
        if self.places[number].member.is_some() {
            let question = self.promises.read();
            self.places[number].asked.push(question);
            self.input(number, Input::Read(question));
        }
    }

    /// A client keeps a lease alive, at whoever takes itself for the leader.
    pub(super) fn renew(&mut self) {
        let leads = |member: &Member| member.lessor.lock().is_leading();
        let leading: Vec<usize> = (0..self.places.len())
            .filter(|number| !self.places[*number].is_paused(self.now))
            .filter(|number| self.places[*number].member.as_ref().is_some_and(leads))
            .collect();
        // Few are kept alive for long, the others not at all.
        let lease = if self.rng.u32(0..3) > 0 { 1 } else { operations::lease(&mut self.rng) };
        let number = self.rng.choice(leading);
        number.into_iter().for_each(|number| self.renew_at(number, lease));
    }

    /// What production does for it.
    pub(super) fn renew_at(&mut self, number: usize, lease: i64) {
        let place = &self.places[number];
        let (local, settings) = (place.local(self.now), &place.config);
        // One whose time stood still would ask the others first.
        let has_ticked = local.saturating_sub(place.last_tick) <= 3 * settings.tick;
        let Some(member) = place.member.as_ref().filter(|_| has_ticked && !place.is_paused(self.now)) else { return };
        let Renew::Renewed { ttl_s, checkpointed } = member.lessor.lock().renew(LeaseId(lease), local) else { return };
        // What one promises that leads no more, and does not know it, nobody else knows of: so it is in etcd.
        if !self.invariants.is_last_leader(place.id.0) {
            return;
        }
        let known = self.promises.truth.leases.get(&lease).map(|lease| lease.ttl_s);
        assert_eq!(Some(ttl_s), known, "lease {lease} is renewed");
        if checkpointed && settings.lease_checkpoints != Checkpoints::Off {
            // A later leader must not go by what was left before. When that is done, the lease is renewed once more.
            let forget = Operation::Checkpoint { id: lease, remaining_s: 0 };
            if let Some(question) = self.request(number, forget) {
                self.promises.renews(question, lease);
            }
        } else {
            self.promises.renewed(lease, self.now);
        }
    }

    pub(super) fn flush(&mut self, number: usize) {
        let place = &self.places[number];
        if place.member.is_none() || place.is_paused(self.now) {
            return;
        }
        let local = place.local(self.now);
        self.with(number, |member| member.flush(local));
    }

    pub(super) fn compact(&mut self, number: usize) {
        if !self.places[number].is_paused(self.now) {
            self.with(number, Member::compact);
        }
    }

    pub(super) fn transfer(&mut self, number: usize) {
        let to = self.places[self.rng.usize(0..self.places.len())].id;
        self.note(format_args!("{number} is asked to hand over to {to}"));
        self.report.counts.transfers += 1;
        self.input(number, Input::TransferLeadership(to));
    }

    /// Clients come, go and read, and the hub gets its turn.
    pub(super) fn watch(&mut self, number: usize) {
        let history = &self.promises.truth.history;
        let place = &mut self.places[number];
        let local = place.local(self.now);
        let Some(member) = &mut place.member else { return };
        match self.rng.u32(0..8) {
            0 => place.watchers.create(&mut self.rng, history, member),
            1..5 => drop(self.with(number, |member| member.hub.turn(local).map_err(|error| error.to_string()))),
            _ => place.watchers.read(&mut self.rng, history),
        }
    }
}
