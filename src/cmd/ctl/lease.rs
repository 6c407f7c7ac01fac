//! `lease`: grant, revoke, look at, list and keep alive leases.

use super::session::Given;
use crate::{
    cmd::{
        failure::{Failure, bad_arguments, code},
        gotext::parse_int,
    },
    pb::etcdserverpb::{LeaseGrantRequest, LeaseTimeToLiveRequest},
};

/// Leases. See "etcdctl lease --help"
#[derive(clap::Subcommand, Clone, Debug)]
#[command(long_about = "Leases")]
pub enum Lease {
    /// Creates a lease
    #[command(override_usage = "grant <ttl>")]
    Grant {
        #[arg(hide = true)]
        words: Vec<String>,
    },
    /// Revokes a lease and deletes its keys
    #[command(override_usage = "revoke <leaseID>")]
    Revoke {
        #[arg(hide = true)]
        words: Vec<String>,
    },
    /// Shows how long a lease has left
    #[command(name = "timetolive", override_usage = "timetolive <leaseID> [options]")]
    TimeToLive {
        /// show the keys that hang on it too
        #[arg(long)]
        keys: bool,
        #[arg(hide = true)]
        words: Vec<String>,
    },
    /// Lists all leases
    #[command(override_usage = "list")]
    List {
        #[arg(hide = true)]
        words: Vec<String>,
    },
    /// Keeps a lease alive
    #[command(override_usage = "keep-alive [options] <leaseID>")]
    KeepAlive {
        /// renew it once and be done
        #[arg(long)]
        once: bool,
        #[arg(hide = true)]
        words: Vec<String>,
    },
}

impl Lease {
    /// Runs the command.
    pub async fn run(self, given: &Given) -> Result<(), Failure> {
        match self {
            Self::Grant { words } => grant(given, &words).await,
            Self::Revoke { words } => revoke(given, &words).await,
            Self::TimeToLive { keys, words } => {
                time_to_live(given, &words, LeaseTimeToLiveRequest { id: 0, keys }).await
            }
            Self::List { .. } => list(given).await,
            Self::KeepAlive { once: true, words } => keep_alive_once(given, &words).await,
            Self::KeepAlive { once: false, words } => keep_alive(given, &words).await,
        }
    }
}

async fn grant(given: &Given, words: &[String]) -> Result<(), Failure> {
    let [ttl] = words else { return Err(bad_arguments("lease grant command needs TTL argument")) };
    let ttl = parse_int(ttl, 10).map_err(|error| bad_arguments(format!("bad TTL ({error})")))?;
    let session = given.open()?;
    let result = session.connect().await?.lease_grant(LeaseGrantRequest { ttl, id: 0 }).await;
    let failed = |error| Failure::new(code::ERROR, format!("failed to grant lease ({error})"));
    session.output().lease_grant(&result.map_err(failed)?)
}

async fn revoke(given: &Given, words: &[String]) -> Result<(), Failure> {
    let id = lease_id(words, "lease revoke command needs 1 argument")?;
    let session = given.open()?;
    let result = session.connect().await?.lease_revoke(id).await;
    let failed = |error| Failure::new(code::ERROR, format!("failed to revoke lease ({error})"));
    session.output().lease_revoke(id, &result.map_err(failed)?)
}

async fn time_to_live(given: &Given, words: &[String], request: LeaseTimeToLiveRequest) -> Result<(), Failure> {
    let id = lease_id(words, "lease timetolive command needs lease ID as argument")?;
    let session = given.open()?;
    let request = LeaseTimeToLiveRequest { id, ..request };
    let result = session.connect_unbounded().await?.lease_time_to_live(request).await;
    session.output().lease_time_to_live(&request, &result.map_err(|error| Failure::new(code::BAD_CONNECTION, error))?)
}

async fn list(given: &Given) -> Result<(), Failure> {
    let session = given.open()?;
    let result = session.connect_unbounded().await?.lease_list().await;
    session.output().lease_list(&result.map_err(|error| Failure::new(code::BAD_CONNECTION, error))?)
}

async fn keep_alive_once(given: &Given, words: &[String]) -> Result<(), Failure> {
    let id = lease_id(words, KEEP_ALIVE_WORDS)?;
    let session = given.open()?;
    let result = session.connect_unbounded().await?.lease_keep_alive_once(id).await;
    session.output().lease_keep_alive(&result.map_err(|error| Failure::new(code::BAD_CONNECTION, error))?)
}

/// Until the lease is gone.
async fn keep_alive(given: &Given, words: &[String]) -> Result<(), Failure> {
    let id = lease_id(words, KEEP_ALIVE_WORDS)?;
    let session = given.open()?;
    let mut renewals = session.connect_unbounded().await?.lease_keep_alive(id);
    while let Some(renewal) = renewals.next().await {
        session.output().lease_keep_alive(&renewal)?;
    }
    session.output().lease_ended(id)
}

const KEEP_ALIVE_WORDS: &str = "lease keep-alive command needs lease ID as argument";

fn lease_id(words: &[String], otherwise: &str) -> Result<i64, Failure> {
    let [id] = words else { return Err(bad_arguments(otherwise)) };
    parse_int(id, 16).map_err(|error| bad_arguments(format!("bad lease ID arg ({error}), expecting ID in Hex")))
}
