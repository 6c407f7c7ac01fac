//! One peer, as all parts that talk to it see it.

use super::{
    activity::Activity,
    connection::{Connection, Unreached, Ways},
    host::{Host, Undelivered},
    url::{PeerUrl, Picker},
};
use crate::id::MemberId;
use crate::metrics::metrics;
use crate::pb::raftpb::{Message, MessageType};
use crate::raft::SnapshotSent;
use prometheus::IntCounter;
use std::{fmt, sync::Arc};

/// Shared by the parts that talk to one peer.
pub struct Contact {
    /// This member.
    pub local: MemberId,
    /// The other one.
    pub peer: MemberId,
    /// How requests are made.
    pub ways: Arc<Ways>,
    /// Who is served.
    pub host: Arc<dyn Host>,
    /// Is the peer reached?
    pub activity: Activity,
    /// Its URLs.
    pub picker: Picker,
    /// Bytes of messages sent.
    pub sent_bytes: IntCounter,
    sent_failures: IntCounter,
}

impl Contact {
    /// A peer at these URLs.
    pub fn new(ways: Arc<Ways>, host: Arc<dyn Host>, peer: MemberId, urls: Vec<PeerUrl>) -> Self {
        let (local, label) = (ways.identity.member, peer.to_string());
        Self {
            local,
            peer,
            ways,
            host,
            activity: Activity::new(local, peer),
            picker: Picker::new(urls),
            sent_bytes: metrics().peer_sent_bytes.with_label_values(&[&label]),
            sent_failures: metrics().peer_sent_failures.with_label_values(&[&label]),
        }
    }

    /// The URL in use. A peer has one at least; one without is not reached.
    pub fn pick(&self) -> Result<PeerUrl, String> {
        self.picker.pick().ok_or_else(|| "the peer has no URL".into())
    }

    /// A connection to the URL in use, which is not in use any more if it cannot be reached.
    pub async fn connect(&self) -> Result<Connection, Unreached> {
        let url = self.pick().map_err(Unreached::Failed)?;
        Connection::open(&self.ways, &url).await.inspect_err(|_| self.picker.unreachable(&url))
    }

    /// A message was lost. Raft is told.
    pub fn lost(&self, kind: i32) {
        self.lost_some();
        if kind == MessageType::MsgSnapshot as i32 {
            self.host.snapshot_sent(self.peer, SnapshotSent::NotWhole);
        }
    }

    /// Who knows what was lost.
    pub fn lost_some(&self) {
        self.host.unreachable(self.peer);
        self.sent_failures.inc();
    }
}

impl fmt::Debug for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Contact").field("local", &self.local).field("peer", &self.peer).finish_non_exhaustive()
    }
}

/// etcd's name for a kind of message, for log lines.
pub fn kind_name(kind: i32) -> String {
    use MessageType as M;
    let Ok(kind) = M::try_from(kind) else { return kind.to_string() };
    match kind {
        M::MsgPropose => "MsgProp".into(),
        M::MsgAppend => "MsgApp".into(),
        M::MsgAppendResponse => "MsgAppResp".into(),
        M::MsgRequestVote => "MsgVote".into(),
        M::MsgRequestVoteResponse => "MsgVoteResp".into(),
        M::MsgSnapshot => "MsgSnap".into(),
        M::MsgHeartbeatResponse => "MsgHeartbeatResp".into(),
        M::MsgRequestPreVote => "MsgPreVote".into(),
        M::MsgRequestPreVoteResponse => "MsgPreVoteResp".into(),
        same => format!("{same:?}"),
    }
}

/// Why a message that came is not with raft.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    /// Its sender was removed from the cluster.
    #[error("cannot process message from removed member")]
    Removed,
    /// It is for another member.
    #[error("cannot process message to mismatch member")]
    NotForUs,
    /// Raft's side.
    #[error("{0}")]
    Undelivered(#[from] Undelivered),
}

/// Is a message from and for the right member? A refusal is logged, in etcd's words.
///
/// # Errors
/// [`NotTaken::Removed`] and [`NotTaken::NotForUs`].
pub fn check_ends(host: &dyn Host, local: MemberId, message: &Message) -> Result<(), NotTaken> {
    let (from, to) = (MemberId(message.from), MemberId(message.to));
    if host.is_removed(from) {
        tracing::warn!(
            "local-member-id" = %local,
            "removed-member-id" = %from,
            "rejected Raft message from removed member"
        );
        return Err(NotTaken::Removed);
    }
    if to != local {
        tracing::warn!(
            "local-member-id" = %local,
            "mismatch-member-id" = %to,
            "rejected Raft message to mismatch member"
        );
        return Err(NotTaken::NotForUs);
    }
    Ok(())
}

/// Hands a message to raft, if it is from and for the right member.
///
/// # Errors
/// Why not.
pub fn take(host: &dyn Host, local: MemberId, message: Message) -> Result<(), NotTaken> {
    check_ends(host, local, &message)?;
    Ok(host.deliver(message)?)
}
