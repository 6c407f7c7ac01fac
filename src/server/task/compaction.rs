//! The compaction task: removes old revisions a step at a time, with a pause behind each, so that nobody waits.

use crate::{
    mvcc::{CompactionStep, Compactor},
    server::shared::Shared,
};
use std::{sync::Arc, time::Duration};
use tokio::sync::mpsc;

/// See the module.
pub struct Compaction {
    pub shared: Arc<Shared>,
    pub compactor: Compactor,
    pub inbox: mpsc::Receiver<()>,
    pub batch: usize,
    pub pause: Duration,
}

impl Compaction {
    /// Runs until the member stops. A compaction that a crash cut short is taken up first.
    pub fn run(mut self) {
        loop {
            let started = self.shared.clock.now();
            if let Err(error) = self.work() {
                return self.shared.fail(error.to_string());
            }
            if *self.shared.stop.borrow() || self.inbox.blocking_recv().is_none() {
                return;
            }
            tracing::debug!(took = ?self.shared.clock.now().saturating_sub(started), "compaction task woken");
        }
    }

    /// Does all that is scheduled, or as much as there is time for before the member stops.
    fn work(&mut self) -> Result<(), crate::backend::BackendError> {
        let started = self.shared.clock.now();
        while !*self.shared.stop.borrow() {
            match self.compactor.step(self.batch)? {
                CompactionStep::Idle => return Ok(()),
                CompactionStep::More => std::thread::sleep(self.pause),
                CompactionStep::Finished { revision, keys_deleted, hash } => {
                    tracing::info!(
                        "compact-revision" = revision,
                        took = ?self.shared.clock.now().saturating_sub(started),
                        "number-of-keys-compacted" = keys_deleted,
                        hash,
                        "current-db-size-bytes" = self.shared.backend.size(),
                        "current-db-size-in-use-bytes" = self.shared.backend.size_in_use(),
                        "finished scheduled compaction"
                    );
                    self.shared.compacted.send_replace(revision);
                }
            }
        }
        Ok(())
    }
}
