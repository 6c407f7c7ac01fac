//! `endpoint`: questions to each endpoint by itself.

use super::session::{Given, Session};
use crate::{
    client::ClientError,
    cmd::{
        cobra::int_value,
        failure::{Failure, code},
        gotext::format_duration,
        output::{EndpointHashKv, EndpointHealth, EndpointStatus},
        terminal::warn,
    },
    pb::etcdserverpb::{AlarmType, MemberListRequest, RangeRequest},
};
use bytes::Bytes;
use tokio::{task::JoinSet, time::Instant};

/// Endpoints. See "etcdctl endpoint --help"
#[derive(clap::Args, Clone, Debug)]
#[command(long_about = "Endpoints")]
pub struct Endpoint {
    /// ask all endpoints that the cluster's members announce
    #[arg(long)]
    cluster: bool,
    #[command(subcommand)]
    question: Question,
}

#[derive(clap::Subcommand, Clone, Debug)]
enum Question {
    /// Tells whether the endpoints can commit a proposal
    #[command(override_usage = "health")]
    Health {
        #[arg(hide = true)]
        words: Vec<String>,
    },
    /// Shows version, sizes, leader and raft position of the endpoints
    ///
    /// In the simple format, each line holds: endpoint, ID, version, storage version, db size, db size in use, part of it not
    /// in use, quota, is leader, is learner, raft term, raft index, raft applied index, errors, downgrade target version,
    /// downgrade enabled.
    #[command(override_usage = "status")]
    Status {
        #[arg(hide = true)]
        words: Vec<String>,
    },
    /// Shows the hash of the endpoints' key history
    #[command(name = "hashkv", override_usage = "hashkv")]
    HashKv {
        /// last revision to hash (0 for the latest)
        #[arg(long, value_name = "int", value_parser = int_value, default_value = "0")]
        rev: i64,
        #[arg(hide = true)]
        words: Vec<String>,
    },
}

impl Endpoint {
    /// Runs the command.
    pub async fn run(self, given: &Given) -> Result<(), Failure> {
        let session = given.open()?;
        let endpoints = if self.cluster { announced(&session).await? } else { session.endpoints() };
        match self.question {
            Question::Health { .. } => health(&session, endpoints).await,
            Question::Status { .. } => status(&session, endpoints).await,
            Question::HashKv { rev, .. } => hash_kv(&session, endpoints, rev).await,
        }
    }
}

/// The client URLs of all members.
pub async fn announced(session: &Session) -> Result<Vec<String>, Failure> {
    let client = session.connect().await.map_err(|failure| failure.with_code(code::ERROR))?;
    let result = client.member_list(MemberListRequest { linearizable: true }).await;
    let members = result.map_err(|error| {
        let message = format!("failed to fetch endpoints from etcd cluster member list: {error}");
        Failure::new(code::ERROR, message)
    })?;
    Ok(members.members.into_iter().flat_map(|member| member.client_urls).collect())
}

/// All endpoints at once: one that hangs must not hide the others.
async fn health(session: &Session, endpoints: Vec<String>) -> Result<(), Failure> {
    // Files that cannot be read are nobody's illness.
    session.tls()?;
    let mut checks = JoinSet::new();
    for (index, endpoint) in endpoints.into_iter().enumerate() {
        let client = session.connect_to(std::slice::from_ref(&endpoint)).await;
        let deadline = session.deadline();
        checks.spawn(async move {
            let (took, error) = match client {
                Ok(client) => check(&client.with_deadline(deadline)).await,
                Err(failure) => (String::new(), failure.message().to_owned()),
            };
            (index, EndpointHealth { endpoint, took, error })
        });
    }
    let mut all = checks.join_all().await;
    all.sort_by_key(|(index, _)| *index);
    let all: Vec<EndpointHealth> = all.into_iter().map(|(_, health)| health).collect();
    session.output().endpoint_health(&all)?;
    match all.iter().all(|health| health.error.is_empty()) {
        true => Ok(()),
        false => Err(Failure::new(code::ERROR, "unhealthy cluster")),
    }
}

/// How long a linearizable read took, and what is wrong. A refused permission is as good as an answer: it took a quorum too.
async fn check(client: &crate::client::Client) -> (String, String) {
    let start = Instant::now();
    let result = client.range(RangeRequest { key: Bytes::from_static(b"health"), ..Default::default() }).await;
    let took = format_duration(start.elapsed());
    match result {
        Err(error) if !error.is("etcdserver: permission denied") => return (took, error.to_string()),
        _ => {}
    }
    let error = match client.alarm_list().await {
        Err(_) => "Unable to fetch the alarm list".to_owned(),
        Ok(response) if response.alarms.is_empty() => String::new(),
        Ok(response) => {
            let name = |alarm: AlarmType| match alarm {
                AlarmType::Nospace => "NOSPACE ",
                AlarmType::Corrupt => "CORRUPT ",
                AlarmType::None => "UNKNOWN ",
            };
            let names: String = response.alarms.iter().map(|alarm| name(alarm.alarm())).collect();
            format!("Active Alarm(s): {names}")
        }
    };
    (took, error)
}

async fn status(session: &Session, endpoints: Vec<String>) -> Result<(), Failure> {
    let (mut all, mut result) = (Vec::new(), Ok(()));
    for endpoint in endpoints {
        let client = session.connect_to(std::slice::from_ref(&endpoint)).await?.with_deadline(session.deadline());
        match client.status().await {
            Ok(status) => all.push(EndpointStatus { endpoint, status }),
            Err(error) => {
                warn(&format!("Failed to get the status of endpoint {endpoint} ({error})\n"));
                result = Err(Failure::silent(code::ERROR));
            }
        }
    }
    session.output().endpoint_status(&all)?;
    result
}

async fn hash_kv(session: &Session, endpoints: Vec<String>, revision: i64) -> Result<(), Failure> {
    let mut all = Vec::new();
    let mut last_error: Option<ClientError> = None;
    for endpoint in endpoints {
        let client = session.connect_to(std::slice::from_ref(&endpoint)).await?.with_deadline(session.deadline());
        match client.hash_kv(revision).await {
            Ok(hash) => all.push(EndpointHashKv { endpoint, hash }),
            Err(error) => {
                warn(&format!("Failed to get the hash of endpoint {endpoint} ({error})\n"));
                last_error = Some(error);
            }
        }
    }
    session.output().endpoint_hash_kv(&all)?;
    match last_error {
        None => Ok(()),
        Some(error) => Err(Failure::new(code::ERROR, error)),
    }
}
