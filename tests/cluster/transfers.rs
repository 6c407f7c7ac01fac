//! Snapshots on their way from member to member: slow, and not always whole.

use etcd::{clock::Now, id::MemberId, pb::raftpb::Message, raft::SnapshotSent, server::core::SnapshotToSend, snap};
use fastrand::Rng;
use std::{collections::BTreeMap, time::Duration};

/// See the module.
#[derive(Debug, Default)]
pub struct Transfers {
    /// By time of arrival, then in the order of sending. The rows are the sender's file, as it was.
    under_way: BTreeMap<(Now, u64), SnapshotToSend>,
    /// By the time at which the sender hears of it: sender, receiver, how it ended.
    ended: BTreeMap<(Now, u64), (MemberId, MemberId, SnapshotSent)>,
    count: u64,
}

/// What arrives.
pub struct Arrival {
    pub message: Message,
    pub bytes: Vec<u8>,
    pub state: State,
}

/// In which state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Whole,
    /// It must be refused.
    Damaged,
}

impl Transfers {
    /// Takes over what a member has sent.
    pub fn fetch(&mut self, rng: &mut Rng, now: Now, sent: Vec<SnapshotToSend>) {
        for snapshot in sent {
            self.count += 1;
            let delay_ms_max = if rng.bool() { 200 } else { 4_000 };
            let delay = Duration::from_millis(rng.u64(1..delay_ms_max));
            self.under_way.insert((now + delay, self.count), snapshot);
        }
    }

    /// When the next one arrives, or its sender hears how it ended.
    pub fn next_at(&self) -> Option<Now> {
        self.under_way.keys().chain(self.ended.keys()).map(|(at, _)| *at).min()
    }

    /// The next one that has arrived by now.
    pub fn arrived(&mut self, now: Now) -> Option<SnapshotToSend> {
        let entry = self.under_way.first_entry()?;
        let is_there = entry.key().0 <= now;
        is_there.then(|| entry.remove())
    }

    /// The sender will hear how it ended.
    pub fn end(&mut self, rng: &mut Rng, now: Now, ends: (MemberId, MemberId), sent: SnapshotSent) {
        self.count += 1;
        let delay = Duration::from_millis(rng.u64(0..300));
        self.ended.insert((now + delay, self.count), (ends.0, ends.1, sent));
    }

    /// The next one whose sender hears of it by now.
    pub fn ended(&mut self, now: Now) -> Option<(MemberId, MemberId, SnapshotSent)> {
        let entry = self.ended.first_entry()?;
        let is_there = entry.key().0 <= now;
        is_there.then(|| entry.remove())
    }

    /// The sender has gone: nothing more comes from it.
    pub fn forget(&mut self, member: MemberId) {
        self.under_way.retain(|_, snapshot| snapshot.message.from != member.0);
        self.ended.retain(|_, (from, ..)| *from != member);
    }
}

/// Reads the rows, and may do something to them that must be found.
pub fn carry(rng: &mut Rng, snapshot: SnapshotToSend, state: State) -> Option<Arrival> {
    let SnapshotToSend { mut message, rows } = snapshot;
    let written = snap::plan(&rows).and_then(|layout| snap::write(&rows, layout, Vec::new()));
    // Its disk may have failed meanwhile, and the sender with it.
    let mut bytes = written.ok()?;
    if state == State::Damaged {
        damage(rng, &mut message, &mut bytes);
    }
    Some(Arrival { message, bytes, state })
}

fn damage(rng: &mut Rng, message: &mut Message, bytes: &mut Vec<u8>) {
    const PAGE: usize = 4096;
    match rng.u32(0..4) {
        0 => bytes.truncate(rng.usize(0..bytes.len())),
        // Both entrances.
        1 => bytes[..2 * PAGE].fill(rng.u8(..)),
        // The page that the names of the buckets are on is the last.
        2 => {
            let last = bytes.len() - PAGE;
            bytes[last..last + 16].fill(0xff);
        }
        _ => {
            if let Some(snapshot) = &mut message.snapshot {
                match rng.u32(0..3) {
                    0 => snapshot.metadata.index += 1,
                    1 => snapshot.metadata.term += 1,
                    _ => snapshot.metadata.conf_state.voters.push(0xbad),
                }
            }
        }
    }
}
