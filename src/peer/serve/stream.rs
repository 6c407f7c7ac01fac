//! `GET /raft/stream/{kind}/{from}`: a member opens a stream, to read what this one writes to it.

use super::answer::{Answer, error, of_cluster, of_version, only, stream};
use crate::id::MemberId;
use crate::peer::{
    headers::{TO, member_id, sender_urls, text},
    kind::{Kind, STREAMS},
    transport::Transport,
};
use http::{Request, StatusCode};

/// Opens a stream, or says why not.
pub fn open<B>(transport: &Transport, request: &Request<B>) -> Answer {
    if let Some(refusal) = only("GET", request.method()) {
        return refusal;
    }
    let answer = attach(transport, request).unwrap_or_else(|(status, text)| error(status, &text));
    of_version(of_cluster(answer, transport.identity().cluster))
}

fn attach<B>(transport: &Transport, request: &Request<B>) -> Result<Answer, (StatusCode, String)> {
    let refuse = |status, text: &str| Err((status, text.to_owned()));
    let (headers, identity) = (request.headers(), transport.identity());
    let local = identity.member;
    if let Err(mismatch) = identity.check(headers) {
        return refuse(StatusCode::PRECONDITION_FAILED, &mismatch.to_string());
    }
    let path = request.uri().path();
    let parts = path.strip_prefix(STREAMS).and_then(|rest| rest.rsplit_once('/'));
    let kind = parts.and_then(|(kind, from)| Some((Kind::of_path(kind)?, from)));
    let Some((kind, from_text)) = kind else {
        tracing::debug!("local-member-id" = %local, path, "ignored unexpected streaming request path");
        return refuse(StatusCode::NOT_FOUND, "invalid path");
    };
    let Some(from) = member_id(from_text) else {
        tracing::warn!("local-member-id" = %local, "path" = from_text, "failed to parse path into ID");
        return refuse(StatusCode::NOT_FOUND, "invalid from");
    };
    if transport.host().is_removed(from) {
        log(local, from, "rejected stream from remote peer because it was removed");
        return refuse(StatusCode::GONE, "removed member");
    }
    if !transport.knows(from) {
        // It may have joined after what this member has applied so far; then this one is to hear from it, and answer.
        if let Some(urls) = sender_urls(headers) {
            transport.add_stranger(from, urls);
        }
        return not_known(transport, from);
    }
    let to = text(headers, &TO);
    if to != local.to_string() {
        tracing::warn!(
            "local-member-id" = %local,
            "remote-peer-id-stream-handler" = %local,
            "remote-peer-id-header" = to,
            "remote-peer-id-from" = %from,
            "cluster-id" = %identity.cluster,
            "ignored streaming request; ID mismatch"
        );
        return refuse(StatusCode::PRECONDITION_FAILED, "to field mismatch");
    }
    match transport.attach(kind, from) {
        Some(body) => Ok(stream(body)),
        None => not_known(transport, from),
    }
}

fn not_known(transport: &Transport, from: MemberId) -> Result<Answer, (StatusCode, String)> {
    let local = transport.identity().member;
    tracing::warn!(
        "local-member-id" = %local,
        "remote-peer-id-stream-handler" = %local,
        "remote-peer-id-from" = %from,
        "cluster-id" = %transport.identity().cluster,
        "failed to find remote peer in cluster"
    );
    Err((StatusCode::NOT_FOUND, "error sender not found".into()))
}

fn log(local: MemberId, from: MemberId, what: &str) {
    tracing::warn!(
        "local-member-id" = %local,
        "remote-peer-id-stream-handler" = %local,
        "remote-peer-id-from" = %from,
        "{what}"
    );
}
