//! When two answers count as equal, and every way in which one may differ and still be right.
//!
//! The order of ties in a sorted range is open in every version: Go's sort is not stable.
//!
//! Of nobody is asked:
//!
//! * a transaction that keeps the value or lease of a key which it has deleted from a key on: it stops etcd (`txns.rs`);
//! * a hash while a compaction is under way, which depends on how far that is (`requests.rs`);
//! * a stream of keys by a target and without an order: 3.7.1 sends some keys twice (`src/rpc/range_stream.rs`);
//! * requests within a few bytes of the largest size, since the ids of members count in it.
//!
//! In all else etcd 3.7.1 is right. These 3.5.1 answers differently; the second column is where etcd's source changed:
//!
//! | 3.5.1 | changed in | here |
//! |---|---|---|
//! | takes any sort order and target; a target that there is none of ends the process | 3.6.0, `checkRangeRequest`: "invalid sort option" | not asked |
//! | shows the lease of a key in a keys-only range | 3.7.0, `FastKeysOnly`: answered from the index, where leases are not | compared without these leases |
//! | checks all puts of a transaction before its ranges; of a put first that the key is there, then the lease | 3.6.0, `checkTxn` and `checkPut`: operation by operation, the lease first | another of several such faults may be named, if theirs is a put's |
//! | HashKV refuses the compacted revision, and keeps no hashes of compactions | 3.5.5, `HashStorage`; 3.5.10, `hashByRev` | must be refused as compacted; compared above that |
//! | HashKV names no hash revision | 3.6.0, field `hash_revision` | compared without it |
//! | a compaction removes a deletion at the very revision that it compacts | 3.5.16, `keyIndex.compact` | watched events are compared without such deletions |
//! | a watch may begin at a negative revision | 3.5.24, 3.6.6, 3.7.0, `recvLoop`: refused as compacted | not asked |
//! | no RangeStream | 3.7.0 | must be refused as unknown |

use super::{
    ask::{Answer, Outcome},
    ops::Op,
    watching::revision_of,
};
use etcd::pb::{
    etcdserverpb::{
        RangeRequest, RangeResponse, TxnRequest, TxnResponse,
        range_request::{SortOrder, SortTarget},
        request_op::Request,
        response_op::Response,
    },
    mvccpb::{KeyValue, event::EventType},
};

/// Which etcd the answers are compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// 3.7: all is equal.
    Current,
    /// 3.5.1: equal but for the table above.
    Old,
}

impl Dialect {
    /// By the version that a member reports.
    pub fn of_version(version: &str) -> Self {
        match version {
            "3.5.1" => Self::Old,
            version if version.starts_with("3.7.") => Self::Current,
            other => panic!("the answers of etcd {other} are not known to be comparable; take 3.7 or 3.5.1"),
        }
    }
}

/// Are two answers the same?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Equal,
    /// Not to the letter, for a reason that is known; all else is equal.
    Excused(&'static str),
    /// The other version answers such a request in another way altogether, as it is known to.
    Apart(&'static str),
    Different,
}

/// Compares two answers to one request; all before the `compacted` revision was gone when it was asked.
pub fn compare(dialect: Dialect, op: &Op, mine: &Outcome, theirs: &Outcome, compacted: i64) -> Verdict {
    if mine == theirs {
        return Verdict::Equal;
    }
    let (mut mine, mut theirs) = (mine.clone(), theirs.clone());
    if dialect == Dialect::Old {
        if let Some(reason) = old_reason(op, &mine, &theirs, compacted) {
            return Verdict::Apart(reason);
        }
        for outcome in [&mut mine, &mut theirs] {
            forget_new(op, outcome, compacted);
        }
        if mine == theirs {
            return Verdict::Excused("3.5.1 tells more or less");
        }
    }
    for outcome in [&mut mine, &mut theirs] {
        settle_ties(op, outcome);
    }
    if mine == theirs { Verdict::Excused("ties in another order") } else { Verdict::Different }
}

/// Why 3.5.1 gives another kind of answer to this request.
fn old_reason(op: &Op, mine: &Outcome, theirs: &Outcome, compacted: i64) -> Option<&'static str> {
    // A compaction to revision 0 keeps a hash as any other does, and that is found where the current one is asked for.
    if let (Op::HashKv { revision: 0 }, Ok(Answer::HashKv(kept))) = (op, mine)
        && kept.hash_revision == 0
    {
        return Some("3.5.1 keeps no hashes of compactions");
    }
    let Err((_, theirs)) = theirs else { return None };
    let of_puts = ["etcdserver: requested lease not found", "etcdserver: key not found"];
    let of_ranges = [
        "etcdserver: mvcc: required revision has been compacted",
        "etcdserver: mvcc: required revision is a future revision",
    ];
    match (op, mine) {
        (Op::Stream(_), _) => theirs.contains("unknown method RangeStream").then_some("3.5.1 has no RangeStream"),
        (Op::HashKv { revision }, _) if (1..=compacted).contains(revision) => {
            (theirs == of_ranges[0]).then_some("3.5.1 has no hash of a compacted revision")
        }
        // The same words are said of an empty operation, but before all else, by both.
        (Op::Txn(request), Err((_, mine))) if !has_empty_op(request) => {
            let is_other = of_puts.iter().chain(&of_ranges).any(|text| text == mine);
            (is_other && of_puts.contains(&theirs.as_str())).then_some("3.5.1 names another fault of a transaction")
        }
        _ => None,
    }
}

fn has_empty_op(request: &TxnRequest) -> bool {
    request.success.iter().chain(&request.failure).any(|op| match &op.request {
        None => true,
        Some(Request::RequestTxn(nested)) => has_empty_op(nested),
        Some(_) => false,
    })
}

/// Takes out what 3.5.1 does not tell, or tells beyond 3.7.
fn forget_new(op: &Op, outcome: &mut Outcome, compacted: i64) {
    match (op, outcome) {
        (Op::HashKv { .. }, Ok(Answer::HashKv(response))) => response.hash_revision = 0,
        (Op::Watch { .. }, Ok(Answer::Watch(seen))) => {
            for watcher in &mut seen.watchers {
                watcher
                    .events
                    .retain(|event| event.r#type != EventType::Delete as i32 || revision_of(event) > compacted);
            }
        }
        (op, Ok(answer)) => for_each_range(op, answer, &mut |request, response| {
            if request.keys_only {
                response.kvs.iter_mut().for_each(|kv| kv.lease = 0);
            }
        }),
        _ => {}
    }
}

fn settle_ties(op: &Op, outcome: &mut Outcome) {
    if let Ok(answer) = outcome {
        for_each_range(op, answer, &mut settle_range);
    }
}

/// Puts keys that sort alike into the order of the keys. Where the limit cuts through such keys, any of them may have
/// been taken, so only what they were sorted by is kept of the last ones.
fn settle_range(request: &RangeRequest, response: &mut RangeResponse) {
    let target = SortTarget::try_from(request.sort_target).unwrap_or(SortTarget::Key);
    let is_by_key = target == SortTarget::Key;
    if is_by_key || response.kvs.len() < 2 && !response.more {
        return;
    }
    // A range of keys only does not show what it was sorted by.
    let is_unknown = target == SortTarget::Value && request.keys_only;
    let sorted_by = |kv: &KeyValue| match target {
        SortTarget::Version => KeyValue { version: kv.version, ..Default::default() },
        SortTarget::Create => KeyValue { create_revision: kv.create_revision, ..Default::default() },
        SortTarget::Mod => KeyValue { mod_revision: kv.mod_revision, ..Default::default() },
        SortTarget::Value if !is_unknown => KeyValue { value: kv.value.clone(), ..Default::default() },
        SortTarget::Key | SortTarget::Value => KeyValue::default(),
    };
    let mut groups: Vec<Vec<KeyValue>> =
        response.kvs.chunk_by(|left, right| sorted_by(left) == sorted_by(right)).map(|group| group.to_vec()).collect();
    for group in &mut groups {
        group.sort_by(|left, right| left.key.cmp(&right.key));
    }
    if let (true, Some(last)) = (response.more, groups.last_mut()) {
        last.iter_mut().for_each(|kv| *kv = sorted_by(kv));
    }
    response.kvs = groups.concat();
}

/// Is the order one in which keys may be alike?
pub fn has_ties(request: &RangeRequest) -> bool {
    request.sort_target != SortTarget::Key as i32 && request.sort_order <= SortOrder::Descend as i32
}

/// Every range in an answer with the request for it, also those of transactions.
fn for_each_range(op: &Op, answer: &mut Answer, visit: &mut dyn FnMut(&RangeRequest, &mut RangeResponse)) {
    match (op, answer) {
        (Op::Range(request), Answer::Range(response)) => visit(request, response),
        (Op::Stream(request), Answer::Stream(pieces)) => pieces.iter_mut().for_each(|piece| visit(request, piece)),
        (Op::Txn(request), Answer::Txn(response)) => for_each_range_of_txn(request, response, visit),
        _ => {}
    }
}

fn for_each_range_of_txn(
    request: &TxnRequest,
    response: &mut TxnResponse,
    visit: &mut dyn FnMut(&RangeRequest, &mut RangeResponse),
) {
    let ops = if response.succeeded { &request.success } else { &request.failure };
    for (op, answer) in ops.iter().zip(&mut response.responses) {
        match (&op.request, &mut answer.response) {
            (Some(Request::RequestRange(request)), Some(Response::ResponseRange(response))) => visit(request, response),
            (Some(Request::RequestTxn(request)), Some(Response::ResponseTxn(response))) => {
                for_each_range_of_txn(request, response, visit);
            }
            _ => {}
        }
    }
}
