//! Clients that mean no good, or know no better: whatever they do on a port, others are served.

use crate::{
    player::Player,
    support::member::Program,
    wire::{Port, answer},
};
use etcd::pb::etcdserverpb::{PutRequest, kv_client::KvClient};
use std::time::Duration;
use tokio::io::AsyncWriteExt;

const ASK: &[u8] = b"GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

/// Far above what an answer takes.
const PATIENCE: Duration = Duration::from_secs(120);

async fn is_healthy(port: &Port) -> bool {
    port.say(ASK).await.starts_with(b"HTTP/1.1 200 OK\r\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_without_end_leave_the_member_its_files() {
    // A member that has run out of files answers nobody.
    tokio::time::timeout(PATIENCE, crowd_a_member()).await.expect("everybody is answered, even on a slow machine");
}

async fn crowd_a_member() {
    let flags = vec!["--listen-metrics-urls=unix://metrics".into()];
    let player = Player::start(&Program::ours().after("ulimit -n 256"), flags).await;
    // Who was there before is served all along.
    let mut early = KvClient::new(player.channel());
    let put = PutRequest { key: "k".into(), ..Default::default() };
    early.put(put.clone()).await.expect("an answer before");
    // More than there are files; the system takes those that the member does not.
    let mut crowd = Vec::new();
    for number in 0..500 {
        let mut stream = player.port(if number % 4 < 2 { "client" } else { "peer" }).connect().await;
        if number % 2 == 0 {
            stream.write_all(b"POST /health HTTP/1.1\r\nHo").await.expect("a connection");
        }
        crowd.push(stream);
    }
    // Who is busy with them can still be looked at, and goes on by itself.
    assert!(is_healthy(&player.port("metrics")).await);
    early.put(put).await.expect("an answer");
    assert!(player.files() + 16 < 256, "{} files", player.files());
    drop(crowd);
    assert!(is_healthy(&player.port("client")).await);
    assert!(is_healthy(&player.port("metrics")).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_request_is() {
    let player = Player::start(&Program::ours(), vec!["--listen-metrics-urls=unix://metrics".into()]).await;
    let long = "x".repeat(4 << 20);
    for name in ["client", "metrics", "peer"] {
        let port = player.port(name);
        for (what, bytes) in [
            ("no HTTP", b"\0\x01\x02 nothing of the kind\r\n\r\n\r\n".to_vec()),
            ("another version", b"GET /health HTTP/3.0\r\nHost: a\r\n\r\n".to_vec()),
            ("a path that is too long", format!("GET /{long} HTTP/1.1\r\nHost: a\r\n\r\n").into_bytes()),
            ("a header that is too long", format!("GET / HTTP/1.1\r\nHost: a\r\nX: {long}\r\n\r\n").into_bytes()),
            ("too many headers", format!("GET / HTTP/1.1\r\nHost: a\r\n{}\r\n", "X: y\r\n".repeat(5000)).into_bytes()),
            (
                "a body that nobody wants",
                format!(
                    "POST /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{long}",
                    long.len()
                )
                .into_bytes(),
            ),
            ("a length that is none", b"POST /health HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n".to_vec()),
            (
                "two lengths",
                b"GET /health HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n".to_vec(),
            ),
        ] {
            // It comes back: the connection is ended, with an answer or without.
            let said = port.say(&bytes).await;
            assert!(!said.starts_with(b"HTTP/1.1 200"), "{name}: {what}");
        }
        // Answers that nobody reads.
        let mut unread = Vec::new();
        for _ in 0..20 {
            let mut stream = port.connect().await;
            stream.write_all(&b"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n".repeat(100)).await.expect("a connection");
            unread.push(stream);
        }
        assert!(is_healthy(&player.port("metrics")).await, "{name}");
    }
}

/// CVE-2018-5702: a page of another site has its own name point here. Whatever it asks for, and in whichever way it writes the name, it is
/// told nothing, and its browser is not told that it may show the answer.
#[tokio::test(flavor = "multi_thread")]
async fn no_page_is_told_to_another_name() {
    const PAGES: [&str; 12] = [
        "/",
        "/health",
        "/livez",
        "/readyz?verbose",
        "/livez/serializable_read",
        "/version",
        "/metrics",
        "/debug/vars",
        "/debug/pprof/",
        "/v3/kv/range",
        "/v3beta/kv/range",
        "//health",
    ];
    const OTHERS: [&str; 8] =
        ["evil", "evil:2379", "LOCALHOST", "localhost.", "[::1]", "[::1]:2379", "127.0.0.1.evil", "localhost:80@evil"];
    let player = Player::start(&Program::ours(), vec!["--host-whitelist=localhost,127.0.0.1".into()]).await;
    let port = player.port("client");
    let is_refused = |lines: &[String]| {
        let text = lines.join("\n");
        assert!(
            !text.contains("access-control") && !text.contains("health\\\"") && !text.contains("cmdline"),
            "{text}"
        );
        lines[0].contains(" 421 ") || lines[0].ends_with(" 421") || lines[0].contains(" 400 ")
    };
    for page in PAGES {
        for other in OTHERS {
            for method in ["GET", "POST", "OPTIONS", "HEAD"] {
                let ask = |line: &str, headers: &str| {
                    format!("{method} {line} HTTP/1.1\r\n{headers}Connection: close\r\n\r\n")
                };
                for said in [
                    ask(page, &format!("Host: {other}\r\n")),
                    ask(page, &format!("Host: {other}\r\nContent-Type: application/grpc\r\n")),
                    ask(&format!("http://{other}{page}"), "Host: localhost\r\n"),
                ] {
                    let lines = answer(&port.say(said.as_bytes()).await);
                    assert!(is_refused(&lines), "{said}: {lines:?}");
                }
            }
        }
        for other in &OTHERS[..2] {
            let lines = port.ask_two_of(other, "GET", page).await.expect("an answer");
            assert!(is_refused(&lines), "{page} {other}: {lines:?}");
        }
        for known in ["localhost", "localhost:1", "127.0.0.1", "127.0.0.1:2379", "[127.0.0.1]:80"] {
            let said = format!("GET {page} HTTP/1.1\r\nHost: {known}\r\nConnection: close\r\n\r\n");
            let lines = answer(&port.say(said.as_bytes()).await);
            assert!(!lines[0].contains(" 421 "), "{known} {page}: {lines:?}");
        }
    }
}
