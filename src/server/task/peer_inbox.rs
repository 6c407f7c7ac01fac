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
use crate::{id::MemberId, limits::PEER_INBOX_MESSAGES, pb::raftpb::Message};
use parking_lot::Mutex;
use std::collections::BTreeSet;
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
    unreachable: BTreeSet<MemberId>,
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

    /// Something for that peer was lost.
    pub fn unreachable(&self, peer: MemberId) {
        let mut waiting = self.waiting.lock();
        let is_first = waiting.is_empty();
        waiting.unreachable.insert(peer);
        drop(waiting);
        self.wake(is_first);
    }

    /// Is the core gone?
    pub fn is_closed(&self) -> bool {
        self.core.is_closed()
    }

    /// All that has come, in the order in which it came.
    pub fn take(&self) -> impl Iterator<Item = Input> + use<> {
        let Waits { messages, unreachable } = std::mem::take(&mut *self.waiting.lock());
        let messages = messages.into_iter().map(|message| Input::Message(Box::new(message)));
        messages.chain(unreachable.into_iter().map(Input::Unreachable))
    }

    fn wake(&self, is_first: bool) {
        if is_first {
            let _ = self.core.try_send(Input::Wake);
        }
    }
}

impl Waits {
    fn is_empty(&self) -> bool {
        self.messages.is_empty() && self.unreachable.is_empty()
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
