//! Every page of the peer port, asked at random.

use crate::{Rounds, damaged, panics, snapshots::Behind, support::seed, wire::Question};
use etcd::pb::{
    etcdserverpb::{LeaseKeepAliveRequest, LeaseTimeToLiveRequest},
    leasepb::LeaseInternalRequest,
    raftpb::{Entry, Message},
};
use etcd::peer::codec::envelope;
use fastrand::Rng;
use prost::Message as _;
use std::collections::BTreeMap;

/// A number as somebody might have it who is mistaken.
fn number(rng: &mut Rng) -> u64 {
    match rng.u8(0..8) {
        0 => u64::MAX,
        1 => u64::MAX / 2,
        2 => rng.u64(..),
        _ => rng.u64(0..300),
    }
}

/// From another member, or nobody. No entries, since what a leader has committed is carried out whatever it is; but a proposal
/// may have what it likes as long as this member does not lead.
fn message(behind: &Behind, rng: &mut Rng) -> Message {
    let kind = rng.i32(-1..20);
    let entries = if kind == 2 { vec![Entry { data: vec![rng.u8(..); 9].into(), ..Entry::default() }] } else { vec![] };
    Message {
        msg_type: kind,
        from: if rng.u8(0..4) > 0 { behind.other.0 } else { number(rng) },
        to: if rng.u8(0..9) > 0 { behind.member.handle.member_id().0 } else { number(rng) },
        term: number(rng),
        log_term: number(rng),
        index: number(rng),
        commit: number(rng),
        reject: rng.bool(),
        reject_hint: number(rng),
        context: vec![rng.u8(..); rng.usize(0..20)].into(),
        entries,
        ..Message::default()
    }
}

/// Pages, with the method and the kind of body that they want.
const PAGES: [(&str, &str, usize); 17] = [
    ("POST", "/raft", 2),
    ("POST", "/raft", 2),
    ("POST", "/raft/snapshot", 3),
    ("GET", "/raft/stream/message/2", 0),
    ("GET", "/raft/stream/msgapp/7fffffffffffffff", 0),
    ("GET", "/raft/stream/message/", 0),
    ("GET", "/raft/stream/%00/%ff", 0),
    ("GET", "/raft/probing", 0),
    ("GET", "/members", 0),
    ("POST", "/members/promote/9", 0),
    ("POST", "/members/promote/-1", 0),
    ("GET", "/members/hashkv", 6),
    ("POST", "/leases", 4),
    ("POST", "/leases/internal", 5),
    ("GET", "/downgrade/enabled", 0),
    ("GET", "/version", 0),
    ("GET", "/../x?y=%zz", 0),
];

fn body(kind: usize, behind: &Behind, rng: &mut Rng) -> Vec<u8> {
    match kind {
        0 => vec![],
        1 => (0..rng.usize(1..5000)).map(|_| rng.u8(..)).collect(),
        2 => message(behind, rng).encode_to_vec(),
        3 => envelope(&message(behind, rng)).to_vec(),
        4 => LeaseKeepAliveRequest { id: number(rng) as i64 }.encode_to_vec(),
        5 => {
            let question = LeaseTimeToLiveRequest { id: number(rng) as i64, keys: rng.bool() };
            LeaseInternalRequest { lease_time_to_live_request: Some(question) }.encode_to_vec()
        }
        6 => format!("{{\"revision\":{}}}", number(rng) as i64).into_bytes(),
        _ => vec![b'['; rng.usize(1..100_000)],
    }
}

const VALUES: [&str; 14] = [
    "",
    "0",
    "3",
    "3.7.1",
    "3.8.0-alpha.0",
    "4294967296.0.0",
    "99999999999999999999999.1.1",
    "-1.0.0",
    "3.7.1.2",
    "ffffffffffffffffffffff",
    "+1",
    "http://127.0.0.1:1",
    "http://[::1",
    "\u{7f}\u{ff}",
];

fn question(behind: &Behind, rng: &mut Rng) -> Question {
    let (mut method, path, mut kind) = PAGES[rng.usize(0..PAGES.len())];
    if rng.u8(0..8) == 0 {
        method = ["GET", "POST", "PUT", "X"][rng.usize(0..4)];
    }
    if rng.u8(0..4) == 0 {
        kind = rng.usize(0..8);
    }
    let mut body = body(kind, behind, rng);
    if rng.u8(0..3) == 0 {
        body = damaged(body, rng);
    }
    let mut headers = behind.headers();
    if rng.u8(0..3) == 0 {
        headers.push(("X-PeerURLs".into(), "http://127.0.0.1:1".into()));
        let at = rng.usize(0..headers.len());
        match rng.bool() {
            true => drop(headers.remove(at)),
            false => headers[at].1 = VALUES[rng.usize(0..VALUES.len())].into(),
        }
    }
    let missing = if rng.u8(0..20) == 0 { rng.usize(1..100) } else { 0 };
    Question { headers, body, missing, ..Question::new(method, path) }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_request_does_harm() {
    let mut rng = Rng::with_seed(seed("no_request_does_harm"));
    panics();
    let behind = Behind::start().await;
    let mut statuses = BTreeMap::<Option<u16>, usize>::new();
    let mut rounds = Rounds::new(600);
    while rounds.next() {
        let question = question(&behind, &mut rng);
        // These wait for a leader, who is gone; what they do then is told in other tests.
        let waits = ["/downgrade", "/leases", "/members/promote"].iter().any(|path| question.path.starts_with(path));
        let asking = question.ask(&behind.member.peer);
        let answer = match waits {
            true => tokio::time::timeout(std::time::Duration::from_millis(20), asking).await.ok().flatten(),
            false => asking.await,
        };
        let status = answer.map(|(status, _)| status);
        *statuses.entry(status).or_default() += 1;
        let known = [200, 204, 307, 400, 404, 405, 408, 410, 412, 413, 500, 501];
        assert!(status.is_none_or(|status| known.contains(&status)), "{status:?} to {question:?}");
        behind.check().await;
    }
    println!("{statuses:?}");
    for expected in [200, 204, 400, 404, 405, 412, 500] {
        assert!(statuses.contains_key(&Some(expected)), "nothing was answered with {expected}: {statuses:?}");
    }
    behind.member.stop().await;
}
