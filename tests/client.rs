//! The client against servers that fail on purpose: whom it calls, what it repeats, what it resumes.

#[path = "client/fake.rs"]
mod fake;

use etcd::{
    client::{Client, Code, Config, Credentials, Endpoint, FailedAttempt, Observer},
    limits::CLIENT_LOGINS,
    pb::{etcdserverpb::*, mvccpb},
};
use fake::Fake;
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::time::Instant;
use tonic::Status;
use watch_request::RequestUnion;

fn config(endpoints: &[String]) -> Config {
    Config::new(endpoints.iter().map(|text| Endpoint::parse(text).expect("an endpoint")).collect())
}

async fn client(servers: &[&Fake]) -> Client {
    let endpoints: Vec<String> = servers.iter().map(|server| server.address.to_string()).collect();
    Client::connect(config(&endpoints)).await.expect("a client")
}

/// A port on which nobody listens.
fn dead_port() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").to_string()
}

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(30)
}

#[tokio::test]
async fn calls_go_round_the_servers_that_are_up() {
    let (one, two) = (Fake::start(), Fake::start());
    // It accepts, by the system's grace, and never says a word.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoints = [
        dead_port(),
        silent.local_addr().unwrap().to_string(),
        one.address.to_string(),
        format!("http://{}", two.address),
    ];
    let client = Client::connect(config(&endpoints)).await.unwrap().with_deadline(soon());
    while one.count("range") == 0 || two.count("range") == 0 {
        client.range(RangeRequest::default()).await.unwrap();
    }
    let before = two.count("put");
    drop(one);
    for _ in 0..4 {
        // The first may still meet the connection that was cut; that is an error, since it may have been carried out.
        let _ = client.put(PutRequest::default()).await;
    }
    assert!(two.count("put") > before + 1, "the other server serves");
}

#[tokio::test]
async fn reads_are_repeated_and_writes_are_not() {
    let server = Fake::scripted(|method, count| match (method, count) {
        ("range" | "put", 1 | 2) => Err(Status::unavailable("etcdserver: request timed out")),
        ("txn", _) => Err(Status::out_of_range("etcdserver: mvcc: required revision has been compacted")),
        _ => Ok(()),
    });
    let client = client(&[&server]).await.with_deadline(soon());
    client.range(RangeRequest::default()).await.unwrap();
    assert_eq!(server.count("range"), 3);
    let error = client.put(PutRequest::default()).await.unwrap_err();
    assert_eq!((error.to_string().as_str(), server.count("put")), ("etcdserver: request timed out", 1));
    let error = client.txn(TxnRequest::default()).await.unwrap_err();
    assert_eq!((error.code(), server.count("txn")), (Code::OutOfRange, 1));
}

#[tokio::test]
async fn a_learner_passes_a_call_on() {
    let learner = Fake::scripted(|_, _| Err(Status::failed_precondition("etcdserver: rpc not supported for learner")));
    let voter = Fake::start();
    let client = client(&[&learner, &voter]).await.with_deadline(soon());
    while learner.count("put") == 0 {
        client.put(PutRequest::default()).await.unwrap();
    }
    assert!(voter.count("put") > 0);
}

/// Keeps what it hears.
#[derive(Default)]
struct Heard(Mutex<Vec<String>>);

impl Observer for Heard {
    fn attempt_failed(&self, attempt: &FailedAttempt<'_>) {
        self.0.lock().unwrap().push(format!("{} {}", attempt.method, attempt.error.full()));
    }
}

#[tokio::test]
async fn without_a_server_a_call_waits_until_its_deadline() {
    let heard = Arc::new(Heard::default());
    let config = Config { observer: Some(heard.clone()), ..config(&[dead_port()]) };
    let client = Client::connect(config).await.unwrap();
    let deadline = Instant::now() + Duration::from_millis(200);
    let error = client.with_deadline(deadline).put(PutRequest::default()).await.unwrap_err();
    assert!(Instant::now() >= deadline && error.is_deadline());
    assert_eq!(error.to_string(), "context deadline exceeded");
    let heard = heard.0.lock().unwrap();
    assert_eq!(heard.len(), 1);
    assert!(heard[0].contains("/etcdserverpb.KV/Put") && heard[0].contains("refused"), "{heard:?}");
}

#[tokio::test]
async fn a_request_above_the_limit_is_not_sent() {
    let server = Fake::start();
    let endpoints = [server.address.to_string()];
    let client = Client::connect(Config { request_bytes_max: 10, ..config(&endpoints) }).await.unwrap();
    let request = PutRequest { value: vec![0; 11].into(), ..Default::default() };
    let error = client.put(request).await.unwrap_err().to_string();
    assert_eq!(error, "rpc error: code = ResourceExhausted desc = trying to send message larger than max (13 vs. 10)");
    assert_eq!(server.count("put"), 0);
}

#[tokio::test]
async fn every_call_says_who_calls() {
    let server = Fake::start();
    let client = client(&[&server]).await.with_deadline(soon());
    client.range(RangeRequest::default()).await.unwrap();
    let metadata = server.last_metadata();
    assert_eq!(metadata.get("client-api-version").unwrap(), "3.7");
    assert!(metadata.contains_key("grpc-timeout") && !metadata.contains_key("hasleader"));
    client.require_leader().range(RangeRequest::default()).await.unwrap();
    assert_eq!(server.last_metadata().get("hasleader").unwrap(), "true");
}

#[tokio::test]
async fn a_token_that_is_refused_is_replaced() {
    let server = Fake::scripted(|method, count| match (method, count) {
        ("put", 1) => Err(Status::unauthenticated("etcdserver: invalid auth token")),
        ("range", _) => Err(Status::unauthenticated("etcdserver: invalid auth token")),
        _ => Ok(()),
    });
    let credentials = Credentials::Password { name: "u".into(), password: "p".into() };
    let endpoints = [server.address.to_string()];
    let config = Config { credentials: Some(credentials), ..config(&endpoints) };
    let client = Client::connect(config).await.unwrap().with_deadline(soon());
    client.put(PutRequest::default()).await.unwrap();
    assert_eq!((server.count("authenticate"), server.count("put")), (2, 2));
    assert_eq!(server.last_metadata().get("token").unwrap(), "u.2");
    assert_eq!(client.range(RangeRequest::default()).await.unwrap_err().code(), Code::Unauthenticated);
    // What no login helps against does not go on for ever.
    assert_eq!(server.count("range"), 1 + CLIENT_LOGINS as usize);
}

#[tokio::test]
async fn a_cluster_without_authentication_takes_any_user() {
    let server = Fake::scripted(|method, _| match method {
        "authenticate" => Err(Status::failed_precondition("etcdserver: authentication is not enabled")),
        _ => Ok(()),
    });
    let credentials = Credentials::Password { name: "u".into(), password: "p".into() };
    let endpoints = [server.address.to_string()];
    let client = Client::connect(Config { credentials: Some(credentials), ..config(&endpoints) }).await.unwrap();
    client.range(RangeRequest::default()).await.unwrap();
    assert!(!server.last_metadata().contains_key("token"));
}

fn header(revision: i64) -> Option<ResponseHeader> {
    Some(ResponseHeader { cluster_id: 1, revision, ..Default::default() })
}

fn created(revision: i64) -> WatchResponse {
    WatchResponse { header: header(revision), created: true, ..Default::default() }
}

fn events(revisions: &[i64]) -> WatchResponse {
    let event = |revision: &i64| {
        let kv = mvccpb::KeyValue { key: "k".into(), mod_revision: *revision, ..Default::default() };
        mvccpb::Event { kv: Some(kv), ..Default::default() }
    };
    let last = revisions.last().copied().unwrap_or_default();
    WatchResponse { header: header(last), events: revisions.iter().map(event).collect(), ..Default::default() }
}

fn revisions(response: &WatchResponse) -> Vec<i64> {
    response.events.iter().map(|event| event.kv.as_ref().expect("a key").mod_revision).collect()
}

fn start_revision(request: WatchRequest) -> i64 {
    match request.request_union {
        Some(RequestUnion::CreateRequest(create)) => create.start_revision,
        other => panic!("expected a creation, got {other:?}"),
    }
}

#[tokio::test]
async fn a_watch_goes_on_where_it_was() {
    let mut server = Fake::start();
    let mut watcher = client(&[&server]).await.watch(WatchCreateRequest::default());
    let mut stream = server.watches.recv().await.unwrap();
    assert_eq!(start_revision(stream.next().await), 0);
    stream.answer(created(5)).await;
    stream.fail(Status::unavailable("etcdserver: leader changed")).await;
    // Nothing was seen: everything since the creation.
    let mut stream = server.watches.recv().await.unwrap();
    assert_eq!(start_revision(stream.next().await), 6);
    stream.answer(created(9)).await;
    stream.answer(events(&[6, 7])).await;
    assert_eq!(revisions(&watcher.next().await.unwrap().unwrap()), [6, 7]);
    drop(stream);
    let mut stream = server.watches.recv().await.unwrap();
    assert_eq!(start_revision(stream.next().await), 8);
    stream.answer(created(9)).await;
    // Half a response that never becomes whole is not delivered, and asked for again.
    stream.answer(WatchResponse { fragment: true, ..events(&[8]) }).await;
    stream.fail(Status::internal("broken frame")).await;
    let mut stream = server.watches.recv().await.unwrap();
    assert_eq!(start_revision(stream.next().await), 8);
    stream.answer(created(9)).await;
    stream.answer(WatchResponse { fragment: true, ..events(&[8]) }).await;
    stream.answer(events(&[8, 8])).await;
    assert_eq!(revisions(&watcher.next().await.unwrap().unwrap()), [8, 8, 8]);
    // Progress moves it too.
    stream.answer(events(&[])).await;
    stream.answer(WatchResponse { header: header(20), ..Default::default() }).await;
    assert!(watcher.next().await.unwrap().unwrap().events.is_empty());
    assert!(watcher.next().await.unwrap().unwrap().events.is_empty());
    drop(stream);
    let mut stream = server.watches.recv().await.unwrap();
    assert_eq!(start_revision(stream.next().await), 21);
}

#[tokio::test]
async fn a_watch_outlives_its_server() {
    let (mut one, mut two) = (Fake::start(), Fake::start());
    let mut watcher = client(&[&one, &two]).await.watch(WatchCreateRequest { start_revision: 3, ..Default::default() });
    let (mut stream, first_is_one) = tokio::select! {
        stream = one.watches.recv() => (stream.unwrap(), true),
        stream = two.watches.recv() => (stream.unwrap(), false),
    };
    assert_eq!(start_revision(stream.next().await), 3);
    stream.answer(created(3)).await;
    stream.answer(events(&[3])).await;
    assert_eq!(revisions(&watcher.next().await.unwrap().unwrap()), [3]);
    let mut other = match first_is_one {
        true => (drop(one), two).1,
        false => (drop(two), one).1,
    };
    let mut stream = other.watches.recv().await.unwrap();
    assert_eq!(start_revision(stream.next().await), 4);
    stream.answer(events(&[4])).await;
    assert_eq!(revisions(&watcher.next().await.unwrap().unwrap()), [4]);
}

#[tokio::test]
async fn a_watch_ends_with_its_reason() {
    let mut server = Fake::start();
    let client = client(&[&server]).await;
    let mut watcher = client.watch(WatchCreateRequest::default());
    let mut stream = server.watches.recv().await.unwrap();
    stream.next().await;
    stream.fail(Status::permission_denied("etcdserver: permission denied")).await;
    assert_eq!(watcher.next().await.unwrap().unwrap_err().to_string(), "etcdserver: permission denied");
    assert!(watcher.next().await.is_none());

    let mut watcher = client.watch(WatchCreateRequest::default());
    let mut stream = server.watches.recv().await.unwrap();
    stream.next().await;
    let refusal = WatchResponse { created: true, canceled: true, cancel_reason: "no".into(), ..Default::default() };
    stream.answer(refusal).await;
    assert_eq!(watcher.next().await.unwrap().unwrap_err().to_string(), "no");
    assert!(watcher.next().await.is_none());

    let mut watcher = client.watch(WatchCreateRequest { start_revision: 2, ..Default::default() });
    let mut stream = server.watches.recv().await.unwrap();
    stream.next().await;
    stream.answer(created(9)).await;
    stream.answer(WatchResponse { canceled: true, compact_revision: 4, ..Default::default() }).await;
    assert_eq!(watcher.next().await.unwrap().unwrap().compact_revision, 4);
    assert!(watcher.next().await.is_none());
}

/// A client that logs in.
async fn client_of_u(server: &Fake) -> Client {
    let credentials = Credentials::Password { name: "u".into(), password: "p".into() };
    let endpoints = [server.address.to_string()];
    Client::connect(Config { credentials: Some(credentials), ..config(&endpoints) }).await.unwrap()
}

const REFUSED: &str = "rpc error: code = Unauthenticated desc = etcdserver: invalid auth token";

fn refused() -> WatchResponse {
    WatchResponse { created: true, canceled: true, cancel_reason: REFUSED.into(), ..Default::default() }
}

#[tokio::test]
async fn a_watch_whose_token_is_refused_comes_again_with_another() {
    let mut server = Fake::start();
    let client = client_of_u(&server).await;
    let mut watcher = client.watch(WatchCreateRequest { start_revision: 3, ..Default::default() });
    // Within an answer, and as the status of the stream.
    let stream = server.watches.recv().await.unwrap();
    assert_eq!(stream.token, "u.1");
    stream.answer(refused()).await;
    let stream = server.watches.recv().await.unwrap();
    assert_eq!(stream.token, "u.2");
    stream.fail(Status::invalid_argument("etcdserver: revision of auth store is old")).await;
    let mut stream = server.watches.recv().await.unwrap();
    assert_eq!((stream.token.clone(), start_revision(stream.next().await)), ("u.3".into(), 3));
    stream.answer(created(3)).await;
    stream.answer(events(&[3])).await;
    assert_eq!(revisions(&watcher.next().await.unwrap().unwrap()), [3]);
    // Years later, at the next stream, that token is forgotten too.
    drop(stream);
    let stream = server.watches.recv().await.unwrap();
    stream.answer(refused()).await;
    let mut stream = server.watches.recv().await.unwrap();
    assert_eq!((stream.token.clone(), start_revision(stream.next().await)), ("u.4".into(), 4));
}

#[tokio::test]
async fn a_watch_ends_when_no_login_helps() {
    let mut server = Fake::scripted(|method, count| match (method, count) {
        ("authenticate", 2..) => Err(Status::invalid_argument("etcdserver: authentication failed")),
        _ => Ok(()),
    });
    let mut watcher = client_of_u(&server).await.watch(WatchCreateRequest::default());
    server.watches.recv().await.unwrap().answer(refused()).await;
    let error = watcher.next().await.unwrap().unwrap_err();
    assert_eq!(error.description(), "etcdserver: authentication failed");
    assert!(watcher.next().await.is_none());

    let endpoints = [server.address.to_string()];
    let config = Config { credentials: Some(Credentials::Token("t".into())), ..config(&endpoints) };
    let mut watcher = Client::connect(config).await.unwrap().watch(WatchCreateRequest::default());
    server.watches.recv().await.unwrap().answer(refused()).await;
    assert_eq!(watcher.next().await.unwrap().unwrap_err().to_string(), REFUSED);
}

#[tokio::test]
async fn a_lease_is_kept_alive_with_another_token() {
    let mut server = Fake::start();
    let client = client_of_u(&server).await;
    let mut renewals = client.lease_keep_alive(7);
    let stream = server.keep_alives.recv().await.unwrap();
    assert_eq!(stream.token, "u.1");
    stream.fail(Status::unauthenticated("etcdserver: invalid auth token")).await;
    let mut stream = server.keep_alives.recv().await.unwrap();
    assert_eq!((stream.token.clone(), stream.next().await.id), ("u.2".into(), 7));
    stream.answer(renewal(60)).await;
    assert_eq!(renewals.next().await.unwrap().ttl, 60);
    drop(renewals);

    let once = tokio::spawn(async move { client.lease_keep_alive_once(7).await });
    let stream = server.keep_alives.recv().await.unwrap();
    stream.fail(Status::unauthenticated("etcdserver: invalid auth token")).await;
    let stream = server.keep_alives.recv().await.unwrap();
    assert_eq!(stream.token, "u.3");
    stream.answer(renewal(60)).await;
    assert_eq!(once.await.unwrap().unwrap().ttl, 60);
}

#[tokio::test]
async fn a_watch_asks_for_progress_and_ends_when_dropped() {
    let mut server = Fake::start();
    let watcher = client(&[&server]).await.watch(WatchCreateRequest::default());
    let mut stream = server.watches.recv().await.unwrap();
    stream.next().await;
    stream.answer(created(9)).await;
    watcher.request_progress().await;
    assert!(matches!(stream.next().await.request_union, Some(RequestUnion::ProgressRequest(_))));
    drop(watcher);
    stream.answers.closed().await;
}

fn renewal(ttl: i64) -> LeaseKeepAliveResponse {
    LeaseKeepAliveResponse { id: 7, ttl, ..Default::default() }
}

#[tokio::test]
async fn a_lease_is_kept_alive_over_lost_streams_until_it_is_gone() {
    let mut server = Fake::start();
    let mut renewals = client(&[&server]).await.lease_keep_alive(7);
    let mut stream = server.keep_alives.recv().await.unwrap();
    assert_eq!(stream.next().await.id, 7);
    stream.answer(renewal(1)).await;
    assert_eq!(renewals.next().await.unwrap().ttl, 1);
    // A third of its time later it asks again by itself.
    stream.next().await;
    stream.answer(renewal(30)).await;
    assert_eq!(renewals.next().await.unwrap().ttl, 30);
    stream.fail(Status::unavailable("gone")).await;
    let mut stream = server.keep_alives.recv().await.unwrap();
    stream.next().await;
    stream.answer(renewal(0)).await;
    assert!(renewals.next().await.is_none());
}

#[tokio::test]
async fn one_renewal_is_tried_until_the_cluster_answers() {
    let mut server = Fake::start();
    let client = client(&[&server]).await;
    let renewing = tokio::spawn({
        let client = client.clone();
        async move { client.lease_keep_alive_once(7).await }
    });
    server.keep_alives.recv().await.unwrap().fail(Status::unavailable("later")).await;
    let mut stream = server.keep_alives.recv().await.unwrap();
    stream.next().await;
    stream.answer(renewal(5)).await;
    assert_eq!(renewing.await.unwrap().unwrap().ttl, 5);

    let renewing = tokio::spawn(async move { client.lease_keep_alive_once(8).await });
    server.keep_alives.recv().await.unwrap().answer(renewal(0)).await;
    assert_eq!(renewing.await.unwrap().unwrap_err().to_string(), "etcdserver: requested lease not found");
}

#[tokio::test]
async fn clients_are_refused_what_cannot_work() {
    let refusal = |result: Result<Client, _>| result.err().map(|error: etcd::client::ClientError| error.to_string());
    let none = Client::connect(config(&[])).await;
    assert_eq!(refusal(none).unwrap(), "etcdclient: no available endpoints");
}
