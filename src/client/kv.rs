//! Keys: read, write, delete, transactions, compaction.

use super::{
    error::ClientError,
    handle::{Client, Responses},
    retry::Repeat,
};
use crate::pb::etcdserverpb as pb;
use bytes::Bytes;

impl Client {
    /// Reads a range.
    pub async fn range(&self, request: pb::RangeRequest) -> Result<pb::RangeResponse, ClientError> {
        self.unary("/etcdserverpb.KV/Range", Repeat::Harmless, request).await
    }

    /// Reads a range in pieces; see [`join`] for the whole.
    pub async fn range_stream(
        &self,
        request: pb::RangeRequest,
    ) -> Result<Responses<pb::RangeStreamResponse>, ClientError> {
        self.server_stream("/etcdserverpb.KV/RangeStream", request).await
    }

    /// Writes a key.
    pub async fn put(&self, request: pb::PutRequest) -> Result<pb::PutResponse, ClientError> {
        self.unary("/etcdserverpb.KV/Put", Repeat::Harmful, request).await
    }

    /// Deletes a range.
    pub async fn delete_range(&self, request: pb::DeleteRangeRequest) -> Result<pb::DeleteRangeResponse, ClientError> {
        self.unary("/etcdserverpb.KV/DeleteRange", Repeat::Harmful, request).await
    }

    /// Runs a transaction. As in etcd's client, even one that only reads is not repeated.
    pub async fn txn(&self, request: pb::TxnRequest) -> Result<pb::TxnResponse, ClientError> {
        self.unary("/etcdserverpb.KV/Txn", Repeat::Harmful, request).await
    }

    /// Drops the history below a revision.
    pub async fn compact(&self, request: pb::CompactionRequest) -> Result<pb::CompactionResponse, ClientError> {
        self.unary("/etcdserverpb.KV/Compact", Repeat::Harmful, request).await
    }
}

/// Puts the pieces of a streamed range together.
pub async fn join(mut pieces: Responses<pb::RangeStreamResponse>) -> Result<pb::RangeResponse, ClientError> {
    let mut whole = pb::RangeResponse::default();
    while let Some(piece) = pieces.next().await? {
        let Some(piece) = piece.range_response else { continue };
        whole.kvs.extend(piece.kvs);
        whole.header = piece.header.or(whole.header);
        whole.more |= piece.more;
        whole.count = if piece.count == 0 { whole.count } else { piece.count };
    }
    Ok(whole)
}

/// The end of the range that holds every key with this prefix: the prefix with its last byte that can be raised raised, or
/// `\0` (every key from here on) when there is none.
pub fn prefix_end(prefix: &[u8]) -> Bytes {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if last < 0xff {
            end.push(last + 1);
            return end.into();
        }
    }
    Bytes::from_static(b"\0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_prefix() {
        assert_eq!(&prefix_end(b"ab")[..], b"ac");
        assert_eq!(&prefix_end(b"a\xff\xff")[..], b"b");
        assert_eq!(&prefix_end(b"\xff")[..], b"\0");
        assert_eq!(&prefix_end(b"")[..], b"\0");
    }
}
