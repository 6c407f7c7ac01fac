//! Golden transcripts: commands and what they bring about, in `tests/scripts/watch`.
//!
//! Lines that start with `> ` are commands, the lines below one are its output. `UPDATE_SCRIPTS=1 cargo test` writes the
//! outputs anew, to be read as a diff.

use crate::model::{Queue, Store, show};
use bytes::Bytes;
use etcd::{
    id::{StreamId, WatchId},
    key::KeyRange,
    mvcc::Changes,
    watch::{History, Hub, WatchRequest},
};
use std::{collections::BTreeMap, fs, path::Path, time::Duration};

#[test]
fn transcripts_are_as_recorded() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scripts/watch");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty());
    for file in files {
        let recorded = fs::read_to_string(&file).unwrap();
        let played = play(&recorded);
        if std::env::var_os("UPDATE_SCRIPTS").is_some() {
            fs::write(&file, &played).unwrap();
            continue;
        }
        assert_eq!(recorded, played, "{}", file.display());
    }
}

fn play(script: &str) -> String {
    let mut stage = Stage::new();
    let mut played = String::new();
    let mut in_output = false;
    for line in script.lines() {
        if let Some(command) = line.strip_prefix("> ") {
            played += &format!("{line}\n{}", stage.run(command));
        } else if !in_output || line.is_empty() || line.starts_with('#') {
            played += &format!("{line}\n");
        }
        in_output = !(line.is_empty() || line.starts_with('#'));
    }
    played
}

struct Stage {
    store: Store,
    unpublished: Vec<Changes>,
    hub: Hub<Store>,
    streams: BTreeMap<String, (StreamId, Queue)>,
}

impl Stage {
    fn new() -> Self {
        let store = Store::default();
        let hub = Hub::new(store.clone(), 7, Duration::from_secs(10));
        Self { store, unpublished: Vec::new(), hub, streams: BTreeMap::new() }
    }

    /// The output: lines, each with its end.
    fn run(&mut self, command: &str) -> String {
        let words: Vec<&str> = command.split_whitespace().collect();
        let (name, words) = words.split_first().expect("a command");
        match *name {
            "open" => self.open(words),
            "close" => self.hub.close_stream(self.stream(words[0])),
            "create" => return format!("{:?}\n", self.hub.create(self.stream(words[0]), request(&words[1..]))),
            "cancel" => {
                let id = WatchId(words[1].parse().unwrap());
                return format!("{:?}\n", self.hub.cancel(self.stream(words[0]), id));
            }
            "progress" => return format!("{:?}\n", self.hub.request_progress(self.stream(words[0]))),
            "drained" => return format!("{:?}\n", self.hub.drained(self.stream(words[0]))),
            "store" => self.apply(words),
            "publish" => self.unpublished.drain(..).for_each(|changes| self.hub.publish(changes)),
            "txn" => {
                self.apply(words);
                return self.run("publish");
            }
            "puts" => (0..words[1].parse().unwrap()).for_each(|_| drop(self.run(&format!("txn {}", words[0])))),
            "restored" => {
                self.unpublished.clear();
                self.hub.restored(History::revision(&self.store));
            }
            "compact" => self.store.compact(words[0].parse().unwrap()),
            "turn" => return self.turn(words[0]),
            "take" => return self.take(words),
            "counts" => return format!("{:?}\n", self.hub.counts()),
            other => panic!("no such command: {other}"),
        }
        String::new()
    }

    fn stream(&self, name: &str) -> StreamId {
        self.streams[name].0
    }

    fn open(&mut self, words: &[&str]) {
        let queue = Queue::with_capacity(words.get(1).map_or(1000, |capacity| capacity.parse().unwrap()));
        let id = self.hub.open_stream(Box::new(queue.clone()));
        self.streams.insert(words[0].to_owned(), (id, queue));
    }

    /// Words are keys: put, or deleted behind a minus sign.
    fn apply(&mut self, words: &[&str]) {
        let deletes: Vec<&str> = words.iter().filter_map(|word| word.strip_prefix('-')).collect();
        let puts: Vec<&str> = words.iter().copied().filter(|word| !word.starts_with('-')).collect();
        self.unpublished.push(self.store.apply(&puts, &deletes));
    }

    fn turn(&mut self, at_ms: &str) -> String {
        let turn = self.hub.turn(Duration::from_millis(at_ms.parse().unwrap())).unwrap();
        let wake_at = turn.wake_at.map_or("-".to_owned(), |at| at.as_millis().to_string());
        format!("wake at {wake_at}{}\n", if turn.more { ", more" } else { "" })
    }

    fn take(&mut self, words: &[&str]) -> String {
        let queue = &self.streams[words[0]].1;
        let count = words.get(1).map_or(usize::MAX, |count| count.parse().unwrap());
        let items = std::iter::from_fn(|| queue.take()).take(count);
        items.map(|item| shorten(show(&item)) + "\n").collect()
    }
}

/// Long lists of events are shown by their ends.
fn shorten(line: String) -> String {
    let words: Vec<&str> = line.split(' ').collect();
    if words.len() <= 20 {
        return line;
    }
    format!("{} .. {} ({} words)", words[..4].join(" "), words[words.len() - 1], words.len())
}

fn request(words: &[&str]) -> WatchRequest {
    let named: BTreeMap<&str, &str> = words.iter().filter_map(|word| word.split_once('=')).collect();
    let bytes = |name: &str| Bytes::from(named.get(name).map_or(String::new(), |text| text.replace("\\0", "\0")));
    let number = |name: &str| named.get(name).map_or(0, |text| text.parse().unwrap());
    let has = |mark: &str| words.contains(&mark);
    WatchRequest {
        watch_id: number("id"),
        range: KeyRange::read(&bytes("key"), &bytes("end")),
        start_revision: number("start"),
        progress_notify: has("progress"),
        no_put: has("noput"),
        no_delete: has("nodelete"),
        prev_kv: has("prev"),
        fragment: has("fragment"),
    }
}
