//! Where a script is played: a folder, the programs under their names, and the members that run.

use super::{
    names::{self, Names},
    script::{Action, Reaction, Step},
};
use crate::support::{ports::Port, running::Running};
use std::{
    collections::{BTreeMap, VecDeque},
    os::unix::{fs::symlink, process::ExitStatusExt},
    path::Path,
    process::{Command, Output, Stdio},
    sync::mpsc,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// Nothing here takes long; a machine under load may.
const WAIT_MAX: Duration = Duration::from_secs(60);
/// Where etcd itself ends now so, now so.
const ANY_WAY: &str = "in any way";
/// Two for each member of a script, which has less than ten.
const PORTS: usize = 20;

pub struct Stage {
    dir: TempDir,
    names: Names,
    /// Those that nobody has yet, and those that somebody has.
    free: VecDeque<Port>,
    taken: Vec<Port>,
    members: BTreeMap<String, Member>,
}

struct Member {
    command: String,
    process: Running,
    lines: mpsc::Receiver<String>,
    seen: Vec<String>,
}

impl Stage {
    pub fn new(etcd: &Path, etcdctl: &Path) -> Self {
        let dir = TempDir::new().expect("a temporary folder");
        std::fs::create_dir(dir.path().join("bin")).expect("a folder");
        // A program goes by the name that it is called by.
        for (program, name) in [(etcd, "etcd"), (etcdctl, "etcdctl")] {
            symlink(program, dir.path().join("bin").join(name)).expect("a link");
        }
        // In order, so that lines that begin with a URL can be sorted.
        let mut free: Vec<Port> = (0..PORTS).map(|_| Port::take()).collect();
        free.sort_by_key(Port::url);
        Self { dir, names: Names::default(), free: free.into(), taken: Vec::new(), members: BTreeMap::new() }
    }

    pub fn play(&mut self, step: &Step) -> Result<(), String> {
        match &step.action {
            Action::Type(line) => {
                let line = self.read(line);
                if line.starts_with("etcd ") { self.start(line) } else { self.react(&line, &step.reaction) }
            }
            Action::TypeUntil(line) => {
                let line = self.read(line);
                let deadline = Instant::now() + WAIT_MAX;
                loop {
                    let reacted = self.react(&line, &step.reaction);
                    if reacted.is_ok() || Instant::now() > deadline {
                        return reacted;
                    }
                }
            }
            Action::Says(members, text) => members.iter().try_for_each(|name| self.member(name).until(name, text)),
            Action::Ends(members, how) => members.iter().try_for_each(|name| self.member(name).end(name, how)),
            Action::StartsAgain(members) => members.iter().try_for_each(|name| {
                let command = self.member(name).command.clone();
                self.start(command)
            }),
        }
    }

    /// A line with its names filled in.
    fn read(&mut self, line: &str) -> String {
        for name in names::all_in(line) {
            if !self.names.knows(name) && (name.starts_with("client ") || name.starts_with("peer ")) {
                let port = self.free.pop_front().expect("a script has few members");
                self.names.set(name, port.url());
                self.taken.push(port);
            }
        }
        self.names.fill_in(line)
    }

    fn member(&mut self, name: &str) -> &mut Member {
        self.members.get_mut(name).unwrap_or_else(|| panic!("{name} was never started"))
    }

    /// A member's own words, and leave to share its ports with the test.
    fn start(&mut self, line: String) -> Result<(), String> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let name = words.iter().skip_while(|word| **word != "--name").nth(1).ok_or("a member has a --name")?;
        let mut command = Command::new(self.dir.path().join("bin/etcd"));
        command.args(&words[1..]).arg("--socket-reuse-port").current_dir(self.dir.path());
        let (sender, lines) = mpsc::channel();
        let process = Running::start(&mut command, move |line| {
            let _ = sender.send(line);
        });
        self.names.set(&format!("process {name}"), process.pid().to_string());
        let member = Member { command: line.clone(), process, lines, seen: Vec::new() };
        self.members.insert((*name).to_owned(), member);
        Ok(())
    }

    fn react(&mut self, line: &str, expected: &Reaction) -> Result<(), String> {
        let path = format!("{}:{}", self.dir.path().join("bin").display(), std::env::var("PATH").unwrap_or_default());
        let mut command = Command::new("/bin/sh");
        std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("ETCDCTL_")).for_each(|(name, _)| {
            command.env_remove(name);
        });
        command.args(["-c", line]).env("PATH", path).current_dir(self.dir.path()).stdin(Stdio::null());
        let reaction = reaction_of(&command.output().expect("the shell runs"));
        let mut names = self.names.clone();
        let mut are_met = |expected: &[String], lines: &[String]| {
            expected.len() == lines.len()
                && expected.iter().zip(lines).all(|(expected, line)| names.meets(&one_space(expected), line))
        };
        let is_met = are_met(&expected.stdout, &reaction.stdout)
            && are_met(&expected.stderr, &reaction.stderr)
            && reaction.code == expected.code;
        if is_met {
            self.names = names;
            return Ok(());
        }
        let show = |sign: &str, lines: &[String]| -> String {
            lines.iter().map(|line| format!("{sign} {}\n", self.names.show(line))).collect()
        };
        let said = show(">", &reaction.stdout) + &show("!", &reaction.stderr);
        Err(format!("$ {}\n{said}= {}", self.names.show(line), reaction.code))
    }
}

impl Member {
    fn until(&mut self, name: &str, text: &str) -> Result<(), String> {
        let deadline = Instant::now() + WAIT_MAX;
        loop {
            match self.lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(line) => {
                    let is_it = line.contains(text);
                    self.seen.push(line);
                    if is_it {
                        return Ok(());
                    }
                }
                Err(error) => {
                    let seen = self.seen.join("\n");
                    return Err(format!("{name} did not say {text:?} ({error}):\n{seen}"));
                }
            }
        }
    }

    fn end(&mut self, name: &str, expected: &str) -> Result<(), String> {
        let deadline = Instant::now() + WAIT_MAX;
        // The pipe ends with the process.
        loop {
            match self.lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(line) => self.seen.push(line),
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
                Err(mpsc::RecvTimeoutError::Timeout) => return Err(format!("{name} does not end")),
            }
        }
        let status = self.process.wait();
        let how = match (status.code(), status.signal()) {
            (Some(code), _) => format!("with {code}"),
            (None, Some(9)) => "by SIGKILL".into(),
            (None, Some(15)) => "by SIGTERM".into(),
            (None, signal) => format!("by {signal:?}"),
        };
        let last: Vec<_> = self.seen.iter().rev().take(20).rev().cloned().collect();
        if how == expected || expected == ANY_WAY {
            Ok(())
        } else {
            Err(format!("{name} ended {how}:\n{}", last.join("\n")))
        }
    }
}

fn reaction_of(output: &Output) -> Reaction {
    let lines = |bytes: &[u8]| String::from_utf8_lossy(bytes).lines().map(one_space).collect::<Vec<_>>();
    let mut stderr = lines(&output.stderr);
    stderr.retain(|line| !line.starts_with("{\"level\":"));
    Reaction { stdout: lines(&output.stdout), stderr, code: output.status.code().unwrap_or(-1) }
}

/// Ids are printed as wide as the widest.
fn one_space(line: &str) -> String {
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}
