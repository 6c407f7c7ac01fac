//! The walk through a file: every bucket and every row, in order, each page checked on the way.
//!
//! What must hold: a page is met once at most, so the walk ends whatever the pages say; keys ascend within a bucket, as
//! the branches above them promise; memory is one page for every level of the trees, and one row.

use super::{
    error::ReadError,
    format::{BUCKET_HEADER, Content, FIRST_PAGE, decode_bucket},
    freelist::Freelist,
    page::{Page, Slot},
    source::{PageSet, Source},
};

/// Pages on the way from the entrance to a row. A tree of bbolt has a handful of levels, and etcd nests no buckets;
/// deeper files are refused, since every page on the way is in memory.
const DEPTH_MAX: usize = 100;

/// What the walk meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item<'a> {
    /// A bucket begins: its name. What follows is inside, up to its `Leave`. Buckets may nest; etcd's do not.
    Enter(&'a [u8]),
    /// A row of the bucket that was entered last and not left: key and value.
    Row(&'a [u8], &'a [u8]),
    /// The bucket that was entered last ends.
    Leave,
}

/// The walk. Not an iterator, since what it returns is lent until the next call.
#[derive(Debug)]
pub struct Rows {
    source: Source,
    freelist: Option<Freelist>,
    seen: PageSet,
    /// The way to where it is, the entrance first.
    way: Vec<Frame>,
    /// The names of the buckets on the way.
    names: Vec<Vec<u8>>,
    /// Key that the next one is compared with: the last row's, or the one by which a branch names the page.
    last: Vec<u8>,
    /// A row that the page does not hold.
    row: Vec<u8>,
    spare: Vec<Page>,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// All pages so far were met.
    Whole,
    /// Some bucket was skipped.
    Partial,
    /// Something was damaged.
    Failed,
}

#[derive(Debug)]
struct Frame {
    page: Page,
    next: usize,
    /// Is it the root of a bucket's tree?
    is_root: bool,
}

/// [`Item`], before it is lent.
enum Step {
    Enter,
    Row(Slot),
    Leave,
    End,
}

impl Rows {
    /// A walk that begins at page `root`.
    pub(super) fn new(source: Source, root: u64, freelist: Option<Freelist>) -> Result<Self, ReadError> {
        let mut seen = PageSet::new(source.pages);
        meet(&mut seen, 0..FIRST_PAGE)?;
        if let Some(freelist) = &freelist {
            meet(&mut seen, freelist.extent.clone())?;
        }
        let (way, names, spare) = (Vec::new(), Vec::new(), Vec::new());
        let (last, row, state) = (Vec::new(), Vec::new(), State::Whole);
        let mut rows = Self { source, freelist, seen, way, names, last, row, spare, state };
        rows.descend(root, Descent::Bucket)?;
        Ok(rows)
    }

    /// What comes next; `None` at the end. After an error all further calls fail.
    #[expect(clippy::should_implement_trait, reason = "it lends what it returns")]
    pub fn next(&mut self) -> Result<Option<Item<'_>>, ReadError> {
        if self.state == State::Failed {
            return Err(ReadError::Failed);
        }
        let step = self.step().inspect_err(|_| self.state = State::Failed)?;
        Ok(match step {
            Step::Enter => self.names.last().map(|name| Item::Enter(name)),
            Step::Row(slot) => {
                let bytes = self.way.last().and_then(|frame| frame.page.row(slot)).unwrap_or(&self.row);
                let (key, value) = bytes.split_at(slot.element.key_bytes as usize);
                Some(Item::Row(key, value))
            }
            Step::Leave => Some(Item::Leave),
            Step::End => None,
        })
    }

    /// Leaves the bucket that the walk is in without reading the rest of it; its `Leave` does not come. Among the buckets,
    /// before the first and behind a `Leave`, it does nothing.
    pub fn skip_bucket(&mut self) {
        if self.state == State::Failed || self.names.is_empty() {
            return;
        }
        self.state = State::Partial;
        while let Some(frame) = self.way.pop() {
            let is_root = frame.is_root;
            self.spare.push(frame.page);
            if is_root {
                break;
            }
        }
        self.last = self.names.pop().unwrap_or_default();
    }

    /// Reads what is left, and then accounts for every page: it was met, or it is free, and never both. Pages that
    /// are neither are reported too, unless a bucket was skipped or the file has no list of free pages.
    pub fn finish(mut self) -> Result<(), ReadError> {
        while self.next()?.is_some() {}
        let Some(freelist) = self.freelist.take() else { return Ok(()) };
        freelist.each(&self.source, |page| {
            self.seen.add(page..page + 1).map_err(|page| {
                ReadError::damaged(page, "is in the list of free pages, and in use or in the list again")
            })
        })?;
        match self.seen.first_missing(self.source.pages) {
            Some(page) if self.state == State::Whole => Err(ReadError::damaged(page, "is neither in use nor free")),
            _ => Ok(()),
        }
    }

    fn step(&mut self) -> Result<Step, ReadError> {
        loop {
            let Some(frame) = self.way.last_mut() else { return Ok(Step::End) };
            if frame.next == frame.page.count() {
                if self.ascend() {
                    let Some(name) = self.names.pop() else { return Ok(Step::End) };
                    self.last = name;
                    return Ok(Step::Leave);
                }
                continue;
            }
            let slot = frame.page.slot(frame.next);
            frame.next += 1;
            self.follow(slot)?;
            match slot.element.content {
                Content::Page(child) => self.descend(child, Descent::Branch)?,
                Content::Bucket => {
                    self.enter(slot)?;
                    return Ok(Step::Enter);
                }
                Content::Value if self.names.is_empty() => {
                    return Err(self.damaged("a row among the buckets"));
                }
                Content::Value => return Ok(Step::Row(slot)),
            }
        }
    }

    /// Fetches a slot's row and checks that its key comes where it should.
    fn follow(&mut self, slot: Slot) -> Result<(), ReadError> {
        let Some(frame) = self.way.last() else { return Ok(()) };
        let bytes = match frame.page.row(slot) {
            Some(bytes) => bytes,
            None => {
                frame.page.read_row(slot, &self.source, &mut self.row)?;
                &self.row
            }
        };
        let key = &bytes[..slot.element.key_bytes as usize];
        // The first key of a page may be the one by which the page is named.
        let is_first = frame.next == 1;
        if key < self.last.as_slice() || (key == self.last && !is_first) {
            let (index, key, last) = (frame.next - 1, key.escape_ascii(), self.last.escape_ascii());
            return Err(frame.page.damaged(format!("key {index} ({key}) does not come behind {last}")));
        }
        self.last.clear();
        self.last.extend_from_slice(key);
        Ok(())
    }

    /// Goes into the bucket whose name was followed last.
    fn enter(&mut self, slot: Slot) -> Result<(), ReadError> {
        let Some(frame) = self.way.last() else { return Ok(()) };
        let bytes = frame.page.row(slot).unwrap_or(&self.row);
        let value = &bytes[slot.element.key_bytes as usize..];
        let Some((header, rest)) = value.split_first_chunk::<BUCKET_HEADER>() else {
            let found = value.len();
            return Err(frame.page.damaged(format!("a bucket's header has {BUCKET_HEADER} bytes, found {found}")));
        };
        let root = decode_bucket(header);
        if root != 0 {
            if !rest.is_empty() {
                let more = rest.len();
                return Err(frame
                    .page
                    .damaged(format!("{more} bytes behind the header of a bucket that is not inline")));
            }
            self.descend(root, Descent::Bucket)?;
        } else {
            // bbolt keeps a bucket inline up to a quarter of a page.
            if rest.len() as u64 > self.source.page_size {
                return Err(frame.page.damaged(format!("an inline bucket of {} bytes", rest.len())));
            }
            let mut page = self.spare.pop().unwrap_or_default();
            page.load_inline(frame.page.id, rest)?;
            if page.has_buckets() {
                return Err(page.damaged("a bucket within an inline bucket"));
            }
            self.go_to(page, Descent::Bucket)?;
        }
        self.names.push(std::mem::take(&mut self.last));
        Ok(())
    }

    fn descend(&mut self, id: u64, into: Descent) -> Result<(), ReadError> {
        if id >= self.source.pages {
            return Err(self.damaged(&format!("leads to page {id}, the file has {}", self.source.pages)));
        }
        let mut page = self.spare.pop().unwrap_or_default();
        page.load(id, &self.source)?;
        meet(&mut self.seen, page.extent.clone())?;
        if into == Descent::Branch && page.count() == 0 {
            return Err(page.damaged("a leaf without rows below a branch"));
        }
        self.go_to(page, into)
    }

    fn go_to(&mut self, page: Page, into: Descent) -> Result<(), ReadError> {
        if self.way.len() == DEPTH_MAX {
            return Err(page.damaged(format!("more than {DEPTH_MAX} pages deep")));
        }
        self.way.push(Frame { page, next: 0, is_root: into == Descent::Bucket });
        Ok(())
    }

    /// Goes back up by one page; was it the root of its tree?
    fn ascend(&mut self) -> bool {
        let Some(frame) = self.way.pop() else { return false };
        self.spare.push(frame.page);
        frame.is_root
    }

    fn damaged(&self, reason: &str) -> ReadError {
        ReadError::damaged(self.way.last().map_or(0, |frame| frame.page.id), reason)
    }
}

/// What a page is entered as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Descent {
    /// The root of a bucket's tree.
    Bucket,
    /// The child of a branch.
    Branch,
}

fn meet(seen: &mut PageSet, pages: std::ops::Range<u64>) -> Result<(), ReadError> {
    seen.add(pages).map_err(|page| ReadError::damaged(page, "is in use twice"))
}
