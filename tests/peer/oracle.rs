//! A cluster of two: a real etcd, and our network with a follower behind it that says yes to everything.
//!
//! Runs if `ETCD_ORACLE=/path/to/etcd` names one. The real one needs our vote to lead and our answers to commit, so that it
//! serves a put only if messages go both ways: votes, appends over their own stream, heartbeats.

use crate::node::{Heard, Node, message};
use etcd::client::{Client, Config, Endpoint};
use etcd::id::{ClusterId, MemberId};
use etcd::pb::etcdserverpb::PutRequest;
use etcd::pb::raftpb::{Message, MessageType};
use etcd::peer::PeerUrl;
use std::{
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::Duration,
};
use tempfile::TempDir;
use tokio::time::timeout;

/// What a follower answers that has nothing to object.
fn answer(asked: &Message) -> Option<Message> {
    let kind = match MessageType::try_from(asked.msg_type).ok()? {
        MessageType::MsgRequestPreVote => MessageType::MsgRequestPreVoteResponse,
        MessageType::MsgRequestVote => MessageType::MsgRequestVoteResponse,
        MessageType::MsgAppend => MessageType::MsgAppendResponse,
        MessageType::MsgHeartbeat => MessageType::MsgHeartbeatResponse,
        _ => return None,
    };
    Some(Message {
        term: asked.term,
        index: asked.index + asked.entries.len() as u64,
        context: asked.context.clone(),
        ..message(kind, MemberId(asked.to), MemberId(asked.from))
    })
}

/// A port that nobody uses now, below those that the system gives to clients.
fn free_port() -> u16 {
    loop {
        let port = fastrand::u16(10_000..32_000);
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// Killed when it is dropped.
struct Real(Child);

impl Drop for Real {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(program: &std::ffi::OsStr, dir: &TempDir, peers: &[&str], client: &str) -> Real {
    let log = std::fs::File::create(dir.path().join("log")).unwrap();
    let child = Command::new(program)
        .args(["--name", "real", "--data-dir", dir.path().join("data").to_str().unwrap()])
        .args(["--listen-peer-urls", peers[0], "--initial-advertise-peer-urls", peers[0]])
        .args(["--listen-client-urls", client, "--advertise-client-urls", client])
        .args(["--initial-cluster", &format!("real={},ours={}", peers[0], peers[1])])
        .stdout(Stdio::null())
        .stderr(log)
        .spawn();
    Real(child.unwrap())
}

/// Puts keys, as soon as there is a leader.
async fn put(endpoint: &str, mut keys: usize) {
    let client = Client::connect(Config::new(vec![Endpoint::parse(endpoint).unwrap()])).await.unwrap();
    while keys > 0 {
        let request = PutRequest { key: "k".into(), value: vec![b'v'; 100 * keys].into(), ..PutRequest::default() };
        match client.put(request).await {
            Ok(_) => keys -= 1,
            Err(error) => println!("not yet: {error}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_real_etcd_leads_with_our_votes() {
    let Some(program) = std::env::var_os("ETCD_ORACLE") else {
        return println!("ETCD_ORACLE names no etcd; nothing was compared");
    };
    let urls = [format!("http://127.0.0.1:{}", free_port()), format!("http://127.0.0.1:{}", free_port())];
    let ids = urls.each_ref().map(|url| MemberId::of_founder(std::slice::from_ref(url), "etcd-cluster"));
    let mut ours = Node::on_port(ids[1], ClusterId::of_founders(&ids), &urls[1]).await;
    let (dir, client) = (TempDir::new().unwrap(), format!("http://127.0.0.1:{}", free_port()));
    let _real = start(&program, &dir, &[&urls[0], &urls[1]], &client);
    ours.transport.add_peer(ids[0], vec![PeerUrl::parse(&urls[0]).unwrap()]);
    let (transport, mut seen) = (ours.transport.clone(), std::collections::BTreeMap::new());
    let enough = tokio::sync::Notify::new();
    let follow = async {
        loop {
            match ours.hear().await {
                Heard::Message(asked) => {
                    assert_eq!((asked.from, asked.to), (ids[0].0, ids[1].0));
                    let count = seen.entry(asked.msg_type).or_insert(0);
                    *count += 1;
                    if asked.msg_type == MessageType::MsgHeartbeat as i32 && *count >= 10 {
                        enough.notify_one();
                    }
                    transport.send(answer(&asked));
                }
                Heard::Unreachable(peer) => assert_eq!(peer, ids[0]),
                other => panic!("{other:?}"),
            }
        }
    };
    let done = async {
        tokio::select! {
            () = follow => (),
            // Heartbeats come ten times a second; some should come when there is nothing else.
            () = async { put(&client, 200).await; enough.notified().await } => (),
        }
    };
    if timeout(Duration::from_secs(60), done).await.is_err() {
        let log = std::fs::read_to_string(dir.path().join("log")).unwrap();
        panic!("no put in time; seen {seen:?}; log:\n{log}");
    }
    println!("messages by kind: {seen:?}");
    for kind in [MessageType::MsgRequestVote, MessageType::MsgAppend, MessageType::MsgHeartbeat] {
        assert!(seen.contains_key(&(kind as i32)), "no {kind:?}");
    }
    assert!(transport.active_since(ids[0]).is_some());
}
