//! `etcdserverpb.Watch`: many watches over one stream.
//!
//! ```text
//!   requests --create, cancel, progress--> hub
//!   items    <------------------------- hub      -> frame::Parcel -> outbox
//! ```
//!
//! One future does both. It reads requests and items as they come, one request at a time; while the client does not read,
//! it stands still, items pile up to the bound of the stream's queue, and the hub sets the stream's watches aside. The client closing its side
//! does not end the stream: it may only want to listen. The order of items is the hub's, and it is kept.

mod frame;

use super::{answers::Outbox, status};
use crate::{
    apply::{Asked, Refusal},
    id::WatchId,
    key::KeyRange,
    limits::REQUEST_OVERHEAD_BYTES,
    metrics::metrics,
    mvcc::{Ranges, Reader},
    pb::etcdserverpb::{
        self as pb, ResponseHeader, WatchCreateRequest, watch_create_request::FilterType, watch_request::RequestUnion,
    },
    server::{Failure, Handle, WatchAsker, WatchItems, WatchStream},
    watch::{Item, SharedEvent, WatchRefusal, WatchRequest},
};
use bytes::Bytes;
use frame::{Copies, Frame, Parcel};
use prometheus::local::LocalHistogram;
use std::{
    pin::Pin,
    time::{Duration, Instant},
};
use tonic::{Status, Streaming};

/// Serves a client's stream until it goes away.
pub async fn watch(
    handle: Handle,
    mut requests: Streaming<pb::WatchRequest>,
    out: Outbox<Parcel>,
) -> Result<(), Status> {
    let WatchStream { items, asker } = handle.watch_stream().await.map_err(status::of_failure)?;
    let mut inbox = Inbox(items);
    let mut timers = Timers::new();
    let size_max = handle.limits().request_bytes_max.saturating_add(REQUEST_OVERHEAD_BYTES);
    let mut asking: Option<Asking<'_>> = None;
    let mut open = true;
    loop {
        // Requests first: a client that ends a busy watch is heard, however many events there are.
        let event = tokio::select! {
            biased;
            () = asked(&mut asking), if asking.is_some() => Event::Asked,
            request = requests.message(), if open && asking.is_none() => Event::Request(request.map_err(broken)?),
            item = inbox.0.recv() => Event::Item(item),
        };
        match event {
            Event::Asked => asking = None,
            Event::Request(Some(request)) => asking = Some(Box::pin(ask(&handle, &asker, request))),
            Event::Request(None) => open = false,
            Event::Item(Some(item)) => send(&handle, item, size_max, &out, &mut timers).await,
            // The hub has stopped, and the stream is about to be told so.
            Event::Item(None) => return Err(status::stopped()),
        }
    }
}

/// What the hub has sent. What a stream that ends does not send on counts as sent, as in etcd: it is no longer pending.
struct Inbox(WatchItems);

impl Drop for Inbox {
    fn drop(&mut self) {
        while let Some(item) = self.0.end() {
            count_events(item.events());
        }
    }
}

fn count_events(count: usize) {
    if count > 0 {
        metrics().pending_events.sub(count as i64);
        metrics().events.inc_by(count as u64);
    }
}

/// What can happen to a stream.
enum Event {
    Asked,
    Request(Option<pb::WatchRequest>),
    Item(Option<Item>),
}

/// A request on its way to the hub. While the hub waits for the client to read what it was sent, the hub does not take it:
/// items must go on meanwhile, or each would wait for the other.
type Asking<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

async fn asked(asking: &mut Option<Asking<'_>>) {
    match asking {
        Some(asking) => asking.await,
        None => std::future::pending().await,
    }
}

/// Hands a request to the hub. One that is none of the three kinds is passed over, as in etcd.
async fn ask(handle: &Handle, asker: &WatchAsker, request: pb::WatchRequest) {
    match request.request_union {
        Some(RequestUnion::CreateRequest(request)) => create(handle, asker, request).await,
        Some(RequestUnion::CancelRequest(request)) => asker.cancel(WatchId(request.watch_id)).await,
        Some(RequestUnion::ProgressRequest(_)) => asker.request_progress().await,
        None => tracing::info!("invalid watch request type <nil> received in gRPC stream"),
    }
}

/// Who asks is looked at for every watch, and once for each: what becomes of users and roles later does not end it, as in etcd.
async fn create(handle: &Handle, asker: &WatchAsker, request: WatchCreateRequest) {
    // A start below zero is refused by the hub, whoever asks.
    if request.start_revision < 0 {
        return asker.create(read(request)).await;
    }
    match handle.authorise(&Asked::WatchCreate(&request)).await {
        Ok(()) => asker.create(read(request)).await,
        Err(Failure::Refused(Refusal::Auth(refusal))) => asker.refuse(WatchRefusal::Denied(refusal)).await,
        // The member stops, and the stream with it.
        Err(_) => {}
    }
}

/// A request as the hub reads it.
pub fn read(request: WatchCreateRequest) -> WatchRequest {
    // No key is the lowest key there can be.
    let key = if request.key.is_empty() { Bytes::from_static(b"\0") } else { request.key };
    let filters = |filter: FilterType| request.filters.contains(&(filter as i32));
    WatchRequest {
        watch_id: request.watch_id,
        range: KeyRange::read(&key, &request.range_end).detached(),
        start_revision: request.start_revision,
        progress_notify: request.progress_notify,
        no_put: filters(FilterType::Noput),
        no_delete: filters(FilterType::Nodelete),
        prev_kv: request.prev_kv,
        fragment: request.fragment,
    }
}

/// Sends what the hub has to tell.
async fn send(handle: &Handle, item: Item, size_max: usize, out: &Outbox<Parcel>, timers: &mut Timers) {
    let started = Instant::now();
    count_events(item.events());
    let kind = SendKind::of(&item);
    let (revision, response) = match item {
        Item::Events { watch_ids, revision, events, prev_kv, fragment } => {
            let watches = watch_ids.as_slice().len();
            let wires = if prev_kv { wires_with_previous(handle.reader(), &events) } else { wires(&events) };
            if prev_kv {
                count_previous(&events, watches);
            }
            let header = header(handle, revision);
            if fragment {
                for id in watch_ids.as_slice() {
                    let head = pb::WatchResponse { header, watch_id: id.0, ..Default::default() };
                    for frame in frame::fragments(head, &wires, size_max) {
                        out.send(frame.into()).await;
                    }
                }
            } else {
                out.send(Parcel::Copies(Copies::new(header, watch_ids, wires))).await;
            }
            return timers.observe(started.elapsed(), watches, events.len());
        }
        Item::Created { watch_id, revision, .. } => {
            (revision, pb::WatchResponse { watch_id: watch_id.0, created: true, ..Default::default() })
        }
        Item::Refused { reason, revision } => {
            let cancel_reason = status::cancel_reason(reason);
            let refused = pb::WatchResponse { created: true, canceled: true, cancel_reason, ..Default::default() };
            (revision, pb::WatchResponse { watch_id: NO_WATCH, ..refused })
        }
        Item::Canceled { watch_id, compact_revision, revision } => {
            let canceled = pb::WatchResponse { canceled: true, compact_revision, ..Default::default() };
            (revision, pb::WatchResponse { watch_id: watch_id.0, ..canceled })
        }
        Item::Progress { watch_id, revision } => {
            (revision, pb::WatchResponse { watch_id: watch_id.0, ..Default::default() })
        }
    };
    let head = pb::WatchResponse { header: header(handle, revision), ..response };
    out.send(Frame::whole(head, Vec::new()).into()).await;
    let took = started.elapsed().as_secs_f64();
    match kind {
        SendKind::Control => metrics().watch_control_duration.observe(took),
        // No time by event: etcd divides by the zero events that there are, and has an infinite sum from then on.
        SendKind::Stream => metrics().watch_send_duration.observe(took),
        SendKind::Untimed => {}
    }
}

/// etcd times the sending of events for each watch. Here the watches of a stream share it, and each gets its part; the parts are
/// gathered here first, since all threads write to the histograms.
struct Timers {
    response: LocalHistogram,
    event: LocalHistogram,
}

impl Timers {
    fn new() -> Self {
        Self { response: metrics().watch_send_duration.local(), event: metrics().watch_send_event_duration.local() }
    }

    fn observe(&mut self, took: Duration, watches: usize, events: usize) {
        let part = took.as_secs_f64() / watches.max(1) as f64;
        for _ in 0..watches {
            self.response.observe(part);
            self.event.observe(part / events.max(1) as f64);
        }
        self.response.flush();
        self.event.flush();
    }
}

/// Which of etcd's timers takes the sending of an item.
enum SendKind {
    /// What the watches bring.
    Stream,
    /// Answers to requests,
    Control,
    /// but not to one that cancels.
    Untimed,
}

impl SendKind {
    fn of(item: &Item) -> Self {
        match item {
            Item::Created { .. } | Item::Refused { .. } => Self::Control,
            Item::Canceled { compact_revision: 0, .. } => Self::Untimed,
            Item::Canceled { .. } | Item::Progress { .. } | Item::Events { .. } => Self::Stream,
        }
    }
}

/// etcd looks up what was there before an event for each watch that wants it, unless the key is new.
fn count_previous(events: &[SharedEvent], watches: usize) {
    let looked_up = events.iter().filter(|event| !event.is_create()).count() * watches;
    metrics().mvcc_range.inc_by(looked_up as u64);
}

fn wires(events: &[SharedEvent]) -> Vec<Bytes> {
    events.iter().map(|event| event.wire().clone()).collect()
}

/// The first stream that sends an event looks up what was there before it. What cannot be read is left out, and so is what
/// was looked up before it was compacted: whether somebody else watched then does not show.
fn wires_with_previous(reader: &Reader, events: &[SharedEvent]) -> Vec<Bytes> {
    let compacted = reader.compact_revision();
    let look_up = |key: &[u8], before| reader.previous(key, before).unwrap_or_default();
    let wire = |event: &SharedEvent| match event.revision() <= compacted {
        true => event.wire().clone(),
        false => event.wire_with_previous(look_up).clone(),
    };
    events.iter().map(wire).collect()
}

/// The id in a response that is about no watch in particular.
const NO_WATCH: i64 = -1;

fn header(handle: &Handle, revision: i64) -> Option<ResponseHeader> {
    Some(ResponseHeader { revision, ..handle.header() })
}

fn broken(error: Status) -> Status {
    metrics().stream_failures.with_label_values(&["receive", "watch"]).inc();
    tracing::warn!(error = error.message(), "failed to receive watch request from gRPC stream");
    status::of_transport(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_as_the_hub_reads_it() {
        let read_of = |key: &'static [u8], range_end: &'static [u8]| {
            let [key, range_end] = [key, range_end].map(Bytes::from_static);
            read(WatchCreateRequest { key, range_end, ..Default::default() }).range
        };
        assert_eq!(read_of(b"", b""), KeyRange::Point(Bytes::from_static(b"\0")));
        assert_eq!(read_of(b"", b"\0"), KeyRange::From(Bytes::from_static(b"\0")));
        let filtered = read(WatchCreateRequest { filters: vec![1, 7], ..Default::default() });
        assert!(filtered.no_delete && !filtered.no_put);
    }
}
