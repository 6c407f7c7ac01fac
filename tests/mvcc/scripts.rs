//! Transcripts: `tests/scripts/mvcc/*.txt` hold commands and, indented below each, what came of it.
//!
//! ```text
//!   put KEY VALUE [LEASE]      del KEY [END]      txn COMMAND ; COMMAND ...
//!   get KEY [END] [at=N] [limit=N] [count|keys]   the same inside a txn
//!   schedule N   step LIMIT    compact N: schedules and steps to the end       reopen   leased
//!   hash N       history FROM TO [REVISIONS]      previous KEY BEFORE          rows
//! ```
//!
//! Words are Rust byte strings without spaces; `""` is the empty one. With UPDATE_SCRIPTS=1 the files are written anew: review the
//! diff. Those whose name begins with `etcd` were recorded from a real etcd and must never change.

use crate::support::backend;
use bytes::Bytes;
use etcd::backend::{Backend, Batch, Bucket};
use etcd::key::KeyRange;
use etcd::mvcc::{CompactionStep, Compactor, Fetch, Kind, RangeQuery, Ranges, ReadError, Revision, Store, WriteTxn};
use etcd::pb::mvccpb::{Event, KeyValue, event::EventType};
use std::fmt::Write;
use std::path::Path;

#[test]
fn transcripts() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scripts/mvcc");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty());
    for file in files {
        let script = std::fs::read_to_string(&file).unwrap();
        let played = play(&script);
        if std::env::var("UPDATE_SCRIPTS").is_ok() && !file.file_name().unwrap().to_string_lossy().starts_with("etcd") {
            std::fs::write(&file, played).unwrap();
        } else if played != script {
            let differs = script.lines().zip(played.lines()).position(|(script, played)| script != played);
            let at = differs.unwrap_or(script.lines().count().min(played.lines().count()));
            let line = |text: &str| text.lines().nth(at).unwrap_or("(end)").to_owned();
            panic!("{}:{}: expected {:?}, got {:?}", file.display(), at + 1, line(&script), line(&played));
        }
    }
}

fn play(script: &str) -> String {
    let mut player = Player::new();
    let mut played = String::new();
    for line in script.lines().filter(|line| !line.starts_with("  ")) {
        played.push_str(line);
        played.push('\n');
        if !line.is_empty() && !line.starts_with('#') {
            for answer in player.play(line).lines() {
                writeln!(played, "  {answer}").unwrap();
            }
        }
    }
    played
}

struct Player {
    backend: Backend,
    store: Store,
    compactor: Compactor,
}

impl Player {
    fn new() -> Self {
        let backend = backend();
        let (store, _) = Store::open(backend.clone()).unwrap();
        let compactor = store.compactor();
        Self { backend, store, compactor }
    }

    fn play(&mut self, line: &str) -> String {
        let words: Vec<&str> = line.split(' ').collect();
        let number = |at: usize| words[at].parse::<i64>().unwrap_or_else(|_| panic!("a number in {line}"));
        let reader = self.store.reader();
        match words[0] {
            "put" | "del" => self.transact(line),
            "txn" => self.transact(&line["txn ".len()..]),
            "get" => get(&reader, &words),
            "schedule" => answer(self.schedule(number(1)).map(|()| "scheduled".to_owned())),
            "compact" => answer(self.schedule(number(1)).map(|()| self.finish())),
            "step" => said(self.compactor.step(number(1) as usize).unwrap()),
            "reopen" => {
                self.reopen();
                let reader = self.store.reader();
                format!("revision {}, compacted {}", reader.revision(), reader.compact_revision())
            }
            "leased" => self.reopen().iter().map(|(key, lease)| format!("{}: {lease}\n", quote(key))).collect(),
            "hash" => answer(reader.hash_kv(number(1)).map(|hash| {
                let (at, compacted) = (hash.hash_revision, hash.compact_revision);
                format!("{} at {at}, compacted {compacted}, current {}", hash.hash, hash.revision)
            })),
            "history" => {
                let revisions = words.get(3).map_or(usize::MAX, |_| number(3) as usize);
                answer(reader.history(number(1), number(2), revisions, usize::MAX).map(|history| {
                    let events: String = history.events.iter().map(show_event).collect();
                    format!("{events}through {}", history.through)
                }))
            }
            "previous" => {
                answer(reader.previous(&word(words[1]), number(2)).map(|kv| kv.map_or("none".into(), |kv| show(&kv))))
            }
            "rows" => self.rows(),
            _ => panic!("no such command: {line}"),
        }
    }

    fn transact(&mut self, commands: &str) -> String {
        let mut batch = Batch::new();
        let mut txn = self.store.write(&mut batch);
        let mut said = String::new();
        for command in commands.split(" ; ") {
            let words: Vec<&str> = command.split(' ').collect();
            said.push_str(&act(&mut txn, &words));
        }
        let revision = txn.end().revision;
        self.backend.stage(batch);
        self.store.publish();
        format!("{said}revision {revision}")
    }

    fn schedule(&mut self, revision: i64) -> Result<(), ReadError> {
        let mut batch = Batch::new();
        self.store.compact(revision, &mut batch)?;
        self.backend.stage(batch);
        self.store.publish();
        Ok(())
    }

    fn finish(&mut self) -> String {
        loop {
            if let finished @ CompactionStep::Finished { .. } = self.compactor.step(1000).unwrap() {
                return said(finished);
            }
        }
    }

    fn reopen(&mut self) -> Vec<(Bytes, i64)> {
        let (store, leased) = Store::open(self.backend.clone()).unwrap();
        (self.compactor, self.store) = (store.compactor(), store);
        leased
    }

    fn rows(&self) -> String {
        let rows = self.backend.range(Bucket::Key, &[], None, usize::MAX).unwrap();
        let rows = rows.iter().map(|(key, _)| match Revision::read(key).unwrap() {
            (revision, Kind::Put) => revision.to_string(),
            (revision, Kind::Tombstone) => format!("{revision}t"),
        });
        rows.collect::<Vec<_>>().join(" ")
    }
}

fn act(txn: &mut WriteTxn<'_>, words: &[&str]) -> String {
    match words[0] {
        "put" => {
            let lease = words.get(3).map_or(0, |lease| lease.parse().unwrap());
            txn.put(&word(words[1]), &word(words[2]), lease);
            String::new()
        }
        "del" => {
            let range = KeyRange::read(&word(words[1]), &words.get(2).map(|end| word(end)).unwrap_or_default());
            format!("deleted {}\n", txn.delete_range(&range))
        }
        "get" => get(txn, words) + "\n",
        _ => panic!("not in a transaction: {words:?}"),
    }
}

fn get(from: &impl Ranges, words: &[&str]) -> String {
    let end =
        words.get(2).filter(|end| !["at=", "limit=", "count", "keys"].iter().any(|option| end.starts_with(option)));
    let range = KeyRange::read(&word(words[1]), &end.map(|end| word(end)).unwrap_or_default());
    let mut query = RangeQuery { range, at: 0, limit: 0, fetch: Fetch::Full };
    for option in &words[2 + usize::from(end.is_some())..] {
        match option.split_once('=') {
            Some(("at", at)) => query.at = at.parse().unwrap(),
            Some(("limit", limit)) => query.limit = limit.parse().unwrap(),
            _ if *option == "count" => query.fetch = Fetch::Count,
            _ if *option == "keys" => query.fetch = Fetch::Keys,
            _ => panic!("no such option: {option}"),
        }
    }
    answer(from.range(&query).map(|result| {
        let kvs: String = result.kvs.iter().map(|kv| show(kv) + "\n").collect();
        format!("{kvs}{} in all, current {}", result.count, result.revision)
    }))
}

fn answer(result: Result<String, ReadError>) -> String {
    result.unwrap_or_else(|error| error.to_string())
}

fn said(step: CompactionStep) -> String {
    match step {
        CompactionStep::Idle => "idle".into(),
        CompactionStep::More => "more".into(),
        CompactionStep::Finished { revision, .. } => format!("compacted {revision}"),
    }
}

fn show(kv: &KeyValue) -> String {
    let lease = if kv.lease == 0 { String::new() } else { format!(", lease {}", kv.lease) };
    let (created, modified, version) = (kv.create_revision, kv.mod_revision, kv.version);
    format!("{}={} ({created}..{modified}, version {version}{lease})", quote(&kv.key), quote(&kv.value))
}

fn show_event(event: &Event) -> String {
    let kv = event.kv.as_ref().unwrap();
    match event.r#type() {
        EventType::Put => format!("put {}\n", show(kv)),
        EventType::Delete => format!("delete {} at {}\n", quote(&kv.key), kv.mod_revision),
    }
}

fn quote(bytes: &[u8]) -> String {
    if bytes.is_empty() { "\"\"".into() } else { bytes.escape_ascii().to_string() }
}

fn word(text: &str) -> Bytes {
    let mut bytes = Vec::new();
    let mut rest = if text == "\"\"" { "" } else { text };
    while let Some(first) = rest.chars().next() {
        let (byte, len) = match rest.strip_prefix("\\x") {
            Some(hex) => (u8::from_str_radix(&hex[..2], 16).unwrap(), 4),
            None => (first as u8, 1),
        };
        bytes.push(byte);
        rest = &rest[len..];
    }
    bytes.into()
}
