//! Does a request have the shape that its kind must have? In etcd's order, so that a request with two faults is
//! refused for the same one.
//!
//! Only what the request itself shows is looked at here. What depends on state (does the lease exist, is there room) is
//! apply's to say, and whether puts and deletes of a transaction get in each other's way is [`overlap`](super::overlap)'s.

use crate::pb::etcdserverpb::{
    DeleteRangeRequest, PutRequest, RangeRequest, RequestOp, TxnRequest,
    range_request::{SortOrder, SortTarget},
    request_op::Request,
};

/// What is wrong with a request's shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// No key.
    EmptyKey,
    /// An operation of a transaction that is none.
    EmptyOperation,
    /// `ignore_value` beside a value.
    ValueProvided,
    /// `ignore_lease` beside a lease.
    LeaseProvided,
    /// An order or target that does not exist.
    SortOption,
    /// More compares or operations than are allowed.
    TooManyOperations,
    /// A key that is put twice, or put and deleted.
    DuplicateKey,
    /// A streamed range in another order than by key.
    StreamedOrder,
    /// A streamed range with bounds on revisions.
    StreamedFilters,
}

/// A range.
///
/// # Errors
/// No key, or an unknown order.
pub fn range(request: &RangeRequest) -> Result<(), Malformed> {
    if request.key.is_empty() {
        return Err(Malformed::EmptyKey);
    }
    let known = SortOrder::try_from(request.sort_order).is_ok() && SortTarget::try_from(request.sort_target).is_ok();
    if known { Ok(()) } else { Err(Malformed::SortOption) }
}

/// A range whose answer comes in pieces: these are in key order, and what is left out is not known beforehand.
///
/// # Errors
/// As [`range`], or an option that pieces cannot have.
pub fn range_stream(request: &RangeRequest) -> Result<(), Malformed> {
    range(request)?;
    match (request.sort_order(), request.sort_target()) {
        // As in etcd, a target without an order passes.
        (SortOrder::None, _) | (SortOrder::Ascend, SortTarget::Key) => {}
        _ => return Err(Malformed::StreamedOrder),
    }
    let RangeRequest { min_mod_revision, max_mod_revision, min_create_revision, max_create_revision, .. } = *request;
    if [min_mod_revision, max_mod_revision, min_create_revision, max_create_revision] != [0; 4] {
        return Err(Malformed::StreamedFilters);
    }
    Ok(())
}

/// A put.
///
/// # Errors
/// No key, or something given that is to be ignored.
pub fn put(request: &PutRequest) -> Result<(), Malformed> {
    if request.key.is_empty() {
        return Err(Malformed::EmptyKey);
    }
    if request.ignore_value && !request.value.is_empty() {
        return Err(Malformed::ValueProvided);
    }
    if request.ignore_lease && request.lease != 0 {
        return Err(Malformed::LeaseProvided);
    }
    Ok(())
}

/// A deletion.
///
/// # Errors
/// No key.
pub fn delete_range(request: &DeleteRangeRequest) -> Result<(), Malformed> {
    if request.key.is_empty() { Err(Malformed::EmptyKey) } else { Ok(()) }
}

/// A transaction, and all within it. A transaction within it may hold as many operations as this one has left.
///
/// # Errors
/// The first of: too many operations, a compare without a key, then what its operations get.
pub fn txn(request: &TxnRequest, ops_max: usize) -> Result<(), Malformed> {
    let count = request.compare.len().max(request.success.len()).max(request.failure.len());
    let left = ops_max.checked_sub(count).ok_or(Malformed::TooManyOperations)?;
    if request.compare.iter().any(|compare| compare.key.is_empty()) {
        return Err(Malformed::EmptyKey);
    }
    request.success.iter().chain(&request.failure).try_for_each(|op| operation(op, left))
}

fn operation(op: &RequestOp, ops_max: usize) -> Result<(), Malformed> {
    match &op.request {
        Some(Request::RequestRange(request)) => range(request),
        Some(Request::RequestPut(request)) => put(request),
        Some(Request::RequestDeleteRange(request)) => delete_range(request),
        Some(Request::RequestTxn(request)) => txn(request, ops_max),
        None => Err(Malformed::EmptyOperation),
    }
}

#[cfg(test)]
mod tests {
    use super::{Malformed::*, *};
    use crate::pb::etcdserverpb::Compare;
    use bytes::Bytes;

    const KEY: Bytes = Bytes::from_static(b"k");

    fn put_of(key: Bytes) -> RequestOp {
        RequestOp { request: Some(Request::RequestPut(PutRequest { key, ..Default::default() })) }
    }

    fn txn_of(success: Vec<RequestOp>) -> TxnRequest {
        TxnRequest { success, ..Default::default() }
    }

    fn nested(txn: TxnRequest) -> RequestOp {
        RequestOp { request: Some(Request::RequestTxn(txn)) }
    }

    #[test]
    fn ranges() {
        let plain = || RangeRequest { key: KEY, ..Default::default() };
        let cases = [
            (plain(), Ok(()), Ok(())),
            (RangeRequest { sort_order: 9, ..Default::default() }, Err(EmptyKey), Err(EmptyKey)),
            (RangeRequest { sort_order: 3, ..plain() }, Err(SortOption), Err(SortOption)),
            (RangeRequest { sort_order: -1, ..plain() }, Err(SortOption), Err(SortOption)),
            (RangeRequest { sort_target: 5, ..plain() }, Err(SortOption), Err(SortOption)),
            (RangeRequest { sort_order: 1, ..plain() }, Ok(()), Ok(())),
            (RangeRequest { sort_order: 2, ..plain() }, Ok(()), Err(StreamedOrder)),
            (
                RangeRequest { sort_order: 1, sort_target: 1, min_mod_revision: 1, ..plain() },
                Ok(()),
                Err(StreamedOrder),
            ),
            (RangeRequest { sort_target: 1, ..plain() }, Ok(()), Ok(())),
            (RangeRequest { max_create_revision: 1, ..plain() }, Ok(()), Err(StreamedFilters)),
        ];
        for (request, whole, pieces) in cases {
            assert_eq!((range(&request), range_stream(&request)), (whole, pieces), "{request:?}");
        }
    }

    #[test]
    fn puts_and_deletions() {
        let value = || Bytes::from_static(b"v");
        let plain = || PutRequest { key: KEY, ..Default::default() };
        let cases = [
            (plain(), Ok(())),
            (PutRequest { ignore_value: true, value: value(), ..Default::default() }, Err(EmptyKey)),
            (
                PutRequest { ignore_value: true, value: value(), ignore_lease: true, lease: 1, ..plain() },
                Err(ValueProvided),
            ),
            (PutRequest { ignore_lease: true, lease: -1, ..plain() }, Err(LeaseProvided)),
            (PutRequest { ignore_lease: true, ignore_value: true, ..plain() }, Ok(())),
        ];
        for (request, expected) in cases {
            assert_eq!(put(&request), expected, "{request:?}");
        }
        assert_eq!(delete_range(&DeleteRangeRequest { range_end: KEY, ..Default::default() }), Err(EmptyKey));
    }

    /// The counts were tried on etcd 3.7.1: 127 operations leave room for one within a transaction within, 128 for none.
    #[test]
    fn transactions_count_their_operations() {
        let puts = |count: usize| (0..count).map(|i| put_of(i.to_string().into())).collect::<Vec<_>>();
        assert_eq!(txn(&txn_of(puts(128)), 128), Ok(()));
        assert_eq!(txn(&txn_of(puts(129)), 128), Err(TooManyOperations));
        let with_nested = |count: usize, within| {
            let mut ops = puts(count - 1);
            ops.push(nested(txn_of(puts(within))));
            txn_of(ops)
        };
        assert_eq!(txn(&with_nested(127, 1), 128), Ok(()));
        assert_eq!(txn(&with_nested(128, 1), 128), Err(TooManyOperations));
        assert_eq!(txn(&with_nested(28, 100), 128), Ok(()));
        assert_eq!(txn(&with_nested(28, 101), 128), Err(TooManyOperations));
        let compares = TxnRequest { compare: vec![Compare::default(); 3], ..Default::default() };
        assert_eq!((txn(&compares, 2), txn(&compares, 3)), (Err(TooManyOperations), Err(EmptyKey)));
    }

    #[test]
    fn the_first_fault_counts() {
        let empty = || RequestOp { request: None };
        let compare = TxnRequest { compare: vec![Compare::default()], ..txn_of(vec![empty()]) };
        assert_eq!(txn(&compare, 128), Err(EmptyKey));
        assert_eq!(txn(&txn_of(vec![empty(), put_of(Bytes::new())]), 128), Err(EmptyOperation));
        assert_eq!(txn(&txn_of(vec![nested(txn_of(vec![put_of(Bytes::new())])), empty()]), 128), Err(EmptyKey));
        let both = TxnRequest { failure: vec![put_of(Bytes::new())], ..txn_of(vec![empty()]) };
        assert_eq!(txn(&both, 128), Err(EmptyOperation));
    }
}
