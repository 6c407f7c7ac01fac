//! `POST /raft`: one message.

use super::answer::{Answer, done, error, of_cluster, only};
use crate::limits::PEER_MESSAGE_BYTES;
use crate::metrics::metrics;
use crate::peer::{
    codec::decode,
    contact::take,
    database::{RequestBody, data},
    headers::sender,
    transport::Transport,
};
use bytes::{Bytes, BytesMut};
use http::{Request, StatusCode, request::Parts};
use std::io;

/// Takes a message for raft.
pub async fn receive(transport: &Transport, request: Request<RequestBody>) -> Answer {
    let (head, body) = request.into_parts();
    if let Some(refusal) = only("POST", &head.method) {
        return refusal;
    }
    of_cluster(accept(transport, &head, body).await, transport.identity().cluster)
}

async fn accept(transport: &Transport, head: &Parts, body: RequestBody) -> Answer {
    if let Err(mismatch) = transport.identity().check(&head.headers) {
        return error(StatusCode::PRECONDITION_FAILED, &mismatch.to_string());
    }
    let sender = sender(&head.headers);
    // etcd counts failures by the sender's address. Its port is another one each time, and a label stays for good.
    let label = sender.as_ref().map_or_else(|| "unknown".into(), |(from, _)| from.to_string());
    let failed = || metrics().peer_received_failures.with_label_values(&[&label]).inc();
    if let Some((from, urls)) = sender {
        transport.add_stranger(from, urls);
    }
    let local = transport.identity().member;
    let bytes = match whole(transport, body).await {
        Ok(bytes) => bytes,
        Err(reason) => {
            tracing::warn!(
                "local-member-id" = %local,
                "remote-peer-id" = label,
                error = %reason,
                "failed to read Raft message"
            );
            failed();
            return error(StatusCode::BAD_REQUEST, "error reading raft message");
        }
    };
    let size = bytes.len() as u64;
    let message = match decode(bytes) {
        Ok(message) => message,
        Err(reason) => {
            tracing::warn!(
                "local-member-id" = %local,
                "remote-peer-id" = label,
                error = %reason,
                "failed to unmarshal Raft message"
            );
            failed();
            return error(StatusCode::BAD_REQUEST, "error unmarshalling raft message");
        }
    };
    metrics().peer_received_bytes.with_label_values(&[&label]).inc_by(size);
    match take(&**transport.host(), local, message) {
        Ok(()) => done(),
        Err(reason) => {
            tracing::warn!(
                "local-member-id" = %local,
                "remote-peer-id" = label,
                error = %reason,
                "failed to process Raft message"
            );
            error(StatusCode::INTERNAL_SERVER_ERROR, "error processing raft message")
        }
    }
}

/// The whole body, in memory of its own.
async fn whole(transport: &Transport, mut body: RequestBody) -> io::Result<Bytes> {
    let mut bytes = BytesMut::new();
    while let Some(piece) = data(&mut body, transport.read_timeout()).await? {
        if bytes.len() + piece.len() > PEER_MESSAGE_BYTES {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the message is too long"));
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes.freeze())
}
