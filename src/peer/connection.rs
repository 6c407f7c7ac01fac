//! One HTTP/1.1 connection to a peer, driven by whoever uses it: no task of its own, so that a message crosses none.

use super::{
    dial::Dial,
    headers::Identity,
    url::{PeerUrl, Secure},
};
use crate::limits::PEER_ANSWER_BYTES;
use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, header};
use http_body_util::{BodyExt, Empty, Full, combinators::UnsyncBoxBody};
use hyper::{
    body::Incoming,
    client::conn::http1::{self, SendRequest},
};
use hyper_util::rt::TokioIo;
use std::{
    error::Error,
    fmt,
    future::{Future, poll_fn},
    io,
    pin::{Pin, pin},
    sync::Arc,
    task::Poll,
    time::Duration,
};
use tokio::time::timeout;

/// What a request carries.
pub type Body = UnsyncBoxBody<Bytes, io::Error>;

/// What every request to peers has in common.
#[derive(Debug)]
pub struct Ways {
    /// Who asks.
    pub identity: Identity,
    /// Opens connections.
    pub dial: Arc<dyn Dial>,
    /// How long that may take.
    pub dial_timeout: Duration,
    /// A stream that is silent for so long is broken.
    pub read_timeout: Duration,
    /// A connection that takes nothing for so long is broken.
    pub write_timeout: Duration,
}

/// A connection to one URL.
pub struct Connection {
    url: PeerUrl,
    sender: SendRequest<Body>,
    /// None once it has ended.
    driver: Option<Pin<Box<dyn Future<Output = hyper::Result<()>> + Send>>>,
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum Unreached {
    /// Nobody took it.
    #[error("dial tcp {host}: connect: {error}")]
    Socket {
        /// Host and port.
        host: String,
        /// What the system says.
        error: io::Error,
    },
    /// Anything else.
    #[error("{0}")]
    Failed(String),
}

impl Unreached {
    /// Is the machine there, and nobody listens?
    pub fn is_refused(&self) -> bool {
        matches!(self, Self::Socket { error, .. } if error.kind() == io::ErrorKind::ConnectionRefused)
    }
}

impl From<Unreached> for String {
    fn from(unreached: Unreached) -> Self {
        unreached.to_string()
    }
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// The connection had ended before; the request is unharmed.
    #[error("the connection was closed")]
    Unsent(Box<Request<Body>>),
    /// Anything else.
    #[error("{0}")]
    Failed(String),
}

impl Connection {
    /// Connects, in bounded time.
    pub async fn open(ways: &Ways, url: &PeerUrl) -> Result<Self, Unreached> {
        Self::dial(&*ways.dial, ways.dial_timeout, url).await
    }

    /// The same for who has not found out yet who asks.
    pub async fn dial(dial: &dyn Dial, dial_timeout: Duration, url: &PeerUrl) -> Result<Self, Unreached> {
        let opened = timeout(dial_timeout, dial.dial(url)).await;
        let opened = opened.unwrap_or_else(|_| Err(io::Error::new(io::ErrorKind::TimedOut, "i/o timeout")));
        let socket = opened.map_err(|error| match error.get_ref() {
            // What TLS says of the other side stands alone.
            Some(text) if url.secure() == Secure::Yes => Unreached::Failed(text.to_string()),
            _ => Unreached::Socket { host: url.host().to_string(), error },
        })?;
        let mut builder = http1::Builder::new();
        // As Go writes them.
        builder.title_case_headers(true);
        let made = builder.handshake(TokioIo::new(socket)).await;
        let (sender, driver) = made.map_err(|error| Unreached::Failed(reason(&error)))?;
        Ok(Self { url: url.clone(), sender, driver: Some(Box::pin(driver)) })
    }

    /// Where it leads.
    pub fn url(&self) -> &PeerUrl {
        &self.url
    }

    /// Sends a request and waits for the head of its answer. The time is the caller's to bound.
    pub async fn send(&mut self, request: Request<Body>) -> Result<Response<Incoming>, SendError> {
        // A connection that the other side has closed meanwhile shows it when it is looked at.
        let ready = {
            let sender = &mut self.sender;
            drive(&mut self.driver, poll_fn(|cx| sender.poll_ready(cx))).await
        };
        if ready.is_err() {
            return Err(SendError::Unsent(Box::new(request)));
        }
        let sending = self.sender.try_send_request(request);
        self.drive(sending).await.map_err(|mut error| match error.take_message() {
            Some(request) => SendError::Unsent(Box::new(request)),
            None => SendError::Failed(reason(error.error())),
        })
    }

    /// Lets the connection work until `work` is done: a body that is read, mostly.
    pub async fn drive<F: Future>(&mut self, work: F) -> F::Output {
        drive(&mut self.driver, work).await
    }

    /// The whole body of an answer. One that is too long for a peer's is an error.
    pub async fn answer(&mut self, body: Incoming) -> Result<Bytes, String> {
        self.answer_up_to(body, PEER_ANSWER_BYTES).await
    }

    /// The same of an answer that may be so long.
    pub async fn answer_up_to(&mut self, body: Incoming, bytes_max: usize) -> Result<Bytes, String> {
        let limited = http_body_util::Limited::new(body, bytes_max);
        Ok(self.drive(limited.collect()).await.map_err(|error| reason(&*error))?.to_bytes())
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("url", &self.url).finish_non_exhaustive()
    }
}

type Driver = Pin<Box<dyn Future<Output = hyper::Result<()>> + Send>>;

async fn drive<F: Future>(driver: &mut Option<Driver>, work: F) -> F::Output {
    let mut work = pin!(work);
    poll_fn(|cx| {
        // Whoever waits for an answer learns from that how the connection ended.
        if let Some(running) = driver
            && running.as_mut().poll(cx).is_ready()
        {
            *driver = None;
        }
        match work.as_mut().poll(cx) {
            Poll::Ready(output) => Poll::Ready(output),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

/// A request without a body.
pub fn get(ways: &Ways, url: &PeerUrl, path: &str) -> Result<Request<Body>, String> {
    let body = Empty::new().map_err(|never| match never {}).boxed_unsync();
    request(ways, url, Method::GET, path, body)
}

/// A request that delivers something.
pub fn post(ways: &Ways, url: &PeerUrl, path: &str, kind: &'static str, body: Body) -> Result<Request<Body>, String> {
    let mut request = request(ways, url, Method::POST, path, body)?;
    request.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    Ok(request)
}

/// A body that is there.
pub fn whole(bytes: Bytes) -> Body {
    Full::new(bytes).map_err(|never| match never {}).boxed_unsync()
}

fn request(ways: &Ways, url: &PeerUrl, method: Method, path: &str, body: Body) -> Result<Request<Body>, String> {
    let request = Request::builder().method(method).uri(path).header(header::HOST, url.host()).body(body);
    let mut request = request.map_err(|error| format!("failed to make http request to {url} ({error})"))?;
    request.headers_mut().extend(ways.identity.headers());
    Ok(request)
}

/// The innermost reason; what hyper says around it is no news.
pub fn reason(error: &(dyn Error + 'static)) -> String {
    if let Some(text) = crate::tls::explain(error) {
        return text;
    }
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}
