//! `downgrade`: the way of a cluster to the minor version below its own.

use super::session::Given;
use crate::{
    cmd::{
        failure::{Failure, bad_arguments, code},
        output::Downgraded,
    },
    pb::etcdserverpb::downgrade_request::DowngradeAction,
};

/// Downgrades of the cluster. See "etcdctl downgrade --help"
#[derive(clap::Subcommand, Clone, Debug)]
#[command(long_about = "Downgrades of the cluster")]
pub enum Downgrade {
    /// Tells whether the cluster could be downgraded to a version
    #[command(override_usage = "validate <TARGET_VERSION>")]
    Validate {
        #[arg(hide = true)]
        words: Vec<String>,
    },
    /// Begins a downgrade of the cluster
    #[command(override_usage = "enable <TARGET_VERSION>")]
    Enable {
        #[arg(hide = true)]
        words: Vec<String>,
    },
    /// Gives up the downgrade that is under way
    #[command(override_usage = "cancel")]
    Cancel {
        #[arg(hide = true)]
        words: Vec<String>,
    },
}

impl Downgrade {
    /// Runs the command.
    pub async fn run(self, given: &Given) -> Result<(), Failure> {
        let (action, done, target) = match self {
            Self::Validate { words } => (DowngradeAction::Validate, Downgraded::Checked, target(words)?),
            Self::Enable { words } => (DowngradeAction::Enable, Downgraded::Begun, target(words)?),
            // etcdctl takes any words here.
            Self::Cancel { .. } => (DowngradeAction::Cancel, Downgraded::GivenUp, String::new()),
        };
        let session = given.open()?;
        let response = session.connect().await?.downgrade(action, target).await;
        session.output().downgrade(done, &response.map_err(|error| Failure::new(code::ERROR, error))?)
    }
}

fn target(words: Vec<String>) -> Result<String, Failure> {
    match <[String; 1]>::try_from(words) {
        Ok([target]) if target.is_empty() => Err(bad_arguments("target version not provided")),
        Ok([target]) => Ok(target),
        Err(words) if words.is_empty() => Err(bad_arguments("TARGET_VERSION not provided")),
        Err(_) => Err(bad_arguments("too many arguments")),
    }
}
