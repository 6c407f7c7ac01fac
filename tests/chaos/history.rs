//! What clients saw, against the order in which it happened.
//!
//! etcd gives every change a revision, so the order of all changes is known afterwards: it is what a watch from the
//! beginning tells. That makes linearizability easy to check, without a search: every operation has its place in that
//! order by the revision it was answered with, and only two things remain to be seen. What it saw must be the state at its
//! place, and no operation may come before one that had ended when it began.
//!
//! A long history is checked piece by piece. Between two pieces all clients rest; what they were not answered about may
//! still take place in a later piece, and is kept until it does.

use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

/// A value that only one operation ever writes.
pub type Value = u64;

/// What a key held: the revision of its last change, and the value.
pub type Held = Option<(i64, Value)>;

/// What an operation was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A change (None: the key is gone), and what was there before.
    Changed { to: Option<Value>, before: Held },
    /// What the key holds.
    Read { held: Held },
    /// The same, perhaps of an older state.
    ReadStale { held: Held },
}

/// An operation that was answered, or one of which nobody knows whether it took place.
#[derive(Clone, Debug)]
pub struct Operation {
    pub key: usize,
    pub began: Duration,
    pub ended: Duration,
    pub outcome: Outcome,
}

#[derive(Clone, Debug)]
pub enum Outcome {
    Answered {
        revision: i64,
        answer: Answer,
    },
    /// What it may have written.
    Unknown(Option<Value>),
}

/// One change, as watches tell of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    pub key: usize,
    pub to: Option<Value>,
}

/// All changes by revision.
pub type Changes = BTreeMap<i64, Change>;

/// What is known of the pieces that were checked.
#[derive(Debug, Default)]
pub struct History {
    states: States,
    /// The last revision of the piece before.
    last: i64,
    /// The greatest revision that anybody was answered.
    reached: i64,
    /// Those that have not taken place, as far as is known.
    unknown: Vec<Operation>,
    counts: Counts,
}

/// How much was checked.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    pub operations: usize,
    pub unknown: usize,
    pub changes: usize,
    /// Reads of states that are forgotten.
    pub too_old: usize,
}

impl History {
    /// Checks a piece: what was asked in it, and all changes behind those of the piece before. Panics at the first
    /// operation that cannot have been as it was answered.
    pub fn check(&mut self, mut operations: Vec<Operation>, changes: &Changes) -> Counts {
        self.counts.operations += operations.len();
        self.counts.changes += changes.len();
        self.states.add(changes);
        operations.append(&mut self.unknown);
        let mut writers: HashMap<i64, &Operation> = HashMap::new();
        for operation in &operations {
            self.check_answer(operation, changes, &mut writers);
        }
        let unknown = check_unknown(&operations, changes, &mut writers);
        self.reached = check_order(&operations, &writers, self.reached);
        let unknown: Vec<Operation> = unknown.into_iter().cloned().collect();
        self.counts.unknown = unknown.len();
        self.unknown = unknown;
        // A member that is behind still answers from the piece before.
        self.states.forget_before(self.last);
        self.last = changes.keys().next_back().copied().unwrap_or(self.last);
        self.counts
    }

    fn check_answer<'a>(
        &mut self,
        operation: &'a Operation,
        changes: &Changes,
        writers: &mut HashMap<i64, &'a Operation>,
    ) {
        let Outcome::Answered { revision, answer } = &operation.outcome else { return };
        match answer {
            Answer::Changed { to, before } => {
                let change = Change { key: operation.key, to: *to };
                assert_eq!(changes.get(revision), Some(&change), "an acknowledged change is lost: {operation:?}");
                let was = self.states.at(operation.key, revision - 1);
                assert_eq!(was, *before, "what was there before: {operation:?}");
                assert!(writers.insert(*revision, operation).is_none(), "two changes at once: {operation:?}");
            }
            Answer::ReadStale { .. } if *revision < self.states.first => self.counts.too_old += 1,
            Answer::Read { held } | Answer::ReadStale { held } => {
                let was = self.states.at(operation.key, *revision);
                assert_eq!(was, *held, "no such state was ever: {operation:?}");
            }
        }
    }
}

/// Every change that nobody was answered about is one that somebody asked for. Returns what has not taken place.
fn check_unknown<'a>(
    operations: &'a [Operation],
    changes: &Changes,
    writers: &mut HashMap<i64, &'a Operation>,
) -> Vec<&'a Operation> {
    let mut values: HashMap<Value, &Operation> = HashMap::new();
    let mut deletes: HashMap<usize, Vec<&Operation>> = HashMap::new();
    for operation in operations {
        match operation.outcome {
            Outcome::Unknown(Some(value)) => {
                values.insert(value, operation);
            }
            Outcome::Unknown(None) => deletes.entry(operation.key).or_default().push(operation),
            Outcome::Answered { .. } => {}
        }
    }
    for (revision, change) in changes {
        if writers.contains_key(revision) {
            continue;
        }
        match change.to {
            Some(value) => {
                let operation =
                    values.remove(&value).unwrap_or_else(|| panic!("written twice, or by nobody: {change:?}"));
                assert_eq!(operation.key, change.key);
                writers.insert(*revision, operation);
            }
            // Which of them it was cannot be told.
            None => {
                let count = deletes.get_mut(&change.key).map_or(0, |of_key| {
                    let count = of_key.len();
                    of_key.pop();
                    count
                });
                assert!(count > 0, "removed by nobody: {change:?} at {revision}");
            }
        }
    }
    values.into_values().chain(deletes.into_values().flatten()).collect()
}

/// Nothing comes before what had ended when it began. `reached` was answered before all of them, but for those that were
/// not answered; returns what has been reached now.
fn check_order(operations: &[Operation], writers: &HashMap<i64, &Operation>, reached: i64) -> i64 {
    enum Moment {
        Ended(i64),
        /// The least revision it may have.
        Began {
            revision: i64,
            is_change: bool,
        },
    }
    let mut moments = Vec::new();
    for operation in operations {
        if let Outcome::Answered { revision, answer } = &operation.outcome {
            if !matches!(answer, Answer::ReadStale { .. }) {
                let is_change = matches!(answer, Answer::Changed { .. });
                moments.push((operation.began, Moment::Began { revision: *revision, is_change }, operation));
            }
            moments.push((operation.ended, Moment::Ended(*revision), operation));
        }
    }
    for (revision, operation) in writers {
        if matches!(operation.outcome, Outcome::Unknown(_)) {
            moments.push((operation.began, Moment::Began { revision: *revision, is_change: true }, operation));
        }
    }
    // What begins at the very moment in which another ends is not behind it.
    moments.sort_by_key(|(at, moment, _)| (*at, matches!(moment, Moment::Ended(_))));
    let mut reached = reached;
    for (_, moment, operation) in moments {
        match moment {
            Moment::Ended(revision) => reached = reached.max(revision),
            Moment::Began { revision, is_change } => {
                let is_behind = if is_change { revision > reached } else { revision >= reached };
                assert!(is_behind, "revision {reached} was answered before this began: {operation:?}, at {revision}");
            }
        }
    }
    reached
}

/// The states of every key from a revision on.
#[derive(Debug, Default)]
struct States {
    first: i64,
    keys: HashMap<usize, BTreeMap<i64, Held>>,
}

impl States {
    fn add(&mut self, changes: &Changes) {
        for (revision, change) in changes {
            let held = change.to.map(|value| (*revision, value));
            self.keys.entry(change.key).or_default().insert(*revision, held);
        }
    }

    fn at(&self, key: usize, revision: i64) -> Held {
        self.keys.get(&key)?.range(..=revision).next_back().and_then(|(_, held)| *held)
    }

    fn forget_before(&mut self, first: i64) {
        self.first = first;
        for states in self.keys.values_mut() {
            let kept = states.split_off(&first);
            // What it held then.
            let held = states.pop_last();
            *states = kept;
            states.extend(held);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    fn answered(began: u64, ended: u64, revision: i64, answer: Answer) -> Operation {
        Operation { key: 0, began: ms(began), ended: ms(ended), outcome: Outcome::Answered { revision, answer } }
    }

    fn changes() -> Changes {
        [(2, 20), (3, 30)].map(|(revision, value)| (revision, Change { key: 0, to: Some(value) })).into()
    }

    fn put(began: u64, ended: u64, revision: i64, value: Value, before: Held) -> Operation {
        answered(began, ended, revision, Answer::Changed { to: Some(value), before })
    }

    fn read(began: u64, ended: u64, revision: i64, held: Held) -> Operation {
        answered(began, ended, revision, Answer::Read { held })
    }

    fn check(operations: Vec<Operation>, changes: &Changes) {
        History::default().check(operations, changes);
    }

    #[test]
    fn a_history_in_pieces() {
        let late = Operation { key: 0, began: ms(2), ended: ms(3), outcome: Outcome::Unknown(Some(40)) };
        let later = |revision, value| Changes::from([(revision, Change { key: 0, to: Some(value) })]);
        let stale = |revision, held| answered(20, 21, revision, Answer::ReadStale { held });
        let mut history = History::default();
        history.check(vec![put(0, 1, 2, 20, None), put(2, 3, 3, 30, Some((2, 20))), late], &changes());
        history.check(vec![read(10, 11, 4, Some((4, 40))), stale(2, Some((2, 20)))], &later(4, 40));
        history.check(vec![put(12, 13, 5, 50, Some((4, 40))), stale(3, Some((3, 30)))], &later(5, 50));
        let counts = history.check(vec![stale(2, None), stale(4, Some((4, 40)))], &Changes::new());
        assert_eq!((counts.operations, counts.changes, counts.unknown, counts.too_old), (9, 4, 0, 1));
        let old = vec![read(30, 31, 4, Some((4, 40)))];
        std::panic::catch_unwind(move || history.check(old, &Changes::new())).expect_err("revision 5 was answered");
    }

    #[test]
    fn a_history_that_can_be() {
        let unknown = Operation { key: 0, began: ms(2), ended: ms(9), outcome: Outcome::Unknown(Some(30)) };
        let stale = answered(8, 9, 2, Answer::ReadStale { held: Some((2, 20)) });
        check(vec![put(0, 3, 2, 20, None), unknown, read(4, 5, 3, Some((3, 30))), stale], &changes());
    }

    #[test]
    fn histories_that_cannot_be() {
        let first = || put(0, 1, 2, 20, None);
        let second = || put(2, 3, 3, 30, Some((2, 20)));
        let wrong: [(&str, Vec<Operation>); 7] = [
            ("lost", vec![first(), second(), put(4, 5, 4, 40, Some((3, 30)))]),
            ("by nobody", vec![first()]),
            ("was there before", vec![first(), put(2, 3, 3, 30, None)]),
            ("ever", vec![first(), second(), read(2, 3, 2, Some((3, 30)))]),
            ("answered before", vec![first(), second(), read(4, 5, 2, Some((2, 20)))]),
            ("answered before", vec![put(2, 3, 2, 20, None), put(0, 1, 3, 30, Some((2, 20)))]),
            ("two changes", vec![first(), first(), second()]),
        ];
        for (text, operations) in wrong {
            let panic = std::panic::catch_unwind(|| check(operations, &changes())).expect_err(text);
            let said = panic.downcast_ref::<String>().expect("a text");
            assert!(said.contains(text), "{said} has {text}");
        }
    }
}
