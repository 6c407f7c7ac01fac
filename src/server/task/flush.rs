//! The flush task: moves what is staged into the backend's file at etcd's cadence, and tells the core how far the
//! file has come, so that the log can be let go.

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

/// See the module.
pub struct Flush {
    pub shared: Arc<Shared>,
    pub inbox: Receiver<()>,
    pub core: mpsc::Sender<Input>,
}

impl Flush {
    /// Runs until the core has gone; then flushes a last time and closes the file.
    pub fn run(self, interval: Duration) {
        loop {
            let woken = self.inbox.recv_timeout(interval);
            // Read before the flush: what is staged by now will be in the file.
            let applied = self.shared.progress.applied.load(Ordering::Acquire);
            if self.shared.backend.staged().rows > 0 {
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
