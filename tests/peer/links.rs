//! Two members that talk to each other.

use crate::network::{Network, said};
use crate::node::{CLUSTER, Heard, IO_TIMEOUT, Node, address, append, message};
use bytes::Bytes;
use etcd::id::MemberId;
use etcd::pb::raftpb::{Entry, Message, MessageType};
use http::Request;
use http_body_util::{BodyExt, Full};
use std::time::Duration;
use tokio::time::{Instant, advance};

/// Every kind of message that members send each other.
const KINDS: [MessageType; 14] = [
    MessageType::MsgPropose,
    MessageType::MsgAppend,
    MessageType::MsgAppendResponse,
    MessageType::MsgRequestVote,
    MessageType::MsgRequestVoteResponse,
    MessageType::MsgSnapshot,
    MessageType::MsgHeartbeat,
    MessageType::MsgHeartbeatResponse,
    MessageType::MsgTransferLeader,
    MessageType::MsgTimeoutNow,
    MessageType::MsgReadIndex,
    MessageType::MsgReadIndexResp,
    MessageType::MsgRequestPreVote,
    MessageType::MsgRequestPreVoteResponse,
];

async fn exchange(a: &mut Node, b: &mut Node) {
    a.join(b);
    a.meet(b).await;
    for (from, to) in [(&*a, &mut *b)] {
        for kind in KINDS {
            let sent = Message {
                log_term: 1,
                index: 7,
                entries: vec![Entry { term: 1, index: 8, data: vec![9; 70_000].into(), ..Entry::default() }],
                commit: 6,
                reject: true,
                reject_hint: 5,
                context: Bytes::from_static(b"context"),
                ..message(kind, from.id, to.id)
            };
            from.transport.send([sent.clone()]);
            to.hear_that(Heard::Message(sent)).await;
        }
    }
    // In order, through the fast form and out of it.
    let appends: Vec<Message> = (1..2000).map(|n| append(a.id, b.id, n + n / 500, 100)).collect();
    a.transport.send(appends.clone());
    for expected in appends {
        assert_eq!(b.message().await, expected);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_kinds_of_messages_arrive_over_loopback() {
    let (mut a, mut b) = (Node::on_loopback(1).await, Node::on_loopback(2).await);
    exchange(&mut a, &mut b).await;
    assert_eq!((a.transport.active_peers(), b.transport.active_peers()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn all_kinds_of_messages_arrive_in_memory() {
    let network = Network::default();
    let (mut a, mut b) = (Node::in_memory(&network, 1), Node::in_memory(&network, 2));
    exchange(&mut b, &mut a).await;
}

#[tokio::test(start_paused = true)]
async fn a_quiet_link_stays_open() {
    let network = Network::default();
    let (mut a, mut b) = (Node::in_memory(&network, 1), Node::in_memory(&network, 2));
    a.join(&b);
    a.meet(&mut b).await;
    let since = (a.transport.active_since(b.id), b.transport.active_since(a.id));
    for _ in 0..600 {
        advance(Duration::from_secs(1)).await;
        // Gives every task its turns.
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
    }
    assert!(since.0.is_some() && since.1.is_some());
    assert_eq!((a.transport.active_since(b.id), b.transport.active_since(a.id)), since);
    assert!(a.is_silent() && b.is_silent(), "link heartbeats are not for raft");
    a.meet(&mut b).await;
}

/// Opens a stream by hand, as member 2, to member 1.
pub async fn open_stream(network: &Network, kind: &str) -> http::Response<hyper::body::Incoming> {
    let request = Request::get(format!("/raft/stream/{kind}/2"))
        .header("Host", "x")
        .header("X-Etcd-Cluster-ID", CLUSTER.to_string())
        .header("X-Server-Version", "3.7.1")
        .header("X-Min-Cluster-Version", "3.0.0")
        .header("X-Server-From", "2")
        .header("X-Raft-To", "1");
    network.request(&address(1), request.body(Full::default()).unwrap()).await
}

#[tokio::test(start_paused = true)]
async fn a_newer_stream_replaces_the_older() {
    let network = Network::default();
    let mut a = Node::in_memory(&network, 1);
    let b = MemberId(2);
    a.transport.add_peer(b, vec![etcd::peer::PeerUrl::parse("http://nobody:1").unwrap()]);
    let old = open_stream(&network, "message").await;
    assert_eq!(old.status(), 200);
    assert_eq!(old.headers()["x-server-version"], "3.7.1");
    assert_eq!(old.headers()["x-etcd-cluster-id"], CLUSTER.to_string());
    let mut new = open_stream(&network, "message").await;
    assert_eq!(said(old).await, (200, String::new()), "the old one ends as it should");
    a.hear_that(Heard::Unreachable(b)).await;
    a.transport.send([message(MessageType::MsgHeartbeat, a.id, b)]);
    let piece = new.frame().await.unwrap().unwrap().into_data().unwrap();
    assert_eq!(piece.len(), 8 + u64::from_be_bytes(*piece.first_chunk().unwrap()) as usize);
    // And it ends when the peer is removed; then there is no other.
    a.transport.remove_peer(b);
    assert!(new.frame().await.is_none());
    assert_eq!(said(open_stream(&network, "message").await).await, (404, "error sender not found\n".into()));
    assert_eq!(open_stream(&network, "msgapp").await.status(), 404);
}

#[tokio::test(start_paused = true)]
async fn a_heartbeat_overtakes_what_waits() {
    let network = Network::default();
    let a = Node::in_memory(&network, 1);
    let b = MemberId(2);
    a.transport.add_peer(b, vec![etcd::peer::PeerUrl::parse("http://nobody:1").unwrap()]);
    // Without the stream of its own, appends travel with all else.
    let mut stream = open_stream(&network, "message").await;
    a.transport.send((1..3000).map(|n| append(a.id, b, n, 1000)));
    // Let the connection take what it takes.
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    a.transport.send([message(MessageType::MsgHeartbeat, a.id, b)]);
    let (mut decoder, mut appends) = (etcd::peer::codec::MessageDecoder::default(), 0);
    'reading: loop {
        decoder.push(&stream.frame().await.unwrap().unwrap().into_data().unwrap());
        while let Some(frame) = decoder.next_frame().unwrap() {
            let etcd::peer::codec::Frame::Message(message) = frame else { continue };
            if message.msg_type == MessageType::MsgHeartbeat as i32 {
                break 'reading;
            }
            appends += 1;
        }
    }
    assert!(appends < 1500, "{appends} appends before the heartbeat");
}

#[tokio::test(start_paused = true)]
async fn peers_are_probed_and_their_distance_is_counted() {
    let network = Network::default();
    let (mut a, mut b) = (Node::in_memory(&network, 0x9001), Node::in_memory(&network, 0x9002));
    let round_trips = || etcd::metrics::metrics().peer_round_trip.with_label_values(&["9002"]).get_sample_count();
    let start = Instant::now();
    a.join(&b);
    a.meet(&mut b).await;
    while round_trips() < 2 {
        advance(Duration::from_millis(500)).await;
        tokio::task::yield_now().await;
        assert!(start.elapsed() < 4 * IO_TIMEOUT, "no probe was counted");
    }
    assert_eq!(start.elapsed().as_secs(), 5);
    let active = etcd::metrics::metrics().active_peers.with_label_values(&["9001", "9002"]);
    assert_eq!(active.get(), 1);
    a.transport.remove_peer(b.id);
    assert!(a.transport.active_since(b.id).is_none());
}
