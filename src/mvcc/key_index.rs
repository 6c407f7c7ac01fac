//! One key's history: at which revisions it was changed, in which lives.
//!
//! ```text
//!   put 2, put 3, delete 5, put 8      lives:  [2 3 5t]   ended
//!                                              [8]        going on
//!   pruned at 3:  [3 5t] [8]       a read at 3 still finds 3
//!   pruned at 5:  [5t]   [8]       a tombstone exactly at the compact revision stays (etcd since 3.5.16)
//!   pruned at 6:         [8]
//! ```
//!
//! What must hold: revisions ascend; no life is empty; every life but the last has ended. Most keys have one life with one
//! revision, so that form is kept without an allocation of its own. Values are not kept here: the revision is the row's key.

use super::revision::{Kind, Revision};

/// A live key, as it was at some revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The revision of its latest put: where its row is.
    pub modified: Revision,
    /// The main revision of the put that began this life.
    pub created: i64,
    /// Puts of this life so far.
    pub version: i64,
}

/// The revisions of one key that are not compacted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyIndex(Lives);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Lives {
    /// One put, and alive since.
    One(Seen),
    /// Anything else; empty only when all is pruned away.
    Many(Vec<Life>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Life {
    created: i64,
    /// Version of the first revision that is left.
    version: i64,
    /// Ascending; the last one is the tombstone when the life has ended.
    revisions: Vec<Revision>,
    ended: bool,
}

impl KeyIndex {
    /// A key that is put for the first time.
    pub fn new(revision: Revision) -> Self {
        Self::restored(Seen { modified: revision, created: revision.main, version: 1 })
    }

    /// A key whose earliest row left is a put.
    pub fn restored(seen: Seen) -> Self {
        Self(Lives::One(seen))
    }

    /// A key whose earliest row left is a tombstone; when it was created is forgotten.
    pub fn restored_tombstone(revision: Revision) -> Self {
        let life = Life { created: 0, version: 1, revisions: vec![revision], ended: true };
        Self(Lives::Many(vec![life]))
    }

    /// Adds a put.
    pub fn put(&mut self, revision: Revision) -> Seen {
        debug_assert!(self.newest().is_none_or(|newest| newest < revision), "revisions ascend");
        let lives = self.as_many();
        if lives.last().is_none_or(|life| life.ended) {
            lives.push(Life { created: revision.main, version: 1, revisions: Vec::new(), ended: false });
        }
        let last = lives.len() - 1;
        let life = &mut lives[last];
        life.revisions.push(revision);
        Seen { modified: revision, created: life.created, version: life.version + life.revisions.len() as i64 - 1 }
    }

    /// Adds a delete; false, and nothing changes, when the key is not alive.
    #[must_use]
    pub fn tombstone(&mut self, revision: Revision) -> bool {
        if !self.is_live() {
            return false;
        }
        debug_assert!(self.newest().is_none_or(|newest| newest < revision), "revisions ascend");
        if let Some(life) = self.as_many().last_mut() {
            life.revisions.push(revision);
            life.ended = true;
        }
        true
    }

    /// The key as a reader at main revision `at` sees it.
    pub fn at(&self, at: i64) -> Option<Seen> {
        match &self.0 {
            Lives::One(seen) => (seen.modified.main <= at).then_some(*seen),
            Lives::Many(lives) => find(lives, at).and_then(|(life, position)| lives[life].seen(position)),
        }
    }

    /// The latest change not after main revision `at`.
    pub fn newest_at(&self, at: i64) -> Option<(Revision, Kind)> {
        match &self.0 {
            Lives::One(seen) => (seen.modified.main <= at).then_some((seen.modified, Kind::Put)),
            Lives::Many(lives) => {
                let (life, position) = find(lives, at)?;
                Some((lives[life].revisions[position], lives[life].kind(position)))
            }
        }
    }

    /// Is the key alive after its latest change?
    pub fn is_live(&self) -> bool {
        match &self.0 {
            Lives::One(_) => true,
            Lives::Many(lives) => lives.last().is_some_and(|life| !life.ended),
        }
    }

    /// The latest change; none only when all is pruned away.
    pub fn newest(&self) -> Option<Revision> {
        match &self.0 {
            Lives::One(seen) => Some(seen.modified),
            Lives::Many(lives) => lives.last().and_then(|life| life.revisions.last()).copied(),
        }
    }

    /// Is nothing left, so that the key can be forgotten?
    pub fn is_empty(&self) -> bool {
        self.newest().is_none()
    }

    /// Drops what no reader at `at` or later can see, apart from a tombstone exactly at `at`.
    pub fn prune(&mut self, at: i64) {
        let Lives::Many(lives) = &mut self.0 else { return };
        let Some((life, position)) = find(lives, at) else { return };
        lives.drain(..life);
        if is_kept(lives[0].revisions[position], lives[0].kind(position), at) {
            lives[0].version += position as i64;
            lives[0].revisions.drain(..position);
            lives[0].revisions.shrink_to_fit();
        } else {
            lives.remove(0);
        }
        if let [life] = &lives[..]
            && let [_] = life.revisions[..]
            && let Some(seen) = life.seen(0)
        {
            self.0 = Lives::One(seen);
        }
    }

    fn as_many(&mut self) -> &mut Vec<Life> {
        if let Lives::One(seen) = self.0 {
            let revisions = vec![seen.modified];
            let life = Life { created: seen.created, version: seen.version, revisions, ended: false };
            self.0 = Lives::Many(vec![life]);
        }
        match &mut self.0 {
            Lives::Many(lives) => lives,
            Lives::One(_) => unreachable!("just unfolded"),
        }
    }
}

/// Does a compaction to `at` keep this change, the latest one of its key that is not after `at`?
pub fn is_kept(revision: Revision, kind: Kind, at: i64) -> bool {
    kind == Kind::Put || revision.main == at
}

impl Life {
    fn kind(&self, position: usize) -> Kind {
        if self.ended && position + 1 == self.revisions.len() { Kind::Tombstone } else { Kind::Put }
    }

    fn seen(&self, position: usize) -> Option<Seen> {
        let modified = *self.revisions.get(position)?;
        let alive = self.kind(position) == Kind::Put;
        alive.then_some(Seen { modified, created: self.created, version: self.version + position as i64 })
    }
}

/// The latest change not after main revision `at`: which life, and where in it.
fn find(lives: &[Life], at: i64) -> Option<(usize, usize)> {
    let life = lives.partition_point(|life| life.revisions[0].main <= at).checked_sub(1)?;
    let position = lives[life].revisions.partition_point(|revision| revision.main <= at).checked_sub(1)?;
    Some((life, position))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(main: i64) -> Revision {
        Revision::first_of(main)
    }

    fn seen(modified: i64, created: i64, version: i64) -> Option<Seen> {
        Some(Seen { modified: at(modified), created, version })
    }

    /// put 2, put 3, delete 5, put 8
    fn sample() -> KeyIndex {
        let mut key = KeyIndex::new(at(2));
        assert_eq!(Some(key.put(at(3))), seen(3, 2, 2));
        assert!(key.tombstone(at(5)) && !key.is_live());
        assert!(!key.tombstone(at(6)), "a dead key does not die again");
        assert_eq!(Some(key.put(at(8))), seen(8, 8, 1));
        key
    }

    #[test]
    fn a_reader_sees_the_key_as_it_was() {
        let key = sample();
        let expected = [None, None, seen(2, 2, 1), seen(3, 2, 2), seen(3, 2, 2), None, None, None, seen(8, 8, 1)];
        for (main, expected) in (0..).zip(expected) {
            assert_eq!(key.at(main), expected, "at {main}");
        }
        assert_eq!(key.newest_at(6), Some((at(5), Kind::Tombstone)));
        assert_eq!(key.newest_at(1), None);
    }

    #[test]
    fn pruning_hides_nothing_from_later_readers() {
        for compact in 0..12 {
            let (whole, mut pruned) = (sample(), sample());
            pruned.prune(compact);
            for main in compact..12 {
                assert_eq!(pruned.at(main), whole.at(main), "compacted at {compact}, read at {main}");
            }
            let before = pruned.clone();
            pruned.prune(compact);
            assert_eq!(pruned, before, "pruning twice is pruning once");
        }
    }

    #[test]
    fn a_tombstone_stays_at_its_own_revision_only() {
        let mut key = KeyIndex::new(at(2));
        assert!(key.tombstone(at(5)));
        key.prune(5);
        assert_eq!(
            key,
            KeyIndex(Lives::Many(vec![Life { created: 2, version: 2, revisions: vec![at(5)], ended: true }]))
        );
        key.prune(6);
        assert!(key.is_empty());
    }

    #[test]
    fn one_revision_left_takes_no_allocation() {
        let mut key = sample();
        key.prune(8);
        assert_eq!(key, KeyIndex::restored(Seen { modified: at(8), created: 8, version: 1 }));
        assert_eq!(size_of::<KeyIndex>(), 40);
    }

    #[test]
    fn changes_within_one_transaction() {
        let mut key = KeyIndex::new(at(2));
        assert!(key.tombstone(Revision { main: 4, sub: 0 }));
        key.put(Revision { main: 4, sub: 1 });
        key.put(Revision { main: 4, sub: 2 });
        let last = Seen { modified: Revision { main: 4, sub: 2 }, created: 4, version: 2 };
        assert_eq!((key.at(3), key.at(4)), (seen(2, 2, 1), Some(last)));
        key.prune(4);
        assert_eq!(key, KeyIndex::restored(last));
    }
}
