//! Putting a key.

use super::outcome::{Refusal, Unanswered};
use crate::{
    id::LeaseId,
    key::KeyRange,
    mvcc::{Fetch, RangeQuery, Ranges, WriteTxn},
    pb::{
        etcdserverpb::{PutRequest, PutResponse, ResponseHeader},
        mvccpb::KeyValue,
    },
};
use bytes::Bytes;

/// Puts a key, if it may be put: its lease must exist, then the key whose value or lease it keeps. What is left of `header` to
/// fill in is the revision.
pub(super) fn run(
    txn: &mut WriteTxn<'_>,
    lease_exists: &impl Fn(LeaseId) -> bool,
    request: &PutRequest,
    header: ResponseHeader,
) -> Result<PutResponse, Unanswered> {
    check_lease(lease_exists, request)?;
    let previous = previous_of(txn, request)?;
    if keeps(request) && previous.is_none() {
        return Err(Refusal::KeyNotFound.into());
    }
    Ok(put(txn, request, previous, header))
}

/// May it be put in a transaction? The same conditions, on the state before the transaction.
pub(super) fn check(
    txn: &WriteTxn<'_>,
    lease_exists: &impl Fn(LeaseId) -> bool,
    request: &PutRequest,
) -> Result<(), Unanswered> {
    check_lease(lease_exists, request)?;
    if keeps(request) {
        previous(txn, &request.key, Fetch::Keys)?.ok_or(Refusal::KeyNotFound)?;
    } else if request.prev_kv {
        // etcd looks it up here as well.
        txn.count_range();
    }
    Ok(())
}

/// Puts it, after [`check`].
pub(super) fn run_checked(
    txn: &mut WriteTxn<'_>,
    request: &PutRequest,
    header: ResponseHeader,
) -> Result<PutResponse, Unanswered> {
    let previous = previous_of(txn, request)?;
    Ok(put(txn, request, previous, header))
}

fn put(
    txn: &mut WriteTxn<'_>,
    request: &PutRequest,
    previous: Option<KeyValue>,
    header: ResponseHeader,
) -> PutResponse {
    // The key was there when the request was checked; an earlier operation of the same transaction may have deleted it.
    // etcd panics then, and again at every start. Nothing is kept here: a client must not be able to stop a member.
    let nothing = KeyValue::default();
    let kept = previous.as_ref().unwrap_or(&nothing);
    let value = if request.ignore_value { &kept.value } else { &request.value };
    let lease = if request.ignore_lease { kept.lease } else { request.lease };
    txn.put(&request.key, value, lease);
    let header = ResponseHeader { revision: txn.revision(), ..header };
    PutResponse { header: Some(header), prev_kv: previous.filter(|_| request.prev_kv) }
}

fn check_lease(lease_exists: &impl Fn(LeaseId) -> bool, request: &PutRequest) -> Result<(), Refusal> {
    if request.lease != 0 && !lease_exists(LeaseId(request.lease)) { Err(Refusal::LeaseNotFound) } else { Ok(()) }
}

fn keeps(request: &PutRequest) -> bool {
    request.ignore_value || request.ignore_lease
}

/// What is there already, where that matters.
fn previous_of(txn: &WriteTxn<'_>, request: &PutRequest) -> Result<Option<KeyValue>, Unanswered> {
    if keeps(request) || request.prev_kv { previous(txn, &request.key, Fetch::Full) } else { Ok(None) }
}

fn previous(from: &impl Ranges, key: &Bytes, fetch: Fetch) -> Result<Option<KeyValue>, Unanswered> {
    let found = from.range(&RangeQuery { range: KeyRange::Point(key.clone()), at: 0, limit: 1, fetch })?;
    Ok(found.kvs.into_iter().next())
}
