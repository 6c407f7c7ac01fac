//! `user`: users, their passwords and their roles.

use super::{
    ask::{ask_password_twice, typed_word},
    session::Given,
};
use crate::{
    client::ClientError,
    cmd::{
        cobra::bool_value,
        failure::{Failure, bad_arguments, code},
        terminal::print,
    },
    pb::{
        authpb::UserAddOptions,
        etcdserverpb::{AuthUserAddRequest, AuthUserChangePasswordRequest},
    },
};

/// Users, their passwords and their roles. See "etcdctl user --help"
#[derive(clap::Subcommand, Clone, Debug)]
#[command(long_about = "Users, their passwords and their roles")]
pub enum User {
    /// Adds a user
    ///
    /// The password is asked for on the terminal, unless the argument or a flag says otherwise.
    #[command(override_usage = "add <user name or user:password> [options]")]
    Add {
        #[command(flatten)]
        asking: Asking,
        /// password of the new user
        #[arg(long, value_name = "string", default_value = "")]
        new_user_password: String,
        /// no password: the user comes with a certificate (its common name)
        #[arg(long)]
        no_password: bool,
        #[arg(hide = true)]
        words: Vec<String>,
    },
    /// Removes a user
    #[command(override_usage = "delete <user name>")]
    Delete {
        #[arg(hide = true)]
        words: Vec<String>,
    },
    /// Shows the roles of a user
    #[command(override_usage = "get <user name> [options]")]
    Get {
        /// show what the roles permit too
        #[arg(long)]
        detail: bool,
        #[arg(hide = true)]
        words: Vec<String>,
    },
    /// Lists all users
    #[command(override_usage = "list")]
    List {
        #[arg(hide = true)]
        words: Vec<String>,
    },
    /// Gives a user another password
    #[command(override_usage = "passwd <user name> [options]")]
    Passwd {
        #[command(flatten)]
        asking: Asking,
        #[arg(hide = true)]
        words: Vec<String>,
    },
    /// Gives a user a role
    #[command(override_usage = "grant-role <user name> <role name>")]
    GrantRole {
        #[arg(hide = true)]
        words: Vec<String>,
    },
    /// Takes a role from a user
    #[command(override_usage = "revoke-role <user name> <role name>")]
    RevokeRole {
        #[arg(hide = true)]
        words: Vec<String>,
    },
}

/// How a password comes.
#[derive(clap::Args, Clone, Debug)]
pub struct Asking {
    /// ask for the password, twice; without, it is the first word on standard input
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "true",
        action = clap::ArgAction::Set, value_parser = bool_value)]
    interactive: bool,
}

impl Asking {
    fn password_of(&self, user: &str) -> Result<String, Failure> {
        if self.interactive { ask_password_twice(user) } else { typed_word() }
    }
}

impl User {
    /// Runs the command.
    pub async fn run(self, given: &Given) -> Result<(), Failure> {
        match self {
            Self::Add { asking, new_user_password, no_password, words } => {
                let [word] = exactly(words, "user add command requires user name as its argument")?;
                let request = match no_password {
                    true => without_password(word),
                    false => with_password(word, new_user_password, &asking)?,
                };
                add(given, request).await
            }
            Self::Delete { words } => {
                let [name] = exactly(words, "user delete command requires user name as its argument")?;
                let session = given.open()?;
                let response = session.connect_unbounded().await?.user_delete(name.clone()).await;
                session.output().user_delete(&name, &response.map_err(failed)?)
            }
            Self::Get { detail: false, words } => {
                let [name] = exactly(words, GET_WORDS)?;
                let session = given.open()?;
                let response = session.connect_unbounded().await?.user_get(name.clone()).await;
                session.output().user_get(&name, &response.map_err(failed)?)
            }
            Self::Get { detail: true, words } => {
                let [name] = exactly(words, GET_WORDS)?;
                detail(given, name).await
            }
            Self::List { words } => {
                let [] = exactly(words, "user list command requires no arguments")?;
                let session = given.open()?;
                let response = session.connect_unbounded().await?.user_list().await;
                session.output().user_list(&response.map_err(failed)?)
            }
            Self::Passwd { asking, words } => {
                let [name] = exactly(words, "user passwd command requires user name as its argument")?;
                let password = asking.password_of(&name)?;
                let session = given.open()?;
                let request = AuthUserChangePasswordRequest { name, password, ..Default::default() };
                let response = session.connect_unbounded().await?.user_change_password(request).await;
                session.output().user_change_password(&response.map_err(failed)?)
            }
            Self::GrantRole { words } => {
                let message = "user grant command requires user name and role name as its argument";
                let [user, role] = exactly(words, message)?;
                let session = given.open()?;
                let response = session.connect_unbounded().await?.user_grant_role(user.clone(), role.clone()).await;
                session.output().user_grant_role(&user, &role, &response.map_err(failed)?)
            }
            Self::RevokeRole { words } => {
                let message = "user revoke-role requires user name and role name as its argument";
                let [user, role] = exactly(words, message)?;
                let session = given.open()?;
                let response = session.connect_unbounded().await?.user_revoke_role(user.clone(), role.clone()).await;
                session.output().user_revoke_role(&user, &role, &response.map_err(failed)?)
            }
        }
    }
}

const GET_WORDS: &str = "user get command requires user name as its argument";

/// So many words; otherwise the message.
pub fn exactly<const N: usize>(words: Vec<String>, message: &str) -> Result<[String; N], Failure> {
    words.try_into().map_err(|_| bad_arguments(message))
}

/// The whole word is the name, whatever it holds.
fn without_password(name: String) -> AuthUserAddRequest {
    let options = Some(UserAddOptions { no_password: true });
    AuthUserAddRequest { name, options, ..Default::default() }
}

/// The password stands in the flag, behind the name, or is asked for: in this order.
fn with_password(word: String, from_flag: String, asking: &Asking) -> Result<AuthUserAddRequest, Failure> {
    let (name, password) = match word.split_once(':') {
        _ if !from_flag.is_empty() => (word, from_flag),
        Some(("", _)) => return Err(bad_arguments("empty user name is not allowed")),
        Some((name, password)) => (name.to_owned(), password.to_owned()),
        None => {
            let password = asking.password_of(&word)?;
            (word, password)
        }
    };
    let options = Some(UserAddOptions { no_password: false });
    Ok(AuthUserAddRequest { name, password, options, ..Default::default() })
}

async fn add(given: &Given, request: AuthUserAddRequest) -> Result<(), Failure> {
    let name = request.name.clone();
    let session = given.open()?;
    let response = session.connect_unbounded().await?.user_add(request).await;
    session.output().user_add(&name, &response.map_err(failed)?)
}

/// The name stands there as text, whatever the format of the roles.
async fn detail(given: &Given, name: String) -> Result<(), Failure> {
    let session = given.open()?;
    let client = session.connect_unbounded().await?;
    let user = client.user_get(name.clone()).await.map_err(failed)?;
    print(format!("User: {name}\n").as_bytes())?;
    for role in user.roles {
        print(b"\n")?;
        let response = client.role_get(role.clone()).await.map_err(failed)?;
        session.output().role_get(&role, &response)?;
    }
    Ok(())
}

fn failed(error: ClientError) -> Failure {
    Failure::new(code::ERROR, error)
}
