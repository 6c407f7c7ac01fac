//! Which branches of a transaction run: decided before anything of it runs.
//!
//! etcd evaluates all conditions on the state before the transaction, those of nested transactions too. So a nested
//! condition does not see what the outer transaction put, though a nested range does.

use super::outcome::Unanswered;
use crate::{
    key::KeyRange,
    mvcc::{Fetch, RangeQuery, Ranges},
    pb::{
        etcdserverpb::{
            Compare, DeleteRangeRequest, PutRequest, RangeRequest, RequestOp, TxnRequest,
            compare::{CompareResult, CompareTarget, TargetUnion},
            request_op::Request,
        },
        mvccpb::KeyValue,
    },
};
use std::cmp::Ordering;

/// The branch of a transaction that runs, and those of the transactions nested in it, in order.
#[derive(Debug)]
pub(super) struct Path {
    pub succeeded: bool,
    nested: Vec<Path>,
}

/// One operation on the path.
pub(super) enum Op<'a> {
    Range(&'a RangeRequest),
    Put(&'a PutRequest),
    DeleteRange(&'a DeleteRangeRequest),
    Txn(&'a TxnRequest, &'a Path),
    /// Names no operation. Such are refused before they are proposed; one in the log answers nothing.
    Unset,
}

impl Path {
    /// Evaluates the conditions on what `from` shows now.
    pub fn choose(from: &impl Ranges, request: &TxnRequest) -> Result<Self, Unanswered> {
        let mut succeeded = true;
        for condition in &request.compare {
            if !holds(from, condition)? {
                succeeded = false;
                break;
            }
        }
        let mut path = Self { succeeded, nested: Vec::new() };
        for op in path.branch(request) {
            if let Some(Request::RequestTxn(nested)) = &op.request {
                path.nested.push(Self::choose(from, nested)?);
            }
        }
        Ok(path)
    }

    /// The operations that run, each nested transaction with its own path.
    pub fn ops<'a>(&'a self, request: &'a TxnRequest) -> impl Iterator<Item = Op<'a>> {
        let mut nested = self.nested.iter();
        self.branch(request).iter().map(move |op| match &op.request {
            Some(Request::RequestRange(range)) => Op::Range(range),
            Some(Request::RequestPut(put)) => Op::Put(put),
            Some(Request::RequestDeleteRange(delete)) => Op::DeleteRange(delete),
            Some(Request::RequestTxn(txn)) => nested.next().map_or(Op::Unset, |path| Op::Txn(txn, path)),
            None => Op::Unset,
        })
    }

    fn branch<'a>(&self, request: &'a TxnRequest) -> &'a [RequestOp] {
        if self.succeeded { &request.success } else { &request.failure }
    }
}

/// Must hold for every key of the range. Without any key the zero key-value is looked at, except for values: a value
/// that is not there equals nothing, and differs from nothing.
fn holds(from: &impl Ranges, condition: &Compare) -> Result<bool, Unanswered> {
    let target = CompareTarget::try_from(condition.target).ok();
    let fetch = match target {
        Some(CompareTarget::Value | CompareTarget::Lease) => Fetch::Full,
        _ => Fetch::Keys,
    };
    let range = KeyRange::read(&condition.key, &condition.range_end);
    let found = from.range(&RangeQuery { range, at: 0, limit: 0, fetch })?;
    Ok(match &found.kvs[..] {
        [] if target == Some(CompareTarget::Value) => false,
        [] => holds_for(condition, target, &KeyValue::default()),
        kvs => kvs.iter().all(|kv| holds_for(condition, target, kv)),
    })
}

/// What the key has, compared with what the condition gives. An operand of another kind than the target counts as zero
/// or empty; an unknown target as equal; an unknown result always holds.
fn holds_for(condition: &Compare, target: Option<CompareTarget>, kv: &KeyValue) -> bool {
    let given = condition.target_union.as_ref();
    let order = match (target, given) {
        (Some(CompareTarget::Version), Some(TargetUnion::Version(version))) => kv.version.cmp(version),
        (Some(CompareTarget::Version), _) => kv.version.cmp(&0),
        (Some(CompareTarget::Create), Some(TargetUnion::CreateRevision(revision))) => kv.create_revision.cmp(revision),
        (Some(CompareTarget::Create), _) => kv.create_revision.cmp(&0),
        (Some(CompareTarget::Mod), Some(TargetUnion::ModRevision(revision))) => kv.mod_revision.cmp(revision),
        (Some(CompareTarget::Mod), _) => kv.mod_revision.cmp(&0),
        (Some(CompareTarget::Value), Some(TargetUnion::Value(value))) => kv.value.cmp(value),
        (Some(CompareTarget::Value), _) => kv.value.as_ref().cmp(b"".as_slice()),
        (Some(CompareTarget::Lease), Some(TargetUnion::Lease(lease))) => kv.lease.cmp(lease),
        (Some(CompareTarget::Lease), _) => kv.lease.cmp(&0),
        (None, _) => Ordering::Equal,
    };
    match CompareResult::try_from(condition.result) {
        Ok(CompareResult::Equal) => order.is_eq(),
        Ok(CompareResult::Greater) => order.is_gt(),
        Ok(CompareResult::Less) => order.is_lt(),
        Ok(CompareResult::NotEqual) => order.is_ne(),
        Err(_) => true,
    }
}
