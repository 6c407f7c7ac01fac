//! The responses of a stream, produced by one future that runs inside the stream itself.
//!
//! ```text
//!   connection polls Answers
//!      |- ended from outside? (member stops, leader lost)   -> its status
//!      |- something in the outbox?                           -> that
//!      `- poll the producer: reads requests, asks the handle, fills the outbox
//! ```
//!
//! Nothing is spawned: when the client goes away, the stream is dropped, and with it the producer and all it holds. While
//! the client does not read, the connection does not poll, and the producer stands still; that is the backpressure.

use super::{bell::Belled, tally::Call};
use crate::limits::STREAM_RESPONSES_AHEAD;
use std::{
    pin::Pin,
    task::{Context, Poll},
};
use tokio::sync::mpsc;
use tokio_stream::Stream;
use tonic::Status;

type Producer = Pin<Box<dyn Future<Output = Result<(), Status>> + Send>>;
/// Resolves when the stream must end, with what it ends.
pub type Ending = Pin<Box<dyn Future<Output = Status> + Send>>;

/// Where a producer puts its responses. Waits while it is full.
#[derive(Debug)]
pub struct Outbox<T> {
    sender: mpsc::Sender<T>,
}

impl<T> Outbox<T> {
    /// Sends the next response.
    pub async fn send(&self, response: T) {
        // The other end lives as long as the producer: both are fields of one stream.
        let _ = self.sender.send(response).await;
    }
}

/// A stream of responses.
pub struct Answers<T> {
    call: Call,
    ending: Belled<Status>,
    producer: Option<Producer>,
    outbox: mpsc::Receiver<T>,
}

impl<T: Send + 'static> Answers<T> {
    /// The responses that `produce` puts into its outbox, until it returns or `ending` resolves.
    pub fn new<F>(call: Call, ending: Ending, produce: impl FnOnce(Outbox<T>) -> F) -> Self
    where
        F: Future<Output = Result<(), Status>> + Send + 'static,
    {
        let (sender, outbox) = mpsc::channel(STREAM_RESPONSES_AHEAD);
        Self { call, ending: Belled::new(ending), producer: Some(Box::pin(produce(Outbox { sender }))), outbox }
    }
}

impl<T> Answers<T> {
    fn end(&mut self, outcome: Result<(), Status>) -> Poll<Option<Result<T, Status>>> {
        self.producer = None;
        self.outbox.close();
        self.call.end(&outcome);
        Poll::Ready(outcome.err().map(Err))
    }
}

impl<T> Stream for Answers<T> {
    type Item = Result<T, Status>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.producer.is_some()
            && let Poll::Ready(status) = self.ending.poll(cx)
        {
            return self.end(Err(status));
        }
        loop {
            // Not `poll_recv`: nobody else fills the outbox, so there is nobody to be woken by, and when a task has had
            // its share of time `poll_recv` says that nothing is there when something is.
            if let Ok(response) = self.outbox.try_recv() {
                return Poll::Ready(Some(Ok(response)));
            }
            let Some(producer) = &mut self.producer else { return Poll::Ready(None) };
            match producer.as_mut().poll(cx) {
                Poll::Ready(outcome) => {
                    // What it left in the outbox still goes out.
                    match self.outbox.try_recv() {
                        Ok(response) => {
                            self.producer = Some(Box::pin(std::future::ready(outcome)));
                            return Poll::Ready(Some(Ok(response)));
                        }
                        Err(_) => return self.end(outcome),
                    }
                }
                Poll::Pending if self.outbox.is_empty() => return Poll::Pending,
                Poll::Pending => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{method::Method, tally::Tally},
        *,
    };
    use tokio_stream::StreamExt;

    fn answers<F>(ending: Ending, produce: impl FnOnce(Outbox<u32>) -> F) -> Answers<u32>
    where
        F: Future<Output = Result<(), Status>> + Send + 'static,
    {
        Answers::new(Tally::of(Method::Observe).start(), ending, produce)
    }

    async fn all(mut answers: Answers<u32>) -> (Vec<u32>, Option<String>) {
        let mut responses = Vec::new();
        while let Some(next) = answers.next().await {
            match next {
                Ok(response) => responses.push(response),
                Err(status) => return (responses, Some(status.message().into())),
            }
        }
        (responses, None)
    }

    #[tokio::test]
    async fn all_responses_come_before_the_end() {
        for count in [0, 1, 3, 16, 17, 100] {
            let produce = |fails: bool| {
                move |outbox: Outbox<u32>| async move {
                    for number in 0..count {
                        outbox.send(number).await;
                    }
                    if fails { Err(Status::unknown("broken")) } else { Ok(()) }
                }
            };
            let numbers: Vec<u32> = (0..count).collect();
            let never = || Box::pin(std::future::pending());
            assert_eq!(all(answers(never(), produce(false))).await, (numbers.clone(), None));
            assert_eq!(all(answers(never(), produce(true))).await, (numbers, Some("broken".into())));
        }
    }

    #[tokio::test]
    async fn an_ending_from_outside_stops_the_producer() {
        let (sender, receiver) = tokio::sync::oneshot::channel::<()>();
        let ending = Box::pin(async move {
            let _ = receiver.await;
            Status::unavailable("stop")
        });
        let mut answers = answers(ending, |outbox| async move {
            outbox.send(1).await;
            std::future::pending().await
        });
        assert_eq!(answers.next().await.unwrap().unwrap(), 1);
        sender.send(()).unwrap();
        assert_eq!(all(answers).await, (vec![], Some("stop".into())));
    }
}
