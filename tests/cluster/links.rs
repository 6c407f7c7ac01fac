//! The simulated network: every message has a delay of its own, and some never arrive.

use etcd::{
    clock::Now,
    id::MemberId,
    pb::raftpb::Message,
    server::core::{Outbox, SnapshotToSend},
};
use fastrand::Rng;
use parking_lot::Mutex;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

/// What a member has sent and the links have not fetched yet.
#[derive(Clone, Debug, Default)]
pub struct Sent(Arc<Mutex<Waiting>>);

#[derive(Debug, Default)]
struct Waiting {
    messages: Vec<Message>,
    snapshots: Vec<SnapshotToSend>,
}

impl Outbox for Sent {
    fn send(&mut self, messages: Vec<Message>) {
        self.0.lock().messages.extend(messages);
    }

    fn send_snapshot(&mut self, snapshot: SnapshotToSend) {
        self.0.lock().snapshots.push(snapshot);
    }
}

impl Sent {
    /// For tests with fewer links.
    pub fn take_messages(&self) -> Vec<Message> {
        std::mem::take(&mut self.0.lock().messages)
    }

    /// Snapshots go by ways of their own.
    pub fn take_snapshots(&self) -> Vec<SnapshotToSend> {
        std::mem::take(&mut self.0.lock().snapshots)
    }

    /// The member has ended.
    pub fn clear(&self) {
        *self.0.lock() = Waiting::default();
    }
}

/// How the links behave just now.
#[derive(Clone, Copy, Debug)]
pub struct Weather {
    /// One message in so many gets lost; 0: none.
    lost_one_in: u32,
    delay_ms_max: u64,
}

/// Links between all pairs of members.
#[derive(Debug)]
pub struct Links {
    /// By time of arrival, then in the order of sending.
    under_way: BTreeMap<(Now, u64), Message>,
    count: u64,
    /// From, to.
    cut: BTreeSet<(MemberId, MemberId)>,
    weather: Weather,
    pub lost: u64,
}

impl Links {
    pub fn new() -> Self {
        let weather = Weather { lost_one_in: 0, delay_ms_max: 20 };
        Self { under_way: BTreeMap::new(), count: 0, cut: BTreeSet::new(), weather, lost: 0 }
    }

    /// Takes over what a member has sent.
    pub fn fetch(&mut self, rng: &mut Rng, now: Now, sent: &Sent) {
        for message in sent.take_messages() {
            let is_cut = self.is_cut(MemberId(message.from), MemberId(message.to));
            let is_lost = self.weather.lost_one_in > 0 && rng.u32(0..self.weather.lost_one_in) == 0;
            if is_cut || is_lost {
                self.lost += 1;
                continue;
            }
            // Now and then one comes very late.
            let slow = if rng.u32(0..50) == 0 { 40 } else { 1 };
            let delay = Duration::from_millis(rng.u64(0..=self.weather.delay_ms_max * slow));
            self.count += 1;
            self.under_way.insert((now + delay, self.count), message);
        }
    }

    /// Does nothing get through?
    pub fn is_cut(&self, from: MemberId, to: MemberId) -> bool {
        self.cut.contains(&(from, to))
    }

    /// The next message that has arrived by now.
    pub fn arrived(&mut self, now: Now) -> Option<Message> {
        let entry = self.under_way.first_entry()?;
        let is_there = entry.key().0 <= now;
        is_there.then(|| entry.remove())
    }

    /// Whatever is under way to or from a member is lost with it.
    pub fn forget(&mut self, member: MemberId) {
        let before = self.under_way.len();
        self.under_way.retain(|_, message| message.to != member.0);
        self.lost += (before - self.under_way.len()) as u64;
    }

    /// Cuts links, in one direction or in both, or joins all again.
    pub fn change(&mut self, rng: &mut Rng, members: &[MemberId]) -> String {
        self.cut.clear();
        let pairs: Vec<_> = members.iter().flat_map(|from| members.iter().map(|to| (*from, *to))).collect();
        match rng.u32(0..5) {
            // Two halves.
            0 => {
                let here: BTreeSet<_> = members.iter().filter(|_| rng.bool()).copied().collect();
                self.cut.extend(pairs.iter().filter(|(from, to)| here.contains(from) != here.contains(to)));
            }
            // One speaks and hears nothing, or hears and is not heard.
            1 => {
                let Some(one) = rng.choice(members.iter().copied()) else { return String::new() };
                let is_deaf = rng.bool();
                self.cut.extend(pairs.iter().filter(|(from, to)| if is_deaf { *to == one } else { *from == one }));
            }
            2 => self.cut.extend(pairs.iter().filter(|_| rng.u32(0..4) == 0)),
            _ => {}
        }
        self.weather = match rng.u32(0..4) {
            0 => Weather { lost_one_in: 4, delay_ms_max: 200 },
            1 => Weather { lost_one_in: 20, delay_ms_max: 100 },
            2 => Weather { lost_one_in: 0, delay_ms_max: 1_500 },
            _ => Weather { lost_one_in: 0, delay_ms_max: 20 },
        };
        format!("{} links cut, {:?}", self.cut.len(), self.weather)
    }

    /// Everything arrives, and soon.
    pub fn heal(&mut self) {
        self.cut.clear();
        self.weather = Weather { lost_one_in: 0, delay_ms_max: 20 };
    }
}
