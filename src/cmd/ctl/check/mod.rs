//! `check`: is this server fit for a load of a given size?
//!
//! Unlike `bench` it measures against limits, which are etcd's own, and cleans up behind itself.

mod crowd;
mod datascale;
mod load;
mod perf;
mod tidy;

use super::session::Given;
use crate::cmd::failure::Failure;

/// Checks of a server's fitness. See "etcdctl check --help"
#[derive(clap::Subcommand, Clone, Debug)]
#[command(long_about = "Checks of a server's fitness")]
pub enum Check {
    Perf(perf::Perf),
    Datascale(datascale::Datascale),
}

impl Check {
    /// Runs the command.
    pub async fn run(self, given: &Given) -> Result<(), Failure> {
        match self {
            Self::Perf(perf) => perf.run(given).await,
            Self::Datascale(datascale) => datascale.run(given).await,
        }
    }
}
