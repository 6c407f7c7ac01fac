//! Peers that are gone, hang, refuse, come back, or lie.

use crate::links::open_stream;
use crate::network::Network;
use crate::node::{Heard, IO_TIMEOUT, Node, address, append, message};
use etcd::id::{ClusterId, MemberId};
use etcd::limits::{PEER_PIPELINE_MESSAGES, PEER_STREAM_MESSAGES};
use etcd::pb::raftpb::MessageType;
use etcd::peer::{PeerUrl, Undelivered};
use etcd::raft::SnapshotSent;
use http_body_util::BodyExt;
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, DuplexStream},
    time::{Instant, timeout},
};

fn url(id: u64) -> Vec<PeerUrl> {
    vec![PeerUrl::parse(&format!("http://{}", address(id))).unwrap()]
}

#[tokio::test(start_paused = true)]
async fn what_a_missing_peer_does_not_get_is_reported() {
    let network = Network::default();
    let mut a = Node::in_memory(&network, 1);
    let b = MemberId(2);
    a.transport.add_peer(b, url(2));
    a.transport.send([message(MessageType::MsgHeartbeat, a.id, b)]);
    assert_eq!(a.hear().await, Heard::Unreachable(b));
    a.transport.send([message(MessageType::MsgSnapshot, a.id, b)]);
    assert_eq!(a.hear().await, Heard::Unreachable(b));
    assert_eq!(a.hear().await, Heard::Snapshot(b, SnapshotSent::NotWhole));
    // More than can wait: some are dropped at once.
    a.transport.send((0..PEER_PIPELINE_MESSAGES as u64 + 3).map(|n| append(a.id, b, n, 1)));
    for _ in 0..3 {
        assert_eq!(a.hear().await, Heard::Unreachable(b));
    }
    assert!(a.is_silent(), "only three did not fit");
    assert_eq!((a.transport.active_peers(), a.transport.active_since(b)), (0, None));
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_comes_back_is_found_again() {
    let network = Network::default();
    let (mut a, mut b) = (Node::in_memory(&network, 1), Node::in_memory(&network, 2));
    a.join(&b);
    a.meet(&mut b).await;
    for _ in 0..3 {
        drop(b);
        a.hear_that(Heard::Unreachable(MemberId(2))).await;
        b = Node::in_memory(&network, 2);
        b.transport.add_peer(a.id, vec![a.url.clone()]);
        let start = Instant::now();
        // The way to b is a post until b has opened its streams; its own way back is as quick.
        a.meet(&mut b).await;
        assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
    }
}

/// A listener that speaks no HTTP of its own: what it is asked, and the socket to answer on.
async fn asked(accepted: &mut tokio::sync::mpsc::UnboundedReceiver<DuplexStream>) -> (String, DuplexStream) {
    let mut socket = accepted.recv().await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(socket.read_u8().await.unwrap());
    }
    (String::from_utf8(head).unwrap(), socket)
}

#[tokio::test(start_paused = true)]
async fn requests_look_as_etcds() {
    let network = Network::default();
    let mut accepted = network.listen(&address(2));
    let a = Node::in_memory(&network, 0x1a);
    a.transport.add_peer(MemberId(0x2b), url(2));
    let (mut streams, mut sockets) = (Vec::new(), Vec::new());
    for _ in 0..2 {
        let (head, socket) = asked(&mut accepted).await;
        streams.push(head.lines().next().unwrap().to_owned());
        let mut lines: Vec<&str> = head.trim_end().split("\r\n").skip(1).collect();
        lines.sort_unstable();
        let expected = [
            "Host: m2:1",
            "X-Etcd-Cluster-Id: c1",
            "X-Min-Cluster-Version: 3.0.0",
            "X-Peerurls: http://m26:1",
            "X-Raft-To: 2b",
            "X-Server-From: 1a",
            "X-Server-Version: 3.7.1",
        ];
        assert_eq!(lines, expected);
        sockets.push(socket);
    }
    streams.sort_unstable();
    assert_eq!(streams, ["GET /raft/stream/message/1a HTTP/1.1", "GET /raft/stream/msgapp/1a HTTP/1.1"]);
    a.transport.send([message(MessageType::MsgHeartbeat, a.id, MemberId(0x2b))]);
    let (head, _socket) = asked(&mut accepted).await;
    assert!(head.starts_with("POST /raft HTTP/1.1\r\n"), "{head}");
    assert!(head.contains("Content-Type: application/protobuf\r\n") && head.contains("Content-Length: "), "{head}");
}

#[tokio::test(start_paused = true)]
async fn a_refused_stream_is_asked_for_again_at_etcds_pace() {
    let network = Network::default();
    let mut accepted = network.listen(&address(2));
    let a = Node::in_memory(&network, 1);
    a.transport.add_peer(MemberId(2), url(2));
    let start = Instant::now();
    let mut dials = 0;
    while let Ok((head, mut socket)) = timeout(Duration::from_secs(1), asked(&mut accepted)).await {
        if start.elapsed() > Duration::from_millis(999) || dials > 100 {
            break;
        }
        dials += usize::from(head.contains("/raft/stream/message"));
        socket
            .write_all(b"HTTP/1.1 404 Not Found\r\nX-Server-Version: 3.7.1\r\nContent-Length: 0\r\n\r\n")
            .await
            .unwrap();
    }
    // Two at once, then one every 100 ms.
    assert_eq!(dials, 11);
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_falls_silent_is_given_up() {
    let network = Network::default();
    let mut accepted = network.listen(&address(2));
    let a = Node::in_memory(&network, 1);
    let b = MemberId(2);
    a.transport.add_peer(b, url(2));
    let mut sockets = Vec::new();
    for _ in 0..2 {
        let (_, mut socket) = asked(&mut accepted).await;
        let head = b"HTTP/1.1 200 OK\r\nX-Server-Version: 3.7.1\r\nTransfer-Encoding: chunked\r\n\r\n";
        socket.write_all(head).await.unwrap();
        sockets.push(socket);
    }
    let start = Instant::now();
    while a.transport.active_since(b).is_none() {
        tokio::task::yield_now().await;
    }
    assert_eq!(start.elapsed(), Duration::ZERO);
    // The next dial comes when the silent one is given up.
    while !asked(&mut accepted).await.0.contains("/raft/stream/") {}
    assert_eq!(start.elapsed(), IO_TIMEOUT);
    assert_eq!(a.transport.active_since(b), None);
}

#[tokio::test(start_paused = true)]
async fn garbage_on_a_stream_ends_it_and_nothing_else() {
    let network = Network::default();
    let mut accepted = network.listen(&address(2));
    let mut a = Node::in_memory(&network, 1);
    a.transport.add_peer(MemberId(2), url(2));
    let mut sockets = Vec::new();
    for garbage in
        [&b"\x09"[..], b"\xff\xff\xff\xff\xff\xff\xff\xff", b"\x01\0\0\0\0\0\0\0\0", b"\x02\0\0\0\0\0\0\0\x01\xff"]
    {
        let (_, mut socket) = asked(&mut accepted).await;
        let head = b"HTTP/1.1 200 OK\r\nX-Server-Version: 3.7.1\r\n\r\n";
        socket.write_all(&[head, garbage].concat()).await.unwrap();
        // The next dial says that this one was given up; its socket is still open here.
        sockets.push(socket);
    }
    let (_, _socket) = asked(&mut accepted).await;
    assert!(a.is_silent());
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_takes_nothing_is_cut_off() {
    let network = Network::default();
    let mut a = Node::in_memory(&network, 1);
    let b = MemberId(2);
    a.transport.add_peer(b, url(2));
    let stream = open_stream(&network, "msgapp").await;
    // The connection and its buffers take some, the queue takes its share, and the rest is dropped at once.
    let bulk = 4 * PEER_STREAM_MESSAGES as u64;
    for n in 0..bulk {
        a.transport.send([append(a.id, b, n, 1000)]);
        if n % 64 == 0 {
            tokio::task::yield_now().await;
        }
    }
    assert_eq!(a.hear().await, Heard::Unreachable(b));
    let start = Instant::now();
    while a.transport.active_since(b).is_some() {
        // Drains what was reported.
        let _ = timeout(Duration::from_millis(100), a.hear()).await;
        assert!(start.elapsed() < 2 * IO_TIMEOUT, "the connection is still there");
    }
    drop(stream);
}

#[tokio::test(start_paused = true)]
async fn a_removed_member_learns_of_it() {
    let network = Network::default();
    let (mut a, b) = (Node::in_memory(&network, 1), Node::in_memory(&network, 2));
    b.host.removed.lock().unwrap().insert(a.id);
    a.transport.add_peer(b.id, vec![b.url.clone()]);
    a.hear_that(Heard::CastOut).await;
    assert_eq!(a.transport.active_peers(), 0);
}

#[tokio::test(start_paused = true)]
async fn members_of_two_clusters_do_not_talk() {
    let network = Network::default();
    let mut a = Node::in_memory(&network, 1);
    let mut b = Node::of_cluster(&network, 2, ClusterId(0xc2));
    a.join(&b);
    a.transport.send([message(MessageType::MsgHeartbeat, a.id, b.id)]);
    assert_eq!(a.hear().await, Heard::Unreachable(b.id));
    assert!(b.is_silent());
    assert_eq!((a.transport.active_peers(), b.transport.active_peers()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn an_unknown_sender_is_answered_all_the_same() {
    let network = Network::default();
    let (mut a, mut b) = (Node::in_memory(&network, 1), Node::in_memory(&network, 2));
    // b has not heard of a yet.
    a.transport.add_peer(b.id, vec![b.url.clone()]);
    let sent = message(MessageType::MsgAppend, a.id, b.id);
    a.transport.send([sent.clone()]);
    assert_eq!(b.hear().await, Heard::Message(sent));
    let answer = message(MessageType::MsgAppendResponse, b.id, a.id);
    b.transport.send([answer.clone()]);
    a.hear_that(Heard::Message(answer)).await;
    assert_eq!(b.transport.active_peers(), 0);
    // Then b learns that it is a member.
    b.transport.add_peer(a.id, vec![a.url.clone()]);
    a.meet(&mut b).await;
    assert_eq!(b.transport.active_peers(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_host_without_room_loses_messages_and_keeps_the_stream() {
    let network = Network::default();
    let (mut a, mut b) = (Node::in_memory(&network, 1), Node::in_memory(&network, 2));
    a.join(&b);
    a.meet(&mut b).await;
    *b.host.refuses.lock().unwrap() = Some(Undelivered::Full);
    a.transport.send((0..10).map(|n| append(a.id, b.id, n, 10)));
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    *b.host.refuses.lock().unwrap() = None;
    let since = a.transport.active_since(b.id);
    a.meet(&mut b).await;
    assert_eq!(a.transport.active_since(b.id), since);
}

#[tokio::test(start_paused = true)]
async fn a_member_that_moved_is_found_at_its_new_address() {
    let network = Network::default();
    let (mut a, mut b) = (Node::in_memory(&network, 1), Node::in_memory(&network, 2));
    a.transport.add_peer(b.id, url(7));
    b.transport.add_peer(a.id, vec![a.url.clone()]);
    // a is found by b, and so its stream is open; the other way is not.
    a.transport.update_peer(b.id, vec![b.url.clone()]);
    a.meet(&mut b).await;
    // The second address of two is tried when the first fails.
    let mut c = Node::in_memory(&network, 3);
    c.transport.add_peer(a.id, vec![url(7).remove(0), a.url.clone()]);
    a.transport.add_peer(c.id, vec![c.url.clone()]);
    a.meet(&mut c).await;
}

#[tokio::test(start_paused = true)]
async fn after_a_stop_nothing_begins() {
    let network = Network::default();
    let (mut a, mut b) = (Node::in_memory(&network, 1), Node::in_memory(&network, 2));
    a.join(&b);
    a.meet(&mut b).await;
    let mut stream = open_stream(&network, "msgapp").await;
    a.transport.stop();
    assert!(stream.frame().await.is_none(), "an open stream ends as it should");
    a.transport.add_peer(b.id, vec![b.url.clone()]);
    assert_eq!(a.transport.active_peers(), 0);
    assert_eq!(open_stream(&network, "msgapp").await.status(), 404);
}

#[tokio::test(start_paused = true)]
async fn a_process_that_ended_is_told_of_and_one_that_was_never_there_is_not() {
    let network = Network::default();
    let (mut a, mut b) = (Node::in_memory(&network, 1), Node::in_memory(&network, 2));
    a.join(&b);
    a.transport.add_peer(MemberId(3), url(3));
    a.meet(&mut b).await;
    let start = Instant::now();
    drop(b);
    a.hear_that(Heard::Gone(MemberId(2))).await;
    assert!(start.elapsed() < Duration::from_millis(200), "{:?}", start.elapsed());
    // It had a stream for messages and one for appends. Nobody has ever been at the third one's place.
    a.hear_that(Heard::Gone(MemberId(2))).await;
    let _ = timeout(Duration::from_secs(5), std::future::pending::<()>()).await;
    let more = a.heard_so_far();
    assert!(!more.iter().any(|heard| matches!(heard, Heard::Gone(_))), "{more:?}");
}
