//! Proposals on their way into the log, and those who wait for them to come out.
//!
//! ```text
//!   propose --> queue --(a leader is known)--> batches of a message's size --> raft
//!          `--> waiters, by request id ------------------------------------------> beside the committed entry
//! ```
//!
//! While no leader is known the queue holds them, as etcd does: who proposes during an election is served after it. A
//! waiter stays until its entry is committed or the owner forgets it. A change of the leader does not end its wait: the
//! entry may yet be committed, and nobody can know.

use super::config::MESSAGE_BYTES_MAX;
use crate::id::RequestId;
use crate::pb::raftpb::Entry;
use std::collections::{BTreeMap, VecDeque};

/// Proposals that are held while there is no leader; one more is refused. With etcd's 7 s until a request times out,
/// this is 1,000 a second.
pub const HELD_MAX: usize = 8_192;
/// Bytes of proposals that are held; when reached, one more is refused.
pub const HELD_BYTES_MAX: usize = 64 << 20;

/// A proposal that raft does not know yet.
#[derive(Debug)]
struct Held {
    id: RequestId,
    entry: Entry,
    waited_for: bool,
}

/// See the module.
#[derive(Debug)]
pub struct Proposals<P> {
    queue: VecDeque<Held>,
    bytes: usize,
    waiters: BTreeMap<RequestId, P>,
}

impl<P> Proposals<P> {
    /// None yet.
    pub fn new() -> Self {
        Self { queue: VecDeque::new(), bytes: 0, waiters: BTreeMap::new() }
    }

    /// Queues a proposal. When the queue is full, the waiter comes back.
    pub fn add(&mut self, id: RequestId, entry: Entry, waiter: Option<P>) -> Result<(), Option<P>> {
        if self.is_full(entry.data.len()) {
            self.drop_abandoned();
            if self.is_full(entry.data.len()) {
                return Err(waiter);
            }
        }
        self.bytes += entry.data.len();
        self.queue.push_back(Held { id, entry, waited_for: waiter.is_some() });
        if let Some(waiter) = waiter {
            let before = self.waiters.insert(id, waiter);
            assert!(before.is_none(), "request ids are used once");
        }
        Ok(())
    }

    fn is_full(&self, bytes: usize) -> bool {
        self.queue.len() >= HELD_MAX || (self.bytes + bytes > HELD_BYTES_MAX && !self.queue.is_empty())
    }

    /// Those whose waiter was forgotten do not go into the log any more.
    fn drop_abandoned(&mut self) {
        let waiters = &self.waiters;
        self.queue.retain(|held| !held.waited_for || waiters.contains_key(&held.id));
        self.bytes = self.queue.iter().map(|held| held.entry.data.len()).sum();
    }

    /// Takes the oldest proposals, as many as fit a message; at least one if there is one.
    pub fn next_batch(&mut self) -> (Vec<RequestId>, Vec<Entry>) {
        let (mut ids, mut entries, mut bytes) = (Vec::new(), Vec::new(), 0);
        while let Some(held) = self.queue.pop_front() {
            let length = held.entry.data.len();
            if bytes > 0 && bytes + length > MESSAGE_BYTES_MAX as usize {
                self.queue.push_front(held);
                break;
            }
            self.bytes -= length;
            if held.waited_for && !self.waiters.contains_key(&held.id) {
                continue;
            }
            bytes += length;
            ids.push(held.id);
            entries.push(held.entry);
        }
        (ids, entries)
    }

    /// Nothing is queued.
    pub fn is_sent(&self) -> bool {
        self.queue.is_empty()
    }

    /// How many wait.
    pub fn waiting(&self) -> usize {
        self.waiters.len()
    }

    /// Takes the waiter of a request.
    pub fn take(&mut self, id: RequestId) -> Option<P> {
        self.waiters.remove(&id)
    }

    /// Drops the waiters that are not to be kept.
    pub fn retain(&mut self, mut keep: impl FnMut(&P) -> bool) {
        self.waiters.retain(|_, waiter| keep(waiter));
    }

    /// Takes all waiters, by request id, and drops what is queued.
    pub fn take_all(&mut self) -> Vec<P> {
        self.queue.clear();
        self.bytes = 0;
        std::mem::take(&mut self.waiters).into_values().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(bytes: usize) -> Entry {
        Entry { data: vec![0; bytes].into(), ..Entry::default() }
    }

    #[test]
    fn batches_are_cut_at_a_message() {
        let mut proposals = Proposals::new();
        for (id, bytes) in [(1, 600_000), (2, 400_000), (3, 3_000_000), (4, 1)] {
            proposals.add(RequestId(id), entry(bytes), Some(id)).unwrap();
        }
        let batches: Vec<Vec<RequestId>> = (0..4).map(|_| proposals.next_batch().0).collect();
        assert_eq!(batches, [vec![RequestId(1), RequestId(2)], vec![RequestId(3)], vec![RequestId(4)], vec![]]);
        assert_eq!(
            (proposals.waiting(), proposals.take(RequestId(3)), proposals.take(RequestId(3))),
            (4, Some(3), None)
        );
    }

    #[test]
    fn who_was_forgotten_gives_room_and_is_not_proposed() {
        let mut proposals = Proposals::new();
        for id in 0..HELD_MAX as u64 {
            proposals.add(RequestId(id), entry(1), Some(id)).unwrap();
        }
        assert_eq!(proposals.add(RequestId(9_999), entry(1), Some(9_999)), Err(Some(9_999)));
        proposals.take(RequestId(0));
        proposals.add(RequestId(9_999), entry(1), Some(9_999)).unwrap();
        proposals.take(RequestId(1));
        let ids = proposals.next_batch().0;
        assert_eq!((ids.len(), ids[0], ids[HELD_MAX - 2]), (HELD_MAX - 1, RequestId(2), RequestId(9_999)));
        proposals.add(RequestId(1), entry(HELD_BYTES_MAX), None).unwrap();
        assert_eq!(proposals.add(RequestId(2), entry(1), None), Err(None));
    }
}
