//! Plays a transcript against a program.
//!
//! ```text
//!   flags FLAG ...              first line. Two sockets may be named: unix://pages and unix://metrics
//!   PORT METHOD PATH [NAME=VALUE ...]     PORT is client, pages, metrics or peer; headers, of which Host is given anyway
//!   raw PORT TEXT               as it stands, with \r\n and the like; then the client waits for the end
//!   body PORT METHOD PATH TEXT  with a body, in which \x07 is a byte, and 9*7 at the end is 7 nine times
//!   two PORT METHOD PATH        over HTTP/2
//!   put PORT                    a Put over gRPC
//!   alarm on|off NAME
//!   counted PREFIX              metrics that begin so
//!   logged TEXT                 lines of the log whose message has this, sorted, ports left out; waits for the first
//! ```

use crate::{
    support::member::{Member, Program},
    wire::{self, Port},
};
use etcd::pb::etcdserverpb::{
    AlarmRequest, AlarmType, PutRequest, kv_client::KvClient, maintenance_client::MaintenanceClient,
};
use hyper_util::rt::TokioIo;
use std::{
    fs,
    path::PathBuf,
    time::{Duration, Instant},
};
use tonic::transport::{Channel, Endpoint};

/// A line is logged within a moment, on a machine that has time for it.
const LOGGED_MAX: Duration = Duration::from_secs(60);

/// The script again, with the reactions of the program.
pub async fn play(program: &Program, script: &str) -> String {
    let flags = script.lines().find_map(|line| line.strip_prefix("flags")).unwrap_or_default();
    let mut player = Player::start(program, flags.split_whitespace().map(String::from).collect()).await;
    let mut played = String::new();
    for line in script.lines().filter(|line| !line.starts_with("  ")) {
        played += &format!("{line}\n");
        if line.is_empty() || line.starts_with(['#']) || line.starts_with("flags") {
            continue;
        }
        for reaction in player.play(line).await {
            played += &format!("  {reaction}\n");
        }
    }
    played
}

/// A member that is played against.
pub struct Player {
    member: Member,
}

impl Player {
    /// Starts a member, with its log in a file as well.
    pub async fn start(program: &Program, flags: Vec<String>) -> Self {
        let program = program.clone();
        let ports = 1 + flags.iter().filter(|flag| flag.starts_with("--listen-client-http-urls=")).count();
        let start = move || {
            let fixed = ["--unsafe-no-fsync", "--log-outputs=stderr,log"].map(String::from);
            let flags = [&fixed[..], &flags].concat();
            Member::start(&program, &flags.iter().map(String::as_str).collect::<Vec<_>>())
        };
        let player = Self { member: tokio::task::spawn_blocking(start).await.expect("a member") };
        // etcd tells the version of the cluster a moment after it is ready.
        let deadline = Instant::now() + LOGGED_MAX;
        while !player.is_settled().await {
            assert!(Instant::now() < deadline, "the version of the cluster is not settled");
        }
        // A port says so itself, and one may be later than the others.
        while player.lines_with("serving client traffic").len() < ports {
            assert!(Instant::now() < deadline, "a port does not serve");
            tokio::task::yield_now().await;
        }
        player
    }

    async fn is_settled(&self) -> bool {
        let said = self.port("peer").say(b"GET /version HTTP/1.0\r\nHost: a\r\n\r\n").await;
        String::from_utf8_lossy(&said).contains(r#""storage":"3.7.0""#)
    }

    /// A port by its name.
    pub fn port(&self, name: &str) -> Port {
        let socket = |name: &str| Port::Unix(self.member.work_dir().join(name));
        match name {
            "client" => Port::Tcp(self.member.address().into()),
            "peer" => Port::Tcp(self.member.peer_address().into()),
            "pages" | "metrics" => socket(name),
            _ => panic!("no such port: {name}"),
        }
    }

    /// A connection for clients, made when it is first used.
    pub fn channel(&self) -> Channel {
        self.member.channel()
    }

    /// Files that the process has open.
    pub fn files(&self) -> usize {
        fs::read_dir(format!("/proc/{}/fd", self.member.pid())).expect("a process").count()
    }

    /// Bytes that the process holds in memory.
    pub fn memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.member.pid())).expect("a process");
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("its memory");
        resident.trim_end_matches("kB").trim().parse::<u64>().expect("kilobytes") * 1024
    }

    async fn play(&mut self, line: &str) -> Vec<String> {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[0] {
            "raw" => {
                let (_, text) = line.split_once(&format!("{} ", words[1])).expect("a text");
                let bytes = text.replace(r"\r", "\r").replace(r"\n", "\n");
                wire::answer(&self.port(words[1]).say(bytes.as_bytes()).await)
            }
            "body" => {
                let body = bytes(words.get(4).copied().unwrap_or_default());
                let (port, head) = (self.port(words[1]), format!("{} {}", words[2], words[3]));
                let length = body.len();
                let head =
                    format!("{head} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n");
                let mut answer = wire::answer(&port.say(&[head.as_bytes(), &body].concat()).await);
                // It was asked for.
                answer.retain(|line| line != "connection: close");
                answer
            }
            "two" => {
                let answer = self.port(words[1]).ask_two(words[2], words[3]).await;
                answer.unwrap_or_else(|| vec!["no answer of HTTP/2".into()])
            }
            "put" => vec![self.put(words[1]).await],
            "alarm" => self.alarm(words[1], words[2]).await,
            "counted" => self.counted(words[1]).await,
            "logged" => self.logged(line.trim_start_matches("logged ")),
            port => self.ask(port, words[1], words[2], &words[3..]).await,
        }
    }

    async fn ask(&self, port: &str, method: &str, path: &str, headers: &[&str]) -> Vec<String> {
        let mut request = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
        if !headers.iter().any(|header| header.starts_with("Host=")) {
            request += "Host: 127.0.0.1\r\n";
        }
        for header in headers {
            let (name, value) = header.split_once('=').expect("NAME=VALUE");
            request += &format!("{name}: {value}\r\n");
        }
        let said = self.port(port).say(format!("{request}\r\n").as_bytes()).await;
        let mut answer = wire::answer(&said);
        // It was asked for.
        answer.retain(|line| line != "connection: close");
        answer
    }

    async fn put(&self, port: &str) -> String {
        let port = self.port(port);
        let endpoint = Endpoint::from_static("http://127.0.0.1");
        let channel = endpoint.connect_with_connector_lazy(tower::service_fn(move |_| {
            let port = port.clone();
            async move { Ok::<_, std::io::Error>(TokioIo::new(port.connect().await)) }
        }));
        let request = PutRequest { key: "k".into(), ..Default::default() };
        match KvClient::new(channel).put(request).await {
            Ok(_) => "ok".into(),
            // How a connection ends that is not taken, is a matter of who is faster.
            Err(_) => "no answer".into(),
        }
    }

    async fn alarm(&self, switch: &str, name: &str) -> Vec<String> {
        let action = if switch == "on" { 1 } else { 2 };
        let alarm = AlarmType::from_str_name(name).expect("an alarm") as i32;
        let request = AlarmRequest { action, member_id: 1, alarm };
        let response = MaintenanceClient::new(self.member.channel()).alarm(request).await.expect("an answer");
        response.into_inner().alarms.iter().map(|alarm| alarm.alarm().as_str_name().into()).collect()
    }

    async fn counted(&self, prefix: &str) -> Vec<String> {
        let said = self.port("client").say(b"GET /metrics HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n").await;
        let text = String::from_utf8_lossy(&said).into_owned();
        text.lines().filter(|line| line.starts_with(prefix)).map(String::from).collect()
    }

    fn logged(&self, text: &str) -> Vec<String> {
        let deadline = Instant::now() + LOGGED_MAX;
        loop {
            let mut lines = self.lines_with(text);
            lines.sort();
            if !lines.is_empty() {
                return lines;
            }
            assert!(Instant::now() < deadline, "{text:?} is not logged");
            std::thread::yield_now();
        }
    }

    /// Lines of the log whose message has this, as they are shown.
    fn lines_with(&self, text: &str) -> Vec<String> {
        let path: PathBuf = self.member.work_dir().join("log");
        let log = fs::read_to_string(&path).expect("a log");
        log.lines().filter(|line| line.ends_with('}')).filter_map(|line| shown(line, text)).collect()
    }
}

/// The bytes that a text stands for.
fn bytes(text: &str) -> Vec<u8> {
    if let Some((count, byte)) = text.split_once('*') {
        return byte.repeat(count.parse().expect("a number")).into_bytes();
    }
    let mut parts = text.split(r"\x");
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        bytes.push(u8::from_str_radix(&part[..2], 16).expect("two hex digits"));
        bytes.extend(part[2..].bytes());
    }
    bytes
}

/// A line of the log without its time, if its message has this text.
fn shown(line: &str, text: &str) -> Option<String> {
    let fields: serde_json::Map<String, serde_json::Value> = serde_json::from_str(line).expect("a line of JSON");
    if !fields["msg"].as_str()?.contains(text) {
        return None;
    }
    let free = ["ts", "caller", "stacktrace"];
    let pairs = fields.iter().filter(|(name, _)| !free.contains(&name.as_str()));
    let line = pairs.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ");
    // Go writes messages with one space or with two, by the build: nobody is to rely on it.
    Some(without_ports(&line).replace("  ", " "))
}

fn without_ports(line: &str) -> String {
    let mut parts = line.split("127.0.0.1:");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_digit());
        text + "127.0.0.1:PORT" + rest
    })
}
