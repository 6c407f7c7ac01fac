//! `member`: the members of the cluster, and how they change.

use super::{
    get::is_serializable,
    session::{Given, Session},
};
use crate::{
    client::ClientError,
    cmd::{
        failure::{Failure, bad_arguments, code},
        gotext::{parse_uint, quote},
        output::{Change, Format},
        terminal::print,
    },
    pb::etcdserverpb::{MemberAddRequest, MemberAddResponse, MemberListRequest, MemberUpdateRequest},
    peer::PeerUrl,
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
    /// Adds a member
    #[command(override_usage = "add <memberName> [options]")]
    Add {
        /// where the new member is to be reached by the others, separated by commas
        #[arg(long, value_name = "string")]
        peer_urls: Option<String>,
        /// it has no vote at first
        #[arg(long)]
        learner: bool,
        #[arg(hide = true)]
        words: Vec<String>,
    },
    /// Removes a member for good
    #[command(override_usage = "remove <memberID>")]
    Remove {
        #[arg(hide = true)]
        words: Vec<String>,
    },
    /// Changes where a member is reached by the others
    #[command(override_usage = "update <memberID> [options]")]
    Update {
        /// where it is to be reached from now on, separated by commas
        #[arg(long, value_name = "string")]
        peer_urls: Option<String>,
        #[arg(hide = true)]
        words: Vec<String>,
    },
    /// Gives a learner a vote
    #[command(override_usage = "promote <memberID>")]
    Promote {
        #[arg(hide = true)]
        words: Vec<String>,
    },
}

impl Member {
    /// Runs the command.
    pub async fn run(self, given: &Given) -> Result<(), Failure> {
        match self {
            Self::List { consistency, .. } => list(given, &consistency).await,
            Self::Add { peer_urls, learner: false, words } => add(given, peer_urls, &words, Kind::Voter).await,
            Self::Add { peer_urls, learner: true, words } => add(given, peer_urls, &words, Kind::Learner).await,
            Self::Remove { words } => remove(given, &words).await,
            Self::Update { peer_urls, words } => update(given, peer_urls, &words).await,
            Self::Promote { words } => promote(given, &words).await,
        }
    }
}

/// Of a new member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Voter,
    Learner,
}

async fn list(given: &Given, consistency: &str) -> Result<(), Failure> {
    let request = MemberListRequest { linearizable: !is_serializable(consistency)? };
    let session = given.open()?;
    let result = session.connect().await?.member_list(request).await;
    session.output().member_list(&result.map_err(failed)?)
}

async fn add(given: &Given, peer_urls: Option<String>, words: &[String], kind: Kind) -> Result<(), Failure> {
    let [name] = words else {
        if words.is_empty() {
            return Err(bad_arguments("member name not provided"));
        }
        let is_url = |word: &&String| word.to_lowercase().starts_with("http");
        let hints: String =
            words.iter().filter(is_url).map(|url| format!(", did you mean --peer-urls={url}")).collect();
        return Err(bad_arguments(format!("too many arguments{hints}")));
    };
    let typed = peer_urls.unwrap_or_default();
    let peer_urls = urls(&typed)?;
    let session = given.open()?;
    check_urls(&peer_urls)?;
    let request = MemberAddRequest { peer_urls, is_learner: kind == Kind::Learner };
    let response = session.connect().await?.member_add(request).await.map_err(failed)?;
    session.output().member_add(&response)?;
    if session.output().format() == Format::Simple {
        print(settings(name, &typed, &response).as_bytes())?;
    }
    Ok(())
}

/// Texts that are no URLs never get to a member.
fn check_urls(peer_urls: &[String]) -> Result<(), Failure> {
    let checked = PeerUrl::parse_all(peer_urls.iter().map(String::as_str));
    checked.map(drop).map_err(|error| Failure::new(code::ERROR, error))
}

/// How the new member is to be started, as settings for a shell.
fn settings(name: &str, peer_urls: &str, response: &MemberAddResponse) -> String {
    let added = response.member.as_ref().map_or(0, |member| member.id);
    let name_of = |id: u64, its: &str| if id == added { name.to_owned() } else { its.to_owned() };
    let members = response.members.iter();
    let all = members.flat_map(|member| member.peer_urls.iter().map(move |url| (member, url)));
    let all: Vec<String> = all.map(|(member, url)| format!("{}={url}", name_of(member.id, &member.name))).collect();
    format!(
        "\nETCD_NAME={}\nETCD_INITIAL_CLUSTER={}\nETCD_INITIAL_ADVERTISE_PEER_URLS={}\n\
         ETCD_INITIAL_CLUSTER_STATE=\"existing\"\n",
        quote(name.as_bytes()),
        quote(all.join(",").as_bytes()),
        quote(peer_urls.as_bytes())
    )
}

async fn remove(given: &Given, words: &[String]) -> Result<(), Failure> {
    let (id, session) = of_one(given, words)?;
    let response = session.connect().await?.member_remove(id).await.map_err(failed)?;
    session.output().member_changed(id, Change::Removed, (&response.header, &response.members), &response)
}

async fn update(given: &Given, peer_urls: Option<String>, words: &[String]) -> Result<(), Failure> {
    let id = member_id(words)?;
    let peer_urls = urls(&peer_urls.unwrap_or_default())?;
    let session = given.open()?;
    check_urls(&peer_urls)?;
    let request = MemberUpdateRequest { id, peer_urls };
    let response = session.connect().await?.member_update(request).await.map_err(failed)?;
    session.output().member_changed(id, Change::Updated, (&response.header, &response.members), &response)
}

async fn promote(given: &Given, words: &[String]) -> Result<(), Failure> {
    let (id, session) = of_one(given, words)?;
    let response = session.connect().await?.member_promote(id).await.map_err(failed)?;
    session.output().member_changed(id, Change::Promoted, (&response.header, &response.members), &response)
}

fn of_one(given: &Given, words: &[String]) -> Result<(u64, Session), Failure> {
    Ok((member_id(words)?, given.open()?))
}

fn member_id(words: &[String]) -> Result<u64, Failure> {
    let [id] = words else { return Err(bad_arguments("member ID is not provided")) };
    let bad = |error| bad_arguments(format!("bad member ID arg ({error}), expecting ID in Hex"));
    parse_uint(id, 16, 64).map_err(bad)
}

fn urls(typed: &str) -> Result<Vec<String>, Failure> {
    match typed {
        "" => Err(bad_arguments("member peer urls not provided")),
        typed => Ok(typed.split(',').map(str::to_owned).collect()),
    }
}

fn failed(error: ClientError) -> Failure {
    Failure::new(code::ERROR, error)
}
