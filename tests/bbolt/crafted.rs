//! Files put together page by page: sound ones of a shape that no writer at hand makes, and ones that are made to hurt.

use crate::support::{Entry, entries, open};

const BRANCH: u16 = 1;
const LEAF: u16 = 2;
const META: u16 = 4;
const FREELIST: u16 = 16;
const BUCKET: u32 = 1;

/// A file of `pages` pages, all zeros but for the two metas.
struct Crafted {
    page_size: usize,
    bytes: Vec<u8>,
}

impl Crafted {
    fn new(page_size: usize, pages: u64, root: u64, freelist: u64) -> Self {
        let mut file = Self { page_size, bytes: vec![0; page_size * pages as usize] };
        for id in 0..2 {
            file.meta(id, [root, 0, freelist, pages, id]);
        }
        file
    }

    /// A meta. The numbers: root, the root's sequence, freelist, pages, transaction.
    fn meta(&mut self, id: u64, numbers: [u64; 5]) {
        let mut body = Vec::new();
        body.extend([0xed0c_daed, 2, self.page_size as u32, 0].map(u32::to_le_bytes).as_flattened());
        body.extend(numbers.map(u64::to_le_bytes).as_flattened());
        let fnv = |sum: u64, byte: &u8| (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        let sum = body.iter().fold(0xcbf2_9ce4_8422_2325, fnv);
        body.extend(sum.to_le_bytes());
        self.page(id, META, 0, 0, &body);
    }

    fn page(&mut self, id: u64, flags: u16, count: u16, overflow: u32, body: &[u8]) {
        let mut page = id.to_le_bytes().to_vec();
        page.extend([flags, count].map(u16::to_le_bytes).as_flattened());
        page.extend(overflow.to_le_bytes());
        page.extend(body);
        let at = self.page_size * id as usize;
        self.bytes[at..at + page.len()].copy_from_slice(&page);
    }

    /// A leaf with one element.
    fn leaf(&mut self, id: u64, flags: u32, key: &[u8], value: &[u8]) {
        let mut body = [flags, 16, key.len() as u32, value.len() as u32].map(u32::to_le_bytes).as_flattened().to_vec();
        body.extend(key);
        body.extend(value);
        self.page(id, LEAF, 1, 0, &body);
    }

    /// A leaf that names one bucket.
    fn name(&mut self, id: u64, name: &[u8], root: u64) {
        self.leaf(id, BUCKET, name, [root, 0].map(u64::to_le_bytes).as_flattened());
    }

    /// A branch with one child.
    fn branch(&mut self, id: u64, key: &[u8], child: u64) {
        let mut body = [16, key.len() as u32].map(u32::to_le_bytes).as_flattened().to_vec();
        body.extend(child.to_le_bytes());
        body.extend(key);
        self.page(id, BRANCH, 1, 0, &body);
    }

    #[track_caller]
    fn fails(&self, expected: &str) {
        let error = open(&self.bytes).and_then(|reader| entries(&reader)).unwrap_err();
        assert_eq!(error.to_string(), format!("bbolt: {expected}"));
    }
}

/// No list of free pages.
const NONE: u64 = u64::MAX;

#[test]
fn a_page_may_have_any_power_of_two() {
    for power in 7..22 {
        let mut file = Crafted::new(1 << power, 4, 2, NONE);
        file.name(2, b"b", 3);
        file.leaf(3, 0, b"k", &[7; 90]);
        let expected = vec![Entry::Bucket(b"b".to_vec(), vec![Entry::Row(b"k".to_vec(), vec![7; 90])])];
        assert_eq!(entries(&open(&file.bytes).unwrap()).unwrap(), expected, "{}", file.page_size);
        // The second meta is found without the first.
        file.bytes[16] = 0;
        assert_eq!(entries(&open(&file.bytes).unwrap()).unwrap(), expected, "{}", file.page_size);
    }
}

#[test]
fn the_newer_meta_counts() {
    for newer in 0..2 {
        let mut file = Crafted::new(128, 5, 2, NONE);
        file.name(2, b"old", 4);
        file.name(3, b"new", 4);
        file.page(4, LEAF, 0, 0, &[]);
        file.meta(newer, [3, 0, NONE, 5, 8]);
        let expected = vec![Entry::Bucket(b"new".to_vec(), Vec::new())];
        assert_eq!(entries(&open(&file.bytes).unwrap()).unwrap(), expected, "{newer}");
    }
}

#[test]
fn a_way_that_is_too_long_is_refused() {
    // Buckets in buckets.
    let pages = 110;
    let mut file = Crafted::new(128, pages, 2, NONE);
    for id in 2..pages - 1 {
        file.name(id, b"b", id + 1);
    }
    file.page(pages - 1, LEAF, 0, 0, &[]);
    file.fails("page 102: more than 100 pages deep");
    // Branches with one child.
    let mut file = Crafted::new(128, pages, 2, NONE);
    file.name(2, b"b", 3);
    for id in 3..pages - 1 {
        file.branch(id, b"k", id + 1);
    }
    file.leaf(pages - 1, 0, b"k", b"v");
    file.fails("page 102: more than 100 pages deep");
}

/// A branch leads to itself, and a bucket to the page that names it: both would be read forever.
#[test]
fn a_circle_is_refused() {
    let mut file = Crafted::new(128, 4, 2, NONE);
    file.name(2, b"b", 3);
    file.branch(3, b"k", 3);
    file.fails("page 3: is in use twice");
    let mut file = Crafted::new(128, 4, 2, NONE);
    file.name(2, b"b", 2);
    file.fails("page 2: is in use twice");
}

/// From 65535 free pages on, their number stands where the first of them would.
#[test]
fn a_list_of_free_pages_may_be_long() {
    for free in [65534, 65535, 65536] {
        let list_pages = (16 + 8 * (free + 1)) / 128 + 1;
        let first_free = 3 + list_pages;
        let mut file = Crafted::new(128, first_free + free, 2, 3);
        file.page(2, LEAF, 0, 0, &[]);
        let mut body: Vec<u8> = (first_free..first_free + free).rev().flat_map(u64::to_le_bytes).collect();
        let mut count = free as u16;
        if free >= 65535 {
            body.splice(0..0, free.to_le_bytes());
            count = u16::MAX;
        }
        file.page(3, FREELIST, count, list_pages as u32 - 1, &body);
        let reader = open(&file.bytes).unwrap();
        reader.check().unwrap();
        // The list forgets its last page, which is the lowest.
        let (at, width) = if count == u16::MAX { (3 * 128 + 16, 8) } else { (3 * 128 + 10, 2) };
        file.bytes[at..at + width].copy_from_slice(&(free - 1).to_le_bytes()[..width]);
        let error = open(&file.bytes).and_then(|reader| reader.check()).unwrap_err();
        assert_eq!(error.to_string(), format!("bbolt: page {first_free}: is neither in use nor free"));
    }
}
