//! Members of one cluster, each in a process of its own.
//!
//! The ports between members must be known before any of them starts: the test keeps them, and lets the members share them.

use crate::support::{member::Program, ports::Port, running::Running};
use etcd::pb::{
    etcdserverpb::{
        HashKvRequest, HashKvResponse, StatusRequest, StatusResponse, kv_client::KvClient, lease_client::LeaseClient,
        maintenance_client::MaintenanceClient,
    },
    etcdserverpb::{PutRequest, RangeRequest, cluster_client::ClusterClient},
};
use parking_lot::Mutex;
use std::{
    path::PathBuf,
    process::{Command, ExitStatus},
    sync::{Arc, mpsc},
    time::{Duration, Instant},
};
use tempfile::TempDir;
use tonic::transport::{Channel, Endpoint};

/// Nothing here takes long; a machine under load may.
pub const WAIT_MAX: Duration = Duration::from_secs(60);

/// A place for a member, and the member while it runs.
#[derive(Debug)]
pub struct Process {
    pub name: String,
    pub program: Program,
    flags: Vec<String>,
    dir: TempDir,
    client: Port,
    peer: Port,
    life: Option<Life>,
}

#[derive(Debug)]
struct Life {
    process: Running,
    lines: mpsc::Receiver<String>,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Process {
    /// A place; nothing runs there yet.
    pub fn new(name: &str, program: &Program, flags: &[&str]) -> Self {
        Self {
            name: name.into(),
            program: program.clone(),
            flags: flags.iter().map(|flag| flag.to_string()).collect(),
            dir: TempDir::new().expect("a temporary folder"),
            client: Port::take(),
            peer: Port::take(),
            life: None,
        }
    }

    /// What it is told from the next start on.
    pub fn add_flag(&mut self, flag: &str) {
        self.flags.push(flag.into());
    }

    /// From the next start on it is told no more than every member.
    pub fn drop_flags(&mut self) {
        self.flags.clear();
    }

    /// Where the other members reach it.
    pub fn peer_url(&self) -> String {
        self.peer.url()
    }

    /// Where clients do.
    pub fn client_url(&self) -> String {
        self.client.url()
    }

    /// Its words in `--initial-cluster`.
    pub fn entry(&self) -> String {
        format!("{}={}", self.name, self.peer_url())
    }

    /// Starts it in a cluster of these members; `state` is that of the cluster.
    pub fn spawn(&mut self, initial_cluster: &str, state: &str) {
        let mut command = self.command(initial_cluster, state);
        let (sender, lines) = mpsc::channel();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let all = seen.clone();
        let process = Running::start(&mut command, move |line| {
            all.lock().push(line.clone());
            let _ = sender.send(line);
        });
        self.life = Some(Life { process, lines, seen });
    }

    fn command(&self, initial_cluster: &str, state: &str) -> Command {
        let mut command = self.program.command();
        command
            .args(["--socket-reuse-port", "--initial-cluster-token=members"])
            .arg(format!("--name={}", self.name))
            .arg(format!("--data-dir={}", self.dir.path().join("data").display()))
            .arg(format!("--listen-client-urls={}", self.client_url()))
            .arg(format!("--advertise-client-urls={}", self.client_url()))
            .arg(format!("--listen-peer-urls={}", self.peer_url()))
            .arg(format!("--initial-advertise-peer-urls={}", self.peer_url()))
            .arg(format!("--initial-cluster={initial_cluster}"))
            .arg(format!("--initial-cluster-state={state}"))
            .args(&self.flags)
            .current_dir(self.dir.path());
        command
    }

    fn life(&mut self) -> &mut Life {
        self.life.as_mut().expect("the member runs")
    }

    /// Waits for a line with that text.
    pub fn until(&mut self, text: &str) -> String {
        let name = self.name.clone();
        let life = self.life();
        let deadline = Instant::now() + WAIT_MAX;
        loop {
            match life.lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(line) if line.contains(text) => return line,
                Ok(_) => {}
                Err(error) => {
                    panic!("{name} did not say {text:?} ({error}):\n{}", life.seen.lock().join("\n"));
                }
            }
        }
    }

    /// Did it say that, since it was started?
    pub fn has_said(&mut self, text: &str) -> bool {
        self.life().seen.lock().iter().any(|line| line.contains(text))
    }

    /// Waits until it serves.
    pub fn until_ready(&mut self) {
        self.until("ready to serve client requests");
    }

    /// Ends it as `kill -9` does.
    pub fn kill(&mut self) {
        self.life.take().expect("the member runs").process.kill();
    }

    /// It stands still, and does not know.
    pub fn pause(&mut self) {
        self.signal("STOP");
    }

    /// And goes on.
    pub fn go_on(&mut self) {
        self.signal("CONT");
    }

    fn signal(&mut self, signal: &str) {
        self.life().process.signal(signal);
    }

    /// Asks it to end, and says how it did and what it said.
    pub fn terminate(&mut self) -> (ExitStatus, Vec<String>) {
        self.signal("TERM");
        self.end()
    }

    /// Waits for it to end by itself, and says how it did and what it said.
    pub fn end(&mut self) -> (ExitStatus, Vec<String>) {
        let mut life = self.life.take().expect("the member runs");
        // The pipe ends with the process.
        let deadline = Instant::now() + WAIT_MAX;
        while life.lines.recv_timeout(deadline - Instant::now().min(deadline)).is_ok() {}
        let status = life.process.wait();
        let said = life.seen.lock().clone();
        (status, said)
    }

    /// The file that holds its state.
    pub fn backend(&self) -> PathBuf {
        self.dir.path().join("data/member/snap/db")
    }

    /// The folder of its log.
    pub fn wal(&self) -> PathBuf {
        self.dir.path().join("data/member/wal")
    }

    /// What it has said so far.
    pub fn said(&mut self) -> Vec<String> {
        self.life().seen.lock().clone()
    }

    /// Its disk is gone.
    pub fn lose_data(&self) {
        std::fs::remove_dir_all(self.dir.path().join("data")).expect("it has data");
    }

    /// A connection for clients.
    pub fn channel(&self) -> Channel {
        Endpoint::from_shared(self.client_url()).expect("an address").connect_lazy()
    }

    pub fn cluster(&self) -> ClusterClient<Channel> {
        ClusterClient::new(self.channel())
    }

    pub fn lease(&self) -> LeaseClient<Channel> {
        LeaseClient::new(self.channel())
    }

    pub async fn put(&self, key: &str, value: &str) {
        let put = PutRequest { key: key.to_owned().into(), value: value.to_owned().into(), ..Default::default() };
        let answer = KvClient::new(self.channel()).put(put).await;
        answer.unwrap_or_else(|status| panic!("{} did not write: {status}", self.name));
    }

    /// The value of a key, as a quorum has it.
    pub async fn get(&self, key: &str) -> Option<String> {
        let range = RangeRequest { key: key.to_owned().into(), ..Default::default() };
        let answer = KvClient::new(self.channel()).range(range).await;
        let answer = answer.unwrap_or_else(|status| panic!("{} did not read: {status}", self.name)).into_inner();
        answer.kvs.first().map(|kv| String::from_utf8_lossy(&kv.value).into_owned())
    }

    pub async fn status(&self) -> StatusResponse {
        let answer = MaintenanceClient::new(self.channel()).status(StatusRequest {}).await;
        answer.unwrap_or_else(|status| panic!("{} has no status: {status}", self.name)).into_inner()
    }

    pub async fn id(&self) -> u64 {
        self.status().await.header.expect("a header").member_id
    }

    pub async fn hash_kv(&self, revision: i64) -> Result<HashKvResponse, tonic::Status> {
        let answer = MaintenanceClient::new(self.channel()).hash_kv(HashKvRequest { revision }).await;
        answer.map(tonic::Response::into_inner)
    }
}

/// Founders of a cluster.
#[derive(Debug)]
pub struct Together {
    pub members: Vec<Process>,
}

impl Together {
    /// Starts one of each program, and waits until all serve.
    pub fn start(programs: &[&Program], flags: &[&str]) -> Self {
        let place = |(number, program): (usize, &&Program)| Process::new(&format!("m{}", number + 1), program, flags);
        let mut together = Self { members: programs.iter().enumerate().map(place).collect() };
        let all = together.initial_cluster();
        together.members.iter_mut().for_each(|member| member.spawn(&all, "new"));
        together.members.iter_mut().for_each(Process::until_ready);
        together
    }

    /// All founders, for `--initial-cluster`.
    pub fn initial_cluster(&self) -> String {
        let entries: Vec<String> = self.members.iter().map(Process::entry).collect();
        entries.join(",")
    }

    /// Starts one again that was there before.
    pub fn restart(&mut self, number: usize) {
        let all = self.initial_cluster();
        self.members[number].spawn(&all, "new");
        self.members[number].until_ready();
    }

    /// Which one leads, by its place, once all of these agree on it.
    pub async fn leader(&self, among: &[usize]) -> usize {
        let deadline = Instant::now() + WAIT_MAX;
        loop {
            let mut told = Vec::new();
            for number in among {
                let status = self.members[*number].status().await;
                told.push((*number, status.header.expect("a header").member_id, status.leader));
            }
            let leader = told[0].2;
            if let Some((number, _, _)) = told.iter().find(|(_, id, _)| *id == leader)
                && told.iter().all(|(_, _, its)| *its == leader)
            {
                return *number;
            }
            assert!(Instant::now() < deadline, "nobody leads");
        }
    }
}

/// Waits until all of these have the same history.
pub async fn until_equal(members: &[&Process]) {
    let deadline = Instant::now() + WAIT_MAX;
    let revision = members[0].status().await.header.expect("a header").revision;
    loop {
        let mut hashes = Vec::new();
        for member in members {
            hashes.extend(member.hash_kv(revision).await.map(|answer| (answer.hash, answer.compact_revision)));
        }
        let are_equal = hashes.windows(2).all(|pair| pair[0] == pair[1]);
        if hashes.len() == members.len() && are_equal {
            return;
        }
        // Who is behind refuses; who has it all is equal.
        assert!(hashes.len() < members.len() || are_equal, "the histories differ at {revision}: {hashes:?}");
        assert!(Instant::now() < deadline, "not all have come to {revision}: {hashes:?}");
    }
}
