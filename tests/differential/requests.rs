//! Random requests over few keys and few leases, so that they meet: drawn from a seed, the same for everybody.
//!
//! What must hold: no request is drawn whose answer depends on chance or on the clock, and none that stops a real etcd.

use super::{
    differences::Dialect,
    ops::{Op, SMALL_REQUEST_BYTES, Shape},
};
use bytes::Bytes;
use etcd::pb::etcdserverpb::{
    CompactionRequest, DeleteRangeRequest, LeaseGrantRequest, LeaseRevokeRequest, PutRequest, RangeRequest,
    WatchCreateRequest,
    range_request::{SortOrder, SortTarget},
};
use fastrand::Rng;
use prost::Message;

/// Draws requests; knows where the store stands so that old revisions are hit.
#[derive(Debug)]
pub struct Generator {
    pub(super) rng: Rng,
    pub(super) dialect: Dialect,
    pub(super) shape: Shape,
    /// The store's revision, as far as the last response told.
    pub revision: i64,
    /// The revision below which all is compacted.
    pub compacted: i64,
    /// The last compactions: their hashes are kept.
    compactions: Vec<i64>,
    /// A compaction that nobody waited for is under way.
    is_compacting: bool,
    drawn: u64,
}

const LEASES: i64 = 8;

/// Requests of a phase: keys grow in number, stay, and shrink.
const PHASE: u64 = 300;

/// Hashes of compactions that a member keeps.
const KEPT_HASHES: usize = 10;

impl Generator {
    pub fn new(seed: u64, dialect: Dialect, shape: Shape) -> Self {
        Self {
            rng: Rng::with_seed(seed),
            dialect,
            shape,
            revision: 1,
            compacted: 0,
            compactions: Vec::new(),
            is_compacting: false,
            drawn: 0,
        }
    }

    /// A compaction has been answered with yes.
    pub fn compaction_done(&mut self, request: &CompactionRequest) {
        self.compacted = request.revision;
        self.compactions.push(request.revision);
        if self.compactions.len() > KEPT_HASHES {
            self.compactions.remove(0);
        }
        self.is_compacting = !request.physical;
    }

    /// The next request.
    pub fn op(&mut self) -> Op {
        self.drawn += 1;
        loop {
            let op = self.any_op();
            // How large a proposal is depends on the id of its request by a few bytes.
            let size = match &op {
                Op::Txn(request) => request.encoded_len(),
                Op::Put(request) => request.encoded_len(),
                _ => 0,
            };
            if !(SMALL_REQUEST_BYTES - 256..SMALL_REQUEST_BYTES + 256).contains(&size) {
                return op;
            }
        }
    }

    fn any_op(&mut self) -> Op {
        let shrink = if self.phase() == 2 { 60 } else { 0 };
        match self.rng.u32(0..1000 + shrink) {
            0..230 => Op::Put(self.put()),
            230..530 => Op::Range(self.range()),
            530..565 => Op::Stream(self.stream()),
            565..625 => Op::Delete(self.delete()),
            625..855 => Op::Txn(self.txn(3)),
            855..860 => Op::Txn(self.long_txn()),
            860..872 => self.compaction(),
            872..896 => Op::Grant(LeaseGrantRequest { id: self.lease(), ttl: self.rng.i64(3000..4000) }),
            896..902 => self.brief_grant(),
            902..917 => Op::Revoke(LeaseRevokeRequest { id: self.lease() }),
            917..927 => Op::KeepAlive { id: self.lease() },
            927..935 => Op::Leases,
            935..955 => Op::TimeToLive { id: self.lease(), keys: self.rng.u32(0..4) > 0 },
            955..967 => self.watch(),
            967..1000 => self.hash(),
            _ => Op::Delete(self.delete()),
        }
    }

    fn phase(&self) -> u64 {
        self.drawn / PHASE % 3
    }

    /// One time in so many.
    pub(super) fn one_in(&mut self, times: u32) -> bool {
        self.rng.u32(0..times) == 0
    }

    pub(super) fn key(&mut self) -> Bytes {
        let depth_max = match (self.shape, self.phase()) {
            (Shape::Narrow, 0) => 2,
            (Shape::Narrow, _) | (Shape::Large, _) | (Shape::Wide, 2) => 3,
            (Shape::Wide, 0) => 4,
            (Shape::Wide, _) => 5,
        };
        // As many short keys as long ones: the short ones are prefixes that ranges meet.
        let depth = self.rng.usize(1..=depth_max);
        (0..depth).map(|_| self.rng.choice(*b"abc").unwrap_or(b'a')).collect::<Vec<u8>>().into()
    }

    /// Sometimes what no client should send.
    pub(super) fn key_or_nothing(&mut self) -> Bytes {
        if self.one_in(100) { Bytes::new() } else { self.key() }
    }

    /// The end of a range that begins at `key`: none, from the key on, the key as a prefix, or any.
    pub(super) fn range_end(&mut self, key: &Bytes) -> Bytes {
        match self.rng.u32(0..10) {
            0..3 => Bytes::new(),
            3 | 4 => Bytes::from_static(b"\0"),
            5 | 6 => after_prefix(key),
            _ => self.key(),
        }
    }

    fn lease(&mut self) -> i64 {
        self.rng.i64(1..=LEASES)
    }

    /// A revision that is likely to be there; sometimes compacted, sometimes in the future.
    fn old_revision(&mut self) -> i64 {
        match self.rng.u32(0..12) {
            0..4 => 0,
            4 => self.rng.i64(-2..self.compacted.max(0) + 1),
            5 => self.revision + self.rng.i64(1..4),
            _ => self.past_revision(),
        }
    }

    fn past_revision(&mut self) -> i64 {
        let first = self.compacted.max(1);
        self.rng.i64(first..=self.revision.max(first))
    }

    pub(super) fn value(&mut self) -> Bytes {
        let size = match (self.shape, self.rng.u32(0..50)) {
            (Shape::Large, 0) => SMALL_REQUEST_BYTES + 1000,
            (Shape::Large, 1..40) => self.rng.usize(4_000..14_000),
            (_, 0) => 5_000,
            _ => self.rng.usize(0..20),
        };
        let random = size.min(20);
        let filling = std::iter::repeat_n(b'-', size - random);
        (0..random).map(|_| self.rng.u8(b'a'..=b'z')).chain(filling).collect::<Vec<u8>>().into()
    }

    pub(super) fn put(&mut self) -> PutRequest {
        let ignore_value = self.one_in(20);
        let ignore_lease = self.one_in(20);
        let lease = if self.one_in(4) { self.lease() } else { 0 };
        // A value beside ignore_value is refused; that it is, is tried too.
        let keep_wrong = self.one_in(10);
        PutRequest {
            key: self.key_or_nothing(),
            value: if ignore_value && !keep_wrong { Bytes::new() } else { self.value() },
            lease: if ignore_lease && !keep_wrong { 0 } else { lease },
            prev_kv: self.rng.bool(),
            ignore_value,
            ignore_lease,
        }
    }

    pub(super) fn delete(&mut self) -> DeleteRangeRequest {
        let key = self.key_or_nothing();
        // Few deletions are of everything, or else there would be little to read.
        let range_end = match self.rng.u32(0..10) {
            0 if self.phase() == 2 || self.one_in(4) => self.range_end(&key),
            1 | 2 => after_prefix(&key),
            3 => self.key(),
            _ => Bytes::new(),
        };
        DeleteRangeRequest { key, range_end, prev_kv: self.rng.bool() }
    }

    pub(super) fn range(&mut self) -> RangeRequest {
        let key = self.key_or_nothing();
        let mut request = RangeRequest {
            range_end: self.range_end(&key),
            key,
            revision: self.old_revision(),
            serializable: self.rng.bool(),
            ..Default::default()
        };
        if self.rng.bool() {
            request.limit = match self.rng.u32(0..20) {
                0 => -1,
                1 => i64::MAX,
                2..6 => self.rng.i64(6..60),
                _ => self.rng.i64(0..6),
            };
        }
        if self.one_in(3) {
            request.sort_order = self.rng.i32(0..=2);
            request.sort_target = self.rng.i32(0..=4);
        }
        // 3.5 does not look at these, and a target that there is none of stops it.
        if self.dialect == Dialect::Current && self.one_in(60) {
            *[&mut request.sort_order, &mut request.sort_target][self.rng.usize(0..2)] = self.rng.i32(5..9);
        }
        if self.one_in(5) {
            self.filter_revisions(&mut request);
        }
        request.keys_only = self.one_in(8);
        request.count_only = self.one_in(8);
        request
    }

    fn filter_revisions(&mut self, request: &mut RangeRequest) {
        let around = self.past_revision();
        for bound in [
            &mut request.min_mod_revision,
            &mut request.max_mod_revision,
            &mut request.min_create_revision,
            &mut request.max_create_revision,
        ] {
            if self.rng.bool() {
                *bound = around + self.rng.i64(-40..40);
            }
        }
    }

    /// Mostly what a stream can do; it refuses orders and filters.
    fn stream(&mut self) -> RangeRequest {
        let mut request = self.range();
        if !self.one_in(4) {
            request.sort_order = self.rng.i32(0..2);
            request.sort_target = SortTarget::Key as i32;
            (request.min_mod_revision, request.max_mod_revision) = (0, 0);
            (request.min_create_revision, request.max_create_revision) = (0, 0);
        }
        // By a target without an order, 3.7.1 sorts each piece for itself and goes on behind its last key: some keys come
        // twice, some not at all. Ours takes no notice of the target.
        if request.sort_order == SortOrder::None as i32 && !request.count_only {
            request.sort_target = SortTarget::Key as i32;
        }
        request
    }

    /// A compaction; or, where one is under way, a request that is refused when that one has ended.
    fn compaction(&mut self) -> Op {
        if self.is_compacting {
            self.is_compacting = false;
            return Op::Compact(CompactionRequest { revision: self.compacted, physical: true });
        }
        let revision = match self.rng.u32(0..6) {
            0 => self.rng.i64(-1..=self.compacted.max(1)),
            1 => self.revision + 1,
            // Some history is left, where a little of it is large.
            _ if self.shape == Shape::Large => self.past_revision().min((self.revision - 100).max(self.compacted + 1)),
            _ => self.past_revision(),
        };
        Op::Compact(CompactionRequest { revision, physical: self.rng.bool() })
    }

    /// Ids of any sign, times that are too short or too long. None of these leases lives on, or it would expire.
    fn brief_grant(&mut self) -> Op {
        let id = match self.rng.u32(0..4) {
            0 => 0,
            1 => -self.lease(),
            2 => self.lease(),
            _ => 100 + self.lease(),
        };
        let ttl = *self.rng.choice(&[i64::MIN, -1, 0, 1, 2, 3, 9_000_000_000, 9_000_000_001, i64::MAX]).unwrap_or(&0);
        Op::BriefGrant(LeaseGrantRequest { id, ttl })
    }

    /// While a compaction is under way the answer would depend on how far it is, so that is waited for first.
    fn hash(&mut self) -> Op {
        if self.is_compacting {
            return self.compaction();
        }
        let kept = self.rng.choice(&self.compactions).copied();
        let revision = match kept {
            Some(revision) if self.one_in(4) => revision,
            _ => self.old_revision(),
        };
        Op::HashKv { revision }
    }

    fn watch(&mut self) -> Op {
        let watchers = self.rng.usize(1..8);
        let requests = (0..watchers).map(|_| self.watcher()).collect();
        Op::Watch { requests, compacted: self.compacted }
    }

    fn watcher(&mut self) -> WatchCreateRequest {
        if self.shape == Shape::Large && self.one_in(6) {
            // All there is: more than one response holds.
            let (everything, start_revision) = (Bytes::from_static(b"\0"), self.compacted.max(1));
            let (range_end, fragment) = (everything.clone(), true);
            return WatchCreateRequest { key: everything, range_end, start_revision, fragment, ..Default::default() };
        }
        let key = if self.one_in(20) { Bytes::new() } else { self.key() };
        let filters = match self.rng.u32(0..12) {
            0 | 1 => vec![0],
            2 | 3 => vec![1],
            4 => vec![0, 1],
            _ => vec![],
        };
        let start_revision = match self.rng.u32(0..20) {
            0..2 => 0,
            2 => self.rng.i64(0..=self.compacted.max(0)),
            3 => self.compacted.max(0),
            4 => self.revision + self.rng.i64(1..5),
            // 3.5 looks for what is before all revisions.
            5 if self.dialect == Dialect::Current => -self.rng.i64(1..5),
            _ => self.past_revision(),
        };
        WatchCreateRequest {
            range_end: self.range_end(&key),
            key,
            start_revision,
            progress_notify: self.one_in(10),
            filters,
            prev_kv: self.rng.bool(),
            watch_id: if self.one_in(4) { self.rng.i64(1..6) } else { 0 },
            fragment: self.rng.bool(),
        }
    }
}

/// The first key behind all keys that begin with `prefix`; from-key where there is none.
fn after_prefix(prefix: &Bytes) -> Bytes {
    match prefix.split_last() {
        Some((last, head)) if *last < u8::MAX => [head, &[last + 1]].concat().into(),
        _ => Bytes::from_static(b"\0"),
    }
}
