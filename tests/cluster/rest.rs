//! Faults stop. Everybody comes to the same state, and the cluster serves.

use super::{operations::Operation, world::World};
use etcd::{mvcc::Ranges, pb::etcdserverpb::alarm_request::AlarmAction, raft::Role};
use std::time::Duration;

/// Enough for elections and for what was held up.
const PATIENCE: Duration = Duration::from_secs(90);
/// What is on its way has arrived by then.
const AFTERMATH: Duration = Duration::from_secs(2);

impl World {
    pub(super) fn rest(&mut self) {
        self.links.heal();
        for number in 0..self.places.len() {
            // A plan of faults is gone with the life that it was for.
            if self.places[number].is_doomed {
                self.stop(number);
            }
            self.places[number].sync_ms_max = 0;
            if self.places[number].standstill.is_some() {
                self.wake(number);
            }
        }
        self.settle();
        while let Some(member) = self.promises.truth.alarms.first().copied() {
            let at = self.any_member();
            self.request(at, Operation::Alarm { member, action: AlarmAction::Deactivate });
            self.settle();
        }
        let answers = self.promises.answers;
        let asked_of = self.any_member();
        (0..3).for_each(|_| self.ask(asked_of));
        self.settle();
        assert!(self.promises.answers >= answers + 3, "the cluster serves again");
        self.promises.settle();
        self.check_equal();
    }

    /// A member that is up.
    fn any_member(&mut self) -> usize {
        let ids = self.promises.truth.members.ids();
        let is_up = |number: &usize| {
            let place = &self.places[*number];
            place.member.is_some() && ids.contains(&place.id.0)
        };
        let up: Vec<usize> = (0..self.places.len()).filter(is_up).collect();
        self.rng.choice(up).expect("somebody is up")
    }

    /// Time passes until all have what there is.
    fn settle(&mut self) {
        let (until, mut quiet_since) = (self.now + PATIENCE, None);
        let mut next_flush = self.now;
        loop {
            for number in 0..self.places.len() {
                self.start_if_down(number);
                // Snapshots are of what is in the file.
                if next_flush <= self.now {
                    self.flush(number);
                }
            }
            if next_flush <= self.now {
                next_flush = self.now + Duration::from_secs(1);
            }
            self.pass(60..140);
            match self.unsettled() {
                None if self.now >= *quiet_since.get_or_insert(self.now) + AFTERMATH => return,
                None => {}
                Some(reason) => {
                    quiet_since = None;
                    assert!(self.now < until, "no rest: {reason}");
                }
            }
        }
    }

    /// Who is not where all should be?
    fn unsettled(&self) -> Option<String> {
        let truth = &self.promises.truth;
        let mut leads = false;
        for (number, place) in self.places.iter().enumerate() {
            let is_member = truth.members.contains(place.id.0);
            match &place.member {
                Some(member) if is_member => {
                    let status = member.status();
                    leads |= status.role == Role::Leader && status.commit == truth.index;
                    if member.applied() != truth.index || status.last_index != truth.index {
                        return Some(format!("{number} has not all of {}: {status:?}", truth.index));
                    }
                }
                Some(_) if truth.members.is_removed(place.id.0) => {
                    return Some(format!("{number} is still there: {:?}", place.leaves_at));
                }
                None if is_member => return Some(format!("{number} is down")),
                _ => {}
            }
        }
        (!leads).then(|| "nobody leads".to_owned())
    }

    fn check_equal(&mut self) {
        let truth = &self.promises.truth;
        let history = &truth.history;
        let mut rows: Option<(usize, Vec<_>)> = None;
        for (number, place) in self.places.iter_mut().enumerate() {
            let Some(member) = place.member.as_mut().filter(|_| truth.members.contains(place.id.0)) else { continue };
            let applied = member.status().applied;
            assert_eq!(member.reader.revision(), history.revision(), "member {number} has all, at entry {applied}");
            self.promises.check_view(member);
            self.promises.check_state(member);
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
            let mut local = place.clock.at(self.now);
            for turns in 0.. {
                let turn = member.hub.turn(local).expect("history is there");
                // A stream that was full is looked at again after a while.
                if !turn.more & !place.watchers.read_all(history) & turn.wake_at.is_none() {
                    break;
                }
                assert!(turns < 10_000, "the hub of member {number} never comes to rest");
                local += Duration::from_millis(50);
            }
            place.watchers.check_complete(history);
        }
    }

    /// A lease that nobody keeps alive ends.
    pub(super) fn outlive_leases(&mut self) {
        let until = self.now + PATIENCE;
        while !self.promises.truth.leases.is_empty() {
            assert!(self.now < until, "leases that never end: {:?}", self.promises.truth.leases);
            self.pass(60..140);
        }
        self.settle();
        self.check_equal();
    }
}
