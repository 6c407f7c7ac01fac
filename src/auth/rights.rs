//! What a user may do: the permissions of all roles together, held ready.

use super::{needs::Access, spans::Spans, tree::Tree};
use crate::{
    key::KeyRange,
    pb::authpb::{Permission, permission::Type},
};

/// The keys that a user may read and write.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Rights {
    read: Granted,
    write: Granted,
}

/// The same keys in two forms: one to be asked for keys, one for ranges without any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Granted {
    spans: Spans,
    tree: Tree,
}

impl Granted {
    fn of(ranges: &[KeyRange]) -> Self {
        Self { spans: Spans::of(ranges), tree: Tree::of(ranges) }
    }

    fn cover(&self, range: &KeyRange) -> bool {
        match range {
            KeyRange::Span { start, end } if range.is_empty() => self.tree.lets_pass(start, end),
            _ => self.spans.cover(range),
        }
    }
}

impl Rights {
    /// The union of the permissions, which come in the order of the user's roles. One of a type that is not known permits
    /// nothing.
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
        Self { read: Granted::of(&read), write: Granted::of(&write) }
    }

    /// May every key of the range be read, or written?
    pub fn allow(&self, access: Access, range: &KeyRange) -> bool {
        self.granted(access).cover(range)
    }

    /// May this key be read, or written?
    pub fn allow_key(&self, access: Access, key: &[u8]) -> bool {
        self.granted(access).spans.contain(key)
    }

    fn granted(&self, access: Access) -> &Granted {
        match access {
            Access::Read => &self.read,
            Access::Write => &self.write,
        }
    }
}
