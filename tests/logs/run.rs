//! A server whose log is read: ours or a real etcd, started with chosen limits.

use crate::support::member::{FLAGS, Program};
use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc,
    time::Duration,
};

/// A start takes a second at most; a machine under load may take much longer.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server that runs, or has ended.
pub struct Run {
    child: Child,
    lines: mpsc::Receiver<String>,
    /// What was read of its log.
    pub seen: Vec<String>,
}

impl Run {
    /// Starts a server in a folder, with its data in `data` there.
    pub fn start(program: &Program, folder: &Path, flags: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut command = program.command();
        // Whoever runs the tests may have told a server something, and be waited for by a program of its own.
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("ETCD_")) {
            command.env_remove(name);
        }
        let mut child = command
            .env_remove("NOTIFY_SOCKET")
            .args(FLAGS)
            .arg("--data-dir=data")
            .args(flags)
            .envs(variables.iter().copied())
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program runs");
        let (sender, lines) = mpsc::channel();
        let stderr = child.stderr.take().expect("stderr is piped");
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        Self { child, lines, seen: Vec::new() }
    }

    /// Starts one and waits until it serves.
    pub fn serving(program: &Program, folder: &Path, flags: &[&str]) -> Self {
        let mut run = Self::start(program, folder, flags, &[]);
        run.until("\"serving client traffic");
        run
    }

    /// Reads on to the line that has this text, and returns it.
    #[track_caller]
    pub fn until(&mut self, text: &str) -> String {
        self.until_any(&[text])
    }

    /// Reads on to a line that has one of these texts, and returns it.
    #[track_caller]
    pub fn until_any(&mut self, texts: &[&str]) -> String {
        loop {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(line) => self.seen.push(line),
                Err(error) => panic!("{texts:?} did not come ({error}):\n{}", self.seen.join("\n")),
            }
            if let Some(line) = self.seen.last().filter(|line| texts.iter().any(|text| line.contains(text))) {
                return line.clone();
            }
        }
    }

    /// The lines that have come since it was read last, without waiting for more.
    pub fn come(&mut self) -> Vec<String> {
        let lines: Vec<String> = self.lines.try_iter().collect();
        self.seen.extend(lines.iter().cloned());
        lines
    }

    /// Where it serves clients: `host:port`.
    pub fn address(&self) -> String {
        let line = self.seen.iter().find(|line| line.contains("serving client traffic")).expect("it serves");
        let fields: serde_json::Value = serde_json::from_str(line).expect("a line is JSON");
        fields["address"].as_str().expect("an address").to_owned()
    }

    /// The process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to end, and reads the rest.
    pub fn terminate(mut self) -> (ExitStatus, Vec<String>) {
        let killed = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        assert!(killed.expect("kill runs").success());
        self.end()
    }

    /// Waits for its end, and reads the rest.
    #[track_caller]
    pub fn end(&mut self) -> (ExitStatus, Vec<String>) {
        loop {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(line) => self.seen.push(line),
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
                Err(mpsc::RecvTimeoutError::Timeout) => panic!("it does not end:\n{}", self.seen.join("\n")),
            }
        }
        (self.child.wait().expect("it ends"), std::mem::take(&mut self.seen))
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
