//! Requests as etcd writes them to its log: the text form of protobuf, values replaced by their size, in the two styles
//! that etcd mixes.
//!
//! ```text
//!   key:"foo"  range_end:"g"  limit:3            most requests
//!   key:"foo" value_size:3                       puts, and whatever has a value (a space behind each field)
//! ```
//!
//! Only slow requests are written, so this may take its time.

use super::{fields::Text, user_text};
use crate::pb::etcdserverpb::{
    Compare, DeleteRangeRequest, InternalRaftRequest, PutRequest, RangeRequest, RequestHeader, RequestOp, TxnRequest,
    compare::{CompareResult, CompareTarget, TargetUnion},
    range_request::{SortOrder, SortTarget},
    request_op::Request,
};
/// A range.
pub fn range(request: &RangeRequest) -> String {
    let order = SortOrder::try_from(request.sort_order).unwrap_or_default();
    let target = SortTarget::try_from(request.sort_target).unwrap_or_default();
    let name = |is_default: bool, name: &'static str| if is_default { "" } else { name };
    Text::plain()
        .bytes("key", &request.key)
        .bytes("range_end", &request.range_end)
        .field("limit", request.limit)
        .field("revision", request.revision)
        .field("sort_order", name(order == SortOrder::default(), order.as_str_name()))
        .field("sort_target", name(target == SortTarget::default(), target.as_str_name()))
        .field("serializable", request.serializable)
        .field("keys_only", request.keys_only)
        .field("count_only", request.count_only)
        .field("min_mod_revision", request.min_mod_revision)
        .field("max_mod_revision", request.max_mod_revision)
        .field("min_create_revision", request.min_create_revision)
        .field("max_create_revision", request.max_create_revision)
        .text
}

/// A put, without its value.
pub fn put(request: &PutRequest) -> String {
    Text::hiding()
        .bytes("key", &request.key)
        .field("value_size", request.value.len())
        .field("lease", request.lease)
        .field("prev_kv", request.prev_kv)
        .field("ignore_value", request.ignore_value)
        .field("ignore_lease", request.ignore_lease)
        .text
}

/// A deletion.
pub fn delete_range(request: &DeleteRangeRequest) -> String {
    Text::plain()
        .bytes("key", &request.key)
        .bytes("range_end", &request.range_end)
        .field("prev_kv", request.prev_kv)
        .text
}

/// A transaction, without its values.
pub fn txn(request: &TxnRequest) -> String {
    let compares: Vec<String> = request.compare.iter().map(compare).collect();
    let [success, failure] = [&request.success, &request.failure].map(|ops| ops.iter().map(op).collect::<Vec<_>>());
    format!("compare:<{}> success:<{}> failure:<{}>", compares.join(" "), success.join(" "), failure.join(" "))
}

fn op(op: &RequestOp) -> String {
    match &op.request {
        Some(Request::RequestRange(request)) => format!("request_range:{{{}}}", range(request)),
        Some(Request::RequestPut(request)) => format!("request_put:<{}>", put(request)),
        Some(Request::RequestDeleteRange(request)) => format!("request_delete_range:{{{}}}", delete_range(request)),
        Some(Request::RequestTxn(request)) => format!("request_txn:<{}>", txn(request)),
        None => String::new(),
    }
}

fn compare(compare: &Compare) -> String {
    let result = CompareResult::try_from(compare.result).unwrap_or_default();
    let target = CompareTarget::try_from(compare.target).unwrap_or_default();
    let result = if result == CompareResult::Equal { "" } else { result.as_str_name() };
    let target = if target == CompareTarget::Version { "" } else { target.as_str_name() };
    let begun = |text: Text| text.field("result", result).field("target", target).bytes("key", &compare.key);
    let (name, number) = match &compare.target_union {
        Some(TargetUnion::Value(value)) => {
            let text = begun(Text::hiding()).field("value_size", value.len());
            return text.bytes("range_end", &compare.range_end).text;
        }
        Some(TargetUnion::Version(number)) => ("version", number),
        Some(TargetUnion::CreateRevision(number)) => ("create_revision", number),
        Some(TargetUnion::ModRevision(number)) => ("mod_revision", number),
        Some(TargetUnion::Lease(number)) => ("lease", number),
        None => return begun(Text::plain()).bytes("range_end", &compare.range_end).text,
    };
    begun(Text::plain()).always(name, number).bytes("range_end", &compare.range_end).text
}

fn header(header: &RequestHeader) -> String {
    Text::plain()
        .field("ID", header.id)
        .bytes("username", header.username.as_bytes())
        .field("auth_revision", header.auth_revision)
        .text
}

/// What of a request out of the log is written without its values and secrets, if it may have any.
fn hiding(request: &InternalRaftRequest) -> Option<String> {
    if let Some(grant) = &request.lease_grant {
        return Some(format!("lease_grant:<ttl:{}-second id:{:016x}>", grant.ttl, grant.id));
    }
    if let Some(revoke) = &request.lease_revoke {
        return Some(format!("lease_revoke:<id:{:016x}>", revoke.id));
    }
    if let Some(request) = &request.put {
        return Some(format!("put:<{}>", put(request)));
    }
    if let Some(request) = &request.txn {
        return Some(format!("txn:<{}>", txn(request)));
    }
    user_text::hiding(request)
}

/// A request out of the log.
pub fn entry(request: &InternalRaftRequest) -> String {
    let head = request.header.as_ref().map(header);
    if let Some(text) = hiding(request) {
        return format!("header:<{}> {text}", head.unwrap_or_default());
    }
    if let Some((name, text)) = user_text::plain(request) {
        return Text::plain().message("header", head).message(name, Some(text)).text;
    }
    let attributes = request.cluster_member_attr_set.as_ref().map(|request| {
        let of = request
            .member_attributes
            .as_ref()
            .map(|of| Text::plain().bytes("name", of.name.as_bytes()).strings("client_urls", &of.client_urls).text);
        Text::plain().field("member_ID", request.member_id).message("member_attributes", of).text
    });
    let version = |text: &str| Text::plain().bytes("ver", text.as_bytes()).text;
    Text::plain()
        .message("header", head)
        .message("range", request.range.as_ref().map(range))
        .message("delete_range", request.delete_range.as_ref().map(delete_range))
        .message(
            "compaction",
            request.compaction.as_ref().map(|request| {
                Text::plain().field("revision", request.revision).field("physical", request.physical).text
            }),
        )
        .message(
            "alarm",
            request.alarm.as_ref().map(|request| {
                let [action, alarm] = [request.action().as_str_name(), request.alarm().as_str_name()];
                Text::plain()
                    .field("action", if request.action == 0 { "" } else { action })
                    .field("memberID", request.member_id)
                    .field("alarm", if request.alarm == 0 { "" } else { alarm })
                    .text
            }),
        )
        .message(
            "lease_checkpoint",
            request.lease_checkpoint.as_ref().map(|request| {
                request
                    .checkpoints
                    .iter()
                    .fold(Text::plain(), |text, of| {
                        let of = Text::plain().field("ID", of.id).field("remaining_TTL", of.remaining_ttl).text;
                        text.message("checkpoints", Some(of))
                    })
                    .text
            }),
        )
        .message("cluster_version_set", request.cluster_version_set.as_ref().map(|request| version(&request.ver)))
        .message("cluster_member_attr_set", attributes)
        .message(
            "downgrade_info_set",
            request.downgrade_info_set.as_ref().map(|request| {
                Text::plain().field("enabled", request.enabled).bytes("ver", request.ver.as_bytes()).text
            }),
        )
        .text
}

#[cfg(test)]
mod tests {
    use super::{super::fields::quoted, *};
    use crate::pb::etcdserverpb::LeaseGrantRequest;
    use bytes::Bytes;

    /// The lines were recorded from etcd 3.7.1.
    #[test]
    fn as_etcd_writes_them() {
        let key = |key: &'static str| Bytes::from_static(key.as_bytes());
        let put_foo = PutRequest { key: key("foo"), value: key("bar"), ..PutRequest::default() };
        assert_eq!(put(&put_foo), "key:\"foo\" value_size:3 ");
        let request = RangeRequest { key: key("f"), range_end: key("g"), limit: 3, ..RangeRequest::default() };
        assert_eq!(range(&request), r#"key:"f"  range_end:"g"  limit:3"#);
        let sorted =
            RangeRequest { key: key("foo"), sort_order: 2, sort_target: 3, keys_only: true, ..request.clone() };
        let sorted = RangeRequest { range_end: Bytes::new(), limit: 0, ..sorted };
        assert_eq!(range(&sorted), r#"key:"foo"  sort_order:DESCEND  sort_target:MOD  keys_only:true"#);
        let value = Compare {
            target: CompareTarget::Value as i32,
            key: key("foo"),
            target_union: Some(TargetUnion::Value(key("x"))),
            ..Compare::default()
        };
        let op = |request| RequestOp { request: Some(request) };
        let get = RangeRequest { key: key("zed"), ..RangeRequest::default() };
        let delete = DeleteRangeRequest { key: key("x"), range_end: key("y"), prev_kv: false };
        let request = TxnRequest {
            compare: vec![value],
            success: vec![op(Request::RequestPut(put_foo)), op(Request::RequestRange(get))],
            failure: vec![op(Request::RequestDeleteRange(delete))],
        };
        assert_eq!(
            txn(&request),
            r#"compare:<target:VALUE key:"foo" value_size:1 > success:<request_put:<key:"foo" value_size:3 > "#
                .to_owned()
                + r#"request_range:{key:"zed"}> failure:<request_delete_range:{key:"x"  range_end:"y"}>"#
        );
        let header = Some(RequestHeader { id: 7, ..RequestHeader::default() });
        let grant = LeaseGrantRequest { ttl: 100, id: 0x688da1fd0386af0a };
        let grant = InternalRaftRequest { header: header.clone(), lease_grant: Some(grant), ..Default::default() };
        assert_eq!(entry(&grant), "header:<ID:7> lease_grant:<ttl:100-second id:688da1fd0386af0a>");
        let delete = DeleteRangeRequest { key: key("foo"), prev_kv: true, ..Default::default() };
        let delete = InternalRaftRequest { header, delete_range: Some(delete), ..Default::default() };
        assert_eq!(entry(&delete), r#"header:{ID:7}  delete_range:{key:"foo"  prev_kv:true}"#);
    }

    #[test]
    fn whoever_asks_is_named() {
        let header = Some(RequestHeader { id: 7, username: "ro\"ot".into(), auth_revision: 3 });
        let request = InternalRaftRequest { header, put: Some(PutRequest::default()), ..Default::default() };
        assert_eq!(entry(&request), r#"header:<ID:7  username:"ro\"ot"  auth_revision:3> put:<>"#);
    }

    #[test]
    fn what_is_no_text_is_escaped() {
        assert_eq!(quoted(b"a\"\\\n\x01\xff\xc3\xa9"), "\"a\\\"\\\\\\n\\x01\\xff\u{e9}\"");
    }
}
