//! What watchers are told, and when.

use super::{
    client::{Client, Told, told_event},
    cluster::Cluster,
    requests::*,
    support::moments::{Guest, Moment, Moments},
};
use bytes::Bytes;
use etcd::{
    backend::{Backend, BackendConfig, Batch},
    disk::mem::MemDisk,
    mvcc::{Ranges, Store},
    server::config::Config,
};
use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

/// With a hub that has little room: few revisions in memory, few at once.
fn one() -> Cluster {
    Cluster::found(1, |config| config.seed = 3)
}

/// The hub's turns and the client's reading, until nothing more comes.
fn read_all(cluster: &mut Cluster, client: &Client) -> Vec<Told> {
    let mut all = Vec::new();
    let mut silent_turns = 0;
    while silent_turns < 3 {
        cluster.hub(0);
        let told = client.read();
        silent_turns = if told.is_empty() { silent_turns + 1 } else { 0 };
        all.extend(told);
        assert!(all.len() < 10_000, "a client is told of things without an end");
        // A full stream is looked at again after a while.
        cluster.now += Duration::from_millis(100);
    }
    all
}

fn compact_all(cluster: &mut Cluster) {
    while !cluster.member(0).compact().expect("a sound disk") {}
}

/// What a client that asks for progress must find true, whatever it does.
#[derive(Default)]
struct Bookmarks {
    /// Every revision up to here was told of.
    told: i64,
    /// What the client knew of when it asked last, if that answer is the next one to come.
    asked: Option<i64>,
    answers: usize,
}

impl Bookmarks {
    fn take(&mut self, told: Told) {
        match told {
            Told::Put(_, key, revision) => {
                assert_eq!(revision, self.told + 1, "revisions come in order, and {key} is next");
                self.told = revision;
            }
            Told::Progress(-1, revision) => {
                assert_eq!(revision, self.told, "progress is told behind all events up to it");
                let known = self.asked.take().unwrap_or(0);
                assert!(revision >= known, "who asked and knew of {known} is told {revision}");
                self.answers += 1;
            }
            other => panic!("{other:?} was not asked for"),
        }
    }
}

/// All orders of five acts in a row: a write, of which the hub hears later; that; its turn; reading; and asking.
#[test]
fn issue_15220_progress_is_told_ahead_of_events() {
    let mut cluster = one();
    let member = cluster.member(0);
    let mut marks = Bookmarks { told: member.reader.revision(), ..Bookmarks::default() };
    let client = Client::open(member, 2);
    client.watch(member, marks.told + 1);
    let mut late = Vec::new();
    let publish = |cluster: &mut Cluster, late: &mut Vec<_>| {
        late.drain(..).for_each(|changes| cluster.member(0).hub.publish(changes));
    };
    for order in 0..5_u32.pow(5) {
        for place in 0..5 {
            cluster.now += Duration::from_millis(20);
            let now = cluster.now;
            match order / 5_u32.pow(place) % 5 {
                // Until the hub hears of it a reader sees it already, and the writer is answered.
                0 => {
                    cluster.ask(0, put("key", "x"));
                    late.extend(cluster.member(0).turn(now).expect("a sound disk").changes);
                }
                1 => publish(&mut cluster, &mut late),
                2 => drop(cluster.member(0).hub.turn(now).expect("history is there")),
                3 => client.read_one().into_iter().for_each(|told| marks.take(told)),
                _ => {
                    // Of a client that has not read all, it is not clear which question an answer is to.
                    let reads = order % 2 == 0;
                    let unread = if reads { read_all(&mut cluster, &client) } else { Vec::new() };
                    unread.into_iter().for_each(|told| marks.take(told));
                    marks.asked = reads.then(|| cluster.member(0).reader.revision());
                    client.ask_progress(cluster.member(0));
                }
            }
        }
    }
    publish(&mut cluster, &mut late);
    read_all(&mut cluster, &client).into_iter().for_each(|told| marks.take(told));
    assert_eq!(marks.told, cluster.member(0).reader.revision());
    let answers = marks.answers;
    client.ask_progress(cluster.member(0));
    read_all(&mut cluster, &client).into_iter().for_each(|told| marks.take(told));
    assert_eq!(marks.answers, answers + 1, "who has all is told so");
    assert!(answers > 100, "{answers} answers came on the way");
}

/// What a watcher of everything must be told of the revisions from `from` on, by what was put and deleted.
fn all_events(cluster: &mut Cluster, from: i64) -> Vec<Told> {
    let reader = cluster.member(0).reader.clone();
    let history = reader.history(from, i64::MAX, usize::MAX, usize::MAX).expect("nothing is compacted");
    history.events.iter().map(|event| told_event(0, event)).collect()
}

/// Some rows are in the file, some are on their way there, some are written while the past is read; at one go, or in many
/// parts.
#[test]
fn issue_17247_an_event_is_told_twice() {
    let at_one_go: fn(&mut Config) = |config| config.seed = 2;
    let in_parts: fn(&mut Config) = |config| config.seed = 3;
    for flushed_at in [0, 1, 63, 64, 65, 100, 150] {
        for from in [2, 40, 90] {
            [at_one_go, in_parts].into_iter().for_each(|adjust| catch_up(adjust, flushed_at, from));
        }
    }
}

fn catch_up(adjust: fn(&mut Config), flushed_at: i64, from: i64) {
    // Rows that are read at once: 64 at first.
    const ROWS: i64 = 150;
    let mut cluster = Cluster::found(1, adjust);
    let mut expected = Vec::new();
    let mut write = |cluster: &mut Cluster, number: i64| {
        let key = format!("{number}");
        let revision = cluster.done(0, put(&key, "x"));
        expected.push(Told::Put(0, key, revision));
    };
    for number in 0..ROWS {
        write(&mut cluster, number);
        if number == flushed_at {
            cluster.flush(0);
        }
    }
    let client = Client::open(cluster.member(0), 1);
    client.watch(cluster.member(0), from);
    let mut told = Vec::new();
    for number in ROWS..ROWS + 20 {
        cluster.now += Duration::from_millis(100);
        let now = cluster.now;
        let _ = cluster.member(0).hub.turn(now).expect("history is there");
        write(&mut cluster, number);
        if number % 3 == 0 {
            cluster.flush(0);
        }
        told.extend(client.read_one());
    }
    told.extend(read_all(&mut cluster, &client));
    expected.retain(|event| matches!(event, Told::Put(_, _, revision) if *revision >= from));
    let differs = told.iter().zip(&expected).find(|(told, expected)| told != expected);
    assert_eq!(differs, None, "flushed at {flushed_at}, watched from {from}");
    assert_eq!(told.len(), expected.len());
    assert_eq!(all_events(&mut cluster, from), expected);
}

/// What is read while a flush is at any of its moments: rows are on their way into the file, or in it and not taken over.
#[test]
fn issue_17247_an_event_is_read_twice_during_a_flush() {
    let guest = Guest::default();
    let disk = Arc::new(Moments::of(MemDisk::new(), guest.clone()));
    let backend = Backend::open(disk, Path::new("/db"), &BackendConfig::default());
    let backend = backend.expect("a sound disk");
    let (mut store, _) = Store::open(backend.clone()).expect("an empty store");
    let (reader, looks) = (store.reader(), Arc::new(AtomicUsize::new(0)));
    guest.send({
        let (reader, looks) = (reader.clone(), looks.clone());
        move |moment| {
            if moment == Moment::Read {
                return;
            }
            let last = reader.revision();
            let history = reader.history(2, last, usize::MAX, usize::MAX).expect("nothing is compacted");
            let revisions = history.events.iter().map(|event| event.kv.as_ref().map_or(0, |kv| kv.mod_revision));
            assert!(revisions.eq(2..=last), "each once, in order: {:?}", history.events.len());
            looks.fetch_add(1, Ordering::Relaxed);
        }
    });
    for round in 0..10 {
        for number in 0..round * 10 {
            let mut batch = Batch::new();
            let mut txn = store.write(&mut batch);
            txn.put(&Bytes::from(format!("{}", number % 7)), &Bytes::new(), 0);
            txn.end();
            backend.stage(batch);
            store.publish();
        }
        backend.flush().expect("a sound disk");
    }
    assert!(looks.load(Ordering::Relaxed) > 50, "there were moments to look at");
}

/// Many watches share a stream whose client hardly reads, and are overtaken by compactions.
#[test]
fn issue_17529_a_starved_watch_skips_what_was_compacted() {
    for reads_every in [2, 3, 5, 9] {
        let mut cluster = one();
        let client = Client::open(cluster.member(0), 1);
        const WATCHES: i64 = 3;
        (0..WATCHES).for_each(|_| client.watch(cluster.member(0), 2));
        // One of another kind, that moves by itself.
        client.watch_key(cluster.member(0), "0", 2);
        let mut told = Vec::new();
        for number in 0..60 {
            let revision = cluster.done(0, put(&format!("{}", number % 4), "x"));
            if number % 10 == 9 {
                cluster.done(0, compact(revision - 1));
                compact_all(&mut cluster);
            }
            cluster.now += Duration::from_millis(100);
            cluster.hub(0);
            if number % reads_every == 0 {
                told.extend(client.read_one());
            }
        }
        told.extend(read_all(&mut cluster, &client));
        for watch in 0..=WATCHES {
            check_gapless(&told, watch, cluster.member(0).reader.revision());
        }
        assert!(told.iter().any(|told| matches!(told, Told::Canceled(..))), "somebody was overtaken");
    }
}

/// A watch was told of every revision that it wants, to the last one, or to where it was canceled.
fn check_gapless(told: &[Told], watch: i64, last: i64) {
    let wants = |revision: &i64| watch < 3 || (revision - 2) % 4 == 0;
    let mut next = (2..=last).filter(wants).peekable();
    let mut canceled = None;
    for told in told {
        match told {
            Told::Put(id, _, revision) if *id == watch => {
                assert_eq!(canceled, None, "watch {watch} was told of {revision} behind its end");
                assert_eq!(next.next(), Some(*revision), "watch {watch}");
            }
            Told::Canceled(id, compacted) if *id == watch => {
                assert!(next.peek() < Some(compacted), "watch {watch} is canceled for {compacted}, without a reason");
                canceled = Some(*compacted);
            }
            _ => {}
        }
    }
    assert!(canceled.is_some() || next.peek().is_none(), "watch {watch} was never told of {:?}", next.peek());
}

#[test]
fn issue_18089_a_delete_at_the_compacted_revision_is_not_told() {
    for before in [0, 3] {
        let mut cluster = one();
        (0..before).for_each(|_| _ = cluster.done(0, put("k", "x")));
        cluster.done(0, put("other", "x"));
        cluster.done(0, put("k", "y"));
        let deleted = cluster.done(0, delete("k"));
        let again = cluster.done(0, put("k", "z"));
        cluster.done(0, compact(deleted));
        compact_all(&mut cluster);
        let client = Client::open(cluster.member(0), 8);
        client.watch(cluster.member(0), deleted);
        let expected = [Told::Delete(0, "k".into(), deleted), Told::Put(0, "k".into(), again)];
        assert_eq!(read_all(&mut cluster, &client), expected);
    }
}

/// The put of a key is gone, its tombstone is at the compacted revision, and the compaction is done again after a crash that
/// came before its end was noted.
#[test]
fn issue_19179_a_delete_is_not_told_behind_a_crash_during_its_compaction() {
    // More rows than a step of the compaction takes.
    const OTHERS: i64 = 40;
    for (steps, crashes) in (0..8).flat_map(|steps| [(steps, 1), (steps, 2)]) {
        let mut cluster = one();
        cluster.done(0, put("a", "x"));
        (0..OTHERS).for_each(|other| _ = cluster.done(0, put(&format!("{other}"), "x")));
        let deleted = cluster.done(0, delete("a"));
        cluster.done(0, compact(deleted));
        for _ in 0..crashes {
            (0..steps).for_each(|_| _ = cluster.member(0).compact().expect("a sound disk"));
            cluster.flush(0);
            cluster.kill(0);
            cluster.start(0);
            cluster.settle();
        }
        compact_all(&mut cluster);
        let client = Client::open(cluster.member(0), 8);
        client.watch(cluster.member(0), deleted);
        let told = read_all(&mut cluster, &client);
        assert_eq!(told, [Told::Delete(0, "a".into(), deleted)], "{crashes} crashes, each behind {steps} steps");
    }
}

/// The member is behind what the client knows from another one.
#[test]
fn issue_20221_a_watch_of_the_future_is_told_of_the_present() {
    let mut cluster = one();
    let last = cluster.done(0, put("k", "x"));
    let client = Client::open(cluster.member(0), 100);
    let wanted = last + 3;
    client.watch(cluster.member(0), wanted);
    let mut told = Vec::new();
    let mut pass = |cluster: &mut Cluster| {
        // Longer than from one notice of progress to the next.
        cluster.now += Duration::from_secs(2000);
        client.ask_progress(cluster.member(0));
        told.extend(read_all(cluster, &client));
    };
    (0..3).for_each(|_| pass(&mut cluster));
    for _ in last..=wanted {
        cluster.done(0, put("k", "x"));
        pass(&mut cluster);
    }
    let (first, rest) = told.split_first().expect("it is told in the end");
    assert_eq!(*first, Told::Put(0, "k".into(), wanted), "nothing older, and no progress: {rest:?}");
    assert!(rest.contains(&Told::Progress(-1, wanted)), "then it hears of its progress: {rest:?}");
    assert!(rest.contains(&Told::Put(0, "k".into(), wanted + 1)), "{rest:?}");
}
