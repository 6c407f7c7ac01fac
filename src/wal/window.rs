//! A segment's bytes, read in large pieces.

use crate::disk::File;
use std::{io, sync::Arc};

/// How much is read at once.
const CHUNK_BYTES: usize = 1 << 20;

static ZEROS: [u8; CHUNK_BYTES] = [0; CHUNK_BYTES];

/// Reads of a file that mostly go forward.
#[derive(Debug)]
pub(super) struct Window {
    file: Arc<dyn File>,
    /// Length of the file.
    len: u64,
    /// Where `bytes` are in the file.
    start: u64,
    bytes: Vec<u8>,
}

impl Window {
    pub(super) fn new(file: Arc<dyn File>) -> io::Result<Self> {
        Ok(Self { len: file.len()?, file, start: 0, bytes: Vec::new() })
    }

    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// The bytes from `offset` on: `count` of them, or as many as there are.
    pub(super) fn get(&mut self, offset: u64, count: u64) -> io::Result<&[u8]> {
        let offset = offset.min(self.len);
        let count = count.min(self.len - offset) as usize;
        if offset < self.start || offset + count as u64 > self.start + self.bytes.len() as u64 {
            let fill = count.max((CHUNK_BYTES as u64).min(self.len - offset) as usize);
            self.bytes.resize(fill, 0);
            self.start = offset;
            self.file.read_exact_at(&mut self.bytes, offset)?;
        }
        let from = (offset - self.start) as usize;
        Ok(&self.bytes[from..from + count])
    }

    /// The word at `offset`; `None` when the file ends before its end.
    pub(super) fn word(&mut self, offset: u64) -> io::Result<Option<u64>> {
        let bytes = self.get(offset, 8)?;
        Ok(bytes.try_into().ok().map(u64::from_le_bytes))
    }

    /// Where the first byte from `offset` on is that is not zero.
    pub(super) fn first_nonzero(&mut self, mut offset: u64) -> io::Result<Option<u64>> {
        while offset < self.len {
            let bytes = self.get(offset, CHUNK_BYTES as u64)?;
            // Comparing is many times faster than looking at each byte, and most of this is zeros.
            if bytes != &ZEROS[..bytes.len()] {
                let at = bytes.iter().position(|byte| *byte != 0).unwrap_or(0);
                return Ok(Some(offset + at as u64));
            }
            offset += bytes.len() as u64;
        }
        Ok(None)
    }

    /// Are all of these bytes zero?
    pub(super) fn is_zero(&mut self, offset: u64, count: u64) -> io::Result<bool> {
        Ok(self.get(offset, count)?.iter().all(|byte| *byte == 0))
    }
}
