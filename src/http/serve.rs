//! Connections: accepted, set up for throughput, ended.
//!
//! ```text
//!   accept -> task a connection: HTTP/1, or HTTP/2 if its first bytes say so
//!   stop   -> no more accepted; each connection finishes what is under way, and is cut off after a while
//! ```

use super::{gather::gather, listen::Listener, threads::Threads};
use crate::limits::{
    ACCEPT_PAUSE, CONCURRENT_STREAMS, DRAIN, H2_CONNECTION_WINDOW_BYTES, H2_SEND_BUFFER_BYTES, H2_STREAM_WINDOW_BYTES,
    HEADER_BYTES, HTTP1_HEADER_TIMEOUT, KEEPALIVE_INTERVAL, KEEPALIVE_TIMEOUT,
};
use bytes::Bytes;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
    service::TowerToHyperService,
};
use std::{convert::Infallible, error::Error, future::poll_fn, net::SocketAddr, pin::pin, sync::Arc, time::Duration};
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{sleep, timeout},
};
use tower::Service;

/// What operators can set of connections.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// `--max-concurrent-streams`, by connection.
    pub concurrent_streams_max: u32,
    /// `--grpc-keepalive-interval`; zero is never.
    pub keepalive_interval: Duration,
    /// `--grpc-keepalive-timeout`; zero is never.
    pub keepalive_timeout: Duration,
    /// Connections at a time, which the limit of file descriptors leaves room for; others wait to be accepted.
    pub connections_max: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            concurrent_streams_max: CONCURRENT_STREAMS,
            keepalive_interval: KEEPALIVE_INTERVAL,
            keepalive_timeout: KEEPALIVE_TIMEOUT,
            connections_max: usize::MAX,
        }
    }
}

/// What answers requests, made for each connection anew.
pub trait Answering: Clone {
    /// The same for the connection of that client.
    fn of(&self, remote: Option<SocketAddr>) -> Self;
}

/// Serves all connections of a listener until `stop` resolves, then ends them: idle ones at once, others when they are
/// through with what is under way, all after [`DRAIN`]. Returns when none is left.
pub async fn serve<S, B>(
    listener: Listener,
    service: S,
    settings: Settings,
    threads: Arc<Threads>,
    stop: impl Future<Output = ()>,
) where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible> + Answering + Send + 'static,
    S::Future: Send + 'static,
    B: http_body::Body<Data = Bytes, Error: Into<Box<dyn Error + Send + Sync>>> + Send + 'static,
{
    let builder = Arc::new(builder(settings));
    let (stopping, stopped) = watch::channel(false);
    let mut connections = JoinSet::new();
    let mut stop = pin!(stop);
    loop {
        let event = tokio::select! {
            biased;
            () = &mut stop => break,
            // Forgets those that have ended.
            Some(_) = connections.join_next() => continue,
            accepted = listener.accept(), if connections.len() < settings.connections_max => accepted,
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
        let (builder, service, mut stopped) = (builder.clone(), service.of(stream.remote()), stopped.clone());
        let connection = async move {
            let stream = match stream.attach() {
                Ok(stream) => stream,
                Err(error) => return tracing::warn!(%error, "failed to accept a connection"),
            };
            let stopping = async move {
                let _ = stopped.wait_for(|stopped| *stopped).await;
            };
            let (stream, mut turns) = gather(stream);
            let io = TokioIo::new(stream);
            let mut connection = pin!(builder.serve_connection(io, TowerToHyperService::new(service)));
            let ended = tokio::select! {
                ended = poll_fn(|cx| turns.poll(connection.as_mut(), cx)) => ended,
                () = stopping => {
                    connection.as_mut().graceful_shutdown();
                    timeout(DRAIN, poll_fn(|cx| turns.poll(connection.as_mut(), cx))).await.unwrap_or(Ok(()))
                }
            };
            if let Err(error) = ended {
                // Clients that go away without a word are everyday life.
                tracing::debug!(error = %error, "a connection broke");
            }
        };
        connections.spawn_on(connection, threads.next());
    }
    drop(listener);
    stopping.send_replace(true);
    while connections.join_next().await.is_some() {}
}

fn builder(settings: Settings) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HTTP1_HEADER_TIMEOUT)
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
        .max_header_list_size(HEADER_BYTES);
    builder
}

#[cfg(test)]
mod tests;
