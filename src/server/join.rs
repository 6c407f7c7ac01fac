//! What a member asks of others before it starts for the first time: who is in the cluster that it joins, or whether the
//! cluster that it founds knows it already (reference 8.1).

use super::{config::Config, founders::Founders, start_error::StartError};
use crate::{
    apply::Identity,
    id::{ClusterId, MemberId},
    limits::{BOOTSTRAP_ASK, JOIN_ASK, RESOLVE},
    membership::{Member, Version},
    peer::Asker,
};
use serde::Deserialize;
use std::time::Duration;
use tokio::{net::lookup_host, time::timeout};

/// A cluster as one of its members told of it.
#[derive(Clone, Debug)]
pub struct Joined {
    /// Who the new member is in it.
    pub identity: Identity,
    /// Everybody, by id, the new member too.
    pub members: Vec<Member>,
}

/// What a member says of versions under `/version`.
#[derive(Debug, Deserialize)]
pub struct Versions {
    /// Its own.
    #[serde(rename = "etcdserver", default)]
    pub server: String,
    /// The cluster's, or that there is none yet.
    #[serde(rename = "etcdcluster", default)]
    pub cluster: String,
}

/// Finds the cluster that this member is to join, and itself in it.
///
/// # Errors
/// In etcd's words: nobody tells, or what is told does not fit what was configured.
pub async fn join(config: &Config, asker: &Asker) -> Result<Joined, StartError> {
    let founders = Founders::joining(config)?;
    let (cluster_id, members) = fetch(&founders.other_urls(), asker, JOIN_ASK, Tell::Failures)
        .await
        .map_err(|reason| StartError::Config(format!("cannot fetch cluster info from peer urls: {reason}")))?;
    let assigned = assign(&founders, &members).await.map_err(|reason| {
        let shown: Vec<String> = members.iter().map(shown).collect();
        let cluster = format!("{{ClusterID:{cluster_id} Members:[{}] RemovedMemberIDs:[]}}", shown.join(" "));
        StartError::Config(format!("error validating peerURLs {cluster}: {reason}"))
    })?;
    if !is_compatible(config, &members, assigned, asker).await {
        return Err(StartError::Config("incompatible with current running cluster".into()));
    }
    if members.iter().filter(|member| member.is_learner).count() > config.changes.learners_max {
        return Err(StartError::Config("membership: too many learner members in cluster".into()));
    }
    Ok(Joined { identity: Identity { cluster_id, member_id: assigned }, members })
}

/// Refuses to found a cluster that has this member already, and has seen it start.
///
/// # Errors
/// It has.
pub async fn check_new(config: &Config, asker: &Asker) -> Result<(), StartError> {
    let founders = Founders::read(config)?;
    let Ok((_, members)) = fetch(&founders.other_urls(), asker, BOOTSTRAP_ASK, Tell::Nothing).await else {
        return Ok(());
    };
    let id = founders.identity.member_id;
    match members.iter().any(|member| member.id == id && !member.client_urls.is_empty()) {
        true => Err(StartError::Config(format!("member {id} has already been bootstrapped"))),
        false => Ok(()),
    }
}

/// Is a member that does not answer worth a line?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tell {
    Failures,
    Nothing,
}

/// The cluster as the first of these URLs tells that does.
async fn fetch(
    urls: &[String],
    asker: &Asker,
    within: Duration,
    tell: Tell,
) -> Result<(ClusterId, Vec<Member>), String> {
    for text in urls {
        let address = format!("{text}/members");
        match fetch_from(text, asker, within).await {
            Ok((_, members)) if members.is_empty() => {
                return Err("failed to get raft cluster member(s) from the given URLs".into());
            }
            Ok(found) => return Ok(found),
            Err((what, error)) if tell == Tell::Failures => tracing::warn!(address, error, "{what}"),
            Err(_) => {}
        }
    }
    Err("could not retrieve cluster information from the given URLs".into())
}

async fn fetch_from(
    text: &str,
    asker: &Asker,
    within: Duration,
) -> Result<(ClusterId, Vec<Member>), (&'static str, String)> {
    let said = asker.get(text, "/members", within).await;
    let said = said.map_err(|error| ("failed to get cluster response", error))?;
    let mut members: Vec<Member> = serde_json::from_slice(&said.body)
        .map_err(|error| ("failed to unmarshal cluster response", error.to_string()))?;
    members.sort_by_key(|member| member.id);
    // As in etcd, who is told of twice is one.
    members.dedup_by_key(|member| member.id);
    if members.iter().any(|member| member.id == MemberId(0)) {
        return Err(("failed to unmarshal cluster response", "0 is no member id".into()));
    }
    let cluster = u64::from_str_radix(&said.cluster, 16);
    let cluster = cluster.map_err(|error| ("failed to parse cluster ID", error.to_string()))?;
    Ok((ClusterId(cluster), members))
}

/// Who this member is among those: the configured members must be the same as they are, by their peer URLs.
async fn assign(founders: &Founders, members: &[Member]) -> Result<MemberId, String> {
    if founders.members.len() != members.len() {
        return Err("member count is unequal".into());
    }
    let mut own = None;
    for member in members {
        let mut why = None;
        let mut found = None;
        for founder in &founders.members {
            match same_urls(&member.peer_urls, &founder.peer_urls).await {
                Ok(()) => {
                    found = Some(founder);
                    break;
                }
                Err(error) => why = Some(error),
            }
        }
        let Some(found) = found else {
            let (id, urls) = (member.id, member.peer_urls.join(" "));
            let why = why.unwrap_or_default();
            return Err(format!(
                "PeerURLs: no match found for existing member ({id}, [{urls}]), last resolver error ({why})"
            ));
        };
        if found.id == founders.identity.member_id {
            own = Some(member.id);
        }
    }
    own.ok_or_else(|| "member count is unequal".into())
}

/// Do two lists lead to the same places? Names are looked up where texts differ.
async fn same_urls(one: &[String], other: &[String]) -> Result<(), String> {
    let quoted = |urls: &[String]| urls.iter().map(|url| format!("{url:?}")).collect::<Vec<_>>().join(" ");
    if one.len() != other.len() {
        return Err(format!("len([{}]) != len([{}])", quoted(one), quoted(other)));
    }
    let sorted = |urls: &[String]| {
        let mut urls = urls.to_vec();
        urls.sort();
        urls
    };
    let (one, other) = (sorted(one), sorted(other));
    if one == other {
        return Ok(());
    }
    let (one, other) = (sorted(&resolved(&one).await?), sorted(&resolved(&other).await?));
    match one.iter().zip(&other).find(|(one, other)| one != other) {
        Some((one, other)) => Err(format!("resolved urls: {one:?} != {other:?}")),
        None => Ok(()),
    }
}

/// The URLs with addresses for names.
async fn resolved(urls: &[String]) -> Result<Vec<String>, String> {
    let mut all = Vec::new();
    for url in urls {
        let Some((scheme, address)) = url.split_once("://").filter(|(scheme, _)| scheme.starts_with("http")) else {
            all.push(url.clone());
            continue;
        };
        let found = timeout(RESOLVE, lookup_host(address)).await;
        let found = found.map_err(|_| "context deadline exceeded".to_owned())?.map_err(|error| error.to_string())?;
        let mut found: Vec<_> = found.collect();
        found.sort_by_key(|address| !address.is_ipv4());
        let first = found.first().ok_or_else(|| format!("lookup {address}: no such host"))?;
        all.push(format!("{scheme}://{first}"));
    }
    Ok(all)
}

/// May a member of this version join? One of the others at least must have said so, and none that it may not.
async fn is_compatible(config: &Config, members: &[Member], own: MemberId, asker: &Asker) -> bool {
    let others: Vec<&Member> = members.iter().filter(|member| member.id != own).collect();
    let mut told = Vec::new();
    for member in &others {
        told.push((member.id, versions(member, asker, config.request_timeout()).await));
    }
    let (lowest, highest) = allowed(is_downgrading(&others, asker, config.request_timeout()).await);
    let mut is_welcome = false;
    for (id, versions) in told {
        let Some(Versions { cluster: text, .. }) = versions else { continue };
        let Some(version) = Version::of_server(&text) else {
            tracing::warn!(
                "remote-member-id" = %id,
                "remote-member-cluster-version" = text,
                error = format!("{text} is not in dotted-tri format"),
                "failed to parse cluster version of remote member"
            );
            continue;
        };
        if version < lowest {
            tracing::warn!(
                "remote-member-id" = %id,
                "remote-member-cluster-version" = text,
                "minimum-cluster-version-supported" = %lowest,
                "cluster version of remote member is not compatible; too low"
            );
            return false;
        }
        if version > highest {
            tracing::warn!(
                "remote-member-id" = %id,
                "remote-member-cluster-version" = text,
                "maximum-cluster-version-supported" = %highest,
                "cluster version of remote member is not compatible; too high"
            );
            return false;
        }
        is_welcome = true;
    }
    is_welcome
}

/// Is the cluster on its way to an older version?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Heading {
    Down,
    Nowhere,
}

/// The lowest and the highest version of a cluster that a member of ours may join. One that goes down can only go to ours.
fn allowed(heading: Heading) -> (Version, Version) {
    let own = Version::SERVER.minor_only();
    match heading {
        Heading::Nowhere => (Version::CLUSTER_MIN, own),
        Heading::Down => {
            let above = Version { minor: own.minor + 1, ..own };
            (above, above)
        }
    }
}

/// What the first of these says that can.
async fn is_downgrading(others: &[&Member], asker: &Asker, within: Duration) -> Heading {
    for member in others {
        let mut last = None;
        for text in &member.peer_urls {
            let address = format!("{text}/downgrade/enabled");
            let said = asker.get(text, "/downgrade/enabled", within).await;
            match said.as_ref().map(|said| &said.body[..]) {
                Ok(b"true") => return Heading::Down,
                Ok(b"false") => return Heading::Nowhere,
                Ok(body) => {
                    let error = format!("{:?} is neither true nor false", String::from_utf8_lossy(body));
                    tracing::warn!(
                        address,
                        "remote-member-id" = %member.id,
                        error,
                        "failed to convert response"
                    );
                    last = Some(error);
                }
                Err(error) => {
                    tracing::warn!(address, "remote-member-id" = %member.id, error, "failed to reach the peer URL");
                    last = Some(error.clone());
                }
            }
        }
        tracing::warn!("remote-member-id" = %member.id, error = last, "failed to get downgrade enabled status");
    }
    Heading::Nowhere
}

/// The versions of another member; none if it cannot be asked. That is logged in etcd's words.
pub async fn versions(member: &Member, asker: &Asker, within: Duration) -> Option<Versions> {
    let mut last = None;
    for text in &member.peer_urls {
        let address = format!("{text}/version");
        let said = asker.get(text, "/version", within).await;
        match said.map(|said| serde_json::from_slice(&said.body)) {
            Ok(Ok(versions)) => return Some(versions),
            Ok(Err(error)) => {
                tracing::warn!(address, "remote-member-id" = %member.id, %error, "failed to unmarshal response");
            }
            Err(error) => {
                tracing::warn!(address, "remote-member-id" = %member.id, error, "failed to reach the peer URL");
                last = Some(error);
            }
        }
    }
    tracing::warn!("remote-member-id" = %member.id, error = last, "failed to get version");
    None
}

/// A member as Go prints it.
fn shown(member: &Member) -> String {
    format!(
        "&{{ID:{} RaftAttributes:{{PeerURLs:[{}] IsLearner:{}}} Attributes:{{Name:{} ClientURLs:[{}]}}}}",
        member.id,
        member.peer_urls.join(" "),
        member.is_learner,
        member.name,
        member.client_urls.join(" ")
    )
}
