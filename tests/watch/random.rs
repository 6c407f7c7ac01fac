//! Random lives of a hub, each item checked against the model when a client takes it.
//!
//! `WATCH_SEED=n` plays one seed, `WATCH_SEEDS=n` as many from 0 on.

use crate::model::{Chance, Queue, Store, show};
use bytes::Bytes;
use etcd::{
    id::{StreamId, WatchId},
    key::KeyRange,
    mvcc::Changes,
    watch::{Bound, Flow, History, Hub, Item, Limits, WatchRequest},
};
use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

const STEPS: usize = 1500;

#[test]
fn every_watcher_sees_every_event_once_and_in_order() {
    for seed in seeds() {
        println!("WATCH_SEED={seed}");
        Life::live(seed);
    }
}

#[test]
fn the_same_seed_gives_the_same_items() {
    for seed in seeds().take(3) {
        println!("WATCH_SEED={seed}");
        assert_eq!(Life::live(seed), Life::live(seed));
    }
}

fn seeds() -> std::ops::Range<u64> {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    match number("WATCH_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("WATCH_SEEDS").unwrap_or(60),
    }
}

/// One run: the hub, the store, the clients with what they know.
struct Life {
    chance: Chance,
    store: Store,
    hub: Hub<Store>,
    unpublished: VecDeque<Changes>,
    published: i64,
    clients: Vec<Client>,
    now: Duration,
    /// Snapshots that came.
    restores: usize,
    transcript: Vec<String>,
}

struct Client {
    stream: StreamId,
    queue: Queue,
    flow: Flow,
    /// Requests whose answers have not come yet, in order.
    asked: VecDeque<Asked>,
    watches: BTreeMap<WatchId, Watch>,
}

enum Asked {
    /// With the number of snapshots that had come by then.
    Create(WatchRequest, usize),
    Cancel(WatchId),
}

/// What a client may expect of a watch.
struct Watch {
    request: WatchRequest,
    /// Everything below has been seen.
    next: i64,
    /// It was up to date once, so a compaction can only hit it if it was sent an event that found no room.
    was_synced: bool,
    compacted: bool,
}

impl Watch {
    fn expected(&self, store: &Store, through: i64) -> Vec<etcd::pb::mvccpb::Event> {
        let request = &self.request;
        store.expected(self.next, through, &request.range, request.no_put, request.no_delete)
    }
}

impl Life {
    /// Returns what the clients saw.
    fn live(seed: u64) -> Vec<String> {
        let store = Store::default();
        let chance = Chance::of(seed);
        // Some revisions from before the hub came to be.
        for _ in 0..chance.below(30) {
            store.apply(&[KEYS[chance.below(KEYS.len())]], &[]);
        }
        let hub = Hub::with_limits(store.clone(), seed, Duration::from_millis(500), limits(&chance));
        let published = store.revision();
        let mut life = Self {
            chance,
            store,
            hub,
            unpublished: VecDeque::new(),
            published,
            clients: Vec::new(),
            now: Duration::ZERO,
            restores: 0,
            transcript: Vec::new(),
        };
        for _ in 0..STEPS {
            life.step();
        }
        life.settle();
        life.transcript
    }

    fn step(&mut self) {
        match self.chance.below(100) {
            0..30 => self.apply(),
            30..50 => self.publish(),
            50..52 => self.compact(),
            52..54 => self.open(),
            54 => self.close(),
            55..63 => self.create(),
            63..68 => self.cancel(),
            68..70 => self.ask_progress(),
            70..84 => drop(self.turn()),
            84..99 => self.read(),
            _ if self.chance.one_in(4) => self.settle(),
            _ if self.chance.one_in(3) => self.restore(),
            _ => {}
        }
        let watchers: usize = self.clients.iter().map(|client| client.watches.len()).sum();
        assert!(self.hub.counts().slow <= self.hub.counts().watchers && watchers < 10_000);
    }

    fn apply(&mut self) {
        let mut keys: Vec<&str> = (0..=self.chance.below(4)).map(|_| KEYS[self.chance.below(KEYS.len())]).collect();
        keys.sort_unstable();
        keys.dedup();
        let (puts, deletes) = keys.split_at(self.chance.below(keys.len() + 1));
        let changes = self.store.apply(puts, deletes);
        self.unpublished.push_back(changes);
        if self.chance.one_in(2) {
            self.publish();
        }
    }

    fn publish(&mut self) {
        for changes in self.unpublished.drain(..) {
            self.published = self.published.max(changes.revision);
            self.hub.publish(changes);
        }
    }

    fn compact(&mut self) {
        let back = self.chance.below(20) as i64;
        self.store.compact((self.published - back).max(0));
    }

    /// A snapshot came, ahead of what was published.
    fn restore(&mut self) {
        (0..self.chance.below(5)).for_each(|_| self.apply());
        self.unpublished.clear();
        self.hub.restored(self.store.revision());
        self.published = self.store.revision();
        for watch in self.clients.iter_mut().flat_map(|client| client.watches.values_mut()) {
            watch.was_synced = false;
        }
        self.restores += 1;
    }

    /// While nobody has a stream, publications may be left out; some are under way already when the hub looks.
    fn resume(&mut self) {
        let left_out = self.chance.below(self.unpublished.len() + 1);
        self.unpublished.drain(..left_out);
        self.hub.resume();
        self.published = self.store.revision();
    }

    fn open(&mut self) {
        if self.clients.is_empty() && self.chance.one_in(2) {
            self.resume();
        }
        if self.clients.len() < 8 {
            let queue = Queue::with_capacity(1 + self.chance.below(12));
            let stream = self.hub.open_stream(Box::new(queue.clone()));
            let (asked, watches) = (VecDeque::new(), BTreeMap::new());
            self.clients.push(Client { stream, queue, flow: Flow::Open, asked, watches });
        }
    }

    fn close(&mut self) {
        if self.chance.one_in(3) && !self.clients.is_empty() {
            let client = self.clients.remove(self.chance.below(self.clients.len()));
            self.hub.close_stream(client.stream);
        }
    }

    /// A client that may ask something.
    fn asker(&self) -> Option<usize> {
        let open: Vec<usize> = (0..self.clients.len()).filter(|n| self.clients[*n].flow == Flow::Open).collect();
        (!open.is_empty()).then(|| open[self.chance.below(open.len())])
    }

    fn create(&mut self) {
        let Some(number) = self.asker() else { return };
        let chance = &self.chance;
        let revision = self.store.revision();
        let client = &mut self.clients[number];
        let request = WatchRequest {
            watch_id: if chance.one_in(3) { chance.below(12) as i64 - 2 } else { 0 },
            range: range(chance),
            start_revision: match chance.below(10) {
                0..5 => 0,
                5 => revision + chance.below(10) as i64 - 3,
                6 => -(chance.below(2) as i64),
                _ => chance.below(revision as usize + 1) as i64,
            },
            progress_notify: chance.one_in(3),
            no_put: chance.one_in(5),
            no_delete: chance.one_in(5),
            prev_kv: chance.one_in(5),
            fragment: chance.one_in(5),
        };
        client.asked.push_back(Asked::Create(request.clone(), self.restores));
        client.flow = self.hub.create(client.stream, request);
    }

    fn cancel(&mut self) {
        let Some(number) = self.asker() else { return };
        let client = &mut self.clients[number];
        let id = WatchId(self.chance.below(10) as i64);
        client.asked.push_back(Asked::Cancel(id));
        client.flow = self.hub.cancel(client.stream, id);
    }

    fn ask_progress(&mut self) {
        let Some(number) = self.asker() else { return };
        let client = &mut self.clients[number];
        client.flow = self.hub.request_progress(client.stream);
    }

    /// Is there more to be done?
    fn turn(&mut self) -> bool {
        self.now += Duration::from_millis(self.chance.below(25) as u64);
        let turn = self.hub.turn(self.now).unwrap();
        assert!(turn.wake_at.is_none_or(|at| at > self.now));
        let clients = self.clients.iter_mut();
        clients.for_each(|client| client.flow = self.hub.flow(client.stream));
        turn.more
    }

    /// A client takes some of what it was sent.
    fn read(&mut self) {
        if self.clients.is_empty() {
            return;
        }
        let number = self.chance.below(self.clients.len());
        for _ in 0..1 + self.chance.below(12) {
            let Some(item) = self.clients[number].queue.take() else { break };
            self.check(number, item);
        }
        if self.chance.one_in(2) {
            let client = &mut self.clients[number];
            client.flow = self.hub.drained(client.stream);
        }
    }

    /// Everybody reads until nothing comes: then all have everything.
    fn settle(&mut self) {
        self.publish();
        let mut quiet = 0;
        while quiet < 3 {
            quiet = if self.turn() { 0 } else { quiet + 1 };
            for number in 0..self.clients.len() {
                while let Some(item) = self.clients[number].queue.take() {
                    self.check(number, item);
                    quiet = 0;
                }
                let stream = self.clients[number].stream;
                self.clients[number].flow = self.hub.drained(stream);
            }
        }
        assert_eq!(self.hub.counts().slow, 0);
        for client in &mut self.clients {
            // Requests for ids that were not in use got no answer; nothing else is open.
            assert!(client.asked.iter().all(|asked| matches!(asked, Asked::Cancel(_))));
            client.asked.clear();
            assert_eq!(client.flow, Flow::Open);
            for watch in client.watches.values_mut().filter(|watch| !watch.compacted) {
                assert_eq!(watch.expected(&self.store, self.published), [], "missed: {:?}", watch.request);
                watch.next = watch.next.max(self.published + 1);
                watch.was_synced |= watch.next == self.published + 1;
            }
        }
        let watchers: usize = self.clients.iter().map(|client| client.watches.len()).sum();
        assert_eq!((self.hub.counts().watchers, self.hub.counts().streams), (watchers, self.clients.len()));
    }

    fn check(&mut self, number: usize, item: Item) {
        self.transcript.push(format!("{number}: {}", show(&item)));
        let client = &mut self.clients[number];
        match item {
            Item::Created { watch_id, revision, prev_kv, fragment } => {
                let (request, restores) = client.answered_create();
                assert!((prev_kv, fragment) == (request.prev_kv, request.fragment));
                assert!(request.watch_id == 0 || request.watch_id == watch_id.0);
                assert!(request.start_revision >= 0 && !request.range.is_empty());
                let next = if request.start_revision == 0 { revision + 1 } else { request.start_revision };
                let was_synced = next > revision && restores == self.restores;
                let watch = Watch { request, next, was_synced, compacted: false };
                assert!(client.watches.insert(watch_id, watch).is_none(), "the id was free");
            }
            Item::Refused { .. } => {
                let (request, _) = client.answered_create();
                let in_use = client.watches.contains_key(&WatchId(request.watch_id));
                assert!(request.start_revision < 0 || request.range.is_empty() || in_use);
            }
            Item::Canceled { watch_id, compact_revision: 0, .. } => {
                client.answered_cancel(watch_id);
                assert!(client.watches.remove(&watch_id).is_some());
            }
            Item::Canceled { watch_id, compact_revision, revision } => {
                let watch = client.watches.get_mut(&watch_id).unwrap();
                assert!(revision == 0 && !watch.compacted && watch.next < compact_revision);
                let lacked = watch.expected(&self.store, compact_revision - 1);
                assert!(!watch.was_synced || !lacked.is_empty(), "it lacked nothing");
                watch.compacted = true;
            }
            Item::Events { watch_ids, revision, events, prev_kv, fragment } => {
                let last = events.last().unwrap().revision();
                assert!(revision >= last && revision <= self.published);
                let events: Vec<_> = events.iter().map(|event| event.event().clone()).collect();
                for id in watch_ids.as_slice() {
                    let watch = client.watches.get_mut(id).expect("created, not canceled");
                    assert!(!watch.compacted && watch.next <= last);
                    assert!((prev_kv, fragment) == (watch.request.prev_kv, watch.request.fragment));
                    assert_eq!(events, watch.expected(&self.store, last), "all up to {last}, and each once");
                    watch.next = last + 1;
                    // Read from history: it was behind, and may still be.
                    watch.was_synced &= revision == last;
                }
            }
            Item::Progress { watch_id: WatchId(-1), revision } if !client.owns_progress(-1) => {
                assert!(!client.watches.is_empty() && revision <= self.published);
                client.watches.values().for_each(|watch| watch.check_progress(&self.store, revision));
            }
            Item::Progress { watch_id, revision } => {
                let watch = &client.watches[&watch_id];
                assert!(revision <= self.published);
                watch.check_progress(&self.store, revision);
            }
        }
    }
}

impl Watch {
    fn check_progress(&self, store: &Store, revision: i64) {
        assert!(!self.compacted && self.request.start_revision <= revision);
        assert_eq!(self.expected(store, revision), [], "progress means that nothing is lacking");
    }
}

impl Client {
    /// Has a watch with this very id asked for progress? Then it cannot be told from an answer.
    fn owns_progress(&self, id: i64) -> bool {
        self.watches.get(&WatchId(id)).is_some_and(|watch| watch.request.progress_notify)
    }

    /// The request that this answers. Cancels before it were for ids that were not in use.
    fn answered_create(&mut self) -> (WatchRequest, usize) {
        loop {
            if let Asked::Create(request, restores) = self.asked.pop_front().expect("asked for") {
                return (request, restores);
            }
        }
    }

    fn answered_cancel(&mut self, id: WatchId) {
        loop {
            match self.asked.pop_front().expect("asked for") {
                Asked::Cancel(asked) if asked == id => return,
                Asked::Cancel(_) => {}
                Asked::Create(..) => panic!("answers come in the order of the requests"),
            }
        }
    }
}

const KEYS: [&str; 12] = ["a", "aa", "ab", "b", "b\0", "ba", "c", "cc", "d", "e", "ea", "z"];

/// Mostly so small that every bound is reached all the time.
fn limits(chance: &Chance) -> Limits {
    if chance.one_in(5) {
        return Limits::default();
    }
    let bound = || Bound { revisions: 1 + chance.below(15), bytes: if chance.one_in(2) { 1000 } else { usize::MAX } };
    Limits {
        recent: bound(),
        chunk: bound(),
        round_cohorts: 1 + chance.below(4),
        turn_rounds: 1 + chance.below(4),
        ..Limits::default()
    }
}

fn range(chance: &Chance) -> KeyRange {
    let key = || Bytes::from_static(KEYS[chance.below(KEYS.len())].as_bytes());
    match chance.below(6) {
        0 => KeyRange::all(),
        1 => KeyRange::From(key()),
        2 | 3 => KeyRange::Point(key()),
        _ => KeyRange::Span { start: key(), end: key() },
    }
}
