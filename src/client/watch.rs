//! A watch that outlives its stream.
//!
//! ```text
//!   Watcher::next() <-- responses -- task -- create(start) --> server
//!                                      |  stream lost: wait a little, create(next revision not yet seen)
//! ```
//!
//! Every revision is delivered once and in order across lost connections, as long as it is not compacted meanwhile; then the
//! server cancels the watch and that is delivered too. Each watch has a stream of its own.

use super::{
    backoff::Growing,
    error::{ClientError, Code},
    handle::{Client, Responses},
    login::Tries,
};
use crate::{
    limits::{CLIENT_WATCH_REOPEN_WAITS, CLIENT_WATCH_REQUESTS, CLIENT_WATCH_RESPONSES},
    pb::etcdserverpb as pb,
};
use pb::watch_request::RequestUnion;
use std::ops::ControlFlow;
use tokio::{sync::mpsc, time::sleep};
use tokio_stream::wrappers::ReceiverStream;

const PATH: &str = "/etcdserverpb.Watch/Watch";

/// A watch. Dropping it ends it.
pub struct Watcher {
    responses: mpsc::Receiver<Result<pb::WatchResponse, ClientError>>,
    questions: mpsc::Sender<()>,
}

impl Watcher {
    /// What comes next: events, progress, or the end. A response with `canceled` and an error are last; then none follow.
    /// The answer to the creation is not delivered, unless it was refused: then as an error with the server's reason.
    /// Cancel safe.
    pub async fn next(&mut self) -> Option<Result<pb::WatchResponse, ClientError>> {
        self.responses.recv().await
    }

    /// Asks how far the server is. The answer comes as a response without events, and only if the watch has caught up: ask
    /// again if none comes.
    pub async fn request_progress(&self) {
        // The task may have ended; then there is nothing to ask.
        let _ = self.questions.send(()).await;
    }

    /// A way to ask for progress while another task reads the responses.
    pub fn progress_requester(&self) -> ProgressRequester {
        ProgressRequester { questions: self.questions.clone() }
    }
}

/// Asks for the progress of one watch.
#[derive(Clone)]
pub struct ProgressRequester {
    questions: mpsc::Sender<()>,
}

impl ProgressRequester {
    /// See [`Watcher::request_progress`].
    pub async fn request(&self) {
        let _ = self.questions.send(()).await;
    }
}

/// The error that a response with `canceled` stands for, as etcd's client words it.
pub fn cancel_error(response: &pb::WatchResponse) -> ClientError {
    if response.compact_revision != 0 {
        ClientError::status(Code::OutOfRange, "etcdserver: mvcc: required revision has been compacted")
    } else if response.cancel_reason.is_empty() {
        ClientError::status(Code::OutOfRange, "etcdserver: mvcc: required revision is a future revision")
    } else {
        ClientError::status(Code::FailedPrecondition, response.cancel_reason.as_str())
    }
}

/// Does the response say only how far the server is?
pub fn is_progress(response: &pb::WatchResponse) -> bool {
    response.events.is_empty()
        && !response.canceled
        && !response.created
        && response.compact_revision == 0
        && response.header.is_some_and(|header| header.revision != 0)
}

impl Client {
    /// Begins a watch. Never fails here: what goes wrong comes out of [`Watcher::next`].
    pub fn watch(&self, create: pb::WatchCreateRequest) -> Watcher {
        let (sender, responses) = mpsc::channel(CLIENT_WATCH_RESPONSES);
        let (questions, asked) = mpsc::channel(1);
        let tries = self.tries();
        let task = Task { client: self.clone(), create, tries, partial: None, responses: sender, asked };
        tokio::spawn(task.run());
        Watcher { responses, questions }
    }
}

struct Task {
    client: Client,
    /// What the next stream asks for: `start_revision` moves with what was delivered.
    create: pb::WatchCreateRequest,
    /// Since a stream last served: how often it may come back with another token.
    tries: Tries,
    /// A response whose fragments are still coming. Delivered whole, so that a lost stream tears no revision.
    partial: Option<pb::WatchResponse>,
    responses: mpsc::Sender<Result<pb::WatchResponse, ClientError>>,
    asked: mpsc::Receiver<()>,
}

/// Why a stream was left.
enum Left {
    /// It broke: open another.
    Lost,
    /// The watch is over, or nobody listens.
    Done,
}

impl Task {
    async fn run(mut self) {
        let mut waits = Growing::new(CLIENT_WATCH_REOPEN_WAITS.0, CLIENT_WATCH_REOPEN_WAITS.1);
        loop {
            let (requests, receiver) = mpsc::channel(CLIENT_WATCH_REQUESTS);
            // There is room.
            let _ = requests.try_send(wrap(RequestUnion::CreateRequest(self.create.clone())));
            let opened = tokio::select! {
                biased;
                () = self.responses.closed() => return,
                opened = self.client.both_stream(PATH, ReceiverStream::new(receiver)) => opened,
            };
            let left = match opened {
                Ok(stream) => {
                    waits.reset();
                    self.partial = None;
                    self.serve(&requests, stream).await
                }
                Err(error) => self.after(error).await,
            };
            if let Left::Done = left {
                return;
            }
            sleep(waits.next_wait()).await;
        }
    }

    async fn serve(
        &mut self,
        requests: &mpsc::Sender<pb::WatchRequest>,
        mut stream: Responses<pb::WatchResponse>,
    ) -> Left {
        loop {
            tokio::select! {
                biased;
                () = self.responses.closed() => return Left::Done,
                response = stream.next() => match response {
                    Ok(Some(response)) => {
                        if let Some(left) = self.refused(&response).await {
                            return left;
                        }
                        if self.take(response).await.is_break() {
                            return Left::Done;
                        }
                    }
                    Ok(None) => return Left::Lost,
                    Err(error) => return self.after(error).await,
                },
                Some(()) = self.asked.recv() => {
                    let question = RequestUnion::ProgressRequest(pb::WatchProgressRequest {});
                    // When so many wait already, the answer to one of them serves this one too.
                    let _ = requests.try_send(wrap(question));
                }
            }
        }
    }

    /// Takes one response in. Breaks when the watch is over or nobody listens.
    async fn take(&mut self, response: pb::WatchResponse) -> ControlFlow<()> {
        if response.canceled {
            let last = match response.created {
                true => Err(ClientError::local(Code::FailedPrecondition, response.cancel_reason)),
                false => Ok(response),
            };
            let _ = self.responses.send(last).await;
            return ControlFlow::Break(());
        }
        let revision = response.header.map_or(0, |header| header.revision);
        if response.created {
            self.tries = self.client.tries();
            if self.create.start_revision == 0 {
                self.create.start_revision = revision + 1;
            }
            return ControlFlow::Continue(());
        }
        let Some(response) = self.whole(response) else { return ControlFlow::Continue(()) };
        self.create.start_revision = match response.events.last().and_then(|event| event.kv.as_ref()) {
            Some(kv) => kv.mod_revision + 1,
            None => self.create.start_revision.max(revision + 1),
        };
        match self.responses.send(Ok(response)).await {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    }

    /// The response with the fragments before it, once the last one is there.
    fn whole(&mut self, response: pb::WatchResponse) -> Option<pb::WatchResponse> {
        let mut whole = match self.partial.take() {
            None => response,
            Some(mut partial) => {
                partial.events.extend(response.events);
                pb::WatchResponse { events: partial.events, ..response }
            }
        };
        if whole.fragment {
            self.partial = Some(whole);
            return None;
        }
        whole.fragment = false;
        Some(whole)
    }

    /// A watch that is refused for the token of its stream comes again with another one.
    async fn refused(&mut self, response: &pb::WatchResponse) -> Option<Left> {
        let refused = refused_token(response)?;
        match self.client.comes_again(&refused, &mut self.tries).await {
            Ok(true) => Some(Left::Lost),
            Ok(false) => None,
            Err(error) => Some(self.end(error).await),
        }
    }

    async fn after(&mut self, error: ClientError) -> Left {
        let error = match self.client.comes_again(&error, &mut self.tries).await {
            Ok(true) => return Left::Lost,
            Ok(false) => error,
            Err(error) => error,
        };
        self.end(error).await
    }

    /// Unless the trouble may pass.
    async fn end(&mut self, error: ClientError) -> Left {
        if !error.ends_streams() {
            return Left::Lost;
        }
        let _ = self.responses.send(Err(error)).await;
        Left::Done
    }
}

/// Was the watch refused for the token that came with its stream? Such a refusal reads as a status inside the answer.
fn refused_token(response: &pb::WatchResponse) -> Option<ClientError> {
    let reason = response.cancel_reason.as_str();
    let description = reason.rsplit_once(" desc = ").map_or(reason, |(_, description)| description);
    let refused = ClientError::local(Code::FailedPrecondition, description);
    (response.canceled && refused.refuses_token()).then_some(refused)
}

fn wrap(request: RequestUnion) -> pb::WatchRequest {
    pb::WatchRequest { request_union: Some(request) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_a_cancellation() {
        let compacted = pb::WatchResponse { canceled: true, compact_revision: 4, ..Default::default() };
        assert_eq!(cancel_error(&compacted).to_string(), "etcdserver: mvcc: required revision has been compacted");
        let reason = pb::WatchResponse { canceled: true, cancel_reason: "because".into(), ..Default::default() };
        assert_eq!(cancel_error(&reason).to_string(), "rpc error: code = FailedPrecondition desc = because");
    }

    #[test]
    fn a_refused_token_is_told_from_other_reasons() {
        let canceled = |reason: &str| pb::WatchResponse {
            canceled: true,
            created: true,
            cancel_reason: reason.into(),
            ..Default::default()
        };
        let refused =
            refused_token(&canceled("rpc error: code = Unauthenticated desc = etcdserver: invalid auth token"));
        assert!(refused.is_some_and(|error| error.refuses_token()));
        let denied = "rpc error: code = PermissionDenied desc = etcdserver: permission denied";
        assert!(refused_token(&canceled(denied)).is_none() && refused_token(&pb::WatchResponse::default()).is_none());
    }

    #[test]
    fn progress_is_told_from_other_responses() {
        let header = Some(pb::ResponseHeader { revision: 5, ..Default::default() });
        assert!(is_progress(&pb::WatchResponse { header, watch_id: -1, ..Default::default() }));
        assert!(!is_progress(&pb::WatchResponse { header, created: true, ..Default::default() }));
        assert!(!is_progress(&pb::WatchResponse::default()));
    }
}
