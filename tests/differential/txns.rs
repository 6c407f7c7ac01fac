//! Random transactions: nested, with every compare, and some that are refused for each reason there is.

use super::requests::Generator;
use bytes::Bytes;
use etcd::pb::etcdserverpb::{
    Compare, DeleteRangeRequest, PutRequest, RangeRequest, RequestOp, TxnRequest,
    compare::{CompareTarget, TargetUnion},
    request_op::Request,
};

impl Generator {
    /// A transaction that holds others, `depth` deep with itself.
    pub(super) fn txn(&mut self, depth: u32) -> TxnRequest {
        let mut request = self.any_txn(depth);
        // A put that keeps the value of a key which the same transaction deleted stops etcd, of every version. It
        // refuses most of them before; a deletion from a key on is what it overlooks.
        if any_op(&request, &|op| matches!(op, Request::RequestDeleteRange(delete) if *delete.range_end == *b"\0")) {
            for_all_puts(&mut request, &|put| (put.ignore_value, put.ignore_lease) = (false, false));
        }
        request
    }

    fn any_txn(&mut self, depth: u32) -> TxnRequest {
        let (compares, ops, others) = (self.rng.usize(0..4), self.rng.usize(0..4), self.rng.usize(0..3));
        TxnRequest {
            compare: (0..compares).map(|_| self.compare()).collect(),
            success: (0..ops).map(|_| self.request_op(depth)).collect(),
            failure: (0..others).map(|_| self.request_op(depth)).collect(),
        }
    }

    /// About as long as transactions may be; the operations of a nested one count with those around it.
    pub(super) fn long_txn(&mut self) -> TxnRequest {
        let nested = TxnRequest { success: self.small_operations(10), ..Default::default() };
        let mut request = TxnRequest::default();
        match self.rng.u32(0..4) {
            0 => {
                let count = self.rng.usize(126..131);
                request.compare = (0..count).map(|_| Compare { key: self.key(), ..self.compare() }).collect();
            }
            1 => {
                let count = self.rng.usize(126..131);
                request.failure = self.small_operations(count);
            }
            _ => {
                let count = self.rng.usize(115..120);
                request.success = self.small_operations(count);
                request.success.push(RequestOp { request: Some(Request::RequestTxn(nested)) });
            }
        }
        request
    }

    fn small_operations(&mut self, count: usize) -> Vec<RequestOp> {
        let mut request = || {
            let (key, range_end) = (self.key(), Bytes::new());
            match self.rng.u32(0..40) {
                0 => Request::RequestDeleteRange(DeleteRangeRequest { key, range_end, prev_kv: false }),
                _ => Request::RequestRange(RangeRequest { key, count_only: true, ..Default::default() }),
            }
        };
        (0..count).map(|_| RequestOp { request: Some(request()) }).collect()
    }

    fn request_op(&mut self, depth: u32) -> RequestOp {
        let request = match self.rng.u32(0..20) {
            0..7 => Request::RequestPut(self.put_of_txn()),
            7..13 => Request::RequestRange(self.range_of_txn()),
            13..16 => Request::RequestDeleteRange(self.delete()),
            16..19 if depth > 1 => Request::RequestTxn(self.any_txn(depth - 1)),
            19 if self.one_in(10) => return RequestOp { request: None },
            _ => Request::RequestPut(self.put_of_txn()),
        };
        RequestOp { request: Some(request) }
    }

    /// One refused operation refuses all, so each is likelier to be fine than outside.
    fn put_of_txn(&mut self) -> PutRequest {
        let put = self.put();
        if self.one_in(3) { put } else { PutRequest { ignore_value: false, ignore_lease: false, lease: 0, ..put } }
    }

    fn range_of_txn(&mut self) -> RangeRequest {
        let range = self.range();
        if self.one_in(2) { range } else { RangeRequest { revision: 0, ..range } }
    }

    fn compare(&mut self) -> Compare {
        let number = self.rng.i64(-1..4);
        let revision = self.rng.i64(0..=self.revision);
        let fitting = [
            (CompareTarget::Version, TargetUnion::Version(number)),
            (CompareTarget::Create, TargetUnion::CreateRevision(revision)),
            (CompareTarget::Mod, TargetUnion::ModRevision(revision)),
            (CompareTarget::Value, TargetUnion::Value(self.key())),
            (CompareTarget::Lease, TargetUnion::Lease(number)),
        ];
        let (target, operand) = fitting[self.rng.usize(0..fitting.len())].clone();
        let key = self.key_or_nothing();
        let mut compare = Compare {
            result: self.rng.i32(0..=3),
            target: target as i32,
            range_end: if self.one_in(3) { self.range_end(&key) } else { Bytes::new() },
            key,
            target_union: Some(operand),
        };
        // A result or target that there is none of, an operand of another target, and none at all.
        match self.rng.u32(0..40) {
            0 => compare.result = 9,
            1 => compare.target = 9,
            2 => compare.target_union = Some(TargetUnion::Version(number)),
            3 => compare.target_union = None,
            _ => {}
        }
        compare
    }
}

/// Is there such an operation in it, however deep?
fn any_op(request: &TxnRequest, is_such: &dyn Fn(&Request) -> bool) -> bool {
    request.success.iter().chain(&request.failure).filter_map(|op| op.request.as_ref()).any(|op| match op {
        Request::RequestTxn(nested) => any_op(nested, is_such),
        other => is_such(other),
    })
}

fn for_all_puts(request: &mut TxnRequest, change: &dyn Fn(&mut PutRequest)) {
    for op in request.success.iter_mut().chain(&mut request.failure) {
        match &mut op.request {
            Some(Request::RequestPut(put)) => change(put),
            Some(Request::RequestTxn(nested)) => for_all_puts(nested, change),
            _ => {}
        }
    }
}
