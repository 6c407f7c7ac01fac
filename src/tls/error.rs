//! What can be wrong with certificates, keys and lists, in the words of Go's libraries, which operators know from etcd.

use crate::logging::go_reason;
use std::{io, path::Path};

/// Why there is no TLS.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read. `open /a: no such file or directory`
    #[error("{action} {path}: {reason}")]
    File {
        /// `open` or `read`.
        action: &'static str,
        /// As it was given.
        path: String,
        /// In the system's words.
        reason: String,
    },
    /// What a file holds is of no use.
    #[error("{0}")]
    Material(String),
    /// What was asked for contradicts itself, or cannot be done.
    #[error("{0}")]
    Settings(String),
}

impl TlsError {
    /// A file that cannot be read.
    pub(super) fn file(action: &'static str, path: &Path, error: &io::Error) -> Self {
        Self::File { action, path: path.display().to_string(), reason: go_reason(error) }
    }

    /// What a file holds is of no use.
    pub(super) fn material(text: impl Into<String>) -> Self {
        Self::Material(text.into())
    }

    /// Is a file missing?
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::File { reason, .. } if reason == "no such file or directory")
    }
}
