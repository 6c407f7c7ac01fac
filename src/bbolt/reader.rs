//! The way into a file: which of its two entrances counts, and whether the file can be what it says.

use super::{
    error::ReadError,
    format::{FIRST_PAGE, Kind, META, Meta, PAGE_HEADER, PageHeader},
    freelist::Freelist,
    rows::Rows,
    source::Source,
};
use crate::disk::File;
use std::sync::Arc;

/// A bbolt file that is read. The file must not change meanwhile; if it does, that is found as damage, or not at all.
#[derive(Debug)]
pub struct Reader {
    source: Source,
    meta: Meta,
    freelist: Option<Freelist>,
}

impl Reader {
    /// Reads both metas and takes the newer one that is sound. What is behind the pages that it counts (room that bbolt
    /// has reserved, the checksum of a snapshot) is not looked at.
    pub fn open(file: Arc<dyn File>) -> Result<Self, ReadError> {
        let len = file.len()?;
        let (page, meta) = newest_meta(file.as_ref(), len)?;
        let expected = u128::from(meta.pages) * u128::from(meta.page_size);
        if expected > u128::from(len) {
            return Err(ReadError::Short { pages: meta.pages, expected, found: len });
        }
        let source = Source { file, page_size: meta.page_size.into(), pages: meta.pages };
        for to in [Some(meta.root), meta.freelist].into_iter().flatten() {
            if !(FIRST_PAGE..meta.pages).contains(&to) {
                return Err(ReadError::damaged(page, format!("leads to page {to}, the file has {}", meta.pages)));
            }
        }
        let freelist = meta.freelist.map(|page| Freelist::load(page, &source)).transpose()?;
        Ok(Self { source, meta, freelist })
    }

    /// The entrance that counts.
    pub fn meta(&self) -> &Meta {
        &self.meta
    }

    /// Bytes of the database; the file may be longer.
    pub fn size_bytes(&self) -> u64 {
        self.source.pages * self.source.page_size
    }

    /// All buckets and rows, from the first.
    pub fn rows(&self) -> Result<Rows, ReadError> {
        Rows::new(self.source.clone(), self.meta.root, self.freelist.clone())
    }

    /// Reads the whole file and checks all that can be checked; see [`Rows::finish`]. There are no checksums but that of the
    /// metas: a changed byte of a value is not found.
    pub fn check(&self) -> Result<(), ReadError> {
        self.rows()?.finish()
    }
}

/// The newest sound meta, and its page.
fn newest_meta(file: &dyn File, len: u64) -> Result<(u64, Meta), ReadError> {
    let first = read_meta(file, len, 0, 0)?;
    let second = match &first {
        Ok(meta) => read_second(file, len, meta.page_size)?,
        Err(_) => search_second(file, len)?,
    };
    match (first, second) {
        (Ok(first), Ok(second)) if second.txid > first.txid => Ok((1, second)),
        (Ok(first), _) => Ok((0, first)),
        (Err(_), Ok(second)) => Ok((1, second)),
        (Err(first), Err(second)) => Err(ReadError::NotADatabase { reasons: [first, second] }),
    }
}

/// Without the first meta, the size of a page is not known: the second one stands where it says so itself.
fn search_second(file: &dyn File, len: u64) -> Result<Result<Meta, String>, ReadError> {
    let mut found = Err("not found".to_owned());
    for power in (PAGE_HEADER + META).next_power_of_two().ilog2()..u32::BITS {
        let second = read_second(file, len, 1 << power)?;
        if second.is_ok() {
            return Ok(second);
        }
        // The usual size; the reason is for people.
        if power == 12 {
            found = second;
        }
    }
    Ok(found)
}

fn read_second(file: &dyn File, len: u64, page_size: u32) -> Result<Result<Meta, String>, ReadError> {
    let meta = read_meta(file, len, page_size.into(), 1)?;
    Ok(meta.and_then(|meta| match meta.page_size {
        found if found == page_size => Ok(meta),
        found => Err(format!("page size {page_size} expected, found {found}")),
    }))
}

/// The meta of page `id`, which stands at `offset`.
fn read_meta(file: &dyn File, len: u64, offset: u64, id: u64) -> Result<Result<Meta, String>, ReadError> {
    let mut bytes = [0; PAGE_HEADER + META];
    if len < offset + bytes.len() as u64 {
        return Ok(Err(format!("beyond the end of the file, which has {len} bytes")));
    }
    file.read_exact_at(&mut bytes, offset)?;
    let Some((header, meta)) = bytes.split_first_chunk() else { return Ok(Err("too short".to_owned())) };
    let Some(meta) = meta.first_chunk() else { return Ok(Err("too short".to_owned())) };
    let header = PageHeader::decode(header);
    if header.id != id || !header.is(Kind::Meta) {
        return Ok(Err(format!("page {id}, a meta, expected, found {header:?}")));
    }
    Ok(Meta::decode(meta))
}
