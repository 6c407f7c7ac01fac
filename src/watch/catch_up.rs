//! Brings those who are behind up to date, a part at a time.
//!
//! The past is read in chunks, and each chunk serves every cohort that lacks any of it. Which chunk comes next is decided
//! as in a lift: upward through the revisions, stopping where somebody waits, and back to the lowest at the top.
//!
//! ```text
//!   revisions  ----|--chunk--|--chunk--|------------|--chunk--| published
//!   cohorts        ^   ^        ^  ^                   ^
//! ```
//!
//! So a thousand watchers with a thousand start revisions cost one pass, and whoever comes late and low does
//! not keep the others waiting for longer than one pass. A pass ends at the revision that was current when it began.
//!
//! A cohort that got a chunk lacks what is behind its last revision, no more and no less; with the last published
//! revision it is synced, and the next publication is its next event. Streams without room are left out.

use super::{
    board::Board,
    bounds::Limits,
    cohort::{CohortId, RangeId, State},
    event::SharedEvent,
    history::{Chunk, History, Recent},
    item::Item,
    live,
};
use crate::{id::StreamId, mvcc::ReadError};
use std::sync::Arc;

/// Up to so many ranges are compared with each event one by one; more are looked up.
const FEW_RANGES: usize = 16;

/// Where the lift is.
#[derive(Debug)]
pub(super) struct CatchUp {
    limits: Limits,
    /// Revisions below are done in this pass.
    next: i64,
    /// The last revision of this pass.
    top: i64,
    /// Who is served first in the next round.
    next_stream: StreamId,
    /// The last chunk that the store was asked for: often somebody else needs it too.
    chunk: Option<Chunk>,
}

/// All that can be read.
pub(super) struct Past<'a, H> {
    pub history: &'a H,
    pub recent: &'a Recent,
    /// The last published revision.
    pub published: i64,
}

/// A cohort that gets its part of a chunk. In this order, what several share is side by side.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Claim {
    range: RangeId,
    filter: usize,
    from: i64,
    cohort: CohortId,
}

impl CatchUp {
    pub fn new(limits: Limits) -> Self {
        Self { limits, next: 0, top: 0, next_stream: StreamId(0), chunk: None }
    }

    /// Forgets what was read, because the store has another content now.
    pub fn clear(&mut self) {
        *self = Self::new(self.limits);
    }

    /// Serves those who are behind for a bounded number of rounds.
    pub fn turn(&mut self, board: &mut Board, past: &Past<'_, impl History>) -> Result<(), ReadError> {
        for _ in 0..self.limits.turn_rounds {
            let compact_revision = past.history.compact_revision();
            cancel_compacted(board, compact_revision);
            let Some(from) = self.choose_start(board, past.published) else {
                self.chunk = None;
                return Ok(());
            };
            match self.round(board, past, from) {
                // A compaction came in between: the next round cancels whom it hit.
                Err(ReadError::Compacted) if past.history.compact_revision() > compact_revision => {}
                other => other?,
            }
        }
        Ok(())
    }

    /// The lowest revision that is lacked, in this pass if there is one.
    fn choose_start(&mut self, board: &Board, published: i64) -> Option<i64> {
        let lowest_from = |from: i64| {
            let streams = board.lagging().iter().filter_map(|id| board.streams.get(id));
            streams
                .filter_map(|stream| stream.behind.range((from, CohortId::LOWEST)..).next())
                .map(|first| first.0)
                .min()
        };
        if let Some(from) = lowest_from(self.next).filter(|from| *from <= self.top) {
            return Some(from);
        }
        self.top = published;
        lowest_from(i64::MIN)
    }

    /// Reads one chunk and gives each claimant its part.
    fn round(&mut self, board: &mut Board, past: &Past<'_, impl History>, from: i64) -> Result<(), ReadError> {
        debug_assert!(from <= past.published, "nobody lacks what is not published");
        if let Some(chunk) = past.recent.chunk(from, self.limits.chunk) {
            self.serve(board, &chunk, from, past.published);
            return Ok(());
        }
        let chunk = match self.chunk.take() {
            Some(chunk) if chunk.from <= from && from <= chunk.through => chunk,
            _ => Chunk::read(past.history, from, past.published, self.limits.chunk)?,
        };
        self.serve(board, &chunk, from, past.published);
        self.chunk = Some(chunk);
        Ok(())
    }

    fn serve(&mut self, board: &mut Board, chunk: &Chunk, from: i64, published: i64) {
        let mut claims = self.claims(board, from, chunk.through);
        // Whoever found no place in this round has not had this chunk: stay.
        self.next = if claims.len() < self.limits.round_cohorts { chunk.through + 1 } else { from };
        claims.sort_unstable();
        let ranges: Vec<RangeId> = claims.chunk_by(|a, b| a.range == b.range).map(|claims| claims[0].range).collect();
        let found = find(board, chunk, &ranges);
        for (claims, found) in claims.chunk_by(|a, b| a.range == b.range).zip(found) {
            for claims in claims.chunk_by(|a, b| (a.filter, a.from) == (b.filter, b.from)) {
                let events = choose(&found, claims[0]);
                claims.iter().for_each(|claim| deliver(board, claim.cohort, &events, chunk.through, published));
            }
        }
    }

    /// Cohorts that lack something of `from..=through`, from all streams in turn.
    fn claims(&mut self, board: &Board, from: i64, through: i64) -> Vec<Claim> {
        let mut claims = Vec::new();
        let lagging = board.lagging();
        for id in lagging.range(self.next_stream..).chain(lagging.range(..self.next_stream)) {
            let Some(stream) = board.streams.get(id) else { continue };
            for &(from, cohort) in stream.behind.range((from, CohortId::LOWEST)..(through + 1, CohortId::LOWEST)) {
                if claims.len() == self.limits.round_cohorts {
                    return claims;
                }
                self.next_stream = StreamId(id.0 + 1);
                let about = &board.cohorts[cohort];
                claims.push(Claim { range: about.range, filter: about.options.filter(), from, cohort });
            }
        }
        claims
    }
}

/// The chunk's events in each of the ranges, which are in ascending order.
fn find<'a>(board: &Board, chunk: &'a Chunk, ranges: &[RangeId]) -> Vec<Vec<&'a SharedEvent>> {
    let mut found = vec![Vec::new(); ranges.len()];
    for event in &chunk.events {
        if ranges.len() <= FEW_RANGES {
            let inside = |(_, range): &(usize, &RangeId)| board.ranges[**range].contains(event.key());
            ranges.iter().enumerate().filter(inside).for_each(|(place, _)| found[place].push(event));
        } else {
            board.ranges.stab(event.key(), &mut |range| {
                if let Ok(place) = ranges.binary_search(&range) {
                    found[place].push(event);
                }
            });
        }
    }
    found
}

/// What a claimant gets of the events in its range; `None` when that is nothing.
fn choose(found: &[&SharedEvent], claim: Claim) -> Option<Arc<[SharedEvent]>> {
    let first = found.partition_point(|event| event.revision() < claim.from);
    let events = found[first..].iter().filter(|event| live::passes(claim.filter, event));
    let events: Arc<[SharedEvent]> = events.map(|event| (*event).clone()).collect();
    (!events.is_empty()).then_some(events)
}

fn deliver(board: &mut Board, cohort: CohortId, events: &Option<Arc<[SharedEvent]>>, through: i64, published: i64) {
    if let Some(events) = events
        && board.send_events(cohort, published, events).is_err()
    {
        return;
    }
    if through >= published {
        board.join_synced(cohort);
    } else {
        board.fall_behind(cohort, through + 1);
    }
}

/// Cancels the watches that lack what is no longer there. Streams without room hear of it when they have some.
fn cancel_compacted(board: &mut Board, compact_revision: i64) {
    let streams: Vec<StreamId> = board.lagging().iter().copied().collect();
    for id in streams {
        while let Some(cohort) = first_below(board, id, compact_revision) {
            let watches = board.cohorts[cohort].members.ids();
            for watch_id in watches.as_slice() {
                let item = Item::Canceled { watch_id: *watch_id, compact_revision, revision: 0 };
                if board.send(id, item).is_err() {
                    break;
                }
                board.compacted(id, *watch_id);
            }
        }
    }
}

/// A cohort of a stream with room that lacks something below this revision.
fn first_below(board: &Board, stream: StreamId, revision: i64) -> Option<CohortId> {
    let stream = board.lagging().get(&stream).and_then(|id| board.streams.get(id))?;
    let (from, cohort) = stream.behind.first()?;
    debug_assert_eq!(board.cohorts[*cohort].state, State::Behind { from: *from });
    (*from < revision).then_some(*cohort)
}
