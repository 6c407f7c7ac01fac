//! What hostile clients send: requests of which some bytes are others than they should be. Whatever still decodes and
//! passes the checks is carried out, and must neither stop the member nor make it panic.
//!
//! `REQUEST_FUZZ_SECONDS=600 cargo test --lib hostile -- --nocapture` goes on for ten minutes; `REQUEST_FUZZ_SEED=n`
//! replays one life.

use super::{check, overlap, watch};
use crate::{
    apply::{Identity, Settings, StateMachine, Unanswered, read},
    backend::{Backend, BackendConfig},
    disk::mem::MemDisk,
    id::{ClusterId, MemberId, StreamId},
    limits,
    mvcc::{Compactor, Reader},
    pb::{
        etcdserverpb::{
            AlarmRequest, CompactionRequest, Compare, DeleteRangeRequest, InternalRaftRequest, LeaseGrantRequest,
            LeaseRevokeRequest, PutRequest, RangeRequest, RequestHeader, RequestOp, ResponseHeader, TxnRequest,
            WatchCreateRequest, compare::TargetUnion, request_op::Request,
        },
        raftpb::Entry,
    },
    watch::{Hub, Item, Sink},
};
use bytes::Bytes;
use fastrand::Rng;
use prost::Message;
use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

/// Requests to one member.
const LIFE: u32 = 400;

/// Kinds of requests.
const KINDS: u32 = 9;

/// A client that takes everything and looks at nothing.
struct Hole;

impl Sink for Hole {
    fn try_send(&mut self, _: Item) -> Result<(), Item> {
        Ok(())
    }

    fn has_room(&self) -> bool {
        true
    }
}

/// A member without its log.
struct Member {
    machine: StateMachine,
    compactor: Compactor,
    reader: Reader,
    hub: Hub,
    stream: StreamId,
    now: Duration,
}

/// How many requests came, decoded, and passed the checks.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    sent: u64,
    decoded: u64,
    passed: u64,
}

impl Member {
    fn new(seed: u64) -> Self {
        let backend = Backend::open(Arc::new(MemDisk::new()), Path::new("/db"), &BackendConfig::default()).unwrap();
        let identity = Identity { cluster_id: ClusterId(1), member_id: MemberId(2) };
        let machine = StateMachine::open(backend, identity, Settings::default()).unwrap();
        let reader = machine.reader();
        let mut hub = Hub::new(reader.clone(), seed, limits::WATCH_PROGRESS_INTERVAL);
        let stream = hub.open_stream(Box::new(Hole));
        Self { compactor: machine.compactor(), machine, reader, hub, stream, now: Duration::ZERO }
    }

    /// Carries out what a service makes of the bytes. `None`: they are no such request.
    fn take(&mut self, kind: u32, bytes: Bytes, counts: &mut Counts) -> Option<()> {
        counts.sent += 1;
        let mut request = InternalRaftRequest::default();
        let is_fine = match kind {
            0 => return self.range(decode(bytes, counts)?, counts),
            1 => return self.watch(decode(bytes, counts)?, counts),
            2 => check::put(request.put.insert(decode(bytes, counts)?)).is_ok(),
            3 => check::delete_range(request.delete_range.insert(decode(bytes, counts)?)).is_ok(),
            4 => {
                let txn = request.txn.insert(decode::<TxnRequest>(bytes, counts)?);
                // What the services check, in their order.
                check::txn(txn, limits::TXN_OPS).is_ok() && overlap::check(txn).is_ok()
            }
            5 => request.compaction.insert(decode(bytes, counts)?).encoded_len() < usize::MAX,
            6 => request.lease_grant.insert(decode(bytes, counts)?).encoded_len() < usize::MAX,
            7 => request.lease_revoke.insert(decode(bytes, counts)?).encoded_len() < usize::MAX,
            _ => request.alarm.insert(decode(bytes, counts)?).encoded_len() < usize::MAX,
        };
        if is_fine {
            counts.passed += 1;
            self.apply(request);
        }
        Some(())
    }

    fn range(&mut self, request: RangeRequest, counts: &mut Counts) -> Option<()> {
        let _ = check::range_stream(&request);
        if check::range(&request).is_ok() {
            counts.passed += 1;
            if let Err(Unanswered::Fatal(error)) = read::range(&self.reader, &request, ResponseHeader::default()) {
                panic!("{request:?}: {error}");
            }
        }
        Some(())
    }

    fn watch(&mut self, request: WatchCreateRequest, counts: &mut Counts) -> Option<()> {
        counts.passed += 1;
        let _ = self.hub.create(self.stream, watch::read(request));
        self.turn();
        Some(())
    }

    fn apply(&mut self, mut request: InternalRaftRequest) {
        let index = self.machine.applied().0 + 1;
        request.header = Some(RequestHeader { id: index, ..RequestHeader::default() });
        let entry = Entry { term: 1, index, data: request.encode_to_vec().into(), ..Entry::default() };
        let applied = self.machine.apply(&entry).unwrap_or_else(|error| panic!("{request:?}: {error}"));
        assert!(applied.outcome.is_some(), "{request:?} has an outcome");
        applied.events.into_iter().for_each(|changes| self.hub.publish(changes));
        self.turn();
    }

    fn turn(&mut self) {
        self.now += Duration::from_millis(10);
        self.compactor.step(100).unwrap();
        let _ = self.hub.turn(self.now).unwrap();
    }
}

fn decode<M: Message + Default>(bytes: Bytes, counts: &mut Counts) -> Option<M> {
    let message = M::decode(bytes).ok()?;
    counts.decoded += 1;
    Some(message)
}

/// A request as a client may mean it.
fn sound(rng: &mut Rng, kind: u32) -> Vec<u8> {
    match kind {
        0 => range(rng).encode_to_vec(),
        1 => {
            let (key, range_end) = (key(rng), key(rng));
            let filters = vec![rng.i32(0..3)];
            WatchCreateRequest {
                key,
                range_end,
                filters,
                start_revision: number(rng),
                watch_id: number(rng),
                ..Default::default()
            }
            .encode_to_vec()
        }
        2 => put(rng).encode_to_vec(),
        3 => DeleteRangeRequest { key: key(rng), range_end: key(rng), prev_kv: rng.bool() }.encode_to_vec(),
        4 => txn(rng, 3).encode_to_vec(),
        5 => CompactionRequest { revision: number(rng), physical: rng.bool() }.encode_to_vec(),
        6 => LeaseGrantRequest { id: number(rng), ttl: number(rng) }.encode_to_vec(),
        7 => LeaseRevokeRequest { id: number(rng) }.encode_to_vec(),
        _ => AlarmRequest { action: rng.i32(0..3), member_id: rng.u64(0..3), alarm: rng.i32(0..3) }.encode_to_vec(),
    }
}

fn key(rng: &mut Rng) -> Bytes {
    let keys: [&'static [u8]; 8] = [b"", b"\0", b"a", b"b", b"b\0", b"c", b"d", b"\xff"];
    Bytes::from_static(keys[rng.usize(..keys.len())])
}

/// Near zero mostly, and now and then far away.
fn number(rng: &mut Rng) -> i64 {
    match rng.u32(0..8) {
        0 => rng.choice([i64::MIN, i64::MAX, -1, 1 << 40]).unwrap_or(0),
        _ => rng.i64(0..12),
    }
}

fn range(rng: &mut Rng) -> RangeRequest {
    RangeRequest {
        key: key(rng),
        range_end: key(rng),
        limit: number(rng),
        revision: number(rng),
        sort_order: rng.i32(0..3),
        sort_target: rng.i32(0..5),
        keys_only: rng.bool(),
        count_only: rng.u8(0..4) == 0,
        min_mod_revision: number(rng),
        ..Default::default()
    }
}

fn put(rng: &mut Rng) -> PutRequest {
    let (ignore_value, ignore_lease) = (rng.u8(0..6) == 0, rng.u8(0..6) == 0);
    let value = if ignore_value { Bytes::new() } else { Bytes::from(vec![b'v'; rng.usize(0..9)]) };
    let lease = if ignore_lease || rng.bool() { 0 } else { number(rng) };
    PutRequest { key: key(rng), value, lease, prev_kv: rng.bool(), ignore_value, ignore_lease }
}

fn txn(rng: &mut Rng, depth: u32) -> TxnRequest {
    let compare = |rng: &mut Rng| Compare {
        result: rng.i32(0..4),
        target: rng.i32(0..5),
        key: key(rng),
        range_end: key(rng),
        target_union: rng.choice([Some(TargetUnion::Version(1)), Some(TargetUnion::Lease(3)), None]).flatten(),
    };
    let ops = |rng: &mut Rng| (0..rng.usize(0..3)).map(|_| operation(rng, depth)).collect();
    TxnRequest { compare: (0..rng.usize(0..2)).map(|_| compare(rng)).collect(), success: ops(rng), failure: ops(rng) }
}

fn operation(rng: &mut Rng, depth: u32) -> RequestOp {
    let request = match rng.u32(0..4) {
        0 => Request::RequestRange(range(rng)),
        1 => {
            Request::RequestDeleteRange(DeleteRangeRequest { key: key(rng), range_end: key(rng), prev_kv: rng.bool() })
        }
        2 if depth > 0 => Request::RequestTxn(txn(rng, depth - 1)),
        _ => Request::RequestPut(put(rng)),
    };
    RequestOp { request: Some(request) }
}

/// Changes some bytes, or none.
fn damage(rng: &mut Rng, bytes: &mut Vec<u8>) {
    for _ in 0..rng.usize(0..4) {
        let (at, byte) = (rng.usize(..bytes.len().max(1)), rng.u8(..));
        match rng.usize(..4) {
            _ if bytes.is_empty() => bytes.push(byte),
            0 => bytes[at] = byte,
            1 => bytes[at] ^= 1 << (byte % 8),
            2 => bytes.truncate(at),
            _ => bytes.insert(at, byte),
        }
    }
}

fn life(seed: u64, counts: &mut Counts) {
    let rng = &mut Rng::with_seed(seed);
    let mut member = Member::new(seed);
    for _ in 0..LIFE {
        let kind = rng.u32(0..KINDS);
        let mut bytes = sound(rng, kind);
        damage(rng, &mut bytes);
        // Seldom read as something else than it was.
        let kind = if rng.u8(0..16) == 0 { rng.u32(0..KINDS) } else { kind };
        member.take(kind, bytes.into(), counts);
    }
}

#[test]
fn no_request_stops_a_member() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let first = number("REQUEST_FUZZ_SEED").unwrap_or_else(|| fastrand::u64(..));
    let end = number("REQUEST_FUZZ_SECONDS").map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let mut counts = Counts::default();
    for lives in 0.. {
        if end.map_or(lives == 20, |end| Instant::now() >= end) {
            break;
        }
        let seed = first.wrapping_add(lives);
        let lived = std::panic::catch_unwind(|| {
            let mut counts = Counts::default();
            life(seed, &mut counts);
            counts
        });
        let lived = lived.unwrap_or_else(|_| panic!("REQUEST_FUZZ_SEED={seed} replays this"));
        counts.sent += lived.sent;
        counts.decoded += lived.decoded;
        counts.passed += lived.passed;
    }
    println!("from seed {first}: {counts:?}");
    assert!(counts.passed > counts.sent / 4, "most must not be turned away at the door: {counts:?}");
}
