//! `alarm`: what the cluster warns of.

use super::session::Given;
use crate::cmd::failure::{Failure, bad_arguments, code};

/// Alarms. See "etcdctl alarm --help"
#[derive(clap::Subcommand, Clone, Debug)]
#[command(long_about = "Alarms")]
pub enum Alarm {
    /// Lists all alarms
    #[command(override_usage = "list")]
    List {
        #[arg(hide = true)]
        words: Vec<String>,
    },
    /// Disarms all alarms
    #[command(override_usage = "disarm")]
    Disarm {
        #[arg(hide = true)]
        words: Vec<String>,
    },
}

impl Alarm {
    /// Runs the command.
    pub async fn run(self, given: &Given) -> Result<(), Failure> {
        let (name, words) = match &self {
            Self::List { words } => ("list", words),
            Self::Disarm { words } => ("disarm", words),
        };
        if !words.is_empty() {
            return Err(bad_arguments(format!("alarm {name} command accepts no arguments")));
        }
        let session = given.open()?;
        let client = session.connect().await?;
        let result = match self {
            Self::List { .. } => client.alarm_list().await,
            Self::Disarm { .. } => client.alarm_disarm_all().await,
        };
        session.output().alarms(&result.map_err(|error| Failure::new(code::ERROR, error))?)
    }
}
