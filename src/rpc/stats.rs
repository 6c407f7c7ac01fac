//! Unary requests that took long are told of in the log, and at debug level all of them: the line `request stats` of
//! etcd, with the request's content but for values.
//!
//! What is kept for that while a request runs are references to its keys and values, not their text.

use crate::{
    apply::text,
    clock::Now,
    logging::{go_duration, timestamp},
    pb::etcdserverpb::{
        DeleteRangeRequest, DeleteRangeResponse, PutRequest, PutResponse, RangeRequest, RangeResponse, TxnRequest,
        TxnResponse,
    },
    server::Handle,
};
use prost::Message;
use std::{any::Any, net::SocketAddr, time::Duration};

/// A request that runs.
#[derive(Debug)]
pub struct Running {
    began: Now,
    content: Content,
}

/// What is told of a request; of most nothing.
#[derive(Debug)]
enum Content {
    Range(RangeRequest),
    Put(PutRequest),
    DeleteRange(DeleteRangeRequest),
    Txn(TxnRequest),
    Other,
}

impl Content {
    fn of(request: &dyn Any) -> Self {
        if let Some(request) = request.downcast_ref::<PutRequest>() {
            Self::Put(request.clone())
        } else if let Some(request) = request.downcast_ref::<RangeRequest>() {
            Self::Range(request.clone())
        } else if let Some(request) = request.downcast_ref::<TxnRequest>() {
            Self::Txn(request.clone())
        } else if let Some(request) = request.downcast_ref::<DeleteRangeRequest>() {
            Self::DeleteRange(request.clone())
        } else {
            Self::Other
        }
    }
}

impl Running {
    /// It begins.
    pub fn begin(handle: &Handle, request: &dyn Any) -> Self {
        Self { began: handle.now(), content: Content::of(request) }
    }

    /// It ends, with a response unless it failed.
    pub fn end(self, handle: &Handle, method: &str, remote: Option<SocketAddr>, response: Option<&dyn Any>) {
        let took = handle.now().saturating_sub(self.began);
        let is_slow = took > handle.limits().request_warn_above;
        if is_slow || tracing::enabled!(tracing::Level::DEBUG) {
            self.tell(handle, took, method, remote, response);
        }
    }

    fn tell(
        &self,
        handle: &Handle,
        took: Duration,
        method: &str,
        remote: Option<SocketAddr>,
        response: Option<&dyn Any>,
    ) {
        let (start, spent) = (timestamp(handle.clock().wall() - took), go_duration(took));
        let remote = remote.map_or_else(|| "@".to_owned(), |remote| remote.to_string());
        let counts = self.counts(response);
        // etcd has one or the other.
        macro_rules! tell {
            ($level:ident) => {
                tracing::$level!(
                    "start time" = start,
                    "time spent" = spent,
                    remote,
                    "response type" = method,
                    "request count" = counts.requests,
                    "request size" = counts.request_bytes,
                    "response count" = counts.responses,
                    "response size" = counts.response_bytes,
                    "request content" = counts.content,
                    "request stats"
                )
            };
        }
        if tracing::enabled!(tracing::Level::DEBUG) { tell!(debug) } else { tell!(warn) }
    }

    fn counts(&self, response: Option<&dyn Any>) -> Counts {
        match &self.content {
            Content::Range(request) => {
                let response = answer::<RangeResponse>(response);
                Counts {
                    requests: 0,
                    request_bytes: size(request),
                    responses: response.map_or(0, |response| response.count),
                    response_bytes: response.map_or(0, size),
                    content: text::range(request),
                }
            }
            Content::Put(request) => {
                let response = answer::<PutResponse>(response);
                Counts {
                    requests: 1,
                    request_bytes: size(request),
                    responses: 0,
                    response_bytes: response.map_or(0, size),
                    content: text::put(request),
                }
            }
            Content::DeleteRange(request) => {
                let response = answer::<DeleteRangeResponse>(response);
                Counts {
                    requests: 0,
                    request_bytes: size(request),
                    responses: response.map_or(0, |response| response.deleted),
                    response_bytes: response.map_or(0, size),
                    content: text::delete_range(request),
                }
            }
            Content::Txn(request) => {
                let Some(response) = answer::<TxnResponse>(response) else {
                    return Counts {
                        requests: 0,
                        request_bytes: 0,
                        responses: 0,
                        response_bytes: 0,
                        content: String::new(),
                    };
                };
                let ops = if response.succeeded { &request.success } else { &request.failure };
                Counts {
                    requests: ops.len() as i64,
                    request_bytes: ops.iter().map(size).sum(),
                    responses: 0,
                    response_bytes: size(response),
                    content: text::txn(request),
                }
            }
            Content::Other => Counts::default(),
        }
    }
}

/// The response, if there is one and it is what it should be.
fn answer<T: 'static>(response: Option<&dyn Any>) -> Option<&T> {
    response.and_then(|response| response.downcast_ref())
}

/// Bytes of a message.
fn size(message: &impl Message) -> i64 {
    message.encoded_len() as i64
}

/// The numbers of a line; those of a request of which nothing is told are below zero.
struct Counts {
    requests: i64,
    request_bytes: i64,
    responses: i64,
    response_bytes: i64,
    content: String,
}

impl Default for Counts {
    fn default() -> Self {
        Self { requests: -1, request_bytes: -1, responses: -1, response_bytes: -1, content: String::new() }
    }
}
