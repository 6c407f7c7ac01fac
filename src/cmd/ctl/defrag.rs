//! `defrag`: let members rewrite their files without holes.

use super::{endpoint::announced, session::Given};
use crate::cmd::{
    failure::{Failure, code},
    gotext::format_duration,
    terminal::{print, warn},
};
use tokio::time::Instant;

/// Defragments the storage of the etcd members with given endpoints
#[derive(clap::Args, Clone, Debug)]
#[command(override_usage = "defrag [flags]")]
pub struct Defrag {
    /// use all endpoints from the cluster member list
    #[arg(long)]
    cluster: bool,
    #[arg(hide = true)]
    words: Vec<String>,
}

impl Defrag {
    /// Runs the command: one member after the other, so that the cluster as a whole is not slowed down.
    pub async fn run(self, given: &Given) -> Result<(), Failure> {
        let session = given.open()?;
        let endpoints = if self.cluster { announced(&session).await? } else { session.endpoints() };
        let mut result = Ok(());
        for endpoint in endpoints {
            let client = session.connect_to(std::slice::from_ref(&endpoint)).await?.with_deadline(session.deadline());
            let start = Instant::now();
            let defragmented = client.defragment().await;
            let took = format_duration(start.elapsed());
            match defragmented {
                Ok(_) => print(format!("Finished defragmenting etcd member[{endpoint}]. took {took}\n").as_bytes())?,
                Err(error) => {
                    warn(&format!("Failed to defragment etcd member[{endpoint}]. took {took}. ({error})\n"));
                    result = Err(Failure::silent(code::ERROR));
                }
            }
        }
        result
    }
}
