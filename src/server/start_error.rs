//! Why a member cannot start.

use crate::{apply, backend::BackendError, raft::NodeError, snap::SnapError, wal::WalError};
use std::{io, path::PathBuf};

/// Why a member cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The disk refuses.
    #[error("cannot {doing} {path:?}: {error}")]
    Disk {
        /// What was tried.
        doing: &'static str,
        /// With what.
        path: PathBuf,
        /// What the disk said.
        error: io::Error,
    },
    /// The log is damaged or cannot be written.
    #[error(transparent)]
    Wal(#[from] WalError),
    /// The backend is damaged, locked or too new.
    #[error(transparent)]
    Backend(#[from] BackendError),
    /// What a snapshot from a peer left cannot be put in order.
    #[error(transparent)]
    Snap(#[from] SnapError),
    /// The state cannot be rebuilt.
    #[error(transparent)]
    State(#[from] apply::Fatal),
    /// The log and the backend contradict each other.
    #[error(transparent)]
    Node(#[from] NodeError),
    /// The configuration does not fit.
    #[error("{0}")]
    Config(String),
    /// The log belongs to nobody.
    #[error("the log in {0:?} does not say whose it is")]
    NoMetadata(PathBuf),
}
