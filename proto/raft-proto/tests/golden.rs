//! Bytes against values, by hand from etcd's rules: number order, scalars even when zero, empty payloads not at all.

use bytes::Bytes;
use prost::Message as _;
use raft_proto::eraftpb::*;

/// Writing gives these bytes and reading them gives the value back.
#[track_caller]
fn golden<T: prost::Message + Default + PartialEq + std::fmt::Debug>(value: &T, bytes: &[u8]) {
    assert_eq!(value.encode_to_vec(), bytes, "written");
    assert_eq!(value.encoded_len(), bytes.len(), "length");
    assert_eq!(&T::decode(bytes).unwrap(), value, "read");
}

fn entry(entry_type: EntryType, term: u64, index: u64, data: &'static [u8]) -> Entry {
    Entry { entry_type: entry_type as i32, term, index, data: Bytes::from_static(data), ..Entry::default() }
}

#[test]
fn entries() {
    golden(&Entry::default(), &[8, 0, 16, 0, 24, 0]);
    golden(&entry(EntryType::EntryConfChangeV2, 300, 7, b"ab"), &[8, 2, 16, 0xac, 2, 24, 7, 34, 2, b'a', b'b']);
}

#[test]
fn hard_state() {
    golden(&HardState::default(), &[8, 0, 16, 0, 24, 0]);
    golden(
        &HardState { term: 1, vote: u64::MAX, commit: 128 },
        &[8, 1, 16, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1, 24, 128, 1],
    );
}

#[test]
fn conf_state_is_unpacked() {
    golden(&ConfState::default(), &[40, 0]);
    let state = ConfState {
        voters: vec![1, 300],
        learners: vec![3],
        voters_outgoing: vec![4, 5],
        learners_next: vec![6],
        auto_leave: true,
    };
    golden(&state, &[8, 1, 8, 0xac, 2, 16, 3, 24, 4, 24, 5, 32, 6, 40, 1]);
    let packed = [10, 3, 1, 0xac, 2, 18, 1, 3, 26, 2, 4, 5, 34, 1, 6, 40, 1];
    assert_eq!(ConfState::decode(&packed[..]).unwrap(), state);
}

#[test]
fn snapshots() {
    golden(&SnapshotMetadata::default(), &[10, 2, 40, 0, 16, 0, 24, 0]);
    golden(&Snapshot::default(), &[18, 8, 10, 2, 40, 0, 16, 0, 24, 0]);
    let metadata = SnapshotMetadata { conf_state: ConfState::from((vec![1], vec![2])), index: 9, term: 4 };
    golden(
        &Snapshot { data: Bytes::from_static(b"s"), metadata },
        &[10, 1, b's', 18, 12, 10, 6, 8, 1, 16, 2, 40, 0, 16, 9, 24, 4],
    );
}

#[test]
fn conf_changes() {
    golden(&ConfChange::default(), &[8, 0, 16, 0, 24, 0]);
    golden(
        &ConfChange {
            id: 5,
            change_type: ConfChangeType::AddLearnerNode as i32,
            node_id: 2,
            context: Bytes::from_static(b"c"),
        },
        &[8, 5, 16, 3, 24, 2, 34, 1, b'c'],
    );
    golden(&ConfChangeSingle::default(), &[8, 0, 16, 0]);
    golden(&ConfChangeV2::default(), &[8, 0]);
    golden(
        &ConfChangeV2 {
            transition: ConfChangeTransition::Explicit as i32,
            changes: raft_proto::parse_conf_change("v1 r2").unwrap(),
            context: Bytes::from_static(b"c"),
        },
        &[8, 2, 18, 4, 8, 0, 16, 1, 18, 4, 8, 1, 16, 2, 26, 1, b'c'],
    );
}

#[test]
fn messages() {
    golden(&Message::default(), &[8, 0, 16, 0, 24, 0, 32, 0, 40, 0, 48, 0, 64, 0, 80, 0, 88, 0]);
    let mut message = Message {
        msg_type: MessageType::MsgRequestPreVoteResponse as i32,
        to: 1,
        from: 2,
        term: 3,
        log_term: 4,
        index: 5,
        entries: vec![entry(EntryType::EntryNormal, 1, 2, b"x"), Entry::default()],
        commit: 6,
        reject: true,
        reject_hint: 7,
        context: Bytes::from_static(b"ctx"),
        vote: 8,
        ..Message::default()
    };
    message.mut_snapshot().mut_metadata().index = 9;
    #[rustfmt::skip]
    let bytes = [
        8, 18, 16, 1, 24, 2, 32, 3, 40, 4, 48, 5,
        58, 9, 8, 0, 16, 1, 24, 2, 34, 1, b'x',
        58, 6, 8, 0, 16, 0, 24, 0,
        64, 6,
        74, 10, 18, 8, 10, 2, 40, 0, 16, 9, 24, 0,
        80, 1, 88, 7, 98, 3, b'c', b't', b'x', 104, 8,
    ];
    golden(&message, &bytes);
}

#[test]
fn what_only_raft_rs_knows_stays_in_memory() {
    let entry = Entry { context: Bytes::from_static(b"c"), sync_log: true, ..Entry::default() };
    assert_eq!(entry.encode_to_vec(), Entry::default().encode_to_vec());
    let message =
        Message { commit_term: 1, request_snapshot: 2, deprecated_priority: 3, priority: 4, ..Message::default() };
    assert_eq!(message.encode_to_vec(), Message::default().encode_to_vec());
}

/// etcd up to 3.5 writes this empty snapshot with every message.
#[test]
fn an_empty_snapshot_is_none() {
    let empty = [74, 10, 18, 8, 10, 2, 40, 0, 16, 0, 24, 0];
    let message = Message::decode(&empty[..]).unwrap();
    assert_eq!(message, Message::default());
    assert!(!message.has_snapshot() && message.get_snapshot().is_empty());

    let set = Message { snapshot: Some(Snapshot::default()), ..Message::default() };
    assert_eq!(set.encode_to_vec(), Message::default().encode_to_vec());
}
