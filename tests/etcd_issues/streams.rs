//! Watches over the wire, of a member in a process of its own: what lies between the hub and a client must keep its order.

use super::support::member::{Member, Program};
use etcd::pb::{
    etcdserverpb::{
        CompactionRequest, PutRequest, WatchCreateRequest, WatchProgressRequest, WatchRequest, WatchResponse,
        kv_client::KvClient, watch_client::WatchClient, watch_request::RequestUnion,
    },
    mvccpb::Event,
};
use std::time::Duration;
use tokio::{sync::mpsc, time::timeout};
use tokio_stream::wrappers::UnboundedReceiverStream;
use tonic::{Streaming, transport::Channel};

/// Something is to come, however slow the machine.
const WAIT_MAX: Duration = Duration::from_secs(60);

/// A stream that watches all keys from the beginning, as often as `watches` says.
async fn watch(channel: Channel, watches: usize) -> (mpsc::UnboundedSender<WatchRequest>, Streaming<WatchResponse>) {
    let (sender, requests) = mpsc::unbounded_channel();
    let all = b"\0".as_slice();
    for _ in 0..watches {
        let create =
            WatchCreateRequest { key: all.into(), range_end: all.into(), start_revision: 2, ..Default::default() };
        let request = WatchRequest { request_union: Some(RequestUnion::CreateRequest(create)) };
        sender.send(request).expect("the stream is open");
    }
    let opened = WatchClient::new(channel).watch(UnboundedReceiverStream::new(requests)).await;
    (sender, opened.expect("a stream").into_inner())
}

async fn next(stream: &mut Streaming<WatchResponse>) -> WatchResponse {
    let next = timeout(WAIT_MAX, stream.message()).await.expect("something comes");
    next.expect("the stream goes on").expect("the stream goes on")
}

fn put(number: usize, bytes: usize) -> PutRequest {
    PutRequest { key: format!("{number}").into(), value: vec![b'x'; bytes].into(), ..PutRequest::default() }
}

fn revision_of(event: &Event) -> i64 {
    event.kv.as_ref().map_or(0, |kv| kv.mod_revision)
}

/// A client writes and asks for progress as fast as it can: no answer is older than what it has written, none is ahead of
/// its events.
#[tokio::test(flavor = "multi_thread")]
async fn issue_15220_progress_is_told_ahead_of_events_on_the_wire() {
    const PUTS: usize = 300;
    let member = Member::start(&Program::ours(), &["--unsafe-no-fsync"]);
    let (requests, mut stream) = watch(member.channel(), 1).await;
    let writing = tokio::spawn({
        let (channel, requests) = (member.channel(), requests.clone());
        async move {
            let mut client = KvClient::new(channel);
            let mut written = 1;
            for number in 0..PUTS {
                let answer = client.put(put(number, 100)).await.expect("a put").into_inner();
                written = answer.header.map_or(0, |header| header.revision);
                let progress = RequestUnion::ProgressRequest(WatchProgressRequest {});
                let _ = requests.send(WatchRequest { request_union: Some(progress) });
            }
            written
        }
    });
    let (mut told, mut answers) = (1, 0);
    let last = 1 + PUTS as i64;
    while told < last || answers == 0 {
        let response = next(&mut stream).await;
        let revision = response.header.as_ref().map_or(0, |header| header.revision);
        if response.created {
            continue;
        }
        if response.events.is_empty() {
            assert_eq!((response.watch_id, revision), (-1, told), "progress is told behind all events up to it");
            answers += 1;
        }
        for event in &response.events {
            assert_eq!(revision_of(event), told + 1, "revisions come in order");
            told += 1;
        }
        if told == last && answers == 0 {
            // Who is behind is not answered. Now it is not.
            let progress = RequestUnion::ProgressRequest(WatchProgressRequest {});
            let _ = requests.send(WatchRequest { request_union: Some(progress) });
        }
    }
    assert_eq!(writing.await.expect("a writer"), last);
    println!("{answers} answers to {PUTS} questions");
}

/// The client of many watches does not read, until what they lack is compacted: each is told of all, or that it is not.
#[tokio::test(flavor = "multi_thread")]
async fn issue_17529_a_starved_stream_skips_what_was_compacted() {
    const WATCHES: usize = 20;
    const PUTS: usize = 400;
    let member = Member::start(&Program::ours(), &["--unsafe-no-fsync"]);
    let (_requests, mut stream) = watch(member.channel(), WATCHES).await;
    let mut client = KvClient::new(member.channel());
    let last = 1 + PUTS as i64;
    for number in 0..PUTS {
        client.put(put(number % 10, 20_000)).await.expect("a put");
    }
    client.compact(CompactionRequest { revision: last - 1, physical: true }).await.expect("a compaction");
    client.put(put(0, 10)).await.expect("a put");
    let mut told = [1_i64; WATCHES];
    let mut canceled = [false; WATCHES];
    while told.iter().zip(&canceled).any(|(told, canceled)| *told <= last && !canceled) {
        let response = next(&mut stream).await;
        let watch = usize::try_from(response.watch_id).expect("nobody asked for progress");
        assert!(!canceled[watch], "nothing comes behind the end of watch {watch}");
        if response.canceled {
            assert!(response.compact_revision > told[watch] + 1, "watch {watch} lacked nothing: {response:?}");
            canceled[watch] = true;
        }
        for event in &response.events {
            assert_eq!(revision_of(event), told[watch] + 1, "watch {watch}");
            told[watch] += 1;
        }
    }
    assert!(canceled.contains(&true), "the stream was full");
}
