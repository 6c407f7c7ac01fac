//! What a run has asked and been told, counted by kind; and the least that a run must have, so that requests which are
//! no longer drawn, or no longer get past the first check, do not go unnoticed.

use super::{
    ask::{Answer, Outcome, revision_of},
    differences::{Dialect, has_ties},
    ops::Op,
};
use etcd::pb::etcdserverpb::{
    Compare, PutRequest, RangeRequest, RequestOp, ResponseOp, TxnRequest, TxnResponse, WatchCreateRequest,
    compare::{CompareResult, CompareTarget},
    range_request::{SortOrder, SortTarget},
    request_op::Request,
    response_op::Response,
};
use std::collections::BTreeMap;
use tokio::task::JoinSet;

/// How often each thing occurred.
#[derive(Clone, Debug, Default)]
pub struct Coverage(BTreeMap<String, u64>);

/// What a run of 100,000 requests usually counts. What only 3.7 is asked, or answers so, is marked.
pub const USUAL: &str = include_str!("coverage.txt");

/// What all lanes together have covered, and what the real side speaks.
pub async fn of_lanes(mut lanes: JoinSet<(Dialect, Coverage)>) -> (Dialect, Coverage) {
    let (mut dialect, mut coverage) = (Dialect::Current, Coverage::default());
    while let Some(lane) = lanes.join_next().await {
        // What was wrong is in the message of the lane's own panic.
        let (of_lane, covered) = lane.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()));
        dialect = of_lane;
        coverage.merge(covered);
    }
    (dialect, coverage)
}

/// Of whom something is usual.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialects {
    All,
    Current,
}

impl Coverage {
    pub fn add(&mut self, what: impl Into<String>, count: u64) {
        *self.0.entry(what.into()).or_default() += count;
    }

    fn one(&mut self, what: impl Into<String>) {
        self.add(what, 1);
    }

    /// Counts it where there is something.
    fn one_if<T>(&mut self, something: Option<T>, place: &str, what: &str) {
        if something.is_some() {
            self.one(format!("{place}: {what}"));
        }
    }

    fn merge(&mut self, other: Self) {
        for (what, count) in other.0 {
            self.add(what, count);
        }
    }

    /// Two columns.
    pub fn table(&self) -> String {
        self.0.iter().map(|(what, count)| format!("{count:>9}  {what}\n")).collect()
    }

    /// What a run of 100,000 requests usually counts, by such a table, and whether that is so of 3.7 only.
    pub fn usual(table: &str) -> Vec<(&str, u64, Dialects)> {
        let lines = table.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let parts = lines.map(|line| {
            let (count, what) = line.trim_start().split_once("  ").expect("a count and a name");
            let count = count.parse().expect("a count");
            what.strip_prefix("(3.7) ").map_or((what, count, Dialects::All), |what| (what, count, Dialects::Current))
        });
        parts.collect()
    }

    /// What a run of so many requests has too little of: less than a third of what is usual, or nothing at all where a
    /// third would be a matter of luck.
    pub fn missing(&self, table: &str, dialect: Dialect, ops: u64) -> Vec<String> {
        let mut missing = Vec::new();
        for (what, usual, of) in Self::usual(table) {
            let (usual, count) = (usual * ops / 100_000, self.0.get(what).copied().unwrap_or(0));
            let least = match usual {
                _ if of == Dialects::Current && dialect != Dialect::Current => 0,
                0..12 => 0,
                12..30 => 1,
                _ => usual / 3,
            };
            if count < least {
                missing.push(format!("{what}: {count}, usually {usual}"));
            }
        }
        missing
    }

    /// An answer that both gave, at this revision of the store.
    pub fn note_outcome(&mut self, op: &Op, outcome: &Outcome, revision: i64) {
        match outcome {
            Ok(answer) => {
                self.one(format!("{}, answered: ok", op.name()));
                self.note_answer(answer, revision);
            }
            Err((code, text)) => self.one(format!("{}, refused: {code} {text}", op.name())),
        }
    }

    /// A request, and where the store was.
    pub fn note_request(&mut self, op: &Op, revision: i64, compacted: i64) {
        self.one(op.name());
        match op {
            Op::Range(request) => self.note_range("range", request, revision, compacted),
            Op::Stream(request) => self.note_range("range stream", request, revision, compacted),
            Op::Put(request) => self.note_put("put", request),
            Op::Delete(request) => self.note_range_end("delete", &request.key, &request.range_end),
            Op::Txn(request) => {
                self.one(format!("txn: {} deep", depth(request)));
                self.note_txn(request, revision, compacted);
            }
            Op::Compact(request) => {
                self.one_if(request.physical.then_some(()), "compact", "physical");
                self.note_revision("compact", request.revision, revision, compacted);
            }
            Op::TimeToLive { keys, .. } => self.one_if(keys.then_some(()), "lease time-to-live", "with keys"),
            Op::Watch { requests, .. } => {
                requests.iter().for_each(|request| self.note_watch(request, revision, compacted));
            }
            Op::HashKv { revision: asked } => self.note_revision("hash", *asked, revision, compacted),
            _ => {}
        }
    }

    fn note_revision(&mut self, place: &str, asked: i64, revision: i64, compacted: i64) {
        let when = match asked {
            0 => "the current revision",
            ..0 => "a negative revision",
            _ if asked > revision => "a future revision",
            _ if asked < compacted => "a compacted revision",
            _ if asked == compacted => "the compacted revision itself",
            _ => "a past revision",
        };
        self.one(format!("{place}: {when}"));
    }

    fn note_range_end(&mut self, place: &str, key: &[u8], range_end: &[u8]) {
        let form = match range_end {
            [] => "one key",
            [0] => "from a key on",
            end if end <= key => "a range that ends before it begins",
            [head @ .., last] if key.split_last().is_some_and(|(end, rest)| rest == head && end + 1 == *last) => {
                "a prefix"
            }
            _ => "a range",
        };
        self.one(format!("{place}: {form}"));
    }

    fn note_range(&mut self, place: &str, request: &RangeRequest, revision: i64, compacted: i64) {
        self.note_range_end(place, &request.key, &request.range_end);
        self.note_revision(place, request.revision, revision, compacted);
        let order = SortOrder::try_from(request.sort_order).map_or("an unknown order", |order| order.as_str_name());
        let target = SortTarget::try_from(request.sort_target).map_or("an unknown target", |by| by.as_str_name());
        self.one(format!("{place}: {order} by {target}"));
        let limit = match request.limit {
            0 => "no limit",
            ..0 => "a negative limit",
            i64::MAX => "the largest limit",
            _ => "a limit",
        };
        self.one(format!("{place}: {limit}"));
        let options = [
            (request.serializable, "serializable"),
            (request.keys_only, "keys_only"),
            (request.count_only, "count_only"),
            (request.min_mod_revision != 0, "min_mod_revision"),
            (request.max_mod_revision != 0, "max_mod_revision"),
            (request.min_create_revision != 0, "min_create_revision"),
            (request.max_create_revision != 0, "max_create_revision"),
            (has_ties(request) && request.limit > 0, "a limit, and an order with ties"),
        ];
        for (_, option) in options.iter().filter(|(is_set, _)| *is_set) {
            self.one(format!("{place}: {option}"));
        }
    }

    fn note_put(&mut self, place: &str, request: &PutRequest) {
        let options = [
            (request.prev_kv, "prev_kv"),
            (request.ignore_value, "ignore_value"),
            (request.ignore_lease, "ignore_lease"),
            (request.lease != 0, "with a lease"),
        ];
        for (_, option) in options.iter().filter(|(is_set, _)| *is_set) {
            self.one(format!("{place}: {option}"));
        }
    }

    fn note_txn(&mut self, request: &TxnRequest, revision: i64, compacted: i64) {
        request.compare.iter().for_each(|compare| self.note_compare(compare));
        for op in request.success.iter().chain(&request.failure) {
            match &op.request {
                Some(Request::RequestRange(range)) => self.note_range("range in a txn", range, revision, compacted),
                Some(Request::RequestPut(put)) => {
                    self.one("put in a txn");
                    self.note_put("put in a txn", put);
                }
                Some(Request::RequestDeleteRange(delete)) => {
                    self.note_range_end("delete in a txn", &delete.key, &delete.range_end);
                }
                Some(Request::RequestTxn(nested)) => self.note_txn(nested, revision, compacted),
                None => self.one("nothing in a txn"),
            }
        }
    }

    fn note_compare(&mut self, compare: &Compare) {
        let target = CompareTarget::try_from(compare.target).map_or("an unknown target", |by| by.as_str_name());
        let result = CompareResult::try_from(compare.result).map_or("an unknown result", |is| is.as_str_name());
        self.one(format!("compare: {target} {result}"));
        self.note_range_end("compare", &compare.key, &compare.range_end);
        self.one_if(compare.target_union.is_none().then_some(()), "compare", "without an operand");
    }

    fn note_watch(&mut self, request: &WatchCreateRequest, revision: i64, compacted: i64) {
        self.note_range_end("watcher", &request.key, &request.range_end);
        self.note_revision("watcher", request.start_revision, revision, compacted);
        let options = [
            (request.prev_kv, "prev_kv"),
            (request.fragment, "fragment"),
            (request.progress_notify, "progress_notify"),
            (request.watch_id != 0, "its own id"),
            (request.filters.contains(&0), "no puts"),
            (request.filters.contains(&1), "no deletions"),
        ];
        for (_, option) in options.iter().filter(|(is_set, _)| *is_set) {
            self.one(format!("watcher: {option}"));
        }
    }

    fn note_answer(&mut self, answer: &Answer, revision: i64) {
        match answer {
            Answer::Range(response) => {
                self.one_if((!response.kvs.is_empty()).then_some(()), "range, answered", "with keys");
                self.one_if(response.more.then_some(()), "range, answered", "there is more");
            }
            Answer::Stream(pieces) => {
                self.one_if((pieces.len() > 1).then_some(()), "range stream, answered", "in several pieces");
            }
            Answer::Put(response) => self.one_if(response.prev_kv.as_ref(), "put, answered", "prev_kv"),
            Answer::Delete(response) => self.one_if((response.deleted > 0).then_some(()), "delete, answered", "keys"),
            Answer::Txn(response) => {
                let deep = answered_depth(response);
                let branch = if response.succeeded { "success" } else { "failure" };
                self.one(format!("txn, answered: {deep} deep, {branch}"));
            }
            Answer::KeepAlive(_, ttl_s) => {
                self.one_if((*ttl_s > 0).then_some(()), "lease keep-alive, answered", "alive");
            }
            Answer::Revoke(_) => {
                self.one_if((revision_of(answer) > revision).then_some(()), "lease revoke, answered", "with keys");
            }
            Answer::TimeToLive(left) => {
                self.one_if(left.has_keys().then_some(()), "lease time-to-live, answered", "with keys");
            }
            Answer::Watch(seen) => {
                self.add("watchers created", seen.watchers.len() as u64);
                for response in seen.created.iter().filter(|response| response.canceled) {
                    self.one(format!("watchers refused: {}", response.cancel_reason));
                }
                for watcher in &seen.watchers {
                    self.one_if(watcher.compacted.as_ref(), "watchers ended", "compacted");
                    self.add("watch events", watcher.events.len() as u64);
                    let before = watcher.events.iter().filter(|event| event.prev_kv.is_some()).count();
                    self.add("watch events with prev_kv", before as u64);
                }
                self.add("watch responses cut into fragments", seen.fragments);
                self.one_if(seen.progress, "watch", "progress told on request");
            }
            Answer::HashKv(_) => self.one("HashKV revisions compared"),
            _ => {}
        }
    }
}

/// Levels of transactions in a request.
fn depth(request: &TxnRequest) -> u64 {
    let below = |op: &RequestOp| match &op.request {
        Some(Request::RequestTxn(nested)) => depth(nested),
        _ => 0,
    };
    1 + request.success.iter().chain(&request.failure).map(below).max().unwrap_or(0)
}

/// Levels of transactions that were carried out.
fn answered_depth(response: &TxnResponse) -> u64 {
    let below = |op: &ResponseOp| match &op.response {
        Some(Response::ResponseTxn(nested)) => answered_depth(nested),
        _ => 0,
    };
    1 + response.responses.iter().map(below).max().unwrap_or(0)
}
