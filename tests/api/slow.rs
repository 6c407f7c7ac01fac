//! A client that does not read while many bytes of events pass. The others must not wait for it, the server must not keep
//! the events for it, and when it reads again it must get all of them, in order.

use crate::{
    target::{Options, Running},
    targets,
};
use etcd::pb::etcdserverpb::{
    PutRequest, RangeRequest, WatchCreateRequest, WatchRequest, WatchResponse, kv_client::KvClient,
    watch_client::WatchClient, watch_request::RequestUnion,
};
use std::{
    fs,
    time::{Duration, Instant},
};
use tokio::{sync::mpsc, task::JoinSet};
use tokio_stream::wrappers::UnboundedReceiverStream;
use tonic::Streaming;

/// Events, and bytes in each: 400 MB.
const EVENTS: i64 = 6_400;
const VALUE_BYTES: usize = 64 << 10;
/// Puts under way at a time.
const LANES: i64 = 16;
/// Clients that do not read.
const STALLED: usize = 3;
/// How long a server under load may take to write down what it has in memory.
const SETTLE_MAX: Duration = Duration::from_secs(60);

/// A watch of everything, on a connection of its own: what waits on a connection holds up all of its streams.
struct Watch {
    _requests: mpsc::UnboundedSender<WatchRequest>,
    responses: Streaming<WatchResponse>,
    /// The revision of the next event.
    next: i64,
}

impl Watch {
    async fn open(server: &Running) -> Self {
        let (requests, receiver) = mpsc::unbounded_channel();
        let create = WatchCreateRequest { key: "k".into(), range_end: "l".into(), ..Default::default() };
        let request = WatchRequest { request_union: Some(RequestUnion::CreateRequest(create)) };
        requests.send(request).expect("room");
        let mut client = WatchClient::new(server.channel()).max_decoding_message_size(usize::MAX);
        let opened = client.watch(UnboundedReceiverStream::new(receiver)).await;
        let mut responses = opened.expect("a stream").into_inner();
        let created = responses.message().await.expect("a response").expect("the first");
        assert!(created.created);
        let next = created.header.expect("a header").revision + 1;
        Self { _requests: requests, responses, next }
    }

    /// Every event once, in the order of the revisions.
    async fn read_all(mut self) {
        let end = self.next + EVENTS;
        while self.next < end {
            let response = self.responses.message().await.expect("a response").expect("one more");
            assert!(!response.canceled && response.watch_id == 0, "{response:?}");
            for event in response.events {
                let kv = event.kv.expect("a key");
                assert_eq!((kv.mod_revision, kv.value.len()), (self.next, VALUE_BYTES));
                self.next += 1;
            }
        }
    }
}

async fn put_all(server: &Running) {
    let mut lanes = JoinSet::new();
    for lane in 0..LANES {
        let mut client = KvClient::new(server.channel());
        lanes.spawn(async move {
            let value: bytes::Bytes = vec![lane as u8; VALUE_BYTES].into();
            for _ in 0..EVENTS / LANES {
                let key = format!("k{lane}").into();
                client.put(PutRequest { key, value: value.clone(), ..Default::default() }).await.expect("a put");
            }
        });
    }
    lanes.join_all().await;
}

/// Waits until less memory is in use than the events have bytes: nobody keeps them.
async fn forgets(server: &Running, pid: u32) {
    let deadline = Instant::now() + SETTLE_MAX;
    let mut client = KvClient::new(server.channel());
    while resident_bytes(pid) > EVENTS as usize * VALUE_BYTES {
        assert!(Instant::now() < deadline, "{} bytes are in use", resident_bytes(pid));
        client.range(RangeRequest { key: "none".into(), ..Default::default() }).await.expect("a read");
    }
}

/// Memory that a process has in use, in bytes.
fn resident_bytes(pid: u32) -> usize {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("a process");
    let line = status.lines().find(|line| line.starts_with("RssAnon:")).expect("its memory");
    line.split_whitespace().nth(1).and_then(|kilobytes| kilobytes.parse::<usize>().ok()).expect("kilobytes") << 10
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_read_is_in_nobodys_way() {
    for target in targets() {
        let options = Options { log_entries: Some(100), ..Options::default() };
        let server = target.start(options).await;
        let mut stalled = Vec::new();
        for _ in 0..STALLED {
            stalled.push(Watch::open(&server).await);
        }
        let fast = tokio::spawn(Watch::open(&server).await.read_all());
        put_all(&server).await;
        fast.await.expect("a watch that is read sees all");
        // Within this process the server's memory cannot be told apart from the test's own.
        if let Some(pid) = server.pid().filter(|_| target.is_ours()) {
            forgets(&server, pid).await;
        }
        for watch in stalled {
            watch.read_all().await;
        }
    }
}
