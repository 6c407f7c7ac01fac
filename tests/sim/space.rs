//! A member that runs out of its quota, and leases that outlive their leader or end all at once: what the core does about
//! them, turn by turn.

use crate::member::{Member, SimTurn, config};
use etcd::{
    apply::{Outcome, Refusal, Response},
    disk::mem::MemDisk,
    id::LeaseId,
    lease::Checkpoints,
    mvcc::Ranges,
    pb::etcdserverpb::{
        AlarmRequest, CompactionRequest, DeleteRangeRequest, InternalRaftRequest as Request, LeaseGrantRequest,
        PutRequest, RequestOp, TxnRequest, alarm_request::AlarmAction, request_op,
    },
    server::{config::Config, core::Input, quota::Quota},
};
use std::{ops::ControlFlow, time::Duration};

const NOSPACE: i32 = 1;
const CORRUPT: i32 = 2;

/// A member and its disk, with a clock that is moved by hand.
struct Life {
    disk: MemDisk,
    config: Config,
    member: Member,
    now: Duration,
    number: u64,
}

impl Life {
    fn start(config: Config) -> Self {
        let disk = MemDisk::new();
        let now = Duration::from_secs(1);
        let member = Member::start_with(&disk, &config, now).expect("a sound disk");
        let mut life = Self { disk, config, member, now, number: 0 };
        life.turn();
        life
    }

    /// Ends as a killed process does, and starts again.
    fn restart(self) -> Self {
        let Self { disk, config, member, now, number } = self;
        drop(member);
        let member = Member::start_with(&disk, &config, now).expect("a sound disk");
        let mut life = Self { disk, config, member, now, number };
        life.turn();
        life
    }

    fn turn(&mut self) -> SimTurn {
        self.member.turn(self.now).expect("a sound disk")
    }

    fn tick(&mut self) -> SimTurn {
        self.now += self.config.tick;
        self.member.input(self.now, Input::Tick).expect("a sound disk");
        self.turn()
    }

    /// Carries a request out and says what came of it.
    fn ask(&mut self, request: Request) -> Outcome {
        self.number += 1;
        let number = self.number;
        self.member.propose(self.now, number, request).expect("a sound disk");
        let answers = self.turn().outcomes;
        let answer = answers.into_iter().find(|(waiter, _)| *waiter == number).expect("an answer");
        answer.1.expect("it leads").outcome
    }

    fn flush(&mut self) {
        self.member.flush(self.now).expect("a sound disk");
    }

    fn revision(&self) -> i64 {
        self.member.reader.revision()
    }
}

fn put(key: &[u8], value: Vec<u8>) -> PutRequest {
    PutRequest { key: key.to_vec().into(), value: value.into(), ..PutRequest::default() }
}

fn of_put(put: PutRequest) -> Request {
    Request { put: Some(put), ..Request::default() }
}

fn of_txn(ops: Vec<request_op::Request>) -> Request {
    let success = ops.into_iter().map(|op| RequestOp { request: Some(op) }).collect();
    Request { txn: Some(TxnRequest { success, ..TxnRequest::default() }), ..Request::default() }
}

fn grant(id: i64, ttl: i64) -> Request {
    Request { lease_grant: Some(LeaseGrantRequest { id, ttl }), ..Request::default() }
}

fn alarm(action: AlarmAction, member_id: u64, alarm: i32) -> Request {
    let request = AlarmRequest { action: action as i32, member_id, alarm };
    Request { alarm: Some(request), ..Request::default() }
}

fn delete(key: &[u8]) -> Request {
    let request = DeleteRangeRequest { key: key.to_vec().into(), ..DeleteRangeRequest::default() };
    Request { delete_range: Some(request), ..Request::default() }
}

fn compact(revision: i64) -> Request {
    Request { compaction: Some(CompactionRequest { revision, physical: false }), ..Request::default() }
}

const REFUSED: Outcome = Outcome::Refused(Refusal::NoSpace);

fn is_done(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Done(_))
}

/// A life whose file is as large as it may be, and where that was just found out by `last`.
fn fill(last: Request) -> Life {
    let mut life = Life::start(Config { quota: Quota::new(4 << 20), ..config(1) });
    let mut key = 0_u32;
    while life.member.backend.size() < 4 << 20 {
        assert!(is_done(&life.ask(of_put(put(&key.to_be_bytes(), vec![7; 100_000])))), "there is room yet");
        life.flush();
        key += 1;
    }
    let before = life.revision();
    // As in etcd: carried out, and called refused.
    assert_eq!(life.ask(last), REFUSED);
    assert!(life.revision() > before || life.member.leases.len() == 1);
    life
}

fn alarms(life: &mut Life) -> Vec<i32> {
    match life.ask(alarm(AlarmAction::Get, 0, 0)) {
        Outcome::Done(Response::Alarm(response)) => response.alarms.iter().map(|alarm| alarm.alarm).collect(),
        other => panic!("alarms are listed: {other:?}"),
    }
}

#[test]
fn whatever_takes_the_last_room_raises_the_alarm() {
    let one = || put(b"last", vec![1; 10]);
    let delete_a = DeleteRangeRequest { key: b"a".to_vec().into(), ..DeleteRangeRequest::default() };
    for last in [
        of_put(one()),
        of_txn(vec![request_op::Request::RequestDeleteRange(delete_a), request_op::Request::RequestPut(one())]),
        grant(9, 100),
    ] {
        let mut life = fill(last.clone());
        assert_eq!(alarms(&mut life), [NOSPACE]);
        let revision = life.revision();
        for more in [of_put(one()), last, grant(10, 100)] {
            assert_eq!(life.ask(more), REFUSED);
        }
        assert_eq!((life.revision(), life.member.leases.len() <= 1), (revision, true), "from here on nothing is done");
    }
}

#[test]
fn room_is_made_while_the_alarm_is_on() {
    let mut life = fill(of_put(put(b"last", vec![1; 10]))).restart();
    assert_eq!(alarms(&mut life), [NOSPACE], "a restart does not disarm");
    assert_eq!(life.ask(of_put(put(b"k", vec![]))), REFUSED);
    for key in 0..20_u32 {
        assert!(is_done(&life.ask(delete(&key.to_be_bytes()))));
    }
    let revision = life.revision();
    assert!(is_done(&life.ask(compact(revision))));
    assert!(is_done(&life.ask(of_txn(vec![]))), "a transaction that puts nothing");
    while !life.member.compact().expect("a sound disk") {
        // Refused before, between and after the steps of the compaction.
        assert_eq!(life.ask(of_put(put(b"k", vec![]))), REFUSED);
    }
    life.flush();
    life.member.backend.defragment(|| ControlFlow::Continue(())).expect("there is room on the disk");
    assert!(life.member.backend.size() < 3 << 20, "{} bytes are left", life.member.backend.size());
    assert_eq!(life.ask(of_put(put(b"k", vec![]))), REFUSED, "nobody but an operator disarms");
    let member = match life.ask(alarm(AlarmAction::Get, 0, NOSPACE)) {
        Outcome::Done(Response::Alarm(response)) => response.alarms[0].member_id,
        other => panic!("alarms are listed: {other:?}"),
    };
    assert!(is_done(&life.ask(alarm(AlarmAction::Deactivate, member, NOSPACE))));
    assert!(is_done(&life.ask(of_put(put(b"k", vec![])))));
    assert!(is_done(&life.restart().ask(of_put(put(b"k", vec![])))));
}

#[test]
fn a_disarmed_alarm_comes_back_while_there_is_no_room() {
    let mut life = fill(of_put(put(b"last", vec![1; 10])));
    for member in [0, 1] {
        life.ask(alarm(AlarmAction::Deactivate, member, NOSPACE));
    }
    assert_eq!(alarms(&mut life), [NOSPACE], "disarmed for members that had none");
    let Outcome::Done(Response::Alarm(on)) = life.ask(alarm(AlarmAction::Get, 0, NOSPACE)) else { panic!("listed") };
    life.ask(alarm(AlarmAction::Deactivate, on.alarms[0].member_id, NOSPACE));
    assert_eq!(life.ask(of_put(put(b"k", vec![]))), REFUSED);
    assert_eq!(alarms(&mut life), [NOSPACE]);
}

#[test]
fn a_corrupt_cluster_keeps_its_hands_off() {
    let mut life = Life::start(config(2));
    assert!(is_done(&life.ask(of_put(put(b"k", vec![])))));
    assert!(is_done(&life.ask(alarm(AlarmAction::Activate, 5, CORRUPT))));
    let refused = Outcome::Refused(Refusal::Corrupt);
    for request in [of_put(put(b"k", vec![])), delete(b"k"), of_txn(vec![]), compact(2), grant(1, 10)] {
        assert_eq!(life.ask(request), refused);
    }
    assert!(is_done(&life.ask(alarm(AlarmAction::Deactivate, 5, CORRUPT))));
    assert!(is_done(&life.ask(delete(b"k"))));
}

#[test]
fn what_is_left_of_a_lease_outlives_a_restart() {
    let with_checkpoints = Config { lease_checkpoints: Checkpoints::Every(Duration::from_secs(300)), ..config(3) };
    for (config, left_s) in [(with_checkpoints, 1000 - 600), (config(3), 1000)] {
        let mut life = Life::start(config);
        assert!(is_done(&life.ask(grant(7, 1000))));
        for _ in 0..6_500 {
            life.tick();
        }
        life.flush();
        let mut life = life.restart();
        life.tick();
        let found = life.member.lessor.lock().remaining_s(LeaseId(7), life.now).expect("the lease is there");
        // An election timeout more, and a tick for the proposal.
        assert!((left_s..left_s + 3).contains(&found), "{found} s are left, {left_s} expected");
    }
}

#[test]
fn leases_that_end_at_once_are_revoked_batch_by_batch() {
    const LEASES: i64 = 5_000;
    let mut life = Life::start(config(4));
    for id in 1..=LEASES {
        assert!(is_done(&life.ask(grant(id, 2))));
    }
    life.now += Duration::from_secs(10);
    let mut turn = life.tick();
    let mut left = life.member.leases.len();
    assert!(left < LEASES as usize && turn.more, "the first batch is revoked, and there is more to do");
    while turn.more {
        // A write that comes in between is answered in the same turn.
        assert!(is_done(&life.ask(of_put(put(b"k", vec![])))));
        let now_left = life.member.leases.len();
        assert!(now_left < left || now_left == 0, "each turn revokes a batch");
        assert!(left - now_left < 1_000, "and no more than a batch");
        left = now_left;
        turn = life.turn();
        left = left.min(life.member.leases.len());
    }
    assert!(life.member.leases.is_empty());
}
