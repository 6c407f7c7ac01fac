//! Every question that a member asks of another, answered at random.

use crate::{
    Rounds, damaged, panics,
    support::{inside::Place, seed},
    until,
    wire::{Answer, Fake, Question},
};
use etcd::{
    disk::{Disk, mem::MemDisk},
    id::{LeaseId, MemberId},
    membership::{Member, list_to_json},
    pb::{
        etcdserverpb::{LeaseKeepAliveResponse, LeaseTimeToLiveRequest, LeaseTimeToLiveResponse},
        leasepb::LeaseInternalResponse,
        raftpb::{Message, MessageType},
    },
    server::config::{Checks, Config, InitialState},
};
use fastrand::Rng;
use parking_lot::Mutex;
use prost::Message as _;
use std::{collections::BTreeMap, path::PathBuf, sync::Arc, time::Duration};
use tokio::time::timeout;

/// What is answered at the moment, by the path's beginning.
type Answers = Arc<Mutex<BTreeMap<&'static str, Answer>>>;

/// A server that answers so, and nothing else.
async fn fake() -> (Fake, Answers) {
    let answers = Answers::default();
    let told = answers.clone();
    let fake = Fake::start(move |path| {
        let told = told.lock();
        // The longest that fits.
        let found = told.iter().rev().find(|(start, _)| path.starts_with(**start));
        found.map_or_else(|| Answer::new(404, "404 page not found\n"), |(_, answer)| answer.clone())
    });
    (fake.await, answers)
}

/// Where something of JSON stands, something else stands.
fn damaged_json(bytes: &[u8], rng: &mut Rng) -> Vec<u8> {
    const OTHERS: [&str; 16] = [
        "null",
        "[]",
        "{}",
        "-1",
        "1e99",
        "18446744073709551616",
        "true",
        "\"\"",
        "\"http://\"",
        "\"http://127.0.0.1:99999\"",
        "\"http://[::1]\"",
        "\"ftp://127.0.0.1:1\"",
        "[null]",
        "[[]]",
        "\"\\ud800\"",
        "{\"\":",
    ];
    let text = String::from_utf8_lossy(bytes).into_owned();
    let other = OTHERS[rng.usize(0..OTHERS.len())];
    let ends: Vec<usize> = text.match_indices([',', ':', ']', '}', '[', '{']).map(|(at, _)| at).collect();
    match rng.u8(0..4) {
        0 => text.as_bytes()[..rng.usize(0..=text.len())].to_vec(),
        1 => "[".repeat(rng.usize(1..100_000)).into_bytes(),
        _ if ends.len() > 1 => {
            let at = rng.usize(0..ends.len() - 1);
            format!("{}{other}{}", &text[..=ends[at]], &text[ends[at + 1]..]).into_bytes()
        }
        _ => other.into(),
    }
}

/// Who is in a cluster that somebody wants to join.
fn members(place: &Place, fake: &Fake) -> Vec<Member> {
    let member = |id, name: &str, url| Member {
        id: MemberId(id),
        name: name.into(),
        peer_urls: vec![url],
        client_urls: if name.is_empty() { vec![] } else { vec!["http://127.0.0.1:1".into()] },
        ..Member::default()
    };
    vec![member(7, "other", fake.url()), member(9, "", place.peer_url())]
}

/// They are others, or elsewhere.
fn changed_members(mut members: Vec<Member>, rng: &mut Rng) -> Vec<Member> {
    let at = rng.usize(0..members.len());
    match rng.u8(0..6) {
        0 => drop(members.remove(at)),
        1 => members.push(members[at].clone()),
        2 => members[at].peer_urls.clear(),
        3 => members[at].peer_urls.push("http://127.0.0.1:1".into()),
        4 => members[at].peer_urls = vec!["http://127.0.0.1:1".into()],
        _ => members[at].id = MemberId([0, 7, 9, u64::MAX][rng.usize(0..4)]),
    }
    members
}

/// What a member is answered of whom it wants to join.
fn told_of_the_cluster(members: &[Member]) -> BTreeMap<&'static str, Answer> {
    let versions = r#"{"etcdserver":"3.7.1","etcdcluster":"3.7.0","storage":"3.7.0"}"#;
    [
        ("/members", Answer::new(200, list_to_json(members)).with("X-Etcd-Cluster-ID", "abc")),
        ("/version", Answer::new(200, versions)),
        ("/downgrade/enabled", Answer::new(200, "false")),
    ]
    .into()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_joins_believes_nothing_that_makes_no_sense() {
    let mut rng = Rng::with_seed(seed("who_joins_believes_nothing_that_makes_no_sense"));
    panics();
    let (fake, answers) = fake().await;
    let (mut rounds, mut started, mut refused) = (Rounds::new(150), 0, BTreeMap::<String, usize>::new());
    while rounds.next() {
        let place = Place::take("new").await;
        let mut there = members(&place, &fake);
        if rng.u8(0..4) == 0 {
            there = changed_members(there, &mut rng);
        }
        let mut told = told_of_the_cluster(&there);
        let paths: Vec<&str> = told.keys().copied().collect();
        let changed = rng.choice(&paths).and_then(|path| told.get_mut(path)).expect("there are some");
        match rng.u8(0..6) {
            _ if rounds.done == 1 => {}
            0 => changed.headers = vec![("X-Etcd-Cluster-ID".into(), ["", "-1", "x", "0"][rng.usize(0..4)].into())],
            1 => changed.status = [100, 204, 302, 500, 999][rng.usize(0..5)],
            2 => {}
            _ => changed.body = damaged_json(&changed.body, &mut rng),
        }
        *answers.lock() = told;
        let founders = [place.founder(), ("other".to_owned(), vec![fake.url()])];
        let config = Config { initial_state: InitialState::Existing, ..place.config(&founders) };
        let (disk, data) = (Arc::new(MemDisk::new()), config.data_dir.clone());
        match place.start(disk.clone(), config).await {
            Ok(member) => {
                started += 1;
                drop(member.stop().await);
            }
            Err(error) => {
                let words: String = error.to_string().chars().take_while(|c| *c != '{' && *c != '(').collect();
                *refused.entry(words).or_default() += 1;
                assert!(!disk.exists(&data.join("member")), "{error}: it has stored something");
            }
        }
        assert_eq!(panics(), 0);
    }
    println!("{started} started; {refused:#?}");
    assert!(started > 0 && refused.len() >= 3, "{started} started; {refused:#?}");
}

/// The hashes of a member that comes back are compared with what others say of theirs.
#[tokio::test(flavor = "multi_thread")]
async fn who_returns_believes_no_hash_that_makes_no_sense() {
    let mut rng = Rng::with_seed(seed("who_returns_believes_no_hash_that_makes_no_sense"));
    panics();
    let (fake, answers) = fake().await;
    let place = Place::take("back").await;
    let founders = [place.founder(), ("other".to_owned(), vec![fake.url()])];
    let (disk, usual) = (Arc::new(MemDisk::new()), place.config(&founders));
    let folder = place.start(disk.clone(), usual.clone()).await.expect("a founder").stop().await;
    let (mut rounds, mut started) = (Rounds::new(40), 0);
    while rounds.next() {
        let hash = br#"{"header":{"revision":1},"hash":1,"compact_revision":-1,"hash_revision":1}"#;
        let body = if rng.bool() { damaged_json(hash, &mut rng) } else { damaged(hash.to_vec(), &mut rng) };
        let status = [200, 200, 200, 400, 412, 500][rng.usize(0..6)];
        *answers.lock() = [("/members/hashkv", Answer::new(status, body))].into();
        let place = Place::take("back").await;
        let checks = Checks { at_return: true, ..Checks::default() };
        let config = Config { checks, data_dir: PathBuf::from(&usual.data_dir), ..place.config(&founders) };
        match place.start(disk.clone(), config).await {
            Ok(member) => {
                started += 1;
                drop(member.stop().await);
            }
            Err(error) => assert!(error.to_string().contains("data inconsistency"), "{error}"),
        }
        assert_eq!(panics(), 0);
    }
    assert!(started > 0, "what is no hash is no reason not to start");
    drop(folder);
}

/// What a leader is made to say of a lease.
fn lease(rng: &mut Rng) -> [Answer; 2] {
    let id = rng.i64(6..9);
    let renewed = LeaseKeepAliveResponse { header: None, id, ttl: rng.i64(-1..5) }.encode_to_vec();
    let response = LeaseTimeToLiveResponse { id, ttl: rng.i64(..), granted_ttl: rng.i64(..), ..Default::default() };
    let looked = LeaseInternalResponse { lease_time_to_live_response: Some(response) }.encode_to_vec();
    [renewed, looked].map(|body| {
        let status = [200, 200, 200, 404, 408, 500][rng.usize(0..6)];
        Answer::new(status, if rng.bool() { damaged(body, rng) } else { body })
    })
}

/// A follower whose leader talks nonsense, of leases and in its streams.
#[tokio::test(flavor = "multi_thread")]
async fn who_follows_believes_no_lease_that_makes_no_sense() {
    let mut rng = Rng::with_seed(seed("who_follows_believes_no_lease_that_makes_no_sense"));
    panics();
    let (fake, answers) = fake().await;
    let place = Place::take("follower").await;
    let founders = [place.founder(), ("leader".to_owned(), vec![fake.url()])];
    let config = place.config(&founders);
    let member = place.start(Arc::new(MemDisk::new()), config).await.expect("a founder");
    let handle = member.handle.clone();
    until("the founders", || handle.members().len() == 2).await;
    let leader = handle.members().into_iter().map(|member| member.id).find(|id| *id != handle.member_id().0);
    let leader = leader.expect("there are two");
    let heartbeat = Message {
        msg_type: MessageType::MsgHeartbeat as i32,
        from: leader,
        to: handle.member_id().0,
        term: 1 << 20,
        ..Message::default()
    };
    let headers = [
        ("X-Etcd-Cluster-ID", handle.cluster_id().to_string()),
        ("X-Server-Version", "3.7.1".into()),
        ("X-Min-Cluster-Version", "3.0.0".into()),
    ];
    let headers = headers.map(|(name, value)| (name.to_owned(), value)).into();
    let beat = Question { headers, body: heartbeat.encode_to_vec(), ..Question::new("POST", "/raft") };
    let soon = Duration::from_millis(20);
    let (mut rounds, mut taken) = (Rounds::new(100), 0);
    while rounds.next() {
        assert_eq!(beat.ask(&member.peer).await, Some((204, String::new())));
        until("the leader", || handle.status().leader == leader).await;
        let [renewed, looked] = lease(&mut rng);
        let stream: Vec<u8> = (0..rng.usize(0..500)).map(|_| [0, 0, 0, 1, 2, 8, rng.u8(..)][rng.usize(0..7)]).collect();
        let stream = Answer::new(200, stream).with("X-Server-Version", "3.7.1");
        let stream = stream.with("X-Etcd-Cluster-ID", &handle.cluster_id().to_string());
        *answers.lock() = [("/leases", renewed), ("/leases/internal", looked), ("/raft/stream/", stream)].into();
        // What makes no sense is asked for again, until the request's time is over.
        let renewed = timeout(soon, handle.lease_renew(LeaseId(7))).await;
        taken += usize::from(matches!(renewed, Ok(Ok(_))));
        let request = LeaseTimeToLiveRequest { id: 7, keys: true };
        if let Ok(Ok(looked)) = timeout(soon, handle.lease_time_to_live(request)).await {
            assert_eq!(looked.id, 7, "of another lease");
            taken += 1;
        }
        assert_eq!(panics(), 0);
    }
    assert!(taken > 0, "what makes sense is taken");
    member.stop().await;
}
