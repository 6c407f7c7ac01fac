//! From a key to the cohorts that want to know of it.
//!
//! ```text
//!   key --+--> points: ordered map, key -> range ----+--> ranges: bounds, holders, synced cohorts
//!         +--> spans: interval tree, key -> ranges --+
//! ```
//!
//! Equal ranges are one: ten thousand watchers of one prefix are one interval, and a key that changes finds it in one
//! look-up. A range stays as long as a cohort holds it; only its *synced* cohorts are listed, so that those who are
//! behind, however many, cost a publication nothing.
//!
//! Ordered maps rather than hash maps: no pause while a million entries are hashed anew, and no order by chance.

use super::{
    cohort::{Bounds, RangeId, Watched},
    interval::{End, Interval, IntervalTree},
    slab::Slab,
};
use crate::key::KeyRange;
use std::{collections::BTreeMap, sync::Arc};

/// All watched ranges.
#[derive(Debug)]
pub(super) struct RangeMap {
    points: BTreeMap<Arc<[u8]>, RangeId>,
    spans: IntervalTree<RangeId>,
    ranges: Slab<Watched>,
}

impl RangeMap {
    pub fn new() -> Self {
        Self { points: BTreeMap::new(), spans: IntervalTree::new(), ranges: Slab::new() }
    }

    /// Takes hold of a range, which is entered if nobody watched it before. The bounds are copied out of the
    /// request. No key is empty, so an empty start means the lowest key there can be (etcd does the same).
    pub fn hold(&mut self, range: &KeyRange) -> RangeId {
        let start = if range.start().is_empty() { b"\0" } else { range.start() };
        let end = match range {
            KeyRange::Point(_) => None,
            KeyRange::Span { end, .. } => Some(End::Key(end)),
            KeyRange::From(_) => Some(End::Never),
        };
        let known = match end {
            None => self.points.get(start).copied(),
            Some(end) => self.spans.get(start, end),
        };
        let id = known.unwrap_or_else(|| match end {
            None => self.enter_point(Arc::from(start)),
            Some(end) => self.enter_span(Interval::new(start, end)),
        });
        self.ranges[id].holders += 1;
        id
    }

    fn enter_point(&mut self, key: Arc<[u8]>) -> RangeId {
        let id = self.ranges.insert(Watched::new(Bounds::Point(key.clone())));
        self.points.insert(key, id);
        id
    }

    fn enter_span(&mut self, interval: Interval) -> RangeId {
        let id = self.ranges.insert(Watched::new(Bounds::Span(interval.clone())));
        self.spans.insert(interval, id);
        id
    }

    /// Lets go of a range, which is forgotten when nobody watches it any more.
    pub fn release(&mut self, id: RangeId) {
        self.ranges[id].holders -= 1;
        if self.ranges[id].holders > 0 {
            return;
        }
        match self.ranges.remove(id).bounds {
            Bounds::Point(key) => {
                self.points.remove(&key);
            }
            Bounds::Span(interval) => self.spans.remove(&interval),
        }
    }

    /// Calls `hit` for each range that holds the key, each once.
    pub fn stab(&self, key: &[u8], hit: &mut impl FnMut(RangeId)) {
        if let Some(id) = self.points.get(key) {
            hit(*id);
        }
        self.spans.stab(key, hit);
    }
}

impl std::ops::Index<RangeId> for RangeMap {
    type Output = Watched;
    fn index(&self, id: RangeId) -> &Watched {
        &self.ranges[id]
    }
}

impl std::ops::IndexMut<RangeId> for RangeMap {
    fn index_mut(&mut self, id: RangeId) -> &mut Watched {
        &mut self.ranges[id]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    fn range(key: &'static str, end: &'static str) -> KeyRange {
        KeyRange::read(&Bytes::from_static(key.as_bytes()), &Bytes::from_static(end.as_bytes()))
    }

    fn hits(map: &RangeMap, key: &str) -> Vec<RangeId> {
        let mut hits = Vec::new();
        map.stab(key.as_bytes(), &mut |id| hits.push(id));
        hits
    }

    #[test]
    fn equal_ranges_are_one_until_the_last_holder_lets_go() {
        let mut map = RangeMap::new();
        let (point, span, from) = (map.hold(&range("b", "")), map.hold(&range("a", "c")), map.hold(&range("b", "\0")));
        assert_eq!((map.hold(&range("b", "")), map.hold(&range("a", "c"))), (point, span));
        assert_eq!(hits(&map, "b"), [point, span, from]);
        assert_eq!(hits(&map, "c"), [from]);
        map.release(point);
        map.release(span);
        assert_eq!(hits(&map, "b"), [point, span, from]);
        map.release(point);
        map.release(span);
        assert_eq!(hits(&map, "b"), [from]);
        map.release(from);
        assert_eq!(hits(&map, "b"), []);
    }

    #[test]
    fn an_empty_start_is_the_lowest_key() {
        let mut map = RangeMap::new();
        let (point, from) = (map.hold(&range("", "")), map.hold(&range("", "\0")));
        assert_eq!(hits(&map, "\0"), [point, from]);
        assert_eq!(hits(&map, "x"), [from]);
    }
}
