//! Three members in processes of their own, joined by links that can be cut.

use super::links::{Callers, Door, Links};
use crate::support::member::Program;
use etcd::pb::etcdserverpb::{
    MemberListRequest, StatusRequest, cluster_client::ClusterClient, maintenance_client::MaintenanceClient,
};
use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    process::{Child, Command, Stdio},
    time::Duration,
};
use tempfile::TempDir;
use tonic::transport::{Channel, Endpoint};

/// How long the cluster may take until it serves again, on a machine under load.
pub const PATIENCE: Duration = Duration::from_secs(90);

/// A member of the cluster.
pub struct Member {
    name: String,
    program: Program,
    child: Option<Child>,
    pub peers: Door,
    pub clients: Door,
    pub channel: Channel,
}

pub struct Cluster {
    pub links: Links,
    pub members: Vec<Member>,
    dir: TempDir,
}

impl Cluster {
    /// Starts one member of each program.
    pub async fn start(programs: &[Program]) -> Self {
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
                child: None,
                peers: links.door(number, Callers::Members).await,
                clients,
                channel,
            });
        }
        let mut cluster = Self { links, members, dir: TempDir::new().expect("a temporary folder") };
        (0..programs.len()).for_each(|member| cluster.restart(member));
        cluster.learn_names().await;
        cluster
    }

    /// Starts a member, on the data that it has.
    pub fn restart(&mut self, number: usize) {
        let everybody: Vec<String> =
            self.members.iter().map(|member| format!("{}={}", member.name, member.peers.url())).collect();
        let member = &mut self.members[number];
        let mut child = member
            .program
            .command()
            .args(["--listen-client-urls=http://127.0.0.1:0", "--listen-peer-urls=http://127.0.0.1:0"])
            .args(["--heartbeat-interval=50", "--election-timeout=500", "--snapshot-count=500"])
            .arg(format!("--name={}", member.name))
            .arg(format!("--advertise-client-urls={}", member.clients.url()))
            .arg(format!("--initial-advertise-peer-urls={}", member.peers.url()))
            .arg(format!("--initial-cluster={}", everybody.join(",")))
            .arg(format!("--data-dir={}", self.dir.path().join(&member.name).display()))
            .current_dir(self.dir.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program runs");
        let stderr = child.stderr.take().expect("stderr is piped");
        let (peers, clients) = (member.peers.clone(), member.clients.clone());
        // Reads to the end, so that the member never waits for a full pipe.
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                follow(&line, &peers, &clients);
            }
        });
        member.child = Some(child);
    }

    /// Ends a member as `kill -9` does.
    pub fn kill(&mut self, number: usize) {
        let member = &mut self.members[number];
        if let Some(mut child) = member.child.take() {
            child.kill().expect("the process can be killed");
            child.wait().expect("the process ends");
        }
        member.peers.leads_to(None);
        member.clients.leads_to(None);
    }

    /// Sends a member a signal, by its name: STOP, CONT.
    pub fn signal(&self, number: usize, signal: &str) {
        if let Some(child) = &self.members[number].child {
            let sent = Command::new("kill").args([&format!("-{signal}"), &child.id().to_string()]).status();
            assert!(sent.expect("kill runs").success());
        }
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

impl Drop for Cluster {
    fn drop(&mut self) {
        for child in self.members.iter_mut().filter_map(|member| member.child.as_mut()) {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Takes from a log line where a member listens.
fn follow(line: &str, peers: &Door, clients: &Door) {
    let address = || -> Option<SocketAddr> {
        let fields: serde_json::Value = serde_json::from_str(line).ok()?;
        fields["address"].as_str()?.parse().ok()
    };
    if std::env::var_os("CHAOS_LOG").is_some() {
        println!("{line}");
    }
    if line.contains("serving peer traffic") {
        peers.leads_to(address());
    }
    if line.contains("serving client traffic insecurely") || line.contains("serving insecure client requests") {
        clients.leads_to(address());
    }
}
