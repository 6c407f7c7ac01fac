//! A general checker of histories (Wing and Gong's search, with Lowe's memory of what was tried): is there an order of the
//! operations in which each takes effect between its call and its return, and answers what an obvious store would answer?
//!
//! It knows nothing of which write came first, though revisions tell: it tries. That is slow, so it is for small histories. What was called
//! and never answered may have taken effect at any later time, or not at all.

use super::{member::Member, operations::Operation};
use etcd::pb::mvccpb::KeyValue;
use prost::Message;
use std::collections::{BTreeMap, HashSet};

/// What was called.
#[derive(Clone, Debug)]
pub enum What {
    Write(Operation),
    /// Of all keys.
    Read,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// At that revision.
    Done(i64),
    Refused,
    /// Revision and keys.
    Saw(i64, Vec<KeyValue>),
}

impl Answer {
    fn revision(&self) -> Option<i64> {
        match self {
            Self::Done(revision) | Self::Saw(revision, _) => Some(*revision),
            Self::Refused => None,
        }
    }
}

/// One operation.
#[derive(Clone, Debug)]
pub struct Call {
    pub what: What,
    pub called: u64,
    /// When the answer came, and which.
    pub returned: Option<(u64, Answer)>,
}

/// Gathers a history, if it is switched on.
#[derive(Debug, Default)]
pub struct Record {
    is_on: bool,
    moment: u64,
    calls: BTreeMap<u64, Call>,
}

impl Record {
    pub fn on() -> Self {
        Self { is_on: true, ..Self::default() }
    }

    pub fn calls(&self) -> Vec<Call> {
        self.calls.values().cloned().collect()
    }

    pub fn call(&mut self, number: u64, what: What) {
        if self.is_on {
            self.moment += 1;
            self.calls.insert(number, Call { what, called: self.moment, returned: None });
        }
    }

    /// It is sure that it never took effect.
    pub fn never(&mut self, number: u64) {
        self.calls.remove(&number);
    }

    pub fn done(&mut self, number: u64, revision: Option<i64>) {
        self.answer(number, || Answer::Done(revision.unwrap_or_default()));
    }

    pub fn refused(&mut self, number: u64) {
        self.answer(number, || Answer::Refused);
    }

    pub fn read(&mut self, number: u64, member: &Member) {
        self.answer(number, || {
            let (revision, kvs) = member.read_all().expect("reads do not fail");
            Answer::Saw(revision, kvs)
        });
    }

    fn answer(&mut self, number: u64, answer: impl FnOnce() -> Answer) {
        if let Some(call) = self.calls.get_mut(&number) {
            self.moment += 1;
            call.returned = Some((self.moment, answer()));
        }
    }
}

/// The obvious store.
#[derive(Clone, Debug, Default)]
struct Store {
    live: BTreeMap<Vec<u8>, KeyValue>,
    /// Less one: an empty store is at revision 1.
    writes: i64,
    compacted: Option<i64>,
}

impl Store {
    fn revision(&self) -> i64 {
        self.writes + 1
    }

    /// The store behind it, and the answer.
    fn after(&self, what: &What) -> (Self, Answer) {
        let mut after = self.clone();
        let answer = match what {
            What::Read => Answer::Saw(self.revision(), self.live.values().cloned().collect()),
            What::Write(Operation::Compact { revision }) => {
                let is_possible = self.compacted.is_none_or(|compacted| compacted < *revision);
                if is_possible && *revision <= self.revision() {
                    after.compacted = Some(*revision);
                    Answer::Done(self.revision())
                } else {
                    Answer::Refused
                }
            }
            What::Write(operation) => {
                let mut events = Vec::new();
                operation.carry_out(&mut after.live, self.revision() + 1, &mut events);
                after.writes += i64::from(!events.is_empty());
                Answer::Done(after.revision())
            }
        };
        (after, answer)
    }

    fn digest(&self) -> u32 {
        let start = format!("{} {:?}", self.writes, self.compacted);
        let rows = self.live.values();
        rows.fold(crc32c::crc32c(start.as_bytes()), |digest, kv| crc32c::crc32c_append(digest, &kv.encode_to_vec()))
    }
}

struct Search<'a> {
    calls: &'a [Call],
    tried: HashSet<(Vec<u64>, u32)>,
}

/// States looked at before the search gives up.
const STATES_MAX: usize = 20_000;

/// What came of a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// There is an order, found behind so many states.
    Order(usize),
    /// There is none.
    None,
    /// It would take too long: too many operations were never answered.
    Nothing,
}

/// Looks for an order.
pub fn check(calls: &[Call]) -> Found {
    let mut calls = calls.to_vec();
    // A read without an answer says nothing.
    calls.retain(|call| call.returned.is_some() || matches!(call.what, What::Write(_)));
    calls.sort_by_key(|call| call.called);
    let mut search = Search { calls: &calls, tried: HashSet::new() };
    let mut done = vec![0; calls.len().div_ceil(64)];
    match search.go_on(&mut done, 0, &Store::default()) {
        true => Found::Order(search.tried.len()),
        false if search.tried.len() >= STATES_MAX => Found::Nothing,
        false => Found::None,
    }
}

impl Search<'_> {
    /// Can all that is not done yet be put in order behind this?
    fn go_on(&mut self, done: &mut Vec<u64>, from: usize, store: &Store) -> bool {
        let is_done = |done: &[u64], at: usize| done[at / 64] >> (at % 64) & 1 == 1;
        let from = (from..self.calls.len()).find(|at| !is_done(done, *at)).unwrap_or(self.calls.len());
        let left = (from..self.calls.len()).filter(|at| !is_done(done, *at));
        let mut first_return = None;
        for (returned, answer) in left.filter_map(|at| self.calls[at].returned.as_ref()) {
            // Nobody is told of what was before: this leads nowhere.
            if answer.revision().is_some_and(|revision| revision < store.revision()) {
                return false;
            }
            first_return = first_return.or(Some(*returned)).min(Some(*returned));
        }
        // Whoever was called behind the first return that is left has to wait for it.
        let Some(first_return) = first_return else { return true };
        if self.tried.len() >= STATES_MAX || !self.tried.insert((done.clone(), store.digest())) {
            return false;
        }
        let reach = self.calls.partition_point(|call| call.called < first_return);
        // What was answered fits at once or not at all; what was not is tried behind it.
        for answered in [true, false] {
            for at in from..reach {
                let call = &self.calls[at];
                if is_done(done, at) || call.returned.is_some() != answered {
                    continue;
                }
                let (after, answer) = store.after(&call.what);
                if call.returned.as_ref().is_some_and(|(_, returned)| *returned != answer) {
                    continue;
                }
                done[at / 64] |= 1 << (at % 64);
                if self.go_on(done, from, &after) {
                    return true;
                }
                done[at / 64] &= !(1 << (at % 64));
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(value: &'static str) -> What {
        What::Write(Operation::Put { key: "k".into(), value: value.into(), lease: 0 })
    }

    fn saw(revision: i64, value: &'static str) -> Answer {
        let kv = KeyValue {
            key: "k".into(),
            value: value.into(),
            mod_revision: revision,
            create_revision: 2,
            version: revision - 1,
            lease: 0,
        };
        Answer::Saw(revision, vec![kv])
    }

    fn call(what: What, called: u64, returned: u64, answer: Answer) -> Call {
        Call { what, called, returned: Some((returned, answer)) }
    }

    #[track_caller]
    fn holds(calls: &[Call]) {
        assert!(matches!(check(calls), Found::Order(_)), "this has an order: {calls:?}");
    }

    #[track_caller]
    fn breaks(calls: &[Call]) {
        assert_eq!(check(calls), Found::None, "this has no order: {calls:?}");
    }

    #[test]
    fn a_read_sees_what_was_answered_before_it() {
        let puts = [call(put("a"), 1, 2, Answer::Done(2)), call(put("b"), 3, 4, Answer::Done(3))];
        let with = |read: Call| [puts.to_vec(), vec![read]].concat();
        holds(&with(call(What::Read, 5, 6, saw(3, "b"))));
        // Stale, though it is what once was.
        breaks(&with(call(What::Read, 5, 6, saw(2, "a"))));
        breaks(&with(call(What::Read, 5, 6, Answer::Saw(1, vec![]))));
        // While the second put was under way, either is right.
        let puts = [puts[0].clone(), call(put("b"), 3, 9, Answer::Done(3))];
        for read in [saw(2, "a"), saw(3, "b")] {
            holds(&[puts.to_vec(), vec![call(What::Read, 5, 6, read)]].concat());
        }
        // But not back again.
        let reads = |one, two| vec![call(What::Read, 4, 5, one), call(What::Read, 6, 7, two)];
        holds(&[puts.to_vec(), reads(saw(2, "a"), saw(3, "b"))].concat());
        breaks(&[puts.to_vec(), reads(saw(3, "b"), saw(2, "a"))].concat());
    }

    #[test]
    fn what_was_never_answered_may_have_happened() {
        let lost = Call { what: put("lost"), called: 1, returned: None };
        let later = |revision| call(put("b"), 3, 4, Answer::Done(revision));
        holds(&[lost.clone(), later(2)]);
        holds(&[lost.clone(), later(3)]);
        breaks(&[lost.clone(), later(4)]);
        // Not before it was called.
        let early = call(put("b"), 0, 0, Answer::Done(3));
        breaks(&[early, Call { called: 5, ..lost }]);
    }

    #[test]
    fn of_two_swaps_one_succeeds() {
        let swap = |value: &'static str| What::Write(Operation::Swap { key: "k".into(), seen: 0, value: value.into() });
        let at = |what, answer| call(what, 1, 2, Answer::Done(answer));
        holds(&[at(swap("a"), 2), at(swap("b"), 2)]);
        breaks(&[at(swap("a"), 2), at(swap("b"), 3)]);
        let stale = call(What::Read, 3, 4, Answer::Saw(1, vec![]));
        breaks(&[at(swap("a"), 2), at(swap("b"), 2), stale]);
    }
}
