//! Many watchers on many streams, and how long events take to reach them.
//!
//! ```text
//!   puts -- value begins with the number of the put --> server -- event --> stream task: now - sent[number]
//! ```
//!
//! A stream is one task, whatever the number of its watchers, and an event is looked at, never decoded. What costs memory is
//! one number for each put and, on a stream, the buffers of the connection.

use super::{
    drive::{Bench, Phase, Work},
    keys::{Keys, Order},
    links::{Lane, Links},
    meter::{Done, Meter},
    pace::Schedule,
    progress::Progress,
    scan::{Field, scan},
};
use crate::{
    client::{ClientError, Code, Incoming, Method, Outgoing, framed, joined},
    pb::etcdserverpb::{PutRequest, WatchCreateRequest, WatchRequest, watch_request::RequestUnion},
};
use bytes::{Buf, BufMut, Bytes, BytesMut};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{sync::Notify, task::JoinSet, time::timeout};

/// When no event comes for so long, those that are missing will not come.
const SILENCE: Duration = Duration::from_secs(10);
/// Bytes at the beginning of a value that number its put.
pub const NUMBER_BYTES: usize = 8;

/// What is watched, and how it is written to.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Streams.
    pub streams: usize,
    /// Watchers on each.
    pub watchers: usize,
    /// What is written, in turn.
    pub keys: Keys,
    /// What each watcher wants.
    pub interest: Interest,
    /// With the pair as it was before.
    pub prev_kv: bool,
    /// Puts.
    pub schedule: Schedule,
    /// How keys are chosen.
    pub order: Order,
    /// Bytes of a value, [`NUMBER_BYTES`] at least.
    pub value: Bytes,
}

/// What each watcher wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interest {
    /// One of the first so many keys, in turn.
    Single(u64),
    /// All keys.
    All,
}

impl Plan {
    /// How many watchers hear of a put to this key.
    fn listeners(&self, key: u64) -> u64 {
        let all = (self.streams * self.watchers) as u64;
        match self.interest {
            Interest::All => all,
            Interest::Single(keys) if key < keys => all / keys + u64::from(key < all % keys),
            Interest::Single(_) => 0,
        }
    }

    fn request(&self, watcher: u64) -> WatchRequest {
        let (key, range_end) = match self.interest {
            Interest::Single(keys) => (self.keys.key(watcher % keys), Bytes::new()),
            Interest::All => (self.keys.key(0), self.keys.end()),
        };
        let create = WatchCreateRequest { key, range_end, prev_kv: self.prev_kv, ..Default::default() };
        WatchRequest { request_union: Some(RequestUnion::CreateRequest(create)) }
    }
}

/// A stream whose watchers stand.
struct Stream {
    number: usize,
    /// Kept: dropped, it would end the stream.
    _out: Outgoing,
    answers: Incoming,
}

/// Runs both phases: creates the watchers, then writes and listens.
pub async fn run(bench: &mut Bench, plan: Plan) {
    let plan = Arc::new(plan);
    let phase = bench.begin("create", &["create"]);
    let mut creating = create(&bench.links, &plan, &phase.meter).await;
    let mut streams = Vec::with_capacity(plan.streams);
    bench
        .unless_stopped(async {
            while let Some(result) = creating.join_next().await {
                streams.extend(result.ok().flatten());
            }
        })
        .await;
    bench.end(phase);
    if !bench.is_stopped() && plan.schedule.total > 0 {
        let phase = bench.begin("events", &["put", "event"]);
        listen(bench, &plan, &phase, streams).await;
        bench.end(phase);
    }
}

/// Starts all streams. A latency is from when the stream's requests were sent to when a watcher was confirmed.
async fn create(links: &Links, plan: &Plan, meter: &Arc<Meter>) -> JoinSet<Option<Stream>> {
    let mut creating = JoinSet::new();
    for number in 0..plan.streams {
        let mut lane = links.lane(number).await;
        let (meter, watchers) = (meter.clone(), plan.watchers as u64);
        let first = number as u64 * watchers;
        let requests = joined((first..first + watchers).map(|watcher| framed(&plan.request(watcher))));
        creating.spawn(async move {
            let begin = Instant::now();
            match open(&mut lane, requests, watchers, |taken| {
                meter.count(number, Done::default(), taken - begin);
            })
            .await
            {
                Ok((out, answers)) => Some(Stream { number, _out: out, answers }),
                Err(error) => {
                    meter.fail(&error);
                    None
                }
            }
        });
    }
    creating
}

async fn open(
    lane: &mut Lane,
    requests: Bytes,
    watchers: u64,
    mut confirmed: impl FnMut(Instant),
) -> Result<(Outgoing, Incoming), ClientError> {
    let method = lane.method("/etcdserverpb.Watch/Watch");
    let (mut out, mut answers) = lane.wire.call(&method).await?;
    out.send(requests)?;
    for _ in 0..watchers {
        let answer = answers.next().await?.ok_or_else(ended)?;
        if !Answer::read(answer, |_| {})?.created {
            return Err(ClientError::local(Code::Unknown, "a watch was answered before it was created"));
        }
        confirmed(Instant::now());
    }
    Ok((out, answers))
}

fn ended() -> ClientError {
    ClientError::local(Code::Unknown, "the server ended the watch stream")
}

/// What the puts and the streams share.
struct Board {
    begin: Instant,
    /// When each put began, in nanoseconds from `begin`.
    sent: Vec<AtomicU64>,
    /// Events that the puts which succeeded must bring.
    wanted: AtomicU64,
    delivered: AtomicU64,
    /// All puts are made: `wanted` is final.
    complete: AtomicBool,
    /// Told once all that is wanted has come.
    all_here: Notify,
}

impl Board {
    fn new(puts: u64) -> Self {
        Self {
            begin: Instant::now(),
            sent: (0..puts).map(|_| AtomicU64::new(0)).collect(),
            wanted: AtomicU64::new(0),
            delivered: AtomicU64::new(0),
            complete: AtomicBool::new(false),
            all_here: Notify::new(),
        }
    }

    fn missing(&self) -> u64 {
        self.wanted.load(Ordering::SeqCst).saturating_sub(self.delivered.load(Ordering::SeqCst))
    }

    fn deliver(&self, events: u64) {
        self.delivered.fetch_add(events, Ordering::SeqCst);
        if self.complete.load(Ordering::SeqCst) && self.missing() == 0 {
            self.all_here.notify_one();
        }
    }

    /// Waits until everything is here, or nothing comes any more. Returns how many events are missing.
    async fn wait(&self) -> u64 {
        self.complete.store(true, Ordering::SeqCst);
        loop {
            let before = self.missing();
            if before == 0 {
                return 0;
            }
            if timeout(SILENCE, self.all_here.notified()).await.is_err() && self.missing() == before {
                return before;
            }
        }
    }
}

async fn listen(bench: &mut Bench, plan: &Arc<Plan>, phase: &Phase, streams: Vec<Stream>) {
    let puts = plan.schedule.planned();
    let board = Arc::new(Board::new(puts));
    let mut listening = JoinSet::new();
    for stream in streams {
        listening.spawn(receive(stream, board.clone(), phase.meter.clone()));
    }
    let seed = bench.who.seed;
    let mut putting = bench
        .spawn(&phase.meter, plan.schedule, |client, lane| NumberedPut {
            plan: plan.clone(),
            board: board.clone(),
            random: fastrand::Rng::with_seed(seed ^ client as u64),
            method: lane.method("/etcdserverpb.KV/Put"),
        })
        .await;
    let progress = Progress::start(puts.saturating_mul(plan.listeners(0) + 1), &phase.meter);
    let missing = async {
        while putting.join_next().await.is_some() {}
        board.wait().await
    };
    if let Some(missing) = bench.unless_stopped(missing).await.filter(|missing| *missing > 0) {
        phase.meter.fail_many("an event did not come", missing);
    }
    drop(progress);
}

/// Writes a value that tells which put it is of.
struct NumberedPut {
    plan: Arc<Plan>,
    board: Arc<Board>,
    random: fastrand::Rng,
    method: Method,
}

impl Work for NumberedPut {
    async fn operate(&mut self, lane: &mut Lane, turn: u64) -> Result<Done, ClientError> {
        let plan = &self.plan;
        let number = plan.order.pick(plan.keys, turn, &mut self.random);
        let mut value = BytesMut::with_capacity(plan.value.len());
        value.put_u64(turn);
        value.extend_from_slice(&plan.value[NUMBER_BYTES..]);
        let put = PutRequest { key: plan.keys.key(number), value: value.freeze(), ..Default::default() };
        let frame = framed(&put).freeze();
        // The moment of sending; how late the put itself was is its own latency.
        let sent = self.board.begin.elapsed().as_nanos() as u64;
        self.board.sent[turn as usize].store(sent, Ordering::Release);
        let answer = lane.wire.unary(&self.method, frame).await?;
        self.board.wanted.fetch_add(plan.listeners(number), Ordering::SeqCst);
        Ok(Done { series: 0, items: 0, bytes: answer.len() as u64 })
    }
}

/// Takes the events of a stream until it is stopped, or the stream breaks.
async fn receive(mut stream: Stream, board: Arc<Board>, meter: Arc<Meter>) {
    loop {
        let first = match stream.answers.next().await {
            Ok(Some(answer)) => answer,
            Ok(None) => return meter.fail(&ended()),
            Err(error) => return meter.fail(&error),
        };
        let now = board.begin.elapsed();
        // Events of one put come in a row, one for each watcher: they are counted together.
        let mut run = Run::default();
        let count = |run: &Run| {
            let sent = board.sent.get(run.put as usize).map_or(0, |sent| sent.load(Ordering::Acquire));
            let latency = now.saturating_sub(Duration::from_nanos(sent));
            let done = Done { series: 1, items: 0, bytes: run.bytes };
            meter.count_many(stream.number, done, latency, run.events);
        };
        let (mut answer, mut delivered) = (Some(first), 0);
        let broken = loop {
            let Some(bytes) = answer.take() else { break None };
            let length = bytes.len() as u64;
            let read = Answer::read(bytes, |put| {
                if put != run.put && run.events > 0 {
                    count(&run);
                    run = Run::default();
                }
                run = Run { put, events: run.events + 1, bytes: run.bytes };
                delivered += 1;
            });
            run.bytes += length;
            match read {
                Ok(Answer { canceled: true, .. }) => meter.fail_many("the server canceled a watch", 1),
                Ok(_) => {}
                Err(error) => break Some(error),
            }
            answer = match stream.answers.next_now() {
                Ok(next) => next,
                Err(error) => break Some(error),
            };
        };
        if run.events > 0 {
            count(&run);
        }
        board.deliver(delivered);
        if let Some(error) = broken {
            return meter.fail(&error);
        }
    }
}

/// Events of one put in a row.
#[derive(Clone, Copy, Default)]
struct Run {
    put: u64,
    events: u64,
    bytes: u64,
}

/// What matters of a watch response.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Answer {
    created: bool,
    canceled: bool,
}

impl Answer {
    /// Reads an encoded `WatchResponse`, and calls for each event with the number of its put.
    fn read(message: Bytes, mut event: impl FnMut(u64)) -> Result<Self, ClientError> {
        let mut answer = Self::default();
        let mut failed = None;
        scan(message, |number, field| match (number, field) {
            (3, Field::Number(created)) => answer.created = created != 0,
            (4, Field::Number(canceled)) => answer.canceled = canceled != 0,
            (11, Field::Bytes(bytes)) => match put_number(bytes) {
                Ok(number) => event(number),
                Err(error) => failed = Some(error),
            },
            _ => {}
        })?;
        failed.map_or(Ok(answer), Err)
    }
}

/// The number at the beginning of the value of an event's pair. An event that is not ours counts as no put at all.
fn put_number(event: Bytes) -> Result<u64, ClientError> {
    let (mut pair, mut number) = (Bytes::new(), u64::MAX);
    scan(event, |field, value| {
        if let (2, Field::Bytes(bytes)) = (field, value) {
            pair = bytes;
        }
    })?;
    scan(pair, |field, value| {
        if let (5, Field::Bytes(mut bytes)) = (field, value) {
            number = bytes.try_get_u64().unwrap_or(u64::MAX);
        }
    })?;
    Ok(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pb::{
        etcdserverpb::{ResponseHeader, WatchResponse},
        mvccpb::{Event, KeyValue},
    };
    use prost::Message;

    fn plan(interest: Interest) -> Plan {
        Plan {
            streams: 3,
            watchers: 4,
            keys: Keys::new(4, 100).unwrap(),
            interest,
            prev_kv: false,
            schedule: Schedule { total: 1, duration: None, rate: None },
            order: Order::InTurn,
            value: Bytes::from_static(b"12345678"),
        }
    }

    #[test]
    fn every_watcher_listens_to_what_it_asked_for() {
        for interest in
            [Interest::All, Interest::Single(1), Interest::Single(5), Interest::Single(12), Interest::Single(100)]
        {
            let plan = plan(interest);
            let requests: Vec<_> = (0..12).map(|watcher| plan.request(watcher)).collect();
            for key in 0..100 {
                let name = plan.keys.key(key);
                let heard = requests.iter().filter(|request| match &request.request_union {
                    Some(RequestUnion::CreateRequest(create)) if create.range_end.is_empty() => create.key == name,
                    Some(RequestUnion::CreateRequest(create)) => create.key <= name && name < create.range_end,
                    _ => false,
                });
                assert_eq!(plan.listeners(key), heard.count() as u64, "{interest:?}, key {key}");
            }
        }
    }

    #[test]
    fn events_name_their_puts() {
        let event = |value: &'static [u8]| {
            let kv = KeyValue { key: "k".into(), value: value.into(), version: 3, ..Default::default() };
            Event { kv: Some(kv), ..Default::default() }
        };
        let response = WatchResponse {
            header: Some(ResponseHeader { revision: 9, ..Default::default() }),
            watch_id: 4,
            events: vec![event(b"\0\0\0\0\0\0\x01\x02rest"), event(b"short")],
            ..Default::default()
        };
        let mut puts = Vec::new();
        let answer = Answer::read(response.encode_to_vec().into(), |put| puts.push(put)).unwrap();
        assert_eq!((answer, puts), (Answer::default(), vec![258, u64::MAX]));
        let created = WatchResponse { created: true, ..Default::default() };
        assert!(Answer::read(created.encode_to_vec().into(), |_| {}).unwrap().created);
    }

    #[tokio::test]
    async fn waiting_ends_with_the_last_event() {
        let board = Arc::new(Board::new(1));
        board.wanted.store(3, Ordering::SeqCst);
        let waiting = tokio::spawn({
            let board = board.clone();
            async move { board.wait().await }
        });
        (0..3).for_each(|_| board.deliver(1));
        assert_eq!(waiting.await.unwrap(), 0);
    }
}
