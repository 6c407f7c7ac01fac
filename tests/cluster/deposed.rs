//! A leader that stood still, and was replaced meanwhile: what it takes for due is no business of its successor's.

use super::{
    links::Sent,
    member::Member,
    operations::Operation,
    places::{Place, founders},
};
use etcd::{
    clock::Now,
    lease::Checkpoints,
    pb::raftpb::{Message, MessageType},
    raft::Role,
    server::core::Input,
};
use std::time::Duration;

const TICK: Duration = Duration::from_millis(100);

fn start(place: &Place) -> Member {
    let outbox = Box::new(place.sent.clone());
    Member::start_as(None, &place.disk, &place.config, Duration::from_secs(1), outbox).expect("a sound disk")
}

/// Members that talk to each other without delay.
struct Cluster<'a> {
    members: Vec<(Member, &'a Sent)>,
    now: Now,
}

impl Cluster<'_> {
    fn turn(&mut self, number: usize) {
        while self.members[number].0.turn(self.now).expect("a sound disk").more {}
    }

    /// Time passes for these; the others stand still, and what is for them piles up.
    fn pass(&mut self, awake: &[usize], ticks: u32) -> Vec<Message> {
        let mut piled_up = Vec::new();
        for _ in 0..ticks {
            self.now += TICK;
            for number in awake {
                self.members[*number].0.input(self.now, Input::Tick).expect("a sound disk");
                self.turn(*number);
            }
            let mut under_way: Vec<Message> = self.sent();
            while let Some(message) = under_way.pop() {
                let to = self.members.iter().position(|(member, _)| member.status().id.0 == message.to);
                match to.filter(|to| awake.contains(to)) {
                    Some(to) => {
                        self.members[to].0.input(self.now, Input::Message(Box::new(message))).expect("a sound disk");
                        self.turn(to);
                    }
                    None => piled_up.push(message),
                }
                under_way.splice(..0, self.sent());
            }
        }
        piled_up
    }

    fn sent(&self) -> Vec<Message> {
        self.members.iter().flat_map(|(_, sent)| sent.take_messages()).rev().collect()
    }

    fn leader(&self, among: &[usize]) -> Option<usize> {
        among.iter().copied().find(|number| self.members[*number].0.status().role == Role::Leader)
    }
}

#[test]
fn a_deposed_leader_ends_no_leases() {
    let mut places = founders(1, 3);
    for place in &mut places {
        place.config.lease_checkpoints = Checkpoints::Every(Duration::from_secs(2));
    }
    let members = places.iter().map(|place| (start(place), &place.sent)).collect();
    let mut cluster = Cluster { members, now: Duration::from_secs(1) };
    cluster.pass(&[0, 1, 2], 50);
    let old = cluster.leader(&[0, 1, 2]).expect("somebody leads");
    for (number, ttl_s) in [(1, 3), (2, 60)] {
        let grant = Operation::Grant { id: number as i64, ttl_s };
        cluster.members[old].0.propose(cluster.now, number, grant.request()).expect("a sound disk");
        cluster.turn(old);
    }
    cluster.pass(&[0, 1, 2], 2);
    let others: Vec<usize> = (0..3).filter(|number| *number != old).collect();
    let piled_up = cluster.pass(&others, 100);
    cluster.leader(&others).expect("another leads");
    // The first lease has run out on the old leader's clock, and a checkpoint of the second is due: but first it hears
    // of its successor, then it ticks.
    let id = cluster.members[old].0.status().id.0;
    for message in piled_up.into_iter().filter(|message| message.to == id) {
        cluster.members[old].0.input(cluster.now, Input::Message(Box::new(message))).expect("a sound disk");
    }
    cluster.members[old].0.input(cluster.now, Input::Tick).expect("a sound disk");
    cluster.turn(old);
    assert_eq!(cluster.members[old].0.status().role, Role::Follower);
    let is_proposal = |message: &Message| message.msg_type == MessageType::MsgPropose as i32;
    assert_eq!(cluster.sent().into_iter().find(is_proposal), None);
}
