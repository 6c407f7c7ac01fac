//! Small numbers for things that point at each other.
//!
//! Cohorts and ranges name one another by a four-byte [`Id`] and live in a [`Slab`] each. It grows by chunks: a
//! million idle watchers are no reason to copy them all, or to hold room for a second million, when the next comes.
//!
//! An id is given out again after its removal, the latest removed first. Whoever keeps one must forget it in time. Memory is
//! given back when the last thing goes.

use std::{fmt, marker::PhantomData, num::NonZeroU32};

const CHUNK: usize = 256;

/// Names one `T` in its slab. One above the position, so that `Option<Id<T>>` is no larger.
pub(super) struct Id<T> {
    number: NonZeroU32,
    of: PhantomData<fn() -> T>,
}

impl<T> Id<T> {
    /// Below every id: the start of a walk.
    pub const LOWEST: Self = Self { number: NonZeroU32::MIN, of: PhantomData };

    fn at(position: usize) -> Self {
        let number = u32::try_from(position + 1).ok().and_then(NonZeroU32::new);
        // Memory ends long before: four billion of the smallest things kept here take hundreds of gigabytes.
        Self { number: number.expect("fewer than 2^32 watchers"), of: PhantomData }
    }

    fn position(self) -> usize {
        self.number.get() as usize - 1
    }
}

// By hand, since a derive would ask the same of `T`.
impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Id<T> {}
impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}
impl<T> Eq for Id<T> {}
impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.number.cmp(&other.number)
    }
}
impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.position())
    }
}

/// Things by their [`Id`].
#[derive(Debug)]
pub(super) struct Slab<T> {
    chunks: Vec<Vec<Option<T>>>,
    free: Vec<Id<T>>,
}

impl<T> Slab<T> {
    pub fn new() -> Self {
        Self { chunks: Vec::new(), free: Vec::new() }
    }

    pub fn insert(&mut self, value: T) -> Id<T> {
        if let Some(id) = self.free.pop() {
            self.chunks[id.position() / CHUNK][id.position() % CHUNK] = Some(value);
            return id;
        }
        if self.chunks.last().is_none_or(|chunk| chunk.len() == CHUNK) {
            self.chunks.push(Vec::with_capacity(CHUNK));
        }
        let last = self.chunks.len() - 1;
        self.chunks[last].push(Some(value));
        Id::at(last * CHUNK + self.chunks[last].len() - 1)
    }

    /// Panics when nothing has this id: its keeper did not forget it in time, which is a bug.
    pub fn remove(&mut self, id: Id<T>) -> T {
        let place = &mut self.chunks[id.position() / CHUNK][id.position() % CHUNK];
        let value = place.take().expect("an id in use");
        self.free.push(id);
        if self.free.len() == (self.chunks.len() - 1) * CHUNK + self.chunks[self.chunks.len() - 1].len() {
            *self = Self::new();
        }
        value
    }
}

impl<T> std::ops::Index<Id<T>> for Slab<T> {
    type Output = T;
    fn index(&self, id: Id<T>) -> &T {
        self.chunks[id.position() / CHUNK][id.position() % CHUNK].as_ref().expect("an id in use")
    }
}

impl<T> std::ops::IndexMut<Id<T>> for Slab<T> {
    fn index_mut(&mut self, id: Id<T>) -> &mut T {
        self.chunks[id.position() / CHUNK][id.position() % CHUNK].as_mut().expect("an id in use")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_name_their_values_and_come_back() {
        let mut slab = Slab::new();
        let ids: Vec<_> = (0..1000).map(|number| slab.insert(number)).collect();
        assert!(ids.iter().enumerate().all(|(number, id)| slab[*id] == number));
        assert_eq!(slab.remove(ids[300]), 300);
        assert_eq!(slab.insert(7), ids[300]);
        slab[ids[300]] += 1;
        assert_eq!((slab[ids[300]], slab[ids[301]]), (8, 301));
        assert!(ids.iter().all(|id| slab.remove(*id) < 1000));
        assert!(slab.chunks.is_empty() && slab.free.is_empty());
        assert_eq!(slab.insert(1), ids[0]);
    }
}
