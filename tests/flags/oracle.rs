//! The same case, run by a real etcd: one that ends at once, with the same exit code and the same words.

use super::case::Case;
use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

/// Runs the case and compares how it ends.
#[track_caller]
pub fn compare(oracle: &Path, case: &Case) {
    let dir = tempfile::tempdir().unwrap();
    let words = case.words();
    let path = words.iter().position(|word| *word == "--config-file").and_then(|at| words.get(at + 1));
    if let (Some(file), Some(path)) = (&case.file, path) {
        fs::write(dir.path().join(path), file).unwrap();
    }
    let mut command = Command::new(oracle);
    command.args(&words).env_clear().envs(case.variables()).current_dir(dir.path()).stdin(Stdio::null());
    let output = command.output().unwrap();
    let (code, ours) = ending(&case.reaction);
    assert_eq!(output.status.code(), Some(code), "{case:?}\n{}", String::from_utf8_lossy(&output.stderr));
    if !["help", "version"].contains(&ours) {
        let said = said(&String::from_utf8_lossy(&output.stderr));
        assert!(said.iter().any(|text| text == ours), "{case:?}\nours:   {ours}\netcd's: {said:#?}");
    }
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
