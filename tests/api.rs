//! The whole API from outside, the same cases against three servers: the library within this process, the built binary,
//! and, when `ETCD_ORACLE=/path/to/etcd` names one, a real etcd.
//!
//! ```text
//!   scripts/api/*.txt    transcripts; api/player.rs says what their commands are
//!   api/slow.rs          a client that does not read
//!   api/stop.rs          streams under way when the server stops, and calls whose time is up
//!   api/pings.rs         a client that pings without end
//!   api/listen.rs        where the binary listens: sockets, addresses, the peer port
//! ```
//!
//! The transcripts were recorded from etcd 3.7.1: `ETCD_ORACLE=/path/to/etcd RECORD=1 cargo test --test api real_etcd` plays
//! all of them again, and what a real etcd says is what ours must say. Another version than 3.7 is no oracle here.

#[path = "apply/language.rs"]
mod language;
#[path = "api/listen.rs"]
mod listen;
#[path = "api/page.rs"]
mod page;
#[path = "api/pings.rs"]
mod pings;
#[path = "api/player.rs"]
mod player;
#[path = "apply/print.rs"]
mod print;
#[path = "api/show.rs"]
mod show;
#[path = "api/slow.rs"]
mod slow;
#[path = "api/stop.rs"]
mod stop;
#[path = "api/stream.rs"]
mod stream;
mod support;
#[path = "api/target.rs"]
mod target;
#[path = "api/wire.rs"]
mod wire;

use std::{fs, path::PathBuf};
use support::member::Program;
use target::Target;
use tokio::task::JoinSet;

/// All servers that there are to play against.
fn targets() -> Vec<Target> {
    std::iter::once(Target::InProcess).chain(Program::all_current().into_iter().map(Target::Process)).collect()
}

fn scripts() -> Vec<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/scripts/api");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    // One alone: SCRIPT=watch.
    let wanted = std::env::var("SCRIPT").unwrap_or_default();
    paths.retain(|path| path.file_stem().is_some_and(|name| wanted.is_empty() || name == wanted.as_str()));
    paths.sort();
    assert!(!paths.is_empty());
    paths
}

/// Plays all scripts at once: most of their time is spent waiting.
async fn play_all(target: Target, react: fn(&PathBuf, String)) {
    let mut playing = JoinSet::new();
    for path in scripts() {
        let target = target.clone();
        playing.spawn(async move {
            let script = fs::read_to_string(&path).unwrap();
            react(&path, player::play(&target, &script).await);
        });
    }
    // All are played to their end, so that all that differ are told of.
    let mut broken = 0;
    while let Some(played) = playing.join_next().await {
        broken += usize::from(played.is_err());
    }
    assert_eq!(broken, 0, "scripts that did not go as recorded");
}

#[track_caller]
fn assert_same(path: &PathBuf, played: String) {
    let script = fs::read_to_string(path).unwrap();
    if played != script {
        let differs = script.lines().zip(played.lines()).position(|(script, played)| script != played);
        let at = differs.unwrap_or(script.lines().count().min(played.lines().count()));
        let line = |text: &str| text.lines().nth(at).unwrap_or("(end)").to_owned();
        panic!("{}:{}\nexpected {}\n     got {}", path.display(), at + 1, line(&script), line(&played));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn in_process_as_recorded() {
    play_all(Target::InProcess, assert_same).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn binary_as_recorded() {
    play_all(Target::Process(Program::ours()), assert_same).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn real_etcd_as_recorded() {
    let Some(oracle) = Program::current_oracle() else { return };
    let is_recording = std::env::var_os("RECORD").is_some();
    play_all(
        Target::Process(oracle),
        if is_recording { |path, played| fs::write(path, played).unwrap() } else { assert_same },
    )
    .await;
}
