//! `member`: the members of the cluster.

use super::{get::is_serializable, later::Later, session::Given};
use crate::{
    cmd::failure::{Failure, code},
    pb::etcdserverpb::MemberListRequest,
};

/// Members of the cluster. See "etcdctl member --help"
#[derive(clap::Subcommand, Clone, Debug)]
#[command(long_about = "Members of the cluster")]
pub enum Member {
    /// Lists all members
    #[command(override_usage = "list")]
    List {
        /// linearizable (l): as a quorum knows them; serializable (s): as the member asked does
        #[arg(long, value_name = "string", default_value = "l")]
        consistency: String,
        #[arg(hide = true)]
        words: Vec<String>,
    },
    /// Adds a member (not available in this version yet)
    Add(Later),
    /// Removes a member (not available in this version yet)
    Remove(Later),
    /// Changes a member's peer URLs (not available in this version yet)
    Update(Later),
    /// Makes a learner a voter (not available in this version yet)
    Promote(Later),
}

impl Member {
    /// Runs the command.
    pub async fn run(self, given: &Given) -> Result<(), Failure> {
        let consistency = match self {
            Self::List { consistency, .. } => consistency,
            Self::Add(later) => return later.run("member add"),
            Self::Remove(later) => return later.run("member remove"),
            Self::Update(later) => return later.run("member update"),
            Self::Promote(later) => return later.run("member promote"),
        };
        let request = MemberListRequest { linearizable: !is_serializable(&consistency)? };
        let session = given.open()?;
        let result = session.connect().await?.member_list(request).await;
        session.output().member_list(&result.map_err(|error| Failure::new(code::ERROR, error))?)
    }
}
