//! Streams of a transcript: what comes is read in the background and waits to be told.

use crate::{show::Said, support::words::error};
use std::time::Duration;
use tokio::{sync::mpsc, time::timeout};
use tonic::{Response, Status, Streaming};

/// Requests go in, what is said comes out.
pub struct Stream<T> {
    requests: Option<mpsc::UnboundedSender<T>>,
    said: mpsc::UnboundedReceiver<Result<Said, Status>>,
}

/// Something is to come, however slow the machine.
const WAIT_MAX: Duration = Duration::from_secs(60);

impl<T> Stream<T> {
    /// A stream of what `opening` comes to. A server may say nothing, not even that the stream exists, until it has
    /// something to tell.
    pub fn open<M: Into<Said> + Send + 'static>(
        requests: mpsc::UnboundedSender<T>,
        opening: impl Future<Output = Result<Response<Streaming<M>>, Status>> + Send + 'static,
    ) -> Self {
        let (sender, said) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            let mut responses = match opening.await {
                Ok(responses) => responses.into_inner(),
                Err(status) => return drop(sender.send(Err(status))),
            };
            loop {
                let next = tokio::select! {
                    next = responses.message() => next,
                    () = sender.closed() => return,
                };
                let sent = match next {
                    Ok(Some(message)) => sender.send(Ok(message.into())),
                    Ok(None) => return,
                    Err(status) => return drop(sender.send(Err(status))),
                };
                if sent.is_err() {
                    return;
                }
            }
        });
        Self { requests: Some(requests), said }
    }

    /// Sends a request; a server that has ended the stream does not see it.
    pub fn send(&self, request: T) {
        let requests = self.requests.as_ref().expect("a side that is still open");
        let _ = requests.send(request);
    }

    /// Closes the client's side.
    pub fn close(&mut self) {
        self.requests = None;
    }

    /// The next thing that is said; `None` at the end.
    pub async fn next(&mut self) -> Option<Result<Said, Status>> {
        timeout(WAIT_MAX, self.said.recv()).await.expect("something comes, or the stream ends")
    }

    /// The next so many, each with all of its lines.
    pub async fn read(&mut self, count: usize) -> Vec<String> {
        let mut lines = Vec::new();
        for _ in 0..count {
            match self.next().await {
                Some(Ok(said)) => lines.extend(said.lines()),
                Some(Err(status)) => lines.push(error(&status)),
                None => lines.push("end".into()),
            }
        }
        lines
    }

    /// The events up to a revision, in however many responses they come.
    pub async fn events(&mut self, until: i64) -> Vec<String> {
        let mut lines = Vec::new();
        loop {
            match self.next().await {
                Some(Ok(said)) => {
                    lines.extend(said.events);
                    if said.last.is_some_and(|last| last >= until) {
                        return lines;
                    }
                }
                Some(Err(status)) => panic!("{}", error(&status)),
                None => panic!("the stream ended after {lines:?}"),
            }
        }
    }
}
