//! Runs the tool: ours, or the one that records.

use crate::support::member::path_of_ours;
use std::{
    io::{BufRead, BufReader, Read, Write},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::mpsc,
    time::Duration,
};

/// Which tool runs.
#[derive(Clone, Debug)]
pub struct Tool {
    path: PathBuf,
    words: Vec<String>,
}

/// What a run gave, as bytes.
pub struct Output {
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
    pub code: i32,
}

/// Nothing here takes long; a machine under load may.
const RUN_MAX: Duration = Duration::from_secs(60);

impl Tool {
    /// The one of this package.
    pub fn ours() -> Self {
        Self { path: path_of_ours(), words: vec!["ctl".into()] }
    }

    /// A real etcdctl that the environment names.
    pub fn named_by(variable: &str) -> Option<Self> {
        std::env::var_os(variable).map(|path| Self { path: path.into(), words: vec![] })
    }

    /// Is it of the version that the transcripts are from?
    pub fn is_current(&self) -> bool {
        let said = Command::new(&self.path).args(&self.words).arg("version").output().expect("the tool runs");
        let version = String::from_utf8_lossy(&said.stdout).into_owned();
        let is_current = version.contains("etcdctl version: 3.7.");
        if !is_current {
            println!("not compared with a real etcdctl, which is of another version: {version}");
        }
        is_current
    }

    /// Runs a line against the member, unless the line names endpoints itself.
    pub fn run(&self, line: &str, input: &[u8], lines_wanted: Option<usize>, address: &str) -> Output {
        let mut words = split(line);
        let mut command = Command::new(&self.path);
        command.args(&self.words).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let variables = std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("ETCDCTL_"));
        variables.for_each(|(name, _)| {
            command.env_remove(name);
        });
        while let Some((name, value)) = words[0].split_once('=').filter(|(name, _)| name.starts_with("ETCDCTL_")) {
            command.env(name, value);
            words.remove(0);
        }
        if !line.contains("endpoints") && !line.contains("ETCDCTL_ENDPOINTS") {
            command.arg(format!("--endpoints={address}"));
        }
        let child = command.args(words).spawn().unwrap_or_else(|error| panic!("cannot run {:?}: {error}", self.path));
        match lines_wanted {
            None => to_its_end(child, input, line),
            Some(lines) => until(child, input, lines, line),
        }
    }
}

/// Gives all input, closes it, and waits.
fn to_its_end(mut child: Child, input: &[u8], line: &str) -> Output {
    let mut stdin = child.stdin.take().expect("stdin is piped");
    // A tool that does not read its input closes it.
    let _ = stdin.write_all(input);
    drop(stdin);
    let pid = child.id();
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || sender.send(child.wait_with_output()));
    let Ok(output) = receiver.recv_timeout(RUN_MAX) else {
        let _ = Command::new("kill").args(["-KILL", &pid.to_string()]).status();
        panic!("$ {line}\ndid not end");
    };
    let output = output.expect("the output can be read");
    Output { stdout: output.stdout, stderr: output.stderr, code: output.status.code().unwrap_or(-1) }
}

/// Gives the input and keeps it open until enough lines came out. Then a tool that was given input sees its end; another is
/// stopped, which does not count as its exit code.
fn until(mut child: Child, input: &[u8], lines: usize, line: &str) -> Output {
    let mut stdin = child.stdin.take().expect("stdin is piped");
    stdin.write_all(input).and_then(|()| stdin.flush()).expect("the tool reads its input");
    let mut stderr = child.stderr.take().expect("stderr is piped");
    let errors = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = stderr.read_to_end(&mut bytes);
        bytes
    });
    let mut stdout = BufReader::new(child.stdout.take().expect("stdout is piped"));
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        for _ in 0..lines {
            let mut bytes = Vec::new();
            if stdout.read_until(b'\n', &mut bytes).is_err() || bytes.is_empty() || sender.send(bytes).is_err() {
                return;
            }
        }
    });
    let mut seen = Vec::new();
    for _ in 0..lines {
        match receiver.recv_timeout(RUN_MAX) {
            Ok(bytes) => seen.extend_from_slice(&bytes),
            Err(_) => break,
        }
    }
    drop(stdin);
    if input.is_empty() {
        let _ = child.kill();
    }
    let status = child.wait().unwrap_or_else(|error| panic!("$ {line}\n{error}"));
    let stderr = errors.join().expect("the reader ends");
    Output { stdout: seen, stderr, code: status.code().unwrap_or(0) }
}

/// Words between spaces; `'...'` holds spaces, `\0` is not a byte that a word can hold.
fn split(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '\'' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            ' ' if !quoted => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}
