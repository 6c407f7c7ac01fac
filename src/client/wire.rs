//! Calls at the least cost, for those who make millions of them: a connection on the bare HTTP/2 layer.
//!
//! ```text
//!   Client: retries, deadlines, tonic, hyper     one call is a dozen allocations and a task of its own
//!   Wire:   bytes in, bytes out                   one call is a stream of h2 and nothing else
//! ```
//!
//! Nothing is retried, no deadline is kept and no message is decoded: the caller knows what it measures. Many tasks share one
//! connection, each with a clone of its own.

use super::{
    endpoint::Endpoint,
    error::{ClientError, Code},
    frames::Frames,
    socket::{dial, scheme},
};
use crate::tls::ClientTls;
use bytes::{Bytes, BytesMut};
use h2::client::{ResponseFuture, SendRequest};
use http::{HeaderMap, HeaderValue, Request, Version, header};
use std::{future::Future, future::poll_fn, pin::Pin, time::Duration};
use tonic::Status;

/// Room for answers on one stream before the server must wait: more than the pieces of a streamed range.
const STREAM_WINDOW_BYTES: u32 = 4 * 1024 * 1024;
/// Room for answers on a connection, which many streams share.
const CONNECTION_WINDOW_BYTES: u32 = 64 * 1024 * 1024;

/// A method with its request head, made once and sent often, on this connection and those that replace it.
#[derive(Clone, Debug)]
pub struct Method {
    head: Request<()>,
}

/// A live connection. A clone shares it.
#[derive(Clone)]
pub struct Wire {
    sender: SendRequest<Bytes>,
    scheme: http::uri::Scheme,
    authority: http::uri::Authority,
    token: Option<HeaderValue>,
}

/// Drives a connection; resolves when it has ended.
pub type WireDriver = Pin<Box<dyn Future<Output = ()> + Send>>;

impl Wire {
    /// Connects, and resolves once the server has said its first word. Bounded by `timeout`. The driver must be polled for
    /// the connection to live. `token` is sent with each call, unless it is empty.
    pub async fn open(
        endpoint: &Endpoint,
        tls: Option<&ClientTls>,
        token: &str,
        timeout: Duration,
    ) -> Result<(Self, WireDriver), ClientError> {
        let failed =
            |reason: String| ClientError::local(Code::Unavailable, format!("dial {}: {reason}", endpoint.text()));
        let attempt = async {
            let (stream, heard) = dial(endpoint, tls, "h2").await.map_err(|error| error.to_string())?;
            let mut builder = h2::client::Builder::new();
            builder.enable_push(false);
            builder.initial_window_size(STREAM_WINDOW_BYTES);
            builder.initial_connection_window_size(CONNECTION_WINDOW_BYTES);
            let (sender, connection) = builder.handshake(stream).await.map_err(|error| error.to_string())?;
            let mut driver: WireDriver = Box::pin(async move {
                // Whoever has a call under way learns the reason from that call.
                let _ = connection.await;
            });
            tokio::select! {
                biased;
                () = &mut driver => return Err("closed before it was used".to_owned()),
                _ = heard => {}
            }
            Ok((sender, driver))
        };
        let opened = match tokio::time::timeout(timeout, attempt).await {
            Ok(opened) => opened,
            Err(_) => Err(format!("no answer within {timeout:?}")),
        };
        let (sender, driver) = opened.map_err(failed)?;
        let token = HeaderValue::from_str(token).ok().filter(|token| !token.is_empty());
        Ok((Self { sender, scheme: scheme(endpoint, tls), authority: endpoint.authority(), token }, driver))
    }

    /// The head of calls of a method, such as `/etcdserverpb.KV/Put`, on this connection.
    pub fn method(&self, path: &'static str) -> Method {
        let mut uri = http::uri::Parts::default();
        uri.scheme = Some(self.scheme.clone());
        uri.authority = Some(self.authority.clone());
        uri.path_and_query = Some(http::uri::PathAndQuery::from_static(path));
        let mut head = Request::new(());
        *head.method_mut() = http::Method::POST;
        *head.version_mut() = Version::HTTP_2;
        // The three parts stand, so this cannot fail.
        *head.uri_mut() = http::Uri::from_parts(uri).unwrap_or_default();
        let headers = head.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
        headers.insert(header::TE, HeaderValue::from_static("trailers"));
        Method { head }
    }

    /// One framed message out, one message in. The answer comes without its prefix and is not decoded.
    pub async fn unary(&mut self, method: &Method, frame: Bytes) -> Result<Bytes, ClientError> {
        let (mut out, mut answers) = self.call(method).await?;
        out.stream.send_data(frame, true).map_err(broken)?;
        let first = answers.next().await?;
        // The trailers say whether the answer counts.
        match answers.next().await? {
            None => first.ok_or_else(|| ClientError::broken("an answer without a message")),
            Some(_) => Err(ClientError::broken("two messages in answer to one")),
        }
    }

    /// Begins a call whose messages the caller sends and receives one by one.
    pub async fn call(&mut self, method: &Method) -> Result<(Outgoing, Incoming), ClientError> {
        poll_fn(|cx| self.sender.poll_ready(cx)).await.map_err(broken)?;
        let mut head = method.head.clone();
        if let Some(token) = &self.token {
            head.headers_mut().insert("token", token.clone());
        }
        let (response, stream) = self.sender.send_request(head, false).map_err(broken)?;
        Ok((Outgoing { stream }, Incoming { state: State::Asked(response), frames: Frames::default() }))
    }
}

/// The side of a call that messages go out on. Dropped before its end, it cancels the call.
pub struct Outgoing {
    stream: h2::SendStream<Bytes>,
}

impl Outgoing {
    /// Sends framed messages, one or many.
    pub fn send(&mut self, frames: Bytes) -> Result<(), ClientError> {
        self.stream.send_data(frames, false).map_err(broken)
    }

    /// Sends framed messages, and says that no more follow.
    pub fn send_last(&mut self, frames: Bytes) -> Result<(), ClientError> {
        self.stream.send_data(frames, true).map_err(broken)
    }
}

/// The side of a call that messages come in on.
pub struct Incoming {
    state: State,
    frames: Frames,
}

enum State {
    /// Waiting for the head of the answer.
    Asked(ResponseFuture),
    /// Reading what follows it.
    Open(h2::RecvStream),
    /// The server has said all.
    Ended,
}

impl Incoming {
    /// The next message; none when the server has ended the call well.
    pub async fn next(&mut self) -> Result<Option<Bytes>, ClientError> {
        loop {
            if let Some(message) = self.frames.pop()? {
                return Ok(Some(message));
            }
            if !self.read().await? {
                return Ok(None);
            }
        }
    }

    /// The next message if it is here already.
    pub fn next_now(&mut self) -> Result<Option<Bytes>, ClientError> {
        self.frames.pop()
    }

    /// Reads a chunk. False at the end of the call.
    async fn read(&mut self) -> Result<bool, ClientError> {
        loop {
            match &mut self.state {
                State::Asked(response) => {
                    let (head, body) = response.await.map_err(broken)?.into_parts();
                    if body.is_end_stream() {
                        self.state = State::Ended;
                        return outcome(&head.headers).map(|()| false);
                    }
                    self.state = State::Open(body);
                }
                State::Open(body) => match body.data().await {
                    Some(chunk) => {
                        let chunk = chunk.map_err(broken)?;
                        // Gives the room back: what was received is never held back from the server.
                        body.flow_control().release_capacity(chunk.len()).map_err(broken)?;
                        self.frames.push(chunk);
                        return Ok(true);
                    }
                    None => {
                        let trailers = body.trailers().await.map_err(broken)?;
                        self.state = State::Ended;
                        return outcome(&trailers.unwrap_or_default()).map(|()| false);
                    }
                },
                State::Ended => return Ok(false),
            }
        }
    }
}

/// What the trailers say of the call.
fn outcome(trailers: &HeaderMap) -> Result<(), ClientError> {
    if trailers.get("grpc-status").is_some_and(|status| status.as_bytes() == b"0") {
        return Ok(());
    }
    match Status::from_header_map(trailers) {
        Some(status) => Err(ClientError::from_status(&status)),
        None => Err(ClientError::broken("an answer without a status")),
    }
}

fn broken(error: h2::Error) -> ClientError {
    ClientError::broken(error)
}

/// Many framed messages as one piece.
pub fn joined(frames: impl IntoIterator<Item = BytesMut>) -> Bytes {
    let mut all = BytesMut::new();
    frames.into_iter().for_each(|frame| all.extend_from_slice(&frame));
    all.freeze()
}
