//! Writing a file: twice over the same rows, first to learn how long it will be, then to write it.

use super::{
    error::WriteError,
    format::{Content, KEY_MAX, VALUE_MAX},
    pages::{Count, Layout, Pages, Stream},
    tree::Tree,
};
use std::io::Write;

/// What takes buckets and their rows, in order: a [`Planner`] and then a [`Writer`].
pub trait TakeRows {
    /// Begins a bucket. Names come in ascending order; a bucket may stay empty.
    fn bucket(&mut self, name: &[u8]) -> Result<(), WriteError>;
    /// Adds a row to the bucket begun last. Keys come in ascending order; they have 1 to 32768 bytes, values less than
    /// 2 GiB.
    fn row(&mut self, key: &[u8], value: &[u8]) -> Result<(), WriteError>;
}

/// The first round: where everything will stand. Writes nothing.
#[derive(Debug)]
pub struct Planner {
    buckets: Buckets<Count>,
}

impl Planner {
    /// Plans a file with pages of that many bytes: a power of two from 1 KiB to 64 KiB.
    pub fn new(page_size: u32) -> Result<Self, WriteError> {
        Ok(Self { buckets: Buckets::new(Count::new(page_size)?) })
    }

    /// What a [`Writer`] needs to know, once all rows were taken.
    pub fn finish(self) -> Result<Layout, WriteError> {
        let (count, root) = self.buckets.finish()?;
        Ok(count.layout(root))
    }
}

impl TakeRows for Planner {
    fn bucket(&mut self, name: &[u8]) -> Result<(), WriteError> {
        self.buckets.bucket(name)
    }

    fn row(&mut self, key: &[u8], value: &[u8]) -> Result<(), WriteError> {
        self.buckets.row(key, value)
    }
}

/// The second round: writes the file to `sink`, from its first byte to its last and in large pieces. What it keeps in
/// memory is the page that is being filled, or two rows if these are larger, and two branches for every level of the tree.
///
/// The sink never gets more than [`Layout::size_bytes`], and gets exactly that when [`Writer::finish`] returns.
#[derive(Debug)]
pub struct Writer<W: Write> {
    buckets: Buckets<Stream<W>>,
}

impl<W: Write> Writer<W> {
    /// Begins the file. `layout` is of the same rows.
    pub fn new(layout: Layout, sink: W) -> Result<Self, WriteError> {
        Ok(Self { buckets: Buckets::new(Stream::start(layout, sink)?) })
    }

    /// Ends the file, and hands the sink back. Fails if the rows were not those of the layout.
    pub fn finish(self) -> Result<W, WriteError> {
        let (stream, root) = self.buckets.finish()?;
        stream.finish(root)
    }
}

impl<W: Write> TakeRows for Writer<W> {
    fn bucket(&mut self, name: &[u8]) -> Result<(), WriteError> {
        self.buckets.bucket(name)
    }

    fn row(&mut self, key: &[u8], value: &[u8]) -> Result<(), WriteError> {
        self.buckets.row(key, value)
    }
}

/// The two trees that grow at a time: the list of buckets, and the bucket that takes rows.
#[derive(Debug)]
struct Buckets<P> {
    pages: P,
    root: Tree,
    open: Option<Tree>,
    /// Name of the open bucket; empty before the first.
    name: Vec<u8>,
    /// Its last key; empty before the first.
    key: Vec<u8>,
}

impl<P: Pages> Buckets<P> {
    fn new(pages: P) -> Self {
        Self { pages, root: Tree::new(), open: None, name: Vec::new(), key: Vec::new() }
    }

    fn bucket(&mut self, name: &[u8]) -> Result<(), WriteError> {
        self.close()?;
        follow(&mut self.name, name)?;
        self.key.clear();
        self.open = Some(Tree::new());
        Ok(())
    }

    fn row(&mut self, key: &[u8], value: &[u8]) -> Result<(), WriteError> {
        let Some(tree) = &mut self.open else { return Err(WriteError::NoBucket) };
        if value.len() > VALUE_MAX {
            return Err(WriteError::ValueBytes(value.len()));
        }
        follow(&mut self.key, key)?;
        tree.push(key, value, Content::Value, &mut self.pages)
    }

    fn close(&mut self) -> Result<(), WriteError> {
        let Some(tree) = self.open.take() else { return Ok(()) };
        let value = tree.finish_bucket(&mut self.pages)?;
        self.root.push(&self.name, &value, Content::Bucket, &mut self.pages)
    }

    /// The pages, and the root page.
    fn finish(mut self) -> Result<(P, u64), WriteError> {
        self.close()?;
        let root = self.root.finish(&mut self.pages)?;
        Ok((self.pages, root))
    }
}

/// Puts `key` in the place of the one `before`, if it may stand behind it.
fn follow(before: &mut Vec<u8>, key: &[u8]) -> Result<(), WriteError> {
    if !(1..=KEY_MAX).contains(&key.len()) {
        return Err(WriteError::KeyBytes(key.len()));
    }
    if key <= before.as_slice() {
        return Err(WriteError::Order { key: key.to_vec(), before: before.clone() });
    }
    before.clear();
    before.extend_from_slice(key);
    Ok(())
}
