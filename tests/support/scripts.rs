//! Transcripts in a folder, played against something: compared with what is recorded, or recorded anew.

use std::{
    fs, io,
    path::{Path, PathBuf},
};
use tokio::task::JoinSet;

/// What becomes of a script that was played: its path, its text, and the text with the reactions of now.
type React = fn(&Path, &str, String) -> Result<(), String>;

/// Plays the scripts of a folder of `tests/scripts`; each must go as recorded.
pub async fn compare<F>(folder: &str, play: impl Fn(String) -> F)
where
    F: Future<Output = String> + Send + 'static,
{
    play_all(folder, play, same).await;
}

/// The same; with `RECORD` in the environment the scripts become what was played.
pub async fn compare_or_record<F>(folder: &str, play: impl Fn(String) -> F)
where
    F: Future<Output = String> + Send + 'static,
{
    let record: React = |path, _, played| fs::write(path, played).map_err(|error: io::Error| error.to_string());
    play_all(folder, play, if std::env::var_os("RECORD").is_some() { record } else { same }).await;
}

/// All at once: most of their time is spent waiting. And all to their end, so that all that differ are told of.
async fn play_all<F>(folder: &str, play: impl Fn(String) -> F, react: React)
where
    F: Future<Output = String> + Send + 'static,
{
    let mut playing = JoinSet::new();
    for path in paths(folder) {
        let script = fs::read_to_string(&path).expect("a script");
        let played = play(script.clone());
        playing.spawn(async move { react(&path, &script, played.await) });
    }
    let mut broken = Vec::new();
    while let Some(played) = playing.join_next().await {
        broken.extend(played.unwrap_or_else(|error| Err(error.to_string())).err());
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// The scripts in order; `SCRIPT=name` picks one.
fn paths(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scripts").join(folder);
    let entries = fs::read_dir(folder).expect("a folder of scripts");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("a script").path()).collect();
    let wanted = std::env::var("SCRIPT").unwrap_or_default();
    paths.retain(|path| path.file_stem().is_some_and(|name| wanted.is_empty() || name == wanted.as_str()));
    paths.sort();
    assert!(!paths.is_empty(), "no script of the name {wanted:?}");
    paths
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
