//! What peers ask of this member: everything below `/raft` on the peer port.
//!
//! ```text
//!   POST /raft                          one message                          message
//!   GET  /raft/stream/{kind}/{from}     what this member writes to `from`    stream
//!   POST /raft/snapshot                 a message, then a database           snapshot
//!   GET  /raft/probing                  the time here
//! ```
//!
//! Status codes and texts are those that a real etcd 3.7.1 gives, as recorded in `tests/peer/answers.rs`. A request of
//! another cluster, of an incompatible version or of a removed member is told so, is logged with its sender, and leaves
//! nothing behind.
//!
//! Sockets are not known here: whoever listens routes requests to [`handle`], and should cut off connections that take
//! nothing for the write timeout ([`crate::peer::Patient`]).

mod answer;
mod message;
mod snapshot;
mod stream;

pub use answer::Body;

use super::{
    database::RequestBody,
    pipeline::PIPELINE,
    probe::{self, PROBING},
    snapshot::SNAPSHOT,
    transport::Transport,
};
use crate::peer::kind::STREAMS;
use answer::{guessed, not_found};
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt;
use std::error::Error;
use time::OffsetDateTime;

/// Is a path answered here?
pub fn wants(path: &str) -> bool {
    path == PIPELINE || path.starts_with("/raft/")
}

/// Answers a request. The answer to a stream's request ends with the stream.
pub async fn handle<B>(transport: Transport, request: Request<B>) -> Response<Body>
where
    B: http_body::Body<Data = Bytes, Error: Into<Box<dyn Error + Send + Sync>>> + Send + 'static,
{
    let request: Request<RequestBody> = request.map(|body| body.map_err(Into::into).boxed_unsync());
    match request.uri().path() {
        PIPELINE => message::receive(&transport, request).await,
        SNAPSHOT => snapshot::receive(&transport, request).await,
        PROBING => guessed(probe::answer(OffsetDateTime::now_utc())),
        path if path.starts_with(STREAMS) => stream::open(&transport, &request),
        _ => not_found(),
    }
}
