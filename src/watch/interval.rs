//! Which of many intervals hold a key.
//!
//! A balanced search tree (AVL) over `(start, end)`, where each node also knows the farthest end below itself:
//!
//! ```text
//!                 [d,m) reach z
//!                /             \
//!      [a,c) reach f          [k,z) reach z
//!            \
//!          [b,f) reach f
//! ```
//!
//! A look-up skips every subtree that reaches no further than the key, and everything right of a node that starts
//! behind it: O(log n) for a key in no interval, at most O(log n) more for each hit. Balance does not depend on
//! chance, so no client can choose ranges that make it slow.
//!
//! Each `(start, end)` is here once. Who watches it is the business of [`super::range_map`].

use std::{cmp::Ordering, fmt, sync::Arc};

/// A range of keys with a start and, maybe, an end. Clones share the bounds, which are one piece of memory: there can be
/// a million of these.
#[derive(Clone)]
pub(super) struct Interval {
    /// The start, and the end behind it.
    bounds: Arc<[u8]>,
    start_length: u32,
    has_end: bool,
}

/// Where an interval ends. Declared in this order, so that every key is below `Never`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum End<'a> {
    /// The first key outside.
    Key(&'a [u8]),
    /// Every key from the start on is inside.
    Never,
}

impl Interval {
    /// Bytes of start and end together.
    pub fn bytes(&self) -> usize {
        self.bounds.len()
    }

    pub fn new(start: &[u8], end: End<'_>) -> Self {
        let (end, has_end) = match end {
            End::Key(key) => (key, true),
            End::Never => (&[][..], false),
        };
        // A request is smaller by far, or it could not have been read.
        let start_length = u32::try_from(start.len()).expect("keys below 4 GiB");
        Self { bounds: [start, end].concat().into(), start_length, has_end }
    }

    pub fn start(&self) -> &[u8] {
        &self.bounds[..self.start_length as usize]
    }

    pub fn end(&self) -> End<'_> {
        if self.has_end { End::Key(&self.bounds[self.start_length as usize..]) } else { End::Never }
    }

    pub fn contains(&self, key: &[u8]) -> bool {
        self.start() <= key && End::Key(key) < self.end()
    }
}

impl fmt::Debug for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{:?}, {:?})", self.start(), self.end())
    }
}

/// Intervals, each with a value.
#[derive(Debug)]
pub(super) struct IntervalTree<V> {
    root: Link<V>,
}

type Link<V> = Option<Box<Node<V>>>;

#[derive(Debug)]
struct Node<V> {
    interval: Interval,
    /// Of this node and all below it, the one that ends last.
    reach: Interval,
    /// 1 for a leaf.
    height: u8,
    value: V,
    left: Link<V>,
    right: Link<V>,
}

impl<V: Copy> IntervalTree<V> {
    pub fn new() -> Self {
        Self { root: None }
    }

    /// The value of exactly this interval.
    pub fn get(&self, start: &[u8], end: End<'_>) -> Option<V> {
        let mut link = &self.root;
        while let Some(node) = link {
            link = match node.order(start, end) {
                Ordering::Less => &node.left,
                Ordering::Greater => &node.right,
                Ordering::Equal => return Some(node.value),
            };
        }
        None
    }

    /// Adds an interval that is not here yet.
    pub fn insert(&mut self, interval: Interval, value: V) {
        let node = Node { reach: interval.clone(), interval, height: 1, value, left: None, right: None };
        self.root = Some(insert(self.root.take(), Box::new(node)));
    }

    /// Takes an interval out; no matter if it is not here.
    pub fn remove(&mut self, interval: &Interval) {
        self.root = remove(self.root.take(), interval.start(), interval.end());
    }

    /// Calls `hit` for the value of each interval that holds the key, in the order of `(start, end)`.
    pub fn stab(&self, key: &[u8], hit: &mut impl FnMut(V)) {
        stab(&self.root, key, hit);
    }
}

impl<V> Node<V> {
    fn order(&self, start: &[u8], end: End<'_>) -> Ordering {
        start.cmp(self.interval.start()).then_with(|| end.cmp(&self.interval.end()))
    }

    /// Brings height and reach up to date with the children.
    fn refresh(&mut self) {
        self.height = 1 + height(&self.left).max(height(&self.right));
        let reaches = [&self.left, &self.right].into_iter().flatten().map(|child| &child.reach);
        self.reach = reaches.fold(&self.interval, |far, new| if new.end() > far.end() { new } else { far }).clone();
    }
}

fn height<V>(link: &Link<V>) -> u8 {
    link.as_ref().map_or(0, |node| node.height)
}

fn insert<V>(link: Link<V>, new: Box<Node<V>>) -> Box<Node<V>> {
    let Some(mut node) = link else { return new };
    match node.order(new.interval.start(), new.interval.end()) {
        Ordering::Less => node.left = Some(insert(node.left.take(), new)),
        Ordering::Greater => node.right = Some(insert(node.right.take(), new)),
        Ordering::Equal => debug_assert!(false, "an interval is inserted once"),
    }
    balance(node)
}

fn remove<V>(link: Link<V>, start: &[u8], end: End<'_>) -> Link<V> {
    let mut node = link?;
    match node.order(start, end) {
        Ordering::Less => node.left = remove(node.left.take(), start, end),
        Ordering::Greater => node.right = remove(node.right.take(), start, end),
        Ordering::Equal => {
            let Some(right) = node.right.take() else { return node.left };
            let (right, mut first) = take_first(right);
            first.left = node.left.take();
            first.right = right;
            return Some(balance(first));
        }
    }
    Some(balance(node))
}

/// Splits off the leftmost node.
fn take_first<V>(mut node: Box<Node<V>>) -> (Link<V>, Box<Node<V>>) {
    match node.left.take() {
        None => (node.right.take(), node),
        Some(left) => {
            let (rest, first) = take_first(left);
            node.left = rest;
            (Some(balance(node)), first)
        }
    }
}

/// Makes the children's heights differ by at most one, given that they differ by at most two.
fn balance<V>(mut node: Box<Node<V>>) -> Box<Node<V>> {
    let lean = i16::from(height(&node.left)) - i16::from(height(&node.right));
    if lean > 1
        && let Some(left) = node.left.take()
    {
        let leans_right = height(&left.right) > height(&left.left);
        node.left = Some(if leans_right { rotate_left(left) } else { left });
        return rotate_right(node);
    }
    if lean < -1
        && let Some(right) = node.right.take()
    {
        let leans_left = height(&right.left) > height(&right.right);
        node.right = Some(if leans_left { rotate_right(right) } else { right });
        return rotate_left(node);
    }
    node.refresh();
    node
}

/// The right child moves up.
fn rotate_left<V>(mut node: Box<Node<V>>) -> Box<Node<V>> {
    let Some(mut top) = node.right.take() else { return node };
    node.right = top.left.take();
    node.refresh();
    top.left = Some(node);
    top.refresh();
    top
}

/// The left child moves up.
fn rotate_right<V>(mut node: Box<Node<V>>) -> Box<Node<V>> {
    let Some(mut top) = node.left.take() else { return node };
    node.left = top.right.take();
    node.refresh();
    top.right = Some(node);
    top.refresh();
    top
}

fn stab<V: Copy>(link: &Link<V>, key: &[u8], hit: &mut impl FnMut(V)) {
    let Some(node) = link else { return };
    if node.reach.end() <= End::Key(key) {
        return;
    }
    stab(&node.left, key, hit);
    if node.interval.start() <= key {
        if node.interval.contains(key) {
            hit(node.value);
        }
        stab(&node.right, key, hit);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    /// 0 is no end.
    fn interval(start: u8, end: u8) -> Interval {
        let end = [end];
        Interval::new(&[start], if end == [0] { End::Never } else { End::Key(&end) })
    }

    /// Checks the balance and the reaches; returns the height.
    fn check(link: &Link<usize>) -> u8 {
        let Some(node) = link else { return 0 };
        let (left, right) = (check(&node.left), check(&node.right));
        assert!(left.abs_diff(right) <= 1 && node.height == 1 + left.max(right));
        let children = [&node.left, &node.right].into_iter().flatten().map(|child| child.reach.end());
        assert_eq!(node.reach.end(), children.chain([node.interval.end()]).max().unwrap());
        node.height
    }

    proptest! {
        #[test]
        fn finds_what_a_full_walk_finds(steps in proptest::collection::vec((any::<bool>(), 1u8..12, 1u8..14), 0..200)) {
            let (mut tree, mut model) = (IntervalTree::new(), BTreeMap::new());
            for (number, (add, start, length)) in steps.into_iter().enumerate() {
                let end = if length == 13 { 0 } else { start + length };
                let interval = interval(start, end);
                let known = model.contains_key(&(start, end.wrapping_sub(1)));
                prop_assert_eq!(tree.get(interval.start(), interval.end()).is_some(), known);
                if add && !known {
                    tree.insert(interval, number);
                    model.insert((start, end.wrapping_sub(1)), number);
                } else if !add {
                    tree.remove(&interval);
                    model.remove(&(start, end.wrapping_sub(1)));
                }
                check(&tree.root);
            }
            for key in 0u8..30 {
                let mut hits = Vec::new();
                tree.stab(&[key], &mut |value| hits.push(value));
                // In the model the end is the last key inside, and 255 without an end.
                let inside = |(start, last): &(u8, u8)| (*start..=*last).contains(&key);
                let expected: Vec<_> = model.iter().filter(|(bounds, _)| inside(bounds)).map(|(_, v)| *v).collect();
                prop_assert_eq!(hits, expected);
            }
        }
    }

    #[test]
    fn a_miss_among_many_visits_few() {
        let mut tree = IntervalTree::new();
        for number in 0..10_000u32 {
            let (start, end) = ((2 * number).to_be_bytes(), (2 * number + 1).to_be_bytes());
            tree.insert(Interval::new(&start, End::Key(&end)), number);
        }
        assert!(height(&tree.root) <= 19, "1.44 log2 n");
    }
}
