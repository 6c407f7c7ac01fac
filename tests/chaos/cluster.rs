//! Three members in processes of their own, joined by links that can be cut.

use super::links::{Callers, Door, Links};
use crate::support::{member::Program, running::Running};
use etcd::pb::etcdserverpb::{
    MemberListRequest, MoveLeaderRequest, StatusRequest, cluster_client::ClusterClient,
    maintenance_client::MaintenanceClient,
};
use std::{
    fs::File,
    io::Write,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tempfile::TempDir;
use tokio::sync::oneshot;
use tonic::transport::{Channel, Endpoint};

/// How long the cluster may take until it serves again, on a machine under load.
pub const PATIENCE: Duration = Duration::from_secs(90);

/// A member of the cluster.
pub struct Member {
    name: String,
    program: Program,
    /// Is the program of the newest version here?
    is_current: bool,
    running: Option<Running>,
    /// Told when the process has ended.
    ended: Option<oneshot::Receiver<()>>,
    /// That of the cluster when the member first came.
    initial_state: &'static str,
    pub peers: Door,
    pub clients: Door,
    pub channel: Channel,
}

pub struct Cluster {
    pub links: Links,
    pub members: Vec<Member>,
    dir: PathBuf,
    /// Takes the folder away in the end.
    _temporary: Option<TempDir>,
    /// How many snapshots members have taken from others.
    snapshots: Arc<AtomicU64>,
}

impl Cluster {
    /// Starts one member of each program. Their data and what they say is in a temporary folder, or below the one that
    /// `CHAOS_DIR` names, and stays there.
    pub async fn start(test: &str, programs: &[Program]) -> Self {
        let links = Links::new();
        let mut members = Vec::new();
        for (number, program) in programs.iter().enumerate() {
            let clients = links.door(number, Callers::Clients).await;
            let channel = Endpoint::from_shared(clients.url())
                .expect("an address")
                .connect_timeout(Duration::from_secs(1))
                .connect_lazy();
            members.push(Member {
                name: format!("m{number}"),
                program: program.clone(),
                is_current: program.is_ours() || program.is_current(),
                running: None,
                ended: None,
                initial_state: "new",
                peers: links.door(number, Callers::Members).await,
                clients,
                channel,
            });
        }
        let (dir, temporary) = match std::env::var_os("CHAOS_DIR") {
            Some(dir) => (Path::new(&dir).join(test.replace(' ', "-")), None),
            None => {
                let temporary = TempDir::new().expect("a temporary folder");
                (temporary.path().to_owned(), Some(temporary))
            }
        };
        std::fs::create_dir_all(&dir).expect("a folder");
        let mut cluster = Self { links, members, dir, _temporary: temporary, snapshots: Arc::default() };
        (0..programs.len()).for_each(|member| cluster.restart(member));
        cluster.learn_names().await;
        cluster
    }

    /// How many snapshots members have taken from others.
    pub fn snapshots(&self) -> u64 {
        self.snapshots.load(Ordering::SeqCst)
    }

    /// Could it come as a new member? One of an older version does not join newer ones, in etcd neither.
    pub fn could_join(&self, number: usize) -> bool {
        self.members[number].is_current || self.members.iter().all(|member| !member.is_current)
    }

    /// Starts a member, on the data that it has.
    pub fn restart(&mut self, number: usize) {
        let everybody: Vec<String> =
            self.members.iter().map(|member| format!("{}={}", member.name, member.peers.url())).collect();
        let member = &mut self.members[number];
        let mut command = member.program.command();
        command
            .args(["--listen-client-urls=http://127.0.0.1:0", "--listen-peer-urls=http://127.0.0.1:0"])
            .args(["--heartbeat-interval=50", "--election-timeout=500", "--strict-reconfig-check=false"])
            .arg("--snapshot-count=500")
            .arg(format!("--name={}", member.name))
            .arg(format!("--advertise-client-urls={}", member.clients.url()))
            .arg(format!("--initial-advertise-peer-urls={}", member.peers.url()))
            .arg(format!("--initial-cluster={}", everybody.join(",")))
            .arg(format!("--initial-cluster-state={}", member.initial_state))
            .arg(format!("--data-dir={}", self.dir.join(&member.name).display()))
            .current_dir(&self.dir);
        if member.is_current {
            // So that who was away for long needs a snapshot. Older ones have another flag for it.
            command.arg("--snapshot-catchup-entries=100");
        }
        let log = self.dir.join(format!("{}.log", member.name));
        let mut log = File::options().create(true).append(true).open(log).expect("a log file");
        let (peers, clients, snapshots) = (member.peers.clone(), member.clients.clone(), self.snapshots.clone());
        let (end, ended) = oneshot::channel();
        member.ended = Some(ended);
        member.running = Some(Running::start(&mut command, move |line| {
            // Goes with the last line.
            let _ = &end;
            let _ = writeln!(log, "{line}");
            follow(&line, &peers, &clients, &snapshots);
        }));
    }

    /// Ends a member as `kill -9` does.
    pub fn kill(&mut self, number: usize) {
        let member = &mut self.members[number];
        if let Some(mut running) = member.running.take() {
            running.kill();
        }
        member.leave();
    }

    /// Sends a member a signal, by its name: STOP, CONT.
    pub fn signal(&self, number: usize, signal: &str) {
        if let Some(running) = &self.members[number].running {
            running.signal(signal);
        }
    }

    /// Asks a member to end, and waits until it has.
    pub async fn stop(&mut self, number: usize) {
        self.signal(number, "TERM");
        self.members[number].end().await;
    }

    /// The folder of a member's data.
    pub fn data_dir(&self, number: usize) -> PathBuf {
        self.dir.join(&self.members[number].name)
    }

    /// Has a member lead, if the leader thinks that it can.
    pub async fn move_leader(&self, to: usize) {
        let Some(leader) = self.leader().await else { return };
        let Some(target_id) = self.links.id(to) else { return };
        let mut client = MaintenanceClient::new(self.members[leader].channel.clone());
        let asked = client.move_leader(MoveLeaderRequest { target_id });
        let _ = tokio::time::timeout(PATIENCE, asked).await.expect("an answer, whichever");
    }

    /// Who leads, as far as anybody says.
    pub async fn leader(&self) -> Option<usize> {
        for member in &self.members {
            let mut client = MaintenanceClient::new(member.channel.clone());
            let asked = tokio::time::timeout(Duration::from_secs(1), client.status(StatusRequest {})).await;
            if let Ok(Ok(status)) = asked {
                let leader = status.into_inner().leader;
                return self.links.number(leader);
            }
        }
        None
    }

    /// The links have to know who is who.
    async fn learn_names(&self) {
        let list = async {
            loop {
                let mut client = ClusterClient::new(self.members[0].channel.clone());
                let listed = client.member_list(MemberListRequest { linearizable: false }).await;
                match listed.map(|listed| listed.into_inner().members) {
                    Ok(members) if members.len() == self.members.len() => return members,
                    _ => tokio::task::yield_now().await,
                }
            }
        };
        for listed in tokio::time::timeout(PATIENCE, list).await.expect("the members find each other") {
            let number = self
                .members
                .iter()
                .position(|member| listed.peer_urls.contains(&member.peers.url()))
                .expect("one of ours");
            self.links.name(listed.id, number);
        }
    }
}

impl Member {
    /// Waits until its process has ended.
    pub async fn end(&mut self) {
        if let (Some(ended), Some(mut running)) = (self.ended.take(), self.running.take()) {
            // The sender is dropped, and says nothing before that.
            let ended = tokio::time::timeout(PATIENCE, ended).await;
            assert!(ended.is_ok(), "{} does not end", self.name);
            running.wait();
        }
        self.leave();
    }

    /// The member is new in a cluster that exists.
    pub fn is_to_join(&mut self) {
        self.initial_state = "existing";
    }

    fn leave(&self) {
        self.peers.leads_to(None);
        self.clients.leads_to(None);
    }
}

/// Takes from a log line where a member listens, and what it took.
fn follow(line: &str, peers: &Door, clients: &Door, snapshots: &AtomicU64) {
    let address = || -> Option<SocketAddr> {
        let fields: serde_json::Value = serde_json::from_str(line).ok()?;
        fields["address"].as_str()?.parse().ok()
    };
    if line.contains("serving peer traffic") {
        peers.leads_to(address());
    }
    if line.contains("serving client traffic insecurely") || line.contains("serving insecure client requests") {
        clients.leads_to(address());
    }
    if line.contains(r#""applied snapshot""#) {
        snapshots.fetch_add(1, Ordering::SeqCst);
    }
}
