//! What members of etcd 3.5 and before put into the log to tell of themselves: requests to the old store, of which two
//! kinds still mean something. So one of ours can stand among them. etcd itself reads these up to 3.6.
//!
//! ```text
//!   PUT /0/members/{hex id}/attributes   {"name":"m","clientURLs":["http://..."]}
//!   PUT /0/version                       3.5.0
//! ```

use crate::pb::membershippb::{Attributes, ClusterMemberAttrSetRequest, ClusterVersionSetRequest};
use bytes::Bytes;
use prost::Message;
use serde::Deserialize;

/// A request to the old store, as far as it matters here.
#[derive(Clone, PartialEq, Message)]
struct Request {
    #[prost(string, tag = "2")]
    method: String,
    #[prost(string, tag = "3")]
    path: String,
    #[prost(string, tag = "4")]
    value: String,
}

#[derive(Deserialize)]
struct Told {
    #[serde(default)]
    name: String,
    #[serde(rename = "clientURLs", default)]
    client_urls: Option<Vec<String>>,
}

/// What such a request means.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Legacy {
    Version(ClusterVersionSetRequest),
    Attributes(ClusterMemberAttrSetRequest),
    /// Nothing any more.
    Nothing,
}

/// The request that the data of an entry holds, if it is one to the old store. No newer request can be read as one: where
/// it has a path, which begins with a slash, they have a message that cannot.
pub(super) fn read(data: &Bytes) -> Option<Legacy> {
    let request = Request::decode(data.clone()).ok().filter(|request| request.path.starts_with('/'))?;
    if request.method != "PUT" {
        return Some(Legacy::Nothing);
    }
    let parts: Vec<&str> = request.path.split('/').collect();
    match parts[..] {
        ["", "0", "version"] => Some(Legacy::Version(ClusterVersionSetRequest { ver: request.value })),
        ["", "0", "members", id, "attributes"] => {
            let member_id = u64::from_str_radix(id, 16).ok()?;
            let told: Told = serde_json::from_str(&request.value).ok()?;
            let attributes = Attributes { name: told.name, client_urls: told.client_urls.unwrap_or_default() };
            Some(Legacy::Attributes(ClusterMemberAttrSetRequest { member_id, member_attributes: Some(attributes) }))
        }
        _ => Some(Legacy::Nothing),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pb::etcdserverpb::{InternalRaftRequest, RequestHeader};

    fn of(method: &str, path: &str, value: &str) -> Option<Legacy> {
        let request = Request { method: method.into(), path: path.into(), value: value.into() };
        // As it stands in the log, with its id and all the fields that Go writes.
        let mut data = b"\x08\x07".to_vec();
        data.extend(request.encode_to_vec());
        data.extend(b"\x28\x00\x32\x00\x38\x00\x48\x00\x50\x00\x58\x00\x60\x00\x68\x00\x70\x00\x78\x00\x80\x01\x00");
        read(&data.into())
    }

    #[test]
    fn two_kinds_mean_something() {
        let told = of("PUT", "/0/members/8e9e05c52164694d/attributes", r#"{"name":"m","clientURLs":["http://a:1"]}"#);
        let Some(Legacy::Attributes(request)) = told else { panic!("{told:?}") };
        assert_eq!(request.member_id, 0x8e9e05c52164694d);
        let attributes = Attributes { name: "m".into(), client_urls: vec!["http://a:1".into()] };
        assert_eq!(request.member_attributes, Some(attributes));
        let version = of("PUT", "/0/version", "3.5.0");
        assert!(matches!(&version, Some(Legacy::Version(request)) if request.ver == "3.5.0"), "{version:?}");
        assert_eq!(of("SYNC", "/", ""), Some(Legacy::Nothing));
        assert_eq!(of("PUT", "/1/key", "value"), Some(Legacy::Nothing));
        assert_eq!(of("PUT", "/0/members/x/attributes", "{}"), None);
        assert_eq!(of("PUT", "/0/members/1/attributes", "no JSON"), None);
    }

    #[test]
    fn what_is_newer_is_none_of_them() {
        let request = InternalRaftRequest {
            header: Some(RequestHeader { id: 7, ..Default::default() }),
            range: Some(Default::default()),
            ..Default::default()
        };
        assert!(read(&request.encode_to_vec().into()).is_none());
        assert!(read(&Bytes::from_static(b"\xff\xff")).is_none());
    }
}
