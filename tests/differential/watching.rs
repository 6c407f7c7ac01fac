//! Watchers as a client sees them: several on one stream that are read up to a known event, and one that sees a whole run.

use super::{ask::bare, pass::Wire};
use bytes::Bytes;
use etcd::pb::{
    etcdserverpb::{
        DeleteRangeRequest, PutRequest, RequestOp, TxnRequest, WatchCancelRequest, WatchCreateRequest,
        WatchProgressRequest, WatchRequest, WatchResponse, kv_client::KvClient, request_op::Request,
        watch_client::WatchClient, watch_create_request::FilterType, watch_request::RequestUnion,
    },
    mvccpb::Event,
};
use std::{collections::BTreeSet, time::Duration};
use tokio::sync::mpsc;
use tokio_stream::{StreamExt, wrappers::ReceiverStream};
use tonic::{Status, Streaming};

/// What several watchers on one stream saw, up to their being cancelled.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// The answers to the requests, in their order.
    pub created: Vec<WatchResponse>,
    /// One for each that was not refused, in the order of the requests.
    pub watchers: Vec<Watcher>,
    /// The revision that a progress request was answered with, if one was sent.
    pub progress: Option<i64>,
    /// Responses that were told to go on in the next one. Where a response is cut depends on what has come by then.
    pub fragments: u64,
    /// The store's revision at the end.
    pub revision: i64,
}

impl PartialEq for Seen {
    fn eq(&self, other: &Self) -> bool {
        (&self.created, &self.watchers, self.progress, self.revision)
            == (&other.created, &other.watchers, other.progress, other.revision)
    }
}

/// One watcher.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Watcher {
    pub id: i64,
    pub events: Vec<Event>,
    /// The revision up to which all is compacted, and the text, where that ended the watcher.
    pub compacted: Option<(i64, String)>,
    is_canceled: bool,
}

/// Creates the watchers, marks the end with two transactions (all the watched keys are put, then deleted), reads until
/// everybody has seen what it can see of that, asks for progress where all must be up to date, and cancels them.
pub async fn watch(
    mut watch: WatchClient<Wire>,
    kv: KvClient<Wire>,
    requests: Vec<WatchCreateRequest>,
    compacted: i64,
) -> Result<Seen, Status> {
    let (sender, receiver) = mpsc::channel(requests.len() + 2);
    for request in &requests {
        send(&sender, RequestUnion::CreateRequest(request.clone())).await?;
    }
    let mut stream = watch.watch(ReceiverStream::new(receiver)).await?.into_inner();
    let mut seen = Seen::default();
    while seen.created.len() < requests.len() {
        seen.take(next(&mut stream).await?);
    }
    let refused = |index: usize| seen.created.get(index).is_none_or(|response| response.canceled);
    let accepted: Vec<&WatchCreateRequest> =
        requests.iter().enumerate().filter(|(index, _)| !refused(*index)).map(|(_, request)| request).collect();
    let (put, deleted) = mark_end(kv, &requests).await?;
    seen.revision = deleted;
    let expected: Vec<Expected> =
        accepted.iter().map(|request| Expected::of(request, compacted, put, deleted)).collect();
    while !seen.watchers.iter().zip(&expected).all(|(watcher, expected)| expected.is_met(watcher)) {
        seen.take(next(&mut stream).await?);
    }
    // Where a watcher waits for the future, or has ended, there is no progress to tell.
    if !expected.is_empty() && expected.iter().all(|expected| matches!(expected, Expected::Event(_))) {
        send(&sender, RequestUnion::ProgressRequest(WatchProgressRequest {})).await?;
        while seen.progress.is_none() {
            seen.take(next(&mut stream).await?);
        }
    }
    // Nobody has the last of these ids; that is not answered.
    let ids = seen.watchers.iter().map(|watcher| watcher.id).collect::<Vec<_>>();
    for watch_id in std::iter::once(1_000).chain(ids) {
        send(&sender, RequestUnion::CancelRequest(WatchCancelRequest { watch_id })).await?;
    }
    while !seen.watchers.iter().all(|watcher| watcher.is_canceled) {
        seen.take(next(&mut stream).await?);
    }
    Ok(seen)
}

/// What a watcher can see of the two transactions at the end.
enum Expected {
    /// An event of this revision or a later one.
    Event(i64),
    /// That its beginning is compacted.
    Compacted,
    Nothing,
}

impl Expected {
    fn of(request: &WatchCreateRequest, compacted: i64, put: i64, deleted: i64) -> Self {
        if request.start_revision != 0 && request.start_revision < compacted {
            return Self::Compacted;
        }
        let sees = |filter: FilterType, revision: i64| {
            let passes = !request.filters.contains(&(filter as i32)) && revision >= request.start_revision;
            passes.then_some(revision)
        };
        let last = sees(FilterType::Nodelete, deleted).or(sees(FilterType::Noput, put));
        last.map_or(Self::Nothing, Self::Event)
    }

    fn is_met(&self, watcher: &Watcher) -> bool {
        match self {
            Self::Event(revision) => watcher.events.last().is_some_and(|event| revision_of(event) >= *revision),
            Self::Compacted => watcher.compacted.is_some(),
            Self::Nothing => true,
        }
    }
}

impl Seen {
    fn take(&mut self, response: WatchResponse) {
        let response = bare(response);
        self.fragments += u64::from(response.fragment);
        if response.created {
            if !response.canceled {
                self.watchers.push(Watcher { id: response.watch_id, ..Default::default() });
            }
            self.created.push(response);
            return;
        }
        let Some(watcher) = self.watchers.iter_mut().find(|watcher| watcher.id == response.watch_id) else {
            assert_eq!(response.watch_id, -1, "an answer to nobody: {response:?}");
            self.progress = response.header.map(|header| header.revision);
            return;
        };
        if response.compact_revision != 0 {
            watcher.compacted = Some((response.compact_revision, response.cancel_reason));
        } else {
            watcher.is_canceled |= response.canceled;
        }
        watcher.events.extend(response.events);
    }
}

/// The revisions of a put of every watched key, and of their deletion.
async fn mark_end(mut kv: KvClient<Wire>, requests: &[WatchCreateRequest]) -> Result<(i64, i64), Status> {
    // A watcher of no key watches from the smallest on.
    let key_of = |request: &WatchCreateRequest| match request.key.is_empty() {
        true => Bytes::from_static(b"\0"),
        false => request.key.clone(),
    };
    let keys: BTreeSet<Bytes> = requests.iter().map(key_of).collect();
    let all = |operation: &dyn Fn(Bytes) -> Request| TxnRequest {
        success: keys.iter().map(|key| RequestOp { request: Some(operation(key.clone())) }).collect(),
        ..Default::default()
    };
    let put = |key| Request::RequestPut(PutRequest { key, value: "the end".into(), ..Default::default() });
    let delete = |key| Request::RequestDeleteRange(DeleteRangeRequest { key, ..Default::default() });
    let put = kv.txn(all(&put)).await?.into_inner();
    let deleted = kv.txn(all(&delete)).await?.into_inner();
    let revision_of = |response: etcd::pb::etcdserverpb::TxnResponse| response.header.map_or(0, |h| h.revision);
    Ok((revision_of(put), revision_of(deleted)))
}

/// A watcher of all keys, with what they were before, that sees a whole run as it happens.
#[derive(Debug)]
pub struct Live {
    responses: Streaming<WatchResponse>,
    /// The stream ends when this is dropped.
    _requests: mpsc::Sender<WatchRequest>,
}

impl Live {
    pub async fn start(mut watch: WatchClient<Wire>) -> Result<Self, Status> {
        let (sender, receiver) = mpsc::channel(1);
        let everything = Bytes::from_static(b"\0");
        let create =
            WatchCreateRequest { key: everything.clone(), range_end: everything, prev_kv: true, ..Default::default() };
        send(&sender, RequestUnion::CreateRequest(create)).await?;
        let mut responses = watch.watch(ReceiverStream::new(receiver)).await?.into_inner();
        next(&mut responses).await?;
        Ok(Self { responses, _requests: sender })
    }

    /// All events up to this revision that were not asked for before. The revision must have one.
    pub async fn up_to(&mut self, revision: i64) -> Result<Vec<Event>, Status> {
        let mut events: Vec<Event> = Vec::new();
        while events.last().is_none_or(|event| revision_of(event) < revision) {
            let response = next(&mut self.responses).await?;
            assert!(!response.canceled, "the watcher of everything is ended: {response:?}");
            events.extend(response.events);
        }
        Ok(events)
    }
}

/// What was watched live on both sides up to a revision, which is the same: how many events that was. They come within `patience`.
pub async fn seen_alike(ours: &mut Live, theirs: &mut Live, revision: i64, patience: Duration, seed: u64) -> u64 {
    let both = async { tokio::join!(ours.up_to(revision), theirs.up_to(revision)) };
    let (mine, theirs) = tokio::time::timeout(patience, both).await.expect("the events come");
    let (mine, theirs) = (mine.expect("our events"), theirs.expect("their events"));
    for (mine, theirs) in mine.iter().zip(&theirs) {
        assert_eq!(mine, theirs, "ours and theirs, as watched live under seed {seed}");
    }
    assert_eq!(mine.len(), theirs.len(), "as many events, up to revision {revision} of seed {seed}");
    mine.len() as u64
}

/// The revision of an event.
pub fn revision_of(event: &Event) -> i64 {
    event.kv.as_ref().map_or(0, |kv| kv.mod_revision)
}

async fn send(sender: &mpsc::Sender<WatchRequest>, request: RequestUnion) -> Result<(), Status> {
    let request = WatchRequest { request_union: Some(request) };
    sender.send(request).await.map_err(|_| Status::unavailable("the stream has gone"))
}

async fn next(stream: &mut Streaming<WatchResponse>) -> Result<WatchResponse, Status> {
    stream.next().await.unwrap_or_else(|| Err(Status::unavailable("the stream ended")))
}
