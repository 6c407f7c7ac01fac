//! The client itself: what every call goes through, whatever it asks.
//!
//! ```text
//!   unary:  pick a connection -> send -> answer
//!             ^                    |  nothing was sent: the next connection, at once
//!             |                    |  the rules allow it: after a short wait
//!             +--------------------+  the token is old: log in, then again
//! ```

use super::{
    backoff::jittered,
    config::{Config, Credentials},
    connection::{Connection, SendError},
    error::{ClientError, Code},
    login::{Login, Tries},
    observer::FailedAttempt,
    pool::Pool,
    retry::Repeat,
};
use crate::{
    limits::{CLIENT_ATTEMPTS, CLIENT_RETRY_WAIT},
    pb::etcdserverpb::{AuthenticateRequest, AuthenticateResponse},
};
use http::uri::PathAndQuery;
use prost::Message;
use std::{sync::Arc, time::Duration};
use tokio::time::{Instant, timeout_at};
use tokio_stream::Stream;
use tonic::{Request, Status, Streaming, metadata::MetadataValue};
use tonic_prost::ProstCodec;

/// The version of the API that this client speaks, told to the server with every call.
const API_VERSION: &str = "3.7";

/// A client of one cluster. Cheap to clone; the clones share their connections, which close when the last one goes.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
    deadline: Option<Instant>,
    leader: Leader,
}

struct Shared {
    pool: Pool,
    config: Config,
    login: Login,
}

/// Whether calls demand that the member they reach knows a leader.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Leader {
    Optional,
    Required,
}

impl Client {
    /// Starts to connect to every endpoint. Waits only to log in, when there are credentials to log in with.
    pub async fn connect(config: Config) -> Result<Self, ClientError> {
        let pool = Pool::new(&config)?;
        let login = Login::new(config.credentials.clone());
        let shared = Arc::new(Shared { pool, config, login });
        let client = Self { shared, deadline: None, leader: Leader::Optional };
        client.shared.login.keep(&client.token().await?)?;
        Ok(client)
    }

    /// The same client, whose calls end at that moment with `context deadline exceeded`. Streams of watches and of lease
    /// keep-alives have no deadline.
    pub fn with_deadline(&self, deadline: Instant) -> Self {
        Self { deadline: Some(deadline), ..self.clone() }
    }

    /// The same client, whose calls fail with `etcdserver: no leader` when the member they reach knows none.
    pub fn require_leader(&self) -> Self {
        Self { leader: Leader::Required, ..self.clone() }
    }

    /// The settings it was made with.
    pub fn config(&self) -> &Config {
        &self.shared.config
    }

    /// A token for calls that go beside this client, from a login of its own; empty when none is needed.
    pub async fn token(&self) -> Result<String, ClientError> {
        self.with_deadline(Instant::now() + self.shared.config.dial_timeout).log_in().await
    }

    /// One request, one answer.
    pub(super) async fn unary<Q, A>(&self, path: &'static str, repeat: Repeat, request: Q) -> Result<A, ClientError>
    where
        Q: Message + Clone + 'static,
        A: Message + Default + 'static,
    {
        let mut tries = self.tries();
        loop {
            let error = match self.attempt_until_refused(path, repeat, request.clone()).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            if !self.comes_again(&error, &mut tries).await? {
                return Err(error);
            }
        }
    }

    /// How often a call, or a watch, that begins now may come back with another token.
    pub(super) fn tries(&self) -> Tries {
        self.shared.login.tries()
    }

    /// Was it the token that was refused, and is there another one now? Waits a little, as between any two attempts.
    pub(super) async fn comes_again(&self, error: &ClientError, tries: &mut Tries) -> Result<bool, ClientError> {
        let log_in = self.shared.login.again(error, tries, self.log_in());
        let again = match self.deadline {
            None => log_in.await?,
            Some(deadline) => timeout_at(deadline, log_in).await.map_err(|_| ClientError::deadline(None))??,
        };
        if again {
            self.wait(jittered(CLIENT_RETRY_WAIT)).await?;
        }
        Ok(again)
    }

    async fn attempt_until_refused<Q, A>(
        &self,
        path: &'static str,
        repeat: Repeat,
        request: Q,
    ) -> Result<A, ClientError>
    where
        Q: Message + Clone + 'static,
        A: Message + Default + 'static,
    {
        let endpoints = self.shared.config.endpoints.len();
        let quorum = endpoints as u32 / 2 + 1;
        let mut attempt = 0;
        loop {
            let failure = match self.attempt(path, request.clone()).await {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            self.observe(path, attempt, &failure);
            attempt += 1;
            let again = failure.unsent || repeat.allows(&failure.error, endpoints);
            if !again || failure.error.is_deadline() || attempt >= CLIENT_ATTEMPTS {
                return Err(failure.error);
            }
            if attempt % quorum == 0 {
                self.wait(jittered(CLIENT_RETRY_WAIT)).await?;
            }
        }
    }

    async fn attempt<Q, A>(&self, path: &'static str, request: Q) -> Result<A, Failure>
    where
        Q: Message + 'static,
        A: Message + Default + 'static,
    {
        let (bytes, max) = (request.encoded_len(), self.shared.config.request_bytes_max);
        if bytes > max {
            let description = format!("trying to send message larger than max ({bytes} vs. {max})");
            return Err(ClientError::status(Code::ResourceExhausted, description).into());
        }
        let connection = self.shared.pool.pick(self.deadline).await?;
        let endpoint = connection.endpoint().to_owned();
        let mut grpc = self.grpc(connection);
        let call = grpc.unary(self.dress(request), PathAndQuery::from_static(path), ProstCodec::<Q, A>::default());
        match self.bounded(call).await {
            Ok(answer) => Ok(answer.into_inner()),
            Err(failure) => Err(Failure { endpoint: Some(endpoint), ..failure }),
        }
    }

    /// One request, many answers.
    pub(super) async fn server_stream<Q, A>(&self, path: &'static str, request: Q) -> Result<Responses<A>, ClientError>
    where
        Q: Message + Clone + 'static,
        A: Message + Default + 'static,
    {
        let mut tries = self.tries();
        loop {
            let error = match self.open_stream(path, request.clone()).await {
                Ok(answers) => return Ok(answers),
                Err(error) => error,
            };
            if !self.comes_again(&error, &mut tries).await? {
                return Err(error);
            }
        }
    }

    async fn open_stream<Q, A>(&self, path: &'static str, request: Q) -> Result<Responses<A>, ClientError>
    where
        Q: Message + 'static,
        A: Message + Default + 'static,
    {
        let mut grpc = self.grpc(self.shared.pool.pick(self.deadline).await?);
        let codec = ProstCodec::<Q, A>::default();
        let call = grpc.server_streaming(self.dress(request), PathAndQuery::from_static(path), codec);
        let stream = self.bounded(call).await.map_err(|failure| failure.error)?.into_inner();
        Ok(Responses { stream, deadline: self.deadline })
    }

    /// Many requests, many answers, without a deadline. Resolves at the first word of the server, which for etcd's streams
    /// is the answer to the first request: `requests` must hold one already.
    pub(super) async fn both_stream<Q, A>(
        &self,
        path: &'static str,
        requests: impl Stream<Item = Q> + Send + 'static,
    ) -> Result<Responses<A>, ClientError>
    where
        Q: Message + 'static,
        A: Message + Default + 'static,
    {
        let mut grpc = self.grpc(self.shared.pool.pick(None).await?);
        let codec = ProstCodec::<Q, A>::default();
        let call = grpc.streaming(self.dress(requests), PathAndQuery::from_static(path), codec);
        match call.await {
            Ok(answer) => Ok(Responses { stream: answer.into_inner(), deadline: None }),
            Err(status) => Err(ClientError::from_status(&status)),
        }
    }

    fn grpc(&self, connection: Connection) -> tonic::client::Grpc<Connection> {
        // What is sent was measured before; only what comes in is left to tonic.
        tonic::client::Grpc::new(connection)
            .max_encoding_message_size(usize::MAX)
            .max_decoding_message_size(self.shared.config.response_bytes_max)
    }

    /// Adds what every call says about itself.
    fn dress<M>(&self, message: M) -> Request<M> {
        let mut request = Request::new(message);
        if let Some(deadline) = self.deadline {
            request.set_timeout(deadline.saturating_duration_since(Instant::now()));
        }
        let metadata = request.metadata_mut();
        metadata.insert("client-api-version", MetadataValue::from_static(API_VERSION));
        if self.leader == Leader::Required {
            metadata.insert("hasleader", MetadataValue::from_static("true"));
        }
        if let Some(token) = self.shared.login.token() {
            metadata.insert("token", token);
        }
        request
    }

    /// Runs a call until the deadline.
    async fn bounded<T>(&self, call: impl Future<Output = Result<T, Status>>) -> Result<T, Failure> {
        let status = match self.deadline {
            None => match call.await {
                Ok(answer) => return Ok(answer),
                Err(status) => status,
            },
            Some(deadline) => match timeout_at(deadline, call).await {
                Ok(Ok(answer)) => return Ok(answer),
                Err(_) => return Err(ClientError::deadline(None).into()),
                Ok(Err(status)) if status.code() == Code::DeadlineExceeded && is_past(deadline) => {
                    return Err(ClientError::deadline(Some(status.message().to_owned())).into());
                }
                Ok(Err(status)) => status,
            },
        };
        let source = std::error::Error::source(&status);
        let unsent = source.and_then(|source| source.downcast_ref::<SendError>()).is_some_and(|error| error.unsent);
        Err(Failure { error: ClientError::from_status(&status), unsent, endpoint: None })
    }

    async fn wait(&self, wait: Duration) -> Result<(), ClientError> {
        match self.deadline {
            Some(deadline) if Instant::now() + wait >= deadline => {
                tokio::time::sleep_until(deadline).await;
                Err(ClientError::deadline(None))
            }
            _ => {
                tokio::time::sleep(wait).await;
                Ok(())
            }
        }
    }

    fn observe(&self, method: &'static str, attempt: u32, failure: &Failure) {
        if let Some(observer) = &self.shared.config.observer {
            let first = self.shared.config.endpoints.first().map_or("", |endpoint| endpoint.text());
            let endpoint = failure.endpoint.as_deref().unwrap_or(first);
            observer.attempt_failed(&FailedAttempt { method, endpoint, attempt, error: &failure.error });
        }
    }

    /// Exchanges name and password for a token. A cluster without authentication is fine with any, and gives none.
    async fn log_in(&self) -> Result<String, ClientError> {
        let (name, password) = match &self.shared.config.credentials {
            None => return Ok(String::new()),
            Some(Credentials::Token(token)) => return Ok(token.clone()),
            Some(Credentials::Password { name, password }) => (name.clone(), password.clone()),
        };
        let request = AuthenticateRequest { name, password };
        let path = "/etcdserverpb.Auth/Authenticate";
        // Harmless: of two logins one token is never used.
        let answer: Result<AuthenticateResponse, _> = self.attempt_until_refused(path, Repeat::Harmless, request).await;
        match answer {
            Ok(answer) => Ok(answer.token),
            Err(error) if error.is("etcdserver: authentication is not enabled") => Ok(String::new()),
            Err(error) => Err(error),
        }
    }
}

fn is_past(deadline: Instant) -> bool {
    // The server's clock runs out a little before ours.
    Instant::now() + Duration::from_millis(100) >= deadline
}

/// A failed attempt.
struct Failure {
    error: ClientError,
    unsent: bool,
    endpoint: Option<String>,
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        Self { error, unsent: false, endpoint: None }
    }
}

/// Answers that come one after another.
pub struct Responses<A> {
    stream: Streaming<A>,
    deadline: Option<Instant>,
}

impl<A> Responses<A> {
    /// The next one; none when the server has said all. Cancel safe.
    pub async fn next(&mut self) -> Result<Option<A>, ClientError> {
        let next = self.stream.message();
        let result = match self.deadline {
            None => next.await,
            Some(deadline) => timeout_at(deadline, next).await.map_err(|_| ClientError::deadline(None))?,
        };
        result.map_err(|status| ClientError::from_status(&status))
    }
}
