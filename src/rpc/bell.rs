//! A future that is rarely ready, asked only when it has something to say.
//!
//! A stream looks at each message whether it is to end. What ends it are channels that all streams share, and each look takes
//! their locks: with a thousand streams on four threads that was a twentieth of the cost of a message. So the
//! future is given a waker of its own, which remembers that it was called, and until then nobody asks.

use std::{
    fmt,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

/// See the module.
pub struct Belled<T> {
    future: Pin<Box<dyn Future<Output = T> + Send>>,
    /// The one that the future has; none before it was first asked.
    bell: Option<Arc<Bell>>,
}

/// Wakes the task, and remembers it.
struct Bell {
    rang: AtomicBool,
    task: Waker,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.rang.store(true, Ordering::Release);
        self.task.wake_by_ref();
    }
}

impl<T> Belled<T> {
    /// Must not be polled again once it was ready.
    pub fn new(future: Pin<Box<dyn Future<Output = T> + Send>>) -> Self {
        Self { future, bell: None }
    }

    /// As a future's `poll`.
    pub fn poll(&mut self, cx: &mut Context<'_>) -> Poll<T> {
        if let Some(bell) = &self.bell
            && !bell.rang.load(Ordering::Acquire)
            && bell.task.will_wake(cx.waker())
        {
            return Poll::Pending;
        }
        let bell = Arc::new(Bell { rang: AtomicBool::new(false), task: cx.waker().clone() });
        self.bell = Some(bell.clone());
        self.future.as_mut().poll(&mut Context::from_waker(&Waker::from(bell)))
    }
}

impl<T> fmt::Debug for Belled<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Belled").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{future::poll_fn, sync::atomic::AtomicUsize};
    use tokio::sync::oneshot;

    #[tokio::test]
    async fn the_future_is_asked_once_until_it_wakes() {
        let asked = Arc::new(AtomicUsize::new(0));
        let (sender, mut receiver) = oneshot::channel();
        let count = asked.clone();
        let future = poll_fn(move |cx| {
            count.fetch_add(1, Ordering::Relaxed);
            Pin::new(&mut receiver).poll(cx)
        });
        let mut belled = Belled::new(Box::pin(future));
        for _ in 0..3 {
            poll_fn(|cx| {
                assert!(belled.poll(cx).is_pending());
                Poll::Ready(())
            })
            .await;
        }
        assert_eq!(asked.load(Ordering::Relaxed), 1);
        sender.send(5).unwrap();
        assert_eq!(poll_fn(|cx| belled.poll(cx)).await, Ok(5));
    }

    #[tokio::test]
    async fn a_task_that_takes_over_is_woken() {
        let (sender, receiver) = oneshot::channel();
        let mut belled = Belled::new(Box::pin(receiver));
        assert!(belled.poll(&mut Context::from_waker(Waker::noop())).is_pending());
        let other = tokio::spawn(async move { poll_fn(|cx| belled.poll(cx)).await });
        tokio::task::yield_now().await;
        sender.send(7).unwrap();
        assert_eq!(other.await.unwrap(), Ok(7));
    }
}
