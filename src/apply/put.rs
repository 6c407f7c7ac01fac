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

/// May it be put? Its lease must exist, then the key whose value or lease it keeps.
pub(super) fn check(
    from: &impl Ranges,
    lease_exists: &impl Fn(LeaseId) -> bool,
    request: &PutRequest,
) -> Result<(), Unanswered> {
    if request.lease != 0 && !lease_exists(LeaseId(request.lease)) {
        return Err(Refusal::LeaseNotFound.into());
    }
    if (request.ignore_value || request.ignore_lease) && previous(from, &request.key, Fetch::Keys)?.is_none() {
        return Err(Refusal::KeyNotFound.into());
    }
    Ok(())
}

/// Puts it. What is left of `header` to fill in is the revision.
pub(super) fn run(
    txn: &mut WriteTxn<'_>,
    request: &PutRequest,
    header: ResponseHeader,
) -> Result<PutResponse, Unanswered> {
    let keeps = request.ignore_value || request.ignore_lease;
    let previous = match keeps || request.prev_kv {
        true => previous(txn, &request.key, Fetch::Full)?,
        false => None,
    };
    // The key was there when the request was checked; an earlier operation of the same transaction may have deleted it.
    // etcd panics then, and again at every start. Nothing is kept here: a client must not be able to stop a member.
    let nothing = KeyValue::default();
    let kept = previous.as_ref().unwrap_or(&nothing);
    let value = if request.ignore_value { &kept.value } else { &request.value };
    let lease = if request.ignore_lease { kept.lease } else { request.lease };
    txn.put(&request.key, value, lease);
    let header = ResponseHeader { revision: txn.revision(), ..header };
    Ok(PutResponse { header: Some(header), prev_kv: previous.filter(|_| request.prev_kv) })
}

fn previous(from: &impl Ranges, key: &Bytes, fetch: Fetch) -> Result<Option<KeyValue>, Unanswered> {
    let found = from.range(&RangeQuery { range: KeyRange::Point(key.clone()), at: 0, limit: 1, fetch })?;
    Ok(found.kvs.into_iter().next())
}
