//! The list of free pages: page numbers on one page and those behind it.

use super::{
    error::ReadError,
    format::{COUNT_ELSEWHERE, FIRST_PAGE, Kind, PAGE_HEADER, PageHeader},
    source::Source,
};
use std::ops::Range;

/// Bytes of a page number.
const NUMBER: u64 = 8;
/// Page numbers that are read at a time.
const CHUNK: u64 = 4096;

/// Where the list stands, and how long it is.
#[derive(Clone, Debug)]
pub(super) struct Freelist {
    /// The pages that hold it.
    pub extent: Range<u64>,
    /// Bytes from the start of the extent to the first number.
    start: u64,
    count: u64,
}

impl Freelist {
    /// Reads the head of the list at page `id`, which is a page of the file.
    pub fn load(id: u64, source: &Source) -> Result<Self, ReadError> {
        let mut bytes = [0; PAGE_HEADER];
        source.read(id, 0, &mut bytes)?;
        let header = PageHeader::decode(&bytes);
        if header.id != id {
            return Err(ReadError::damaged(
                id,
                format!("page number {id} expected in its header, found {}", header.id),
            ));
        }
        if !header.is(Kind::Freelist) {
            let flags = header.flags;
            return Err(ReadError::damaged(id, format!("a list of free pages expected, found flags {flags:#x}")));
        }
        let extent = source.extent(id, header.overflow)?;
        let (mut start, mut count) = (PAGE_HEADER as u64, u64::from(header.count));
        if header.count == COUNT_ELSEWHERE {
            let mut number = [0; NUMBER as usize];
            source.read(id, start, &mut number)?;
            (start, count) = (start + NUMBER, u64::from_le_bytes(number));
        }
        let room = ((extent.end - extent.start) * source.page_size - start) / NUMBER;
        if count > room {
            return Err(ReadError::damaged(id, format!("room for {room} free pages, {count} counted")));
        }
        Ok(Self { extent, start, count })
    }

    /// Calls `each` for every free page.
    pub fn each(&self, source: &Source, mut each: impl FnMut(u64) -> Result<(), ReadError>) -> Result<(), ReadError> {
        let mut bytes = vec![0; (CHUNK * NUMBER) as usize];
        let mut done = 0;
        while done < self.count {
            let some = (self.count - done).min(CHUNK);
            let chunk = &mut bytes[..(some * NUMBER) as usize];
            source.read(self.extent.start, self.start + done * NUMBER, chunk)?;
            for number in chunk.as_chunks().0 {
                let page = u64::from_le_bytes(*number);
                if !(FIRST_PAGE..source.pages).contains(&page) {
                    let (id, pages) = (self.extent.start, source.pages);
                    return Err(ReadError::damaged(id, format!("page {page} cannot be free, the file has {pages}")));
                }
                each(page)?;
            }
            done += some;
        }
        Ok(())
    }
}
