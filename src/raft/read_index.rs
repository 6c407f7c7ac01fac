//! Linearizable reads: who waits, which rounds of confirmation are under way, and contexts that are used once.
//!
//! ```text
//!   reads asked for here --> waiting --(one round for all)--> rounds [context, waiters] --answer--> (waiters, index)
//!                               ^------ no answer for a while: a new round, a new context ---'
//!
//!   reads asked for by a peer --> early (no commit in this term yet) --> under way [our context -> its context] --> peer
//! ```
//!
//! A round asks the leader for its commit index, and the leader answers once a quorum has confirmed, to a heartbeat with
//! the round's context, that it still leads. That proves something only if the confirmation is younger than the question.
//! So nobody joins a round that has begun, and a context is used once: a leader that was cut off could else count a
//! confirmation that it got long ago. etcd's members before 3.7 ask again with the same context; that is why a leader
//! gives a peer's question a context of its own (etcd-io/raft pull request 397 changes the same).

use super::timeout::mix;
use crate::pb::raftpb::Message;
use bytes::Bytes;
use std::collections::{BTreeMap, VecDeque};

/// Rounds of this member under way. When reached, reads wait for one to end; they share the next.
pub const ROUNDS_MAX: usize = 16;
/// Questions of peers under way on the leader. When reached, one more is not let in; the peer asks again.
pub const RELAYED_MAX: usize = 4_096;

/// Numbers that no one had before: counted up from a start that depends on seed and member.
#[derive(Debug)]
pub struct Contexts {
    next: u64,
}

impl Contexts {
    /// See the type.
    pub fn new(seed: u64, id: u64) -> Self {
        Self { next: mix(mix(seed) ^ id) }
    }

    fn next(&mut self) -> Context {
        self.next = self.next.wrapping_add(1);
        self.next.to_be_bytes()
    }
}

/// Names a round. Eight bytes, as etcd's are.
pub type Context = [u8; 8];

/// The reads of this member.
#[derive(Debug)]
pub struct Reads<R> {
    waiting: Vec<R>,
    rounds: VecDeque<Round<R>>,
    retry_ticks: usize,
}

#[derive(Debug)]
struct Round<R> {
    context: Context,
    waiters: Vec<R>,
    age_ticks: usize,
}

impl<R> Reads<R> {
    /// Rounds are given up after `retry_ticks`.
    pub fn new(retry_ticks: usize) -> Self {
        Self { waiting: Vec::new(), rounds: VecDeque::new(), retry_ticks: retry_ticks.max(1) }
    }

    /// One more for the next round.
    pub fn add(&mut self, waiter: R) {
        self.waiting.push(waiter);
    }

    /// How many wait.
    pub fn pending(&self) -> usize {
        self.waiting.len() + self.rounds.iter().map(|round| round.waiters.len()).sum::<usize>()
    }

    /// Begins a round for all that wait, if there are any. Returns its context.
    pub fn begin(&mut self, contexts: &mut Contexts) -> Option<Context> {
        if self.waiting.is_empty() || self.rounds.len() >= ROUNDS_MAX {
            return None;
        }
        let context = contexts.next();
        let waiters = std::mem::take(&mut self.waiting);
        self.rounds.push_back(Round { context, waiters, age_ticks: 0 });
        Some(context)
    }

    /// The round of that context has its answer. It holds for the rounds before it as well: their reads are older.
    /// `None` for a context of no round, such as one that was given up.
    pub fn answered(&mut self, context: &[u8]) -> Option<Vec<R>> {
        let last = self.rounds.iter().position(|round| round.context == context)?;
        Some(self.rounds.drain(..=last).flat_map(|round| round.waiters).collect())
    }

    /// Gives up rounds that are too old; their reads wait for the next one.
    pub fn tick(&mut self) {
        self.rounds.iter_mut().for_each(|round| round.age_ticks += 1);
        let old = self.rounds.iter().take_while(|round| round.age_ticks >= self.retry_ticks).count();
        let waiters = self.rounds.drain(..old).flat_map(|round| round.waiters);
        self.waiting.splice(..0, waiters.collect::<Vec<R>>());
    }

    /// Takes all who wait, in whatever state.
    pub fn take_all(&mut self) -> Vec<R> {
        let mut all: Vec<R> = self.rounds.drain(..).flat_map(|round| round.waiters).collect();
        all.append(&mut self.waiting);
        all
    }

    /// Forgets those that are not to be kept.
    pub fn retain(&mut self, mut keep: impl FnMut(&R) -> bool) {
        self.waiting.retain(&mut keep);
        self.rounds.iter_mut().for_each(|round| round.waiters.retain(&mut keep));
    }
}

/// The questions of peers, while this member leads.
#[derive(Debug, Default)]
pub struct Relay {
    early: Vec<Message>,
    /// Our context, and the one to answer with.
    under_way: BTreeMap<Context, Bytes>,
}

impl Relay {
    /// No room for one more?
    pub fn is_full(&self) -> bool {
        self.early.len() + self.under_way.len() >= RELAYED_MAX
    }

    /// Keeps a question until the leader may answer it.
    pub fn keep(&mut self, question: Message) {
        self.early.push(question);
    }

    /// The questions that were kept.
    pub fn take_kept(&mut self) -> Vec<Message> {
        std::mem::take(&mut self.early)
    }

    /// Gives a question a context of ours.
    pub fn begin(&mut self, question: &mut Message, contexts: &mut Contexts) {
        let Some(entry) = question.entries.first_mut() else { return };
        let ours = contexts.next();
        let theirs = std::mem::replace(&mut entry.data, Bytes::copy_from_slice(&ours));
        self.under_way.insert(ours, theirs);
    }

    /// Gives an answer the asker's context back. False for a question that is forgotten: nobody may have this answer.
    pub fn end(&mut self, answer: &mut Message) -> bool {
        let Some(entry) = answer.entries.first_mut() else { return false };
        let ours = Context::try_from(&entry.data[..]).ok();
        let theirs = ours.and_then(|ours| self.under_way.remove(&ours));
        let known = theirs.is_some();
        entry.data = theirs.unwrap_or_default();
        known
    }

    /// Forgets all: this member leads no more, or in another term.
    pub fn clear(&mut self) {
        self.early.clear();
        self.under_way.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reads() -> (Reads<u32>, Contexts) {
        (Reads::new(3), Contexts::new(1, 2))
    }

    #[test]
    fn nobody_joins_a_round_that_has_begun() {
        let (mut reads, mut contexts) = reads();
        assert_eq!(reads.begin(&mut contexts), None);
        reads.add(1);
        reads.add(2);
        let first = reads.begin(&mut contexts).unwrap();
        reads.add(3);
        let second = reads.begin(&mut contexts).unwrap();
        assert_ne!(first, second);
        assert_eq!(reads.answered(&first), Some(vec![1, 2]));
        assert_eq!(reads.answered(&first), None);
        assert_eq!(reads.answered(&second), Some(vec![3]));
    }

    #[test]
    fn an_answer_serves_older_rounds_too() {
        let (mut reads, mut contexts) = reads();
        let rounds: Vec<Context> = [1, 2, 3]
            .map(|read| {
                reads.add(read);
                reads.begin(&mut contexts).unwrap()
            })
            .into();
        assert_eq!(reads.answered(&rounds[1]), Some(vec![1, 2]));
        assert_eq!(reads.answered(&rounds[0]), None);
        assert_eq!(reads.pending(), 1);
    }

    #[test]
    fn a_lost_round_is_asked_again_under_another_name() {
        let (mut reads, mut contexts) = reads();
        reads.add(1);
        let lost = reads.begin(&mut contexts).unwrap();
        reads.add(2);
        (0..2).for_each(|_| reads.tick());
        assert_eq!(reads.pending(), 2);
        reads.tick();
        let again = reads.begin(&mut contexts).unwrap();
        assert_eq!(reads.answered(&lost), None);
        assert_eq!(reads.answered(&again), Some(vec![1, 2]));
    }

    #[test]
    fn rounds_are_bounded_and_end_together() {
        let (mut reads, mut contexts) = reads();
        for read in 0..20 {
            reads.add(read);
            reads.begin(&mut contexts);
        }
        assert_eq!((reads.rounds.len(), reads.waiting.len()), (ROUNDS_MAX, 4));
        reads.retain(|read| read % 2 == 0);
        assert_eq!(reads.take_all(), [0, 2, 4, 6, 8, 10, 12, 14, 16, 18]);
        assert_eq!(reads.pending(), 0);
    }

    #[test]
    fn a_peers_question_gets_our_context_and_its_own_back() {
        let entry = crate::pb::raftpb::Entry { data: Bytes::from_static(b"theirs"), ..Default::default() };
        let mut question = Message { entries: vec![entry], ..Message::default() };
        let (mut relay, mut contexts) = (Relay::default(), Contexts::new(1, 2));
        let mut again = question.clone();
        relay.begin(&mut question, &mut contexts);
        relay.begin(&mut again, &mut contexts);
        assert_ne!(question.entries[0].data, again.entries[0].data);
        let mut late = again.clone();
        assert!(relay.end(&mut again) && again.entries[0].data == "theirs");
        assert!(!relay.end(&mut late));
        relay.clear();
        assert!(!relay.end(&mut question));
    }
}
