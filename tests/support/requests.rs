//! Random requests over few keys and few leases, so that they meet: drawn from a seed, the same for everybody.

use bytes::Bytes;
use etcd::pb::etcdserverpb::{
    CompactionRequest, Compare, DeleteRangeRequest, LeaseGrantRequest, LeaseRevokeRequest, PutRequest, RangeRequest,
    RequestOp, TxnRequest,
    compare::{CompareResult, CompareTarget, TargetUnion},
    range_request::{SortOrder, SortTarget},
    request_op::Request,
};
use fastrand::Rng;

/// One request of a client.
#[derive(Clone, Debug)]
pub enum Op {
    Range(RangeRequest),
    Put(PutRequest),
    Delete(DeleteRangeRequest),
    Txn(TxnRequest),
    Compact(CompactionRequest),
    Grant(LeaseGrantRequest),
    Revoke(LeaseRevokeRequest),
    Leases,
    TimeToLive {
        id: i64,
    },
    /// A watch from an old revision over a range, read up to the present.
    Watch {
        key: Bytes,
        range_end: Bytes,
        start_revision: i64,
        prev_kv: bool,
        filters: Vec<i32>,
    },
    HashKv {
        revision: i64,
    },
}

/// Draws requests; knows about where the store stands so that old revisions are hit.
#[derive(Debug)]
pub struct Generator {
    rng: Rng,
    /// The store's revision, as far as the last response told.
    pub revision: i64,
    /// The revision below which all is compacted.
    pub compacted: i64,
    dialect: Dialect,
}

/// Which etcd the answers are compared with. 3.7.1 is right; an older one is only asked what it answers in the same way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// 3.7: everything.
    Current,
    /// 3.5 does not refuse sort orders and targets that there are none of (3.7: "invalid sort option", added in 3.6),
    /// shows the lease in keys-only answers (3.7 answers those from the index), and its HashKV counts tombstones at the
    /// compacted revision and names no hash revision (reference 7.5, 7.7): equal histories are compared by their events.
    Old,
}

impl Dialect {
    /// By the version that a member reports.
    pub fn of_version(version: &str) -> Self {
        if version.starts_with("3.7.") { Self::Current } else { Self::Old }
    }
}

const LEASES: i64 = 8;

impl Generator {
    pub fn new(seed: u64, dialect: Dialect) -> Self {
        Self { rng: Rng::with_seed(seed), revision: 1, compacted: 0, dialect }
    }

    /// The next request.
    pub fn op(&mut self) -> Op {
        match self.rng.u32(0..1000) {
            0..280 => Op::Put(self.put()),
            280..540 => Op::Range(self.range()),
            540..620 => Op::Delete(self.delete()),
            620..880 => Op::Txn(self.txn(3)),
            880..890 => Op::Compact(self.compaction()),
            890..920 => Op::Grant(LeaseGrantRequest { id: self.lease(), ttl: self.rng.i64(3000..4000) }),
            920..930 => Op::Revoke(LeaseRevokeRequest { id: self.lease() }),
            930..940 => Op::Leases,
            940..960 => Op::TimeToLive { id: self.lease() },
            960..985 => self.watch(),
            _ if self.dialect == Dialect::Old => Op::Leases,
            _ => Op::HashKv { revision: self.old_revision() },
        }
    }

    fn key(&mut self) -> Bytes {
        let depth = self.rng.usize(1..4);
        (0..depth).map(|_| self.rng.choice(*b"abc").unwrap_or(b'a')).collect::<Vec<u8>>().into()
    }

    /// Sometimes what no client should send.
    fn key_or_nothing(&mut self) -> Bytes {
        if self.rng.u32(0..100) == 0 { Bytes::new() } else { self.key() }
    }

    fn range_end(&mut self) -> Bytes {
        match self.rng.u32(0..10) {
            0..4 => Bytes::new(),
            4 => Bytes::from_static(b"\0"),
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
            4 => self.rng.i64(-1..self.compacted.max(0) + 1),
            5 => self.revision + self.rng.i64(1..4),
            _ => self.rng.i64(self.compacted.max(1)..=self.revision.max(self.compacted.max(1))),
        }
    }

    fn put(&mut self) -> PutRequest {
        let size = if self.rng.u32(0..50) == 0 { 5_000 } else { self.rng.usize(0..20) };
        let value: Bytes = (0..size).map(|_| self.rng.u8(b'a'..=b'z')).collect::<Vec<u8>>().into();
        let ignore_value = self.rng.u32(0..20) == 0;
        let ignore_lease = self.rng.u32(0..20) == 0;
        let lease = if self.rng.u32(0..4) == 0 { self.lease() } else { 0 };
        // A value beside ignore_value is refused; that it is, is tried too.
        let keep_wrong = self.rng.u32(0..10) == 0;
        PutRequest {
            key: self.key_or_nothing(),
            value: if ignore_value && !keep_wrong { Bytes::new() } else { value },
            lease: if ignore_lease && !keep_wrong { 0 } else { lease },
            prev_kv: self.rng.bool(),
            ignore_value,
            ignore_lease,
        }
    }

    fn delete(&mut self) -> DeleteRangeRequest {
        DeleteRangeRequest { key: self.key_or_nothing(), range_end: self.range_end(), prev_kv: self.rng.bool() }
    }

    fn range(&mut self) -> RangeRequest {
        let mut request = RangeRequest {
            key: self.key_or_nothing(),
            range_end: self.range_end(),
            revision: self.old_revision(),
            serializable: self.rng.bool(),
            ..Default::default()
        };
        if self.rng.bool() {
            request.limit = self.rng.i64(0..6);
        }
        // Ties have no order in etcd, so only orders without ties are compared: by key, and by what is unique.
        // With a limit and no order, a target other than the key sorts what the limit left: key order decides.
        if self.rng.u32(0..3) == 0 {
            request.sort_order = self.rng.i32(0..=3).min(self.rng.i32(0..=4));
            request.sort_target = *self.rng.choice(&[0, 0, 3, 9]).unwrap_or(&0);
            if request.sort_order != SortOrder::None as i32 && self.rng.bool() {
                request.sort_target = SortTarget::Key as i32;
            }
        }
        if self.rng.u32(0..5) == 0 {
            for bound in [
                &mut request.min_mod_revision,
                &mut request.max_mod_revision,
                &mut request.min_create_revision,
                &mut request.max_create_revision,
            ] {
                if self.rng.bool() {
                    *bound = self.rng.i64(0..=self.revision + 1);
                }
            }
        }
        request.keys_only = self.rng.u32(0..8) == 0;
        if self.dialect == Dialect::Old {
            request.keys_only = false;
            request.sort_order = request.sort_order.min(2);
            request.sort_target = SortTarget::Key as i32;
        }
        request.count_only = self.rng.u32(0..8) == 0;
        request
    }

    fn compaction(&mut self) -> CompactionRequest {
        let revision = match self.rng.u32(0..5) {
            0 => self.rng.i64(0..=self.compacted.max(1)),
            1 => self.revision + 1,
            _ => self.rng.i64(self.compacted.max(1)..=self.revision.max(self.compacted.max(1))),
        };
        CompactionRequest { revision, physical: true }
    }

    fn txn(&mut self, depth: u32) -> TxnRequest {
        let (compares, ops, others) = (self.rng.usize(0..4), self.rng.usize(0..4), self.rng.usize(0..3));
        TxnRequest {
            compare: (0..compares).map(|_| self.compare()).collect(),
            success: (0..ops).map(|_| self.request_op(depth)).collect(),
            failure: (0..others).map(|_| self.request_op(depth)).collect(),
        }
    }

    fn request_op(&mut self, depth: u32) -> RequestOp {
        let request = match self.rng.u32(0..20) {
            // A put that keeps what an earlier operation deletes panics etcd, of every version: it is not asked that.
            0..7 => Request::RequestPut(PutRequest { ignore_value: false, ignore_lease: false, ..self.put() }),
            // 3.5 looks for future revisions after leases, and answers nested ranges of the past otherwise.
            7..13 if self.dialect == Dialect::Old => {
                Request::RequestRange(RangeRequest { revision: 0, ..self.range() })
            }
            7..13 => Request::RequestRange(self.range()),
            13..16 => Request::RequestDeleteRange(self.delete()),
            16..19 if depth > 1 => Request::RequestTxn(self.txn(depth - 1)),
            19 if self.rng.u32(0..10) == 0 => return RequestOp { request: None },
            _ => Request::RequestPut(PutRequest { ignore_value: false, ignore_lease: false, ..self.put() }),
        };
        RequestOp { request: Some(request) }
    }

    fn compare(&mut self) -> Compare {
        let number = self.rng.i64(0..4);
        let (target, target_union) = match self.rng.u32(0..11) {
            0..2 => (CompareTarget::Version, TargetUnion::Version(number)),
            2..4 => (CompareTarget::Create, TargetUnion::CreateRevision(self.rng.i64(0..=self.revision))),
            4..6 => (CompareTarget::Mod, TargetUnion::ModRevision(self.rng.i64(0..=self.revision))),
            6..8 => (CompareTarget::Value, TargetUnion::Value(self.key())),
            8..10 => (CompareTarget::Lease, TargetUnion::Lease(number)),
            // The operand does not fit the target.
            _ => (CompareTarget::Value, TargetUnion::Version(number)),
        };
        let result = [CompareResult::Equal, CompareResult::Greater, CompareResult::Less, CompareResult::NotEqual];
        Compare {
            result: *self.rng.choice(&result).unwrap_or(&CompareResult::Equal) as i32,
            target: target as i32,
            key: self.key_or_nothing(),
            range_end: if self.rng.u32(0..4) == 0 { self.range_end() } else { Bytes::new() },
            target_union: Some(target_union),
        }
    }

    fn watch(&mut self) -> Op {
        let filters = match self.rng.u32(0..6) {
            0 => vec![0],
            1 => vec![1],
            _ => vec![],
        };
        let start_revision = self.rng.i64(self.compacted.max(1)..=self.revision.max(self.compacted.max(1)));
        Op::Watch { key: self.key(), range_end: self.range_end(), start_revision, prev_kv: self.rng.bool(), filters }
    }
}
