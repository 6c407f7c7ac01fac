//! What this process asks of the kernel for itself: file descriptors, and memory that is not swapped out.

use crate::{limits::RESERVED_FILES, metrics::open_files};
use rustix::{
    io::Errno,
    mm::{MlockAllFlags, mlockall},
    process::{Resource, Rlimit, getrlimit, setrlimit},
};
use std::{convert::Infallible, time::Duration};

/// Time between two looks at how many are open.
const LOOK_INTERVAL: Duration = Duration::from_secs(600);

/// Raises the limit of file descriptors as far as this process may, as Go does for every program. Without success the
/// limit stays what it was.
pub fn raise_descriptor_limit() {
    let limit = getrlimit(Resource::Nofile);
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit });
}

/// Are there more file descriptors than a member keeps for itself?
///
/// # Errors
/// The limit, when there are not.
pub fn check_descriptors() -> Result<(), u64> {
    let limit = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    if limit > RESERVED_FILES as u64 { Ok(()) } else { Err(limit) }
}

/// Says that there are too few file descriptors, as etcd does.
pub fn log_too_few(limit: u64) {
    tracing::error!(
        target: crate::logging::FATAL,
        limit,
        "recommended-limit" = RESERVED_FILES,
        "file descriptor limit of etcd process is too low; please set higher"
    );
}

/// Looks from time to time how many are open, and warns when there are few left.
pub async fn watch_descriptors() -> Infallible {
    let mut interval = tokio::time::interval(LOOK_INTERVAL);
    loop {
        interval.tick().await;
        let (Some(used), Some(limit)) = (open_files(), getrlimit(Resource::Nofile).current) else { continue };
        if is_short(used, limit) {
            tracing::warn!(used, limit, "80% of file descriptors are used");
        }
    }
}

/// In etcd's order of operations: a limit below 5 is always short.
fn is_short(used: u64, limit: u64) -> bool {
    used >= limit / 5 * 4
}

/// Keeps all of this process in memory, page by page as they are first used (`--memory-mlock`; etcd keeps the file of its
/// backend alone, which here is not mapped).
///
/// # Errors
/// Why the kernel does not allow it, in words for operators.
pub fn lock_memory() -> Result<(), String> {
    let flags = MlockAllFlags::CURRENT | MlockAllFlags::FUTURE | MlockAllFlags::ONFAULT;
    mlockall(flags).map_err(|error| {
        let hint = match error {
            Errno::PERM | Errno::NOMEM | Errno::AGAIN => {
                "; raise the limit of locked memory (ulimit -l, LimitMEMLOCK=infinity) or grant CAP_IPC_LOCK"
            }
            _ => "",
        };
        format!("--memory-mlock: cannot lock memory: {error}{hint}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_fifths_are_many() {
        assert!(is_short(800, 1000) && !is_short(799, 1000));
        assert!(is_short(0, 4));
    }

    #[test]
    fn the_limit_can_be_raised_to_itself() {
        raise_descriptor_limit();
        let limit = getrlimit(Resource::Nofile);
        assert_eq!(limit.current, limit.maximum);
    }
}
