//! `move-leader`: make another member the leader.

use super::session::Given;
use crate::cmd::{
    failure::{Failure, bad_arguments, code},
    gotext::parse_uint,
};

/// Makes another member the leader
#[derive(clap::Args, Clone, Debug)]
#[command(override_usage = "move-leader <transferee-member-id>")]
pub struct MoveLeader {
    #[arg(hide = true)]
    words: Vec<String>,
}

impl MoveLeader {
    /// Runs the command: asks the endpoints in turn which of them leads, and tells that one.
    pub async fn run(self, given: &Given) -> Result<(), Failure> {
        let [target] = &self.words[..] else {
            return Err(bad_arguments("move-leader command needs 1 argument"));
        };
        let target = parse_uint(target, 16, 64).map_err(bad_arguments)?;
        let session = given.open()?;
        let deadline = session.deadline();
        let failed = |error| Failure::new(code::ERROR, error);
        for endpoint in session.endpoints() {
            let client = session.connect_to(std::slice::from_ref(&endpoint)).await?.with_deadline(deadline);
            let status = client.status().await.map_err(failed)?;
            if status.header.unwrap_or_default().member_id == status.leader {
                let response = client.move_leader(target).await.map_err(failed)?;
                return session.output().move_leader(status.leader, target, &response);
            }
        }
        let endpoints = session.endpoints().join(" ");
        Err(bad_arguments(format!("no leader endpoint given at [{endpoints}]")))
    }
}
