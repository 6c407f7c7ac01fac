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
/// Proposals whose outcome is waited for, here or on their way to a leader elsewhere; one more is refused. With the limit on
/// their bytes it bounds what a leader that does not answer can cost its followers until their askers give up.
pub const WAITING_MAX: usize = 65_536;
/// Bytes of such proposals; when reached, one more is refused.
pub const WAITING_BYTES_MAX: usize = 256 << 20;

/// A proposal that raft does not know yet.
#[derive(Debug)]
struct Held {
    id: RequestId,
    entry: Entry,
    waited_for: bool,
}

/// Somebody who waits for a proposal's outcome.
#[derive(Debug)]
struct Waits<P> {
    waiter: P,
    bytes: usize,
}

/// See the module.
#[derive(Debug)]
pub struct Proposals<P> {
    queue: VecDeque<Held>,
    bytes: usize,
    waiters: BTreeMap<RequestId, Waits<P>>,
    waiting_bytes: usize,
}

impl<P> Proposals<P> {
    /// None yet.
    pub fn new() -> Self {
        Self { queue: VecDeque::new(), bytes: 0, waiters: BTreeMap::new(), waiting_bytes: 0 }
    }

    /// Queues a proposal. When the queue is full, or too many wait already, the waiter comes back.
    pub fn add(&mut self, id: RequestId, entry: Entry, waiter: Option<P>) -> Result<(), Option<P>> {
        let bytes = entry.data.len();
        if self.is_full(bytes) {
            self.drop_abandoned();
        }
        if self.is_full(bytes) || (waiter.is_some() && self.has_too_many(bytes)) {
            return Err(waiter);
        }
        self.bytes += bytes;
        self.queue.push_back(Held { id, entry, waited_for: waiter.is_some() });
        if let Some(waiter) = waiter {
            self.waiting_bytes += bytes;
            let before = self.waiters.insert(id, Waits { waiter, bytes });
            assert!(before.is_none(), "request ids are used once");
        }
        Ok(())
    }

    fn is_full(&self, bytes: usize) -> bool {
        self.queue.len() >= HELD_MAX || (self.bytes + bytes > HELD_BYTES_MAX && !self.queue.is_empty())
    }

    fn has_too_many(&self, bytes: usize) -> bool {
        let has_bytes = self.waiting_bytes + bytes > WAITING_BYTES_MAX && !self.waiters.is_empty();
        self.waiters.len() >= WAITING_MAX || has_bytes
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
        let waits = self.waiters.remove(&id)?;
        self.waiting_bytes -= waits.bytes;
        Some(waits.waiter)
    }

    /// Drops the waiters that are not to be kept.
    pub fn retain(&mut self, mut keep: impl FnMut(&P) -> bool) {
        self.waiters.retain(|_, waits| keep(&waits.waiter));
        self.waiting_bytes = self.waiters.values().map(|waits| waits.bytes).sum();
    }

    /// Takes all waiters, by request id, and drops what is queued.
    pub fn take_all(&mut self) -> Vec<P> {
        self.queue.clear();
        self.bytes = 0;
        self.waiting_bytes = 0;
        std::mem::take(&mut self.waiters).into_values().map(|waits| waits.waiter).collect()
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
    fn who_waits_for_a_leader_elsewhere_counts_until_forgotten() {
        let mut proposals = Proposals::new();
        let add = |proposals: &mut Proposals<u64>, id, bytes| {
            let added = proposals.add(RequestId(id), entry(bytes), Some(id));
            proposals.next_batch();
            added
        };
        for id in 0..WAITING_MAX as u64 {
            add(&mut proposals, id, 1).unwrap();
        }
        assert!(proposals.is_sent());
        assert_eq!(add(&mut proposals, 1 << 40, 1), Err(Some(1 << 40)));
        proposals.retain(|id| *id < 3);
        for id in 1..=4 {
            add(&mut proposals, id << 40, WAITING_BYTES_MAX / 4 - 1).unwrap();
        }
        assert_eq!(add(&mut proposals, 5 << 40, 2), Err(Some(5 << 40)));
        // What nobody waits for does not count: there is little of it.
        proposals.add(RequestId(6 << 40), entry(2), None).unwrap();
        assert_eq!(proposals.take(RequestId(1 << 40)), Some(1 << 40));
        add(&mut proposals, 5 << 40, 2).unwrap();
        assert_eq!(proposals.take_all().len(), 7);
        add(&mut proposals, 7 << 40, WAITING_BYTES_MAX + 1).unwrap();
        assert_eq!(add(&mut proposals, 8 << 40, 0), Err(Some(8 << 40)));
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
