//! What can go wrong with a log. All of it is fatal: the caller reports it and stops.

use std::{io, path::PathBuf};

/// Why a log cannot be opened or written.
#[derive(Debug, thiserror::Error)]
pub enum WalError {
    /// The disk says no.
    #[error("wal: {path}: {source}", path = path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the disk said.
        source: io::Error,
    },
    /// Bytes that were once synced are not what was written. Nothing is repaired: what follows may have been
    /// acknowledged to somebody.
    #[error("wal: {path}: damaged at byte {offset}: {reason}", path = path.display())]
    Damaged {
        /// The segment.
        path: PathBuf,
        /// Where the damaged record starts.
        offset: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// The folder holds a log already.
    #[error("wal: {path}: file exists", path = .0.display())]
    Exists(PathBuf),
    /// No segment reaches back to the index asked for.
    #[error("wal: {dir}: file not found which matches the snapshot index '{index}'", dir = dir.display())]
    NoSegment {
        /// The log's folder.
        dir: PathBuf,
        /// The snapshot's index.
        index: u64,
    },
    /// The log knows another snapshot of that index.
    #[error("wal: snapshot mismatch: index {index} has term {found}, not {wanted}")]
    SnapshotMismatch {
        /// The index of both.
        index: u64,
        /// The term asked for.
        wanted: u64,
        /// The term in the log.
        found: u64,
    },
    /// An entry that raft cannot have made: without term or index, of an unknown type, or a membership change without a
    /// payload.
    #[error("wal: refused to write entry {index}: it could not be read again")]
    Impossible {
        /// The entry's index.
        index: u64,
    },
    /// Another process has the log open.
    #[error("wal: {path}: in use by another process", path = .0.display())]
    Locked(PathBuf),
    /// An earlier call failed. What was written since the last good sync is in an unknown state, so nothing more is
    /// written.
    #[error("wal: closed after a failed write or sync")]
    Failed,
}

/// Names the file in errors of the disk.
pub(super) fn at(path: &std::path::Path) -> impl FnOnce(io::Error) -> WalError {
    let path = path.to_owned();
    |source| match source.kind() {
        io::ErrorKind::WouldBlock => WalError::Locked(path),
        _ => WalError::Io { path, source },
    }
}
