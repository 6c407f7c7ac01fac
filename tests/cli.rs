//! Golden transcripts of the client's tool: what a real `etcdctl` 3.7.1 said to each command, and ours must say.
//!
//! ```text
//!   $ put a b              a command; words as in a shell, variables in front
//!   < line                 a line of its input
//!   ^ 3                    it does not end by itself: read so many lines of output, then close its input or stop it
//!   > OK                   its output, in place of what differs from run to run: <member>, <lease 1>, <n>
//!   ! Error: ...           what it says on standard error
//!   = 128                  its exit code, when not 0
//! ```
//!
//! Each file runs against a member of its own, ours or the one that ETCD_ORACLE names. To record a file anew, give
//! ETCDCTL_RECORD=/path/to/etcdctl beside ETCD_ORACLE: that tool runs in place of ours, and the files are rewritten.

#[path = "cli/normal.rs"]
mod normal;
mod support;
#[path = "cli/tool.rs"]
mod tool;
#[path = "cli/transcript.rs"]
mod transcript;

use normal::Normal;
use support::member::{Member, Program};
use tool::Tool;
use transcript::Transcript;

/// Runs a file of `tests/cli`, and compares or rewrites it.
fn run(file: &str) {
    run_with(file, &[]);
}

/// The same, against a member with flags.
fn run_with(file: &str, flags: &[&str]) {
    let path = format!("{}/tests/cli/{file}.txt", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut transcript = Transcript::parse(&text);
    let program = Program::oracle().unwrap_or_else(Program::ours);
    let member = Member::start(&program, flags);
    let tool = Tool::from_environment();
    let mut normal = Normal::of(member.address());
    let mut differences = Vec::new();
    for step in &mut transcript.steps {
        let result = tool.run(&normal.fill_in(&step.command), &step.input, step.lines_wanted, member.address());
        let reaction = normal.apply(&step.command, &result);
        if tool.records() {
            step.reaction = reaction;
        } else if step.reaction != reaction {
            let (want, got) = (step.reaction.to_string(), reaction.to_string());
            differences.push(format!("$ {}\n--- expected\n{want}--- was\n{got}", step.command));
        }
    }
    if tool.records() {
        std::fs::write(&path, transcript.to_string()).expect("the file can be rewritten");
    }
    assert!(differences.is_empty(), "{file}: {} steps differ\n{}", differences.len(), differences.join("\n"));
}

#[test]
fn alarm() {
    run_with("alarm", &["--quota-backend-bytes=1"]);
}

#[test]
fn defrag() {
    run("defrag");
}

#[test]
fn keys() {
    run("keys");
}

#[test]
fn formats() {
    run("formats");
}

#[test]
fn arguments() {
    run("arguments");
}

#[test]
fn environment() {
    run("environment");
}

#[test]
fn txn() {
    run("txn");
}

#[test]
fn watch() {
    run("watch");
}

#[test]
fn lease() {
    run("lease");
}

#[test]
fn endpoint() {
    run("endpoint");
}
