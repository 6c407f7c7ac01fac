//! The segment task: makes the log's next file while the one before it fills, and removes those that are not needed any
//! more, so that nobody waits for that.

use crate::{
    limits,
    server::shared::Shared,
    wal::{PreparedSegment, Preparer, Purge, WalError},
};
use std::{
    sync::{Arc, mpsc::Receiver},
    thread::sleep,
};

/// What there is to do.
pub enum Job {
    /// The next file of the log is wanted.
    Make(Preparer),
    /// Old ones are not wanted any more.
    Remove(Purge),
}

/// Runs until the core has gone. What is made goes to `deliver`.
pub fn run(jobs: Receiver<Job>, deliver: impl Fn(Result<PreparedSegment, WalError>), shared: Arc<Shared>) {
    // A stop waits for this, so it does not dawdle then.
    let pause = || {
        if !*shared.stop.borrow() {
            sleep(limits::SEGMENT_PAUSE);
        }
    };
    for job in jobs {
        match job {
            Job::Make(job) => {
                let made = job.prepare(pause);
                if let Err(error) = &made {
                    tracing::warn!(%error, "the next file of the log could not be made ahead");
                }
                deliver(made);
            }
            Job::Remove(job) => match job.run(pause) {
                Ok(names) => names.iter().for_each(|path| tracing::info!(path, "purged")),
                Err(error) => tracing::warn!(%error, "failed to purge files of the log"),
            },
        }
    }
}
