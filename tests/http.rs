//! Plain HTTP from outside: what the ports of the binary serve, to whom, and what it says in the log about it.
//!
//! ```text
//!   scripts/http/*.txt   transcripts; http/player.rs says what their commands are
//!   http/wire.rs         HTTP/1 and HTTP/2, byte for byte
//!   http/vars.rs         /debug/vars
//!   http/ports.rs        ports that cannot be had, and ports that are shared
//!   http/hostile.rs      clients that mean no good
//! ```
//!
//! The transcripts were recorded from etcd 3.7.1. `ETCD_ORACLE=/path/to/etcd RECORD=1 cargo test --test http real_etcd` plays
//! all of them again. Another version than 3.7 is no oracle here.

#[path = "http/hostile.rs"]
mod hostile;
#[path = "http/player.rs"]
mod player;
#[path = "http/ports.rs"]
mod ports;
mod support;
#[path = "http/vars.rs"]
mod vars;
#[path = "http/wire.rs"]
mod wire;

use std::{
    fs,
    path::{Path, PathBuf},
};
use support::member::Program;

fn scripts() -> Vec<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/scripts/http");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(!paths.is_empty());
    paths
}

/// Plays all scripts. All are played to their end, so that all that differ are told of.
async fn play_all(program: &Program, react: impl Fn(&Path, &str, String) -> Result<(), String>) {
    let mut broken = Vec::new();
    for path in scripts() {
        let script = fs::read_to_string(&path).unwrap();
        let played = player::play(program, &script).await;
        broken.extend(react(&path, &script, played).err());
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

fn same(path: &Path, script: &str, played: String) -> Result<(), String> {
    if played == script {
        return Ok(());
    }
    let differs = script.lines().zip(played.lines()).position(|(script, played)| script != played);
    let at = differs.unwrap_or(script.lines().count().min(played.lines().count()));
    let line = |text: &str| text.lines().nth(at).unwrap_or("(end)").to_owned();
    Err(format!("{}:{}\nexpected {}\n     got {}", path.display(), at + 1, line(script), line(&played)))
}

#[tokio::test(flavor = "multi_thread")]
async fn binary_as_recorded() {
    play_all(&Program::ours(), same).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn real_etcd_as_recorded() {
    let Some(oracle) = Program::current_oracle() else { return };
    if std::env::var_os("RECORD").is_none() {
        return play_all(&oracle, same).await;
    }
    play_all(&oracle, |path, _, played| fs::write(path, played).map_err(|error| error.to_string())).await;
}
