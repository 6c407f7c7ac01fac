//! Revisions, and how they stand as row keys in the bucket `key`.
//!
//! ```text
//!   main, 8 bytes big-endian | '_' | sub, 8 bytes big-endian | 't', only on a tombstone
//! ```
//!
//! So the bytes of row keys sort as the revisions do, and a row's key tells a put from a delete (reference 7.4).

use std::fmt;

/// A point in history: `main` counts the transactions that changed something, `sub` the changes within one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Revision {
    /// Which transaction. The first one has 2, since an empty store is at 1.
    pub main: i64,
    /// Which change of that transaction, from 0.
    pub sub: i64,
}

/// Whether a row tells of a key that was put or of one that was deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The row holds the whole `KeyValue`.
    Put,
    /// The row holds the key alone.
    Tombstone,
}

/// A row key that is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadRowKey {
    /// Neither 17 nor 18 bytes.
    #[error("a revision of {0} bytes")]
    Length(usize),
    /// The ninth byte is not `_`, or the eighteenth not `t`.
    #[error("a revision with the mark {0:#04x}")]
    Mark(u8),
    /// A half with its top bit set.
    #[error("a negative revision")]
    Negative,
}

const SEPARATOR: u8 = b'_';
const TOMBSTONE: u8 = b't';
const PUT_LEN: usize = 17;
const TOMBSTONE_LEN: usize = 18;

impl Revision {
    /// The first change of a transaction.
    pub fn first_of(main: i64) -> Self {
        Self { main, sub: 0 }
    }

    /// The row key of a put at this revision. It is also the lowest row key at this revision, and the form in which
    /// compaction revisions stand in the bucket `meta`.
    pub fn row_key(self) -> [u8; PUT_LEN] {
        let mut bytes = [0; PUT_LEN];
        bytes[..8].copy_from_slice(&self.main.to_be_bytes());
        bytes[8] = SEPARATOR;
        bytes[9..].copy_from_slice(&self.sub.to_be_bytes());
        bytes
    }

    /// The row key of a delete at this revision.
    pub fn tombstone_key(self) -> [u8; TOMBSTONE_LEN] {
        let mut bytes = [TOMBSTONE; TOMBSTONE_LEN];
        bytes[..PUT_LEN].copy_from_slice(&self.row_key());
        bytes
    }

    /// Reads a row key.
    pub fn read(bytes: &[u8]) -> Result<(Self, Kind), BadRowKey> {
        let kind = match *bytes {
            [.., last] if bytes.len() == TOMBSTONE_LEN && last == TOMBSTONE => Kind::Tombstone,
            [.., last] if bytes.len() == TOMBSTONE_LEN => return Err(BadRowKey::Mark(last)),
            _ => Kind::Put,
        };
        let Some((main, rest)) = bytes.split_first_chunk::<8>() else { return Err(BadRowKey::Length(bytes.len())) };
        let Some((sub, _)) = rest.get(1..).and_then(<[u8]>::split_first_chunk::<8>) else {
            return Err(BadRowKey::Length(bytes.len()));
        };
        if bytes.len() > TOMBSTONE_LEN {
            return Err(BadRowKey::Length(bytes.len()));
        }
        if rest[0] != SEPARATOR {
            return Err(BadRowKey::Mark(rest[0]));
        }
        let revision = Self { main: i64::from_be_bytes(*main), sub: i64::from_be_bytes(*sub) };
        if revision.main < 0 || revision.sub < 0 { Err(BadRowKey::Negative) } else { Ok((revision, kind)) }
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.main, self.sub)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn row_keys_are_those_of_etcd() {
        let revision = Revision { main: 0x0102, sub: 3 };
        assert_eq!(revision.row_key(), *b"\0\0\0\0\0\0\x01\x02_\0\0\0\0\0\0\0\x03");
        assert_eq!(revision.tombstone_key(), *b"\0\0\0\0\0\0\x01\x02_\0\0\0\0\0\0\0\x03t");
        assert_eq!(Revision::read(&revision.row_key()), Ok((revision, Kind::Put)));
        assert_eq!(Revision::read(&revision.tombstone_key()), Ok((revision, Kind::Tombstone)));
    }

    #[test]
    fn what_is_no_row_key_is_refused() {
        let good = Revision { main: 5, sub: 6 }.tombstone_key();
        for len in (0..17).chain(19..40) {
            let bytes: Vec<u8> = good.iter().copied().cycle().take(len).collect();
            assert!(matches!(Revision::read(&bytes), Err(BadRowKey::Length(_) | BadRowKey::Mark(_))), "{len}");
        }
        let changed = |at: usize, byte| {
            let mut bytes = good;
            bytes[at] = byte;
            Revision::read(&bytes)
        };
        assert_eq!(changed(8, b'-'), Err(BadRowKey::Mark(b'-')));
        assert_eq!(changed(17, b'u'), Err(BadRowKey::Mark(b'u')));
        assert_eq!(changed(0, 0x80), Err(BadRowKey::Negative));
        assert_eq!(changed(9, 0xff), Err(BadRowKey::Negative));
    }
}
