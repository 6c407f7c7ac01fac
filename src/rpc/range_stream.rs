//! `KV/RangeStream`: a range whose answer comes in pieces of about one message's size.
//!
//! ```text
//!   [10 keys] [20] [40] ... [rest: header, count, more]
//! ```
//!
//! The first piece fixes the revision that all are read at, and with it the header and the count of the last; the sizes
//! of later pieces follow from the bytes of those before. Each is a range of its own, so a stream that is read slowly
//! holds nothing but its place; if its revision is compacted meanwhile, it ends with that error.

use super::{answers::Outbox, check, status};
use crate::{
    limits::RANGE_STREAM_FIRST_KEYS,
    pb::etcdserverpb::{RangeRequest, RangeResponse, RangeStreamResponse, range_request::SortTarget},
    server::Handle,
};
use bytes::{BufMut, BytesMut};
use prost::Message;
use tonic::Status;

/// Reads keys, in pieces.
pub async fn range_stream(
    handle: Handle,
    mut request: RangeRequest,
    out: Outbox<RangeStreamResponse>,
) -> Result<(), Status> {
    check::range_stream(&request)?;
    // A negative limit is smaller than the first piece, and no limit to that: all comes in one piece, as in etcd.
    let limit = if request.limit == 0 { i64::MAX } else { request.limit };
    // A target without an order would sort each piece by itself, and the next would start behind the wrong key.
    request.set_sort_target(SortTarget::Key);
    request.limit = RANGE_STREAM_FIRST_KEYS.min(limit);
    if request.count_only {
        let (counted, _) = handle.range_first(request).await.map_err(status::of_failure)?;
        let RangeResponse { header, count, .. } = counted;
        out.send(piece(RangeResponse { header, count, ..Default::default() })).await;
        return Ok(());
    }
    let bytes = handle.limits().request_bytes_max;
    let (first, permit) = handle.range_first(request.clone()).await.map_err(status::of_failure)?;
    let (header, count) = (first.header, first.count);
    if request.revision <= 0 {
        request.revision = header.map_or(0, |header| header.revision);
    }
    let mut sent = 0;
    let mut next = first;
    loop {
        sent += next.kvs.len() as i64;
        let behind = next.kvs.last().filter(|_| next.more && sent < limit).map(|last| {
            let mut key = BytesMut::with_capacity(last.key.len() + 1);
            key.put_slice(&last.key);
            key.put_u8(0);
            key.freeze()
        });
        let Some(key) = behind else {
            out.send(piece(RangeResponse { header, count, ..next })).await;
            return Ok(());
        };
        request.key = key;
        request.limit = keys_of_next(request.limit, next.encoded_len(), bytes).min(limit - sent);
        out.send(piece(RangeResponse { kvs: next.kvs, ..Default::default() })).await;
        next = handle.range_next(request.clone(), &permit).await.map_err(status::of_failure)?;
    }
}

fn piece(response: RangeResponse) -> RangeStreamResponse {
    RangeStreamResponse { range_response: Some(response) }
}

/// Keys of the next piece: twice as many if the last was below half of the target, half as many if it was above twice.
fn keys_of_next(last_keys: i64, last_bytes: usize, target_bytes: usize) -> i64 {
    let keys = match last_bytes {
        small if small < target_bytes / 2 => last_keys.saturating_mul(2),
        large if large > target_bytes.saturating_mul(2) => last_keys / 2,
        _ => last_keys,
    };
    keys.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_come_near_the_target() {
        let cases = [(10, 4, 20), (10, 5, 10), (10, 20, 10), (10, 21, 5), (1, 21, 1), (1, 0, 2)];
        for (last_keys, last_bytes, expected) in cases {
            assert_eq!(keys_of_next(last_keys, last_bytes, 10), expected);
        }
        assert_eq!(keys_of_next(i64::MAX, 0, 10), i64::MAX);
    }
}
