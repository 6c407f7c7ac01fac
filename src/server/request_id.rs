//! Finds in a committed entry the id of the request that it carries, without reading the request: only so can the
//! outcome go back to whoever waits.

use crate::{
    id::RequestId,
    pb::{
        etcdserverpb::RequestHeader,
        raftpb::{ConfChange, Entry, EntryType},
    },
};
use prost::Message;

/// `InternalRaftRequest` with all fields but the header left out: they are skipped, not decoded.
#[derive(Clone, PartialEq, Message)]
struct HeaderOnly {
    #[prost(message, optional, tag = "100")]
    header: Option<RequestHeader>,
}

/// The id, when there is one. What cannot be read has none; applying the entry then says what is wrong with it.
pub fn of_entry(entry: &Entry) -> Option<RequestId> {
    let id = match entry.get_entry_type() {
        EntryType::EntryNormal => HeaderOnly::decode(entry.data.as_ref()).ok()?.header?.id,
        _ => ConfChange::decode(entry.data.as_ref()).ok()?.id,
    };
    (id != 0).then_some(RequestId(id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pb::etcdserverpb::{InternalRaftRequest, PutRequest};

    #[test]
    fn the_header_is_found_behind_the_request() {
        let request = InternalRaftRequest {
            header: Some(RequestHeader { id: 77, ..Default::default() }),
            put: Some(PutRequest { key: "k".into(), value: vec![7; 1000].into(), ..Default::default() }),
            ..Default::default()
        };
        let entry = Entry { data: request.encode_to_vec().into(), ..Default::default() };
        assert_eq!(of_entry(&entry), Some(RequestId(77)));
        assert_eq!(of_entry(&Entry::default()), None);
        assert_eq!(of_entry(&Entry { data: vec![0xff; 9].into(), ..Default::default() }), None);
    }
}
