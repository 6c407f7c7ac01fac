//! What raft asks of these types besides the wire: membership changes and the protobuf 2 trait.

use std::borrow::Cow;

use bytes::Bytes;
use prost::Message as _;
use protobuf::{CodedInputStream, Message as _};
use raft_proto::eraftpb::*;
use raft_proto::{ConfChangeI, conf_state_eq, parse_conf_change, stringify_conf_change};

fn v2(text: &str) -> ConfChangeV2 {
    ConfChangeV2 { changes: parse_conf_change(text).unwrap(), ..ConfChangeV2::default() }
}

#[test]
fn an_update_reaches_raft_as_a_change_of_nobody() {
    let update = ConfChange {
        change_type: ConfChangeType::UPDATE_NODE,
        node_id: 7,
        context: Bytes::from_static(b"urls"),
        ..ConfChange::default()
    };
    assert!(update.is_update() && update.is_known_type());
    let seen = update.as_v2().into_owned();
    assert_eq!(seen.changes, [ConfChangeSingle { change_type: 2, node_id: 0 }]);
    assert_eq!(seen.context, update.context);
    assert!(!seen.leave_joint());
    assert_eq!(update.as_v1().unwrap().node_id, 7);

    assert!(matches!(v2("v1 l2 r3").as_v2(), Cow::Borrowed(_)));
    assert_eq!(v2("v1 u2").into_v2().changes, parse_conf_change("v1 u0").unwrap());
}

#[test]
fn joint_or_not() {
    let cases = [("", None), ("v1", None), ("v1 l2", Some(true))];
    for (text, joint) in cases {
        assert_eq!(v2(text).enter_joint(), joint, "{text}");
    }
    let mut one = v2("v1");
    one.set_transition(ConfChangeTransition::Explicit);
    assert_eq!(one.enter_joint(), Some(false));
    one.set_transition(ConfChangeTransition::Implicit);
    assert_eq!(one.enter_joint(), Some(true));
    assert!(v2("").leave_joint() && !v2("v1").leave_joint());
}

#[test]
fn notation() {
    let text = "v1 l2 r3 u4";
    assert_eq!(stringify_conf_change(&parse_conf_change(&format!("  {text}\n")).unwrap()), text);
    assert_eq!(stringify_conf_change(&[ConfChangeSingle { change_type: 9, node_id: 1 }]), "?1");
    assert_eq!(parse_conf_change("").unwrap(), []);
    for wrong in ["x1", "v", "v-1", "é1"] {
        assert!(parse_conf_change(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn conf_states_compare_as_sets() {
    let state = ConfState::from((vec![1, 2], vec![3]));
    assert!(conf_state_eq(&state, &ConfState::from((vec![2, 1], vec![3]))));
    assert!(!conf_state_eq(&state, &ConfState::from((vec![2], vec![3]))));
    assert!(!conf_state_eq(&state, &ConfState { auto_leave: true, ..state.clone() }));
}

#[test]
fn protobuf_2_is_answered_by_prost() {
    let change = ConfChange { id: 1, node_id: 2, ..ConfChange::default() };
    let bytes = change.write_to_bytes().unwrap();
    assert_eq!(bytes, change.encode_to_vec());
    assert_eq!(change.compute_size() as usize, bytes.len());
    assert_eq!(change.write_length_delimited_to_bytes().unwrap()[1..], bytes);
    assert_eq!(ConfChange::parse_from_bytes(&bytes).unwrap(), change);

    let mut merged = ConfChange::default();
    merged.merge_from_bytes(&bytes).unwrap();
    assert_eq!(merged, change);
    assert!(merged.merge_from_bytes(&[8]).is_err());

    let parsed = ConfChange::parse_from(&mut CodedInputStream::from_bytes(&bytes));
    assert!(parsed.is_err(), "the parser of protobuf 2 must not read");
}
