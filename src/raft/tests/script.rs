//! The transcripts in `tests/scripts/raft`: commands, each followed by what it showed.
//!
//! `> command` is carried out, the lines below it are compared. With `UPDATE_SCRIPTS=1` they are written anew instead.

use super::stage::Stage;
use std::fs;
use std::path::Path;

fn replay(text: &str) -> String {
    let mut stage = Stage::default();
    let mut result = String::new();
    for line in text.lines() {
        match line.strip_prefix("> ") {
            Some(command) => result += &format!("{line}\n{}", stage.run(command)),
            // Remarks and gaps stay, old results go.
            None if line.starts_with('#') || line.is_empty() => result += &format!("{line}\n"),
            None => {}
        }
    }
    result
}

#[test]
fn transcripts() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scripts/raft");
    let mut paths: Vec<_> = fs::read_dir(&dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(!paths.is_empty());
    for path in paths {
        let recorded = fs::read_to_string(&path).unwrap();
        let replayed = replay(&recorded);
        if std::env::var_os("UPDATE_SCRIPTS").is_some() {
            fs::write(&path, &replayed).unwrap();
        } else {
            assert_eq!(replayed, recorded, "{}", path.display());
        }
    }
}
