//! Defragmentation on request, beside all that goes on.

use super::{Failure, Handle, Unavailable};
use crate::{backend::BackendError, limits, server::defragment};
use std::{io, ops::ControlFlow};

impl Handle {
    /// Rewrites the backend's file without holes. Reads and writes go on; it pauses for as long as it works, so that the
    /// log's syncs find the disk free. What goes wrong leaves the file as it was, and ends nothing but this.
    pub async fn defragment(&self) -> Result<(), Failure> {
        let shared = self.shared.clone();
        let work = tokio::task::spawn_blocking(move || {
            defragment::run(&shared.backend, &shared.backend_path, shared.clock.stopwatch(), |took| {
                std::thread::sleep(took.max(limits::DEFRAGMENT_PAUSE));
                if *shared.stop.borrow() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            })
        });
        match work.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(BackendError::Io { source, .. })) if source.kind() == io::ErrorKind::StorageFull => {
                Err(Unavailable::DiskFull.into())
            }
            Ok(Err(BackendError::Closed)) | Err(_) => Err(Unavailable::Stopped.into()),
            Ok(Err(error)) => {
                tracing::error!(%error, "the backend was not defragmented");
                Err(Unavailable::Failed.into())
            }
        }
    }
}
