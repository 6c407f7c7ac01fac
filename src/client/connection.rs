//! One HTTP/2 connection to one server, as a tower service that tonic's client can drive.
//!
//! tonic's own channel hides what this client must know: whether a failed request was sent at all (a write may be tried
//! again only if not), and when a connection ends. hyper tells both.

use super::{
    endpoint::Endpoint,
    socket::{dial, scheme},
};
use crate::{
    limits::CLIENT_KEEPALIVE_TIME_MIN,
    tls::{ClientTls, explain},
};
use http::{Request, Response, Uri, uri::Scheme};
use hyper::{body::Incoming, client::conn::http2};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};
use tonic::body::Body;

/// A live connection. Cloning shares it.
#[derive(Clone)]
pub struct Connection {
    sender: http2::SendRequest<Body>,
    scheme: Scheme,
    authority: http::uri::Authority,
    endpoint: Arc<str>,
}

/// Why a request has no response.
#[derive(Debug)]
pub struct SendError {
    /// Nothing of it reached the wire: it can be sent elsewhere without risk.
    pub unsent: bool,
    reason: hyper::Error,
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&innermost(&self.reason))
    }
}

/// The innermost reason; what the library says around it is no news.
fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    if let Some(text) = explain(error) {
        return text;
    }
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}

impl std::error::Error for SendError {}

/// Drives a connection; resolves when it has ended.
pub type Driver = Pin<Box<dyn Future<Output = ()> + Send>>;

impl Connection {
    /// Connects, and resolves once the server has said its first word: a port that accepts and stays silent is no server
    /// (a stopped process does that). Bounded by `timeout`. The driver must be polled for the connection to live.
    pub async fn open(
        endpoint: &Endpoint,
        tls: Option<&ClientTls>,
        timeout: Duration,
        keepalive_time: Duration,
        keepalive_timeout: Duration,
    ) -> Result<(Self, Driver), String> {
        let attempt = async {
            let dialled = dial(endpoint, tls, "h2").await;
            let (stream, heard) = dialled.map_err(|error| format!("dial {}: {error}", endpoint.text()))?;
            let mut builder = http2::Builder::new(TokioExecutor::new());
            builder.timer(TokioTimer::new());
            builder.keep_alive_interval(Some(keepalive_time.max(CLIENT_KEEPALIVE_TIME_MIN)));
            builder.keep_alive_timeout(keepalive_timeout);
            let (sender, connection) = builder.handshake(TokioIo::new(stream)).await.map_err(|e| e.to_string())?;
            let mut driver = Box::pin(connection);
            tokio::select! {
                biased;
                ended = &mut driver => return Err(match ended {
                    // A server that does not like this side's certificate says so only now.
                    Err(error) => format!("error reading server preface: {}", innermost(&error)),
                    Ok(()) => format!("connection to {} closed before it was used", endpoint.text()),
                }),
                _ = heard => {}
            }
            let driver: Driver = Box::pin(async move {
                // Whoever has a request under way learns the reason from that request.
                let _ = driver.await;
            });
            let connection = Self {
                sender,
                scheme: scheme(endpoint, tls),
                authority: endpoint.authority(),
                endpoint: endpoint.text().into(),
            };
            Ok((connection, driver))
        };
        match tokio::time::timeout(timeout, attempt).await {
            Ok(result) => result,
            Err(_) => Err(format!("dial {}: no answer within {timeout:?}", endpoint.text())),
        }
    }

    /// The endpoint it leads to, as the user wrote it.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }
}

impl tower_service::Service<Request<Body>> for Connection {
    type Response = Response<Incoming>;
    type Error = SendError;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Incoming>, SendError>> + Send>>;

    /// Always ready: hyper queues, and HTTP/2's flow control holds back what is too much.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), SendError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let mut uri = std::mem::take(request.uri_mut()).into_parts();
        uri.scheme = Some(self.scheme.clone());
        uri.authority = Some(self.authority.clone());
        // The three parts stand, so this cannot fail; an empty URI would be refused by the server.
        *request.uri_mut() = Uri::from_parts(uri).unwrap_or_default();
        let response = self.sender.try_send_request(request);
        Box::pin(async move {
            response.await.map_err(|mut error| {
                let unsent = error.take_message().is_some();
                SendError { unsent, reason: error.into_error() }
            })
        })
    }
}
