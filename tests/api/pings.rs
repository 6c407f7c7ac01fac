//! A client that sends pings without end: it loses its connection, and nobody else notices.

use crate::{
    target::{Options, Running},
    targets,
};
use etcd::pb::etcdserverpb::{PutRequest, kv_client::KvClient};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// The head of a frame is its length, kind, flags and stream.
const SETTINGS: [u8; 9] = [0, 0, 0, 4, 0, 0, 0, 0, 0];
const PING: [u8; 17] = [0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8];
const PINGS: usize = 10_000;

/// What a flood came to: the pings that were answered, and what the connection was ended with.
async fn flood(server: &Running) -> (usize, Option<Vec<u8>>) {
    let stream = TcpStream::connect(server.address()).await.expect("a connection");
    let (mut reader, mut writer) = stream.into_split();
    writer.write_all(&[PREFACE, &SETTINGS].concat()).await.expect("a server that reads");
    let writing = tokio::spawn(async move {
        // Who has had enough may hang up in the midst of it.
        for _ in 0..PINGS {
            if writer.write_all(&PING).await.is_err() {
                break;
            }
        }
        writer
    });
    let mut answered = 0;
    let mut head = [0; 9];
    while answered < PINGS && reader.read_exact(&mut head).await.is_ok() {
        let mut payload = vec![0; u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize];
        if reader.read_exact(&mut payload).await.is_err() {
            break;
        }
        match (head[3], head[4]) {
            (6, 1) => answered += 1,
            // The last stream, the code, and what there is to say about it.
            (7, _) => return (answered, Some(payload.split_off(4))),
            _ => {}
        }
    }
    drop(writing.await);
    (answered, None)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_pings_is_the_senders_affair() {
    for target in targets() {
        let server = target.start(Options::default()).await;
        let mut client = KvClient::new(server.channel());
        let put = PutRequest { key: "k".into(), ..Default::default() };
        client.put(put.clone()).await.expect("an answer before");
        let (answered, ended) = flood(&server).await;
        let calm = [&[0, 0, 0, 11], &b"too_many_pings"[..]].concat();
        assert!(answered < PINGS && ended.is_none_or(|ended| ended == calm), "{target:?}");
        client.put(put).await.expect("an answer after");
    }
}
