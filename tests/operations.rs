//! What operators and full disks do to a member, as transcripts: alarms and what they forbid, the quota, compaction by hand
//! and by itself, rewriting the file, hashes, and a start with all of it in place.
//!
//! `scripts/operations/*.txt` were recorded from etcd 3.7.1; `operations/player.rs` says what their commands are. They are
//! played against our binary and, when `ETCD_ORACLE=/path/to/etcd` names an etcd 3.7, against that one as well. To record
//! them anew: `ETCD_ORACLE=/path/to/etcd RECORD=1 cargo test --test operations real_etcd`. `SCRIPT=name` picks one.

#[path = "operations/ask.rs"]
mod ask;
#[path = "operations/crowd.rs"]
mod crowd;
#[path = "apply/language.rs"]
mod language;
#[path = "operations/player.rs"]
mod player;
#[path = "apply/print.rs"]
mod print;
mod support;

use std::{
    fs,
    path::{Path, PathBuf},
};
use support::member::Program;
use tokio::task::JoinSet;

fn scripts() -> Vec<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/scripts/operations");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    let wanted = std::env::var("SCRIPT").unwrap_or_default();
    paths.retain(|path| path.file_stem().is_some_and(|name| wanted.is_empty() || name == wanted.as_str()));
    paths.sort();
    assert!(!paths.is_empty(), "no script of the name {wanted:?}");
    paths
}

/// Plays all scripts at once: most of their time is spent waiting.
async fn play_all(program: Program, react: fn(&Path, &str, String)) {
    let mut playing = JoinSet::new();
    for path in scripts() {
        let program = program.clone();
        playing.spawn(async move {
            let script = fs::read_to_string(&path).unwrap();
            let played = player::play(&program, &script).await;
            react(&path, &script, played);
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
fn assert_same(path: &Path, script: &str, played: String) {
    if played == script {
        return;
    }
    let differs = script.lines().zip(played.lines()).position(|(script, played)| script != played);
    let at = differs.unwrap_or(script.lines().count().min(played.lines().count()));
    let line = |text: &str| text.lines().nth(at).unwrap_or("(end)").to_owned();
    panic!("{}:{}\nexpected {}\n     got {}", path.display(), at + 1, line(script), line(&played));
}

#[tokio::test(flavor = "multi_thread")]
async fn ours_as_recorded() {
    play_all(Program::ours(), assert_same).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn real_etcd_as_recorded() {
    let Some(oracle) = Program::current_oracle() else { return };
    let is_recording = std::env::var_os("RECORD").is_some();
    let record = |path: &Path, _: &str, played: String| fs::write(path, played).unwrap();
    play_all(oracle, if is_recording { record } else { assert_same }).await;
}
