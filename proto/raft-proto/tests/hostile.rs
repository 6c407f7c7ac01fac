//! Input that no etcd of this version writes: newer, broken or malicious.

use bytes::Bytes;
use prost::Message as _;
use raft_proto::eraftpb::*;

/// Any field number outside the ones in use, in every wire type that has a value.
const UNKNOWN_FIELDS: [u8; 24] = [
    0xf8, 1, 5, // 31, varint
    0xfa, 1, 2, b'h', b'i', // 31, bytes
    0xf9, 1, 1, 2, 3, 4, 5, 6, 7, 8, // 31, 64 bit
    0xfd, 1, 1, 2, 3, 4, // 31, 32 bit
];

fn full_message() -> Message {
    let entry = Entry { term: 300, index: 70000, data: Bytes::from_static(b"data"), ..Entry::default() };
    let mut message = Message {
        msg_type: MessageType::MsgSnapshot as i32,
        to: u64::MAX,
        entries: vec![entry.clone(), entry],
        context: Bytes::from_static(b"ctx"),
        vote: 1,
        ..Message::default()
    };
    let snapshot = message.mut_snapshot();
    snapshot.data = Bytes::from_static(b"payload");
    snapshot.metadata.index = 5;
    snapshot.metadata.conf_state = ConfState::from((vec![1, 2], vec![3]));
    message
}

/// Every prefix, and every byte flipped, is an error or a value; reading the value's enums does not panic either.
fn mangle<T: prost::Message + Default>(value: &T, look: fn(&T)) {
    let bytes = value.encode_to_vec();
    let try_one = |bytes: &[u8]| {
        if let Ok(value) = T::decode(bytes) {
            look(&value);
            assert_eq!(value.encode_to_vec().len(), value.encoded_len());
        }
    };
    for end in 0..bytes.len() {
        try_one(&bytes[..end]);
    }
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut bytes = bytes.clone();
            bytes[at] ^= 1 << bit;
            try_one(&bytes);
        }
    }
}

#[test]
fn mangled_bytes_do_not_panic() {
    let change = ConfChange { id: 1, node_id: 2, context: Bytes::from_static(b"c"), ..ConfChange::default() };
    let changes = raft_proto::parse_conf_change("v1 l2 r3 u4").unwrap();
    mangle(&full_message(), |m| {
        let _ = (m.get_msg_type(), m.get_snapshot().is_empty());
        let _ = m.entries.iter().map(Entry::get_entry_type).count();
    });
    mangle(&full_message().entries[0], |e| {
        let _ = e.get_entry_type();
    });
    mangle(&full_message().take_snapshot(), |s| {
        let _ = s.is_empty();
    });
    mangle(&HardState { term: 1, vote: 2, commit: 300 }, |_| ());
    mangle(&change, |c| {
        let _ = c.get_change_type();
    });
    mangle(&changes[1], |c| {
        let _ = c.get_change_type();
    });
    mangle(&ConfChangeV2 { changes, ..ConfChangeV2::default() }, |c| {
        let _ = (c.get_transition(), c.enter_joint(), c.leave_joint());
        let _ = raft_proto::stringify_conf_change(&c.changes);
    });
}

#[test]
fn a_cut_inside_a_field_is_an_error() {
    let bytes = full_message().encode_to_vec();
    assert!(Message::decode(&bytes[..bytes.len() - 1]).is_err());
    // A length beyond the input, a varint without an end, field number 0, a wrong wire type.
    for bytes in [&[34, 0xff, 0xff, 0xff, 0xff, 7][..], &[16, 0x80], &[0, 1], &[10, 1, 1]] {
        assert!(Entry::decode(bytes).is_err(), "{bytes:?}");
    }
}

#[test]
fn unknown_fields_are_skipped() {
    fn same<T: prost::Message + Default + PartialEq + std::fmt::Debug>(value: T) {
        let bytes = [&UNKNOWN_FIELDS[..], &value.encode_to_vec(), &UNKNOWN_FIELDS].concat();
        assert_eq!(T::decode(&bytes[..]).unwrap(), value);
    }
    same(full_message());
    same(full_message().entries.remove(0));
    same(full_message().take_snapshot());
    same(HardState { term: 1, vote: 2, commit: 3 });
    same(ConfChange { id: 1, ..ConfChange::default() });
    same(ConfChangeV2 { transition: 1, ..ConfChangeV2::default() });
    // What raft-rs would write as sync_log and context.
    assert_eq!(Entry::decode(&[40, 1, 50, 1, b'c'][..]).unwrap(), Entry::default());
    // What raft-rs would write as commit_term and priority.
    assert_eq!(Message::decode(&[120, 1, 128, 1, 1][..]).unwrap(), Message::default());
}

#[test]
fn nested_responses_are_skipped_however_deep() {
    let mut bytes = Vec::new();
    for _ in 0..2000 {
        let mut outer = vec![114];
        prost::encoding::encode_varint(bytes.len() as u64, &mut outer);
        outer.extend(bytes);
        bytes = outer;
    }
    bytes.extend([16, 7]);
    assert_eq!(Message::decode(&bytes[..]).unwrap(), Message { to: 7, ..Message::default() });
    // Groups do nest, up to prost's limit.
    assert!(Message::decode(&[115; 100_000][..]).is_err());
}

#[test]
fn unknown_enum_values_are_kept_and_read_harmlessly() {
    let message = Message::decode(&[8, 19][..]).unwrap();
    assert_eq!(message.get_msg_type(), MessageType::MsgUnreachable);
    assert!(!message.is_known_type() && Message::default().is_known_type());
    assert_eq!(message.encode_to_vec()[..2], [8, 19]);

    // Negative numbers take ten bytes, as in Go.
    let minus_one = [8, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1];
    let entry = Entry::decode(&minus_one[..]).unwrap();
    assert_eq!((entry.entry_type, entry.get_entry_type()), (-1, EntryType::EntryNormal));
    assert!(!entry.is_known_type());
    assert_eq!(entry.encode_to_vec()[..11], minus_one);

    let change = ConfChange::decode(&[16, 9][..]).unwrap();
    assert_eq!(change.get_change_type(), ConfChangeType::AddNode);
    assert!(!change.is_known_type() && !change.is_update());

    let change = ConfChangeV2::decode(&[8, 9][..]).unwrap();
    assert_eq!(change.get_transition(), ConfChangeTransition::Implicit);
    assert!(!change.is_known_type() && !change.leave_joint());
}
