//! The same case, run by a real etcd: one that ends at once, with the same exit code and the same words.

use super::case::Case;
use std::{
    fs,
    io::Read,
    path::Path,
    process::{Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

/// Longest time for a case that ends at once.
const PATIENCE: Duration = Duration::from_secs(20);

/// Runs the case; what differs, where something does.
pub fn difference(oracle: &Path, case: &Case) -> Option<String> {
    let dir = tempfile::tempdir().unwrap();
    let words = case.words();
    if let Some(file) = &case.file {
        fs::write(dir.path().join("f"), file).unwrap();
    }
    let mut command = Command::new(oracle);
    command.args(&words).env_clear().envs(case.variables()).current_dir(dir.path());
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stderr = child.stderr.take().unwrap();
    let (done, ended) = mpsc::channel();
    let reader = thread::spawn(move || {
        let mut text = String::new();
        stderr.read_to_string(&mut text).unwrap();
        done.send(()).unwrap();
        text
    });
    if ended.recv_timeout(PATIENCE).is_err() {
        child.kill().unwrap();
    }
    let status = child.wait().unwrap();
    let text = reader.join().unwrap();
    let (code, ours) = ending(&case.reaction);
    let is_shown = ["help", "version"].contains(&ours);
    let said = said(&text);
    let same = status.code() == Some(code) && (is_shown || said.iter().any(|text| text.trim_end() == ours));
    let last = &said[said.len().saturating_sub(4)..];
    (!same).then(|| format!("{case:?}\nours:   {code} {ours}\netcd's: {status} {last:#?}\n"))
}

/// `exit 1: text`, the last line.
fn ending(reaction: &str) -> (i32, &str) {
    let line = reaction.lines().last().unwrap();
    let (code, text) = line.strip_prefix("exit ").and_then(|rest| rest.split_once(": ")).unwrap();
    (code.parse().unwrap(), text)
}

/// Lines that are no log lines, and the errors and messages of those that are.
fn said(stderr: &str) -> Vec<String> {
    let mut said = Vec::new();
    for line in stderr.lines() {
        match serde_json::from_str::<serde_json::Value>(line) {
            Ok(log) => {
                let text = |key: &str| log[key].as_str().unwrap_or_default().to_owned();
                said.push(text("error"));
                said.push(format!("{} {}", text("msg"), text("environment-variable")));
            }
            Err(_) => said.push(line.to_owned()),
        }
    }
    said
}
