//! What a user may do: the permissions of all roles together, held ready.

use super::{needs::Access, spans::Spans};
use crate::{
    key::KeyRange,
    pb::authpb::{Permission, permission::Type},
};

/// The keys that a user may read and write.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Rights {
    read: Spans,
    write: Spans,
}

impl Rights {
    /// The union of the permissions. One of a type that is not known permits nothing.
    pub fn of<'a>(permissions: impl Iterator<Item = &'a Permission>) -> Self {
        let (mut read, mut write) = (Vec::new(), Vec::new());
        for permission in permissions {
            let range = KeyRange::read(&permission.key, &permission.range_end);
            match Type::try_from(permission.perm_type) {
                Ok(Type::Read) => read.push(range),
                Ok(Type::Write) => write.push(range),
                Ok(Type::Readwrite) => {
                    read.push(range.clone());
                    write.push(range);
                }
                Err(_) => {}
            }
        }
        Self { read: Spans::of(&read), write: Spans::of(&write) }
    }

    /// May every key of the range be read, or written?
    pub fn allow(&self, access: Access, range: &KeyRange) -> bool {
        match access {
            Access::Read => self.read.cover(range),
            Access::Write => self.write.cover(range),
        }
    }

    /// May this key be read, or written?
    pub fn allow_key(&self, access: Access, key: &[u8]) -> bool {
        match access {
            Access::Read => self.read.contain(key),
            Access::Write => self.write.contain(key),
        }
    }
}
