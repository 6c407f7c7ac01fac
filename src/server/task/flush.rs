//! The flush task: moves what is staged into the backend's file, and tells the core how far the file has come, so that
//! the log can be let go.
//!
//! The cadence is etcd's, `--backend-batch-limit` rows or `--backend-batch-interval`, but for one thing: while only few
//! rows, of few bytes, are staged it lets some intervals pass. The log holds what is staged, so nothing depends on it, and a
//! flush holds up the log's own syncs: with one client they made every put a fifth slower on the average.

use super::Input;
use crate::server::{core, shared::Shared};
use std::{
    sync::{
        Arc,
        atomic::Ordering,
        mpsc::{Receiver, RecvTimeoutError},
    },
    time::Duration,
};
use tokio::sync::mpsc;

/// Intervals that pass at most before a flush.
const PATIENCE: u32 = 10;

/// Staged bytes that are no longer few: they take memory, and the quota goes by what is in the file.
const MANY_BYTES: usize = 1 << 20;

/// See the module.
pub struct Flush {
    pub shared: Arc<Shared>,
    pub inbox: Receiver<()>,
    pub core: mpsc::Sender<Input>,
}

impl Flush {
    /// Runs until the core has gone; then flushes a last time and closes the file.
    pub fn run(self, interval: Duration) {
        let mut passed = 0;
        loop {
            let woken = self.inbox.recv_timeout(interval);
            // Read before the flush: what is staged by now will be in the file.
            let applied = self.shared.progress.applied.load(Ordering::Acquire);
            let staged = self.shared.backend.staged();
            passed += 1;
            let is_due = woken != Err(RecvTimeoutError::Timeout)
                || passed >= PATIENCE
                || staged.bytes >= MANY_BYTES
                || staged.rows >= self.shared.flush_rows / PATIENCE as usize;
            if staged.rows > 0 && is_due {
                passed = 0;
                if let Err(error) = self.shared.backend.flush() {
                    return self.shared.fail(error.to_string());
                }
                // Full: the core is busy, and the next flush tells it more.
                let _ = self.core.try_send(core::Input::Flushed { applied });
            }
            if woken == Err(RecvTimeoutError::Disconnected) {
                if let Err(error) = self.shared.backend.clone().close() {
                    tracing::error!(%error, "the backend did not close cleanly");
                }
                return;
            }
        }
    }
}
