//! The members that `--initial-cluster` names: the founders of a cluster, or those of one that is joined.

use super::{config::Config, start_error::StartError};
use crate::{
    apply::Identity,
    id::{ClusterId, MemberId},
    membership::Member,
};
use std::collections::BTreeSet;

/// The configured members, with the ids that founders have (reference 8.8).
#[derive(Clone, Debug)]
pub struct Founders {
    /// This member, and the cluster that they found.
    pub identity: Identity,
    /// Sorted by id.
    pub members: Vec<Member>,
}

impl Founders {
    /// Those of a new cluster.
    ///
    /// # Errors
    /// In etcd's words: this member is not among them, or is advertised elsewhere, or two are at one place.
    pub fn read(config: &Config) -> Result<Self, StartError> {
        let own = own_urls(config)?;
        let mut advertised = config.advertise_peer_urls.clone();
        advertised.sort();
        if *own != advertised {
            return Err(StartError::Config(format!(
                "--initial-cluster has {}={} but missing from --initial-advertise-peer-urls={}",
                config.name,
                own.join(","),
                advertised.join(",")
            )));
        }
        check_unique(config)?;
        Ok(Self::of(config, own))
    }

    /// Those of a cluster that is there.
    ///
    /// # Errors
    /// In etcd's words: this member is not among them, or two are at one place.
    pub fn joining(config: &Config) -> Result<Self, StartError> {
        let own = own_urls(config)?;
        check_unique(config)?;
        Ok(Self::of(config, own))
    }

    fn of(config: &Config, own: &[String]) -> Self {
        let member = |(name, peer_urls): &(String, Vec<String>)| Member {
            id: MemberId::of_founder(peer_urls, &config.cluster_token),
            name: name.clone(),
            peer_urls: peer_urls.clone(),
            ..Default::default()
        };
        let mut members: Vec<_> = config.initial_cluster.iter().map(member).collect();
        members.sort_by_key(|member| member.id);
        let ids: Vec<_> = members.iter().map(|member| member.id).collect();
        let member_id = MemberId::of_founder(own, &config.cluster_token);
        Self { identity: Identity { cluster_id: ClusterId::of_founders(&ids), member_id }, members }
    }

    /// The peer URLs of the others, sorted.
    pub fn other_urls(&self) -> Vec<String> {
        let others = self.members.iter().filter(|member| member.id != self.identity.member_id);
        let mut urls: Vec<String> = others.flat_map(|member| member.peer_urls.clone()).collect();
        urls.sort();
        urls
    }
}

fn own_urls(config: &Config) -> Result<&[String], StartError> {
    let own = config.initial_cluster.iter().find(|(name, _)| *name == config.name);
    own.map(|(_, urls)| urls.as_slice()).ok_or_else(|| {
        StartError::Config(format!("couldn't find local name {:?} in the initial cluster configuration", config.name))
    })
}

fn check_unique(config: &Config) -> Result<(), StartError> {
    let mut seen = BTreeSet::new();
    let all = || config.initial_cluster.iter().flat_map(|(name, urls)| urls.iter().map(move |url| (name, url)));
    if all().all(|(_, url)| seen.insert(url)) {
        return Ok(());
    }
    let shown: Vec<String> = all().map(|(name, url)| format!("{name}={url}")).collect();
    Err(StartError::Config(format!("initial cluster {} has duplicate url", shown.join(","))))
}
