//! The log line of a request that took long to apply or to read.

use super::{
    outcome::{Applied, Outcome, Response},
    text,
};
use crate::{
    logging::go_duration,
    pb::etcdserverpb::{
        InternalRaftRequest, RangeRequest, RangeResponse, ResponseHeader, TxnRequest, TxnResponse, response_op,
    },
};
use bytes::Bytes;
use prost::Message;
use std::{fmt::Display, time::Duration};

/// How long it took, and how long it should have.
#[derive(Clone, Copy, Debug)]
pub struct Took {
    /// In fact.
    pub took: Duration,
    /// At most (`--warning-apply-duration`).
    pub expected: Duration,
}

/// An entry was slow.
pub(super) fn warn_of_entry(took: Took, data: &Bytes, applied: &Applied) {
    // It was decoded before.
    let request = InternalRaftRequest::decode(data.clone()).unwrap_or_default();
    let (response, error) = match &applied.outcome {
        Some(Outcome::Done(response)) => (size_of(response).map(|size| format!("size:{size}")), None),
        Some(Outcome::Refused(refusal)) => (None, Some(format!("{refusal:?}"))),
        None => (None, None),
    };
    warn(took, "", &text::entry(&request), &response.unwrap_or_default(), error);
}

/// A range that only reads was slow.
pub fn warn_of_range(took: Took, request: &RangeRequest, answer: Result<&RangeResponse, impl Display>) {
    let (response, error) = match answer {
        Ok(answer) => {
            let size = bare(answer.encoded_len(), answer.header.as_ref());
            (format!("range_response_count:{} size:{size}", answer.kvs.len()), None)
        }
        Err(error) => (String::new(), Some(error)),
    };
    warn(took, "read-only range ", &text::range(request), &response, error);
}

/// A transaction that only reads was slow.
pub fn warn_of_txn(took: Took, request: &TxnRequest, answer: Result<&TxnResponse, impl Display>) {
    let (response, error) = match answer {
        Ok(answer) => {
            let counts: Vec<String> = (answer.responses.iter())
                .filter_map(|response| match &response.response {
                    Some(response_op::Response::ResponseRange(range)) => Some(range.kvs.len()),
                    _ => None,
                })
                .map(|count| format!("range_response_count:{count}"))
                .collect();
            let size = bare(answer.encoded_len(), answer.header.as_ref());
            (format!("responses:<{}> size:{size}", counts.join(" ")), None)
        }
        Err(error) => (String::new(), Some(error)),
    };
    warn(took, "read-only txn ", &text::txn(request), &response, error);
}

fn warn(took: Took, prefix: &str, request: &str, response: &str, error: Option<impl Display>) {
    let (expected, took) = (go_duration(took.expected), go_duration(took.took));
    const SLOW: &str = "apply request took too long";
    match error {
        None => tracing::warn!(took, "expected-duration" = expected, prefix, request, response, "{SLOW}"),
        Some(error) => {
            tracing::warn!(took, "expected-duration" = expected, prefix, request, response, %error, "{SLOW}");
        }
    }
}

/// Bytes of a response. etcd measures before the header has more than the revision.
fn size_of(response: &Response) -> Option<usize> {
    Some(match response {
        Response::Range(response) => bare(response.encoded_len(), response.header.as_ref()),
        Response::Put(response) => bare(response.encoded_len(), response.header.as_ref()),
        Response::DeleteRange(response) => bare(response.encoded_len(), response.header.as_ref()),
        Response::Txn(response) => bare(response.encoded_len(), response.header.as_ref()),
        Response::Compact(response) => bare(response.encoded_len(), response.header.as_ref()),
        Response::LeaseGrant(response) => bare(response.encoded_len(), response.header.as_ref()),
        Response::LeaseRevoke(response) => bare(response.encoded_len(), response.header.as_ref()),
        Response::Alarm(response) => bare(response.encoded_len(), response.header.as_ref()),
        Response::Members(_) | Response::Empty => return None,
    })
}

fn bare(size: usize, header: Option<&ResponseHeader>) -> usize {
    let short = header.map(|header| ResponseHeader { revision: header.revision, ..ResponseHeader::default() });
    let length = |header: Option<&ResponseHeader>| header.map_or(0, Message::encoded_len);
    (size + length(short.as_ref())).saturating_sub(length(header))
}
