//! How much of the log is kept: in memory for peers that are behind, on disk for the next start.
//!
//! ```text
//!   entries   ....... | catch-up entries ....... | ...............
//!                     ^ forgotten below          ^ in the backend's file       ^ applied
//! ```
//!
//! What must hold: no entry is let go of whose effects the backend's file does not have. While a snapshot is on its way,
//! and for a while after, the entries behind it stay: else the peer would need the next one as soon as it has this one.
//! When the cluster goes to an older version, a record is written without waiting for more entries (reference 8.11).

use crate::{
    clock::Now,
    id::MemberId,
    limits::SNAPSHOT_AFTERMATH,
    pb::{raftpb::SnapshotMetadata, walpb},
    raft::{Node, SnapshotSent},
    wal::{Wal, WalError},
};
use std::collections::BTreeMap;

/// When the log is cut.
#[derive(Clone, Copy, Debug)]
pub struct SnapshotPolicy {
    /// Entries between two snapshot records.
    pub entries: u64,
    /// Entries kept in memory behind what the backend has.
    pub catchup_entries: u64,
    /// Log files kept; zero keeps all.
    pub wals_kept_max: usize,
}

/// See the module.
#[derive(Debug)]
pub struct LogKeeper {
    policy: SnapshotPolicy,
    /// Index of the newest snapshot record.
    snapshot_index: u64,
    /// A snapshot record is wanted as soon as the backend's file has this entry.
    forced: Option<u64>,
    /// Who is being sent a snapshot; with a time: who was, and may still need what is behind it.
    receivers: BTreeMap<MemberId, Option<Now>>,
}

impl LogKeeper {
    /// Of a log whose newest snapshot record has that index.
    pub fn new(policy: SnapshotPolicy, snapshot_index: u64) -> Self {
        Self { policy, snapshot_index, forced: None, receivers: BTreeMap::new() }
    }

    /// Entries up to this one are not to be read again, however few they are: an older version may not know them.
    pub fn force_behind(&mut self, index: u64) {
        self.forced = Some(index);
    }

    /// A snapshot is on its way.
    pub fn snapshot_goes(&mut self, to: MemberId) {
        self.receivers.insert(to, None);
    }

    /// It has ended.
    pub fn snapshot_went(&mut self, now: Now, to: MemberId, sent: SnapshotSent) {
        match sent {
            SnapshotSent::Whole => self.receivers.insert(to, Some(now + SNAPSHOT_AFTERMATH)),
            SnapshotSent::NotWhole => self.receivers.remove(&to),
        };
    }

    /// This member goes by a snapshot of that index: the log begins behind it.
    pub fn begins_behind(&mut self, index: u64, wal: &mut Wal) {
        self.snapshot_index = index;
        wal.release_to(index);
    }

    /// The backend's file is at `durable`: peers can be sent that. Lets go of entries, and writes a snapshot record when
    /// enough of them have come since the last.
    pub fn cut<P, R>(
        &mut self,
        now: Now,
        durable: SnapshotMetadata,
        node: &mut Node<P, R>,
        wal: &mut Wal,
    ) -> Result<(), WalError> {
        let (index, term) = (durable.index, durable.term);
        node.offer_snapshot(durable.clone());
        self.receivers.retain(|_, until| until.is_none_or(|until| now < until));
        if self.receivers.is_empty() {
            node.compact(index.saturating_sub(self.policy.catchup_entries));
        }
        let is_forced = self.forced.is_some_and(|forced| forced <= index);
        if index < self.snapshot_index.saturating_add(self.policy.entries) && !is_forced {
            return Ok(());
        }
        tracing::info!(
            "local-member-id" = %node.status().id,
            "local-member-applied-index" = index,
            "local-member-snapshot-index" = self.snapshot_index,
            "local-member-snapshot-count" = self.policy.entries,
            "snapshot-forced" = is_forced,
            "triggering snapshot"
        );
        // A record counts only up to the commit index that the log knows, and that one lags behind: see to it first.
        wal.append(Some(&node.hard_state()), &[])?;
        wal.save_snapshot(&walpb::Snapshot { index, term, conf_state: Some(durable.conf_state) })?;
        tracing::info!("snapshot-index" = index, "saved snapshot to disk");
        self.snapshot_index = index;
        self.forced = self.forced.filter(|_| !is_forced);
        wal.release_to(index);
        Ok(())
    }
}
