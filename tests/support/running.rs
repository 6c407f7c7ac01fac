//! A program that runs in a process of its own, and is killed when it is dropped.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, ExitStatus, Stdio},
};

/// The process.
#[derive(Debug)]
pub struct Running {
    child: Child,
}

impl Running {
    /// Starts it. `on_line` is told each line of its standard error, from a thread of its own that reads to the end, so
    /// that the program never waits for a full pipe; it is dropped when the program has ended.
    pub fn start(command: &mut Command, mut on_line: impl FnMut(String) + Send + 'static) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("cannot run {command:?}: {error}"));
        let stderr = child.stderr.take().expect("stderr is piped");
        std::thread::spawn(move || {
            BufReader::new(stderr).lines().map_while(Result::ok).for_each(&mut on_line);
        });
        Self { child }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Ends it as `kill -9` does, at whatever it is doing.
    pub fn kill(&mut self) {
        self.child.kill().expect("the process can be killed");
        self.child.wait().expect("the process ends");
    }

    /// Sends it a signal, by its name: TERM, STOP, CONT.
    pub fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args([&format!("-{signal}"), &self.child.id().to_string()]).status();
        assert!(sent.expect("kill runs").success());
    }

    /// Waits until it has ended.
    pub fn wait(&mut self) -> ExitStatus {
        self.child.wait().expect("the process ends")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
