//! Connections: accepted, set up for throughput, ended.
//!
//! ```text
//!   accept -> task a connection: HTTP/1, or HTTP/2 if its first bytes say so
//!   full   -> no more accepted until one ends
//!   stop   -> no more accepted; each connection finishes what is under way, and is cut off after a while
//! ```

use super::{
    flood::{Guarded, Rules},
    gather::{Turns, gather},
    listen::{Accepted, Connection, Listener},
    secure::{Security, Visitor, admit},
    threads::Threads,
};
use crate::limits::{
    ACCEPT_PAUSE, CONCURRENT_STREAMS, DRAIN, H2_CONNECTION_WINDOW_BYTES, H2_OWN_RESETS, H2_PENDING_RESETS,
    H2_SEND_BUFFER_BYTES, H2_STREAM_WINDOW_BYTES, HEADER_BYTES, HTTP1_HEADER_TIMEOUT, KEEPALIVE_INTERVAL,
    KEEPALIVE_TIMEOUT, PING_INTERVAL_MIN, PING_INTERVAL_MIN_UNSET,
};
use crate::peer::Patient;
use bytes::Bytes;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
    service::TowerToHyperService,
};
use std::{
    convert::Infallible,
    error::Error,
    future::poll_fn,
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{Sleep, sleep, timeout},
};
use tower::Service;

/// The versions of HTTP that a port speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Versions {
    /// Both: a connection's first bytes tell which.
    All,
    /// HTTP/1 alone. A connection of the other version is closed, as etcd does.
    One,
    /// HTTP/2 alone.
    Two,
}

/// How connections are dealt with.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// What is spoken.
    pub versions: Versions,
    /// Connections at a time; more wait.
    pub connections_max: usize,
    /// How long a client may take over its first words, and over the head of each request.
    pub head_timeout: Duration,
    /// A client that takes nothing for so long is cut off; without, the system does so after a long time.
    pub write_timeout: Option<Duration>,
    /// `--max-concurrent-streams`, by connection.
    pub concurrent_streams_max: u32,
    /// A client that pings more often, and is sent nothing, loses its connection (`--grpc-keepalive-min-time`). Zero is what etcd's
    /// library has by itself.
    pub ping_interval_min: Duration,
    /// `--grpc-keepalive-interval`; zero is never.
    pub keepalive_interval: Duration,
    /// `--grpc-keepalive-timeout`; zero is never.
    pub keepalive_timeout: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            versions: Versions::All,
            connections_max: usize::MAX,
            head_timeout: HTTP1_HEADER_TIMEOUT,
            write_timeout: None,
            concurrent_streams_max: CONCURRENT_STREAMS,
            ping_interval_min: PING_INTERVAL_MIN,
            keepalive_interval: KEEPALIVE_INTERVAL,
            keepalive_timeout: KEEPALIVE_TIMEOUT,
        }
    }
}

impl Settings {
    fn rules(&self) -> Rules {
        let interval = self.ping_interval_min;
        let ping_interval_min = if interval.is_zero() { PING_INTERVAL_MIN_UNSET } else { interval };
        Rules { head_timeout: self.head_timeout, ping_interval_min }
    }
}

/// What answers requests, made for each connection anew.
pub trait Answering: Clone {
    /// The same for the connection of that client.
    fn of(&self, visitor: &Visitor) -> Self;
}

/// A port: what is listened on, and what is spoken there below HTTP.
#[derive(Debug)]
pub struct Port {
    /// What is listened on.
    pub listener: Listener,
    /// What is spoken.
    pub security: Security,
}

impl From<Listener> for Port {
    fn from(listener: Listener) -> Self {
        Self { listener, security: Security::Plain }
    }
}

/// Serves all connections of a listener until `stop` resolves, then ends them: idle ones at once, others when they are
/// through with what is under way, all after [`DRAIN`]. Returns when none is left.
pub async fn serve<S, B>(
    port: impl Into<Port>,
    service: S,
    settings: Settings,
    threads: Arc<Threads>,
    stop: impl Future<Output = ()>,
) where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible> + Answering + Send + 'static,
    S::Future: Send + 'static,
    B: http_body::Body<Data = Bytes, Error: Into<Box<dyn Error + Send + Sync>>> + Send + 'static,
{
    let Port { listener, security } = port.into();
    let (builder, security) = (Arc::new(builder(settings)), Arc::new(security));
    let (stopping, stopped) = watch::channel(false);
    let mut connections = JoinSet::new();
    let mut stop = pin!(stop);
    let mut was_full = false;
    loop {
        let is_full = connections.len() >= settings.connections_max;
        if is_full && !was_full {
            // Said once: a port that stays full would say it with every connection.
            tracing::warn!(
                address = listener.address(),
                connections = connections.len(),
                "a port is full; more must wait"
            );
            was_full = true;
        }
        let event = tokio::select! {
            biased;
            () = &mut stop => break,
            // Forgets those that have ended.
            Some(_) = connections.join_next() => continue,
            accepted = listener.accept(), if !is_full => accepted,
        };
        let stream = match event {
            Ok(stream) => stream,
            Err(error) => {
                tracing::warn!(address = listener.address(), %error, "failed to accept a connection");
                tokio::select! {
                    () = &mut stop => break,
                    () = sleep(ACCEPT_PAUSE) => continue,
                }
            }
        };
        let how = (settings, security.clone());
        let connection = attend(stream, builder.clone(), service.clone(), how, stopped.clone());
        connections.spawn_on(connection, threads.next());
    }
    drop(listener);
    stopping.send_replace(true);
    while connections.join_next().await.is_some() {}
}

/// One connection, from its first words to its end.
async fn attend<S, B>(
    stream: Accepted,
    builder: Arc<Builder<TokioExecutor>>,
    service: S,
    (settings, security): (Settings, Arc<Security>),
    mut stopped: watch::Receiver<bool>,
) where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible> + Answering + Send + 'static,
    S::Future: Send + 'static,
    B: http_body::Body<Data = Bytes, Error: Into<Box<dyn Error + Send + Sync>>> + Send + 'static,
{
    let remote = stream.remote();
    let stream: Box<dyn Connection> = match stream.attach() {
        Ok(stream) => match settings.write_timeout {
            Some(timeout) => Box::new(Patient::new(stream, timeout)),
            None => stream,
        },
        Err(error) => return tracing::warn!(%error, "failed to accept a connection"),
    };
    let admitted = tokio::select! {
        biased;
        admitted = admit(stream, remote, &security, settings.head_timeout) => admitted,
        _ = stopped.wait_for(|stopped| *stopped) => None,
    };
    let Some((stream, visitor)) = admitted else { return };
    let service = service.of(&visitor);
    let stopping = async move {
        let _ = stopped.wait_for(|stopped| *stopped).await;
    };
    let (stream, mut turns) = gather(Guarded::new(stream, settings.rules()));
    let io = TokioIo::new(stream);
    let mut connection = pin!(builder.serve_connection(io, TowerToHyperService::new(service)));
    let mut patience = Patience::new(settings.head_timeout);
    let turn = |cx: &mut Context<'_>| match turns.poll(connection.as_mut(), cx) {
        Poll::Pending if patience.is_over(&turns, cx) => Poll::Ready(Ok(())),
        turn => turn,
    };
    let ended = tokio::select! {
        ended = poll_fn(turn) => ended,
        () = stopping => {
            connection.as_mut().graceful_shutdown();
            timeout(DRAIN, poll_fn(|cx| turns.poll(connection.as_mut(), cx))).await.unwrap_or(Ok(()))
        }
    };
    if let Err(error) = ended {
        // Clients that go away without a word are everyday life.
        tracing::debug!(error = %error, "a connection broke");
    }
}

/// A client's first words tell which version it speaks, and until they are said no timeout of the library runs.
struct Patience(Option<Pin<Box<Sleep>>>);

impl Patience {
    /// The first words of HTTP/2. A request of HTTP/1 is hardly shorter; one that is is followed by the timeout for the next.
    const WORDS_BYTES: u64 = 24;

    fn new(patience: Duration) -> Self {
        Self(Some(Box::pin(sleep(patience))))
    }

    /// Has the client taken too long?
    fn is_over<S>(&mut self, turns: &Turns<S>, cx: &mut Context<'_>) -> bool {
        let Some(timer) = &mut self.0 else { return false };
        if turns.heard() >= Self::WORDS_BYTES {
            self.0 = None;
            return false;
        }
        timer.as_mut().poll(cx).is_ready()
    }
}

fn builder(settings: Settings) -> Builder<TokioExecutor> {
    let builder = Builder::new(TokioExecutor::new());
    let mut builder = match settings.versions {
        Versions::All => builder,
        Versions::One => builder.http1_only(),
        Versions::Two => builder.http2_only(),
    };
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(settings.head_timeout)
        // As Go writes them; some scripts compare.
        .title_case_headers(true);
    let unlimited = settings.concurrent_streams_max == u32::MAX;
    let pings = !settings.keepalive_interval.is_zero() && !settings.keepalive_timeout.is_zero();
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams((!unlimited).then_some(settings.concurrent_streams_max))
        .keep_alive_interval(pings.then_some(settings.keepalive_interval))
        .keep_alive_timeout(settings.keepalive_timeout)
        .initial_stream_window_size(H2_STREAM_WINDOW_BYTES)
        .initial_connection_window_size(H2_CONNECTION_WINDOW_BYTES)
        .max_send_buf_size(H2_SEND_BUFFER_BYTES)
        .max_header_list_size(HEADER_BYTES)
        .max_pending_accept_reset_streams(H2_PENDING_RESETS)
        .max_local_error_reset_streams(H2_OWN_RESETS);
    builder
}

#[cfg(test)]
mod tests;
