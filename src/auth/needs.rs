//! What a request needs before it may run: values, found out by `apply::needs` and judged by `AuthView::authorise`.

use crate::key::KeyRange;
use bytes::Bytes;
use std::{fmt, sync::Arc};

/// What a request needs.
#[derive(Clone, Debug)]
pub enum Needs {
    /// Nothing: anybody may.
    Nothing,
    /// Somebody, whoever.
    User,
    /// The role `root`.
    Admin,
    /// The role `root`, or to be this user.
    AdminOrUser(String),
    /// The role `root`, or to have this role.
    AdminOrRole(String),
    /// All of these; none of them is fine for anybody.
    Keys(Vec<KeyNeed>),
    /// Somebody, and all of these.
    UserAndKeys(Vec<KeyNeed>),
}

/// Access to keys.
#[derive(Clone, Debug)]
pub enum KeyNeed {
    /// To one key or to a range.
    Range(Access, KeyRange),
    /// To every key of leases, or the role `root`, whatever the revision.
    Attached(Access, Attached),
}

impl KeyNeed {
    /// To read these.
    pub fn read(key: &Bytes, range_end: &Bytes) -> Self {
        Self::Range(Access::Read, KeyRange::read(key, range_end))
    }

    /// To write these.
    pub fn write(key: &Bytes, range_end: &Bytes) -> Self {
        Self::Range(Access::Write, KeyRange::read(key, range_end))
    }
}

/// To do what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// See the value.
    Read,
    /// Set or delete it.
    Write,
}

/// The keys that hang on leases: listed only for who is not `root`, since there may be many.
#[derive(Clone)]
pub struct Attached {
    list: Arc<dyn Fn() -> Vec<Bytes> + Send + Sync>,
}

impl Attached {
    /// What `list` gives when it is asked.
    pub fn new(list: impl Fn() -> Vec<Bytes> + Send + Sync + 'static) -> Self {
        Self { list: Arc::new(list) }
    }

    /// The keys.
    pub fn keys(&self) -> Vec<Bytes> {
        (self.list)()
    }
}

impl fmt::Debug for Attached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.keys()).finish()
    }
}
