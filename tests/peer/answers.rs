//! What is answered to good and bad requests: status, text and headers as a real etcd 3.7.1 gave them.
//!
//! Member 1 of cluster c1 is asked; it knows member 2, and member 3 was removed. The two answers to member 3 are as etcd's
//! source has them; all others were recorded.

use crate::network::Network;
use crate::node::{CLUSTER, Node, address, message};
use bytes::Bytes;
use etcd::id::MemberId;
use etcd::pb::raftpb::{Message, MessageType};
use etcd::peer::{PeerUrl, Undelivered};
use http::{HeaderMap, HeaderName, HeaderValue, Request};
use http_body_util::{BodyExt, Full};
use prost::Message as _;

/// A request, changed from one that is fine.
struct Case {
    method: &'static str,
    path: &'static str,
    headers: &'static [(&'static str, Option<&'static str>)],
    body: Vec<u8>,
}

fn get(path: &'static str, headers: &'static [(&'static str, Option<&'static str>)]) -> Case {
    Case { method: "GET", path, headers, body: vec![] }
}

fn post(path: &'static str, body: Vec<u8>) -> Case {
    Case { method: "POST", path, headers: &[], body }
}

const NO_CLUSTER: &[(&str, Option<&str>)] = &[("x-etcd-cluster-id", None)];
const NO_VERSION: &[(&str, Option<&str>)] = &[("x-server-version", None)];
const TO_OTHERS: &[(&str, Option<&str>)] = &[("x-raft-to", Some("5"))];
const TO_NOBODY: &[(&str, Option<&str>)] = &[("x-raft-to", None)];

fn a_message() -> Message {
    message(MessageType::MsgHeartbeat, MemberId(2), MemberId(1))
}

fn framed(message: &[u8]) -> Vec<u8> {
    [&(message.len() as u64).to_be_bytes()[..], message].concat()
}

fn methods_and_paths() -> Vec<(Case, u16, &'static str)> {
    let wrong_method = "Method Not Allowed\n";
    vec![
        (get("/raft", &[]), 405, wrong_method),
        (get("/raft/snapshot", &[]), 405, wrong_method),
        (post("/raft/stream/message/2", vec![]), 405, wrong_method),
        (get("/raft/", &[]), 404, "404 page not found\n"),
        (get("/raft/x", &[]), 404, "404 page not found\n"),
        (get("/raft/probing/", &[]), 404, "404 page not found\n"),
    ]
}

fn streams() -> Vec<(Case, u16, &'static str)> {
    vec![
        (get("/raft/stream/message/2", NO_VERSION), 412, "incompatible version\n"),
        (get("/raft/stream/message/2", NO_CLUSTER), 412, "cluster ID mismatch\n"),
        (get("/raft/stream/other/2", &[]), 404, "invalid path\n"),
        (get("/raft/stream/msgappv2/2", &[]), 404, "invalid path\n"),
        (get("/raft/stream/message/2/3", &[]), 404, "invalid path\n"),
        (get("/raft/stream/message", &[]), 404, "invalid path\n"),
        (get("/raft/stream/", &[]), 404, "invalid path\n"),
        (get("/raft/stream/message/", &[]), 404, "invalid from\n"),
        (get("/raft/stream/message/xyz", &[]), 404, "invalid from\n"),
        (get("/raft/stream/message/77", &[]), 404, "error sender not found\n"),
        (get("/raft/stream/msgapp/3", &[]), 410, "removed member\n"),
        (get("/raft/stream/message/2", TO_OTHERS), 412, "to field mismatch\n"),
        (get("/raft/stream/message/2", TO_NOBODY), 412, "to field mismatch\n"),
    ]
}

fn messages() -> Vec<(Case, u16, &'static str)> {
    let refused = "error processing raft message\n";
    let of = |message: Message| post("/raft", message.encode_to_vec());
    vec![
        (of(a_message()), 204, ""),
        (post("/raft", b"\xff\xff\xff".to_vec()), 400, "error unmarshalling raft message\n"),
        // Nothing at all is a message from nobody to nobody.
        (post("/raft", vec![]), 500, refused),
        (of(Message { to: 5, ..a_message() }), 500, refused),
        (of(Message { from: 3, ..a_message() }), 500, refused),
        (of(Message { msg_type: 40, ..a_message() }), 204, ""),
        (Case { headers: NO_VERSION, ..of(a_message()) }, 412, "incompatible version\n"),
        (Case { headers: NO_CLUSTER, ..of(a_message()) }, 412, "cluster ID mismatch\n"),
    ]
}

fn snapshots() -> Vec<(Case, u16, &'static str)> {
    let of = |body: Vec<u8>| post("/raft/snapshot", body);
    let too_long = (64 * 1024 * 1024 + 1_u64).to_be_bytes();
    vec![
        (Case { headers: NO_VERSION, ..of(vec![]) }, 412, "incompatible version\n"),
        (Case { headers: NO_CLUSTER, ..of(vec![]) }, 412, "cluster ID mismatch\n"),
        (of(vec![]), 400, "failed to decode raft message (EOF)\n"),
        (of(b"123".to_vec()), 400, "failed to decode raft message (unexpected EOF)\n"),
        (of([&10_u64.to_be_bytes()[..], b"123"].concat()), 400, "failed to decode raft message (unexpected EOF)\n"),
        (of([&too_long[..], b"123"].concat()), 400, "failed to decode raft message (rafthttp: error limit exceeded)\n"),
        // Go's protobuf library varies the space by build.
        (
            of(framed(b"\xff\xff\xff")),
            400,
            "failed to decode raft message (proto: cannot parse invalid wire-format data)\n",
        ),
        (of(framed(&a_message().encode_to_vec())), 400, "wrong raft message type\n"),
    ]
}

async fn ask(network: &Network, case: &Case) -> (u16, HeaderMap, String) {
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("x-etcd-cluster-id", "c1"),
        ("x-server-version", "3.7.1"),
        ("x-min-cluster-version", "3.0.0"),
        ("x-server-from", "2"),
        ("x-raft-to", "1"),
        ("host", "x"),
    ] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    for (name, value) in case.headers {
        headers.remove(*name);
        if let Some(value) = value {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
    }
    let mut request = Request::builder().method(case.method).uri(case.path);
    *request.headers_mut().unwrap() = headers;
    let request = request.body(Full::new(Bytes::from(case.body.clone()))).unwrap();
    let answer = network.request(&address(1), request).await;
    let (head, body) = answer.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    (head.status.as_u16(), head.headers, String::from_utf8(body.to_vec()).unwrap())
}

fn member(network: &Network) -> Node {
    let node = Node::in_memory(network, 1);
    node.transport.add_peer(MemberId(2), vec![PeerUrl::parse("http://nobody:1").unwrap()]);
    node.host.removed.lock().unwrap().insert(MemberId(3));
    node
}

#[tokio::test(start_paused = true)]
async fn statuses_and_texts_are_etcds() {
    let network = Network::default();
    let _node = member(&network);
    let cases = [methods_and_paths(), streams(), messages(), snapshots()].concat_all();
    for (case, status, text) in cases {
        let what = format!("{} {} {:?} {:?}", case.method, case.path, case.headers, case.body);
        let (got_status, headers, got_text) = ask(&network, &case).await;
        assert_eq!((got_status, got_text.as_str()), (status, text), "{what}");
        let is_known = !matches!(status, 405) && text != "404 page not found\n";
        let of_cluster = headers.get("x-etcd-cluster-id").map(HeaderValue::as_bytes);
        assert_eq!(of_cluster, is_known.then_some(CLUSTER.to_string().as_bytes()), "{what}");
        let is_stream = is_known && case.path.starts_with("/raft/stream/");
        assert_eq!(headers.get("x-server-version").is_some(), is_stream, "{what}");
        if status == 405 {
            let allowed = if case.method == "GET" { "POST" } else { "GET" };
            assert_eq!(headers["allow"], allowed, "{what}");
        }
        if status >= 400 {
            assert_eq!(headers["content-type"], "text/plain; charset=utf-8", "{what}");
            assert_eq!(headers["x-content-type-options"], "nosniff", "{what}");
        }
    }
}

trait ConcatAll<T> {
    fn concat_all(self) -> Vec<T>;
}

impl<T, const N: usize> ConcatAll<T> for [Vec<T>; N] {
    fn concat_all(self) -> Vec<T> {
        self.into_iter().flatten().collect()
    }
}

#[tokio::test(start_paused = true)]
async fn probes_are_answered_to_anybody() {
    let network = Network::default();
    let _node = member(&network);
    for method in ["GET", "POST"] {
        let case = Case { method, headers: NO_CLUSTER, ..get("/raft/probing", &[]) };
        let (status, headers, text) = ask(&network, &case).await;
        assert_eq!((status, &headers["content-type"]), (200, &HeaderValue::from_static("text/plain; charset=utf-8")));
        assert!(text.starts_with("{\"OK\":true,\"Now\":\"20") && text.ends_with("Z\"}\n"), "{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_host_that_takes_nothing_says_so() {
    let network = Network::default();
    let node = member(&network);
    for reason in [Undelivered::Full, Undelivered::Stopped] {
        *node.host.refuses.lock().unwrap() = Some(reason);
        let (status, _, text) = ask(&network, &post("/raft", a_message().encode_to_vec())).await;
        assert_eq!((status, text.as_str()), (500, "error processing raft message\n"));
    }
}
