//! What was promised to clients, and by that what every member must have: one history for all of them.

use super::{
    history::History,
    member::{Member, SimTurn, revision_of},
    operations::Operation,
};
use etcd::{mvcc::Ranges, pb::mvccpb::Event};
use std::collections::BTreeMap;

/// Leases that operations are drawn with.
const LEASES: std::ops::RangeInclusive<i64> = 1..=6;

/// The model.
#[derive(Default)]
pub struct Promises {
    pub history: History,
    last_number: u64,
    /// Asked for and not answered yet.
    pending: BTreeMap<u64, Operation>,
    /// Asked for, and neither seen in the history nor refused: may still be done, and
    /// what writes a value of its own only once.
    undone: BTreeMap<u64, Operation>,
    /// Reads under way: the revision that they must see at least.
    reads: BTreeMap<u64, i64>,
    /// The last revision that any client knows of.
    pub acknowledged: i64,
    pub answers: u64,
    pub reads_answered: u64,
}

impl Promises {
    /// A client asks for something.
    pub fn ask(&mut self, operation: Operation) -> u64 {
        self.last_number += 1;
        self.pending.insert(self.last_number, operation.clone());
        self.undone.insert(self.last_number, operation);
        self.last_number
    }

    /// The number that the next question will have.
    pub fn next_number(&self) -> u64 {
        self.last_number + 1
    }

    /// A client asks for a linearizable read.
    pub fn read(&mut self) -> u64 {
        self.last_number += 1;
        self.reads.insert(self.last_number, self.acknowledged);
        self.last_number
    }

    /// Takes what a member's turn told, and checks it.
    pub fn take(&mut self, turn: SimTurn, member: &Member) {
        for changes in turn.changes.iter().filter(|changes| !changes.events.is_empty()) {
            self.append(changes.revision, &changes.events);
        }
        self.note_compaction(member);
        for (number, answer) in turn.outcomes {
            let operation = self.pending.remove(&number).expect("answered once");
            let Ok(outcome) = answer else {
                // It never got into the log.
                self.undone.remove(&number);
                continue;
            };
            self.answers += 1;
            let Some(revision) = revision_of(&outcome) else {
                assert!(!operation.is_always_possible(), "{operation:?} was refused: {outcome:?}");
                self.undone.remove(&number);
                continue;
            };
            if let Some(value) = operation.value() {
                let events = self.history.at(revision).unwrap_or_default();
                let has_it = |event: &Event| event.kv.as_ref().is_some_and(|kv| kv.value == value);
                assert!(events.iter().any(has_it), "{operation:?} is answered with {revision}, which is {events:?}");
            }
            assert!(revision <= self.history.revision(), "an answer tells of revision {revision}, which is not there");
            self.acknowledged = self.acknowledged.max(revision);
        }
        for (number, answer) in turn.reads {
            let at_least = self.reads.remove(&number).expect("answered once");
            if answer.is_ok() {
                self.reads_answered += 1;
                let revision = member.reader.revision();
                assert!(revision >= at_least, "a read sees {revision}, and {at_least} was acknowledged before it");
                self.check_view(member);
            }
        }
    }

    /// A transaction has come to be, here or earlier elsewhere: everywhere the same, asked for, and once.
    fn append(&mut self, revision: i64, events: &[Event]) {
        if revision <= self.history.revision() {
            return assert_eq!(Some(events), self.history.at(revision), "revision {revision} came out differently");
        }
        let explains = |operation: &Operation| operation.predict(&self.history) == events;
        let author = self.undone.iter().find(|(_, operation)| explains(operation)).map(|(number, _)| *number);
        let is_expiry = || LEASES.clone().any(|id| explains(&Operation::Revoke { id }));
        assert!(author.is_some() || is_expiry(), "revision {revision} ({events:?}) is not what anybody asked for");
        // Deletions that would do the same cannot be told apart, so they stay.
        if let Some(number) = author.filter(|number| self.undone[number].value().is_some()) {
            self.undone.remove(&number);
        }
        self.history.append(revision, events);
    }

    fn note_compaction(&mut self, member: &Member) {
        let compacted = member.reader.compact_revision();
        self.history.compacted = self.history.compacted.max(compacted);
    }

    /// What a member has after a start. What it knows of and nobody told of yet is found here.
    pub fn find(&mut self, member: &Member) {
        let revision = member.reader.revision();
        if revision > self.history.revision() {
            let from = self.history.revision() + 1;
            let found = member.reader.history(from, revision, usize::MAX, usize::MAX).expect("nothing is compacted");
            let mut by_revision: BTreeMap<i64, Vec<Event>> = BTreeMap::new();
            for event in found.events {
                let revision = event.kv.as_ref().map_or(0, |kv| kv.mod_revision);
                by_revision.entry(revision).or_default().push(event);
            }
            by_revision.into_iter().for_each(|(revision, events)| self.append(revision, &events));
        }
        self.note_compaction(member);
    }

    /// A member's keys are those of the history at its revision.
    pub fn check_view(&self, member: &Member) {
        let (revision, kvs) = member.read_all().expect("reads do not fail");
        assert!(revision <= self.history.revision(), "revision {revision} is not there");
        if revision == self.history.revision() {
            let expected: Vec<_> = self.history.live().values().cloned().collect();
            assert_eq!(kvs, expected, "what is read at {revision}");
        }
    }

    /// A client gives up on all that it asked a member that is gone.
    pub fn give_up(&mut self, numbers: impl IntoIterator<Item = u64>) {
        for number in numbers {
            self.pending.remove(&number);
            self.reads.remove(&number);
        }
    }
}
