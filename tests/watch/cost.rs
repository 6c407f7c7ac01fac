//! What clients cost that do not read, and those that only wait.

use crate::{
    memory,
    model::{Queue, Store},
};
use bytes::Bytes;
use etcd::{
    id::{StreamId, WatchId},
    key::KeyRange,
    watch::{Flow, Hub, Item, Limits, StreamRoom, Turn, WatchRefusal, WatchRequest},
};
use std::time::Duration;

const INTERVAL: Duration = Duration::from_secs(600);

fn request(range: KeyRange) -> WatchRequest {
    WatchRequest {
        watch_id: 0,
        range,
        start_revision: 0,
        progress_notify: false,
        no_put: false,
        no_delete: false,
        prev_kv: false,
        fragment: false,
    }
}

fn point(number: usize) -> KeyRange {
    KeyRange::Point(Bytes::from(format!("/registry/pods/default/some-pod-{number:07}")))
}

fn create(hub: &mut Hub<Store>, stream: StreamId, range: KeyRange) {
    assert_eq!(hub.create(stream, request(range)), Flow::Open);
}

/// Everything that came for watch 0 of a stream, by revision.
fn take_revisions(queue: &Queue, into: &mut Vec<i64>) {
    while let Some(item) = queue.take() {
        if let Item::Events { watch_ids, events, .. } = item
            && watch_ids.as_slice()[0].0 == 0
        {
            into.extend(events.iter().map(|event| event.revision()));
        }
    }
}

#[test]
fn a_stuck_stream_holds_up_nobody_and_does_not_grow() {
    const EVENTS: usize = 100_000;
    let store = Store::default();
    let mut hub = Hub::new(store.clone(), 0, INTERVAL);
    let (stuck, reading) = (Queue::with_capacity(100), Queue::with_capacity(100));
    let (to_stuck, to_reading) = (hub.open_stream(Box::new(stuck.clone())), hub.open_stream(Box::new(reading.clone())));
    // Fifty that share what they lack, and fifty whose keys change in turn.
    for number in 0..50 {
        create(&mut hub, to_stuck, KeyRange::all());
        create(&mut hub, to_stuck, point(number));
    }
    create(&mut hub, to_reading, KeyRange::all());
    let keys: Vec<String> = (0..50).map(|n| String::from_utf8_lossy(point(n).start()).into_owned()).collect();
    // What the store itself holds is no part of the measure.
    let changes: Vec<_> = (0..EVENTS).map(|n| store.apply(&[&keys[n % 50]], &[])).collect();
    // It is ahead of the hub, so the watchers above were created in front of it all.
    let (mut got, mut settled) = (Vec::with_capacity(EVENTS), 0);
    for (number, changes) in changes.into_iter().enumerate() {
        hub.publish(changes);
        take_revisions(&reading, &mut got);
        assert_eq!(got.len(), number + 1, "the other stream gets everything at once");
        let _: Turn = hub.turn(Duration::from_millis(number as u64)).unwrap();
        if number == EVENTS / 5 {
            settled = memory::held();
        }
    }
    let grown = memory::held() - settled;
    // The events above are dropped one by one, so the number falls, if anything.
    assert!(grown <= 0, "grew by {grown} bytes");
    assert_eq!(hub.counts().slow, 100);

    // It begins to read, and misses nothing.
    let mut late = Vec::new();
    for round in 0.. {
        take_revisions(&stuck, &mut late);
        let _: Flow = hub.drained(to_stuck);
        let turn = hub.turn(Duration::from_secs(1000) + Duration::from_millis(round)).unwrap();
        if turn.wake_at.is_none() && !turn.more && hub.counts().slow == 0 {
            break;
        }
    }
    take_revisions(&stuck, &mut late);
    assert_eq!(late, got);
}

#[test]
fn one_pass_through_history_serves_everyone() {
    let store = Store::default();
    (0..10_000).for_each(|number| drop(store.apply(&[["a", "b"][number % 2]], &[])));
    let mut hub = Hub::new(store.clone(), 0, INTERVAL);
    let queue = Queue::with_capacity(100_000);
    // Some are there before the pass begins, others come while it is under way.
    let mut turns = 0;
    for number in 0..2000 {
        let stream = hub.open_stream(Box::new(queue.clone()));
        let range = KeyRange::Point(Bytes::from(["a", "b", "c"][number % 3]));
        let _: Flow = hub.create(stream, WatchRequest { start_revision: 2 + number as i64 * 5, ..request(range) });
        if number % 100 == 99 {
            let _: Turn = hub.turn(Duration::ZERO).unwrap();
            turns += 1;
        }
    }
    while hub.turn(Duration::ZERO).unwrap().more {}
    assert_eq!(hub.counts().slow, 0);
    assert!(store.reads() <= turns * 11, "{} reads for 2000 watchers", store.reads());
}

#[test]
fn an_idle_watcher_is_small() {
    const WATCHERS: usize = 100_000;
    let store = Store::default();
    let mut hub = Hub::new(store.clone(), 0, INTERVAL);
    let queue = Queue::with_capacity(10);
    let stream = hub.open_stream(Box::new(queue.clone()));
    let before = memory::held();
    for number in 0..WATCHERS {
        create(&mut hub, stream, point(number));
        queue.take();
    }
    let each = (memory::held() - before) / WATCHERS as isize;
    assert!(each <= 350, "{each} bytes for a watcher of a key of its own");
    println!("{each} bytes for a watcher of a key of its own, of {} bytes", point(0).start().len());

    let before = memory::held();
    for _ in 0..WATCHERS {
        create(&mut hub, stream, KeyRange::all());
        queue.take();
    }
    let each = (memory::held() - before) / WATCHERS as isize;
    assert!(each <= 64, "{each} bytes for a watcher of a range that others watch");
    println!("{each} bytes for a watcher of a range that others watch");

    let before = memory::held();
    hub.close_stream(stream);
    assert!(before - memory::held() > (WATCHERS * 200) as isize, "all of it is given back");
}

#[test]
fn a_stream_has_room_for_so_much() {
    let limits = Limits { stream: StreamRoom { watches: 4, key_bytes: 50 }, ..Limits::default() };
    let store = Store::default();
    let mut hub = Hub::with_limits(store.clone(), 0, INTERVAL, limits);
    let (one, other) = (Queue::with_capacity(10), Queue::with_capacity(10));
    let (to_one, to_other) = (hub.open_stream(Box::new(one.clone())), hub.open_stream(Box::new(other.clone())));
    let key = |length: usize| KeyRange::Point(vec![b'k'; length].into());
    let span = |length: usize| KeyRange::Span { start: vec![b'a'; length].into(), end: vec![b'b'; length].into() };
    let created = |hub: &mut Hub<Store>, stream, queue: &Queue, range| {
        create(hub, stream, range);
        match queue.take().expect("an answer") {
            Item::Created { watch_id, .. } => Some(watch_id),
            Item::Refused { reason: WatchRefusal::NoRoom, .. } => None,
            item => panic!("{item:?}"),
        }
    };
    // By their number, however short the keys are.
    for id in 0..4 {
        assert_eq!(created(&mut hub, to_one, &one, key(1)), Some(WatchId(id)));
    }
    assert_eq!(created(&mut hub, to_one, &one, key(1)), None);
    // One that goes makes room, and another stream has its own.
    assert_eq!(hub.cancel(to_one, WatchId(2)), Flow::Open);
    assert!(matches!(one.take(), Some(Item::Canceled { .. })));
    assert!(created(&mut hub, to_one, &one, key(1)).is_some());
    // By the length of the keys, however few they are.
    assert_eq!(created(&mut hub, to_other, &other, span(26)), None);
    assert_eq!(created(&mut hub, to_other, &other, span(25)), Some(WatchId(0)));
    assert_eq!(created(&mut hub, to_other, &other, key(1)), None);
    assert_eq!(hub.cancel(to_other, WatchId(0)), Flow::Open);
    assert!(matches!(other.take(), Some(Item::Canceled { .. })));
    // Those of one range each count.
    assert!(created(&mut hub, to_other, &other, key(25)).is_some());
    assert!(created(&mut hub, to_other, &other, key(25)).is_some());
    assert_eq!(created(&mut hub, to_other, &other, key(1)), None);
    // A compaction takes a watch away, and what it held; its number it keeps until the client cancels it, as in etcd.
    let late = Queue::with_capacity(10);
    let to_late = hub.open_stream(Box::new(late.clone()));
    for _ in 0..4 {
        let changes = store.apply(&["k"], &[]);
        hub.publish(changes);
    }
    assert_eq!(hub.create(to_late, WatchRequest { start_revision: 2, ..request(key(50)) }), Flow::Open);
    assert!(matches!(late.take(), Some(Item::Created { .. })));
    assert_eq!(created(&mut hub, to_late, &late, key(1)), None);
    store.compact(4);
    while hub.turn(Duration::ZERO).unwrap().more {}
    assert!(matches!(late.take(), Some(Item::Canceled { compact_revision: 4, .. })));
    assert!(created(&mut hub, to_late, &late, key(50)).is_some());
}
