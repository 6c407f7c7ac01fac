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
    let mode = compactions.mode();
    match mode {
        AutoCompaction::Periodic(period) => {
            tracing::info!(revision, "compact-period" = go_duration(period), "starting auto periodic compaction")
        }
        AutoCompaction::Revisions(kept) => {
            tracing::info!(revision, "revision-compaction-retention" = kept, "starting auto revision compaction");
        }
    }
    let started = handle.now();
    match handle.compact(CompactionRequest { revision, physical: false }).await {
        Ok(_) | Err(Failure::Refused(Refusal::Compacted)) => {
            compactions.done(handle.now(), revision);
            let took = go_duration(handle.now().saturating_sub(started));
            match mode {
                AutoCompaction::Periodic(period) => tracing::info!(
                    revision,
                    "compact-period" = go_duration(period),
                    took,
                    "completed auto periodic compaction"
                ),
                AutoCompaction::Revisions(kept) => tracing::info!(
                    revision,
                    "revision-compaction-retention" = kept,
                    took,
                    "completed auto revision compaction"
                ),
            }
        }
        Err(failure) => {
            let retry = go_duration(pause);
            match mode {
                AutoCompaction::Periodic(period) => tracing::warn!(
                    revision,
                    "compact-period" = go_duration(period),
                    "retry-interval" = retry,
                    error = %failure,
                    "failed auto periodic compaction"
                ),
                AutoCompaction::Revisions(kept) => tracing::warn!(
                    revision,
                    "revision-compaction-retention" = kept,
                    "retry-interval" = retry,
                    error = %failure,
                    "failed auto revision compaction"
                ),
            }
        }
    }
}
