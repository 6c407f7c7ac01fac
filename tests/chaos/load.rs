//! Clients that work on a few keys through all members, and note what they are answered.

use super::history::{Answer, Change, Changes, Held, Operation, Outcome};
use etcd::pb::{
    etcdserverpb::{
        Compare, DeleteRangeRequest, PutRequest, RangeRequest, RequestOp, TxnRequest, WatchCreateRequest, WatchRequest,
        compare::{CompareResult, CompareTarget, TargetUnion},
        kv_client::KvClient,
        request_op, response_op,
        watch_client::WatchClient,
        watch_request::RequestUnion,
    },
    mvccpb::{KeyValue, event::EventType},
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::sync::{mpsc, watch};
use tonic::transport::Channel;

/// Keys that all clients share.
const KEYS: usize = 8;
/// After this a client asks somebody else.
const TIMEOUT: Duration = Duration::from_secs(2);
/// Who was not answered asks again when somebody else was, or after this.
const RETRY: Duration = Duration::from_millis(50);

/// What all clients share.
#[derive(Debug)]
pub struct Shared {
    began: Instant,
    next_value: AtomicU64,
    /// Operations that were answered.
    answered: watch::Sender<u64>,
    is_over: AtomicBool,
}

impl Shared {
    pub fn new() -> Arc<Self> {
        Arc::new(Self {
            began: Instant::now(),
            next_value: 1.into(),
            answered: watch::Sender::new(0),
            is_over: false.into(),
        })
    }

    /// Clients that are started from now on work.
    pub fn begin(&self) {
        self.is_over.store(false, Ordering::SeqCst);
    }

    /// Tells the clients to end.
    pub fn end(&self) {
        self.is_over.store(true, Ordering::SeqCst);
    }

    pub fn answered(&self) -> u64 {
        *self.answered.borrow()
    }

    /// Waits for so many answers more. None when that takes too long.
    pub async fn more(&self, count: u64, at_most: Duration) -> Option<()> {
        let mut answered = self.answered.subscribe();
        let target = *answered.borrow() + count;
        tokio::time::timeout(at_most, answered.wait_for(|answered| *answered >= target)).await.ok().map(drop)
    }

    fn is_over(&self) -> bool {
        self.is_over.load(Ordering::SeqCst)
    }
}

/// One client, until the end.
pub async fn work(shared: Arc<Shared>, channels: Vec<Channel>, seed: u64) -> Vec<Operation> {
    let mut rng = fastrand::Rng::with_seed(seed);
    let mut operations = Vec::new();
    let mut channel = rng.usize(..channels.len());
    let mut seen = [None; KEYS];
    while !shared.is_over() {
        let key = rng.usize(..KEYS);
        let value = shared.next_value.fetch_add(1, Ordering::SeqCst);
        let request = Request::draw(&mut rng, key, value, seen[key]);
        let began = shared.began.elapsed();
        let mut client = KvClient::new(channels[channel].clone());
        let answer = tokio::time::timeout(TIMEOUT, request.send(&mut client, key)).await;
        let ended = shared.began.elapsed();
        let outcome = match answer {
            Ok(Ok((revision, answer))) => {
                shared.answered.send_modify(|answered| *answered += 1);
                seen[key] = match answer {
                    Answer::Changed { to, .. } => to.map(|value| (revision, value)),
                    Answer::Read { held } | Answer::ReadStale { held } => held,
                };
                Outcome::Answered { revision, answer }
            }
            failed => {
                channel = rng.usize(..channels.len());
                let _ = shared.more(1, RETRY).await;
                match request.would_write() {
                    Some(written) if !failed.is_ok_and(was_never_sent) => Outcome::Unknown(written),
                    _ => continue,
                }
            }
        };
        operations.push(Operation { key, began, ended, outcome });
    }
    operations
}

/// Was there no connection to send it over?
fn was_never_sent(answer: Result<(i64, Answer), tonic::Status>) -> bool {
    answer.is_err_and(|status| status.message().contains("connect error"))
}

#[derive(Clone, Copy, Debug)]
enum Request {
    Put(u64),
    Delete,
    /// Put if the key is as it was last seen.
    Swap {
        seen: i64,
        value: u64,
    },
    Read,
    ReadStale,
}

impl Request {
    fn draw(rng: &mut fastrand::Rng, _key: usize, value: u64, seen: Held) -> Self {
        match rng.u32(..100) {
            0..30 => Self::Put(value),
            30..38 => Self::Delete,
            38..60 => Self::Swap { seen: seen.map_or(0, |(revision, _)| revision), value },
            60..90 => Self::Read,
            _ => Self::ReadStale,
        }
    }

    /// What would be written, if anything.
    fn would_write(self) -> Option<Option<u64>> {
        match self {
            Self::Put(value) | Self::Swap { value, .. } => Some(Some(value)),
            Self::Delete => Some(None),
            Self::Read | Self::ReadStale => None,
        }
    }

    async fn send(self, client: &mut KvClient<Channel>, key: usize) -> Result<(i64, Answer), tonic::Status> {
        let name = || format!("key-{key}").into();
        let text = |value: u64| value.to_string().into();
        match self {
            Self::Put(value) => {
                let request = PutRequest { key: name(), value: text(value), prev_kv: true, ..Default::default() };
                let response = client.put(request).await?.into_inner();
                let revision = response.header.unwrap_or_default().revision;
                Ok((revision, Answer::Changed { to: Some(value), before: held(response.prev_kv.as_ref()) }))
            }
            Self::Delete => {
                let request = DeleteRangeRequest { key: name(), prev_kv: true, ..Default::default() };
                let response = client.delete_range(request).await?.into_inner();
                let revision = response.header.unwrap_or_default().revision;
                let before = held(response.prev_kvs.first());
                let answer = if response.deleted > 0 {
                    Answer::Changed { to: None, before }
                } else {
                    Answer::Read { held: None }
                };
                Ok((revision, answer))
            }
            Self::Swap { seen, value } => swap(client, name(), seen, text(value), value).await,
            Self::Read | Self::ReadStale => {
                let serializable = matches!(self, Self::ReadStale);
                let request = RangeRequest { key: name(), serializable, ..Default::default() };
                let response = client.range(request).await?.into_inner();
                let held = held(response.kvs.first());
                let answer = if serializable { Answer::ReadStale { held } } else { Answer::Read { held } };
                Ok((response.header.unwrap_or_default().revision, answer))
            }
        }
    }
}

async fn swap(
    client: &mut KvClient<Channel>,
    key: bytes::Bytes,
    seen: i64,
    text: bytes::Bytes,
    value: u64,
) -> Result<(i64, Answer), tonic::Status> {
    let compare = Compare {
        result: CompareResult::Equal.into(),
        target: CompareTarget::Mod.into(),
        key: key.clone(),
        target_union: Some(TargetUnion::ModRevision(seen)),
        ..Default::default()
    };
    let put = PutRequest { key: key.clone(), value: text, prev_kv: true, ..Default::default() };
    let get = RangeRequest { key, ..Default::default() };
    let request = TxnRequest {
        compare: vec![compare],
        success: vec![RequestOp { request: Some(request_op::Request::RequestPut(put)) }],
        failure: vec![RequestOp { request: Some(request_op::Request::RequestRange(get)) }],
    };
    let response = client.txn(request).await?.into_inner();
    let revision = response.header.unwrap_or_default().revision;
    let answer = match response.responses.into_iter().next().and_then(|response| response.response) {
        Some(response_op::Response::ResponsePut(put)) => {
            let before = held(put.prev_kv.as_ref());
            assert_eq!(before.map_or(0, |(revision, _)| revision), seen, "it was compared");
            Answer::Changed { to: Some(value), before }
        }
        Some(response_op::Response::ResponseRange(range)) => Answer::Read { held: held(range.kvs.first()) },
        other => panic!("another answer: {other:?}"),
    };
    Ok((revision, answer))
}

fn held(kv: Option<&KeyValue>) -> Held {
    kv.map(|kv| (kv.mod_revision, number(&kv.value)))
}

fn number(text: &[u8]) -> u64 {
    std::str::from_utf8(text).ok().and_then(|text| text.parse().ok()).expect("a number that a client wrote")
}

/// Up to where the changes of a piece of the history go; pieces count from 1.
#[derive(Clone, Copy, Debug, Default)]
pub struct Piece {
    pub number: u64,
    pub end: i64,
}

/// Changes that were told of and not handed over.
struct Told {
    next: i64,
    changes: Changes,
}

/// Follows all changes through one member, however often it has to begin again, and hands them over piece by piece. What
/// it is told must go on where it was.
pub async fn follow_all(channel: Channel, mut pieces: watch::Receiver<Piece>, over: mpsc::Sender<Changes>) {
    let mut told = Told { next: 2, changes: Changes::new() };
    let mut handed = 0;
    loop {
        let piece = *pieces.borrow_and_update();
        let end = (piece.number > handed).then_some(piece.end);
        if end.is_some_and(|end| told.next > end) {
            let rest = told.changes.split_off(&(piece.end + 1));
            if over.send(std::mem::replace(&mut told.changes, rest)).await.is_err() {
                return;
            }
            handed = piece.number;
            continue;
        }
        tokio::select! {
            () = follow(&channel, &mut told, end) => tokio::task::yield_now().await,
            changed = pieces.changed() => if changed.is_err() {
                return;
            }
        }
    }
}

/// Until the stream ends, or all up to the end is told.
async fn follow(channel: &Channel, told: &mut Told, end: Option<i64>) {
    let create = WatchCreateRequest {
        key: "key-".into(),
        range_end: "key.".into(),
        start_revision: told.next,
        ..Default::default()
    };
    let request = WatchRequest { request_union: Some(RequestUnion::CreateRequest(create)) };
    let requests = tokio_stream::StreamExt::chain(tokio_stream::once(request), tokio_stream::pending());
    let mut request = tonic::Request::new(requests);
    // A member without a leader ends the stream.
    request.metadata_mut().insert("hasleader", tonic::metadata::MetadataValue::from_static("true"));
    let opened = tokio::time::timeout(TIMEOUT, WatchClient::new(channel.clone()).watch(request)).await;
    let Ok(Ok(response)) = opened else { return };
    let mut responses = response.into_inner();
    while let Ok(Some(response)) = responses.message().await {
        if response.canceled {
            return;
        }
        for event in response.events {
            let kv = event.kv.as_ref().expect("an event has a key");
            let to = (event.r#type() == EventType::Put).then(|| number(&kv.value));
            let key = String::from_utf8_lossy(&kv.key)["key-".len()..].parse().expect("a key of ours");
            assert_eq!(kv.mod_revision, told.next, "changes are told one by one");
            told.changes.insert(told.next, Change { key, to });
            told.next += 1;
        }
        if end.is_some_and(|end| told.next > end) {
            return;
        }
    }
}
