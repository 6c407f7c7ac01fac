//! etcd's own client for Go, at work on a cluster of ours that loses its leader again and again: killed, stopped, paused,
//! or told to hand over. The client keeps its connection; `tests/clients/go` is what it does and what must be so.
//!
//! Needs Go, and so runs only if `CLIENTS` is in the environment. With `ETCD_ORACLE`, a real etcd of 3.7 is put to the
//! same test.

#[path = "members/process.rs"]
#[allow(dead_code)]
mod process;
mod support;

use etcd::pb::etcdserverpb::{MoveLeaderRequest, maintenance_client::MaintenanceClient};
use process::{Together, WAIT_MAX};
use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc,
    time::Instant,
};
use support::{count, member::Program};

/// Lines of progress, before a fault and while it lasts.
const LINES: usize = 4;
const FLAGS: [&str; 2] = ["--heartbeat-interval=50", "--election-timeout=500"];

#[tokio::test(flavor = "multi_thread")]
async fn a_go_client_keeps_its_connection() {
    if std::env::var_os("CLIENTS").is_none() {
        println!("NOT RUN: the Go client. It needs Go, and CLIENTS=1 in the environment.");
        return;
    }
    let client = build_go_client();
    for program in Program::all_current() {
        let mut cluster = Together::start(&[&program, &program, &program], &FLAGS);
        let endpoints: Vec<String> = cluster.members.iter().map(|member| member.client_url()).collect();
        let mut client = Client::start(&client, &endpoints);
        client.until("ready", 1);
        for round in 0..count("CLIENTS_ROUNDS", 1) {
            for loss in Loss::ALL {
                client.until("progress", LINES);
                let leader = cluster.leader(&[0, 1, 2]).await;
                loss.befall(&mut cluster, leader, &mut client).await;
                println!("round {round}: {loss:?}");
            }
        }
        client.until("progress", LINES);
        client.end();
    }
}

/// How a leader is lost.
#[derive(Clone, Copy, Debug)]
enum Loss {
    /// `kill -9`.
    Killed,
    /// SIGTERM.
    Stopped,
    /// SIGSTOP.
    Paused,
    /// `MoveLeader`.
    HandsOver,
}

impl Loss {
    /// One after the other. A client takes ten seconds to give up one that is paused.
    const ALL: [Self; 7] =
        [Self::Killed, Self::HandsOver, Self::Stopped, Self::Paused, Self::Killed, Self::HandsOver, Self::Stopped];

    /// The leader is lost; the client gets on without it; the leader is back.
    async fn befall(self, cluster: &mut Together, leader: usize, client: &mut Client) {
        let member = &mut cluster.members[leader];
        match self {
            Self::Killed => member.kill(),
            Self::Stopped => drop(member.terminate()),
            Self::Paused => member.pause(),
            Self::HandsOver => {
                let mut maintenance = MaintenanceClient::new(member.channel());
                let target_id = cluster.members[(leader + 1) % 3].id().await;
                maintenance.move_leader(MoveLeaderRequest { target_id }).await.expect("it moves");
            }
        }
        client.until("progress", LINES);
        match self {
            Self::Killed | Self::Stopped => cluster.restart(leader),
            Self::Paused => cluster.members[leader].go_on(),
            Self::HandsOver => {}
        }
    }
}

/// The program is built of what `go.mod` and `go.sum` name, with the Go that is there.
fn build_go_client() -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/go");
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("go-client");
    let mut go = Command::new("go");
    go.args(["build", "-o"]).arg(&program).arg(".").current_dir(source).env("GOTOOLCHAIN", "local");
    let built = go.status().unwrap_or_else(|error| panic!("CLIENTS is set, and there is no Go: {error}"));
    assert!(built.success(), "the Go client can be built");
    program
}

/// The program while it runs.
struct Client {
    child: Child,
    input: Option<ChildStdin>,
    lines: mpsc::Receiver<String>,
}

impl Client {
    fn start(program: &Path, endpoints: &[String]) -> Self {
        let mut child = Command::new(program)
            .arg(format!("-endpoints={}", endpoints.join(",")))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the client runs");
        let output = BufReader::new(child.stdout.take().expect("its output is piped"));
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || output.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        Self { input: child.stdin.take(), child, lines }
    }

    /// Waits until it says that, so many times more.
    fn until(&mut self, text: &str, times: usize) {
        // What it said before does not count.
        let mut left = times;
        while let Ok(line) = self.lines.try_recv() {
            Self::look(&line);
        }
        let deadline = Instant::now() + WAIT_MAX;
        while left > 0 {
            let line = self.lines.recv_timeout(deadline.saturating_duration_since(Instant::now()));
            let line = line.unwrap_or_else(|error| panic!("the client did not say {text:?}: {error}"));
            Self::look(&line);
            left -= usize::from(line == text);
        }
    }

    fn look(line: &str) {
        assert!(!line.starts_with("error:"), "{line}");
    }

    /// Has it compare what it was promised with what is.
    fn end(mut self) {
        drop(self.input.take());
        let deadline = Instant::now() + WAIT_MAX;
        // Its output ends with it.
        while let Ok(line) = self.lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Self::look(&line);
            if line != "progress" {
                println!("{line}");
            }
        }
        assert!(self.child.wait().expect("the client ends").success());
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
