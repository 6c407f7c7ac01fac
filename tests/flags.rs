//! The server's settings: command lines, environments and config files, and what comes of each.
//!
//! `tests/scripts/flags/*.txt` are golden transcripts:
//!
//! ```text
//!   # etcd: the error of this case was recorded from a real etcd, and is compared with one where ETCD_ORACLE names it
//!   env ETCD_NAME=a
//!   file
//!     name: a
//!   etcd --config-file f
//!   ----
//!   exit 1: ...
//! ```
//!
//! Run with `UPDATE=1` to record. A case whose reaction begins with `exit` is run by the oracle as well: exit code and
//! text must be the same. A line `ours` above a case says that we differ on purpose.

#[path = "flags/case.rs"]
mod case;
#[path = "flags/oracle.rs"]
mod oracle;

use etcd::cmd::server::trial;
use std::{
    fs,
    path::{Path, PathBuf},
};

fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scripts/flags")
}

#[track_caller]
fn check(name: &str) {
    let path = scripts().join(name);
    let text = fs::read_to_string(&path).unwrap();
    let cases = case::read(&text);
    assert!(cases.len() > 3, "{name} holds cases");
    let now = case::write(&cases, |case| trial::outcome(&case.words(), &case.variables(), case.file.as_deref()));
    hold(&path, &text, &now);
    if let Some(oracle) = std::env::var_os("ETCD_ORACLE") {
        let compared = cases.iter().filter(|case| !case.is_ours && case.reaction.contains("exit "));
        let differences: Vec<String> =
            compared.filter_map(|case| oracle::difference(Path::new(&oracle), case)).collect();
        assert!(differences.is_empty(), "{} differ:\n{}", differences.len(), differences.concat());
    }
}

/// The file's text must be `now`; with `UPDATE=1` it becomes that.
#[track_caller]
fn hold(path: &Path, text: &str, now: &str) {
    if std::env::var_os("UPDATE").is_some() {
        fs::write(path, now).unwrap();
        return;
    }
    let at = text
        .lines()
        .zip(now.lines())
        .position(|(a, b)| a != b)
        .unwrap_or(text.lines().count().min(now.lines().count()));
    let line = |text: &str| text.lines().nth(at).unwrap_or("(end)").to_owned();
    let path = path.display();
    assert!(text == now, "{path}:{}: recorded\n  {}\nand now\n  {}\n(UPDATE=1 records)", at + 1, line(text), line(now));
}

#[test]
fn command_lines() {
    check("lines.txt");
}

#[test]
fn environments() {
    check("environment.txt");
}

#[test]
fn config_files() {
    check("files.txt");
}

#[test]
fn old_names() {
    check("old.txt");
}

#[test]
fn what_must_not_be_passed_over() {
    check("refused.txt");
}

#[test]
fn the_table_of_flags() {
    let path = scripts().join("table.txt");
    let text = fs::read_to_string(&path).unwrap_or_default();
    hold(&path, &text, &trial::table());
    let flags = trial::table().lines().skip(1).take_while(|line| !line.is_empty()).count();
    assert_eq!(flags, 113, "the 111 flags of the reference, max-snapshots and v2-deprecation");
}
