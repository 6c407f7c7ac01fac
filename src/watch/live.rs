//! A revision that has just been applied, on its way to everyone who waits for it.
//!
//! Each event is looked up once; what a range gets is chosen once; the list is shared by all cohorts that want the same
//! of it, over all streams. A stream without room takes nothing and costs nothing: its cohorts fall behind.

use super::{board::Board, cohort::RangeId, event::SharedEvent};
use std::sync::Arc;

/// Sends the events of one revision to the synced cohorts.
pub(super) fn publish(board: &mut Board, revision: i64, events: &Arc<[SharedEvent]>) {
    let mut hits: Vec<(RangeId, usize)> = Vec::new();
    for (number, event) in events.iter().enumerate() {
        board.ranges.stab(event.key(), &mut |range| hits.push((range, number)));
    }
    hits.sort_unstable();
    for hits in hits.chunk_by(|a, b| a.0 == b.0) {
        let range = hits[0].0;
        let mut choices = Choices { all: events, hits, chosen: Default::default() };
        // Taken out for the walk, since falling behind needs the board.
        let mut synced = std::mem::take(&mut board.ranges[range].synced);
        synced.retain(|posting| {
            let Some(events) = choices.for_filter(posting.options.filter()) else { return true };
            let sent = board.send_events(posting.cohort, revision, &events);
            if sent.is_err() {
                board.fall_behind(posting.cohort, revision);
            }
            sent.is_ok()
        });
        board.ranges[range].synced = synced;
    }
}

/// Does an event pass this filter ([`Options::filter`](super::cohort::Options::filter))?
pub(super) fn passes(filter: usize, event: &SharedEvent) -> bool {
    let kind = 1 + usize::from(event.is_delete());
    filter & kind == 0
}

/// What one range gets of a revision, for each filter.
struct Choices<'a> {
    all: &'a Arc<[SharedEvent]>,
    hits: &'a [(RangeId, usize)],
    /// Outside: not asked for yet. Inside: nothing passes.
    chosen: [Option<Option<Arc<[SharedEvent]>>>; 4],
}

impl Choices<'_> {
    fn for_filter(&mut self, filter: usize) -> Option<Arc<[SharedEvent]>> {
        if self.chosen[filter].is_none() {
            self.chosen[filter] = Some(self.choose(filter));
        }
        self.chosen[filter].clone().flatten()
    }

    fn choose(&self, filter: usize) -> Option<Arc<[SharedEvent]>> {
        let events = self.hits.iter().map(|(_, number)| &self.all[*number]).filter(|event| passes(filter, event));
        match events.clone().count() {
            0 => None,
            // Nearly always: one event, which all ranges share.
            count if count == self.all.len() => Some(self.all.clone()),
            _ => Some(events.cloned().collect()),
        }
    }
}
