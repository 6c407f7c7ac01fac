//! Who is where: all streams and cohorts, and the only way in which a cohort changes its state.
//!
//! ```text
//!                 its revision was published
//!      Waiting ---------------------------------> Synced <---+
//!                                                 |          | read up to the last
//!                           the stream was full   v          | published revision
//!                                                Behind -----+
//!                                                 |  ^
//!                                                 +--+ read a part
//! ```
//!
//! A state shows in one other place each: synced cohorts are posted at their range, those behind stand in their
//! stream, those that wait stand in one queue for all. `place` and `displace` keep that true. Cohorts that become
//! synced and are alike become one.

use super::{
    cohort::{Cohort, CohortId, Members, Options, Posting, State},
    event::SharedEvent,
    item::{Flow, Item},
    range_map::RangeMap,
    slab::Slab,
    stream::{Full, Stream},
};
use crate::{
    id::{StreamId, WatchId},
    key::KeyRange,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// All streams, watches and ranges.
#[derive(Debug)]
pub(super) struct Board {
    pub streams: BTreeMap<StreamId, Stream>,
    pub cohorts: Slab<Cohort>,
    pub ranges: RangeMap,
    /// Cohorts that wait for a revision, the nearest first.
    waiting: BTreeSet<(i64, CohortId)>,
    /// Those of them that wait only because the store was ahead: nothing before that revision is theirs.
    from_now: BTreeSet<(i64, CohortId)>,
    /// Streams without room.
    full: BTreeSet<StreamId>,
    /// Streams with room, and with cohorts that are behind.
    lagging: BTreeSet<StreamId>,
    pub counts: Counts,
}

/// Numbers for metrics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Open streams.
    pub streams: usize,
    /// Watches that were created and neither canceled by the client nor closed with their stream.
    pub watchers: usize,
    /// Watchers that have to read events again (etcd: unsynced and victims).
    pub slow: usize,
    /// Events handed to sinks since the start, once for each watcher. Pending are those that the streams have not taken
    /// out of their sinks yet: only they can count that.
    pub events_sent: u64,
}

impl Board {
    pub fn new() -> Self {
        Self {
            streams: BTreeMap::new(),
            cohorts: Slab::new(),
            ranges: RangeMap::new(),
            waiting: BTreeSet::new(),
            from_now: BTreeSet::new(),
            full: BTreeSet::new(),
            lagging: BTreeSet::new(),
            counts: Counts::default(),
        }
    }

    pub fn open(&mut self, id: StreamId, stream: Stream) {
        self.streams.insert(id, stream);
        self.counts.streams += 1;
    }

    /// Forgets a stream and all its watches.
    pub fn close(&mut self, id: StreamId) {
        let Some(stream) = self.streams.get(&id) else { return };
        self.counts.watchers -= stream.watches.len();
        let cohorts: BTreeSet<CohortId> = stream.watches.values().copied().flatten().collect();
        cohorts.into_iter().for_each(|cohort| self.dissolve(cohort));
        self.streams.remove(&id);
        self.full.remove(&id);
        self.lagging.remove(&id);
        self.counts.streams -= 1;
    }

    /// Enters a watch of an open stream, under an id that is free there. Returns its cohort.
    pub fn enroll(
        &mut self,
        stream: StreamId,
        watch: WatchId,
        range: &KeyRange,
        options: Options,
        state: State,
    ) -> CohortId {
        let range = self.ranges.hold(range);
        self.stream(stream).key_bytes += self.ranges[range].bounds.bytes();
        let alike = self.ranges[range].synced.find(stream, options).filter(|_| state == State::Synced);
        let cohort = match alike {
            Some(cohort) => {
                self.ranges.release(range);
                self.cohorts[cohort].members.add(watch);
                cohort
            }
            None => {
                let members = Members::One(watch);
                let cohort = self.cohorts.insert(Cohort { stream, range, options, state, members, sends: 0 });
                self.place(cohort);
                cohort
            }
        };
        self.counts.watchers += 1;
        self.stream(stream).watches.insert(watch, Some(cohort));
        cohort
    }

    /// Takes a watch out at its client's wish. False: there is none with this id.
    pub fn withdraw(&mut self, stream: StreamId, watch: WatchId) -> bool {
        let Some(entry) = self.stream(stream).watches.remove(&watch) else { return false };
        self.stream(stream).progress.remove(&watch);
        match entry {
            Some(cohort) => self.leave(stream, cohort, watch),
            None => self.stream(stream).compacted -= 1,
        }
        self.counts.watchers -= 1;
        true
    }

    /// Takes a watch out because of a compaction. Its id stays in use.
    pub fn compacted(&mut self, stream: StreamId, watch: WatchId) {
        let entry = self.stream(stream).watches.insert(watch, None).flatten();
        self.stream(stream).progress.remove(&watch);
        self.stream(stream).compacted += 1;
        entry.into_iter().for_each(|cohort| self.leave(stream, cohort, watch));
    }

    fn leave(&mut self, stream: StreamId, cohort: CohortId, watch: WatchId) {
        self.stream(stream).key_bytes -= self.ranges[self.cohorts[cohort].range].bounds.bytes();
        if !self.cohorts[cohort].members.remove(watch) {
            self.dissolve(cohort);
        } else if matches!(self.cohorts[cohort].state, State::Behind { .. }) {
            self.counts.slow -= 1;
        }
    }

    fn dissolve(&mut self, cohort: CohortId) {
        self.displace(cohort);
        let gone = self.cohorts.remove(cohort);
        self.ranges.release(gone.range);
    }

    /// Wakes the cohorts that waited for this revision, which is about to be sent.
    pub fn wake(&mut self, revision: i64) {
        while let Some(&(from, cohort)) = self.waiting.first()
            && from <= revision
        {
            self.join_synced(cohort);
        }
    }

    /// A cohort waits for what comes behind the store's present, not for a revision of its client's choice.
    pub fn waits_from_now(&mut self, id: CohortId) {
        if let State::Waiting { from } = self.cohorts[id].state {
            self.from_now.insert((from, id));
        }
    }

    /// What was the store's present when they were created is published: they have all there is.
    pub fn wake_from_now(&mut self, published: i64) {
        while let Some(&(from, cohort)) = self.from_now.first()
            && from <= published + 1
        {
            self.join_synced(cohort);
        }
    }

    /// A cohort has all that was published before what comes next.
    pub fn join_synced(&mut self, id: CohortId) {
        self.displace(id);
        let cohort = &self.cohorts[id];
        match self.ranges[cohort.range].synced.find(cohort.stream, cohort.options) {
            Some(target) => self.merge(id, target),
            None => {
                self.cohorts[id].state = State::Synced;
                self.place(id);
            }
        }
    }

    /// A cohort lacks everything from this revision on.
    pub fn fall_behind(&mut self, id: CohortId, from: i64) {
        self.displace(id);
        self.cohorts[id].state = State::Behind { from };
        self.place(id);
    }

    /// The revisions `first..=last` came without being published: whoever is synced lacks all of them, and who waits for
    /// one of them lacks what comes from there.
    pub fn fall_behind_all(&mut self, first: i64, last: i64) {
        let watches = self.streams.values().flat_map(|stream| stream.watches.values().copied().flatten());
        let cohorts: BTreeSet<CohortId> = watches.collect();
        for cohort in cohorts {
            match self.cohorts[cohort].state {
                State::Synced => self.fall_behind(cohort, first),
                State::Waiting { from } if from <= last => self.fall_behind(cohort, from),
                State::Waiting { .. } | State::Behind { .. } => {}
            }
        }
    }

    fn merge(&mut self, source: CohortId, target: CohortId) {
        let mut gone = self.cohorts.remove(source);
        self.ranges.release(gone.range);
        let into = &mut self.cohorts[target];
        let Some(stream) = self.streams.get_mut(&gone.stream) else { return };
        for id in gone.members.ids().as_slice() {
            into.members.add(*id);
            stream.watches.insert(*id, Some(target));
            if let Some(seen) = stream.progress.get_mut(id) {
                let moved = *seen != gone.sends;
                *seen = into.sends.wrapping_sub(u32::from(moved));
            }
        }
    }

    /// Enters a cohort where its state has it.
    fn place(&mut self, id: CohortId) {
        let cohort = &self.cohorts[id];
        let (stream, members) = (cohort.stream, cohort.members.len());
        match cohort.state {
            State::Synced => {
                let posting = Posting { stream, options: cohort.options, cohort: id };
                self.ranges[cohort.range].synced.insert(posting);
            }
            State::Behind { from } => {
                self.counts.slow += members;
                self.stream(stream).behind.insert((from, id));
                self.note(stream);
            }
            State::Waiting { from } => {
                self.waiting.insert((from, id));
                self.stream(stream).waiting += 1;
            }
        }
    }

    /// The reverse. While a range's postings are being walked they are not at their place, and the walk itself drops
    /// what is displaced.
    fn displace(&mut self, id: CohortId) {
        let cohort = &self.cohorts[id];
        let (stream, members) = (cohort.stream, cohort.members.len());
        match cohort.state {
            State::Synced => {
                let posting = Posting { stream, options: cohort.options, cohort: id };
                self.ranges[cohort.range].synced.remove(posting);
            }
            State::Behind { from } => {
                self.counts.slow -= members;
                self.stream(stream).behind.remove(&(from, id));
                self.note(stream);
            }
            State::Waiting { from } => {
                self.waiting.remove(&(from, id));
                self.from_now.remove(&(from, id));
                self.stream(stream).waiting -= 1;
            }
        }
    }

    /// Sends events to all members of a cohort, or marks the stream as full.
    pub fn send_events(&mut self, id: CohortId, revision: i64, events: &Arc<[SharedEvent]>) -> Result<(), Full> {
        let cohort = &mut self.cohorts[id];
        let Some(stream) = self.streams.get_mut(&cohort.stream) else { return Err(Full) };
        if stream.is_full() {
            return Err(Full);
        }
        let item = Item::Events {
            watch_ids: cohort.members.ids(),
            revision,
            events: events.clone(),
            prev_kv: cohort.options.has(Options::PREV_KV),
            fragment: cohort.options.has(Options::FRAGMENT),
        };
        let (id, sent) = (cohort.stream, stream.send(item));
        if sent.is_ok() {
            cohort.sends = cohort.sends.wrapping_add(1);
            self.counts.events_sent += (events.len() * cohort.members.len()) as u64;
        } else {
            self.note(id);
        }
        sent
    }

    /// Sends an item that may be lost, or marks the stream as full.
    pub fn send(&mut self, stream: StreamId, item: Item) -> Result<(), Full> {
        let sent = self.stream(stream).send(item);
        self.note(stream);
        sent
    }

    /// Sends the answer to a request.
    pub fn send_control(&mut self, stream: StreamId, item: Item) -> Flow {
        let flow = self.stream(stream).send_control(item);
        self.note(stream);
        flow
    }

    /// Looks whether a stream has room again.
    pub fn retry(&mut self, stream: StreamId) {
        self.stream(stream).retry();
        self.note(stream);
    }

    /// Looks whether any of the full streams has room again.
    pub fn retry_all(&mut self) {
        let full: Vec<StreamId> = self.full.iter().copied().collect();
        full.into_iter().for_each(|stream| self.retry(stream));
    }

    pub fn any_full(&self) -> bool {
        !self.full.is_empty()
    }

    /// Streams that can be sent what their cohorts lack.
    pub fn lagging(&self) -> &BTreeSet<StreamId> {
        &self.lagging
    }

    /// Only for streams that are known to be open.
    fn stream(&mut self, id: StreamId) -> &mut Stream {
        self.streams.get_mut(&id).expect("an open stream")
    }

    /// Brings the lists of full and lagging streams up to date.
    fn note(&mut self, id: StreamId) {
        let stream = self.stream(id);
        let (is_full, is_behind) = (stream.is_full(), !stream.behind.is_empty());
        if is_full {
            self.full.insert(id)
        } else {
            self.full.remove(&id)
        };
        if is_behind && !is_full {
            self.lagging.insert(id)
        } else {
            self.lagging.remove(&id)
        };
    }
}
