//! A member in a process of its own: our binary, or a real etcd. It listens on ports that the system chose, and is
//! killed when it is dropped.

use super::running::Running;
use std::{
    path::{Path, PathBuf},
    process::{Command, ExitStatus},
    sync::mpsc,
    time::Duration,
};
use tempfile::TempDir;
use tonic::transport::{Channel, Endpoint};

/// Which program to run.
#[derive(Clone, Debug)]
pub struct Program {
    path: PathBuf,
    words: Vec<String>,
}

/// The binary of this package: the one that was built for the tests, or the one that `ETCD_PROGRAM` names.
pub fn path_of_ours() -> PathBuf {
    std::env::var_os("ETCD_PROGRAM").map_or_else(|| env!("CARGO_BIN_EXE_etcd").into(), PathBuf::from)
}

impl Program {
    /// The binary of this package.
    pub fn ours() -> Self {
        Self { path: path_of_ours(), words: vec!["server".into()] }
    }

    /// A real etcd of any version, when the environment names one.
    pub fn oracle() -> Option<Self> {
        std::env::var_os("ETCD_ORACLE").map(|path| Self { path: path.into(), words: vec![] })
    }

    /// The same, if it is of the version that the transcripts are from.
    pub fn current_oracle() -> Option<Self> {
        Self::oracle().filter(Self::is_current)
    }

    /// Is it of the version that the transcripts are from?
    pub fn is_current(&self) -> bool {
        let said = self.command().arg("--version").output().expect("the program runs");
        let version = String::from_utf8_lossy(&said.stdout);
        let is_current = version.contains("etcd Version: 3.7.");
        if !is_current {
            println!("not compared with a real etcd, which is of another version: {version}");
        }
        is_current
    }

    /// All that a transcript can be played against: ours, and a real one if there is one of the right version.
    pub fn all_current() -> Vec<Self> {
        std::iter::once(Self::ours()).chain(Self::current_oracle()).collect()
    }

    /// The same program, after a command of the shell such as `ulimit -n 100`.
    pub fn after(self, prepare: &str) -> Self {
        let path = self.path.to_str().expect("a path that a shell can be told").to_owned();
        let words = ["-c".into(), format!(r#"{prepare} && exec "$0" "$@""#), path].into_iter().chain(self.words);
        Self { path: "/bin/sh".into(), words: words.collect() }
    }

    /// The program with its first words.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.path);
        command.args(&self.words);
        command
    }

    /// Runs it to its end with these flags, in a folder: what it says on standard error, and its exit code.
    pub fn run(&self, dir: &Path, flags: &[&str]) -> (String, Option<i32>) {
        let ran = self.command().args(flags).current_dir(dir).output().expect("the program runs");
        (String::from_utf8_lossy(&ran.stderr).into_owned(), ran.status.code())
    }

    /// Is it the binary of this package?
    pub fn is_ours(&self) -> bool {
        self.path == path_of_ours()
    }
}

/// What every member is told. It listens where the system wants it to.
pub const FLAGS: [&str; 6] = [
    "--name=m",
    "--listen-client-urls=http://127.0.0.1:0",
    "--advertise-client-urls=http://127.0.0.1:0",
    "--listen-peer-urls=http://127.0.0.1:0",
    "--initial-advertise-peer-urls=http://127.0.0.1:20001",
    "--initial-cluster=m=http://127.0.0.1:20001",
];

/// A running member.
#[derive(Debug)]
pub struct Member {
    program: Program,
    flags: Vec<String>,
    dir: TempDir,
    process: Running,
    addresses: Addresses,
}

/// Where a member listens: `host:port`, or the path of a socket.
#[derive(Clone, Debug)]
struct Addresses {
    client: String,
    peer: String,
}

/// A start takes a second at most; a machine under load may take much longer.
const START_MAX: Duration = Duration::from_secs(60);

impl Member {
    /// Starts a member with fresh data and waits until it serves.
    pub fn start(program: &Program, flags: &[&str]) -> Self {
        let dir = TempDir::new().expect("a temporary folder");
        let flags: Vec<String> = flags.iter().map(|flag| flag.to_string()).collect();
        let (process, addresses) = spawn(program, &flags, dir.path());
        Self { program: program.clone(), flags, dir, process, addresses }
    }

    /// `host:port` for clients, or the path of a socket.
    pub fn address(&self) -> &str {
        &self.addresses.client
    }

    /// `host:port` for other members.
    pub fn peer_address(&self) -> &str {
        &self.addresses.peer
    }

    /// The folder that it runs in.
    pub fn work_dir(&self) -> &Path {
        self.dir.path()
    }

    /// The folder with the member's data.
    pub fn data_dir(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    /// The process.
    pub fn pid(&self) -> u32 {
        self.process.pid()
    }

    /// A connection for clients, made when it is first used.
    pub fn channel(&self) -> Channel {
        Endpoint::from_shared(format!("http://{}", self.addresses.client)).expect("an address").connect_lazy()
    }

    /// Ends the process as `kill -9` does, at whatever it is doing.
    pub fn kill(&mut self) {
        self.process.kill();
    }

    /// Asks the process to end, and says how it did.
    pub fn terminate(&mut self) -> ExitStatus {
        self.process.signal("TERM");
        self.process.wait()
    }

    /// Starts it again on the same data. It gets another port.
    pub fn restart(&mut self) {
        (self.process, self.addresses) = spawn(&self.program, &self.flags, self.dir.path());
    }
}

fn spawn(program: &Program, flags: &[String], dir: &Path) -> (Running, Addresses) {
    let mut command = program.command();
    let data_dir = format!("--data-dir={}", dir.join("data").display());
    command.args(FLAGS).arg(data_dir).args(flags).current_dir(dir);
    let (sender, receiver) = mpsc::channel();
    let process = Running::start(&mut command, move |line| {
        let _ = sender.send(line);
    });
    let addresses = wait_until_served(&receiver);
    (process, addresses)
}

/// The member serves when it has said so; where, it says in another line.
fn wait_until_served(lines: &mpsc::Receiver<String>) -> Addresses {
    let mut seen = Vec::new();
    let (mut client, mut peer, mut is_ready) = (None, None, false);
    let address_of = |line: &str| {
        let fields: serde_json::Value = serde_json::from_str(line).expect("a log line is JSON");
        fields["address"].as_str().map(String::from)
    };
    loop {
        let line = lines
            .recv_timeout(START_MAX)
            .unwrap_or_else(|error| panic!("the member did not come up ({error}):\n{}", seen.join("\n")));
        is_ready |= line.contains("ready to serve client requests");
        let is_page_port = line.contains(r#""traffic":"http""#);
        let is_serving = line.contains("serving client traffic ") || line.contains("serving insecure client requests");
        if is_serving && !is_page_port {
            client = address_of(&line);
        }
        if line.contains("serving peer traffic") {
            peer = address_of(&line);
        }
        seen.push(line);
        if let (Some(client), true) = (&client, is_ready) {
            // Older versions do not tell of their peer port.
            return Addresses { client: client.clone(), peer: peer.unwrap_or_default() };
        }
    }
}
