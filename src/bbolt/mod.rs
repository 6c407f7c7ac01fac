//! bbolt files, read and written: the form in which a snapshot leaves the system or enters it. etcd's own backend is such
//! a file, and its tools read nothing else.
//!
//! ```text
//!   page 0, 1    metas     magic, page size, root page, number of pages, txid, checksum; the newer sound one counts
//!   page 2       freelist  pages that are not in use; ours has none, etcd's files leave the list out
//!   page 3 ...   nodes     of one tree for the names of the buckets, and of one tree for each bucket
//!
//!   leaf         header, elements, then the keys and values that they point to; a value may be a bucket's header
//!   branch       header, elements, then keys; an element names a page, whose keys are not below the element's
//!   overflow     pages behind a node that belong to it, when it is larger than a page
//!   inline       a bucket of one small leaf stands in the value of its name
//! ```
//!
//! A [`Writer`] appends only, so that a snapshot can go straight to the network. The first page already says where the
//! root is and how many pages follow; therefore a [`Planner`] sees the same rows first. Both need as little memory as a
//! tree is high:
//!
//! ```text
//!   rows of a frozen view -> Planner -> Layout (size)
//!   the same rows ---------> Writer(Layout) -> bytes, first to last
//!   file -> Reader -> Rows -> Enter(bucket), Row(key, value) ..., Leave, ...
//! ```
//!
//! What must hold: what we write passes bbolt's own check, whatever the rows are. Of what we read nothing is believed:
//! every page is checked before it is used, bytes of any kind end in rows or in an error that names the page, and take no
//! more memory than a way from the root to a leaf, a bit a page, and the largest row.
//!
//! What it does not do: change a file, repair one, know what rows mean, write nested buckets (it reads them).

mod error;
mod format;
mod freelist;
mod node;
mod page;
mod pages;
mod reader;
mod rows;
mod source;
mod tree;
mod writer;

pub use error::{ReadError, WriteError};
pub use format::Meta;
pub use pages::Layout;
pub use reader::Reader;
pub use rows::{Item, Rows};
pub use writer::{Planner, TakeRows, Writer};

/// Bytes of a page in a file that leaves the system: what etcd uses on the machines that it mostly runs on.
pub const PAGE_SIZE: u32 = 4096;
