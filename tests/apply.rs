//! The state machine from outside: entries in, outcomes out.
//!
//! ```text
//!   scripts/apply/*.txt   transcripts: commands, then what came of them. language.rs and users.rs read, print.rs writes
//!   replay.rs             random logs, cut off and applied again
//!   membership.rs         conf changes, and what members tell of themselves
//!   fatal.rs              entries that stop the process
//!   holes.rs              ways around permissions that were open once
//!   authoriser.rs         random requests of random users, against reference.rs
//! ```
//!
//! The transcripts were compared with an etcd 3.7.1; `random.txt` was recorded from one.

#[path = "apply/authoriser.rs"]
mod authoriser;
#[path = "apply/fatal.rs"]
mod fatal;
#[path = "apply/generate.rs"]
mod generate;
#[path = "apply/holes.rs"]
mod holes;
#[path = "apply/language.rs"]
mod language;
#[path = "apply/membership.rs"]
mod membership;
#[path = "apply/print.rs"]
mod print;
#[path = "apply/reference.rs"]
mod reference;
#[path = "apply/replay.rs"]
mod replay;
#[path = "apply/support.rs"]
mod support;

use std::{fs, path::Path};

/// Runs every transcript. With `REWRITE_SCRIPTS=1` the reactions are written anew, for the diff to be reviewed.
#[test]
fn scripts() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scripts/apply");
    let mut paths: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(!paths.is_empty());
    for path in paths {
        let golden = fs::read_to_string(&path).unwrap();
        let played = play(&golden);
        if std::env::var_os("REWRITE_SCRIPTS").is_some() {
            fs::write(&path, played).unwrap();
        } else if let Some(line) = first_difference(&golden, &played) {
            panic!("{}:{line}", path.display());
        }
    }
}

/// The transcript with the reactions of today.
fn play(script: &str) -> String {
    let mut machine = support::Machine::new();
    let mut played = String::new();
    let mut is_reaction = false;
    for line in script.lines() {
        match line {
            "" => is_reaction = false,
            _ if is_reaction => continue,
            _ if line.starts_with('#') => {}
            _ => {
                is_reaction = true;
                let request = language::read(line).unwrap_or_else(|error| panic!("{line}: {error}"));
                let outcome = machine.answer(request);
                machine.check_header(&outcome);
                played.extend([line, "\n", &print::outcome(&outcome)]);
                continue;
            }
        }
        played.extend([line, "\n"]);
    }
    played
}

fn first_difference(golden: &str, played: &str) -> Option<String> {
    let (golden, played): (Vec<_>, Vec<_>) = (golden.lines().collect(), played.lines().collect());
    let at = (0..golden.len().max(played.len())).find(|at| golden.get(*at) != played.get(*at))?;
    let show = |lines: &[&str]| lines.get(at).map_or("the end", |line| line).to_string();
    Some(format!("{}: expected\n{}\nbut got\n{}", at + 1, show(&golden), show(&played)))
}
