//! `auth`: whether users and roles are in force.

use super::session::Given;
use crate::{
    client::{Client, ClientError},
    cmd::{
        failure::{Failure, bad_arguments, code},
        terminal::print,
    },
};

/// Whether users and roles are in force. See "etcdctl auth --help"
#[derive(clap::Subcommand, Clone, Debug)]
#[command(long_about = "Whether users and roles are in force")]
pub enum Auth {
    /// Puts users and roles in force
    ///
    /// There must be a user "root". It gets the role "root" if it has it not.
    #[command(override_usage = "enable")]
    Enable {
        #[arg(hide = true)]
        words: Vec<String>,
    },
    /// Lets everybody in again
    #[command(override_usage = "disable")]
    Disable {
        #[arg(hide = true)]
        words: Vec<String>,
    },
    /// Shows whether users and roles are in force
    #[command(override_usage = "status")]
    Status {
        #[arg(hide = true)]
        words: Vec<String>,
    },
}

impl Auth {
    /// Runs the command.
    pub async fn run(self, given: &Given) -> Result<(), Failure> {
        let (name, words) = match &self {
            Self::Enable { words } => ("enable", words),
            Self::Disable { words } => ("disable", words),
            Self::Status { words } => ("status", words),
        };
        if !words.is_empty() {
            return Err(bad_arguments(format!("auth {name} command does not accept any arguments")));
        }
        let session = given.open()?;
        let client = session.connect().await?;
        let failed = |error| Failure::new(code::ERROR, error);
        match self {
            Self::Enable { .. } => {
                enable(&client).await.map_err(failed)?;
                print(b"Authentication Enabled\n")
            }
            Self::Disable { .. } => {
                client.auth_disable().await.map_err(failed)?;
                print(b"Authentication Disabled\n")
            }
            Self::Status { .. } => session.output().auth_status(&client.auth_status().await.map_err(failed)?),
        }
    }
}

/// Makes the role that is missing, and tries again. As in etcdctl, a role `root` that exists but was not granted to the user
/// ends it: somebody meant something by that.
async fn enable(client: &Client) -> Result<(), ClientError> {
    loop {
        match client.auth_enable().await {
            Err(error) if error.is("etcdserver: root user does not have root role") => {
                client.role_add("root".to_owned()).await?;
                client.user_grant_role("root".to_owned(), "root".to_owned()).await?;
            }
            result => return result.map(drop),
        }
    }
}
