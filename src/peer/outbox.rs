//! The messages for one stream, and which connection takes them.
//!
//! ```text
//!   send --push--> lanes --take--> the body of the answer to the peer's GET
//! ```
//!
//! A stream is opened by its reader. While none is open, nothing is queued here: messages go another way. When the peer opens
//! another one, the new one takes what waits, and the old one ends. When the connection breaks, what waits is lost, and so
//! may be what was under way.

use super::lanes::Lanes;
use crate::limits::PEER_STREAM_MESSAGES;
use crate::pb::raftpb::Message;
use parking_lot::Mutex;
use std::task::{Context, Poll, Waker};

/// One stream's messages. Locked by the sender for a push, and by the connection for a pop; never while waiting.
#[derive(Debug)]
pub struct Outbox(Mutex<State>);

#[derive(Debug)]
struct State {
    lanes: Lanes,
    /// The connection that takes messages.
    attached: Option<Turn>,
    /// How many there have been.
    turns: u64,
    waker: Option<Waker>,
    is_closed: bool,
}

/// One connection among those that took from an outbox, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn(u64);

/// Why a message is not queued.
#[derive(Debug)]
pub enum NotQueued {
    /// No stream is open.
    NoStream(Box<Message>),
    /// Too much is waiting.
    Full(Box<Message>),
}

/// How a stream took over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attached {
    /// No other was open.
    First(Turn),
    /// From another, which ends now.
    Instead(Turn),
    /// Not at all: the peer is gone.
    Closed,
}

impl Default for Outbox {
    fn default() -> Self {
        let lanes = Lanes::new(PEER_STREAM_MESSAGES);
        Self(Mutex::new(State { lanes, attached: None, turns: 0, waker: None, is_closed: false }))
    }
}

impl Outbox {
    /// Queues a message for the open stream.
    pub fn push(&self, message: Message) -> Result<(), NotQueued> {
        let mut state = self.0.lock();
        if state.attached.is_none() {
            return Err(NotQueued::NoStream(Box::new(message)));
        }
        state.lanes.push(message).map_err(NotQueued::Full)?;
        let waker = state.waker.take();
        drop(state);
        wake(waker);
        Ok(())
    }

    /// A connection takes the messages from here on.
    pub fn attach(&self) -> Attached {
        let mut state = self.0.lock();
        if state.is_closed {
            return Attached::Closed;
        }
        state.turns += 1;
        let turn = Turn(state.turns);
        let attached = match state.attached.replace(turn) {
            Some(_) => Attached::Instead(turn),
            None => Attached::First(turn),
        };
        let waker = state.waker.take();
        drop(state);
        wake(waker);
        attached
    }

    /// A connection has ended. Was it the one that took messages? Then nothing is queued any more.
    pub fn detach(&self, turn: Turn) -> bool {
        let mut state = self.0.lock();
        let is_current = state.attached == Some(turn);
        if is_current {
            state.attached = None;
            state.lanes.clear();
        }
        is_current
    }

    /// The peer is gone: the open stream ends, and no other begins. Was one open?
    pub fn close(&self) -> bool {
        let mut state = self.0.lock();
        state.is_closed = true;
        state.lanes.clear();
        let was_open = state.attached.take().is_some();
        let waker = state.waker.take();
        drop(state);
        wake(waker);
        was_open
    }

    /// The next message for a connection; none when another has taken over, or the peer is gone.
    pub fn poll_take(&self, turn: Turn, cx: &Context<'_>) -> Poll<Option<Message>> {
        let mut state = self.0.lock();
        if state.attached != Some(turn) {
            return Poll::Ready(None);
        }
        match state.lanes.pop() {
            Some(message) => Poll::Ready(Some(message)),
            None => {
                state.waker = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }
}

fn wake(waker: Option<Waker>) {
    if let Some(waker) = waker {
        waker.wake();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(term: u64) -> Message {
        Message { term, ..Message::default() }
    }

    fn take(outbox: &Outbox, turn: Turn) -> Poll<Option<u64>> {
        outbox.poll_take(turn, &Context::from_waker(Waker::noop())).map(|taken| taken.map(|message| message.term))
    }

    #[test]
    fn without_a_stream_nothing_waits() {
        let outbox = Outbox::default();
        assert!(matches!(outbox.push(message(1)), Err(NotQueued::NoStream(back)) if back.term == 1));
        let Attached::First(turn) = outbox.attach() else { panic!("the first") };
        for term in 0..PEER_STREAM_MESSAGES as u64 {
            assert!(outbox.push(message(term)).is_ok());
        }
        assert!(matches!(outbox.push(message(9)), Err(NotQueued::Full(_))));
        assert_eq!(take(&outbox, turn), Poll::Ready(Some(0)));
        assert!(outbox.detach(turn) && !outbox.detach(turn));
        assert!(matches!(outbox.push(message(1)), Err(NotQueued::NoStream(_))));
        let Attached::First(next) = outbox.attach() else { panic!("the first again") };
        assert_eq!(take(&outbox, next), Poll::Pending);
    }

    #[test]
    fn a_newer_stream_takes_over_what_waits() {
        let outbox = Outbox::default();
        let Attached::First(old) = outbox.attach() else { panic!("the first") };
        assert!(outbox.push(message(1)).is_ok());
        let Attached::Instead(new) = outbox.attach() else { panic!("another") };
        assert_eq!(take(&outbox, old), Poll::Ready(None));
        assert!(!outbox.detach(old));
        assert_eq!(take(&outbox, new), Poll::Ready(Some(1)));
        assert!(outbox.close() && !outbox.close());
        assert_eq!(take(&outbox, new), Poll::Ready(None));
        assert_eq!(outbox.attach(), Attached::Closed);
    }
}
