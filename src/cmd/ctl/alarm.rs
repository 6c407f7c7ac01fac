//! `alarm`: what the cluster warns of.

use super::{later::Later, session::Given};
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
    /// Disarms all alarms (not available in this version yet)
    Disarm(Later),
}

impl Alarm {
    /// Runs the command.
    pub async fn run(self, given: &Given) -> Result<(), Failure> {
        let words = match self {
            Self::List { words } => words,
            Self::Disarm(later) => return later.run("alarm disarm"),
        };
        if !words.is_empty() {
            return Err(bad_arguments("alarm list command accepts no arguments"));
        }
        let session = given.open()?;
        let result = session.connect().await?.alarm_list().await;
        session.output().alarms(&result.map_err(|error| Failure::new(code::ERROR, error))?)
    }
}
