//! `POST /raft/snapshot`: a message, and behind it a database of any size.

use super::answer::{Answer, done, error, of_cluster, only};
use crate::id::MemberId;
use crate::logging::{go_duration, humanize};
use crate::metrics::metrics;
use crate::pb::raftpb::{Message, MessageType};
use crate::peer::{
    codec::{CodecError, EnvelopeDecoder},
    contact::{NotTaken, check_ends, take},
    database::{Database, RequestBody, data},
    headers::sender,
    transport::Transport,
};
use http::{Request, StatusCode};
use prost::Message as _;
use tokio::time::Instant;

/// A sender that is not known.
const UNKNOWN: &str = "UNKNOWN_SNAPSHOT_SENDER";

/// Takes a snapshot: first its database to disk, then its message to raft.
pub async fn receive(transport: &Transport, request: Request<RequestBody>) -> Answer {
    let start = Instant::now();
    let (head, mut body) = request.into_parts();
    if let Some(refusal) = only("POST", &head.method) {
        fail(UNKNOWN);
        return refusal;
    }
    let identity = transport.identity();
    let answer = if let Err(mismatch) = identity.check(&head.headers) {
        fail(UNKNOWN);
        error(StatusCode::PRECONDITION_FAILED, &mismatch.to_string())
    } else {
        let sender = sender(&head.headers);
        let from = sender.as_ref().map_or_else(|| UNKNOWN.into(), |(from, _)| from.to_string());
        if let Some((from, urls)) = sender {
            transport.add_stranger(from, urls);
        }
        match envelope(transport, &mut body).await {
            Ok((message, first)) => {
                let database = Database::new(first, body, transport.read_timeout());
                take_whole(transport, message, database, start).await
            }
            Err(reason) => {
                tracing::warn!(
                    "local-member-id" = %identity.member,
                    "remote-snapshot-sender-id" = from,
                    "error" = reason,
                    "failed to decode Raft message"
                );
                metrics().peer_received_failures.with_label_values(&[&from]).inc();
                fail(&from);
                error(StatusCode::BAD_REQUEST, &format!("failed to decode raft message ({reason})"))
            }
        }
    };
    of_cluster(answer, identity.cluster)
}

fn fail(from: &str) {
    metrics().snapshot_receive_failures.with_label_values(&[from]).inc();
}

/// The message, and what came with it of the database.
async fn envelope(transport: &Transport, body: &mut RequestBody) -> Result<(Message, bytes::Bytes), String> {
    let mut decoder = EnvelopeDecoder::default();
    loop {
        match decoder.message() {
            Ok(Some(decoded)) => return Ok(decoded),
            Ok(None) => {}
            // Go says no more than this.
            Err(CodecError::Malformed(_)) => return Err("proto: cannot parse invalid wire-format data".into()),
            Err(error) => return Err(error.to_string()),
        }
        match data(body, transport.read_timeout()).await {
            Ok(Some(piece)) => decoder.push(&piece),
            Ok(None) if decoder.is_untouched() => return Err("EOF".into()),
            Ok(None) => return Err(CodecError::CutOff.to_string()),
            Err(error) => return Err(error.to_string()),
        }
    }
}

async fn take_whole(transport: &Transport, message: Message, database: Database, start: Instant) -> Answer {
    let (host, local) = (transport.host().clone(), transport.identity().member);
    let from = MemberId(message.from).to_string();
    let size = message.encoded_len() as u64;
    let index = message.snapshot.as_ref().map(|snapshot| snapshot.metadata.index);
    let Some(index) = index.filter(|_| message.msg_type == MessageType::MsgSnapshot as i32) else {
        tracing::warn!(
            "local-member-id" = %local,
            "remote-snapshot-sender-id" = from,
            "message-type" = crate::peer::contact::kind_name(message.msg_type),
            "unexpected Raft message type"
        );
        fail(UNKNOWN);
        return error(StatusCode::BAD_REQUEST, "wrong raft message type");
    };
    // etcd looks at the ends of a message after it has stored the database. There is no need to store one for nobody.
    if let Err(reason) = check_ends(&*host, local, &message) {
        return not_processed(local, UNKNOWN, reason);
    }
    let received = metrics().peer_received_bytes.with_label_values(&[&from]);
    received.inc_by(size);
    let inflight = Inflight::begin(&from);
    log_receiving(local, &from, index, size);
    let saved = host.save_snapshot(&message, database).await;
    drop(inflight);
    match saved {
        Ok(bytes) => {
            received.inc_by(bytes);
            log_received(local, &from, index, bytes, start);
        }
        Err(reason) => {
            tracing::warn!(
                "local-member-id" = %local,
                "remote-snapshot-sender-id" = from,
                "incoming-snapshot-index" = index,
                error = %reason,
                "failed to save incoming database snapshot"
            );
            fail(&from);
            return error(StatusCode::INTERNAL_SERVER_ERROR, &format!("failed to save KV snapshot ({reason})"));
        }
    }
    if let Err(reason) = take(&*host, local, message) {
        return not_processed(local, &from, reason);
    }
    metrics().snapshot_receive_success.with_label_values(&[&from]).inc();
    metrics().snapshot_receive_duration.with_label_values(&[&from]).observe(start.elapsed().as_secs_f64());
    done()
}

fn not_processed(local: MemberId, from: &str, reason: NotTaken) -> Answer {
    tracing::warn!(
        "local-member-id" = %local,
        "remote-snapshot-sender-id" = from,
        error = %reason,
        "failed to process Raft message"
    );
    fail(from);
    error(StatusCode::INTERNAL_SERVER_ERROR, &format!("failed to process raft message ({reason})"))
}

/// One more snapshot is on its way, until this is dropped: by the end, or with its connection.
struct Inflight(prometheus::IntGauge);

impl Inflight {
    fn begin(from: &str) -> Self {
        let gauge = metrics().snapshot_receive_inflights.with_label_values(&[from]);
        gauge.inc();
        Self(gauge)
    }
}

impl Drop for Inflight {
    fn drop(&mut self) {
        self.0.dec();
    }
}

fn log_receiving(local: MemberId, from: &str, index: u64, bytes: u64) {
    tracing::info!(
        "local-member-id" = %local,
        "remote-snapshot-sender-id" = from,
        "incoming-snapshot-index" = index,
        "incoming-snapshot-message-size-bytes" = bytes,
        "incoming-snapshot-message-size" = humanize(bytes),
        "receiving database snapshot"
    );
}

fn log_received(local: MemberId, from: &str, index: u64, bytes: u64, start: Instant) {
    tracing::info!(
        "local-member-id" = %local,
        "remote-snapshot-sender-id" = from,
        "incoming-snapshot-index" = index,
        "incoming-snapshot-size-bytes" = bytes,
        "incoming-snapshot-size" = humanize(bytes),
        "download-took" = go_duration(start.elapsed()),
        "received and saved database snapshot"
    );
}
