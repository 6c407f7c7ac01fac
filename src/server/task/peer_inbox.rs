//! What comes from peers on its way to the core, in room of its own: a heartbeat that waits behind what clients want costs
//! an election.
//!
//! ```text
//!   connections --Message--> PeerInbox --(the core takes all at every turn)--> core
//!                               `-- Wake --> the queue of clients, only so that the core comes
//! ```
//!
//! If that queue is full the core is about to come anyway.

use super::mailbox::Input;
use crate::{apply::Image, id::MemberId, limits::PEER_INBOX_MESSAGES, pb::raftpb::Message, raft::SnapshotSent};
use parking_lot::Mutex;
use std::collections::{BTreeMap, BTreeSet};
use tokio::sync::mpsc;

/// See the module.
#[derive(Debug)]
pub struct PeerInbox {
    // Locked because connections put in and the core takes out: both for a moment only.
    waiting: Mutex<Waits>,
    core: mpsc::Sender<Input>,
}

#[derive(Debug, Default)]
struct Waits {
    messages: Vec<Message>,
    /// They come one at a time, and are few.
    snapshots: Vec<(Message, Image)>,
    snapshots_sent: BTreeMap<MemberId, SnapshotSent>,
    unreachable: BTreeSet<MemberId>,
    gone: BTreeSet<MemberId>,
}

impl PeerInbox {
    /// For the core behind that queue.
    pub fn new(core: mpsc::Sender<Input>) -> Self {
        Self { waiting: Mutex::default(), core }
    }

    /// Takes a message in; gives back whether there was room.
    pub fn message(&self, message: Message) -> bool {
        let mut waiting = self.waiting.lock();
        if waiting.messages.len() >= PEER_INBOX_MESSAGES {
            return false;
        }
        let is_first = waiting.is_empty();
        waiting.messages.push(message);
        drop(waiting);
        self.wake(is_first);
        true
    }

    /// Takes in a snapshot with its state; gives back whether there was room.
    pub fn snapshot(&self, message: Message, image: Image) -> bool {
        self.note(|waiting| waiting.snapshots.push((message, image)));
        true
    }

    /// The sending of a snapshot to that peer has ended.
    pub fn snapshot_sent(&self, peer: MemberId, sent: SnapshotSent) {
        self.note(|waiting| {
            waiting.snapshots_sent.insert(peer, sent);
        });
    }

    /// Something for that peer was lost.
    pub fn unreachable(&self, peer: MemberId) {
        self.note(|waiting| {
            waiting.unreachable.insert(peer);
        });
    }

    /// That peer's process has ended.
    pub fn gone(&self, peer: MemberId) {
        self.note(|waiting| {
            waiting.gone.insert(peer);
        });
    }

    fn note(&self, change: impl FnOnce(&mut Waits)) {
        let mut waiting = self.waiting.lock();
        let is_first = waiting.is_empty();
        change(&mut waiting);
        drop(waiting);
        self.wake(is_first);
    }

    /// Is the core gone?
    pub fn is_closed(&self) -> bool {
        self.core.is_closed()
    }

    /// All that has come, in the order in which it came.
    pub fn take(&self) -> impl Iterator<Item = Input> + use<> {
        let Waits { messages, snapshots, snapshots_sent, unreachable, gone } =
            std::mem::take(&mut *self.waiting.lock());
        let snapshot = |(message, image)| Input::Snapshot { message: Box::new(message), image: Box::new(image) };
        // What was sent behind a snapshot must find it.
        let inputs = snapshots.into_iter().map(snapshot);
        let inputs = inputs.chain(messages.into_iter().map(|message| Input::Message(Box::new(message))));
        let inputs = inputs.chain(unreachable.into_iter().map(Input::Unreachable));
        let inputs = inputs.chain(gone.into_iter().map(Input::Gone));
        inputs.chain(snapshots_sent.into_iter().map(|(peer, sent)| Input::SnapshotSent(peer, sent)))
    }

    fn wake(&self, is_first: bool) {
        if is_first {
            let _ = self.core.try_send(Input::Wake);
        }
    }
}

impl Waits {
    fn is_empty(&self) -> bool {
        let Self { messages, snapshots, snapshots_sent, unreachable, gone } = self;
        let none = messages.is_empty() && snapshots.is_empty() && snapshots_sent.is_empty();
        none && unreachable.is_empty() && gone.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_core_is_woken_once_and_what_does_not_fit_is_refused() {
        let (core, mut inbox) = mpsc::channel(8);
        let peers = PeerInbox::new(core);
        for term in 0..PEER_INBOX_MESSAGES as u64 {
            assert!(peers.message(Message { term, ..Message::default() }));
        }
        peers.unreachable(MemberId(2));
        assert!(!peers.message(Message::default()));
        assert!(matches!(inbox.try_recv(), Ok(Input::Wake)));
        assert!(inbox.try_recv().is_err());
        let taken: Vec<Input> = peers.take().collect();
        assert_eq!(taken.len(), PEER_INBOX_MESSAGES + 1);
        assert!(matches!(&taken[1], Input::Message(message) if message.term == 1));
        assert!(matches!(taken.last(), Some(Input::Unreachable(MemberId(2)))));
        peers.unreachable(MemberId(3));
        assert!(matches!(inbox.try_recv(), Ok(Input::Wake)));
    }
}
