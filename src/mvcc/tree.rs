//! A B+ tree of every key that has history, which knows how many of them are alive below each node.
//!
//! ```text
//!                 [ low | live | newest | node ] [ low | live | newest | node ] ...      a branch
//!                                  |
//!                  [ key, history ] [ key, history ] ...                                 a leaf
//! ```
//!
//! `live` counts the keys below that are alive after their latest change; `newest` is not below the main revision of any change
//! there. Where nothing changed after a revision, as many keys were alive at it as are now: that is how an old
//! revision is counted without visiting each key.
//!
//! What must hold: keys ascend; `low` is above every key to the left and not above any key below, except that the first
//! `low` of a branch means nothing (keys below it go there too); all leaves are equally deep; no node but the root is empty.

use super::key_index::KeyIndex;
use std::ops::ControlFlow;

/// Most entries of a node. Wider ones are shallower and cost more to insert into; measured from 32 to 128, this is flat.
const WIDTH: usize = 64;
/// A node that shrinks below this tries to join a neighbour.
const NARROW: usize = WIDTH / 4;
/// Two neighbours join when they fit into this, which leaves room to grow.
const JOINED: usize = WIDTH * 3 / 4;

/// All keys in order.
#[derive(Debug, Default)]
pub struct Tree {
    root: Node,
    summary: Summary,
}

#[derive(Debug)]
enum Node {
    Leaf(Vec<Record>),
    Branch(Vec<Child>),
}

#[derive(Debug)]
struct Record {
    key: Box<[u8]>,
    history: KeyIndex,
}

#[derive(Debug)]
struct Child {
    low: Box<[u8]>,
    summary: Summary,
    node: Node,
}

/// What is known of all keys below a node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Keys that are alive after their latest change.
    pub live: u64,
    /// Highest main revision of a change; may be higher than any that is left after pruning.
    pub newest: i64,
}

/// `[start, end)`, open above without an end.
#[derive(Clone, Copy, Debug)]
pub struct Interval<'a> {
    /// First key inside.
    pub start: &'a [u8],
    /// First key outside.
    pub end: Option<&'a [u8]>,
}

/// What a walk in key order does with what it meets.
pub trait Visit {
    /// All keys of a subtree that lies wholly inside are next. True when they are dealt with, so that the walk passes over them.
    fn subtree(&mut self, summary: Summary) -> bool;
    /// This key is next.
    fn key(&mut self, key: &[u8], history: &KeyIndex) -> ControlFlow<()>;
}

impl Tree {
    /// The history of a key.
    pub fn get(&self, key: &[u8]) -> Option<&KeyIndex> {
        let mut node = &self.root;
        loop {
            match node {
                Node::Branch(children) => node = &children[child_of(children, key)].node,
                Node::Leaf(records) => return find(records, key).ok().map(|at| &records[at].history),
            }
        }
    }

    /// Lets `write` change the history of a key, or gives the key the history that `write` returns when it has none.
    pub fn upsert(&mut self, key: &[u8], write: impl FnOnce(Option<&mut KeyIndex>) -> Option<KeyIndex>) {
        let written = self.root.upsert(key, write);
        self.summary.add(written.change);
        if let Some((low, node)) = written.split {
            let left = std::mem::take(&mut self.root);
            self.root = Node::Branch(vec![Child::new(Box::default(), left), Child::new(low, node)]);
        }
    }

    /// Prunes the histories of one leaf, from the key `from` on, to the compact revision `at`, and forgets the keys of
    /// which nothing is left. Returns where the next leaf begins, and the number of keys that have a revision at or
    /// below `at` left.
    pub fn prune_leaf(&mut self, from: &[u8], at: i64) -> (Option<Vec<u8>>, u64) {
        let mut next = None;
        let kept = self.root.prune_leaf(from, at, &mut next);
        while let Node::Branch(children) = &mut self.root
            && children.len() <= 1
        {
            self.root = children.pop().map(|child| child.node).unwrap_or_default();
        }
        self.summary = self.root.summary();
        (next, kept)
    }

    /// Walks the keys of an interval in order.
    pub fn walk(&self, interval: Interval<'_>, visit: &mut impl Visit) {
        let everything = interval.start.is_empty() && interval.end.is_none();
        if !(everything && visit.subtree(self.summary)) {
            let _ = self.root.walk(&[], None, interval, visit);
        }
    }

    /// What is known of all keys.
    pub fn summary(&self) -> Summary {
        self.summary
    }
}

impl Default for Node {
    fn default() -> Self {
        Self::Leaf(Vec::new())
    }
}

impl Summary {
    fn add(&mut self, change: Change) {
        self.live = self.live.wrapping_add_signed(change.live);
        self.newest = self.newest.max(change.newest);
    }

    fn join(self, other: Self) -> Self {
        Self { live: self.live + other.live, newest: self.newest.max(other.newest) }
    }

    fn of(history: &KeyIndex) -> Self {
        Self { live: u64::from(history.is_live()), newest: history.newest().map_or(0, |revision| revision.main) }
    }
}

impl Child {
    fn new(low: Box<[u8]>, node: Node) -> Self {
        Self { low, summary: node.summary(), node }
    }
}

/// What a write did to the summaries above it.
#[derive(Clone, Copy, Default)]
struct Change {
    live: i64,
    newest: i64,
}

#[derive(Default)]
struct Written {
    change: Change,
    /// The upper half of a node that was full, and its lower bound.
    split: Option<(Box<[u8]>, Node)>,
}

impl Node {
    fn summary(&self) -> Summary {
        match self {
            Self::Leaf(records) => {
                records.iter().map(|record| Summary::of(&record.history)).fold(Summary::default(), Summary::join)
            }
            Self::Branch(children) => {
                children.iter().map(|child| child.summary).fold(Summary::default(), Summary::join)
            }
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Leaf(records) => records.len(),
            Self::Branch(children) => children.len(),
        }
    }

    fn upsert(&mut self, key: &[u8], write: impl FnOnce(Option<&mut KeyIndex>) -> Option<KeyIndex>) -> Written {
        match self {
            Self::Leaf(records) => upsert_record(records, key, write),
            Self::Branch(children) => {
                let at = child_of(children, key);
                let written = children[at].node.upsert(key, write);
                children[at].summary.add(written.change);
                let Some((low, node)) = written.split else { return written };
                children[at].summary = children[at].node.summary();
                let split = insert(children, at + 1, Child::new(low, node));
                let split = split.map(|upper| (upper[0].low.clone(), Self::Branch(upper)));
                Written { change: written.change, split }
            }
        }
    }

    fn prune_leaf(&mut self, from: &[u8], at: i64, next: &mut Option<Vec<u8>>) -> u64 {
        match self {
            Self::Leaf(records) => {
                let mut kept = 0;
                records.retain_mut(|record| {
                    if *record.key >= *from {
                        record.history.prune(at);
                        kept += u64::from(record.history.newest_at(at).is_some());
                    }
                    !record.history.is_empty()
                });
                kept
            }
            Self::Branch(children) => {
                let child = child_of(children, from);
                if let Some(right) = children.get(child + 1) {
                    *next = Some(right.low.to_vec());
                }
                let kept = children[child].node.prune_leaf(from, at, next);
                children[child].summary = children[child].node.summary();
                tend(children, child);
                kept
            }
        }
    }

    /// `low` and `high` bound the keys that can be below this node.
    fn walk(&self, low: &[u8], high: Option<&[u8]>, interval: Interval<'_>, visit: &mut impl Visit) -> ControlFlow<()> {
        let ends_before = |key: &[u8]| interval.end.is_some_and(|end| end <= key);
        match self {
            Self::Leaf(records) => {
                let first = records.partition_point(|record| *record.key < *interval.start);
                for record in records[first..].iter().take_while(|record| !ends_before(&record.key)) {
                    visit.key(&record.key, &record.history)?;
                }
            }
            Self::Branch(children) => {
                let first = child_of(children, interval.start);
                for (at, child) in children.iter().enumerate().skip(first) {
                    let low = if at == 0 { low } else { &child.low };
                    if at > first && ends_before(low) {
                        break;
                    }
                    let high = children.get(at + 1).map(|right| &*right.low).or(high);
                    let ends_behind = interval.end.is_none_or(|end| high.is_some_and(|high| high <= end));
                    if !(interval.start <= low && ends_behind && visit.subtree(child.summary)) {
                        child.node.walk(low, high, interval, visit)?;
                    }
                }
            }
        }
        ControlFlow::Continue(())
    }
}

fn upsert_record(
    records: &mut Vec<Record>,
    key: &[u8],
    write: impl FnOnce(Option<&mut KeyIndex>) -> Option<KeyIndex>,
) -> Written {
    match find(records, key) {
        Ok(at) => {
            let history = &mut records[at].history;
            let before = history.is_live();
            write(Some(history));
            let live = i64::from(history.is_live()) - i64::from(before);
            Written { change: Change { live, newest: Summary::of(history).newest }, split: None }
        }
        Err(at) => {
            let Some(history) = write(None) else { return Written::default() };
            let Summary { live, newest } = Summary::of(&history);
            let upper = insert(records, at, Record { key: key.into(), history });
            let split = upper.map(|upper| {
                let last = records.last().map_or(&[][..], |record| &record.key);
                (separator(last, &upper[0].key), Node::Leaf(upper))
            });
            Written { change: Change { live: live as i64, newest }, split }
        }
    }
}

/// Inserts into a node; when it is full, cuts it first and returns the upper part.
fn insert<T>(entries: &mut Vec<T>, at: usize, entry: T) -> Option<Vec<T>> {
    if entries.len() < WIDTH {
        grow(entries);
        entries.insert(at, entry);
        return None;
    }
    // Keys often come in ascending order: a cut near the end then leaves full nodes behind.
    let cut = if at == WIDTH { WIDTH - WIDTH / 8 } else { WIDTH / 2 };
    let mut upper = entries.split_off(cut);
    let (into, at) = if at > cut { (&mut upper, at - cut) } else { (entries, at) };
    grow(into);
    into.insert(at, entry);
    Some(upper)
}

/// Makes room for one more by doubling, but not beyond what a node can hold.
fn grow<T>(entries: &mut Vec<T>) {
    if entries.len() == entries.capacity() {
        entries.reserve_exact(entries.len().clamp(4, WIDTH - entries.len()));
    }
}

/// Removes an empty child, or joins a narrow one with a neighbour.
fn tend(children: &mut Vec<Child>, at: usize) {
    if children[at].node.len() == 0 {
        children.remove(at);
        return;
    }
    if children[at].node.len() >= NARROW || children.len() < 2 {
        return;
    }
    let left = at.saturating_sub(1);
    if children[left].node.len() + children[left + 1].node.len() > JOINED {
        return;
    }
    let right = children.remove(left + 1);
    let target = &mut children[left];
    match (&mut target.node, right.node) {
        (Node::Leaf(records), Node::Leaf(more)) => records.extend(more),
        (Node::Branch(nodes), Node::Branch(mut more)) => {
            // The first bound of a branch means nothing while it is the first; now it does.
            more[0].low = right.low;
            nodes.extend(more);
        }
        _ => unreachable!("all leaves are equally deep"),
    }
    target.summary = target.summary.join(right.summary);
}

fn find(records: &[Record], key: &[u8]) -> Result<usize, usize> {
    records.binary_search_by(|record| (*record.key).cmp(key))
}

/// The child that a key belongs to.
fn child_of(children: &[Child], key: &[u8]) -> usize {
    children[1..].partition_point(|child| *child.low <= *key)
}

/// The shortest bound above `left` and not above `right`.
fn separator(left: &[u8], right: &[u8]) -> Box<[u8]> {
    let same = left.iter().zip(right).take_while(|(left, right)| left == right).count();
    right[..right.len().min(same + 1)].into()
}
