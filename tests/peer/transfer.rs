//! Snapshots: a message, and a database of any size behind it.

use crate::network::Network;
use crate::node::{Heard, Node, message};
use bytes::Bytes;
use etcd::id::MemberId;
use etcd::pb::raftpb::{Message, MessageType, Snapshot as Data, SnapshotMetadata};
use etcd::peer::{Snapshot, Undelivered};
use etcd::raft::SnapshotSent;
use std::io;
use tokio::sync::mpsc;

pub fn snapshot_message(from: MemberId, to: MemberId) -> Message {
    let metadata = SnapshotMetadata { index: 9, term: 1, ..SnapshotMetadata::default() };
    let snapshot = Some(Data { metadata, ..Data::default() });
    Message { snapshot, ..message(MessageType::MsgSnapshot, from, to) }
}

/// A snapshot whose database is made up of these pieces.
pub fn snapshot(message: Message, pieces: Vec<io::Result<Bytes>>, database_bytes: u64) -> Snapshot {
    let (tell, database) = mpsc::channel(1);
    tokio::spawn(async move {
        for piece in pieces {
            if tell.send(piece).await.is_err() {
                return;
            }
        }
    });
    Snapshot { message, database, database_bytes }
}

fn piece(nth: usize) -> Bytes {
    (0..100_000).map(|at| (at * nth) as u8).collect::<Vec<u8>>().into()
}

#[tokio::test(start_paused = true)]
async fn a_database_arrives_whole_and_before_its_message() {
    let network = Network::default();
    let (mut a, mut b) = (Node::in_memory(&network, 1), Node::in_memory(&network, 2));
    a.join(&b);
    a.meet(&mut b).await;
    let pieces: Vec<Bytes> = (1..=30).map(piece).collect();
    let whole: Vec<u8> = pieces.concat();
    for database in [whole, vec![]] {
        let bytes = database.len() as u64;
        let cut = database.chunks(100_000).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
        a.transport.send_snapshot(snapshot(snapshot_message(a.id, b.id), cut, bytes));
        assert_eq!(b.hear().await, Heard::Database(Ok(database)));
        assert_eq!(b.hear().await, Heard::Message(snapshot_message(a.id, b.id)));
        assert_eq!(a.hear().await, Heard::Snapshot(b.id, SnapshotSent::Whole));
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_not_whole_is_reported_on_both_sides() {
    let network = Network::default();
    let (mut a, mut b) = (Node::in_memory(&network, 1), Node::in_memory(&network, 2));
    a.join(&b);
    a.meet(&mut b).await;
    let cases: [(Vec<io::Result<Bytes>>, u64); 3] = [
        // It breaks off, is shorter than announced, is longer.
        (vec![Ok(piece(1)), Err(io::Error::other("disk"))], 300_000),
        (vec![Ok(piece(1))], 300_000),
        (vec![Ok(piece(1)), Ok(piece(2))], 150_000),
    ];
    for (pieces, bytes) in cases {
        a.transport.send_snapshot(snapshot(snapshot_message(a.id, b.id), pieces, bytes));
        a.hear_that(Heard::Snapshot(b.id, SnapshotSent::NotWhole)).await;
        // The request may have broken before b saw anything of it.
        let next = message(MessageType::MsgHeartbeat, a.id, b.id);
        a.transport.send([next.clone()]);
        loop {
            match b.hear().await {
                Heard::Message(message) => break assert_eq!(message, next, "of a snapshot that is not there"),
                heard => assert!(matches!(heard, Heard::Database(Err(_))), "{heard:?}"),
            }
        }
    }
    a.meet(&mut b).await;
}

#[tokio::test(start_paused = true)]
async fn a_snapshot_that_is_not_wanted_is_not_stored() {
    let network = Network::default();
    let (mut a, mut b) = (Node::in_memory(&network, 1), Node::in_memory(&network, 2));
    a.join(&b);
    a.meet(&mut b).await;
    let send = |from: &Node, to| {
        let message = snapshot_message(from.id, to);
        from.transport.send_snapshot(snapshot(message, vec![Ok(piece(1))], 100_000));
    };
    b.host.removed.lock().unwrap().insert(a.id);
    send(&a, b.id);
    a.hear_that(Heard::Snapshot(b.id, SnapshotSent::NotWhole)).await;
    assert!(b.is_silent());
    b.host.removed.lock().unwrap().clear();
    // Nobody of that name.
    send(&a, MemberId(7));
    a.hear_that(Heard::Snapshot(MemberId(7), SnapshotSent::NotWhole)).await;
    // Stored, and then there is no room for the message.
    *b.host.refuses.lock().unwrap() = Some(Undelivered::Stopped);
    send(&a, b.id);
    assert!(matches!(b.hear().await, Heard::Database(Ok(_))));
    a.hear_that(Heard::Snapshot(b.id, SnapshotSent::NotWhole)).await;
}

#[tokio::test(start_paused = true)]
async fn heartbeats_pass_a_snapshot_that_nobody_takes() {
    let network = Network::default();
    let (mut a, mut b) = (Node::in_memory(&network, 1), Node::in_memory(&network, 2));
    a.join(&b);
    a.meet(&mut b).await;
    let (_keep, database) = mpsc::channel(1);
    a.transport.send_snapshot(Snapshot { message: snapshot_message(a.id, b.id), database, database_bytes: 1 << 30 });
    a.meet(&mut b).await;
}
