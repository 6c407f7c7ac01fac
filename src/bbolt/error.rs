//! What can go wrong with a bbolt file. Neither side repairs anything: what was found is reported, and the caller, who
//! knows the file's name, decides.

use super::format::{KEY_MAX, VALUE_MAX};
use std::io;

/// Why a file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The disk says no, or the file became shorter while it was read.
    #[error("bbolt: {0}")]
    Io(#[from] io::Error),
    /// Not a bbolt file, or one whose both entrances are damaged.
    #[error("bbolt: not a database: meta 0: {}; meta 1: {}", .reasons[0], .reasons[1])]
    NotADatabase {
        /// What is wrong with each meta.
        reasons: [String; 2],
    },
    /// The file ends before what it says of itself.
    #[error("bbolt: {expected} bytes expected ({pages} pages), found {found}")]
    Short {
        /// Pages that the meta counts.
        pages: u64,
        /// Bytes that these take.
        expected: u128,
        /// Bytes of the file.
        found: u64,
    },
    /// A page is not what bbolt would have written there.
    #[error("bbolt: page {page}: {reason}")]
    Damaged {
        /// The page.
        page: u64,
        /// What was expected, and what was found.
        reason: String,
    },
    /// An earlier call found damage, so it is not known where to go on.
    #[error("bbolt: reading has failed before")]
    Failed,
}

impl ReadError {
    /// Something wrong with a page.
    pub(super) fn damaged(page: u64, reason: impl Into<String>) -> Self {
        Self::Damaged { page, reason: reason.into() }
    }
}

/// Why a file cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The sink says no.
    #[error("bbolt: {0}")]
    Io(#[from] io::Error),
    /// A bucket's name, or a key within its bucket, does not come behind the one before.
    #[error("bbolt: {} does not come behind {}", .key.escape_ascii(), .before.escape_ascii())]
    Order {
        /// The name or key.
        key: Vec<u8>,
        /// The one before.
        before: Vec<u8>,
    },
    /// A name or key of that length cannot be written: 1 to 32768 bytes.
    #[error("bbolt: a key has 1 to {KEY_MAX} bytes, not {0}")]
    KeyBytes(usize),
    /// A value of that length cannot be written: up to two bytes below 2 GiB.
    #[error("bbolt: a value has up to {VALUE_MAX} bytes, not {0}")]
    ValueBytes(usize),
    /// A row came before the first bucket.
    #[error("bbolt: a row outside of a bucket")]
    NoBucket,
    /// The rows are not those that the layout was made from.
    #[error("bbolt: rows differ from those that were laid out")]
    Changed,
    /// Not a page size that can be written: a power of two from 1 KiB to 64 KiB.
    #[error("bbolt: a page size is a power of two from 1024 to 65536, not {0}")]
    PageSize(u32),
}
