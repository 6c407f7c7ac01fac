//! Who watches what, in as few bytes as it can be said.
//!
//! A [`Cohort`] is the watchers of one stream that want the same and have got equally far: they get one item and
//! move as one. A hundred watchers of one prefix on a stream are one cohort, and so is a lone watcher.
//! A [`Watched`] is a range with the synced cohorts of all streams that watch it.
//!
//! ```text
//!   stream --- watch id ---> cohort --- range ---> watched
//!                              ^                      |
//!                              +------- synced -------+
//! ```

use super::{interval::Interval, item::WatchIds, slab::Id};
use crate::id::{StreamId, WatchId};
use std::{collections::BTreeSet, sync::Arc};

/// Names one cohort.
pub(super) type CohortId = Id<Cohort>;
/// Names one range among those that are watched.
pub(super) type RangeId = Id<Watched>;

/// What watchers want beside the range.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Options(u8);

impl Options {
    pub const NO_PUT: u8 = 1;
    pub const NO_DELETE: u8 = 2;
    pub const PREV_KV: u8 = 4;
    pub const FRAGMENT: u8 = 8;

    pub fn of_bits(bits: u8) -> Self {
        Self(bits)
    }

    pub fn has(self, bit: u8) -> bool {
        self.0 & bit != 0
    }

    /// Which events pass: 0 all, 1 no puts, 2 no deletes, 3 none.
    pub fn filter(self) -> usize {
        usize::from(self.0 & (Self::NO_PUT | Self::NO_DELETE))
    }
}

/// Watchers of one stream with the same range and options, at the same point of history.
#[derive(Debug)]
pub(super) struct Cohort {
    pub stream: StreamId,
    pub range: RangeId,
    pub options: Options,
    pub state: State,
    pub members: Members,
    /// Items with events sent so far, wrapping: whether it moved since the last tick decides about progress.
    pub sends: u32,
}

/// How far a cohort has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Has everything that was published, and gets what comes.
    Synced,
    /// Has nothing from this revision on, which is published already: it must be read again.
    Behind {
        /// First revision to deliver.
        from: i64,
    },
    /// Wants nothing before this revision, which is not published yet.
    Waiting {
        /// First revision to deliver.
        from: i64,
    },
}

/// The watchers of a cohort; never empty but just before it goes.
#[derive(Debug)]
pub(super) enum Members {
    /// The usual case takes no room of its own.
    One(WatchId),
    /// Any number.
    Many(Box<Crowd>),
}

/// More watchers than one.
#[derive(Debug)]
pub(super) struct Crowd {
    ids: BTreeSet<WatchId>,
    /// The same as items carry them; made for the first item after a change.
    shared: Option<Arc<[WatchId]>>,
}

impl Members {
    pub fn len(&self) -> usize {
        match self {
            Self::One(_) => 1,
            Self::Many(crowd) => crowd.ids.len(),
        }
    }

    pub fn add(&mut self, id: WatchId) {
        match self {
            Self::One(old) => {
                *self = Self::Many(Box::new(Crowd { ids: BTreeSet::from([*old, id]), shared: None }));
            }
            Self::Many(crowd) => {
                crowd.ids.insert(id);
                crowd.shared = None;
            }
        }
    }

    /// Takes one out. False: it was the only one, and still stands here.
    pub fn remove(&mut self, id: WatchId) -> bool {
        match self {
            Self::One(_) => false,
            Self::Many(crowd) if crowd.ids.len() == 1 => false,
            Self::Many(crowd) => {
                crowd.ids.remove(&id);
                crowd.shared = None;
                true
            }
        }
    }

    /// In ascending order, to go into an item.
    pub fn ids(&mut self) -> WatchIds {
        match self {
            Self::One(id) => WatchIds::One(*id),
            Self::Many(crowd) => {
                let shared = crowd.shared.get_or_insert_with(|| crowd.ids.iter().copied().collect());
                WatchIds::Many(shared.clone())
            }
        }
    }
}

/// A range that somebody watches.
#[derive(Debug)]
pub(super) struct Watched {
    pub bounds: Bounds,
    /// Cohorts that watch it, synced or not.
    pub holders: u32,
    /// Those that get live events.
    pub synced: Postings,
}

/// The keys of a watched range: owned, and shared with the index that finds it.
#[derive(Clone, Debug)]
pub(super) enum Bounds {
    Point(Arc<[u8]>),
    Span(Interval),
}

impl Bounds {
    /// Bytes of the keys.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Point(key) => key.len(),
            Self::Span(interval) => interval.bytes(),
        }
    }
}

impl Watched {
    pub fn new(bounds: Bounds) -> Self {
        Self { bounds, holders: 0, synced: Postings::default() }
    }

    pub fn contains(&self, key: &[u8]) -> bool {
        match &self.bounds {
            Bounds::Point(point) => point.as_ref() == key,
            Bounds::Span(interval) => interval.contains(key),
        }
    }
}

/// The synced cohorts of one range: in order, at most one for a stream and its options.
#[derive(Debug, Default)]
pub(super) struct Postings(List);

/// Most ranges have one cohort, and a million of those need no list each.
#[derive(Debug, Default)]
enum List {
    #[default]
    Empty,
    One(Posting),
    Many(Vec<Posting>),
}

/// One cohort, with what tells it from the others of its range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Posting {
    pub stream: StreamId,
    pub options: Options,
    pub cohort: CohortId,
}

impl Postings {
    pub fn find(&self, stream: StreamId, options: Options) -> Option<CohortId> {
        let list = self.as_slice();
        let at = list.binary_search_by_key(&(stream, options), |posting| (posting.stream, posting.options)).ok()?;
        Some(list[at].cohort)
    }

    pub fn insert(&mut self, new: Posting) {
        debug_assert!(self.find(new.stream, new.options).is_none(), "cohorts that are alike are one");
        self.0 = match std::mem::take(&mut self.0) {
            List::Empty => List::One(new),
            List::One(old) => List::Many(vec![old.min(new), old.max(new)]),
            List::Many(mut list) => {
                let at = list.partition_point(|posting| *posting < new);
                list.insert(at, new);
                List::Many(list)
            }
        };
    }

    pub fn remove(&mut self, old: Posting) {
        match &mut self.0 {
            List::One(posting) if *posting == old => self.0 = List::Empty,
            List::Many(list) => {
                if let Ok(at) = list.binary_search(&old) {
                    list.remove(at);
                }
            }
            _ => {}
        }
    }

    pub fn retain(&mut self, mut keep: impl FnMut(&Posting) -> bool) {
        match &mut self.0 {
            List::Empty => {}
            List::One(posting) => {
                if !keep(posting) {
                    self.0 = List::Empty;
                }
            }
            List::Many(list) => list.retain(keep),
        }
    }

    fn as_slice(&self) -> &[Posting] {
        match &self.0 {
            List::Empty => &[],
            List::One(posting) => std::slice::from_ref(posting),
            List::Many(list) => list,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::slab::Slab, *};

    fn cohort() -> Cohort {
        let range = RangeId::LOWEST;
        let members = Members::One(WatchId(0));
        Cohort { stream: StreamId(0), range, options: Options::default(), state: State::Synced, members, sends: 0 }
    }

    #[test]
    fn postings_are_found_by_stream_and_options() {
        let mut ids = Slab::new();
        let mut postings = Postings::default();
        let all: Vec<Posting> = [(2, 0), (1, 4), (1, 0)]
            .into_iter()
            .map(|(stream, bits)| Posting {
                stream: StreamId(stream),
                options: Options::of_bits(bits),
                cohort: ids.insert(cohort()),
            })
            .collect();
        all.iter().for_each(|posting| postings.insert(*posting));
        assert!(all.iter().all(|posting| postings.find(posting.stream, posting.options) == Some(posting.cohort)));
        assert!(postings.as_slice().is_sorted());
        postings.remove(all[1]);
        postings.retain(|posting| *posting != all[0]);
        assert_eq!(postings.as_slice(), [all[2]]);
        postings.remove(all[2]);
        assert_eq!(postings.as_slice(), []);
    }
}
