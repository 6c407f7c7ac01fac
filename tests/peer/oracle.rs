//! A cluster of two: a real etcd, and our network with a made-up member behind it. Runs if `ETCD_ORACLE=/path/to/etcd` names
//! one.
//!
//! Either leads once. When the real one does, the made-up one says yes to everything; the real one needs that vote to lead and
//! those answers to commit, so that it serves a put only if messages go both ways. When the made-up one does, the real one
//! must take its appends, in whichever form they travel.

use crate::node::{Heard, Node, message};
use crate::transfer;
use bytes::Bytes;
use etcd::client::{Client, Config, Endpoint};
use etcd::id::{ClusterId, MemberId};
use etcd::pb::etcdserverpb::PutRequest;
use etcd::pb::raftpb::{Entry, Message, MessageType};
use etcd::peer::PeerUrl;
use etcd::raft::SnapshotSent;
use std::{
    collections::BTreeMap,
    future::Future,
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::Duration,
};
use tempfile::TempDir;
use tokio::{sync::Notify, time::timeout};

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

/// Both members, of one cluster.
struct Pair {
    ours: Node,
    real: MemberId,
    client: String,
    dir: TempDir,
    _process: Real,
}

impl Pair {
    /// None without a real etcd.
    async fn start() -> Option<Self> {
        let Some(program) = std::env::var_os("ETCD_ORACLE") else {
            println!("ETCD_ORACLE names no etcd; nothing was compared");
            return None;
        };
        let urls = [format!("http://127.0.0.1:{}", free_port()), format!("http://127.0.0.1:{}", free_port())];
        let ids = urls.each_ref().map(|url| MemberId::of_founder(std::slice::from_ref(url), "etcd-cluster"));
        let ours = Node::on_port(ids[1], ClusterId::of_founders(&ids), &urls[1]).await;
        let (dir, client) = (TempDir::new().unwrap(), format!("http://127.0.0.1:{}", free_port()));
        let process = start(&program, &dir, &[&urls[0], &urls[1]], &client);
        ours.transport.add_peer(ids[0], vec![PeerUrl::parse(&urls[0]).unwrap()]);
        Some(Self { ours, real: ids[0], client, dir, _process: process })
    }

    /// The next message from the real one.
    async fn hear(ours: &mut Node, real: MemberId) -> Message {
        loop {
            match ours.hear().await {
                Heard::Message(message) => {
                    assert_eq!((message.from, message.to), (real.0, ours.id.0));
                    return message;
                }
                Heard::Unreachable(peer) => assert_eq!(peer, real),
                other => panic!("{other:?}"),
            }
        }
    }

    /// What the real one has to say when a test takes too long.
    async fn in_time(dir: &TempDir, work: impl Future<Output = ()>) {
        if timeout(Duration::from_secs(60), work).await.is_err() {
            panic!("not in time; the real one's log:\n{}", std::fs::read_to_string(dir.path().join("log")).unwrap());
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_real_etcd_leads_with_our_votes() {
    let Some(Pair { mut ours, real, client, dir, _process }) = Pair::start().await else { return };
    let (transport, enough) = (ours.transport.clone(), Notify::new());
    let mut seen = BTreeMap::new();
    let follow = async {
        loop {
            let asked = Pair::hear(&mut ours, real).await;
            let count = seen.entry(asked.msg_type).or_insert(0);
            *count += 1;
            if asked.msg_type == MessageType::MsgHeartbeat as i32 && *count >= 10 {
                enough.notify_one();
            }
            transport.send(answer(&asked));
        }
    };
    Pair::in_time(&dir, async {
        tokio::select! {
            () = follow => (),
            // Heartbeats come ten times a second; some should come when there is nothing else.
            () = async { put(&client, 200).await; enough.notified().await } => (),
        }
    })
    .await;
    println!("messages by kind: {seen:?}");
    for kind in [MessageType::MsgRequestVote, MessageType::MsgAppend, MessageType::MsgHeartbeat] {
        assert!(seen.contains_key(&(kind as i32)), "no {kind:?}");
    }
    assert!(transport.active_since(real).is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_real_etcd_follows_us() {
    let Some(Pair { mut ours, real, dir, _process, .. }) = Pair::start().await else { return };
    let (id, transport, term) = (ours.id, ours.transport.clone(), 50);
    let say = |kind| Message { term, ..message(kind, id, real) };
    Pair::in_time(&dir, async {
        // It asks for our vote; it gets our candidacy. Its log holds the two entries of the cluster's birth.
        Pair::hear(&mut ours, real).await;
        transport.send([Message { index: 2, log_term: 1, ..say(MessageType::MsgRequestVote) }]);
        let vote = loop {
            let said = Pair::hear(&mut ours, real).await;
            if said.msg_type == MessageType::MsgRequestVoteResponse as i32 {
                break said;
            }
        };
        assert!(!vote.reject && vote.term == term, "{vote:?}");
        // The first goes on from the birth, and each one from the one before it, a few under way at once.
        let append = |index: u64| {
            let entries = (0..=index % 4).map(|n| Entry { term, index: index + n + 1, ..Entry::default() }).collect();
            let log_term = if index == 2 { 1 } else { term };
            Message { index, log_term, commit: index, entries, ..say(MessageType::MsgAppend) }
        };
        let (mut sent, mut taken) = (2, 2);
        while taken < 1000 {
            while sent < taken + 20 {
                let next = append(sent);
                sent += next.entries.len() as u64;
                transport.send([next]);
            }
            let said = Pair::hear(&mut ours, real).await;
            if said.msg_type == MessageType::MsgAppendResponse as i32 {
                assert!(!said.reject, "{said:?}");
                taken = taken.max(said.index);
            }
        }
        // A snapshot of an old term: what is behind it is stored, and raft then overlooks it.
        let message = Message { term: 1, ..transfer::snapshot_message(id, real) };
        let database: Vec<u8> = (0..5_000_000_u32).map(|at| (at / 1000) as u8).collect();
        let pieces = database.chunks(70_000).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
        transport.send_snapshot(transfer::snapshot(message, pieces, database.len() as u64));
        ours.hear_that(Heard::Snapshot(real, SnapshotSent::Whole)).await;
        let stored = std::fs::read(dir.path().join("data/member/snap/0000000000000009.snap.db")).unwrap();
        assert!(stored == database, "{} bytes stored", stored.len());
    })
    .await;
}
