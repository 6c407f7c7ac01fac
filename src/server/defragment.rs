//! Defragmentation of the backend with etcd's log lines, and the one at start (reference 1.8, 3.1).

use crate::{
    backend::{Backend, BackendError},
    clock::Stopwatch,
    logging::{go_duration, humanize},
};
use std::{ops::ControlFlow, path::Path, time::Duration};

/// Defragments at start when at least `threshold` bytes would be given back.
pub fn at_start(backend: &Backend, path: &Path, threshold: u64, stopwatch: Stopwatch) -> Result<(), BackendError> {
    let (size, in_use) = (backend.size(), backend.size_in_use());
    if size.saturating_sub(in_use) < threshold {
        tracing::info!(
            "current-db-size-bytes" = size,
            "current-db-size" = humanize(size),
            "current-db-size-in-use-bytes" = in_use,
            "current-db-size-in-use" = humanize(in_use),
            "bootstrap-defrag-threshold-bytes" = threshold,
            "bootstrap-defrag-threshold" = humanize(threshold),
            "Skipping defragmentation"
        );
        return Ok(());
    }
    // Nobody else needs the disk yet.
    run(backend, path, stopwatch, |_| ControlFlow::Continue(()))
}

/// Defragments the file at `path`. `between` is told how long the last piece took, and may pause or end it.
pub fn run(
    backend: &Backend,
    path: &Path,
    stopwatch: Stopwatch,
    mut between: impl FnMut(Duration) -> ControlFlow<()>,
) -> Result<(), BackendError> {
    let began = stopwatch.now();
    let (size, in_use) = (backend.size(), backend.size_in_use());
    tracing::info!(
        path = %path.display(),
        "current-db-size-bytes" = size,
        "current-db-size" = humanize(size),
        "current-db-size-in-use-bytes" = in_use,
        "current-db-size-in-use" = humanize(in_use),
        "defragmenting"
    );
    let mut piece_began = began;
    backend.defragment(|| {
        let go_on = between(stopwatch.now().saturating_sub(piece_began));
        piece_began = stopwatch.now();
        go_on
    })?;
    let (new_size, new_in_use) = (backend.size(), backend.size_in_use());
    tracing::info!(
        path = %path.display(),
        "current-db-size-bytes-diff" = new_size as i64 - size as i64,
        "current-db-size-bytes" = new_size,
        "current-db-size" = humanize(new_size),
        "current-db-size-in-use-bytes-diff" = new_in_use as i64 - in_use as i64,
        "current-db-size-in-use-bytes" = new_in_use,
        "current-db-size-in-use" = humanize(new_in_use),
        took = go_duration(stopwatch.now().saturating_sub(began)),
        "finished defragmenting directory"
    );
    Ok(())
}
