//! Conf changes, and what members tell of themselves.

use crate::support::{Machine, raw_entry};
use etcd::{
    apply::{Applied, Outcome, Refusal, Response},
    backend::{Bucket, meta},
    id::MemberId,
    membership::{Downgrade, Member, Version},
    pb::{
        etcdserverpb::InternalRaftRequest,
        membershippb::{Attributes, ClusterMemberAttrSetRequest, ClusterVersionSetRequest, DowngradeInfoSetRequest},
        raftpb::{ConfChange, ConfChangeType, ConfState, Entry, EntryType},
    },
};
use prost::Message;

const ADD: i32 = ConfChangeType::AddNode as i32;
const ADD_LEARNER: i32 = ConfChangeType::AddLearnerNode as i32;
const REMOVE: i32 = ConfChangeType::RemoveNode as i32;
const UPDATE: i32 = ConfChangeType::UPDATE_NODE;

fn entry(machine: &Machine, change_type: i32, node_id: u64, context: &str) -> Entry {
    let change = ConfChange { id: 1, change_type, node_id, context: context.as_bytes().to_vec().into() };
    let index = machine.inner.applied().0 + 1;
    Entry { entry_type: EntryType::EntryConfChange as i32, ..raw_entry(index, change.encode_to_vec().into()) }
}

/// Checks and applies, as the owner of raft does; the voters are those that the members say.
fn change(machine: &mut Machine, change_type: i32, id: u64, context: &str) -> Applied {
    let entry = entry(machine, change_type, id, context);
    let checked = machine.inner.check_conf_change(&entry).unwrap();
    let conf_state = match (&checked, change_type) {
        (Ok(_), ADD) => ConfState { voters: vec![id, 0xa1], ..Default::default() },
        _ => ConfState { voters: vec![0xa1], ..Default::default() },
    };
    machine.inner.apply_conf_change(&entry, checked.ok().as_ref(), &conf_state).unwrap()
}

#[track_caller]
fn refused(machine: &mut Machine, (change_type, id, context): (i32, u64, &str), refusal: Refusal) {
    let before = (machine.inner.members().list(), machine.inner.conf_state());
    let applied = change(machine, change_type, id, context);
    assert_eq!(applied.outcome, Some(Outcome::Refused(refusal)));
    assert!(!applied.membership_changed);
    assert_eq!((machine.inner.members().list(), machine.inner.conf_state()), before);
}

fn member(id: u64, url: &str) -> String {
    format!(r#"{{"id":{id},"peerURLs":["{url}"]}}"#)
}

fn learner(id: u64, url: &str) -> String {
    format!(r#"{{"id":{id},"peerURLs":["{url}"],"isLearner":true,"isPromote":false}}"#)
}

const PROMOTE_2: &str = r#"{"id":2,"peerURLs":null,"isPromote":true}"#;

#[test]
fn members_come_are_promoted_move_and_go() {
    let mut machine = Machine::new();
    let applied = change(&mut machine, ADD, 1, &member(1, "http://a"));
    assert!(applied.membership_changed);
    let Some(Outcome::Done(Response::Members(members))) = applied.outcome else { panic!("refused") };
    assert_eq!((members.len(), members[0].id, &members[0].peer_urls[0][..]), (1, 1, "http://a"));
    let json = machine.backend.get(Bucket::Meta, meta::CONF_STATE).unwrap().unwrap();
    assert_eq!(json.as_ref(), br#"{"voters":[1,161],"auto_leave":false}"#);

    refused(&mut machine, (ADD, 1, &member(1, "http://b")), Refusal::MemberExists);
    refused(&mut machine, (ADD, 2, &member(2, "http://a")), Refusal::PeerUrlExists);
    refused(&mut machine, (ADD, 2, PROMOTE_2), Refusal::MemberNotFound);
    refused(&mut machine, (REMOVE, 2, ""), Refusal::MemberNotFound);
    refused(&mut machine, (UPDATE, 2, &member(2, "http://b")), Refusal::MemberNotFound);

    change(&mut machine, ADD_LEARNER, 2, &learner(2, "http://b"));
    assert!(machine.inner.members().get(MemberId(2)).unwrap().is_learner);
    refused(&mut machine, (ADD_LEARNER, 3, &learner(3, "http://c")), Refusal::TooManyLearners);
    change(&mut machine, ADD, 2, PROMOTE_2);
    let promoted = machine.inner.members().get(MemberId(2)).unwrap();
    assert!(!promoted.is_learner && promoted.peer_urls == ["http://b"]);
    refused(&mut machine, (ADD, 2, PROMOTE_2), Refusal::MemberNotLearner);

    refused(&mut machine, (UPDATE, 2, &member(2, "http://a")), Refusal::PeerUrlExists);
    change(&mut machine, UPDATE, 2, &member(2, "http://b"));
    change(&mut machine, UPDATE, 2, &member(2, "http://d"));
    assert_eq!(machine.inner.members().get(MemberId(2)).unwrap().peer_urls, ["http://d"]);

    change(&mut machine, REMOVE, 2, "");
    refused(&mut machine, (ADD, 2, &member(2, "http://d")), Refusal::MemberNotFound);
    assert!(machine.inner.members().is_removed(MemberId(2)));

    let (members, state) = (machine.inner.members().list(), machine.inner.conf_state());
    machine.backend.flush().unwrap();
    let Machine { disk, backend, inner } = machine;
    let applied = inner.applied();
    drop((inner, backend));
    let machine = Machine::open(disk);
    assert_eq!((machine.inner.members().list(), machine.inner.conf_state()), (members, state));
    assert!(machine.inner.members().is_removed(MemberId(2)));
    assert_eq!(machine.inner.applied(), applied);
}

#[test]
fn a_conf_change_that_nobody_can_have_proposed_stops_the_process() {
    let machine = Machine::new();
    let check = |entry: &Entry| machine.inner.check_conf_change(entry).unwrap_err().to_string();
    assert!(check(&entry(&machine, ADD, 1, &member(2, "http://a"))).contains("its context is of member 2"));
    assert!(check(&entry(&machine, ADD, 1, "{")).contains("conf change 1: "));
    assert!(check(&entry(&machine, 9, 1, "")).contains("unknown type 9"));
    let second_form = EntryType::EntryConfChangeV2 as i32;
    assert!(check(&Entry { entry_type: second_form, ..raw_entry(1, Default::default()) }).contains("of type 2"));
}

#[test]
fn raft_and_the_members_never_part_ways() {
    let mut machine = Machine::new();
    let entry = entry(&machine, ADD, 1, &member(1, "http://a"));
    let error = machine.inner.apply_conf_change(&entry, None, &ConfState::default()).unwrap_err();
    assert!(error.to_string().contains("raft was told None"), "{error}");
}

fn tell(machine: &mut Machine, request: InternalRaftRequest) -> Applied {
    let applied = machine.request(request);
    assert_eq!(applied.outcome, Some(Outcome::Done(Response::Empty)));
    applied
}

#[test]
fn members_tell_of_themselves() {
    let mut machine = Machine::new();
    change(&mut machine, ADD, 1, &member(1, "http://a"));
    change(&mut machine, ADD, 2, &member(2, "http://b"));
    change(&mut machine, REMOVE, 2, "");
    for id in [1, 2] {
        let attributes = Attributes { name: "m".into(), client_urls: vec!["http://c".into()] };
        let set = ClusterMemberAttrSetRequest { member_id: id, member_attributes: Some(attributes) };
        let request = InternalRaftRequest { cluster_member_attr_set: Some(set), ..Default::default() };
        assert!(tell(&mut machine, request).membership_changed);
    }
    let expected = Member {
        id: MemberId(1),
        name: "m".into(),
        peer_urls: vec!["http://a".into()],
        client_urls: vec!["http://c".into()],
        is_learner: false,
    };
    assert_eq!(machine.inner.members().list(), [expected]);
    let row = machine.backend.get(Bucket::Members, b"1").unwrap().unwrap();
    assert_eq!(row.as_ref(), br#"{"id":1,"peerURLs":["http://a"],"name":"m","clientURLs":["http://c"]}"#);
    assert_eq!(machine.backend.get(Bucket::MembersRemoved, b"2").unwrap().unwrap().as_ref(), b"removed");
}

#[test]
fn the_storage_follows_the_clusters_version() {
    let mut machine = Machine::new();
    for (cluster, storage) in [
        ("3.0.0", None),
        ("3.5.0", None),
        ("3.6.0", Some("3.6.0")),
        ("3.7.0", Some("3.7.0")),
        ("3.6.0", Some("3.6.0")),
        ("3.5.0", None),
        ("3.7.0", Some("3.7.0")),
        ("3.0.0", Some("3.7.0")),
    ] {
        let set = ClusterVersionSetRequest { ver: cluster.into() };
        tell(&mut machine, InternalRaftRequest { cluster_version_set: Some(set), ..Default::default() });
        assert_eq!(machine.inner.members().version().map(|version| version.to_string()), Some(cluster.into()));
        assert_eq!(machine.inner.storage_version().map(|version| version.to_string()).as_deref(), storage);
        let row = machine.backend.get(Bucket::Meta, meta::STORAGE_VERSION).unwrap();
        assert_eq!(row.as_deref(), storage.map(str::as_bytes));
    }
    assert_eq!(machine.inner.storage_version(), Some(Version::STORAGE));
}

#[test]
fn a_downgrade_begins_and_ends() {
    let mut machine = Machine::new();
    for (enabled, target, row) in [
        (true, "3.6.0", r#"{"target-version":"3.6.0","enabled":true}"#),
        (false, "", r#"{"target-version":"","enabled":false}"#),
    ] {
        let set = DowngradeInfoSetRequest { enabled, ver: "3.6.0".into() };
        tell(&mut machine, InternalRaftRequest { downgrade_info_set: Some(set), ..Default::default() });
        assert_eq!(machine.inner.members().downgrade(), Downgrade { target: target.into(), enabled });
        assert_eq!(machine.backend.get(Bucket::Cluster, b"downgrade").unwrap().unwrap().as_ref(), row.as_bytes());
    }
}
