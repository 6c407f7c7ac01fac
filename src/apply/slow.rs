//! The log lines of a request that took long to apply or to read, and of an entry that was refused.

use super::{
    outcome::{Applied, Outcome, Refusal, Response},
    text,
};
use crate::{
    auth::AuthRefusal,
    logging::go_duration,
    pb::etcdserverpb::{
        AlarmResponse, InternalRaftRequest, LeaseRevokeResponse, RangeRequest, RangeResponse, ResponseHeader,
        TxnRequest, TxnResponse, response_op,
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

/// An entry that was applied.
pub(super) struct Entry<'a> {
    pub data: &'a Bytes,
    pub applied: &'a Applied,
    /// Of its answer, or of what could have been one.
    pub header: ResponseHeader,
}

impl Entry<'_> {
    /// It was slow.
    pub fn warn(&self, took: Took) {
        let (request, response, error) = self.told();
        warn(took, "", &request, &response, error);
    }

    /// It was refused, by this.
    pub fn warn_of(&self, refusal: Refusal, took: Duration) {
        let (request, response, _) = self.told();
        tracing::warn!(took = go_duration(took), request, response, error = %refusal, "failed to apply request");
    }

    /// Request, response and error.
    fn told(&self) -> (String, String, Option<Refusal>) {
        // It was decoded before.
        let request = InternalRaftRequest::decode(self.data.clone()).unwrap_or_default();
        let (size, error) = match &self.applied.outcome {
            Some(Outcome::Done(response)) => (size_of(response), None),
            Some(Outcome::Refused(refusal)) => (self.size_of_refused(&request, *refusal), Some(*refusal)),
            None => (None, None),
        };
        (text::entry(&request), size.map(|size| format!("size:{size}")).unwrap_or_default(), error)
    }

    /// etcd makes the response of some requests before it knows whether they are refused.
    fn size_of_refused(&self, request: &InternalRaftRequest, refusal: Refusal) -> Option<usize> {
        match refusal {
            Refusal::LeaseExists | Refusal::LeaseTtlTooLarge => Some(0),
            Refusal::LeaseNotFound if request.lease_revoke.is_some() => {
                Some(LeaseRevokeResponse { header: Some(self.header) }.encoded_len())
            }
            Refusal::Auth(AuthRefusal::UserEmpty | AuthRefusal::PermissionDenied)
                if request.auth_user_get.is_some() || request.auth_role_get.is_some() =>
            {
                Some(0)
            }
            _ => None,
        }
    }
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

/// Bytes of a response. etcd measures before most headers have more than the revision, and before alarms have one at all.
fn size_of(response: &Response) -> Option<usize> {
    Some(match response {
        Response::Range(response) => bare(response.encoded_len(), response.header.as_ref()),
        Response::Put(response) => bare(response.encoded_len(), response.header.as_ref()),
        Response::DeleteRange(response) => bare(response.encoded_len(), response.header.as_ref()),
        Response::Txn(response) => bare(response.encoded_len(), response.header.as_ref()),
        Response::Compact(response) => bare(response.encoded_len(), response.header.as_ref()),
        Response::LeaseGrant(response) => response.encoded_len(),
        Response::LeaseRevoke(response) => response.encoded_len(),
        Response::Alarm(response) => AlarmResponse { header: None, ..response.clone() }.encoded_len(),
        Response::AuthEnable(response) => response.encoded_len(),
        Response::AuthDisable(response) => response.encoded_len(),
        Response::AuthStatus(response) => response.encoded_len(),
        Response::Authenticate(response) => response.encoded_len(),
        Response::UserAdd(response) => response.encoded_len(),
        Response::UserGet(response) => response.encoded_len(),
        Response::UserList(response) => response.encoded_len(),
        Response::UserDelete(response) => response.encoded_len(),
        Response::UserChangePassword(response) => response.encoded_len(),
        Response::UserGrantRole(response) => response.encoded_len(),
        Response::UserRevokeRole(response) => response.encoded_len(),
        Response::RoleAdd(response) => response.encoded_len(),
        Response::RoleGet(response) => response.encoded_len(),
        Response::RoleList(response) => response.encoded_len(),
        Response::RoleDelete(response) => response.encoded_len(),
        Response::RoleGrantPermission(response) => response.encoded_len(),
        Response::RoleRevokePermission(response) => response.encoded_len(),
        Response::Members(_) | Response::Empty => return None,
    })
}

fn bare(size: usize, header: Option<&ResponseHeader>) -> usize {
    let short = header.map(|header| ResponseHeader { revision: header.revision, ..ResponseHeader::default() });
    let length = |header: Option<&ResponseHeader>| header.map_or(0, Message::encoded_len);
    (size + length(short.as_ref())).saturating_sub(length(header))
}
