//! The file as pages: where they are, and which of them were met already.

use super::error::ReadError;
use crate::disk::File;
use std::{ops::Range, sync::Arc};

/// A file of `pages` pages; all of them are there.
#[derive(Clone, Debug)]
pub(super) struct Source {
    pub file: Arc<dyn File>,
    pub page_size: u64,
    pub pages: u64,
}

impl Source {
    /// Fills `buf` from byte `offset` of `page`, which may be on the pages behind it.
    pub fn read(&self, page: u64, offset: u64, buf: &mut [u8]) -> Result<(), ReadError> {
        Ok(self.file.read_exact_at(buf, page * self.page_size + offset)?)
    }

    /// `page` and the pages behind it that belong to it.
    pub fn extent(&self, page: u64, overflow: u32) -> Result<Range<u64>, ReadError> {
        let end = page.saturating_add(1).saturating_add(u64::from(overflow));
        if end > self.pages {
            let last = end - 1;
            return Err(ReadError::damaged(page, format!("reaches up to page {last}, the file has {}", self.pages)));
        }
        Ok(page..end)
    }
}

/// Pages that were met: one bit a page, so 128 KiB for a file of 4 GiB.
#[derive(Debug)]
pub(super) struct PageSet {
    words: Vec<u64>,
    count: u64,
}

impl PageSet {
    /// None of `pages` pages.
    pub fn new(pages: u64) -> Self {
        Self { words: vec![0; pages.div_ceil(64) as usize], count: 0 }
    }

    /// Adds pages; one that was there before is the error. All of them are pages of the file.
    pub fn add(&mut self, pages: Range<u64>) -> Result<(), u64> {
        for page in pages {
            let (word, bit) = (&mut self.words[(page / 64) as usize], 1 << (page % 64));
            if *word & bit != 0 {
                return Err(page);
            }
            *word |= bit;
            self.count += 1;
        }
        Ok(())
    }

    /// The lowest of `pages` pages that was not met.
    pub fn first_missing(&self, pages: u64) -> Option<u64> {
        if self.count == pages {
            return None;
        }
        (0..pages).find(|page| self.words[(page / 64) as usize] & (1 << (page % 64)) == 0)
    }
}
