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
//! Each file runs against a member of its own. A real etcd and a real etcdctl, both of 3.7, can stand in for ours when
//! ETCD_ORACLE and ETCDCTL_ORACLE name them: then either tool speaks to either server, and all must say the same.
//! `ETCDCTL_RECORD=1` beside both writes what the real ones say to each other into the files.

#[allow(dead_code, reason = "other tests need more of it")]
#[path = "tls/authority.rs"]
mod authority;
#[path = "cli/help.rs"]
mod help;
#[path = "cli/normal.rs"]
mod normal;
#[path = "cli/prompt.rs"]
mod prompt;
#[path = "cli/stage.rs"]
mod stage;
mod support;
#[path = "cli/tool.rs"]
mod tool;
#[path = "cli/transcript.rs"]
mod transcript;

use authority::has_openssl;
use normal::Normal;
use stage::Stage;
use support::member::{Member, Program};
use tool::Tool;
use transcript::Transcript;

/// Runs a file of `tests/cli`, and compares or rewrites it.
fn run(file: &str) {
    run_at(file, &Stage::with(&[]));
}

/// The same, on another stage.
fn run_at(file: &str, stage: &Stage) {
    let path = format!("{}/tests/cli/{file}.txt", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let real_etcd = Program::current_oracle();
    let real_tool = Tool::named_by("ETCDCTL_ORACLE").filter(Tool::is_current);
    if std::env::var_os("ETCDCTL_RECORD").is_some() {
        let (program, tool) = real_etcd.zip(real_tool).expect("an etcd and an etcdctl of 3.7 to record");
        let played = play(&text, &program, stage, &tool);
        std::fs::write(&path, played.to_string()).expect("the file can be rewritten");
        return;
    }
    for program in [Some(Program::ours()), real_etcd].into_iter().flatten() {
        for tool in [Some(Tool::ours()), real_tool.clone()].into_iter().flatten() {
            let differences = compare(&Transcript::parse(&text), &play(&text, &program, stage, &tool));
            assert!(
                differences.is_empty(),
                "{file}, {tool:?} and {program:?}: {} steps differ\n{}",
                differences.len(),
                differences.join("\n")
            );
        }
    }
}

/// What the tool says to each command of a transcript.
fn play(text: &str, program: &Program, stage: &Stage, tool: &Tool) -> Transcript {
    let mut transcript = Transcript::parse(text);
    let flags: Vec<&str> = stage.flags.iter().map(String::as_str).collect();
    let member = Member::start(program, &flags);
    let address = (stage.address)(&member);
    let mut normal = Normal::of(&address, stage);
    for step in &mut transcript.steps {
        let result = tool.run(&normal.fill_in(&step.command), &step.input, step.lines_wanted, &address);
        step.reaction = normal.apply(&step.command, &result);
    }
    transcript
}

fn compare(expected: &Transcript, played: &Transcript) -> Vec<String> {
    let pairs = expected.steps.iter().zip(&played.steps);
    let differing = pairs.filter(|(expected, played)| expected.reaction != played.reaction);
    let show = |(expected, played): (&transcript::Step, &transcript::Step)| {
        format!("$ {}\n--- expected\n{}--- was\n{}", expected.command, expected.reaction, played.reaction)
    };
    differing.map(show).collect()
}

#[test]
fn alarm() {
    run_at("alarm", &Stage::with(&["--quota-backend-bytes=1"]));
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

#[test]
fn every_format() {
    run("every_format");
}

#[test]
fn auth() {
    run("auth");
}

#[test]
fn user() {
    run("user");
}

#[test]
fn role() {
    run("role");
}

#[test]
fn tls() {
    if has_openssl() {
        run_at("tls", &Stage::secure(&stage::files()));
    }
}

#[test]
fn certificates() {
    if has_openssl() {
        run_at("certificates", &Stage::certified(&stage::files()));
    }
}

#[test]
fn check() {
    run("check");
}

#[test]
fn member() {
    run("member");
}

#[test]
fn move_leader() {
    run("move_leader");
}

/// One that begins comes last: what can be asked afterwards depends on how far it is.
#[test]
fn downgrade() {
    run("downgrade");
}

/// A member's announced address is one that it can be found at, so that the tool can be sent to all members.
#[test]
fn cluster() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("unix://{}", folder.path().join("socket").display());
    let flags = [format!("--listen-client-urls={url}"), format!("--advertise-client-urls={url}")];
    let stage = Stage::with(&flags.each_ref().map(String::as_str));
    run_at("cluster", &Stage { address: |member| format!("unix://{}", member.address()), ..stage });
}

/// `cli/flags.list` has every command of 3.7.1, and every flag with its type and default.
#[test]
fn commands_and_flags() {
    let path = format!("{}/tests/cli/flags.list", env!("CARGO_MANIFEST_DIR"));
    let real_tool = Tool::named_by("ETCDCTL_ORACLE").filter(Tool::is_current);
    if let Some(tool) = &real_tool
        && std::env::var_os("ETCDCTL_RECORD").is_some()
    {
        std::fs::write(&path, help::list(tool)).expect("the file can be rewritten");
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let ours = help::list(&Tool::ours());
    let is_own = |command: &str| command == "bench" || command.starts_with("bench ");
    let is_out = |command: &str| is_own(command) || help::is_later(command);
    assert_eq!(help::without(&ours, is_out), help::without(&expected, is_out));
    if let Some(tool) = &real_tool {
        assert_eq!(help::list(tool), expected);
    }
}

#[test]
fn what_is_still_to_come_says_so() {
    for command in help::LATER {
        let output = Tool::ours().run(&format!("{command} any words --and=flags"), &[], None, "127.0.0.1:1");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!((output.code, output.stdout.len()), (4, 0), "{command}");
        assert_eq!(said, format!("Error: \"etcdctl {command}\" is not available in this version yet\n"));
    }
}
