//! The simulated network: every message has a delay of its own, some never arrive, and some arrive twice.

use etcd::{
    clock::Now,
    disk::mem::MemDisk,
    id::MemberId,
    pb::raftpb::{Message, MessageType},
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
pub struct Sent {
    disk: MemDisk,
    waiting: Arc<Mutex<Waiting>>,
}

#[derive(Debug, Default)]
struct Waiting {
    /// Each with the number of syncs that the disk had carried out before it was sent.
    messages: Vec<(u64, Message)>,
    snapshots: Vec<SnapshotToSend>,
}

impl Outbox for Sent {
    fn send(&mut self, messages: Vec<Message>) {
        let syncs = self.disk.ops().syncs;
        self.waiting.lock().messages.extend(messages.into_iter().map(|message| (syncs, message)));
    }

    fn send_snapshot(&mut self, snapshot: SnapshotToSend) {
        self.waiting.lock().snapshots.push(snapshot);
    }
}

impl Sent {
    /// By a member with that disk.
    pub fn by(disk: &MemDisk) -> Self {
        Self { disk: disk.clone(), ..Self::default() }
    }

    /// For tests with fewer links.
    pub fn take_messages(&self) -> Vec<Message> {
        std::mem::take(&mut self.waiting.lock().messages).into_iter().map(|(_, message)| message).collect()
    }

    /// Snapshots go by ways of their own.
    pub fn take_snapshots(&self) -> Vec<SnapshotToSend> {
        std::mem::take(&mut self.waiting.lock().snapshots)
    }

    /// The member has ended.
    pub fn clear(&self) {
        *self.waiting.lock() = Waiting::default();
    }
}

/// How the links behave just now.
#[derive(Clone, Copy, Debug)]
pub struct Weather {
    /// One message in so many gets lost; 0: none.
    lost_one_in: u32,
    /// One message in so many arrives twice; 0: none.
    doubled_one_in: u32,
    delay_ms_max: u64,
}

impl Weather {
    fn calm() -> Self {
        Self { lost_one_in: 0, doubled_one_in: 0, delay_ms_max: 20 }
    }
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
    pub doubled: u64,
}

/// A turn of a member, for what it sent in it.
#[derive(Clone, Copy, Debug)]
pub struct Sending {
    pub now: Now,
    /// The syncs of its disk before it.
    pub syncs: u64,
    /// How long its first sync took.
    pub sync_took: Duration,
}

impl Links {
    pub fn new() -> Self {
        let weather = Weather::calm();
        Self { under_way: BTreeMap::new(), count: 0, cut: BTreeSet::new(), weather, lost: 0, doubled: 0 }
    }

    /// Takes over what a member has sent. What it sent behind a sync leaves when that is done. `hear` is told of each.
    pub fn fetch(&mut self, rng: &mut Rng, sending: Sending, sent: &Sent, mut hear: impl FnMut(&Message)) {
        let messages = std::mem::take(&mut sent.waiting.lock().messages);
        for (syncs, message) in messages {
            hear(&message);
            let leaves = if syncs > sending.syncs { sending.now + sending.sync_took } else { sending.now };
            let is_cut = self.is_cut(MemberId(message.from), MemberId(message.to));
            let one_in = |rng: &mut Rng, many: u32| many > 0 && rng.u32(0..many) == 0;
            if is_cut || one_in(rng, self.weather.lost_one_in) {
                self.lost += 1;
                continue;
            }
            // A proposal goes its way once, or it would be carried out twice.
            let is_proposal = message.msg_type == MessageType::MsgPropose as i32;
            if one_in(rng, self.weather.doubled_one_in) && !is_proposal {
                self.doubled += 1;
                self.send(rng, leaves, message.clone());
            }
            self.send(rng, leaves, message);
        }
    }

    fn send(&mut self, rng: &mut Rng, leaves: Now, message: Message) {
        // Now and then one comes very late.
        let slow = if rng.u32(0..50) == 0 { 40 } else { 1 };
        let delay = Duration::from_millis(rng.u64(0..=self.weather.delay_ms_max * slow));
        self.count += 1;
        self.under_way.insert((leaves + delay, self.count), message);
    }

    /// When the next message arrives.
    pub fn next_at(&self) -> Option<Now> {
        self.under_way.keys().next().map(|(at, _)| *at)
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
        let doubled_one_in = [0, 0, 30, 5][rng.usize(0..4)];
        self.weather = match rng.u32(0..4) {
            0 => Weather { lost_one_in: 4, delay_ms_max: 200, doubled_one_in },
            1 => Weather { lost_one_in: 20, delay_ms_max: 100, doubled_one_in },
            2 => Weather { lost_one_in: 0, delay_ms_max: 1_500, doubled_one_in },
            _ => Weather { doubled_one_in, ..Weather::calm() },
        };
        format!("{} links cut, {:?}", self.cut.len(), self.weather)
    }

    /// Everything arrives, and soon.
    pub fn heal(&mut self) {
        self.cut.clear();
        self.weather = Weather::calm();
    }
}
