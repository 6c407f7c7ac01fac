//! `bench`: puts load on any etcd and tells how it bore it.
//!
//! ```text
//!   flags -- keys, load --> Work (a file a subcommand) -- drive --> Wire: bare HTTP/2 over a few connections
//!                              pace: what is due when        meter: latencies, errors
//!                              observe: what tool and server cost    progress: a bar on a terminal
//! ```
//!
//! One tool for every server, so that figures can be compared; it must cost little beside what it measures. Clients are
//! tasks, never threads; requests are encoded ahead where they can be; answers are looked at, not decoded. Memory is
//! bounded by clients, watchers and puts asked for, with a few hundred bytes to a few kilobytes each.

mod drive;
mod keys;
mod lease;
mod links;
mod load;
mod login;
mod meter;
mod number;
mod observe;
mod pace;
mod progress;
mod put;
mod range;
mod scan;
mod stm;
mod txn;
mod watch;
mod watchers;

use super::session::Given;
use crate::cmd::failure::{Failure, code};

/// Puts load on a server and measures it. See "etcdctl bench --help"
#[derive(clap::Subcommand, Clone, Debug)]
#[command(
    long_about = "Puts load on a server and measures it\n\nIt writes into the store that it measures: not for one \
    whose data matters."
)]
pub enum Bench {
    Put(put::Put),
    Range(range::Range),
    TxnPut(txn::TxnPut),
    TxnMixed(txn::TxnMixed),
    Watch(watch::Watch),
    WatchLatency(watch::WatchLatency),
    LeaseGrant(lease::LeaseGrant),
    LeaseKeepalive(lease::LeaseKeepalive),
    Login(login::Login),
    Stm(stm::Stm),
}

impl Bench {
    /// Runs the command, on threads of its own: as many as its flags say.
    pub fn run(self, given: &Given) -> Result<(), Failure> {
        let threads = self.base().check()?.threads;
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build();
        let runtime = runtime.map_err(|error| Failure::new(code::ERROR, format!("start: {error}")))?;
        let result = runtime.block_on(self.run_inside(given));
        // Not waiting for what is under way: connections close with the process.
        runtime.shutdown_background();
        result
    }

    fn base(&self) -> &load::Base {
        match self {
            Self::Put(put) => &put.base,
            Self::Range(range) => &range.base,
            Self::TxnPut(txn) => &txn.base,
            Self::TxnMixed(txn) => &txn.base,
            Self::Watch(watch) => &watch.base,
            Self::WatchLatency(watch) => &watch.base,
            Self::LeaseGrant(lease) => &lease.base,
            Self::LeaseKeepalive(lease) => &lease.base,
            Self::Login(login) => &login.base,
            Self::Stm(stm) => &stm.base,
        }
    }

    async fn run_inside(self, given: &Given) -> Result<(), Failure> {
        match self {
            Self::Put(put) => put.run(given).await,
            Self::Range(range) => range.run(given).await,
            Self::TxnPut(txn) => txn.run(given).await,
            Self::TxnMixed(txn) => txn.run(given).await,
            Self::Watch(watch) => watch.run(given).await,
            Self::WatchLatency(watch) => watch.run(given).await,
            Self::LeaseGrant(lease) => lease.run(given).await,
            Self::LeaseKeepalive(lease) => lease.run(given).await,
            Self::Login(login) => login.run(given).await,
            Self::Stm(stm) => stm.run(given).await,
        }
    }
}
