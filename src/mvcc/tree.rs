//! A B+ tree of every key that has history, which knows how many of them are alive below each node.
//!
//! ```text
//!                   bounds:          k           t
//!                 [ live, newest ] [ live, newest ] [ live, newest ]         a branch
//!                        |                |                |
//!                  key: history     key: history     key: history            leaves
//!                  key: history     ...
//! ```
//!
//! `live` counts the keys below that are alive after their latest change; `newest` is not below the main revision of any change
//! there. Where nothing changed after a revision, as many keys were alive at it as are now: that is how an old
//! revision is counted without visiting each key.
//!
//! What must hold: keys ascend; the keys of a child are not below the bound before it and below the bound behind it; all leaves are
//! equally deep; no node but the root is empty.

use super::key_index::KeyIndex;
use super::keys::{Keys, common, grow};
use std::ops::ControlFlow;

/// Most entries of a node: of 16, 32, 48 and 64 the fastest to search with a million keys, and no slower to insert into.
/// Narrow in tests, so that small trees are deep.
const WIDTH: usize = if cfg!(test) { 8 } else { 64 };
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
    Leaf(Leaf),
    Branch(Branch),
}

#[derive(Debug, Default)]
struct Leaf {
    keys: Keys,
    histories: Vec<KeyIndex>,
}

#[derive(Debug)]
struct Branch {
    /// One less than children.
    bounds: Keys,
    children: Vec<Child>,
}

#[derive(Debug)]
struct Child {
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
                Node::Branch(branch) => node = &branch.children[branch.child_of(key)].node,
                Node::Leaf(leaf) => return leaf.keys.search(key).ok().map(|at| &leaf.histories[at]),
            }
        }
    }

    /// Lets `write` change the history of a key, or gives the key the history that `write` returns when it has none.
    pub fn upsert(&mut self, key: &[u8], write: impl FnOnce(Option<&mut KeyIndex>) -> Option<KeyIndex>) {
        let written = self.root.upsert(key, write);
        self.summary.add(written.change);
        if let Some((bound, node)) = written.split {
            let mut bounds = Keys::default();
            bounds.insert(0, bound, WIDTH);
            let children = vec![Child::new(std::mem::take(&mut self.root)), Child::new(node)];
            self.root = Node::Branch(Branch { bounds, children });
        }
    }

    /// Prunes the histories of one leaf, from the key `from` on, to the compact revision `at`, and forgets the keys of
    /// which nothing is left. Returns where the next leaf begins, and the number of keys passed that have a revision at
    /// or below `at` left.
    pub fn prune_leaf(&mut self, from: &[u8], at: i64) -> (Option<Vec<u8>>, u64) {
        let mut next = None;
        let kept = self.root.prune_leaf(from, at, &mut next);
        while let Node::Branch(branch) = &mut self.root
            && branch.children.len() <= 1
        {
            self.root = branch.children.pop().map(|child| child.node).unwrap_or_default();
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
        Self::Leaf(Leaf::default())
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

/// What a write did to the summaries above it.
#[derive(Clone, Copy, Default)]
struct Change {
    live: i64,
    newest: i64,
}

#[derive(Default)]
struct Written {
    change: Change,
    /// The upper part of a node that was full, and the bound before it.
    split: Option<(Box<[u8]>, Node)>,
}

impl Child {
    fn new(node: Node) -> Self {
        Self { summary: node.summary(), node }
    }
}

impl Node {
    fn summary(&self) -> Summary {
        match self {
            Self::Leaf(leaf) => leaf.histories.iter().map(Summary::of).fold(Summary::default(), Summary::join),
            Self::Branch(branch) => {
                branch.children.iter().map(|child| child.summary).fold(Summary::default(), Summary::join)
            }
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Leaf(leaf) => leaf.histories.len(),
            Self::Branch(branch) => branch.children.len(),
        }
    }

    fn upsert(&mut self, key: &[u8], write: impl FnOnce(Option<&mut KeyIndex>) -> Option<KeyIndex>) -> Written {
        match self {
            Self::Leaf(leaf) => leaf.upsert(key, write),
            Self::Branch(branch) => {
                let at = branch.child_of(key);
                let written = branch.children[at].node.upsert(key, write);
                branch.children[at].summary.add(written.change);
                let Some((bound, node)) = written.split else { return written };
                branch.children[at].summary = branch.children[at].node.summary();
                let split = branch.insert(at, bound, Child::new(node));
                Written { change: written.change, split: split.map(|(bound, upper)| (bound, Self::Branch(upper))) }
            }
        }
    }

    fn prune_leaf(&mut self, from: &[u8], at: i64, next: &mut Option<Vec<u8>>) -> u64 {
        match self {
            Self::Leaf(leaf) => leaf.prune(from, at),
            Self::Branch(branch) => {
                let child = branch.child_of(from);
                if let Some(bound) = branch.bounds.get(child) {
                    *next = Some(bound.to_vec());
                }
                let kept = branch.children[child].node.prune_leaf(from, at, next);
                branch.children[child].summary = branch.children[child].node.summary();
                branch.tend(child);
                kept
            }
        }
    }

    /// `low` and `high` bound the keys that can be below this node.
    fn walk(&self, low: &[u8], high: Option<&[u8]>, interval: Interval<'_>, visit: &mut impl Visit) -> ControlFlow<()> {
        let ends_before = |key: &[u8]| interval.end.is_some_and(|end| end <= key);
        match self {
            Self::Leaf(leaf) => {
                let first = leaf.keys.search(interval.start).unwrap_or_else(|at| at);
                let keys = leaf.keys.iter_from(first).take_while(|key| !ends_before(key));
                keys.zip(&leaf.histories[first..]).try_for_each(|(key, history)| visit.key(key, history))
            }
            Self::Branch(Branch { bounds, children }) => {
                let first = bounds.search(interval.start).map_or_else(|at| at, |at| at + 1);
                let mut low = if first == 0 { low } else { bounds.get(first - 1).unwrap_or(low) };
                for (at, child) in children.iter().enumerate().skip(first) {
                    if at > first && ends_before(low) {
                        break;
                    }
                    let high = bounds.get(at).or(high);
                    let ends_behind = interval.end.is_none_or(|end| high.is_some_and(|high| high <= end));
                    if !(interval.start <= low && ends_behind && visit.subtree(child.summary)) {
                        child.node.walk(low, high, interval, visit)?;
                    }
                    low = high.unwrap_or(low);
                }
                ControlFlow::Continue(())
            }
        }
    }
}

impl Leaf {
    fn upsert(&mut self, key: &[u8], write: impl FnOnce(Option<&mut KeyIndex>) -> Option<KeyIndex>) -> Written {
        match self.keys.search(key) {
            Ok(at) => {
                let history = &mut self.histories[at];
                let before = history.is_live();
                write(Some(history));
                let live = i64::from(history.is_live()) - i64::from(before);
                Written { change: Change { live, newest: Summary::of(history).newest }, split: None }
            }
            Err(at) => {
                let Some(history) = write(None) else { return Written::default() };
                let Summary { live, newest } = Summary::of(&history);
                let split = self.insert(at, key, history);
                Written { change: Change { live: live as i64, newest }, split }
            }
        }
    }

    fn insert(&mut self, at: usize, key: &[u8], history: KeyIndex) -> Option<(Box<[u8]>, Node)> {
        if self.histories.len() < WIDTH {
            self.keys.insert(at, key.into(), WIDTH);
            grow(&mut self.histories, WIDTH);
            self.histories.insert(at, history);
            return None;
        }
        let cut = cut(at);
        let mut upper = Self { keys: self.keys.split_off(cut), histories: self.histories.split_off(cut) };
        let (into, at) = if at > cut { (&mut upper, at - cut) } else { (&mut *self, at) };
        into.insert(at, key, history);
        let bound = self.keys.iter_from(cut - 1).last().zip(upper.keys.get(0)).map(|(low, high)| between(low, high));
        Some((bound.unwrap_or_default(), Node::Leaf(upper)))
    }

    fn prune(&mut self, from: &[u8], at: i64) -> u64 {
        let (mut kept, mut position) = (0, self.keys.search(from).unwrap_or_else(|at| at));
        while let Some(history) = self.histories.get_mut(position) {
            history.prune(at);
            kept += u64::from(history.newest_at(at).is_some());
            if history.is_empty() {
                self.keys.remove(position);
                self.histories.remove(position);
            } else {
                position += 1;
            }
        }
        kept
    }
}

impl Branch {
    /// The child that a key belongs to.
    fn child_of(&self, key: &[u8]) -> usize {
        self.bounds.search(key).map_or_else(|at| at, |at| at + 1)
    }

    /// Inserts a child behind the one at `at`; when the branch is full, cuts it and returns the upper part.
    fn insert(&mut self, at: usize, bound: Box<[u8]>, child: Child) -> Option<(Box<[u8]>, Self)> {
        self.bounds.insert(at, bound, WIDTH);
        grow(&mut self.children, WIDTH + 1);
        self.children.insert(at + 1, child);
        if self.children.len() <= WIDTH {
            return None;
        }
        let cut = cut(at + 1);
        let upper = Self { bounds: self.bounds.split_off(cut), children: self.children.split_off(cut) };
        self.bounds.pop().map(|bound| (bound, upper))
    }

    /// Removes an empty child, or joins a narrow one with a neighbour.
    fn tend(&mut self, at: usize) {
        let len = |at: usize| self.children[at].node.len();
        if len(at) == 0 {
            self.children.remove(at);
            if self.bounds.len() > 0 {
                self.bounds.remove(at.saturating_sub(1));
            }
            return;
        }
        let left = at.saturating_sub(1);
        if len(at) >= NARROW || self.children.len() < 2 || len(left) + len(left + 1) > JOINED {
            return;
        }
        let (bound, right) = (self.bounds.remove(left), self.children.remove(left + 1));
        let target = &mut self.children[left];
        target.summary = target.summary.join(right.summary);
        match (&mut target.node, right.node) {
            (Node::Leaf(leaf), Node::Leaf(more)) => {
                leaf.keys.append(more.keys);
                leaf.histories.extend(more.histories);
            }
            (Node::Branch(branch), Node::Branch(more)) => {
                branch.bounds.insert(branch.bounds.len(), bound, WIDTH);
                branch.bounds.append(more.bounds);
                branch.children.extend(more.children);
            }
            _ => unreachable!("all leaves are equally deep"),
        }
    }
}

/// Where to cut a full node into which something is inserted at `at`. Keys often come in ascending order: a cut near the end then
/// leaves full nodes behind.
fn cut(at: usize) -> usize {
    if at == WIDTH { WIDTH - WIDTH / 8 } else { WIDTH / 2 }
}

/// The shortest bound above `low` and not above `high`.
fn between(low: &[u8], high: &[u8]) -> Box<[u8]> {
    high[..high.len().min(common(low, high) + 1)].into()
}

#[cfg(test)]
mod tests {
    use super::super::revision::Revision;
    use super::*;
    use std::collections::BTreeMap;

    /// Collects what it walks over, and how many visits that took.
    #[derive(Default)]
    struct Collect {
        keys: Vec<Vec<u8>>,
        live: u64,
        visits: usize,
        unchanged_since: i64,
    }

    impl Visit for Collect {
        fn subtree(&mut self, summary: Summary) -> bool {
            self.visits += 1;
            let known = summary.newest <= self.unchanged_since;
            self.live += if known { summary.live } else { 0 };
            known
        }
        fn key(&mut self, key: &[u8], history: &KeyIndex) -> ControlFlow<()> {
            self.visits += 1;
            self.keys.push(key.to_vec());
            self.live += u64::from(history.at(self.unchanged_since).is_some());
            ControlFlow::Continue(())
        }
    }

    /// Checks what the module says must hold; returns the depth.
    fn check(node: &Node, low: &[u8], high: Option<&[u8]>, summary: Summary) -> usize {
        let found = node.summary();
        assert!(found.live == summary.live && found.newest <= summary.newest, "{found:?} {summary:?}");
        match node {
            Node::Leaf(leaf) => {
                assert!(leaf.keys.len() == leaf.histories.len() && leaf.keys.len() <= WIDTH);
                let keys: Vec<_> = leaf.keys.iter_from(0).collect();
                assert!(keys.is_sorted_by(|a, b| a < b));
                assert!(keys.iter().all(|key| low <= *key && high.is_none_or(|high| *key < high)));
                assert!(leaf.histories.iter().all(|history| !history.is_empty()));
                1
            }
            Node::Branch(branch) => {
                assert!(
                    (1..=WIDTH).contains(&branch.children.len()) && branch.bounds.len() + 1 == branch.children.len()
                );
                let depths = branch.children.iter().enumerate().map(|(at, child)| {
                    assert!(child.node.len() > 0);
                    let low = if at == 0 { low } else { branch.bounds.get(at - 1).unwrap() };
                    check(&child.node, low, branch.bounds.get(at).or(high), child.summary)
                });
                let depths: Vec<usize> = depths.collect();
                assert!(depths.iter().all(|depth| *depth == depths[0]));
                depths[0] + 1
            }
        }
    }

    #[test]
    fn lives_like_a_btree_map() {
        let seed = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(|| fastrand::u64(..));
        eprintln!("SEED={seed}");
        let mut random = fastrand::Rng::with_seed(seed);
        for _ in 0..40 {
            let (mut tree, mut model) = (Tree::default(), BTreeMap::<Vec<u8>, KeyIndex>::new());
            let keys = random.choice([5, 100, 3000]).unwrap();
            let key = |random: &mut fastrand::Rng| format!("{:x}", random.u64(..keys) * 7919 % keys).into_bytes();
            let mut depth = 0;
            for main in 2..1500 {
                let (key, revision) = (key(&mut random), Revision::first_of(main));
                let delete = random.u32(..3) == 0;
                let write = |history: Option<&mut KeyIndex>| match history {
                    Some(history) if delete => {
                        let _ = history.tombstone(revision);
                        None
                    }
                    Some(history) => {
                        history.put(revision);
                        None
                    }
                    None => (!delete).then(|| KeyIndex::new(revision)),
                };
                tree.upsert(&key, write);
                if let Some(new) = write(model.get_mut(&key)) {
                    model.insert(key.clone(), new);
                }
                assert_eq!(tree.get(&key), model.get(&key));
                if random.u32(..200) == 0 {
                    let at = random.i64(1..=main);
                    prune(&mut tree, &mut model, at);
                }
                if main % 50 == 0 {
                    depth = depth.max(check(&tree.root, &[], None, tree.summary));
                    walk(&tree, &model, &key, main - 20);
                }
            }
            assert!(keys < 3000 || depth >= 4, "{depth}");
            shrink(&mut tree, &mut model, &mut random, 1500);
        }
    }

    /// Most keys go, a few at a time, so that nodes of all depths join.
    fn shrink(tree: &mut Tree, model: &mut BTreeMap<Vec<u8>, KeyIndex>, random: &mut fastrand::Rng, mut main: i64) {
        while model.len() > 3 {
            for key in model.keys().cloned().collect::<Vec<_>>() {
                if random.u32(..3) == 0 {
                    main += 1;
                    let die = |history: Option<&mut KeyIndex>| {
                        let _ = history.is_some_and(|history| history.tombstone(Revision::first_of(main)));
                        None
                    };
                    tree.upsert(&key, die);
                    die(model.get_mut(&key));
                }
            }
            prune(tree, model, main + 1);
            assert_eq!(tree.summary.live, model.len() as u64);
            check(&tree.root, &[], None, tree.summary);
            assert!(model.iter().all(|(key, history)| tree.get(key) == Some(history)));
        }
    }

    fn prune(tree: &mut Tree, model: &mut BTreeMap<Vec<u8>, KeyIndex>, at: i64) {
        model.values_mut().for_each(|history| history.prune(at));
        model.retain(|_, history| !history.is_empty());
        let expected = model.values().filter(|history| history.newest_at(at).is_some()).count() as u64;
        let (mut from, mut all) = (Vec::new(), 0);
        loop {
            let (next, kept) = tree.prune_leaf(&from, at);
            all += kept;
            match next {
                Some(next) => from = next,
                None => break,
            }
        }
        assert_eq!(all, expected);
    }

    fn walk(tree: &Tree, model: &BTreeMap<Vec<u8>, KeyIndex>, start: &[u8], at: i64) {
        for end in [None, Some(&b"8"[..]), Some(&b"zz"[..]), Some(start)] {
            let interval = Interval { start, end };
            let inside = || model.iter().filter(|(key, _)| &key[..] >= start && end.is_none_or(|end| &key[..] < end));
            let mut all = Collect { unchanged_since: -1, ..Collect::default() };
            tree.walk(interval, &mut all);
            assert_eq!(all.keys, inside().map(|(key, _)| key.clone()).collect::<Vec<_>>());
            let mut counted = Collect { unchanged_since: at, ..Collect::default() };
            tree.walk(interval, &mut counted);
            assert_eq!(counted.live, inside().filter(|(_, history)| history.at(at).is_some()).count() as u64);
            let mut current = Collect { unchanged_since: i64::MAX, ..Collect::default() };
            tree.walk(interval, &mut current);
            assert!(current.visits <= 2 * 6 * WIDTH, "counting visits two paths, not all keys");
        }
    }
}
