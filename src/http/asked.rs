//! What members ask each other beside raft: pages of the peer port. Codes and texts are etcd's (reference 2.3).

use super::page::{self, Page};
use crate::{
    apply::Refusal,
    id::{LeaseId, MemberId},
    limits::{PEER_QUESTION_BYTES, PEER_QUESTION_TIMEOUT},
    membership::{Member, list_to_json},
    mvcc::ReadError,
    pb::{
        etcdserverpb::{LeaseKeepAliveRequest, LeaseKeepAliveResponse, ResponseHeader},
        leasepb::{LeaseInternalRequest, LeaseInternalResponse},
    },
    rpc,
    server::{Failure, Handle, Unavailable},
};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, StatusCode};
use http_body_util::{BodyExt, Limited};
use prost::Message;
use serde::Deserialize;
use std::error::Error;
use tokio::time::timeout;

/// What stands before the id of a learner that is to get a vote.
pub const PROMOTE: &str = "/members/promote/";

const CLUSTER: HeaderName = HeaderName::from_static("x-etcd-cluster-id");
const NO_LEASE: &str = "lease not found";
const TOO_SLOW: &str = "waiting for node to catch up its applied index has timed out";
const NOT_PRIMARY: &str = "not a primary lessor";

/// A body of a request.
pub trait Body: http_body::Body<Data = Bytes, Error: Into<Box<dyn Error + Send + Sync>>> + Send {}
impl<B: http_body::Body<Data = Bytes, Error: Into<Box<dyn Error + Send + Sync>>> + Send> Body for B {}

/// Who is in the cluster.
pub fn members<B>(handle: &Handle, request: &Request<B>) -> Page {
    if let Err(refused) = page::get_only(request) {
        return *refused;
    }
    of_cluster(handle, page::json(members_json(&handle.member_list())))
}

/// As Go's encoder writes it: with the end of a line.
fn members_json(members: &[Member]) -> Vec<u8> {
    let mut json = list_to_json(members);
    json.push(b'\n');
    json
}

/// A learner gets a vote, if this member leads.
pub async fn promote(handle: &Handle, request: &Request<()>) -> Page {
    if let Err(refused) = page::only(&Method::POST, request) {
        return *refused;
    }
    let text = request.uri().path().strip_prefix(PROMOTE).unwrap_or_default();
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let Some(id) = text.parse().ok().filter(|_| digits).map(MemberId) else {
        let text = format!("member {text} not found in cluster");
        return of_cluster(handle, page::error(StatusCode::NOT_FOUND, &text));
    };
    let page = match handle.member_promote(id).await {
        Ok(members) => {
            let members: Vec<Member> = members.into_iter().map(Into::into).collect();
            page::json(members_json(&members))
        }
        Err(failure) => {
            tracing::warn!("member-id" = %id, error = rpc::failure_text(failure.clone()), "failed to promote a member");
            not_promoted(failure)
        }
    };
    of_cluster(handle, page)
}

fn not_promoted(failure: Failure) -> Page {
    let status = match failure {
        Failure::Refused(Refusal::MemberNotFound) => StatusCode::NOT_FOUND,
        Failure::Refused(Refusal::MemberNotLearner) | Failure::Unavailable(Unavailable::LearnerBehind) => {
            StatusCode::PRECONDITION_FAILED
        }
        _ => return page::json_error(StatusCode::INTERNAL_SERVER_ERROR, r#"{"message":"Internal Server Error"}"#),
    };
    page::error(status, &failure.to_string())
}

/// Is the cluster on its way to an older version?
pub async fn downgrade_enabled(handle: &Handle, request: &Request<()>) -> Page {
    if let Err(refused) = page::get_only(request) {
        return *refused;
    }
    let page = match handle.linearize().await {
        Ok(()) => page::plain(handle.is_downgrading().to_string()),
        Err(failure) => {
            let text = format!("failed linearized read: {}", rpc::failure_text(failure));
            page::error(StatusCode::INTERNAL_SERVER_ERROR, &text)
        }
    };
    of_cluster(handle, page)
}

/// A lease lives on.
pub async fn renew<B: Body>(handle: &Handle, request: Request<B>) -> Page {
    let id = match question::<LeaseKeepAliveRequest, B>(handle, request).await {
        Ok(question) => question.id,
        Err(refused) => return *refused,
    };
    match handle.lease_renew_here(LeaseId(id)).await {
        Ok(ttl) => page::protobuf(LeaseKeepAliveResponse { header: None, id, ttl }.encode_to_vec()),
        Err(failure) => no_answer(failure, StatusCode::BAD_REQUEST),
    }
}

/// What is left of a lease.
pub async fn time_to_live<B: Body>(handle: &Handle, request: Request<B>) -> Page {
    let question = match question::<LeaseInternalRequest, B>(handle, request).await {
        Ok(question) => question.lease_time_to_live_request.unwrap_or_default(),
        Err(refused) => return *refused,
    };
    match handle.lease_time_to_live_here(&question).await {
        Ok(mut response) => {
            response.header = Some(ResponseHeader::default());
            let answer = LeaseInternalResponse { lease_time_to_live_response: Some(response) };
            page::protobuf(answer.encode_to_vec())
        }
        Err(failure) => no_answer(failure, StatusCode::INTERNAL_SERVER_ERROR),
    }
}

fn no_answer(failure: Failure, otherwise: StatusCode) -> Page {
    match failure {
        Failure::Refused(Refusal::LeaseNotFound) => page::error(StatusCode::NOT_FOUND, NO_LEASE),
        Failure::Unavailable(Unavailable::NotLeader) => page::error(otherwise, NOT_PRIMARY),
        failure => page::error(otherwise, &rpc::failure_text(failure)),
    }
}

/// A question about leases, once this member has caught up with what it knows to be committed.
async fn question<Q: Message + Default, B: Body>(handle: &Handle, request: Request<B>) -> Result<Q, Box<Page>> {
    if request.method() != Method::POST {
        return Err(Box::new(page::error(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed")));
    }
    let bytes = body(request).await?;
    let question = Q::decode(bytes).map_err(|_| Box::new(bad("error unmarshalling request")))?;
    match handle.catch_up().await {
        Ok(()) => Ok(question),
        Err(_) => Err(Box::new(page::error(StatusCode::REQUEST_TIMEOUT, TOO_SLOW))),
    }
}

async fn body<B: Body>(request: Request<B>) -> Result<Bytes, Box<Page>> {
    let read = Limited::new(request.into_body(), PEER_QUESTION_BYTES).collect();
    let read = timeout(PEER_QUESTION_TIMEOUT, read).await.map_err(|_| Box::new(bad("error reading body")))?;
    read.map(|body| body.to_bytes()).map_err(|error| match error.is::<http_body_util::LengthLimitError>() {
        true => Box::new(page::too_large("request body too large")),
        false => Box::new(bad("error reading body")),
    })
}

#[derive(Deserialize)]
struct HashQuestion {
    #[serde(default)]
    revision: i64,
}

/// The hash of all keys up to a revision.
pub async fn hash_kv<B: Body>(handle: &Handle, request: Request<B>) -> Page {
    if let Err(refused) = page::get_only(&request) {
        return *refused;
    }
    let cluster = request.headers().get(CLUSTER).map(|cluster| cluster.as_bytes().to_vec()).unwrap_or_default();
    if !cluster.is_empty() && cluster != handle.cluster_id().to_string().as_bytes() {
        return page::error(StatusCode::PRECONDITION_FAILED, "cluster ID mismatch");
    }
    let bytes = match body(request).await {
        Ok(bytes) => bytes,
        Err(refused) => return *refused,
    };
    let HashQuestion { revision } = match serde_json::from_slice(&bytes) {
        Ok(question) => question,
        Err(error) => {
            tracing::warn!(%error, "failed to unmarshal request");
            return bad("error unmarshalling request");
        }
    };
    let reader = handle.reader().clone();
    // Hashing reads much, so it has a thread of its own.
    let found = match tokio::task::spawn_blocking(move || reader.hash_kv(revision)).await {
        Ok(Ok(found)) => found,
        Ok(Err(error)) => {
            let error = match error {
                ReadError::Fatal(error) => error.to_string(),
                refused => format!("mvcc: {refused}"),
            };
            tracing::warn!("requested-revision" = revision, error, "failed to get hashKV");
            return bad(&error);
        }
        Err(_) => return bad("etcdserver: server stopped"),
    };
    // Go leaves out what is zero.
    let number = |name: &str, value: i64| if value == 0 { String::new() } else { format!(r#","{name}":{value}"#) };
    let json = format!(
        r#"{{"header":{{"revision":{}}}{}{}{}}}"#,
        found.revision,
        number("hash", i64::from(found.hash)),
        number("compact_revision", found.compact_revision),
        number("hash_revision", found.hash_revision)
    );
    of_cluster(handle, page::json(json))
}

fn bad(text: &str) -> Page {
    page::error(StatusCode::BAD_REQUEST, text)
}

fn of_cluster(handle: &Handle, mut page: Page) -> Page {
    // Hex digits are always a header's value.
    if let Ok(value) = HeaderValue::try_from(handle.cluster_id().to_string()) {
        page.headers_mut().insert(CLUSTER, value);
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::BytesMut;
    use http_body::Frame;
    use std::{
        convert::Infallible,
        pin::Pin,
        task::{Context, Poll},
    };

    /// A body that comes a piece at a time, and then no more, without an end.
    struct Slow {
        pieces: usize,
        piece: Bytes,
    }

    impl http_body::Body for Slow {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            if self.pieces == 0 {
                return Poll::Pending;
            }
            self.pieces -= 1;
            Poll::Ready(Some(Ok(Frame::data(self.piece.clone()))))
        }
    }

    async fn refused(pieces: usize, bytes: usize) -> (StatusCode, Bytes) {
        let piece = BytesMut::zeroed(bytes).freeze();
        let page = *body(Request::new(Slow { pieces, piece })).await.unwrap_err();
        (page.status(), page.into_body().collect().await.unwrap().to_bytes())
    }

    /// Time passes by itself when all wait.
    #[tokio::test(start_paused = true)]
    async fn a_body_ends_in_time_or_is_not_waited_for() {
        let began = tokio::time::Instant::now();
        let slow = refused(3, 100).await;
        assert_eq!(slow, (StatusCode::BAD_REQUEST, Bytes::from_static(b"error reading body\n")));
        assert_eq!(began.elapsed(), PEER_QUESTION_TIMEOUT);
        let long = refused(3, PEER_QUESTION_BYTES / 2).await;
        assert_eq!(long, (StatusCode::PAYLOAD_TOO_LARGE, Bytes::from_static(b"request body too large\n")));
    }
}
