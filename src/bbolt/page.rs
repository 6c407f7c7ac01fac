//! A leaf or branch of a file that is read: checked as a whole before anything in it is believed.

use super::{
    error::ReadError,
    format::{Content, ELEMENT, Element, KEY_MAX, Kind, PAGE_HEADER, PageHeader, VALUE_MAX},
    source::Source,
};
use std::ops::Range;

/// Of a node with many pages, this much is held in memory; rows beyond are read one by one.
const HELD_BYTES: u64 = 64 << 10;

/// A node of a tree, and what is held of its bytes.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// Its number; for an inline bucket, that of the page that it is part of.
    pub id: u64,
    /// The pages that belong to it; none for an inline bucket.
    pub extent: Range<u64>,
    is_branch: bool,
    slots: Vec<Slot>,
    /// The node's first bytes.
    held: Vec<u8>,
}

/// An element, and where in the node its key begins.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot {
    pub at: u64,
    pub element: Element,
}

impl Slot {
    /// Where key and value stand in the node.
    fn range(&self) -> Range<u64> {
        self.at..self.at + self.element.bytes() as u64
    }
}

impl Page {
    /// How many elements it has.
    pub fn count(&self) -> usize {
        self.slots.len()
    }

    /// The element at `index`, below [`Page::count`].
    pub fn slot(&self, index: usize) -> Slot {
        self.slots[index]
    }

    /// Is there a bucket among its elements?
    pub fn has_buckets(&self) -> bool {
        self.slots.iter().any(|slot| slot.element.content == Content::Bucket)
    }

    /// Key and value of a slot; `None` when they are not held.
    pub fn row(&self, slot: Slot) -> Option<&[u8]> {
        let Range { start, end } = slot.range();
        self.held.get(start as usize..usize::try_from(end).ok()?)
    }

    /// Reads key and value of a slot that are not held.
    pub fn read_row(&self, slot: Slot, source: &Source, to: &mut Vec<u8>) -> Result<(), ReadError> {
        to.resize(slot.element.bytes(), 0);
        source.read(self.id, slot.at, to)
    }

    /// Reads and checks the node at `id`, which is a page of the file.
    pub fn load(&mut self, id: u64, source: &Source) -> Result<(), ReadError> {
        self.id = id;
        self.held.resize(source.page_size.min(HELD_BYTES) as usize, 0);
        source.read(id, 0, &mut self.held)?;
        let header = self.header()?;
        if header.id != id {
            return Err(self.damaged(format!("page number {id} expected in its header, found {}", header.id)));
        }
        self.extent = source.extent(id, header.overflow)?;
        let bytes = (self.extent.end - self.extent.start) * source.page_size;
        let table = PAGE_HEADER as u64 + ELEMENT as u64 * u64::from(header.count);
        if table > bytes {
            let (count, room) = (header.count, (bytes - PAGE_HEADER as u64) / ELEMENT as u64);
            return Err(self.damaged(format!("room for {room} elements, {count} counted")));
        }
        let (held, wanted) = (self.held.len(), bytes.min(HELD_BYTES).max(table) as usize);
        if wanted > held {
            self.held.resize(wanted, 0);
            source.read(id, held as u64, &mut self.held[held..])?;
        }
        self.check(header, bytes)
    }

    /// Takes the only page of an inline bucket, which stands in page `id`.
    pub fn load_inline(&mut self, id: u64, bytes: &[u8]) -> Result<(), ReadError> {
        self.id = id;
        self.extent = 0..0;
        self.held.clear();
        self.held.extend_from_slice(bytes);
        let header = self.header()?;
        if !header.is(Kind::Leaf) {
            return Err(self.damaged(format!("an inline bucket with a leaf expected, found flags {:#x}", header.flags)));
        }
        if header.id != 0 || header.overflow != 0 {
            return Err(self.damaged(format!("an inline bucket is no page, found {header:?}")));
        }
        if PAGE_HEADER + ELEMENT * usize::from(header.count) > bytes.len() {
            let (count, bytes) = (header.count, bytes.len());
            return Err(self.damaged(format!("an inline bucket of {bytes} bytes counts {count} elements")));
        }
        self.check(header, bytes.len() as u64)
    }

    fn header(&self) -> Result<PageHeader, ReadError> {
        let Some(bytes) = self.held.first_chunk() else {
            return Err(self.damaged("an inline bucket without a page"));
        };
        Ok(PageHeader::decode(bytes))
    }

    /// Decodes the elements. All of them are held, and the node has `bytes` bytes.
    fn check(&mut self, header: PageHeader, bytes: u64) -> Result<(), ReadError> {
        self.is_branch = header.is(Kind::Branch);
        if !self.is_branch && !header.is(Kind::Leaf) {
            return Err(self.damaged(format!("a leaf or branch expected, found flags {:#x}", header.flags)));
        }
        if self.is_branch && header.count == 0 {
            return Err(self.damaged("a branch without children"));
        }
        self.slots.clear();
        let count = usize::from(header.count);
        let (elements, _) = self.held[PAGE_HEADER..PAGE_HEADER + ELEMENT * count].as_chunks();
        // Where the next key begins: bbolt writes them one behind the other, so no byte belongs to two rows or to none.
        let mut free = (PAGE_HEADER + ELEMENT * count) as u64;
        for (index, bytes_of_element) in elements.iter().enumerate() {
            let decoded = if self.is_branch {
                Some(Element::decode_branch(bytes_of_element))
            } else {
                Element::decode_leaf(bytes_of_element)
            };
            let Some((pos, element)) = decoded else {
                return Err(self.damaged(format!("element {index} has unknown flags")));
            };
            let at = (PAGE_HEADER + ELEMENT * index) as u64 + u64::from(pos);
            let slot = Slot { at, element };
            let (key, value) = (element.key_bytes as usize, element.value_bytes as usize);
            if !(1..=KEY_MAX).contains(&key) || value > VALUE_MAX {
                return Err(self.damaged(format!("element {index} has a key of {key} bytes, a value of {value}")));
            }
            let end = slot.range().end;
            if at != free || end > bytes {
                let reason =
                    format!("element {index} expected at {free}, up to {bytes} at most, found at {at} to {end}");
                return Err(self.damaged(reason));
            }
            free = end;
            self.slots.push(slot);
        }
        Ok(())
    }

    /// Something wrong with this page.
    pub fn damaged(&self, reason: impl Into<String>) -> ReadError {
        ReadError::damaged(self.id, reason)
    }
}
