//! Waiting until the member has come to an entry of the log.
//!
//! A token names the entry that it was issued by. Whoever shows one to a member that is behind waits here until that entry is
//! applied, rather than being told that there is no such token. Strangers can do that too, with tokens that they made up: so
//! a waiter costs nothing until its entry comes, and there is only so much room.

use crate::limits;
use parking_lot::Mutex;
use std::collections::BTreeMap;
use tokio::sync::oneshot;

/// How far the member is, and who waits for it to go on.
#[derive(Debug, Default)]
pub struct Reached {
    // Locked because the core's task goes on while requests begin to wait; each for a moment only.
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    applied: u64,
    /// By the index that they wait for, and a number of their own.
    waiting: BTreeMap<(u64, u64), oneshot::Sender<()>>,
    numbers: u64,
}

impl Reached {
    /// Every entry up to this index is applied, and what follows from it is done.
    pub fn reach(&self, index: u64) {
        let mut state = self.state.lock();
        state.applied = state.applied.max(index);
        while let Some(first) = state.waiting.first_entry().filter(|first| first.key().0 <= index) {
            // Who does not wait any more is no loss.
            let _ = first.remove().send(());
        }
    }

    /// Waits until the entry of that index is applied. Whether it is: no if too many wait already.
    pub async fn wait(&self, index: u64) -> bool {
        let (place, reached) = {
            let mut state = self.state.lock();
            if state.applied >= index {
                return true;
            }
            if state.waiting.len() >= limits::TOKEN_WAITERS {
                return false;
            }
            let (sender, reached) = oneshot::channel();
            state.numbers += 1;
            let place = (index, state.numbers);
            state.waiting.insert(place, sender);
            (place, reached)
        };
        let _seat = Seat { reached: self, place };
        reached.await.is_ok()
    }
}

/// Gives up the place of one who waits, also when the wait is given up.
struct Seat<'a> {
    reached: &'a Reached,
    place: (u64, u64),
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        self.reached.state.lock().waiting.remove(&self.place);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{pin::pin, task::Poll};

    async fn is_waiting(future: std::pin::Pin<&mut impl Future<Output = bool>>) -> bool {
        let mut future = Some(future);
        std::future::poll_fn(|cx| Poll::Ready(future.take().is_some_and(|future| future.poll(cx).is_pending()))).await
    }

    #[tokio::test]
    async fn who_waits_goes_on_when_the_entry_is_there() {
        let reached = Reached::default();
        reached.reach(4);
        assert!(reached.wait(4).await && reached.wait(0).await);
        let (mut five, mut six) = (pin!(reached.wait(5)), pin!(reached.wait(6)));
        assert!(is_waiting(five.as_mut()).await && is_waiting(six.as_mut()).await);
        reached.reach(5);
        assert!(five.await);
        assert!(is_waiting(six.as_mut()).await);
        reached.reach(9);
        assert!(six.await);
    }

    #[tokio::test]
    async fn there_is_only_so_much_room_and_it_is_given_back() {
        let reached = Reached::default();
        let mut waits: Vec<_> = (0..limits::TOKEN_WAITERS).map(|_| Box::pin(reached.wait(1))).collect();
        for wait in &mut waits {
            assert!(is_waiting(wait.as_mut()).await);
        }
        assert!(!reached.wait(1).await);
        drop(waits);
        assert!(reached.state.lock().waiting.is_empty());
        assert!(is_waiting(pin!(reached.wait(1))).await);
    }
}
