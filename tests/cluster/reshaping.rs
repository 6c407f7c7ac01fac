//! The cluster gets other members: some are added, promoted, removed, or get other URLs. A member judges a wish as
//! production does before it proposes it, so that no quorum is lost on purpose; some wishes are refused nevertheless.

use super::{
    places::{Place, joiner, urls},
    truth::Asked,
    world::World,
};
use etcd::{
    id::MemberId,
    membership::{self, Change, quorum},
    server::core::Input,
};

/// Members that ever were, and those that are at a time.
const PLACES_MAX: usize = 9;
const MEMBERS_MAX: usize = 6;

impl World {
    /// Somebody asks a member for a change.
    pub(super) fn reshape(&mut self, number: usize) {
        if self.places[number].member.is_none() {
            return;
        }
        self.publish(number);
        match self.rng.u32(0..16) {
            0..5 => self.add(number),
            5..9 => self.promote_some(number),
            9..13 => self.remove_some(number),
            13 => self.update(number),
            _ => self.ask_for_nonsense(number),
        }
    }

    fn add(&mut self, number: usize) {
        let Some(member) = &self.places[number].member else { return };
        let (members, cluster_id) = (member.members().list(), member.identity().cluster_id);
        let truth = &self.promises.truth.members;
        // One that was asked for and never became a member is asked for again.
        let is_free =
            |place: &Place| place.joins_as.is_some() && !truth.contains(place.id.0) && !truth.is_removed(place.id.0);
        let waits = self.places.iter().position(is_free);
        let joining = waits.unwrap_or(self.places.len());
        if joining >= PLACES_MAX || truth.ids().len() >= MEMBERS_MAX {
            return;
        }
        let is_learner = self.rng.u32(0..3) > 0;
        let is_safe = is_learner || quorum::may_add(&members) && self.reaches_quorum(number, members.len() + 1);
        if !is_safe {
            return;
        }
        if waits.is_none() {
            self.places.push(joiner(self.places[0].config.clone(), joining, cluster_id));
        }
        let Place { id, config, .. } = &self.places[joining];
        let peer_urls = config.advertise_peer_urls.clone();
        self.propose(number, Change::Add(membership::Member { id: *id, peer_urls, is_learner, ..Default::default() }));
    }

    /// The leader is asked whether a learner has caught up.
    fn promote_some(&mut self, number: usize) {
        let Some(learner) = self.rng.choice(self.promises.truth.members.learners()) else { return };
        let (learner, waiter) = (MemberId(learner), self.promises.ask_whether_ready(MemberId(learner)));
        self.places[number].asked.push(waiter);
        self.input(number, Input::CheckLearner { learner, waiter });
    }

    /// It has.
    pub(super) fn promote(&mut self, number: usize, learner: MemberId) {
        let Some(member) = &self.places[number].member else { return };
        if quorum::may_promote(&member.members().list()) {
            self.propose(number, Change::Promote(learner));
        }
    }

    fn remove_some(&mut self, number: usize) {
        let truth = &self.promises.truth.members;
        let Some(id) = self.rng.choice(truth.ids()) else { return };
        let is_voter = truth.voters().contains(&id);
        let left = truth.voters().len().saturating_sub(self.promises.removals_under_way() + usize::from(is_voter));
        let Some(member) = &self.places[number].member else { return };
        let members = member.members().list();
        let is_allowed = !is_voter || (quorum::may_remove(&members, MemberId(id)) && self.reaches_quorum(number, left));
        // Of two, the one that stays may never hear that the other is out, and wait for its vote for ever: so it is in raft.
        if left >= 2 && is_allowed {
            self.propose(number, Change::Remove(MemberId(id)));
        }
    }

    fn update(&mut self, number: usize) {
        let Some(id) = self.rng.choice(self.promises.truth.members.ids()) else { return };
        // Some are taken.
        let peer_urls = urls(self.rng.usize(0..20));
        self.propose(number, Change::Update { id: MemberId(id), peer_urls });
    }

    /// What must be refused, if not here, then when its turn in the log comes.
    fn ask_for_nonsense(&mut self, number: usize) {
        let place = &self.places[self.rng.usize(0..self.places.len())];
        let (id, unknown) = (place.id, MemberId(0xbad));
        let again = membership::Member { id, peer_urls: urls(30), ..Default::default() };
        let truth = &self.promises.truth.members;
        let change = match self.rng.u32(0..4) {
            0 if truth.contains(id.0) || truth.is_removed(id.0) => Change::Add(again),
            1 if !truth.learners().contains(&id.0) => Change::Promote(id),
            2 => Change::Update { id: unknown, peer_urls: urls(31) },
            _ => Change::Remove(unknown),
        };
        self.propose(number, change);
    }

    fn propose(&mut self, number: usize, change: Change) {
        self.note(format_args!("{number} is asked for {change:?}"));
        let place = &mut self.places[number];
        let Some(member) = &place.member else { return };
        let asked = Asked::Change(change.clone());
        let (question, input) = self.promises.ask(asked, |number| member.change(number, &change));
        place.asked.push(question);
        self.input(number, input);
    }

    /// Has this member a connection to most of so many?
    fn reaches_quorum(&self, number: usize, of: usize) -> bool {
        let here = self.places[number].id;
        let voters = self.promises.truth.members.voters();
        let is_reached = |place: &&Place| {
            let is_joined = !self.links.is_cut(here, place.id) && !self.links.is_cut(place.id, here);
            voters.contains(&place.id.0) && place.member.is_some() && (place.id == here || is_joined)
        };
        self.places.iter().filter(is_reached).count() >= quorum::of(of)
    }
}
