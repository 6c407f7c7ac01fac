//! Where the time of a request went, step by step and in etcd's words, for the log line of a slow one.
//!
//! A look at the clock has its price, so only what may take long is taken apart: a range by itself, and a transaction with
//! a range in it. A put is one step, and a transaction of single keys none: when an entry began and ended is known anyway.

use crate::{
    clock::{Now, Stopwatch},
    pb::etcdserverpb::{PutRequest, RangeRequest, TxnRequest, request_op::Request},
};
use bytes::Bytes;
use prost::Message;

pub(super) const COMPARE: &str = "compare";
pub(super) const CHECK: &str = "check requests";
pub(super) const COUNT: &str = "count revisions from in-memory index tree";
pub(super) const KEYS: &str = "keys only range from in-memory index tree";
/// Nothing was found in the index, so that no row was read.
pub(super) const INDEX: &str = "range keys from in-memory index tree";
/// Index and rows are read in turns, a piece at a time: this is the time for both.
pub(super) const ROWS: &str = "range keys from bolt db";
pub(super) const SORT: &str = "filter and sort the key-value pairs";
pub(super) const ASSEMBLE: &str = "assemble the response";
/// All that a put does.
pub const STORE: &str = "store kv pair into bolt db";

/// The way of one entry through the state machine.
#[derive(Clone, Debug, Default)]
pub struct Course {
    /// When its turn came.
    pub began: Now,
    /// When its effects were known.
    pub ended: Now,
    /// What was told apart of the time between.
    pub steps: Vec<Step>,
}

/// A step that has ended.
#[derive(Clone, Debug)]
pub struct Step {
    /// When it did.
    pub ended: Now,
    /// Its name.
    pub text: &'static str,
    /// The operation of a transaction that it belongs to.
    pub op: Option<Op>,
}

/// An operation of a transaction.
#[derive(Clone, Debug)]
pub enum Op {
    /// A range from the first key up to the second.
    Range(Bytes, Bytes),
    /// A put of that key, by a request of so many bytes.
    Put(Bytes, usize),
}

impl Op {
    pub(super) fn range(request: &RangeRequest) -> Self {
        Self::Range(request.key.clone(), request.range_end.clone())
    }

    pub(super) fn put(request: &PutRequest) -> Self {
        Self::Put(request.key.clone(), request.encoded_len())
    }
}

/// Collects the steps of a transaction, if it is worth it.
#[derive(Debug, Default)]
pub struct Steps {
    stopwatch: Option<Stopwatch>,
    taken: Vec<Step>,
}

impl Steps {
    /// Collects when the transaction has a range in it: without one it costs nothing.
    pub fn of(request: &TxnRequest, stopwatch: Stopwatch) -> Self {
        Self { stopwatch: has_range(request).then_some(stopwatch), taken: Vec::new() }
    }

    /// What was collected.
    pub fn taken(self) -> Vec<Step> {
        self.taken
    }

    /// A step of the whole ends now.
    pub(super) fn mark(&mut self, text: &'static str) {
        self.take(text, || None);
    }

    /// A step of an operation ends now.
    pub(super) fn mark_op(&mut self, text: &'static str, op: impl FnOnce() -> Op) {
        self.take(text, || Some(op()));
    }

    fn take(&mut self, text: &'static str, op: impl FnOnce() -> Option<Op>) {
        if let Some(stopwatch) = self.stopwatch {
            self.taken.push(Step { ended: stopwatch.now(), text, op: op() });
        }
    }
}

/// Does a condition or an operation concern more than one key?
fn has_range(request: &TxnRequest) -> bool {
    let mut ops = request.success.iter().chain(&request.failure);
    request.compare.iter().any(|condition| !condition.range_end.is_empty())
        || ops.any(|op| match &op.request {
            Some(Request::RequestRange(range)) => !range.range_end.is_empty(),
            Some(Request::RequestDeleteRange(delete)) => !delete.range_end.is_empty(),
            Some(Request::RequestTxn(nested)) => has_range(nested),
            Some(Request::RequestPut(_)) | None => false,
        })
}
