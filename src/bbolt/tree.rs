//! One bucket on its way into the file: rows come in order, pages leave as soon as they are full.
//!
//! ```text
//!   level 1     [. . . .] [. .    ]         full: kept back | open
//!   level 0     [. . . .] [. . .  ]
//!   leaf        [row row row      ]
//! ```
//!
//! A node leaves after all nodes below it, so whoever names a page knows its number, and nothing that has left is ever
//! touched again: the file is written from its first byte to its last, and what is kept is two nodes a level.
//!
//! What must hold: every branch has two children or more. bbolt stops the program when it takes a row out of a leaf
//! without siblings. That is why a full branch is kept back until the next one is full too: if the last one ends up with
//! a single child, it gets one from its neighbour.

use super::{
    error::WriteError,
    format::{BUCKET_HEADER, Content, encode_bucket},
    node::Node,
    pages::Pages,
};

/// A tree that grows to the right.
#[derive(Debug)]
pub(super) struct Tree {
    leaf: Node,
    /// Branches, the lowest level first; one for every level that has a node below it.
    levels: Vec<Level>,
}

impl Tree {
    pub fn new() -> Self {
        Self { leaf: Node::leaf(), levels: Vec::new() }
    }

    /// Adds a row behind those before.
    pub fn push(
        &mut self,
        key: &[u8],
        value: &[u8],
        content: Content,
        pages: &mut impl Pages,
    ) -> Result<(), WriteError> {
        if !self.leaf.welcomes(key.len() + value.len(), pages.page_size()) {
            self.close_leaf(pages)?;
        }
        self.leaf.push(key, value, content);
        Ok(())
    }

    /// Writes what is left; the root's page.
    pub fn finish(mut self, pages: &mut impl Pages) -> Result<u64, WriteError> {
        if self.levels.is_empty() {
            return pages.put(&self.leaf);
        }
        self.close_leaf(pages)?;
        let mut height = 0;
        loop {
            let (left, last) = self.levels[height].close();
            if left.is_none() && height + 1 == self.levels.len() {
                return pages.put(&last);
            }
            for node in left.into_iter().chain([last]) {
                let child = pages.put(&node)?;
                self.rise(height + 1, node.first_key().to_vec(), child, pages)?;
            }
            height += 1;
        }
    }

    /// Writes what is left, as [`Tree::finish`], but hands a small bucket over as a whole, to be kept in the value of its
    /// name. The value of the name, either way.
    pub fn finish_bucket(self, pages: &mut impl Pages) -> Result<Vec<u8>, WriteError> {
        // The size up to which bbolt does so.
        if self.levels.is_empty() && self.leaf.bytes() <= pages.page_size() / 4 {
            let mut value = Vec::with_capacity(BUCKET_HEADER + self.leaf.bytes());
            value.extend_from_slice(&encode_bucket(0));
            self.leaf.encode_head(0, 0, &mut value);
            value.extend_from_slice(self.leaf.data());
            return Ok(value);
        }
        Ok(encode_bucket(self.finish(pages)?).to_vec())
    }

    fn close_leaf(&mut self, pages: &mut impl Pages) -> Result<(), WriteError> {
        let child = pages.put(&self.leaf)?;
        let key = self.leaf.first_key().to_vec();
        self.leaf.clear();
        self.rise(0, key, child, pages)
    }

    /// Tells the levels above of a page that was written.
    fn rise(
        &mut self,
        mut height: usize,
        mut key: Vec<u8>,
        mut child: u64,
        pages: &mut impl Pages,
    ) -> Result<(), WriteError> {
        loop {
            if height == self.levels.len() {
                self.levels.push(Level::new());
            }
            let Some(closed) = self.levels[height].push(&key, child, pages.page_size()) else { return Ok(()) };
            child = pages.put(&closed)?;
            key = closed.first_key().to_vec();
            height += 1;
        }
    }
}

/// The branches of one height that are not written yet.
#[derive(Debug)]
struct Level {
    full: Option<Node>,
    open: Node,
}

impl Level {
    fn new() -> Self {
        Self { full: None, open: Node::branch() }
    }

    /// Adds a child; a node that is to be written now, if one is.
    fn push(&mut self, key: &[u8], child: u64, page_size: usize) -> Option<Node> {
        let mut closed = None;
        if self.open.count() >= 2 && !self.open.has_room(key.len(), page_size) {
            closed = self.full.replace(std::mem::replace(&mut self.open, Node::branch()));
        }
        self.open.push(key, &[], Content::Page(child));
        closed
    }

    /// Its last node, and the one before when that is still here.
    fn close(&mut self) -> (Option<Node>, Node) {
        let mut open = std::mem::replace(&mut self.open, Node::branch());
        let Some(mut full) = self.full.take() else { return (None, open) };
        if open.count() == 1 && full.count() == 2 {
            full.append(&open);
            return (None, full);
        }
        if open.count() == 1 {
            open.take_last_of(&mut full);
        }
        (Some(full), open)
    }
}
