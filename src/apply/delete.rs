//! Deleting keys.

use super::outcome::Unanswered;
use crate::{
    key::KeyRange,
    mvcc::{Fetch, RangeQuery, Ranges, WriteTxn},
    pb::etcdserverpb::{DeleteRangeRequest, DeleteRangeResponse, ResponseHeader},
};

/// Deletes every key of the range; none is fine. What is left of `header` to fill in is the revision.
pub(super) fn run(
    txn: &mut WriteTxn<'_>,
    request: &DeleteRangeRequest,
    header: ResponseHeader,
) -> Result<DeleteRangeResponse, Unanswered> {
    let range = KeyRange::read(&request.key, &request.range_end);
    let prev_kvs = match request.prev_kv {
        true => txn.range(&RangeQuery { range: range.clone(), at: 0, limit: 0, fetch: Fetch::Full })?.kvs,
        false => Vec::new(),
    };
    let deleted = txn.delete_range(&range);
    let header = ResponseHeader { revision: txn.revision(), ..header };
    Ok(DeleteRangeResponse { header: Some(header), deleted, prev_kvs })
}
