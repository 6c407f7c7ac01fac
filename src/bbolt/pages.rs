//! Where finished nodes go: each gets the next free page numbers, and its bytes are written, or only counted.

use super::{
    error::WriteError,
    format::{FIRST_PAGE, Kind, Meta, PageHeader},
    node::Node,
};
use std::io::{self, BufWriter, Write};

/// The page of the freelist, which is empty: every page is in use.
const FREELIST: u64 = FIRST_PAGE;
/// What the sink is given at a time.
const CHUNK_BYTES: usize = 256 << 10;
/// The higher transaction number of the two metas. An even one belongs to meta 0.
const TXID: u64 = 2;

/// How many pages a file has, and where it begins. Made from the rows before the file is written, since both stand in
/// the file's first page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    pub(super) page_size: u32,
    pub(super) pages: u64,
    pub(super) root: u64,
}

impl Layout {
    /// Bytes of the whole file.
    pub fn size_bytes(&self) -> u64 {
        self.pages * u64::from(self.page_size)
    }
}

/// Takes nodes in the order of the file.
pub(super) trait Pages {
    /// Writes a node behind those before; its page number.
    fn put(&mut self, node: &Node) -> Result<u64, WriteError>;
    /// Bytes of a page.
    fn page_size(&self) -> usize;
}

/// Counts pages.
#[derive(Debug)]
pub(super) struct Count {
    page_size: u32,
    next: u64,
}

impl Count {
    pub fn new(page_size: u32) -> Result<Self, WriteError> {
        if !page_size.is_power_of_two() || !(1 << 10..=1 << 16).contains(&page_size) {
            return Err(WriteError::PageSize(page_size));
        }
        Ok(Self { page_size, next: FREELIST + 1 })
    }

    /// The layout of all that was put, `root` being its root page.
    pub fn layout(&self, root: u64) -> Layout {
        Layout { page_size: self.page_size, pages: self.next, root }
    }

    /// Page number and pages behind it of the next node.
    fn take(&mut self, node: &Node) -> (u64, u32) {
        let pages = node.bytes().div_ceil(self.page_size as usize);
        let id = self.next;
        self.next += pages as u64;
        // Nodes are bounded by the longest row, 2 GiB: 22 bits of pages.
        (id, pages as u32 - 1)
    }
}

impl Pages for Count {
    fn put(&mut self, node: &Node) -> Result<u64, WriteError> {
        Ok(self.take(node).0)
    }

    fn page_size(&self) -> usize {
        self.page_size as usize
    }
}

/// Writes pages, from the first to the last.
#[derive(Debug)]
pub(super) struct Stream<W: Write> {
    count: Count,
    layout: Layout,
    sink: BufWriter<W>,
    head: Vec<u8>,
    zeros: Vec<u8>,
}

impl<W: Write> Stream<W> {
    /// Writes the pages that stand before all nodes: both metas, and the freelist.
    pub fn start(layout: Layout, sink: W) -> Result<Self, WriteError> {
        let count = Count::new(layout.page_size)?;
        let zeros = vec![0; layout.page_size as usize];
        let sink = BufWriter::with_capacity(CHUNK_BYTES, sink);
        let mut stream = Self { count, layout, sink, head: Vec::new(), zeros };
        for id in 0..FIRST_PAGE {
            stream.head.clear();
            PageHeader { id, flags: Kind::Meta as u16, count: 0, overflow: 0 }.encode(&mut stream.head);
            let Layout { page_size, pages, root } = layout;
            Meta { page_size, root, freelist: Some(FREELIST), pages, txid: TXID - id }.encode(&mut stream.head);
            stream.write_page(&[])?;
        }
        stream.head.clear();
        PageHeader { id: FREELIST, flags: Kind::Freelist as u16, count: 0, overflow: 0 }.encode(&mut stream.head);
        stream.write_page(&[])?;
        Ok(stream)
    }

    /// Hands the sink back, if all that the layout promised was written.
    pub fn finish(self, root: u64) -> Result<W, WriteError> {
        if self.count.layout(root) != self.layout {
            return Err(WriteError::Changed);
        }
        self.sink.into_inner().map_err(|error| WriteError::Io(error.into_error()))
    }

    /// Writes `head`, `data`, and zeros up to the next page.
    fn write_page(&mut self, data: &[u8]) -> io::Result<()> {
        self.sink.write_all(&self.head)?;
        self.sink.write_all(data)?;
        let used = (self.head.len() + data.len()) % self.zeros.len();
        if used > 0 {
            self.sink.write_all(&self.zeros[used..])?;
        }
        Ok(())
    }
}

impl<W: Write> Pages for Stream<W> {
    fn put(&mut self, node: &Node) -> Result<u64, WriteError> {
        let (id, overflow) = self.count.take(node);
        // Whoever reads was told the size: better no end than too much.
        if self.count.next > self.layout.pages {
            return Err(WriteError::Changed);
        }
        self.head.clear();
        node.encode_head(id, overflow, &mut self.head);
        self.write_page(node.data())?;
        Ok(id)
    }

    fn page_size(&self) -> usize {
        self.count.page_size()
    }
}
