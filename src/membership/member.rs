//! One member, and its JSON: the form in which it stands in conf changes and in the backend, byte for byte what Go's
//! encoding/json writes.

use crate::{id::MemberId, pb::etcdserverpb};
use serde::{Deserialize, Deserializer, Serialize};

/// A member of the cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Row", into = "Row")]
pub struct Member {
    /// Who it is.
    pub id: MemberId,
    /// Empty until it has started.
    pub name: String,
    /// Where its peers reach it.
    pub peer_urls: Vec<String>,
    /// Where clients reach it; empty until it has started.
    pub client_urls: Vec<String>,
    /// Takes no part in votes.
    pub is_learner: bool,
}

impl Member {
    /// As it stands in the backend, and in the conf change of a founding member.
    pub fn to_json(&self) -> Vec<u8> {
        to_go_json(self)
    }
}

/// Many, as members tell each other.
pub fn list_to_json(members: &[Member]) -> Vec<u8> {
    to_go_json(&members)
}

impl From<etcdserverpb::Member> for Member {
    fn from(member: etcdserverpb::Member) -> Self {
        let etcdserverpb::Member { id, name, peer_urls, client_urls, is_learner } = member;
        Self { id: MemberId(id), name, peer_urls, client_urls, is_learner }
    }
}

impl From<&Member> for etcdserverpb::Member {
    fn from(member: &Member) -> Self {
        Self {
            id: member.id.0,
            name: member.name.clone(),
            peer_urls: member.peer_urls.clone(),
            client_urls: member.client_urls.clone(),
            is_learner: member.is_learner,
        }
    }
}

/// Fields in Go's order and under Go's names; what is optional there is left out when empty. `null` reads as empty.
#[derive(Clone, Serialize, Deserialize)]
struct Row {
    #[serde(default)]
    id: u64,
    #[serde(rename = "peerURLs", default, deserialize_with = "null_as_empty")]
    peer_urls: Vec<String>,
    #[serde(rename = "isLearner", default, skip_serializing_if = "is_off")]
    is_learner: bool,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    name: String,
    #[serde(rename = "clientURLs", default, deserialize_with = "null_as_empty", skip_serializing_if = "Vec::is_empty")]
    client_urls: Vec<String>,
}

impl From<Row> for Member {
    fn from(row: Row) -> Self {
        let Row { id, peer_urls, is_learner, name, client_urls } = row;
        Self { id: MemberId(id), name, peer_urls, client_urls, is_learner }
    }
}

impl From<Member> for Row {
    fn from(member: Member) -> Self {
        let Member { id, name, peer_urls, client_urls, is_learner } = member;
        Self { id: id.0, peer_urls, is_learner, name, client_urls }
    }
}

fn null_as_empty<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

fn is_off(flag: &bool) -> bool {
    !flag
}

/// Go writes five characters that are special to HTML and JavaScript as escapes. In JSON they occur inside strings only.
pub(super) fn to_go_json(value: &impl Serialize) -> Vec<u8> {
    // Plain structs of numbers, flags and texts: nothing in them can fail to be written.
    let text = serde_json::to_string(value).unwrap_or_default();
    debug_assert!(!text.is_empty());
    let escaped = text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        match c {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
        out
    });
    escaped.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rows were read from the backend of an etcd 3.7.1.
    #[test]
    fn as_etcd_writes_it() {
        let mut member = Member {
            id: MemberId(12783689883282029979),
            name: "n<&>".into(),
            peer_urls: vec!["http://127.0.0.1:30367".into()],
            ..Default::default()
        };
        let founder =
            r#"{"id":12783689883282029979,"peerURLs":["http://127.0.0.1:30367"],"name":"n\u003c\u0026\u003e"}"#;
        assert_eq!(String::from_utf8(member.to_json()).unwrap(), founder);
        assert_eq!(serde_json::from_str::<Member>(founder).unwrap(), member);

        member.client_urls = vec!["http://127.0.0.1:30435".into()];
        let started = founder.replace('}', r#","clientURLs":["http://127.0.0.1:30435"]}"#);
        assert_eq!(String::from_utf8(member.to_json()).unwrap(), started);
        assert_eq!(serde_json::from_str::<Member>(&started).unwrap(), member);
    }

    #[test]
    fn null_and_unknown_fields_do_not_matter() {
        let member: Member = serde_json::from_str(r#"{"id":1,"peerURLs":null,"isLearner":true,"new":[]}"#).unwrap();
        assert_eq!(member, Member { id: MemberId(1), is_learner: true, ..Default::default() });
    }
}
