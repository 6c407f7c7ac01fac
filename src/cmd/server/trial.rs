//! A command line tried out: what would come of it, as text. Tests keep such texts as golden files.

use super::{
    build::Surroundings,
    flags::{self, Fate, InFile, Status},
    notice::Notice,
    settle::{Outcome, Sources, settle},
};
use std::{
    collections::BTreeSet,
    fmt::{Debug, Write},
};

/// Tries out a command line with these variables; `file` is what every config file would hold.
///
/// The text has a line for everything that would be said, then the exit code and what goes with it, or the settings that
/// differ from the defaults.
pub fn outcome(words: &[&str], variables: &[(&str, &str)], file: Option<&str>) -> String {
    let words: Vec<String> = words.iter().map(|word| word.to_string()).collect();
    let variables: Vec<_> = variables.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    let read_file = |path: &str| match file {
        Some(text) => Ok(text.as_bytes().to_vec()),
        None => Err(format!("open {path}: no such file or directory")),
    };
    let settle = |words: &[String], variables: &[(String, String)]| {
        let default_host = || Some("192.0.2.1".to_owned());
        let around = Surroundings { default_host: &default_host, seed: 0 };
        settle(&Sources { words, variables, read_file: &read_file, around })
    };
    let settled = settle(&words, &variables);
    let mut text = String::new();
    let mut line = |content: String| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{content}");
    };
    let said = settled.notices.iter().filter(|notice| !matches!(notice, Notice::SinglePort | Notice::DefaultName));
    said.for_each(|notice| line(format!("said: {}", describe(notice))));
    match settled.outcome {
        Outcome::Help => line("exit 0: help".into()),
        Outcome::Version => line("exit 0: version".into()),
        Outcome::Unreadable(error) => line(format!("exit 2: {error}")),
        Outcome::BadUrls(error) | Outcome::Refused(error) | Outcome::CannotStart(error) => {
            line(format!("exit 1: {error}"));
        }
        Outcome::Conflict(error) => line(format!("exit 1: {error} {}", error.variable())),
        Outcome::Ready(config) => {
            let usual = match settle(&[], &[]).outcome {
                Outcome::Ready(usual) => leaves(&usual),
                _ => Vec::new(),
            };
            let usual: BTreeSet<String> = usual.into_iter().collect();
            leaves(&config).into_iter().filter(|leaf| !usual.contains(leaf)).for_each(&mut line);
            line("starts".into());
        }
    }
    text
}

fn describe(notice: &Notice) -> String {
    let message = notice.message();
    match notice {
        Notice::UsedVariable { name, value } => format!("{message}: {name}={value}"),
        Notice::UnknownVariable(text)
        | Notice::UnknownKey(text)
        | Notice::DefaultDataDir(text)
        | Notice::DefaultHost(text) => format!("{message}: {text}"),
        Notice::NoEffect(name) | Notice::Ignored(name) | Notice::GateWithoutEffect(name) => {
            format!("{message}: {name}")
        }
        Notice::FileLoaded { path } => format!("{message}: {path}"),
        _ => message,
    }
}

/// The values within, each behind the way to it: `member.name: "a"`.
fn leaves(value: &impl Debug) -> Vec<String> {
    let shown = format!("{value:#?}");
    let mut way: Vec<&str> = Vec::new();
    let mut leaves = Vec::new();
    for line in shown.lines().map(str::trim) {
        let opens = line.ends_with(['{', '[', '(']);
        if line.starts_with(['}', ']', ')']) && !opens {
            way.pop();
        } else if opens {
            way.push(line.split_once(": ").map_or("", |(name, _)| name));
        } else {
            let above: Vec<&str> = way.iter().copied().filter(|name| !name.is_empty()).collect();
            leaves.push([above.join("."), line.trim_end_matches(',').to_owned()].join(" ").trim().to_owned());
        }
    }
    leaves
}

/// Every flag of etcd 3.7 and what becomes of it here, then every old name: a table, a line each.
pub fn table() -> String {
    let mut text = format!("{:<38} {:<12} {:<36} {}\n", "flag", "here", "in a config file", "default");
    for flag in flags::registered() {
        let status = match flag.status {
            Status::Works => "implemented",
            Status::Later => "later",
            Status::Refused => "refused",
            Status::Deprecated(_) => "no effect",
        };
        let file = match flag.file {
            InFile::Nowhere => "-".to_owned(),
            _ => flag.keys().join("."),
        };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{:<38} {status:<12} {file:<36} '{}'", flag.name, flag.default);
    }
    let _ = writeln!(text, "\n{:<54} what becomes of it", "old flag");
    for legacy in flags::LEGACY {
        let fate = match legacy.fate {
            Fate::Renamed(new) => format!("sets --{new}"),
            Fate::Gate(gate) => format!("sets the feature gate {gate}"),
            Fate::Sets(new, value) => format!("sets --{new}={value}"),
            Fate::Gone(_) => "passed over with a warning".to_owned(),
            Fate::Off(off, _) => {
                let off: Vec<String> = off.iter().map(|value| format!("'{value}'")).collect();
                format!("passed over with a warning when it is {}, else refused", off.join(" or "))
            }
        };
        let _ = writeln!(text, "{:<54} {fate}", legacy.name);
    }
    for name in flags::IGNORED {
        let _ = writeln!(text, "{name:<54} passed over with a warning");
    }
    text.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}
