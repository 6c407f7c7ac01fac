//! The one reading of `(key, range_end)`, the pair by which every request names keys.
//!
//! etcd gives `range_end` four meanings (reference 1.4): empty is one key, `"\0"` is every key from `key` on,
//! anything else is the half-open interval `[key, range_end)`, which is empty when the end is not above the start.

use bytes::Bytes;

/// The keys that a request names.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum KeyRange {
    /// Exactly one key.
    Point(Bytes),
    /// `[start, end)`; empty when `end <= start`.
    Span {
        /// First key inside.
        start: Bytes,
        /// First key outside.
        end: Bytes,
    },
    /// Every key that is not below this one.
    From(Bytes),
}

impl KeyRange {
    /// Reads the pair as it stands in a request.
    pub fn read(key: &Bytes, range_end: &Bytes) -> Self {
        match range_end.as_ref() {
            [] => Self::Point(key.clone()),
            [0] => Self::From(key.clone()),
            _ => Self::Span { start: key.clone(), end: range_end.clone() },
        }
    }

    /// Every key there can be.
    pub fn all() -> Self {
        Self::From(Bytes::new())
    }

    /// The lowest key that may be inside.
    pub fn start(&self) -> &[u8] {
        match self {
            Self::Point(key) | Self::From(key) => key,
            Self::Span { start, .. } => start,
        }
    }

    /// Bytes of the keys that bound it.
    pub fn key_bytes(&self) -> usize {
        match self {
            Self::Point(key) | Self::From(key) => key.len(),
            Self::Span { start, end } => start.len() + end.len(),
        }
    }

    /// Is the key inside?
    pub fn contains(&self, key: &[u8]) -> bool {
        match self {
            Self::Point(point) => point == key,
            Self::From(start) => key >= start.as_ref(),
            Self::Span { start, end } => key >= start.as_ref() && key < end.as_ref(),
        }
    }

    /// Is the key at or behind the end? For walks in key order: the first such key ends the walk.
    pub fn is_behind(&self, key: &[u8]) -> bool {
        match self {
            Self::Point(point) => key > point.as_ref(),
            Self::From(_) => false,
            Self::Span { end, .. } => key >= end.as_ref(),
        }
    }

    /// Can no key be inside?
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Span { start, end } if end <= start)
    }

    /// Copies the bounds out of the buffer that they were decoded from, for ranges that outlive their request.
    pub fn detached(&self) -> Self {
        let copy = |bytes: &Bytes| Bytes::copy_from_slice(bytes);
        match self {
            Self::Point(key) => Self::Point(copy(key)),
            Self::From(key) => Self::From(copy(key)),
            Self::Span { start, end } => Self::Span { start: copy(start), end: copy(end) },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(key: &'static str, end: &'static str) -> KeyRange {
        KeyRange::read(&Bytes::from_static(key.as_bytes()), &Bytes::from_static(end.as_bytes()))
    }

    #[test]
    fn the_four_meanings_of_range_end() {
        assert!(range("b", "").contains(b"b") && !range("b", "").contains(b"ba"));
        assert!(range("b", "d").contains(b"c") && !range("b", "d").contains(b"d"));
        assert!(range("b", "\0").contains(b"zzz") && !range("b", "\0").contains(b"a"));
        assert!(range("\0", "\0").contains(b"\0") && range("d", "b").is_empty() && range("b", "b").is_empty());
        assert!(KeyRange::all().contains(b""));
    }

    #[test]
    fn the_walk_ends_where_the_range_does() {
        assert!(!range("b", "").is_behind(b"b") && range("b", "").is_behind(b"b\0"));
        assert!(!range("b", "d").is_behind(b"c") && range("b", "d").is_behind(b"d"));
        assert!(!range("b", "\0").is_behind(b"\xff"));
    }
}
