//! Reading: one pipeline for ranges, whether asked for by themselves or inside a transaction.
//!
//! ```text
//!   fetch --> revision bounds --> sort --> limit, more
//! ```
//!
//! The limit goes down into the fetch, one key more than asked for, only where nothing behind it can drop or reorder keys.

use super::{
    compare::{Op, Path},
    outcome::{Refusal, Unanswered},
    steps::{self, Steps},
};
use crate::{
    key::KeyRange,
    mvcc::{Fetch, RangeQuery, Ranges},
    pb::{
        etcdserverpb::{
            RangeRequest, RangeResponse, ResponseHeader, ResponseOp, TxnRequest, TxnResponse,
            range_request::{SortOrder, SortTarget},
            request_op::Request,
            response_op::Response,
        },
        mvccpb::KeyValue,
    },
};

/// Answers a range. What is left of `header` to fill in is the revision: the current one, whichever was asked for.
/// The count is that of the whole range, whatever limit and bounds.
pub fn range(from: &impl Ranges, request: &RangeRequest, header: ResponseHeader) -> Result<RangeResponse, Unanswered> {
    range_in_steps(from, request, header, |_| {})
}

/// The same, telling the name of each step when it ends.
pub fn range_in_steps(
    from: &impl Ranges,
    request: &RangeRequest,
    header: ResponseHeader,
    mut mark: impl FnMut(&'static str),
) -> Result<RangeResponse, Unanswered> {
    let fetch = fetch(request);
    let found = from.range(&RangeQuery {
        range: KeyRange::read(&request.key, &request.range_end),
        at: request.revision,
        limit: fetch_limit(request),
        fetch,
    })?;
    mark(match fetch {
        Fetch::Count => steps::COUNT,
        Fetch::Keys => steps::KEYS,
        Fetch::Full if found.kvs.is_empty() => steps::INDEX,
        Fetch::Full => steps::ROWS,
    });
    let mut kvs = found.kvs;
    kvs.retain(|kv| is_within_bounds(request, kv));
    sort(request, &mut kvs);
    mark(steps::SORT);
    let limit = usize::try_from(request.limit).unwrap_or(0);
    let more = limit > 0 && kvs.len() > limit;
    if more {
        kvs.truncate(limit);
    }
    if request.keys_only {
        kvs.iter_mut().for_each(|kv| kv.value.clear());
    }
    mark(steps::ASSEMBLE);
    let header = ResponseHeader { revision: found.revision, ..header };
    Ok(RangeResponse { header: Some(header), kvs, more, count: found.count })
}

/// Keys that are read without a thought for others on the same thread.
const FEW_KEYS: i64 = 1000;

/// Will answering take long, so that nothing else should wait for it? Told from the number of keys, which is cheap.
pub fn is_large(from: &impl Ranges, request: &RangeRequest) -> bool {
    let range = KeyRange::read(&request.key, &request.range_end);
    let is_few = matches!(range, KeyRange::Point(_)) || (1..=FEW_KEYS as usize + 1).contains(&fetch_limit(request));
    if is_few || request.count_only {
        return false;
    }
    let count = from.range(&RangeQuery { range, at: 0, limit: 0, fetch: Fetch::Count });
    count.is_ok_and(|found| found.count > FEW_KEYS)
}

/// The same of a transaction.
pub fn is_large_txn(from: &impl Ranges, request: &TxnRequest) -> bool {
    ranges(request).flatten().any(|range| is_large(from, range))
}

/// Keys come without their lease when values are not needed, as in etcd since 3.7.
fn fetch(request: &RangeRequest) -> Fetch {
    match (request.count_only, request.keys_only) {
        (true, _) => Fetch::Count,
        (false, true) if request.sort_target != SortTarget::Value as i32 => Fetch::Keys,
        _ => Fetch::Full,
    }
}

/// etcd's quirk: without an order the limit goes down even if a target other than the key will sort what comes back. So
/// the first keys are sorted, not the whole range.
fn fetch_limit(request: &RangeRequest) -> usize {
    let keeps_key_order = request.sort_order == SortOrder::None as i32
        || (request.sort_order == SortOrder::Ascend as i32 && request.sort_target == SortTarget::Key as i32);
    if !keeps_key_order || is_bounded(request) {
        return 0;
    }
    usize::try_from(request.limit).map_or(0, |limit| if limit == 0 { 0 } else { limit.saturating_add(1) })
}

fn is_bounded(request: &RangeRequest) -> bool {
    let bounds =
        [request.min_mod_revision, request.max_mod_revision, request.min_create_revision, request.max_create_revision];
    bounds.iter().any(|bound| *bound != 0)
}

fn is_within_bounds(request: &RangeRequest, kv: &KeyValue) -> bool {
    let not_below = |revision, bound| bound == 0 || revision >= bound;
    let not_above = |revision, bound| bound == 0 || revision <= bound;
    not_above(kv.mod_revision, request.max_mod_revision)
        && not_below(kv.mod_revision, request.min_mod_revision)
        && not_above(kv.create_revision, request.max_create_revision)
        && not_below(kv.create_revision, request.min_create_revision)
}

/// Stable both ways: what is equal stays in key order. A target without an order sorts upward. Orders and targets that
/// do not exist are refused before they come here, and leave the key order.
fn sort(request: &RangeRequest, kvs: &mut [KeyValue]) {
    let Ok(target) = SortTarget::try_from(request.sort_target) else { return };
    let descend = match (SortOrder::try_from(request.sort_order), target) {
        (Ok(SortOrder::None | SortOrder::Ascend), SortTarget::Key) | (Err(_), _) => return,
        (Ok(SortOrder::None | SortOrder::Ascend), _) => false,
        (Ok(SortOrder::Descend), _) => true,
    };
    kvs.sort_by(|left, right| {
        let (left, right) = if descend { (right, left) } else { (left, right) };
        match target {
            SortTarget::Key => left.key.cmp(&right.key),
            SortTarget::Version => left.version.cmp(&right.version),
            SortTarget::Create => left.create_revision.cmp(&right.create_revision),
            SortTarget::Mod => left.mod_revision.cmp(&right.mod_revision),
            SortTarget::Value => left.value.cmp(&right.value),
        }
    });
}

/// Does every operation only read? Nested transactions count as writing, whatever is in them. Such a transaction is
/// answered from a view, by [`txn`].
pub fn is_read_only(request: &TxnRequest) -> bool {
    ranges(request).all(|range| range.is_some())
}

/// Is every operation a serializable range? True of a transaction without operations.
pub fn is_serializable(request: &TxnRequest) -> bool {
    ranges(request).all(|range| range.is_some_and(|range| range.serializable))
}

fn ranges(request: &TxnRequest) -> impl Iterator<Item = Option<&RangeRequest>> {
    request.success.iter().chain(&request.failure).map(|op| match &op.request {
        Some(Request::RequestRange(range)) => Some(range),
        _ => None,
    })
}

/// Answers a transaction that [`is_read_only`].
pub fn txn(from: &impl Ranges, request: &TxnRequest, header: ResponseHeader) -> Result<TxnResponse, Unanswered> {
    txn_in_steps(from, request, header, &mut Steps::default())
}

/// The same, collecting its steps.
pub fn txn_in_steps(
    from: &impl Ranges,
    request: &TxnRequest,
    header: ResponseHeader,
    steps: &mut Steps,
) -> Result<TxnResponse, Unanswered> {
    debug_assert!(is_read_only(request));
    let path = Path::choose(from, request)?;
    steps.mark(steps::COMPARE);
    let mut responses = Vec::new();
    for op in path.ops(request) {
        if let Op::Range(request) = op {
            check(from, request)?;
        }
    }
    steps.mark(steps::CHECK);
    for op in path.ops(request) {
        let response = match op {
            Op::Range(request) => Some(Response::ResponseRange(range_of_txn(from, request, steps)?)),
            _ => None,
        };
        responses.push(ResponseOp { response });
    }
    let header = ResponseHeader { revision: from.revision(), ..header };
    Ok(TxnResponse { header: Some(header), succeeded: path.succeeded, responses })
}

/// A range inside a transaction: its header carries the revision alone.
pub(super) fn range_of_txn(
    from: &impl Ranges,
    request: &RangeRequest,
    steps: &mut Steps,
) -> Result<RangeResponse, Unanswered> {
    let mark = |text| steps.mark_op(text, || steps::Op::range(request));
    range_in_steps(from, request, ResponseHeader::default(), mark)
}

/// May a range inside a transaction run? Only 0 means the current revision here: a negative one counts as compacted when
/// it is below the compacted revision (-1 before any).
pub(super) fn check(from: &impl Ranges, request: &RangeRequest) -> Result<(), Unanswered> {
    match request.revision {
        0 => Ok(()),
        revision if revision > from.revision() => Err(Refusal::FutureRevision.into()),
        revision if revision < from.compact_revision() => Err(Refusal::Compacted.into()),
        _ => Ok(()),
    }
}
