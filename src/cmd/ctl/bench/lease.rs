//! `bench lease-grant` and `bench lease-keepalive`: leases.

use super::{
    drive::{Bench, Work},
    links::Lane,
    load::{Amount, Base, no_words},
    meter::Done,
    number::positive,
    scan::{Field, scan},
};
use crate::{
    client::{ClientError, Code, Incoming, Method, Outgoing, framed},
    cmd::{
        cobra::int_value,
        ctl::session::Given,
        failure::{Failure, code},
    },
    pb::etcdserverpb::{LeaseGrantRequest, LeaseKeepAliveRequest},
};
use bytes::Bytes;
use std::{ffi::OsString, sync::Arc};
use tokio::task::JoinSet;

const GRANT: &str = "/etcdserverpb.Lease/LeaseGrant";
const KEEP_ALIVE: &str = "/etcdserverpb.Lease/LeaseKeepAlive";
/// The longest that etcd grants.
const TTL_MAX: u64 = 9_000_000_000;

/// Grants leases
#[derive(clap::Args, Clone, Debug)]
#[command(override_usage = "lease-grant [options]")]
pub struct LeaseGrant {
    #[command(flatten)]
    pub base: Base,
    #[command(flatten)]
    amount: Amount,
    /// seconds that a lease lives
    #[arg(long, value_name = "int", value_parser = int_value, default_value = "300")]
    ttl: i64,
    #[arg(hide = true)]
    words: Vec<OsString>,
}

/// Keeps leases alive
///
/// The leases are granted first, and not revoked afterwards: they run out by themselves. Each client has a stream of its
/// own, and renews one lease after another.
#[derive(clap::Args, Clone, Debug)]
#[command(override_usage = "lease-keepalive [options]")]
pub struct LeaseKeepalive {
    #[command(flatten)]
    pub base: Base,
    #[command(flatten)]
    amount: Amount,
    /// how many leases there are
    #[arg(long, value_name = "int", value_parser = int_value, default_value = "1")]
    leases: i64,
    /// seconds that a lease lives
    #[arg(long, value_name = "int", value_parser = int_value, default_value = "300")]
    ttl: i64,
    #[arg(hide = true)]
    words: Vec<OsString>,
}

impl LeaseGrant {
    /// Runs the command.
    pub async fn run(self, given: &Given) -> Result<(), Failure> {
        no_words(&self.words)?;
        let (who, schedule) = (self.base.check()?, self.amount.check()?);
        let frame = grant(positive("ttl", self.ttl, TTL_MAX)?);
        let mut bench = Bench::open("lease-grant", given, who).await?;
        bench.drive(&["grant"], schedule, |_, lane| Granter { frame: frame.clone(), method: lane.method(GRANT) }).await;
        bench.report()
    }
}

impl LeaseKeepalive {
    /// Runs the command.
    pub async fn run(self, given: &Given) -> Result<(), Failure> {
        no_words(&self.words)?;
        let (who, schedule) = (self.base.check()?, self.amount.check()?);
        let leases = positive("leases", self.leases, 100_000_000)?;
        let frame = grant(positive("ttl", self.ttl, TTL_MAX)?);
        let mut bench = Bench::open("lease-keepalive", given, who).await?;
        let mut granting = JoinSet::new();
        // A hundred at a time: many enough to share the server's syncs.
        for worker in 0..leases.min(100) {
            let mut lane = bench.links.lane(worker as usize).await;
            let (frame, count) = (frame.clone(), (leases - worker).div_ceil(leases.min(100)));
            granting.spawn(async move {
                let method = lane.method(GRANT);
                let mut ids = Vec::with_capacity(count as usize);
                for _ in 0..count {
                    ids.push(granted(lane.wire.unary(&method, frame.clone()).await?)?);
                }
                Ok::<_, ClientError>(ids)
            });
        }
        let Some(granted) = bench.unless_stopped(granting.join_all()).await else { return bench.report() };
        let granted = granted.into_iter().collect::<Result<Vec<_>, _>>();
        let ids = Arc::new(granted.map_err(|error| Failure::new(code::ERROR, error))?.concat());
        bench
            .drive(&["renewal"], schedule, |_, lane| Keeper {
                ids: ids.clone(),
                stream: None,
                method: lane.method(KEEP_ALIVE),
            })
            .await;
        bench.report()
    }
}

fn grant(ttl_s: u64) -> Bytes {
    framed(&LeaseGrantRequest { ttl: ttl_s as i64, id: 0 }).freeze()
}

/// The id of a granted lease.
fn granted(answer: Bytes) -> Result<i64, ClientError> {
    let mut id = 0;
    scan(answer, |number, field| {
        if let (2, Field::Number(value)) = (number, field) {
            id = value as i64;
        }
    })?;
    Ok(id)
}

struct Granter {
    frame: Bytes,
    method: Method,
}

impl Work for Granter {
    async fn operate(&mut self, lane: &mut Lane, _: u64) -> Result<Done, ClientError> {
        let answer = lane.wire.unary(&self.method, self.frame.clone()).await?;
        Ok(Done { bytes: answer.len() as u64, ..Done::default() })
    }
}

struct Keeper {
    ids: Arc<Vec<i64>>,
    stream: Option<(Outgoing, Incoming)>,
    method: Method,
}

impl Work for Keeper {
    async fn operate(&mut self, lane: &mut Lane, turn: u64) -> Result<Done, ClientError> {
        let (mut out, mut answers) = match self.stream.take() {
            Some(stream) => stream,
            None => lane.wire.call(&self.method).await?,
        };
        let id = self.ids[turn as usize % self.ids.len()];
        out.send(framed(&LeaseKeepAliveRequest { id }).freeze())?;
        let ended = || ClientError::local(Code::Unknown, "the server ended the stream of renewals");
        let answer = answers.next().await?.ok_or_else(ended)?;
        let done = Done { bytes: answer.len() as u64, ..Done::default() };
        let mut ttl_s = 0;
        scan(answer, |number, field| {
            if let (3, Field::Number(value)) = (number, field) {
                ttl_s = value;
            }
        })?;
        self.stream = Some((out, answers));
        // The server says that a lease is gone by a TTL that is not there.
        if ttl_s == 0 {
            return Err(ClientError::local(Code::NotFound, "etcdserver: requested lease not found"));
        }
        Ok(done)
    }
}
