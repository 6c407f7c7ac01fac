//! A page in the making: elements, and behind them the bytes of their keys and values.

use super::format::{COUNT_ELSEWHERE, Content, ELEMENT, Element, Kind, PAGE_HEADER, PageHeader};

/// The largest node with more than one row: far below what 32 bits can point to.
const SHARED_BYTES_MAX: usize = 1 << 30;

/// A leaf or branch that is filled from left to right.
#[derive(Debug)]
pub(super) struct Node {
    kind: Kind,
    elements: Vec<Element>,
    /// Keys and values, one behind the other.
    data: Vec<u8>,
}

impl Node {
    pub fn leaf() -> Self {
        Self { kind: Kind::Leaf, elements: Vec::new(), data: Vec::new() }
    }

    pub fn branch() -> Self {
        Self { kind: Kind::Branch, elements: Vec::new(), data: Vec::new() }
    }

    pub fn count(&self) -> usize {
        self.elements.len()
    }

    /// Bytes that it takes in the file, without what fills its last page.
    pub fn bytes(&self) -> usize {
        PAGE_HEADER + ELEMENT * self.elements.len() + self.data.len()
    }

    /// Is there room on one page for another element of that many bytes, key and value together?
    pub fn has_room(&self, bytes: usize, page_size: usize) -> bool {
        self.bytes() + ELEMENT + bytes <= page_size && self.count() + 1 < usize::from(COUNT_ELSEWHERE)
    }

    /// Does another row belong here, rather than on a page of its own? Yes where it costs nothing; and a row that needs
    /// several pages shares them with what stands before it, if that saves one. Without this, rows of a little more than a
    /// page would leave half the file empty.
    pub fn welcomes(&self, bytes: usize, page_size: usize) -> bool {
        if self.has_room(bytes, page_size) || self.count() == 0 {
            return true;
        }
        let pages = |bytes: usize| bytes.div_ceil(page_size);
        let (here, alone) = (pages(self.bytes()), pages(PAGE_HEADER + ELEMENT + bytes));
        let joined = self.bytes() + ELEMENT + bytes;
        let saves = pages(joined) == here || (pages(joined) < here + alone && (self.count() == 1 || here == 1));
        saves && joined <= SHARED_BYTES_MAX && self.count() + 1 < usize::from(COUNT_ELSEWHERE)
    }

    /// Adds a row, or a bucket with its header as value. Lengths are within the format's.
    pub fn push(&mut self, key: &[u8], value: &[u8], content: Content) {
        self.elements.push(Element { key_bytes: key.len() as u32, value_bytes: value.len() as u32, content });
        self.data.extend_from_slice(key);
        self.data.extend_from_slice(value);
    }

    /// The first key; empty when there is none.
    pub fn first_key(&self) -> &[u8] {
        self.elements.first().map_or(&[], |first| &self.data[..first.key_bytes as usize])
    }

    pub fn clear(&mut self) {
        self.elements.clear();
        self.data.clear();
    }

    /// Puts the last element of `left` in front of its own.
    pub fn take_last_of(&mut self, left: &mut Self) {
        let Some(last) = left.elements.pop() else { return };
        let moved = left.data.split_off(left.data.len() - last.bytes());
        self.elements.insert(0, last);
        self.data.splice(0..0, moved);
    }

    /// Adds all that `right` has.
    pub fn append(&mut self, right: &Self) {
        self.elements.extend_from_slice(&right.elements);
        self.data.extend_from_slice(&right.data);
    }

    /// Writes header and elements as page `id` with `overflow` pages behind it. [`Node::data`] comes next.
    pub fn encode_head(&self, id: u64, overflow: u32, to: &mut Vec<u8>) {
        // `has_room` keeps the count below 16 bits.
        let header = PageHeader { id, flags: self.kind as u16, count: self.elements.len() as u16, overflow };
        header.encode(to);
        let mut ahead = ELEMENT * self.elements.len();
        for element in &self.elements {
            element.encode(ahead as u32, to);
            ahead = ahead - ELEMENT + element.bytes();
        }
    }

    /// Keys and values.
    pub fn data(&self) -> &[u8] {
        &self.data
    }
}
