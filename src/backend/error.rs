//! The ways in which the backend fails. All are fatal to the member: it cannot start, or it has to stop.

use std::{io, path::Path, path::PathBuf};

/// Why the backend cannot be opened or can no longer be used.
#[derive(Debug, thiserror::Error)]
pub enum BackendError {
    /// Another process has the file.
    #[error("db file is flocked by another process, or taking too long: {}", path.display())]
    Locked {
        /// The file.
        path: PathBuf,
    },
    /// The file is not a database of this program. It is left as it is.
    #[error("{} is not a database of this program: {what}", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What it looks like.
        what: &'static str,
    },
    /// The file contradicts itself.
    #[error("{} is damaged: {what}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What was found.
        what: String,
    },
    /// A row holds what its table cannot hold. Found by whoever knows what it means.
    #[error("the backend is damaged: bucket {bucket}: {what}")]
    Row {
        /// etcd's name of the bucket.
        bucket: &'static str,
        /// What was found.
        what: String,
    },
    /// A newer version wrote the file in a form that this one does not know.
    #[error("{} has storage version {found}, newer than {supported}, the newest this program reads", path.display())]
    NewerStorage {
        /// The file.
        path: PathBuf,
        /// The version in the file.
        found: String,
        /// The newest one that is read, `major.minor`.
        supported: String,
    },
    /// The disk refused. `source.kind()` is `StorageFull` when there was no space left.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the disk said.
        source: io::Error,
    },
    /// An earlier flush failed. What is in the file since then is unknown, so nothing is written any more.
    #[error("the backend stopped after an earlier failure: {reason}")]
    Stopped {
        /// The earlier failure.
        reason: String,
    },
    /// The backend was closed through another handle.
    #[error("the backend is closed")]
    Closed,
}

impl BackendError {
    /// An error of the disk at `path`.
    pub(super) fn io(path: &Path, source: io::Error) -> Self {
        // Reading past the end of the file is not the disk's failure: pages that the file promises are missing.
        if source.kind() == io::ErrorKind::UnexpectedEof {
            return Self::damaged(path, "it ends before the data it refers to");
        }
        Self::Io { path: path.into(), source }
    }

    /// A contradiction in the file at `path`.
    pub(super) fn damaged(path: &Path, what: impl Into<String>) -> Self {
        Self::Damaged { path: path.into(), what: what.into() }
    }

    /// What redb reports about the file at `path`.
    pub(super) fn redb(path: &Path, error: impl Into<redb::Error>) -> Self {
        match error.into() {
            redb::Error::Io(source) => Self::io(path, source),
            redb::Error::PreviousIo => Self::Stopped { reason: "an earlier read or write failed".into() },
            redb::Error::DatabaseClosed => Self::Closed,
            redb::Error::DatabaseAlreadyOpen => Self::Locked { path: path.into() },
            // Everything else (wrong table types, missing tables, checksums, versions of the file format) means that
            // the file is not what this program wrote.
            other => Self::damaged(path, other.to_string()),
        }
    }
}
