//! The way back from the core to whoever waits, in batches.
//!
//! ```text
//!   core thread: letters for many --> Mailbox of a thread --one wake-up--> its courier --> the waiting tasks
//! ```
//!
//! Waking a task from another thread is a system call, and each task so woken answered its client by itself. A turn of the
//! core answers many requests at once: each thread that asked is woken once, finds all its answers, and what goes to the
//! same connection leaves together.
//!
//! A mailbox holds no more than there are requests waiting on its thread.

use crate::{
    apply::Answered,
    raft::Unavailable,
    server::core::{self, ReadRound},
};
use parking_lot::Mutex;
use std::{cell::RefCell, sync::Arc};
use tokio::{
    runtime,
    sync::{Notify, oneshot},
};

/// What comes back for a proposal.
pub type Answer = Result<Answered, Unavailable>;
/// Says that a read may go on, or why not. One of those who share a read index is told how they came by it.
pub type ReadAnswer = Result<Option<ReadRound>, Unavailable>;

/// Waits for the outcome of a proposal.
pub type Waiter = Waiting<Answer>;
/// Waits for a read index.
pub type Reader = Waiting<ReadAnswer>;
/// What reaches the core.
pub type Input = core::Input<Waiter, Reader>;

/// Somebody who waits for a `T`, and the mailbox of the thread where that is.
#[derive(Debug)]
pub struct Waiting<T> {
    sender: oneshot::Sender<T>,
    home: Arc<Mailbox>,
}

impl<T> Waiting<T> {
    /// Does anybody still wait?
    pub fn waits(&self) -> bool {
        !self.sender.is_closed()
    }
}

/// What is on its way to somebody.
#[derive(Debug)]
enum Letter {
    Outcome(oneshot::Sender<Answer>, Answer),
    Read(oneshot::Sender<ReadAnswer>, ReadAnswer),
}

/// Of one thread.
#[derive(Debug, Default)]
struct Mailbox {
    // Locked because the core puts in and the courier takes out: both for a moment only.
    letters: Mutex<Vec<Letter>>,
    arrived: Notify,
}

/// The letters of one turn.
#[derive(Debug, Default)]
pub struct Post {
    /// Mailboxes that hold letters whose courier does not know yet.
    unannounced: Vec<Arc<Mailbox>>,
}

/// Makes a way back to the calling task. Must be called within a tokio runtime.
pub fn waiting<T>() -> (Waiting<T>, oneshot::Receiver<T>) {
    let (sender, receiver) = oneshot::channel();
    (Waiting { sender, home: Mailbox::of_this_thread() }, receiver)
}

impl Post {
    /// Answers a proposal.
    pub fn outcome(&mut self, waiting: Waiting<Answer>, answer: Answer) {
        self.put(waiting.home, Letter::Outcome(waiting.sender, answer));
    }

    /// Answers a reader.
    pub fn read(&mut self, waiting: Waiting<ReadAnswer>, answer: ReadAnswer) {
        self.put(waiting.home, Letter::Read(waiting.sender, answer));
    }

    fn put(&mut self, home: Arc<Mailbox>, letter: Letter) {
        let mut letters = home.letters.lock();
        let is_first = letters.is_empty();
        letters.push(letter);
        drop(letters);
        if is_first {
            self.unannounced.push(home);
        }
    }

    /// Wakes the couriers.
    pub fn send(self) {
        self.unannounced.iter().for_each(|mailbox| mailbox.arrived.notify_one());
    }
}

impl Mailbox {
    /// The mailbox of this thread and of the runtime that runs on it, with a courier that looks after it.
    fn of_this_thread() -> Arc<Self> {
        thread_local! {
            static MAILBOX: RefCell<Option<(runtime::Id, Arc<Mailbox>)>> = const { RefCell::new(None) };
        }
        let runtime = runtime::Handle::current();
        MAILBOX.with_borrow_mut(|mailbox| match mailbox {
            Some((id, mailbox)) if *id == runtime.id() => mailbox.clone(),
            _ => {
                let new = Arc::new(Self::default());
                runtime.spawn(new.clone().deliver());
                *mailbox = Some((runtime.id(), new.clone()));
                new
            }
        })
    }

    /// The courier: runs as long as its runtime.
    async fn deliver(self: Arc<Self>) {
        loop {
            self.arrived.notified().await;
            let letters = std::mem::take(&mut *self.letters.lock());
            for letter in letters {
                // A client that has gone away no longer waits: nothing to do about it.
                match letter {
                    Letter::Outcome(sender, answer) => drop(sender.send(answer)),
                    Letter::Read(sender, answer) => drop(sender.send(answer)),
                }
            }
        }
    }
}
