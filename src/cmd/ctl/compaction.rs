//! `compaction`: drop old history.

use super::session::Given;
use crate::{
    cmd::{
        failure::{Failure, bad_arguments, code},
        gotext::parse_int,
        terminal::print,
    },
    pb::etcdserverpb::CompactionRequest,
};

/// Drops the history below a revision
#[derive(clap::Args, Clone, Debug)]
#[command(override_usage = "compaction [options] <revision>")]
pub struct Compaction {
    /// wait until the old revisions are gone from the disk
    #[arg(long)]
    physical: bool,
    #[arg(hide = true)]
    words: Vec<String>,
}

impl Compaction {
    /// Runs the command.
    pub async fn run(self, given: &Given) -> Result<(), Failure> {
        let [revision] = &self.words[..] else {
            return Err(bad_arguments("compaction command needs 1 argument"));
        };
        let revision = parse_int(revision, 10).map_err(|error| Failure::new(code::ERROR, error))?;
        let client = given.open()?.connect().await?;
        let request = CompactionRequest { revision, physical: self.physical };
        client.compact(request).await.map_err(|error| Failure::new(code::ERROR, error))?;
        print(format!("compacted revision {revision}\n").as_bytes())
    }
}
