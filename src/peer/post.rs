//! What a post to a peer means by its answer.

use super::{
    contact::Contact,
    headers::{CLUSTER, Mismatch, text},
};
use http::{HeaderMap, StatusCode};

/// Why a post did not do what it should. The texts are etcd's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PostError {
    /// The two members do not belong together.
    #[error("{0}")]
    Mismatch(#[from] Mismatch),
    /// The peer does not know this member any more.
    #[error("the member has been permanently removed from the cluster")]
    Removed,
    /// The connection, or an answer that means nothing else.
    #[error("{0}")]
    Failed(String),
}

/// What was answered.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The text.
    pub body: bytes::Bytes,
}

/// Reads the answer to a post to `target`. Mismatches are logged in etcd's words.
///
/// # Errors
/// Any other answer than "no content".
pub fn check(contact: &Contact, answer: &Answer, target: &str) -> Result<(), PostError> {
    let body = String::from_utf8_lossy(&answer.body);
    let said = body.strip_suffix('\n').unwrap_or(&body);
    match answer.status {
        StatusCode::NO_CONTENT => Ok(()),
        StatusCode::FORBIDDEN => Err(PostError::Removed),
        StatusCode::PRECONDITION_FAILED if said == Mismatch::Version.to_string() => {
            tracing::error!("remote-peer-id" = %contact.peer, "request sent was ignored by peer");
            Err(Mismatch::Version.into())
        }
        StatusCode::PRECONDITION_FAILED if said == Mismatch::Cluster.to_string() => {
            tracing::error!(
                "remote-peer-id" = %contact.peer,
                "remote-peer-cluster-id" = text(&answer.headers, &CLUSTER),
                "local-member-cluster-id" = %contact.ways.identity.cluster,
                "request sent was ignored due to cluster ID mismatch"
            );
            Err(Mismatch::Cluster.into())
        }
        StatusCode::PRECONDITION_FAILED => {
            Err(PostError::Failed(format!("unhandled error {body:?} when precondition failed")))
        }
        status => {
            let name = status.canonical_reason().unwrap_or_default();
            Err(PostError::Failed(format!("unexpected http status {name} while posting to \"{target}\"")))
        }
    }
}
