//! Who asks.

use bytes::Bytes;
use std::{fmt, sync::Arc};

/// Who asks, and as of which revision of users and roles that was found out. The default is nobody: revision 0 stands for
/// a request without a token and without a certificate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// Name of the user; empty for nobody.
    pub user: Arc<str>,
    /// The revision of users and roles; 0 for nobody.
    pub revision: u64,
}

impl Identity {
    /// A user, as of a revision.
    pub fn new(user: &str, revision: u64) -> Self {
        Self { user: user.into(), revision }
    }
}

/// What is known of a user's password.
#[derive(Clone, PartialEq, Eq)]
pub struct Password {
    /// The bcrypt hash as it is stored; empty for a user who has none.
    pub hash: Bytes,
    /// The user was made to come in by certificate only.
    pub is_none: bool,
    /// The revision of users and roles that this is as of.
    pub revision: u64,
}

impl fmt::Debug for Password {
    /// Without the hash.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Password").field("is_none", &self.is_none).finish_non_exhaustive()
    }
}
