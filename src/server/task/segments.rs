//! The segment task: makes the log's next file while the one before it fills, so that nobody waits for that.

use super::Input;
use crate::{
    limits,
    server::{core, shared::Shared},
    wal::Preparer,
};
use std::{
    sync::{Arc, mpsc::Receiver},
    thread::sleep,
};
use tokio::sync::mpsc;

/// Runs until the core has gone.
pub fn run(jobs: Receiver<Preparer>, core: mpsc::Sender<Input>, shared: Arc<Shared>) {
    for job in jobs {
        // A stop waits for this, so it does not dawdle then.
        let made = job.prepare(|| {
            if !*shared.stop.borrow() {
                sleep(limits::SEGMENT_PAUSE);
            }
        });
        if let Err(error) = &made {
            tracing::warn!(%error, "the next file of the log could not be made ahead");
        }
        if core.blocking_send(core::Input::Segment(made)).is_err() {
            return;
        }
    }
}
