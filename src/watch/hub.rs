//! The hub: takes events in revision order, owns all watchers.

use super::{
    board::{Board, Counts},
    bounds::{Limits, RETRY_AFTER, StreamRoom},
    catch_up::{CatchUp, Past},
    cohort::{Options, State},
    history::{History, Recent},
    item::{Flow, Item, Sink, WatchRefusal, WatchRequest},
    live,
    progress::Progress,
    stream::Stream,
};
use crate::{
    clock::Now,
    id::{StreamId, WatchId},
    key::KeyRange,
    mvcc::{self, Changes, ReadError},
};
use std::{collections::BTreeMap, time::Duration};

/// Owns all streams and watchers of a member. One task holds it; see the module for how to drive it.
#[derive(Debug)]
pub struct Hub<H = mvcc::Reader> {
    history: H,
    board: Board,
    recent: Recent,
    catch_up: CatchUp,
    progress: Progress,
    room: StreamRoom,
    /// The last revision that was published here.
    published: i64,
    /// Up to here publications may have been left out: see [`Hub::resume`].
    resumed_at: i64,
    /// Who asked how far it is while the store was ahead, and how far that was.
    asked: BTreeMap<StreamId, i64>,
    next_stream: u64,
    /// When full streams are looked at again, if there are any.
    retry_at: Option<Now>,
}

/// When the hub wants its next turn.
#[must_use]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// At this time at the latest; `None`: not before something happens.
    pub wake_at: Option<Now>,
    /// Right away: there is work that was left for the sake of others.
    pub more: bool,
}

impl<H: History> Hub<H> {
    /// A hub without streams. `history` is at the revision behind which publications follow. `seed` decides by how
    /// much each stream's progress timer is longer than `progress_interval` (at most a tenth; at least 100 ms in all).
    pub fn new(history: H, seed: u64, progress_interval: Duration) -> Self {
        Self::with_limits(history, seed, progress_interval, Limits::default())
    }

    /// As [`new`](Self::new), with other bounds: small ones bring every case about in a test.
    pub fn with_limits(history: H, seed: u64, progress_interval: Duration, limits: Limits) -> Self {
        let published = history.revision();
        Self {
            history,
            board: Board::new(),
            recent: Recent::new(limits.recent),
            catch_up: CatchUp::new(limits),
            progress: Progress::new(progress_interval, seed),
            room: limits.stream,
            published,
            resumed_at: 0,
            asked: BTreeMap::new(),
            next_stream: 1,
            retry_at: None,
        }
    }

    /// A client has opened a stream. Ids are never used twice.
    pub fn open_stream(&mut self, sink: Box<dyn Sink>) -> StreamId {
        let id = StreamId(self.next_stream);
        self.next_stream += 1;
        self.board.open(id, Stream::new(sink));
        id
    }

    /// Nobody had a stream, and publications were left out. To be called before the next stream is opened, and after the
    /// publisher was told to publish again: what it publishes then and the store has already is passed over.
    pub fn resume(&mut self) {
        debug_assert!(self.board.streams.is_empty(), "who has a stream misses nothing");
        self.published = self.current();
        self.resumed_at = self.published;
        self.recent.clear();
    }

    /// A client has gone, and its watches with it. Requests for a closed stream are ignored.
    pub fn close_stream(&mut self, stream: StreamId) {
        self.board.close(stream);
        self.asked.remove(&stream);
    }

    /// Creates a watch: `Created` or `Refused` follows on the stream. A start below the last compaction is created, and
    /// canceled at the next turn.
    pub fn create(&mut self, stream: StreamId, request: WatchRequest) -> Flow {
        let current = self.current();
        let Some(to) = self.board.streams.get_mut(&stream) else { return Flow::Open };
        let id = match check(&request) {
            Ok(()) if !has_room(to, &request.range, self.room) => Err(WatchRefusal::NoRoom),
            Ok(()) if request.watch_id == 0 => Ok(to.free_id()),
            Ok(()) if to.watches.contains_key(&WatchId(request.watch_id)) => Err(WatchRefusal::DuplicateId),
            Ok(()) => Ok(WatchId(request.watch_id)),
            Err(reason) => Err(reason),
        };
        let watch_id = match id {
            Ok(id) => id,
            Err(reason) => return self.board.send_control(stream, Item::Refused { reason, revision: current }),
        };
        let state = self.first_state(request.start_revision, current);
        let cohort = self.board.enroll(stream, watch_id, &request.range, options(&request), state);
        if request.start_revision == 0 {
            self.board.waits_from_now(cohort);
        }
        if request.progress_notify
            && let Some(to) = self.board.streams.get_mut(&stream)
        {
            to.progress.insert(watch_id, self.board.cohorts[cohort].sends);
            self.progress.wanted(stream);
        }
        let WatchRequest { prev_kv, fragment, .. } = request;
        self.board.send_control(stream, Item::Created { watch_id, revision: current, prev_kv, fragment })
    }

    /// A watch is not to be: `Refused` follows, in the order of the stream's requests.
    pub fn refuse(&mut self, stream: StreamId, reason: WatchRefusal) -> Flow {
        let revision = self.current();
        if !self.board.streams.contains_key(&stream) {
            return Flow::Open;
        }
        self.board.send_control(stream, Item::Refused { reason, revision })
    }

    /// Cancels a watch: `Canceled` follows. An id that is not in use is ignored.
    pub fn cancel(&mut self, stream: StreamId, watch_id: WatchId) -> Flow {
        let revision = self.current();
        if !self.board.streams.contains_key(&stream) {
            return Flow::Open;
        }
        if !self.board.withdraw(stream, watch_id) {
            return self.flow(stream);
        }
        self.board.send_control(stream, Item::Canceled { watch_id, compact_revision: 0, revision })
    }

    /// The client asks how far the stream is. Answered if each of its watches has got all that was published, and
    /// there is one; otherwise not at all, and the client must ask again. Where the store is ahead of what was published
    /// here, that comes first: the client may know what it has written, and the answer is not to be older.
    pub fn request_progress(&mut self, stream: StreamId) -> Flow {
        let current = self.current();
        if current == self.published {
            return self.tell_progress(stream);
        }
        if self.board.streams.contains_key(&stream) {
            self.asked.insert(stream, current);
        }
        self.flow(stream)
    }

    fn tell_progress(&mut self, stream: StreamId) -> Flow {
        match self.board.streams.get(&stream) {
            Some(asked) if asked.is_synced() => {
                let item = Item::Progress { watch_id: WatchId(-1), revision: self.published };
                self.board.send_control(stream, item)
            }
            _ => self.flow(stream),
        }
    }

    /// The stream's client has read something: what waits for it is sent now, events at the next turn.
    pub fn drained(&mut self, stream: StreamId) -> Flow {
        if self.board.streams.contains_key(&stream) {
            self.board.retry(stream);
        }
        self.flow(stream)
    }

    /// May the hub be given the stream's next request?
    pub fn flow(&self, stream: StreamId) -> Flow {
        self.board.streams.get(&stream).map_or(Flow::Open, Stream::flow)
    }

    /// What one entry changed, right after it was applied; every revision once, in order. While nobody has a stream they may be left out.
    pub fn publish(&mut self, changes: Changes) {
        if changes.events.is_empty() || changes.revision <= self.resumed_at {
            return;
        }
        assert_eq!(changes.revision, self.published + 1, "revisions are published in order, and none is left out");
        self.published = changes.revision;
        if self.board.streams.is_empty() {
            self.recent.clear();
            return;
        }
        self.board.wake(changes.revision);
        let events = self.recent.push(changes);
        live::publish(&mut self.board, self.published, &events);
        self.catch_up_with_store();
    }

    /// All that the store had when somebody came or asked may be published by now.
    fn catch_up_with_store(&mut self) {
        self.board.wake_from_now(self.published);
        let due: Vec<StreamId> =
            self.asked.iter().filter(|(_, revision)| **revision <= self.published).map(|(stream, _)| *stream).collect();
        for stream in due {
            self.asked.remove(&stream);
            // The client goes on when it has read; what its next request may wait for is told then.
            let _ = self.tell_progress(stream);
        }
    }

    /// The store was replaced as a whole by a later one, which was at `revision` then (a snapshot came). Every watcher reads
    /// on in it from where it was, or is canceled if that is compacted there. What is published next follows on `revision`.
    pub fn restored(&mut self, revision: i64) {
        let lacked_from = self.published + 1;
        // A hub that has resumed since saw the store behind it.
        self.published = self.published.max(revision);
        self.recent.clear();
        self.catch_up.clear();
        if lacked_from <= self.published {
            self.board.fall_behind_all(lacked_from, self.published);
        }
        self.catch_up_with_store();
    }

    /// Does what is due: looks for room in full streams, cancels what a compaction has overtaken, reads the past for
    /// those who lack it, tells progress. Bounded work. To be called after anything that happened, and as
    /// the last turn said. Fails when the store cannot be read: the member must stop.
    pub fn turn(&mut self, now: Now) -> Result<Turn, ReadError> {
        if self.retry_at.is_some_and(|at| at <= now) {
            self.board.retry_all();
            self.retry_at = None;
        }
        let past = Past { history: &self.history, recent: &self.recent, published: self.published };
        self.catch_up.turn(&mut self.board, &past)?;
        self.progress.turn(&mut self.board, self.published, now);
        if !self.board.any_full() {
            self.retry_at = None;
        } else if self.retry_at.is_none() {
            self.retry_at = Some(now + RETRY_AFTER);
        }
        let wake_at = self.retry_at.into_iter().chain(self.progress.wake_at()).min();
        Ok(Turn { wake_at, more: !self.board.lagging().is_empty() })
    }

    /// Numbers for metrics.
    pub fn counts(&self) -> Counts {
        self.board.counts
    }

    /// How often a stream's progress timer has run out since the start, for metrics.
    pub fn progress_ticks(&self) -> u64 {
        self.progress.ticks
    }

    /// The store may be ahead of what was published here, and a client may know that already: a watch "from now on"
    /// must not tell it what it has read.
    fn current(&self) -> i64 {
        self.history.revision().max(self.published)
    }

    fn first_state(&self, start_revision: i64, current: i64) -> State {
        match start_revision {
            0 if current == self.published => State::Synced,
            0 => State::Waiting { from: current + 1 },
            from if from > self.published => State::Waiting { from },
            from => State::Behind { from },
        }
    }
}

/// The shape of a request, in etcd's order. Whether the id is free is asked last.
fn check(request: &WatchRequest) -> Result<(), WatchRefusal> {
    if request.start_revision < 0 {
        return Err(WatchRefusal::NegativeRevision);
    }
    if request.range.is_empty() {
        return Err(WatchRefusal::EmptyRange);
    }
    Ok(())
}

/// May the stream have one more watch?
fn has_room(stream: &Stream, range: &KeyRange, room: StreamRoom) -> bool {
    stream.watches.len() < room.watches && stream.key_bytes + range.key_bytes() <= room.key_bytes
}

fn options(request: &WatchRequest) -> Options {
    let bits = [
        (request.no_put, Options::NO_PUT),
        (request.no_delete, Options::NO_DELETE),
        (request.prev_kv, Options::PREV_KV),
        (request.fragment, Options::FRAGMENT),
    ];
    Options::of_bits(bits.into_iter().filter(|(wanted, _)| *wanted).map(|(_, bit)| bit).sum())
}
