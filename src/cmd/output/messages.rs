//! Messages that several nouns share, as JSON.

use super::{json::Object, printer::Ids};
use crate::pb::{etcdserverpb as pb, mvccpb};

/// The fields of a response's header.
pub fn header(header: &pb::ResponseHeader) -> Object {
    Object::new()
        .plain("cluster_id", header.cluster_id)
        .plain("member_id", header.member_id)
        .plain("revision", header.revision)
        .plain("raft_term", header.raft_term)
}

/// The header with its ids as asked for: only responses about members honour `--hex` in JSON.
pub fn header_with_ids(value: &pb::ResponseHeader, ids: Ids) -> Object {
    match ids {
        Ids::Plain => header(value),
        Ids::Hex => Object::new()
            .always_text("cluster_id", &format!("{:x}", value.cluster_id))
            .always_text("member_id", &format!("{:x}", value.member_id))
            .plain("revision", value.revision)
            .plain("raft_term", value.raft_term),
    }
}

/// A response that begins with its header.
pub fn with_header(value: &Option<pb::ResponseHeader>) -> Object {
    Object::new().object("header", value.as_ref().map(header))
}

/// A key with its value and history.
pub fn key_value(kv: &mvccpb::KeyValue) -> Object {
    Object::new()
        .bytes("key", &kv.key)
        .plain("create_revision", kv.create_revision)
        .plain("mod_revision", kv.mod_revision)
        .plain("version", kv.version)
        .bytes("value", &kv.value)
        .plain("lease", kv.lease)
}
