//! The words of the format: sizes, flags, and the three headers that everything consists of. Numbers are little-endian.
//!
//! ```text
//!   page header, 16   id 8 | flags 2 | count 2 | overflow 4
//!   leaf element, 16  flags 4 | pos 4 | key length 4 | value length 4       pos counts from the element itself
//!   branch element    pos 4 | key length 4 | page 8
//!   bucket, 16        root page 8 (0: inline) | sequence 8
//!   meta, 64          magic 4 | version 4 | page size 4 | flags 4 | root bucket 16 | freelist 8 | pages 8 | txid 8 |
//!                     checksum 8: FNV-1a over the 56 bytes before it
//! ```

use bytes::{Buf, BufMut};

/// Bytes of a page's header.
pub(super) const PAGE_HEADER: usize = 16;
/// Bytes of an element, in leaf and branch alike.
pub(super) const ELEMENT: usize = 16;
/// Bytes of a bucket's header, the value of its name.
pub(super) const BUCKET_HEADER: usize = 16;
/// Bytes of a meta, behind its page's header.
pub(super) const META: usize = 64;
/// Bytes of a meta that its checksum covers.
const META_SUMMED: usize = META - 8;

/// The longest key.
pub(super) const KEY_MAX: usize = 32768;
/// The longest value.
pub(super) const VALUE_MAX: usize = (1 << 31) - 2;

/// Page of the second meta, and the first that holds anything else is the one behind it.
pub(super) const FIRST_PAGE: u64 = 2;
/// In a count of 16 bits: the freelist is longer, its first number is its length.
pub(super) const COUNT_ELSEWHERE: u16 = u16::MAX;

const MAGIC: u32 = 0xED0C_DAED;
const VERSION: u32 = 2;
const NO_FREELIST: u64 = u64::MAX;
const ELEMENT_IS_BUCKET: u32 = 1;

/// What a page holds. The numbers are its flags; bbolt knows no page with two of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Branch = 0x01,
    Leaf = 0x02,
    Meta = 0x04,
    Freelist = 0x10,
}

/// The first bytes of a page.
#[derive(Clone, Copy, Debug)]
pub(super) struct PageHeader {
    /// The page's own number; 0 in an inline bucket.
    pub id: u64,
    /// A [`Kind`], in a sound file.
    pub flags: u16,
    /// Elements, or free pages.
    pub count: u16,
    /// Pages behind this one that belong to it.
    pub overflow: u32,
}

impl PageHeader {
    pub fn decode(bytes: &[u8; PAGE_HEADER]) -> Self {
        let mut rest = &bytes[..];
        let (id, flags) = (rest.get_u64_le(), rest.get_u16_le());
        Self { id, flags, count: rest.get_u16_le(), overflow: rest.get_u32_le() }
    }

    pub fn encode(&self, to: &mut Vec<u8>) {
        to.put_u64_le(self.id);
        to.put_u16_le(self.flags);
        to.put_u16_le(self.count);
        to.put_u32_le(self.overflow);
    }

    pub fn is(&self, kind: Kind) -> bool {
        self.flags == kind as u16
    }
}

/// What an element of a page leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// A value.
    Value,
    /// A bucket: the value is its header, and for an inline bucket its only page.
    Bucket,
    /// The page below, in a branch.
    Page(u64),
}

/// One key of a page.
#[derive(Clone, Copy, Debug)]
pub(super) struct Element {
    pub key_bytes: u32,
    /// 0 in a branch.
    pub value_bytes: u32,
    pub content: Content,
}

impl Element {
    /// Key and value together.
    pub fn bytes(&self) -> usize {
        self.key_bytes as usize + self.value_bytes as usize
    }

    /// Reads one of a branch, with its `pos`.
    pub fn decode_branch(bytes: &[u8; ELEMENT]) -> (u32, Self) {
        let mut rest = &bytes[..];
        let (pos, key_bytes) = (rest.get_u32_le(), rest.get_u32_le());
        (pos, Self { key_bytes, value_bytes: 0, content: Content::Page(rest.get_u64_le()) })
    }

    /// Reads one of a leaf, with its `pos`; `None` for flags that bbolt does not know.
    pub fn decode_leaf(bytes: &[u8; ELEMENT]) -> Option<(u32, Self)> {
        let mut rest = &bytes[..];
        let content = match rest.get_u32_le() {
            0 => Content::Value,
            ELEMENT_IS_BUCKET => Content::Bucket,
            _ => return None,
        };
        let pos = rest.get_u32_le();
        Some((pos, Self { key_bytes: rest.get_u32_le(), value_bytes: rest.get_u32_le(), content }))
    }

    /// Writes it; its key starts `pos` bytes behind its own first byte.
    pub fn encode(&self, pos: u32, to: &mut Vec<u8>) {
        if let Content::Page(page) = self.content {
            to.put_u32_le(pos);
            to.put_u32_le(self.key_bytes);
            to.put_u64_le(page);
            return;
        }
        to.put_u32_le(if self.content == Content::Bucket { ELEMENT_IS_BUCKET } else { 0 });
        to.put_u32_le(pos);
        to.put_u32_le(self.key_bytes);
        to.put_u32_le(self.value_bytes);
    }
}

/// The value of a bucket's name begins with this: its root page, or 0 when its only page follows.
pub(super) fn encode_bucket(root: u64) -> [u8; BUCKET_HEADER] {
    let mut bytes = [0; BUCKET_HEADER];
    let (page, _sequence) = bytes.split_at_mut(8);
    page.copy_from_slice(&root.to_le_bytes());
    bytes
}

/// The root page in a bucket's header.
pub(super) fn decode_bucket(bytes: &[u8; BUCKET_HEADER]) -> u64 {
    (&bytes[..]).get_u64_le()
}

/// The entrance to a file. A file has two, written in turn, so that a torn one leaves the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meta {
    /// Bytes of a page; a power of two.
    pub page_size: u32,
    /// The page that the list of buckets starts at.
    pub root: u64,
    /// The page that the list of free pages starts at. etcd does not write one.
    pub freelist: Option<u64>,
    /// Pages of the file. What stands behind them is not part of it.
    pub pages: u64,
    /// Number of the transaction that wrote it. The meta with the higher one counts.
    pub txid: u64,
}

impl Meta {
    /// Reads and checks one; the error says what is wrong.
    pub(super) fn decode(bytes: &[u8; META]) -> Result<Self, String> {
        let mut rest = &bytes[..];
        let (magic, version) = (rest.get_u32_le(), rest.get_u32_le());
        if magic != MAGIC {
            return Err(format!("magic number {MAGIC:#x} expected, found {magic:#x}"));
        }
        if version != VERSION {
            return Err(format!("version {VERSION} expected, found {version}"));
        }
        let (page_size, _flags) = (rest.get_u32_le(), rest.get_u32_le());
        let (root, _sequence) = (rest.get_u64_le(), rest.get_u64_le());
        let freelist = Some(rest.get_u64_le()).filter(|page| *page != NO_FREELIST);
        let (pages, txid) = (rest.get_u64_le(), rest.get_u64_le());
        let (sum, expected) = (rest.get_u64_le(), fnv1a(&bytes[..META_SUMMED]));
        if sum != expected {
            return Err(format!("checksum {expected:#018x} expected, found {sum:#018x}"));
        }
        if !page_size.is_power_of_two() || (page_size as usize) < PAGE_HEADER + META {
            return Err(format!("a page size that is a power of two expected, found {page_size}"));
        }
        Ok(Self { page_size, root, freelist, pages, txid })
    }

    pub(super) fn encode(&self, to: &mut Vec<u8>) {
        let start = to.len();
        to.put_u32_le(MAGIC);
        to.put_u32_le(VERSION);
        to.put_u32_le(self.page_size);
        to.put_u32_le(0);
        to.put_slice(&encode_bucket(self.root));
        to.put_u64_le(self.freelist.unwrap_or(NO_FREELIST));
        to.put_u64_le(self.pages);
        to.put_u64_le(self.txid);
        let sum = fnv1a(&to[start..]);
        to.put_u64_le(sum);
    }
}

/// FNV-1a with 64 bits.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_fnv_1a() {
        // Of the authors' own list of examples.
        assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(fnv1a(b"foobar"), 0x8594_4171_f739_67e8);
    }
}
