//! Clients that send frames without end: each costs them little, and must not cost the member much. What must hold with each
//! kind: other clients are served meanwhile, the memory of the member stays where it is, and whoever does what no client
//! has a reason for is told so and loses the connection.

use crate::{
    frames::{
        ACK, CONTINUATION, DATA, END_HEADERS, END_STREAM, End, HEADERS, PING, PRIORITY, RST_STREAM, SETTINGS,
        WINDOW_UPDATE, call, field, frame, message, open, range,
    },
    player::Player,
    support::member::Program,
    wire::Port,
};
use etcd::pb::etcdserverpb::{PutRequest, kv_client::KvClient};
use std::{thread::available_parallelism, time::Duration};
use tokio::{io::AsyncWriteExt, time::timeout};

/// Codes that a connection or a stream is ended with.
const FLOW_CONTROL_ERROR: u32 = 3;
const REFUSED_STREAM: u32 = 7;
const ENHANCE_YOUR_CALM: u32 = 11;

/// Above what a flood needs, and below what it would take if each of its frames were kept.
const GROWTH_MAX: u64 = 64 << 20;
/// Far above what all of it takes.
const PATIENCE: Duration = Duration::from_secs(120);
/// Puts of each of the others while a flood goes on.
const ROUNDS: usize = 50;

fn calm(words: &str) -> End {
    End::Told(ENHANCE_YOUR_CALM, words.into())
}

/// A member, and clients that mean well on each of its threads.
struct Member {
    player: Player,
    others: Vec<KvClient<tonic::transport::Channel>>,
}

impl Member {
    async fn start(flags: &[&str]) -> Self {
        let flags = flags.iter().map(|flag| flag.to_string()).collect();
        let player = Player::start(&Program::ours(), flags).await;
        let threads = available_parallelism().map_or(1, usize::from);
        let mut others: Vec<_> = (0..threads).map(|_| KvClient::new(player.channel())).collect();
        for other in &mut others {
            put(other).await;
        }
        Self { player, others }
    }

    fn port(&self) -> Port {
        self.player.port("client")
    }

    /// Lets a flood run to its end, and looks after the others meanwhile.
    async fn stands<T: Send + 'static>(&mut self, what: &str, flood: impl Future<Output = T> + Send + 'static) -> T {
        let before = self.player.memory();
        let flood = tokio::spawn(flood);
        let served = async {
            self.serve_others().await;
            while !flood.is_finished() {
                self.serve_others().await;
            }
        };
        timeout(PATIENCE, served).await.unwrap_or_else(|_| panic!("{what}: the flood ends, and others are served"));
        self.has_not_grown(what, before);
        flood.await.expect("no panic")
    }

    /// The same with a flood that has no end.
    async fn stands_beside(&mut self, what: &str, flood: impl Future<Output = ()> + Send + 'static) {
        let before = self.player.memory();
        let flood = tokio::spawn(flood);
        for _ in 0..ROUNDS {
            timeout(PATIENCE, self.serve_others()).await.unwrap_or_else(|_| panic!("{what}: others are served"));
        }
        self.has_not_grown(what, before);
        assert!(!flood.is_finished());
        flood.abort();
    }

    /// A put from each of the others.
    async fn serve_others(&mut self) {
        for other in &mut self.others {
            put(other).await;
        }
    }

    fn has_not_grown(&self, what: &str, before: u64) {
        let grown = self.player.memory().saturating_sub(before);
        assert!(grown < GROWTH_MAX, "{what}: {grown} bytes more");
    }
}

async fn put(client: &mut KvClient<tonic::transport::Channel>) {
    let put = PutRequest { key: "k".into(), ..Default::default() };
    client.put(put).await.expect("an answer");
}

/// The streams of a client have odd numbers.
fn streams() -> impl Iterator<Item = u32> {
    (1..).step_by(2)
}

/// Sends these, again and again, until the other side ends the connection. Returns how.
async fn until_ended(port: Port, first: Vec<u8>, pieces: impl Iterator<Item = Vec<u8>> + Send + 'static) -> End {
    let (mut frames, mut writer) = open(&port).await;
    let writing = tokio::spawn(async move {
        if writer.write_all(&first).await.is_err() {
            return;
        }
        for piece in pieces {
            if writer.write_all(&piece).await.is_err() {
                return;
            }
        }
        panic!("the connection goes on");
    });
    let end = frames.end().await;
    writing.await.expect("the flood was not taken to its end");
    end
}

/// Sends these and reads what comes; then asks for something, which is answered.
async fn without_end(port: Port, first: Vec<u8>, pieces: impl Iterator<Item = Vec<u8>> + Send + 'static) {
    let (mut frames, mut writer) = open(&port).await;
    let writing = tokio::spawn(async move {
        writer.write_all(&first).await.expect("it is taken");
        for piece in pieces {
            writer.write_all(&piece).await.expect("it is taken");
        }
        // Above all others.
        writer.write_all(&range(0x7fff_0001)).await.expect("it is taken");
        writer
    });
    frames.until(|frame| frame.stream == 0x7fff_0001 && frame.flags & END_STREAM != 0).await;
    writing.await.expect("all was taken");
}

/// Sends these without end, and never reads.
async fn unread(port: Port, piece: Vec<u8>) {
    let (_frames, mut writer) = open(&port).await;
    // The member may stop to read, which is well.
    while writer.write_all(&piece).await.is_ok() {}
    std::future::pending().await
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_that_are_taken_back() {
    let mut member = Member::start(&[]).await;
    let reset = |stream| frame(RST_STREAM, 0, stream, &8u32.to_be_bytes());
    // CVE-2023-44487: a call, and at once its end.
    let pairs = streams().take(200_000).map(move |stream| [range(stream), reset(stream)].concat());
    let pieces = pairs.collect::<Vec<_>>().chunks(100).map(<[_]>::concat).collect::<Vec<_>>();
    let end = member.stands("rapid reset", until_ended(member.port(), vec![], pieces.into_iter())).await;
    assert_eq!(end, calm("too_many_resets"));
    // The same, so slowly that each call has begun.
    let port = member.port();
    let slowly = async move {
        let (mut frames, mut writer) = open(&port).await;
        // With a call that is answered behind each.
        let mut earlier = vec![];
        for stream in streams().step_by(2).take(1000) {
            let head = frame(HEADERS, END_HEADERS, stream, &call("/etcdserverpb.KV/Range"));
            let piece = [earlier, head, range(stream + 2)].concat();
            writer.write_all(&piece).await.expect("it is taken");
            frames.until(|frame| frame.stream == stream + 2 && frame.flags & END_STREAM != 0).await;
            earlier = reset(stream);
        }
        writer.write_all(&range(4001)).await.expect("it is taken");
        frames.until(|frame| frame.stream == 4001 && frame.flags & END_STREAM != 0).await;
    };
    member.stands("slow reset", slowly).await;
    // CVE-2025-8671: calls with a fault, so that it is the member that takes them back.
    let faulty = |stream| {
        let head = frame(HEADERS, END_HEADERS, stream, &call("/etcdserverpb.KV/Range"));
        [head, frame(WINDOW_UPDATE, 0, stream, &0x7fff_ffffu32.to_be_bytes())].concat()
    };
    let end = member.stands("made to reset", until_ended(member.port(), vec![], streams().take(200_000).map(faulty)));
    assert_eq!(end.await, calm("too_many_internal_resets"));
}

#[tokio::test(flavor = "multi_thread")]
async fn heads_that_do_not_end() {
    let mut member = Member::start(&[]).await;
    // CVE-2024-27316 and its kin.
    let first = || frame(HEADERS, END_STREAM, 1, &call("/etcdserverpb.KV/Range"));
    let too_many = calm("too_many_continuations");
    for (what, content) in [
        ("empty", vec![]),
        ("small", field("x", "y")),
        ("one that is long", field("x", &"y".repeat(16_000))),
        // A field that has begun and does not end.
        ("half", vec![0, 1, b'x', 127, 0xff, 0xff, 0xff, 0x7f]),
    ] {
        let more = std::iter::repeat_n(frame(CONTINUATION, 0, 1, &content), 100_000);
        let end = member.stands(what, until_ended(member.port(), first(), more)).await;
        assert_eq!(end, too_many, "{what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn heads_that_grow_when_they_are_read() {
    let mut member = Member::start(&[]).await;
    // One field of 4000 bytes goes into the table of those that were seen; a byte stands for it from then on.
    let (seen, again) = ([&[0x40][..], &field("x", &"y".repeat(4000))[1..]].concat(), [0xbe]);
    let bomb = |count: usize| [call("/etcdserverpb.KV/Range"), seen.clone(), again.repeat(count)].concat();
    let head = frame(HEADERS, END_HEADERS | END_STREAM, 1, &bomb(12_000));
    let more = std::iter::repeat_n(frame(PRIORITY, 0, 1, &[0, 0, 0, 3, 9]), 1_000_000);
    let end = member.stands("64 MB in 16 KB", until_ended(member.port(), head, more)).await;
    assert_eq!(end, calm("header_list_way_too_large"));
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_in_pieces() {
    let mut member = Member::start(&[]).await;
    // GHSA-vp52-pcj8-j9qc, of Go's gRPC: each piece took as much as a large one.
    let put = PutRequest { key: "large".into(), value: vec![7; 200_000].into(), ..Default::default() };
    let (head, message) = (frame(HEADERS, END_HEADERS, 1, &call("/etcdserverpb.KV/Put")), message(&put));
    let pieces: Vec<u8> = message.iter().flat_map(|byte| frame(DATA, 0, 1, &[*byte])).collect();
    let whole = [head, pieces, frame(DATA, END_STREAM, 1, &[])].concat();
    member.stands("a byte at a time", without_end(member.port(), vec![], std::iter::once(whole))).await;
    // Messages that are announced, and do not come.
    let announced = [&[0][..], &(2u32 << 20).to_be_bytes()].concat();
    let announce = move |stream| {
        let head = frame(HEADERS, END_HEADERS, stream, &call("/etcdserverpb.KV/Put"));
        [head, frame(DATA, 0, stream, &announced)].concat()
    };
    let calls = streams().take(1000).map(announce);
    member.stands("two gigabytes announced", without_end(member.port(), vec![], calls)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_of_nothing() {
    let mut member = Member::start(&[]).await;
    let head = frame(HEADERS, END_HEADERS, 1, &call("/etcdserverpb.KV/Put"));
    let nothing = std::iter::repeat_n(frame(DATA, 0, 1, &[]), 1_000_000);
    let end = member.stands("empty data", until_ended(member.port(), head, nothing)).await;
    assert_eq!(end, calm("too_many_data_frames"));
}

#[tokio::test(flavor = "multi_thread")]
async fn frames_that_ask_for_nothing() {
    let mut member = Member::start(&[]).await;
    for (what, one) in [
        ("windows", frame(WINDOW_UPDATE, 0, 0, &1u32.to_be_bytes())),
        ("priorities", frame(PRIORITY, 0, 1, &[0, 0, 0, 3, 9])),
        ("unknown", frame(0xee, 0, 0, &[])),
        ("answers to no ping", frame(PING, ACK, 0, &[7; 8])),
    ] {
        let piece = one.repeat(1000);
        let many = std::iter::repeat_n(piece.clone(), 100);
        member.stands(what, without_end(member.port(), vec![], many)).await;
        member.stands_beside(what, unread(member.port(), piece)).await;
    }
    let most = frame(WINDOW_UPDATE, 0, 0, &0x7fff_ffffu32.to_be_bytes());
    let end = member.stands("too wide", until_ended(member.port(), vec![], std::iter::repeat_n(most, 1_000_000))).await;
    assert!(matches!(end, End::Told(FLOW_CONTROL_ERROR, _)), "{end:?}");
}

/// A change of the window that streams begin with.
fn settings(window: u32) -> Vec<u8> {
    frame(SETTINGS, 0, 0, &[&4u16.to_be_bytes()[..], &window.to_be_bytes()].concat())
}

#[tokio::test(flavor = "multi_thread")]
async fn pings_without_end() {
    let mut member = Member::start(&[]).await;
    let ping = frame(PING, 0, 0, &[7; 8]);
    let pings = std::iter::repeat_n(ping.repeat(100), 1_000_000);
    let end = member.stands("pings", until_ended(member.port(), vec![], pings)).await;
    assert_eq!(end, calm("too_many_pings"));
    // Who is sent something may measure how long it takes.
    let port = member.port();
    let measures = async move {
        let (mut frames, mut writer) = open(&port).await;
        for stream in streams().take(500) {
            writer.write_all(&[range(stream), ping.clone()].concat()).await.expect("it is taken");
            frames.until(|frame| frame.stream == stream && frame.flags & END_STREAM != 0).await;
        }
    };
    member.stands("pings with a reason", measures).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_without_end() {
    let mut member = Member::start(&[]).await;
    // Each change is carried out on every stream that there is.
    let watch = |stream| frame(HEADERS, END_HEADERS, stream, &call("/etcdserverpb.Watch/Watch"));
    let watches = streams().take(2000).map(watch).collect::<Vec<_>>().concat();
    let flips = std::iter::repeat_n([settings(1000), settings(70_000)].concat(), 1_000_000);
    let end = member.stands("settings", until_ended(member.port(), watches, flips)).await;
    assert_eq!(end, calm("too_many_settings"));
    // As often as a client may that measures its way.
    let few = (1..20).map(|step| settings(70_000 * step));
    member.stands("few settings", without_end(member.port(), vec![], few)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_beyond_the_limit() {
    let mut member = Member::start(&["--max-concurrent-streams=10"]).await;
    let port = member.port();
    let beyond = async move {
        let (mut frames, mut writer) = open(&port).await;
        let watch = |stream| frame(HEADERS, END_HEADERS, stream, &call("/etcdserverpb.Watch/Watch"));
        writer.write_all(&streams().take(12).map(watch).collect::<Vec<_>>().concat()).await.expect("it is taken");
        let mut refused = Vec::new();
        while refused.len() < 2 {
            let frame = frames.until(|frame| frame.kind == RST_STREAM).await;
            assert_eq!(frame.content, REFUSED_STREAM.to_be_bytes());
            refused.push(frame.stream);
        }
        assert_eq!(refused, [21, 23]);
        // One that ends makes room.
        writer
            .write_all(&[frame(RST_STREAM, 0, 1, &8u32.to_be_bytes()), range(25)].concat())
            .await
            .expect("it is taken");
        frames.until(|frame| frame.stream == 25 && frame.flags & END_STREAM != 0).await;
    };
    member.stands("a few streams too many", beyond).await;
    let watch = |stream| frame(HEADERS, END_HEADERS, stream, &call("/etcdserverpb.Watch/Watch"));
    let end = member.stands("streams without end", until_ended(member.port(), vec![], streams().map(watch))).await;
    assert_eq!(end, calm("too_many_internal_resets"));
}
