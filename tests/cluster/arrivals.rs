//! A snapshot arrives. Perhaps the power will go while it is stored, installed, or soon after.

use super::{
    transfers::{Arrival, State},
    world::{Weather, World},
};
use etcd::{id::MemberId, raft::SnapshotSent, server::core::Input};

impl World {
    pub(super) fn receive(&mut self, arrival: Arrival) -> SnapshotSent {
        let Some(number) = self.place_of(MemberId(arrival.message.to)) else { return SnapshotSent::NotWhole };
        let place = &mut self.places[number];
        if place.member.is_none() {
            return SnapshotSent::NotWhole;
        }
        let (storing, installing) = match self.rng.u32(0..6) {
            _ if self.weather == Weather::Fair || place.is_doomed => (0, 0),
            0 => (20, 0),
            1 | 2 => (0, 6),
            _ => (0, 0),
        };
        place.doom(&mut self.rng, storing);
        let before = place.files();
        let Some(member) = &place.member else { return SnapshotSent::NotWhole };
        match member.receive(&arrival.message, &arrival.bytes) {
            Ok(image) => {
                let Arrival { message, state, .. } = arrival;
                assert_eq!(state, State::Whole, "{number} takes a snapshot that is damaged: {message:?}");
                let (message, image) = (Box::new(message), Box::new(image));
                place.doom(&mut self.rng, installing);
                self.input(number, Input::Snapshot { message, image });
                if installing > 0 || self.rng.u32(0..3) > 0 {
                    self.turn(number);
                }
                SnapshotSent::Whole
            }
            Err(error) => self.refuses(number, arrival.state, &before, &error),
        }
    }

    /// The member said no, or its disk did.
    fn refuses(&mut self, number: usize, state: State, before: &[String], error: &str) -> SnapshotSent {
        self.note(format_args!("{number} refuses a snapshot ({state:?}): {error}"));
        let place = &mut self.places[number];
        let is_there = error.contains("is there already");
        assert!(state == State::Damaged || is_there || place.is_doomed, "it was whole: {error}");
        assert!(place.is_doomed || place.files() == before, "something is left of it: {:?}", place.files());
        self.report.counts.snapshots_refused += u64::from(state == State::Damaged);
        if error.contains("the power is off") {
            self.stop(number);
        }
        SnapshotSent::NotWhole
    }
}
