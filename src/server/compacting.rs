//! The task that compacts without being asked, with etcd's log lines.

use super::{
    Failure, Handle,
    auto_compaction::{AutoCompaction, Compactions},
};
use crate::{apply::Refusal, logging::go_duration, mvcc::Ranges, pb::etcdserverpb::CompactionRequest};
use std::time::Duration;
use tokio::time::sleep;

/// Compacts until the member stops.
pub fn spawn(mode: AutoCompaction, handle: Handle) {
    tokio::spawn(async move {
        let mut compactions = Compactions::new(mode, handle.now());
        loop {
            let pause = compactions.sample(handle.reader().revision());
            tokio::select! {
                biased;
                () = handle.stopping() => return,
                () = sleep(pause) => {}
            }
            if handle.is_leader()
                && let Some(revision) = compactions.due(handle.now(), handle.reader().revision())
            {
                compact(&mut compactions, &handle, revision, pause).await;
            }
        }
    });
}

async fn compact(compactions: &mut Compactions, handle: &Handle, revision: i64, pause: Duration) {
    let (kind, period, kept) = match compactions.mode() {
        AutoCompaction::Periodic(period) => ("periodic", Some(go_duration(period)), None),
        AutoCompaction::Revisions(kept) => ("revision", None, Some(kept)),
    };
    tracing::info!(
        revision,
        "compact-period" = period,
        "revision-compaction-retention" = kept,
        "starting auto {kind} compaction"
    );
    let started = handle.now();
    match handle.compact(CompactionRequest { revision, physical: false }).await {
        Ok(_) | Err(Failure::Refused(Refusal::Compacted)) => {
            compactions.done(handle.now(), revision);
            tracing::info!(
                revision,
                "compact-period" = period,
                "revision-compaction-retention" = kept,
                took = go_duration(handle.now().saturating_sub(started)),
                "completed auto {kind} compaction"
            );
        }
        Err(failure) => tracing::warn!(
            revision,
            "compact-period" = period,
            "revision-compaction-retention" = kept,
            "retry-interval" = go_duration(pause),
            error = %failure,
            "failed auto {kind} compaction"
        ),
    }
}
