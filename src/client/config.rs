//! What a client is told before it connects.

use super::{endpoint::Endpoint, observer::Observer};
use crate::{
    limits::{CLIENT_REQUEST_BYTES, CLIENT_RESPONSE_BYTES},
    tls::ClientTls,
};
use std::{sync::Arc, time::Duration};

/// Settings of a client. [`Config::new`] gives those of `etcdctl`.
#[derive(Clone)]
pub struct Config {
    /// The servers, all of one cluster. At least one.
    pub endpoints: Vec<Endpoint>,
    /// How long one attempt to connect may take, and how long the first login may take.
    pub dial_timeout: Duration,
    /// Silence after which a busy connection is probed. gRPC clients never probe more often than every 10 seconds, since
    /// servers punish that; smaller values are raised.
    pub keepalive_time: Duration,
    /// How long a probe may stay unanswered before the connection is given up.
    pub keepalive_timeout: Duration,
    /// Largest request in bytes.
    pub request_bytes_max: usize,
    /// Largest response in bytes.
    pub response_bytes_max: usize,
    /// How TLS is spoken. Endpoints without a scheme speak it if this is there; those that must speak it do so without this
    /// as with [`ClientTls::default`].
    pub tls: Option<ClientTls>,
    /// How to log in, if at all.
    pub credentials: Option<Credentials>,
    /// Hears of attempts that failed, retried or not.
    pub observer: Option<Arc<dyn Observer>>,
}

/// What a client proves its identity with.
#[derive(Clone, PartialEq, Eq)]
pub enum Credentials {
    /// Exchanged for a token, again whenever the token is no longer taken.
    Password {
        /// User.
        name: String,
        /// Their password.
        password: String,
    },
    /// A token that somebody else obtained; never renewed.
    Token(String),
}

impl Config {
    /// The settings of `etcdctl` for these endpoints.
    pub fn new(endpoints: Vec<Endpoint>) -> Self {
        Self {
            endpoints,
            dial_timeout: Duration::from_secs(2),
            keepalive_time: Duration::from_secs(2),
            keepalive_timeout: Duration::from_secs(6),
            request_bytes_max: CLIENT_REQUEST_BYTES,
            response_bytes_max: CLIENT_RESPONSE_BYTES,
            tls: None,
            credentials: None,
            observer: None,
        }
    }
}
