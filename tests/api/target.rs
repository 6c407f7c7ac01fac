//! Whom the cases are played against.

use crate::support::{
    config,
    member::{Member, Program},
};
use etcd::{
    http::{Listener, Router, Settings, Threads, serve},
    pb::etcdserverpb::{StatusRequest, maintenance_client::MaintenanceClient},
    server::{
        Server,
        auth::{
            Tokens, Users,
            jwt::{Jwt, Key, KeyFiles, Method},
        },
        config::Config,
    },
};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tempfile::TempDir;
use tokio::{
    sync::{RwLock, oneshot},
    task::JoinHandle,
};
use tonic::transport::{Channel, Endpoint};

/// A kind of server.
#[derive(Clone, Debug)]
pub enum Target {
    /// The library, within this process.
    InProcess,
    /// A program in a process of its own: our binary, or a real etcd.
    Process(Program),
}

/// Signs tokens.
const JWT_KEY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/jwt/rsa_pkcs8.pem");

/// What a case needs to be otherwise than by default.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// `--watch-progress-notify-interval`, in milliseconds.
    pub progress_ms: Option<u64>,
    /// `--max-request-bytes`.
    pub request_bytes: Option<usize>,
    /// `--max-txn-ops`.
    pub txn_ops: Option<usize>,
    /// Signed tokens that are good for so many seconds (`--auth-token=jwt,...`).
    pub jwt_s: Option<u64>,
    /// `--snapshot-count` and `--snapshot-catchup-entries`: entries that are kept in memory.
    pub log_entries: Option<u64>,
}

impl Options {
    fn flags(&self) -> Vec<String> {
        let progress = self.progress_ms.map(|ms| format!("--watch-progress-notify-interval={ms}ms"));
        let bytes = self.request_bytes.map(|bytes| format!("--max-request-bytes={bytes}"));
        let ops = self.txn_ops.map(|ops| format!("--max-txn-ops={ops}"));
        let count = self.log_entries.map(|entries| format!("--snapshot-count={entries}"));
        let catchup = self.log_entries.map(|entries| format!("--snapshot-catchup-entries={entries}"));
        let jwt = self.jwt_s.map(|s| format!("--auth-token=jwt,sign-method=RS256,priv-key={JWT_KEY},ttl={s}s"));
        let given = [progress, bytes, ops, count, catchup, jwt].into_iter().flatten();
        ["--unsafe-no-fsync".into(), "--bcrypt-cost=4".into()].into_iter().chain(given).collect()
    }

    fn users(&self) -> Users {
        let tokens = self.jwt_s.map(|s| {
            let private = std::fs::read(JWT_KEY).expect("a key");
            let key = Key::read(Method::Rs256, KeyFiles { private: &private, public: b"" }).expect("a key");
            Tokens::Jwt(Arc::new(Jwt { method: Method::Rs256, key, ttl: Duration::from_secs(s) }))
        });
        Users { tokens: tokens.unwrap_or_else(|| Users::default().tokens), bcrypt_cost: 4 }
    }

    fn config(&self, dir: &TempDir) -> Config {
        let usual = config::alone(dir.path());
        Config {
            snapshot_entries: self.log_entries.unwrap_or(usual.snapshot_entries),
            catchup_entries: self.log_entries.unwrap_or(usual.catchup_entries),
            watch_progress_interval: self.progress_ms.map_or(usual.watch_progress_interval, Duration::from_millis),
            txn_ops_max: self.txn_ops.unwrap_or(usual.txn_ops_max),
            request_bytes_max: self.request_bytes.unwrap_or(usual.request_bytes_max),
            users: self.users(),
            ..usual
        }
    }
}

/// A server that runs; gone when it is dropped.
pub struct Running {
    address: String,
    kind: Kind,
}

enum Kind {
    InProcess { server: Option<Box<Server>>, stop: Option<oneshot::Sender<()>>, serving: JoinHandle<()>, _dir: TempDir },
    Process(Member),
}

/// Held while servers start: shared by those that start a process, alone by those that start one within this. A process
/// that is just being made has, for a moment, this one's files open, and with them the lock of a backend.
static STARTING: RwLock<()> = RwLock::const_new(());

/// Starts a program with fresh data.
pub async fn start_process(program: &Program, flags: Vec<String>) -> Member {
    let program = program.clone();
    let _starting = STARTING.read().await;
    let start = move || Member::start(&program, &flags.iter().map(String::as_str).collect::<Vec<_>>());
    tokio::task::spawn_blocking(start).await.expect("a member")
}

/// A start is settled within a second, on a machine that has time for it.
const SETTLE_MAX: Duration = Duration::from_secs(60);

/// Waits until the files have the version of the cluster: etcd sees to that a moment after it is ready.
pub async fn settle(channel: Channel) {
    let mut maintenance = MaintenanceClient::new(channel);
    let deadline = Instant::now() + SETTLE_MAX;
    while maintenance.status(StatusRequest {}).await.expect("a status").into_inner().storage_version != "3.7.0" {
        assert!(Instant::now() < deadline, "the version of the files is not settled");
    }
}

impl Target {
    /// Is it ours, rather than a real etcd?
    pub fn is_ours(&self) -> bool {
        match self {
            Self::InProcess => true,
            Self::Process(program) => program.is_ours(),
        }
    }

    /// Starts one with fresh data.
    pub async fn start(&self, options: Options) -> Running {
        match self {
            Self::InProcess => Running::in_process(options).await,
            Self::Process(program) => {
                let member = start_process(program, options.flags()).await;
                Running { address: member.address().into(), kind: Kind::Process(member) }
            }
        }
    }
}

impl Running {
    async fn in_process(options: Options) -> Self {
        let dir = TempDir::new().expect("a temporary folder");
        let listener = Listener::bind("http://127.0.0.1:0").await.expect("a port");
        let address = listener.address();
        let starting = STARTING.write().await;
        let server = Server::start(options.config(&dir)).await.expect("a server");
        server.ready().await;
        drop(starting);
        let (stop, stopped) = oneshot::channel();
        let stopped = async move {
            let _ = stopped.await;
        };
        let router = Router::new(server.handle().clone());
        let threads = Arc::new(Threads::start().expect("threads"));
        let serving = tokio::spawn(serve(listener, router, Settings::default(), threads, stopped));
        let kind = Kind::InProcess { server: Some(Box::new(server)), stop: Some(stop), serving, _dir: dir };
        Self { address, kind }
    }

    /// `host:port` for clients.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The process, if it is one of its own.
    pub fn pid(&self) -> Option<u32> {
        match &self.kind {
            Kind::InProcess { .. } => None,
            Kind::Process(member) => Some(member.pid()),
        }
    }

    /// A connection for clients, made when it is first used.
    pub fn channel(&self) -> Channel {
        let endpoint = Endpoint::from_shared(format!("http://{}", self.address)).expect("an address");
        endpoint.connect_lazy()
    }

    /// Stops it in order, as a signal does, and waits until it has.
    pub async fn stop(mut self) {
        match &mut self.kind {
            Kind::InProcess { server, stop, serving, .. } => {
                let server = server.take().expect("it is stopped once");
                server.begin_stop();
                let _ = stop.take().expect("it is stopped once").send(());
                serving.await.expect("serving ends well");
                server.stop().await;
            }
            Kind::Process(member) => drop(tokio::task::block_in_place(|| member.terminate())),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Kind::InProcess { server: Some(server), .. } = &self.kind {
            server.begin_stop();
        }
    }
}
