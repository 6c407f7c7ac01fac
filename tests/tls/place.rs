//! A member with TLS in a process of its own, and those who ask it.

use crate::{
    authority::Certificates,
    support::{member::Program, ports::Port, running::Running},
};
use etcd::{
    client::{Client, Config, Endpoint, fetch_page},
    pb::etcdserverpb::{PutRequest, RangeRequest},
    tls::{ClientSettings, ClientTls},
};
use parking_lot::Mutex;
use std::{
    process::Command,
    sync::{Arc, mpsc},
    time::{Duration, Instant},
};
use tempfile::TempDir;
use tokio::time::Instant as Deadline;

/// Nothing here takes long; a machine under load may.
pub const WAIT_MAX: Duration = Duration::from_secs(60);
/// How long a tool may try what cannot succeed.
const TRY: &str = "--command-timeout=1500ms";

/// A place for a member, and the member while it runs.
pub struct Place {
    pub name: String,
    pub program: Program,
    pub flags: Vec<String>,
    pub dir: TempDir,
    /// `http` or `https`, for clients and for members.
    pub schemes: (&'static str, &'static str),
    client: Port,
    peer: Port,
    life: Option<Life>,
}

struct Life {
    process: Running,
    lines: mpsc::Receiver<String>,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Place {
    /// A place; nothing runs there yet.
    pub fn new(name: &str, program: &Program, flags: &[String]) -> Self {
        Self {
            name: name.into(),
            program: program.clone(),
            flags: flags.to_vec(),
            dir: TempDir::new().expect("a temporary folder"),
            schemes: ("https", "https"),
            client: Port::take(),
            peer: Port::take(),
            life: None,
        }
    }

    /// `host:port` for clients.
    pub fn address(&self) -> String {
        self.client.url().replace("http://", "")
    }

    pub fn client_url(&self) -> String {
        format!("{}://{}", self.schemes.0, self.address())
    }

    pub fn peer_url(&self) -> String {
        self.peer.url().replace("http", self.schemes.1)
    }

    /// Its words in `--initial-cluster`.
    pub fn entry(&self) -> String {
        format!("{}={}", self.name, self.peer_url())
    }

    /// The program with all that it is told.
    pub fn command(&self, initial_cluster: &str) -> Command {
        let mut command = self.program.command();
        command
            .args(["--socket-reuse-port", "--initial-cluster-token=tls"])
            .arg(format!("--name={}", self.name))
            .arg(format!("--data-dir={}", self.dir.path().join("data").display()))
            .arg(format!("--listen-client-urls={}", self.client_url()))
            .arg(format!("--advertise-client-urls={}", self.client_url()))
            .arg(format!("--listen-peer-urls={}", self.peer_url()))
            .arg(format!("--initial-advertise-peer-urls={}", self.peer_url()))
            .arg(format!("--initial-cluster={initial_cluster}"))
            .args(&self.flags)
            .current_dir(self.dir.path());
        command
    }

    /// Starts it.
    pub fn spawn(&mut self, initial_cluster: &str) {
        let mut command = self.command(initial_cluster);
        let (sender, lines) = mpsc::channel();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let all = seen.clone();
        let process = Running::start(&mut command, move |line| {
            all.lock().push(line.clone());
            let _ = sender.send(line);
        });
        self.life = Some(Life { process, lines, seen });
    }

    /// Starts it as the only member, and waits until it serves.
    pub fn alone(mut self) -> Self {
        let entry = self.entry();
        self.spawn(&entry);
        self.until("ready to serve client requests");
        self
    }

    /// Waits for a line with that text, among those that were not waited for yet.
    pub fn until(&mut self, text: &str) -> String {
        let Life { lines, seen, .. } = self.life.as_mut().expect("the member runs");
        let deadline = Instant::now() + WAIT_MAX;
        loop {
            match lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(line) if line.contains(text) => return line,
                Ok(_) => {}
                Err(error) => {
                    panic!("{} did not say {text:?} ({error}):\n{}", self.name, seen.lock().join("\n"));
                }
            }
        }
    }

    /// The next line with that text, as a tree.
    pub fn line(&mut self, text: &str) -> serde_json::Value {
        serde_json::from_str(&self.until(text)).expect("a log line is JSON")
    }

    /// What it has said so far.
    pub fn said(&self) -> Vec<String> {
        self.life.as_ref().expect("the member runs").seen.lock().clone()
    }

    /// Ends it as `kill -9` does.
    pub fn kill(&mut self) {
        self.life.take().expect("the member runs").process.kill();
    }

    pub fn endpoint(&self) -> Endpoint {
        Endpoint::parse(&self.client_url()).expect("an endpoint")
    }
}

/// What a client shows, and whom it trusts.
pub fn settings(files: &Certificates, ca: &str, own: Option<&str>) -> ClientSettings {
    ClientSettings {
        ca: (!ca.is_empty()).then(|| files.path(&format!("{ca}.crt"))),
        cert: own.map(|own| files.path(&format!("{own}.crt"))),
        key: own.map(|own| files.path(&format!("{own}.key"))),
        ..ClientSettings::default()
    }
}

/// Asks for a page over one connection: the page, or why there is none.
pub async fn page(place: &Place, settings: &ClientSettings) -> String {
    let tls = ClientTls::new(settings.clone()).expect("certificates of clients are right");
    match fetch_page(&place.endpoint(), Some(&tls), "/health", WAIT_MAX).await {
        Ok(page) => String::from_utf8_lossy(&page).trim_end().to_owned(),
        Err(error) => error.to_string(),
    }
}

/// A client of its own.
pub async fn client(places: &[&Place], settings: &ClientSettings) -> Client {
    let tls = ClientTls::new(settings.clone()).expect("certificates of clients are right");
    let endpoints = places.iter().map(|place| place.endpoint()).collect();
    Client::connect(Config { tls: Some(tls), ..Config::new(endpoints) }).await.expect("a client")
}

/// Writes a key, and reads it.
pub async fn use_it(client: &Client, key: &str) -> Result<(), String> {
    let client = client.with_deadline(Deadline::now() + WAIT_MAX);
    let put = PutRequest { key: key.to_owned().into(), value: "v".into(), ..Default::default() };
    client.put(put).await.map_err(|error| error.full())?;
    let range = RangeRequest { key: key.to_owned().into(), ..Default::default() };
    let answer = client.range(range).await.map_err(|error| error.full())?;
    if answer.kvs.len() == 1 { Ok(()) } else { Err("what was written is not there".into()) }
}

/// What a tool said: its exit code, its output, and the reasons in its log.
fn said(mut command: Command, hide: &[&str]) -> String {
    let ran = command.output().unwrap_or_else(|error| panic!("{command:?} does not run: {error}"));
    let mut text = format!("exit {}", ran.status.code().unwrap_or(-1));
    for line in String::from_utf8_lossy(&ran.stdout).lines().chain(String::from_utf8_lossy(&ran.stderr).lines()) {
        let log: Option<serde_json::Value> = serde_json::from_str(line).ok().filter(serde_json::Value::is_object);
        let line = match log.as_ref().and_then(|line| line["error"].as_str()) {
            Some(error) => format!("log: {error}"),
            None => line.to_owned(),
        };
        let line = hide.iter().fold(line, |line, hidden| line.replace(hidden, "ADDRESS"));
        // Addresses of connections differ from run to run.
        let line = line.split_whitespace().map(|word| match word.contains("127.0.0.1:") {
            true => "ADDRESS",
            false => word,
        });
        let line = line.collect::<Vec<_>>().join(" ");
        if !text.ends_with(&line) {
            text.push_str("\n  ");
            text.push_str(&line);
        }
    }
    text
}

/// What etcdctl says; none if there is none.
pub fn etcdctl(place: &Place, words: &[String]) -> Option<String> {
    let path = std::env::var_os("ETCDCTL_ORACLE")?;
    let mut command = Command::new(path);
    command.env_clear().arg(format!("--endpoints={}", place.client_url())).args([TRY, "--dial-timeout=1s"]).args(words);
    Some(said(command, &[&place.address()]))
}

/// What `etcd ctl` says; none while it cannot speak TLS.
pub fn ctl(place: &Place, words: &[String]) -> Option<String> {
    let mut command = Command::new(crate::support::member::path_of_ours());
    command.arg("ctl").env_clear().arg(format!("--endpoints={}", place.client_url()));
    command.args([TRY, "--dial-timeout=1s"]).args(words);
    Some(said(command, &[&place.address()])).filter(|said| !said.contains("is not available in this version yet"))
}

/// What curl says; none if there is none.
pub fn curl(place: &Place, words: &[String]) -> Option<String> {
    Command::new("curl").arg("--version").output().ok().filter(|ran| ran.status.success())?;
    let mut command = Command::new("curl");
    command.env_clear().args(["-sS", "--max-time", "30"]).args(words).arg(format!("{}/health", place.client_url()));
    Some(said(command, &[&place.address()]))
}
