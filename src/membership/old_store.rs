//! The cluster as the store of etcd's second API had it. Snapshots carry it to this day, and members of etcd 3.6 and before
//! stop when they get one without.
//!
//! ```text
//!   /0/members/<id>/raftAttributes    {"peerURLs":[..],"isLearner":true}
//!                  /attributes        {"name":"..","clientURLs":[..]}
//!   /0/removed_members/<id>           nothing
//!   /0/version                        3.7.0
//!   /1                                keys of clients; none any more
//! ```
//!
//! etcd's has more beside the tree, a history of events and counts of requests, which a reader that lacks them begins anew.

use super::{
    cluster::{MembershipError, State},
    member::{Member, to_go_json},
};
use crate::{backend::Frozen, id::MemberId};
use serde::Serialize;
use std::collections::BTreeMap;

/// The old store's form of the cluster that these rows are of.
pub fn old_store(rows: &Frozen) -> Result<Vec<u8>, MembershipError> {
    Ok(encode(&State::of(rows)?))
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Store {
    root: Node,
    current_index: u64,
    current_version: u64,
}

/// A folder has children, perhaps none of them; a file has a value.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Node {
    path: String,
    created_index: u64,
    modified_index: u64,
    expire_time: &'static str,
    value: String,
    children: Option<BTreeMap<String, Node>>,
}

#[derive(Serialize)]
struct RaftAttributes<'a> {
    #[serde(rename = "peerURLs")]
    peer_urls: &'a [String],
    #[serde(rename = "isLearner", skip_serializing_if = "std::ops::Not::not")]
    is_learner: bool,
}

#[derive(Serialize)]
struct Attributes<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    name: &'a str,
    #[serde(rename = "clientURLs", skip_serializing_if = "<[String]>::is_empty")]
    client_urls: &'a [String],
}

/// Go's zero time: never.
const NEVER: &str = "0001-01-01T00:00:00Z";

/// Counts what was written, as the store did.
struct Tree {
    index: u64,
}

impl Tree {
    fn node(&self, path: String, value: String, children: Option<BTreeMap<String, Node>>) -> Node {
        let (created_index, modified_index) = (self.index, self.index);
        Node { path, created_index, modified_index, expire_time: NEVER, value, children }
    }

    fn file(&mut self, path: String, value: String) -> Node {
        self.index += 1;
        self.node(path, value, None)
    }

    fn folder(&self, path: &str, children: BTreeMap<String, Node>) -> Node {
        self.node(path.into(), String::new(), Some(children))
    }

    fn member(&mut self, member: &Member) -> Node {
        let path = format!("/0/members/{}", member.id);
        let text = |json: Vec<u8>| String::from_utf8_lossy(&json).into_owned();
        let raft = RaftAttributes { peer_urls: &member.peer_urls, is_learner: member.is_learner };
        let raft = self.file(format!("{path}/raftAttributes"), text(to_go_json(&raft)));
        let mut children = BTreeMap::from([("raftAttributes".into(), raft)]);
        if !member.name.is_empty() || !member.client_urls.is_empty() {
            let attributes = Attributes { name: &member.name, client_urls: &member.client_urls };
            let attributes = self.file(format!("{path}/attributes"), text(to_go_json(&attributes)));
            children.insert("attributes".into(), attributes);
        }
        self.folder(&path, children)
    }
}

fn encode(state: &State) -> Vec<u8> {
    let State { members, removed, version, .. } = state;
    let mut tree = Tree { index: 0 };
    let members = members.values().map(|member| (member.id.to_string(), tree.member(member))).collect();
    let mut cluster = BTreeMap::from([("members".into(), tree.folder("/0/members", members))]);
    if !removed.is_empty() {
        let gone = |id: &MemberId| (id.to_string(), tree.file(format!("/0/removed_members/{id}"), String::new()));
        let removed = removed.iter().map(gone).collect();
        cluster.insert("removed_members".into(), tree.folder("/0/removed_members", removed));
    }
    if let Some(version) = version {
        cluster.insert("version".into(), tree.file("/0/version".into(), version.to_string()));
    }
    let root = [("0", tree.folder("/0", cluster)), ("1", tree.folder("/1", BTreeMap::new()))];
    let root = tree.folder("/", root.map(|(name, node)| (name.into(), node)).into());
    to_go_json(&Store { root, current_index: tree.index, current_version: 2 })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As an etcd 3.7.1 wrote it into a snapshot, but for indexes of folders, and without what stands beside the tree.
    #[test]
    fn as_etcd_writes_it() {
        let member = Member {
            id: MemberId(0x76c9_2815_5a88_aa2c),
            name: "m\"<&é".into(),
            peer_urls: vec!["http://127.0.0.1:20758".into()],
            client_urls: vec!["http://127.0.0.1:20757".into()],
            is_learner: false,
        };
        let mut state = State { version: Some("3.7.0".parse().unwrap()), ..State::default() };
        state.members.insert(member.id, member);
        state.removed.insert(MemberId(0xfed0_0954_5ce0_8bad));
        let text = String::from_utf8(encode(&state)).unwrap();
        let never = r#""ExpireTime":"0001-01-01T00:00:00Z""#;
        for part in [
            format!(
                r#""attributes":{{"Path":"/0/members/76c928155a88aa2c/attributes","CreatedIndex":2,"ModifiedIndex":2,{never},"Value":"{{\"name\":\"m\\\"\\u003c\\u0026é\",\"clientURLs\":[\"http://127.0.0.1:20757\"]}}","Children":null}}"#
            ),
            format!(
                r#""raftAttributes":{{"Path":"/0/members/76c928155a88aa2c/raftAttributes","CreatedIndex":1,"ModifiedIndex":1,{never},"Value":"{{\"peerURLs\":[\"http://127.0.0.1:20758\"]}}","Children":null}}"#
            ),
            format!(
                r#""fed009545ce08bad":{{"Path":"/0/removed_members/fed009545ce08bad","CreatedIndex":3,"ModifiedIndex":3,{never},"Value":"","Children":null}}"#
            ),
            format!(
                r#""version":{{"Path":"/0/version","CreatedIndex":4,"ModifiedIndex":4,{never},"Value":"3.7.0","Children":null}}"#
            ),
            r#""CurrentIndex":4,"CurrentVersion":2}"#.into(),
        ] {
            assert!(text.contains(&part), "{text}\nhas no\n{part}");
        }
        assert!(text.starts_with(r#"{"Root":{"Path":"/","#));
        assert!(text.contains(r#""1":{"Path":"/1","#) && text.contains(r#""Children":{}}"#));
    }
}
