//! What was promised to clients, and by that what every member must have: one truth for all of them.

use super::{
    history::History,
    linear::{Record, What},
    member::{Member, SimTurn, revision_of},
    operations::Operation,
    truth::{Asked, Truth, Verdict},
};
use etcd::{
    apply::{Answered, Outcome, Response},
    clock::Now,
    id::{LeaseId, MemberId},
    membership::Change,
    mvcc::Ranges,
    pb::{
        etcdserverpb::InternalRaftRequest,
        raftpb::{Entry, EntryType, Message, MessageType},
    },
    raft,
};
use prost::Message as _;
use std::collections::BTreeMap;

/// Somebody waits for an answer.
#[derive(Debug)]
struct Question {
    asked: Asked,
    /// The number that the log knows the request by.
    id: u64,
}

/// See the module.
#[derive(Default)]
pub struct Promises {
    pub truth: Truth,
    last_number: u64,
    /// Up to here nothing is under way any more.
    settled: u64,
    /// By number.
    questions: BTreeMap<u64, Question>,
    /// By the id of the request: what may still come into the log, and whose it is.
    undone: BTreeMap<u64, (u64, Asked)>,
    /// What came into the log, by number.
    verdicts: BTreeMap<u64, Verdict>,
    /// Reads under way: the revision that they must see at least.
    reads: BTreeMap<u64, i64>,
    /// Leases to be renewed when a checkpoint is forgotten, by the number of that request.
    renewals: BTreeMap<u64, i64>,
    /// And those whose time has come.
    to_renew: Vec<i64>,
    /// Who is to be promoted, by the number of the question whether it is ready.
    learners: BTreeMap<u64, MemberId>,
    ready: Vec<MemberId>,
    /// The last revision that any client knows of.
    pub acknowledged: i64,
    pub answers: u64,
    pub reads_answered: u64,
    pub renewed: u64,
    /// For the general checker.
    pub record: Record,
}

impl Promises {
    /// A client asks for something; `request` makes what goes to the member under that number.
    pub fn ask<T>(&mut self, asked: Asked, request: impl FnOnce(u64) -> (u64, T)) -> (u64, T) {
        self.last_number += 1;
        let number = self.last_number;
        let (id, sent) = request(number);
        if let Asked::Operation(operation) = &asked
            && !matches!(operation, Operation::Publish { .. })
        {
            self.record.call(number, What::Write(operation.clone()));
        }
        let before = self.undone.insert(id, (number, asked.clone()));
        assert!(before.is_none(), "two requests have the id {id:x}");
        self.questions.insert(number, Question { asked, id });
        (number, sent)
    }

    /// The number that the next question will have.
    pub fn next_number(&self) -> u64 {
        self.last_number + 1
    }

    pub fn history(&self) -> &History {
        &self.truth.history
    }

    /// A client asks for a linearizable read.
    pub fn read(&mut self) -> u64 {
        self.last_number += 1;
        self.reads.insert(self.last_number, self.acknowledged);
        self.record.call(self.last_number, What::Read);
        self.last_number
    }

    /// Somebody wants to know whether a learner has caught up.
    pub fn ask_whether_ready(&mut self, learner: MemberId) -> u64 {
        self.last_number += 1;
        self.learners.insert(self.last_number, learner);
        self.last_number
    }

    /// Learners that have.
    pub fn take_ready(&mut self) -> Vec<MemberId> {
        std::mem::take(&mut self.ready)
    }

    /// A lease is to be renewed once request `number` is answered.
    pub fn renews(&mut self, number: u64, lease: i64) {
        self.renewals.insert(number, lease);
    }

    /// Leases to be renewed now.
    pub fn take_renewals(&mut self) -> Vec<i64> {
        std::mem::take(&mut self.to_renew)
    }

    /// An entry is committed for the first time.
    pub fn committed(&mut self, entry: &Entry, logged_at: Now, now: Now) {
        let mut author = None;
        let verdict = self.truth.take(entry, logged_at, now, |id| {
            let (number, asked) = self.undone.remove(&id)?;
            author = Some(number);
            Some(asked)
        });
        self.verdicts.extend(author.map(|number| (number, verdict)));
    }

    /// Only a leader ends leases, or notes what is left of them: what it thinks of them is out of date with its term.
    pub fn hear(&self, message: &Message) {
        for entry in message.entries.iter().filter(|_| message.msg_type == MessageType::MsgPropose as i32) {
            if entry.get_entry_type() == EntryType::EntryConfChange {
                continue;
            }
            let request = InternalRaftRequest::decode(entry.data.clone()).expect("a request");
            let is_asked = self.undone.contains_key(&request.header.as_ref().map_or(0, |header| header.id));
            let is_about_leases = request.lease_revoke.is_some() || request.lease_checkpoint.is_some();
            assert!(is_asked || !is_about_leases, "{:x} leads no more, and proposes {request:?}", message.from);
        }
    }

    /// Takes what a member's turn told, and checks it.
    pub fn take(&mut self, turn: SimTurn, member: &Member) {
        for changes in turn.changes.iter().filter(|changes| !changes.events.is_empty()) {
            let expected = self.truth.history.at(changes.revision);
            assert_eq!(Some(&changes.events[..]), expected, "revision {} came out differently", changes.revision);
        }
        for (number, answer) in turn.outcomes {
            self.answer(number, answer);
        }
        for (number, answer) in turn.reads {
            let at_least = self.reads.remove(&number).expect("answered once");
            if answer.is_ok() {
                self.reads_answered += 1;
                let revision = member.reader.revision();
                assert!(revision >= at_least, "a read sees {revision}, and {at_least} was acknowledged before it");
                self.check_view(member);
                self.record.read(number, member);
            }
        }
    }

    fn answer(&mut self, number: u64, answer: Result<Answered, raft::Unavailable>) {
        if let Some(learner) = self.learners.remove(&number) {
            let is_ready = answer.is_ok_and(|answered| matches!(answered.outcome, Outcome::Done(_)));
            return self.ready.extend(is_ready.then_some(learner));
        }
        let Question { asked, id } = self.questions.remove(&number).expect("answered once");
        let renewal = self.renewals.remove(&number);
        let Ok(answered) = answer else {
            let undone = self.undone.remove(&id);
            assert!(undone.is_some(), "{asked:?} is in the log, and was answered with {answer:?}");
            return self.record.never(number);
        };
        self.answers += 1;
        let verdict = self.verdicts.remove(&number);
        let verdict = verdict.unwrap_or_else(|| panic!("{asked:?} is answered and not committed: {answered:?}"));
        let revision = revision_of(&answered);
        match (&answered.outcome, &verdict) {
            (Outcome::Refused(_), Verdict::Refused) => {}
            (Outcome::Done(Response::Members(members)), Verdict::Changed(expected)) => {
                let members: Vec<_> = members.iter().map(|member| (member.id, member.is_learner)).collect();
                assert_eq!(&members, expected, "the members behind {asked:?}");
            }
            (Outcome::Done(_), Verdict::Done(expected)) => {
                assert!(
                    revision.is_none_or(|revision| revision == *expected),
                    "{asked:?}: {answered:?}, not {expected}"
                );
            }
            _ => panic!("{asked:?} came to {verdict:?}, and is answered with {answered:?}"),
        }
        self.acknowledged = self.acknowledged.max(revision.unwrap_or_default());
        match verdict {
            Verdict::Refused => self.record.refused(number),
            _ => self.record.done(number, revision),
        }
        self.to_renew.extend(renewal);
    }

    /// A client hears that its lease was renewed then.
    pub fn renewed(&mut self, lease: i64, at: Now) {
        self.renewed += 1;
        self.truth.renewed(lease, at);
    }

    /// A member's keys are those of the history at its revision.
    pub fn check_view(&self, member: &Member) {
        let (revision, kvs) = member.read_all().expect("reads do not fail");
        let history = &self.truth.history;
        assert!(revision <= history.revision(), "revision {revision} is not there");
        if revision == history.revision() {
            assert!(kvs.iter().eq(history.live().values()), "what is read at {revision}: {kvs:?}");
        }
    }

    /// A member that has applied everything has just the leases and alarms that there are.
    pub fn check_state(&self, member: &Member) {
        let leases: Vec<_> = member.leases.all().into_iter().map(|(LeaseId(id), terms)| (id, terms)).collect();
        let leases: Vec<_> = leases.into_iter().map(|(id, terms)| (id, terms.ttl_s, terms.remaining_s)).collect();
        let expected: Vec<_> =
            self.truth.leases.iter().map(|(id, lease)| (*id, lease.ttl_s, lease.remaining_s)).collect();
        assert_eq!(leases, expected, "leases at entry {}", self.truth.index);
        let alarms: Vec<u64> = self.truth.alarms.iter().copied().collect();
        assert_eq!(member.alarms(), alarms, "alarms at entry {}", self.truth.index);
        let members: Vec<_> = member.members().list().iter().map(|one| (one.id.0, one.is_learner)).collect();
        assert_eq!(members, self.truth.members.list(), "members at entry {}", self.truth.index);
    }

    /// Membership changes under way that take somebody out.
    pub fn removals_under_way(&self) -> usize {
        let removes = |asked: &Asked| matches!(asked, Asked::Change(Change::Remove(_)));
        self.undone.values().filter(|(number, asked)| *number > self.settled && removes(asked)).count()
    }

    /// Everything is at rest: what is not in the log by now never will be.
    pub fn settle(&mut self) {
        self.settled = self.last_number;
    }

    /// A client gives up on all that it asked a member that is gone.
    pub fn give_up(&mut self, numbers: impl IntoIterator<Item = u64>) {
        for number in numbers {
            self.questions.remove(&number);
            self.reads.remove(&number);
            self.verdicts.remove(&number);
            self.renewals.remove(&number);
            self.learners.remove(&number);
        }
    }
}
