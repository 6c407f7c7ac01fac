//! What it costs to know who asks: `cargo bench --bench doors`.
//!
//! Printed is the time of a look at a simple token, out of many, alone and on several threads; and how long puts take while
//! nobody logs in and while 100 clients do so without end, each with a member in a process of its own.

use etcd::{
    pb::etcdserverpb::{
        AuthEnableRequest, AuthRoleAddRequest, AuthUserAddRequest, AuthUserGrantRoleRequest, AuthenticateRequest,
        PutRequest, auth_client::AuthClient, kv_client::KvClient,
    },
    server::auth::SimpleTokens,
};
use std::{
    hint::black_box,
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tonic::{
    Request,
    transport::{Channel, Endpoint},
};

const TOKENS: usize = 1_000;
const LOOKS: usize = 1_000_000;
const WRITERS: usize = 8;
const LOGINS: usize = 100;
const WINDOW: Duration = Duration::from_secs(6);
const PASSWORD: &str = "secret";

fn main() {
    look_at_tokens();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    runtime.expect("threads").block_on(log_in());
}

fn look_at_tokens() {
    let tokens = SimpleTokens::new(Duration::from_secs(300));
    let names: Vec<String> = (0..TOKENS).map(|number| format!("AbCdEfGhIjKlMnOp.{number}")).collect();
    names.iter().for_each(|name| tokens.issue(Duration::ZERO, "user", name));
    for threads in [1, 2, 4] {
        let started = Instant::now();
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    for number in 0..LOOKS {
                        black_box(tokens.user_of(Duration::from_secs(1), &names[number % TOKENS]));
                    }
                });
            }
        });
        let each = started.elapsed().as_nanos() / LOOKS as u128;
        println!("a simple token out of {TOKENS}, {threads} threads: {each} ns");
    }
}

/// A member; killed when it is dropped.
struct Member {
    process: Child,
    _dir: tempfile::TempDir,
    address: String,
}

impl Drop for Member {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Member {
    /// Ours, or the program that `ETCD_PROGRAM` names, a real etcd.
    fn start() -> Self {
        let dir = tempfile::TempDir::new().expect("a folder");
        let mut command = match std::env::var_os("ETCD_PROGRAM") {
            Some(program) => Command::new(program),
            None => {
                let mut ours = Command::new(env!("CARGO_BIN_EXE_etcd"));
                ours.arg("server");
                ours
            }
        };
        command.args(["--listen-client-urls=http://127.0.0.1:0", "--advertise-client-urls=http://127.0.0.1:0"]);
        command.args(["--listen-peer-urls=http://127.0.0.1:0", "--initial-advertise-peer-urls=http://127.0.0.1:20001"]);
        command.args(["--initial-cluster=default=http://127.0.0.1:20001"]).current_dir(dir.path());
        let mut process = command.stderr(Stdio::piped()).spawn().expect("a member");
        let mut lines = BufReader::new(process.stderr.take().expect("a pipe")).lines();
        let address = lines.find_map(|line| {
            let line = line.expect("a line");
            let fields: serde_json::Value = serde_json::from_str(&line).ok()?;
            let serves = line.contains("serving client traffic insecurely");
            serves.then(|| fields["address"].as_str().expect("an address").to_owned())
        });
        std::thread::spawn(move || lines.for_each(drop));
        Self { process, _dir: dir, address: address.expect("it serves") }
    }

    fn channel(&self) -> Channel {
        Endpoint::from_shared(format!("http://{}", self.address)).expect("an address").connect_lazy()
    }
}

async fn log_in() {
    let member = Member::start();
    let mut auth = AuthClient::new(member.channel());
    let user = AuthUserAddRequest { name: "root".into(), password: PASSWORD.into(), ..Default::default() };
    auth.user_add(user).await.expect("a user");
    auth.role_add(AuthRoleAddRequest { name: "root".into() }).await.expect("a role");
    let grant = AuthUserGrantRoleRequest { user: "root".into(), role: "root".into() };
    auth.user_grant_role(grant).await.expect("a grant");
    auth.auth_enable(AuthEnableRequest {}).await.expect("it is on");
    let token = token(&mut auth).await;
    puts("nobody logs in", &member, &token).await;
    let (over, logins) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let clients: Vec<_> = (0..LOGINS)
        .map(|_| {
            let (over, logins, mut auth) = (over.clone(), logins.clone(), AuthClient::new(member.channel()));
            tokio::spawn(async move {
                while !over.load(Ordering::Relaxed) {
                    black_box(self::token(&mut auth).await);
                    logins.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    let started = Instant::now();
    puts("100 clients log in", &member, &token).await;
    println!("logins a second: {:.1}", logins.load(Ordering::Relaxed) as f64 / started.elapsed().as_secs_f64());
    over.store(true, Ordering::Relaxed);
    clients.iter().for_each(tokio::task::JoinHandle::abort);
}

async fn token(auth: &mut AuthClient<Channel>) -> String {
    let request = AuthenticateRequest { name: "root".into(), password: PASSWORD.into() };
    auth.authenticate(request).await.expect("a token").into_inner().token
}

/// Puts of some clients for a while, and how long they took.
async fn puts(name: &str, member: &Member, token: &str) {
    let end = Instant::now() + WINDOW;
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let (mut kv, token) = (KvClient::new(member.channel()), token.to_owned());
            tokio::spawn(async move {
                let mut took = Vec::new();
                while Instant::now() < end {
                    let key = format!("k{writer}").into_bytes().into();
                    let mut request = Request::new(PutRequest { key, value: "v".into(), ..Default::default() });
                    request.metadata_mut().insert("token", token.parse().expect("ASCII"));
                    let started = Instant::now();
                    kv.put(request).await.expect("a put");
                    took.push(started.elapsed());
                }
                took
            })
        })
        .collect();
    let mut took = Vec::new();
    for writer in writers {
        took.extend(writer.await.expect("it ends well"));
    }
    took.sort();
    let at = |part: f64| took[((took.len() - 1) as f64 * part) as usize];
    println!("puts while {name}: {}, p50 {:?}, p99 {:?}", took.len(), at(0.5), at(0.99));
}
