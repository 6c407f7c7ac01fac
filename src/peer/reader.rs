//! The reading end of a stream: dials the peer, reads what it writes, and dials again when that ends.

use super::{
    codec::Frame,
    connection::{Connection, Unreached, get, reason},
    contact::{Contact, NotTaken, kind_name, take},
    headers::{CLUSTER, Mismatch, TO, has_streams, server_version, text},
    host::Undelivered,
    kind::{Decoder, Kind, STREAMS},
};
use crate::id::MemberId;
use crate::limits::PEER_REDIAL;
use crate::metrics::metrics;
use crate::pb::raftpb::Message;
use http::{HeaderValue, Response, StatusCode};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use prometheus::IntCounter;
use prost::Message as _;
use std::sync::Arc;
use tokio::time::{Instant, sleep_until, timeout};

/// Why a stream is not open.
#[derive(Debug, thiserror::Error)]
enum DialError {
    /// The peer is too old to have it. That is no failure.
    #[error("unsupported stream type")]
    Unsupported,
    /// There is no connection.
    #[error("{0}")]
    Unreached(Unreached),
    /// Anything else, as etcd says it.
    #[error("{0}")]
    Failed(String),
}

/// How an open stream ended.
enum End {
    /// The peer ended it.
    Closed,
    /// It broke, or makes no sense.
    Broken(String),
}

/// Reads one stream of one peer, until it is dropped.
pub async fn read(kind: Kind, contact: Arc<Contact>) {
    tracing::info!(
        "stream-reader-type" = %kind,
        "local-member-id" = %contact.local,
        "remote-peer-id" = %contact.peer,
        "started stream reader with remote peer"
    );
    let mut next_dial = Instant::now();
    let mut was_open = false;
    loop {
        match open(kind, &contact).await {
            Ok((connection, body)) => {
                stream(kind, &contact, connection, body).await;
                was_open = true;
            }
            Err(DialError::Unsupported) => {}
            Err(error) => {
                contact.activity.deactivate("dial", &kind.to_string(), &error.to_string());
                if was_open && matches!(&error, DialError::Unreached(unreached) if unreached.is_refused()) {
                    was_open = false;
                    contact.host.gone(contact.peer);
                }
            }
        }
        // A stream that lasted is dialled again at once, and the first dial as well: the peer may have been starting.
        sleep_until(next_dial).await;
        next_dial = Instant::now() + PEER_REDIAL;
    }
}

async fn stream(kind: Kind, contact: &Contact, connection: Connection, body: Incoming) {
    contact.activity.activate();
    tracing::info!(
        "stream-reader-type" = %kind,
        "local-member-id" = %contact.local,
        "remote-peer-id" = %contact.peer,
        "established TCP streaming connection with remote peer"
    );
    let end = read_frames(kind, contact, connection, body).await;
    let error = match &end {
        End::Closed => "EOF",
        End::Broken(error) => error,
    };
    tracing::warn!(
        "stream-reader-type" = %kind,
        "local-member-id" = %contact.local,
        "remote-peer-id" = %contact.peer,
        error,
        "lost TCP streaming connection with remote peer"
    );
    if let End::Broken(error) = end {
        contact.activity.deactivate("read", &kind.to_string(), &error);
    }
}

async fn open(kind: Kind, contact: &Contact) -> Result<(Connection, Incoming), DialError> {
    let mut connection = contact.connect().await.map_err(DialError::Unreached)?;
    let url = connection.url().clone();
    let path = format!("{STREAMS}{}/{}", kind.path(), contact.local);
    tracing::debug!(
        "from" = %contact.local,
        "to" = %contact.peer,
        "address" = format!("{url}{path}"),
        "dial stream reader"
    );
    let asked = async {
        let mut request = get(&contact.ways, &url, &path)?;
        let to = HeaderValue::try_from(contact.peer.to_string()).map_err(|error| error.to_string())?;
        request.headers_mut().insert(TO, to);
        let answer = timeout(contact.ways.read_timeout, connection.send(request)).await;
        let answer = answer.map_err(|_| "read: i/o timeout".to_string())?;
        answer.map_err(|error| error.to_string())
    };
    let answer = asked.await.inspect_err(|_| contact.picker.unreachable(&url)).map_err(DialError::Failed)?;
    if answer.status() == StatusCode::OK && has_streams(server_version(answer.headers())) {
        return Ok((connection, answer.into_body()));
    }
    contact.picker.unreachable(&url);
    Err(refusal(contact, connection, answer).await)
}

/// What an answer that is no stream means.
async fn refusal(contact: &Contact, mut connection: Connection, answer: Response<Incoming>) -> DialError {
    let (head, body) = answer.into_parts();
    if !has_streams(server_version(&head.headers)) {
        return DialError::Unsupported;
    }
    DialError::Failed(match head.status {
        StatusCode::GONE => {
            contact.host.cast_out();
            "the member has been permanently removed from the cluster".into()
        }
        StatusCode::NOT_FOUND => format!("peer {} failed to find local node {}", contact.peer, contact.local),
        StatusCode::PRECONDITION_FAILED => {
            let said = match timeout(contact.ways.read_timeout, connection.answer(body)).await {
                Ok(Ok(said)) => String::from_utf8_lossy(&said).into_owned(),
                Ok(Err(error)) => return DialError::Failed(error),
                Err(_) => return DialError::Failed("read: i/o timeout".into()),
            };
            let said = said.strip_suffix('\n').unwrap_or(&said);
            log_mismatch(contact, said, text(&head.headers, &CLUSTER));
            match [Mismatch::Version, Mismatch::Cluster].iter().any(|known| known.to_string() == said) {
                true => said.to_owned(),
                false => format!("unhandled error {said:?} when precondition failed"),
            }
        }
        status => format!("unhandled http status {}", status.as_u16()),
    })
}

fn log_mismatch(contact: &Contact, said: &str, cluster: &str) {
    let (local, peer) = (contact.local, contact.peer);
    if said == Mismatch::Version.to_string() {
        tracing::warn!(
            "local-member-id" = %local,
            "remote-peer-id" = %peer,
            "error" = said,
            "request sent was ignored by remote peer due to server version incompatibility"
        );
    } else if said == Mismatch::Cluster.to_string() {
        tracing::warn!(
            "remote-peer-id" = %peer,
            "remote-peer-cluster-id" = cluster,
            "local-member-id" = %local,
            "local-member-cluster-id" = %contact.ways.identity.cluster,
            "error" = said,
            "request sent was ignored by remote peer due to cluster ID mismatch"
        );
    }
}

async fn read_frames(kind: Kind, contact: &Contact, mut connection: Connection, mut body: Incoming) -> End {
    let mut decoder = Decoder::new(kind, contact.local, contact.peer);
    // etcd counts by the sender that a message names; this is it, and it cannot be made up.
    let received = metrics().peer_received_bytes.with_label_values(&[&contact.peer.to_string()]);
    loop {
        // The other side says at least that it lives, three times in this time.
        let piece = match timeout(contact.ways.read_timeout, connection.drive(body.frame())).await {
            Err(_) => return End::Broken("read: i/o timeout".into()),
            Ok(Some(Err(error))) => return End::Broken(reason(&error)),
            Ok(Some(Ok(frame))) => frame.into_data().unwrap_or_default(),
            Ok(None) => match decoder.finish() {
                Ok(()) => return End::Closed,
                Err(error) => return End::Broken(error.to_string()),
            },
        };
        decoder.push(&piece);
        loop {
            match decoder.next_frame() {
                Ok(Some(Frame::Message(message))) => receive(contact, &received, message),
                Ok(Some(Frame::LinkHeartbeat)) => {}
                Ok(None) => break,
                Err(error) => return End::Broken(error.to_string()),
            }
        }
    }
}

/// Counts a message and hands it on.
fn receive(contact: &Contact, received: &IntCounter, message: Message) {
    let (from, to, kind) = (message.from, message.to, message.msg_type);
    received.inc_by(message.encoded_len() as u64);
    match take(&*contact.host, contact.local, message) {
        Ok(()) => {}
        Err(NotTaken::Undelivered(Undelivered::Full)) => log_dropped(contact, kind, MemberId(from), MemberId(to)),
        Err(error) => tracing::warn!(error = %error, "failed to process Raft message"),
    }
}

fn log_dropped(contact: &Contact, kind: i32, from: MemberId, to: MemberId) {
    let active = contact.activity.is_active();
    tracing::warn!(
        "message-type" = kind_name(kind),
        "local-member-id" = %contact.local,
        "from" = %from,
        "remote-peer-id" = %to,
        "remote-peer-active" = active,
        "dropped internal Raft message since receiving buffer is full (overloaded network)"
    );
    metrics().peer_received_failures.with_label_values(&[&contact.peer.to_string()]).inc();
}
