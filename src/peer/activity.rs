//! Whether a peer is reached at present: told by whoever talks to it, asked for by the server.

use crate::id::MemberId;
use crate::metrics::metrics;
use parking_lot::Mutex;
use prometheus::{IntCounter, IntGauge};
use tokio::time::Instant;

/// Shared by all that talk to one peer.
#[derive(Debug)]
pub struct Activity {
    peer: MemberId,
    /// None while it is not reached.
    since: Mutex<Option<Instant>>,
    active: IntGauge,
    lost: IntCounter,
}

impl Activity {
    /// Not reached yet.
    pub fn new(local: MemberId, peer: MemberId) -> Self {
        let (own, other) = (local.to_string(), peer.to_string());
        let labels = [own.as_str(), other.as_str()];
        Self {
            peer,
            since: Mutex::new(None),
            active: metrics().active_peers.with_label_values(&labels),
            lost: metrics().disconnected_peers.with_label_values(&labels),
        }
    }

    /// Something went through.
    pub fn activate(&self) {
        let mut since = self.since.lock();
        if since.is_none() {
            *since = Some(Instant::now());
            self.active.inc();
            tracing::info!("peer-id" = %self.peer, "peer became active");
        }
    }

    /// Something did not go through: `action` on `source` failed. The words are etcd's.
    pub fn deactivate(&self, action: &str, source: &str, reason: &str) {
        let error = format!("failed to {action} {} on {source} ({reason})", self.peer);
        if self.since.lock().take().is_none() {
            tracing::debug!("peer-id" = %self.peer, error, "peer deactivated again");
            return;
        }
        self.active.dec();
        self.lost.inc();
        tracing::warn!("peer-id" = %self.peer, error, "peer became inactive (message send to peer failed)");
    }

    /// Since when it has been reached without a break.
    pub fn since(&self) -> Option<Instant> {
        *self.since.lock()
    }

    /// Is it reached?
    pub fn is_active(&self) -> bool {
        self.since().is_some()
    }
}

impl Drop for Activity {
    fn drop(&mut self) {
        if self.is_active() {
            self.active.dec();
        }
    }
}
