//! Members that are removed, and come back as new ones, as an operator does it.

use super::cluster::{Cluster, PATIENCE};
use etcd::pb::etcdserverpb::{
    MemberAddRequest, MemberListRequest, MemberPromoteRequest, MemberRemoveRequest, cluster_client::ClusterClient,
};
use std::time::Duration;
use tonic::{Status, transport::Channel};

/// After this another member is asked.
const ANSWER_MAX: Duration = Duration::from_secs(5);

impl Cluster {
    /// Removes a member, and waits until it has ended by itself.
    pub async fn remove(&mut self, number: usize) {
        let id = self.links.id(number).expect("the links know every member");
        self.ask_others(number, async |mut client| {
            match client.member_remove(MemberRemoveRequest { id }).await {
                // An answer to an earlier question was lost.
                Err(status) if !status.message().contains("member not found") => Err(status),
                _ => Ok(()),
            }
        })
        .await;
        self.members[number].end().await;
    }

    /// Adds it again, without data: it learns, and then it votes.
    pub async fn add(&mut self, number: usize) {
        std::fs::remove_dir_all(self.data_dir(number)).expect("it had data");
        let peer_url = self.members[number].peers.url();
        let id = self
            .ask_others(number, async |mut client| {
                let add = MemberAddRequest { peer_urls: vec![peer_url.clone()], is_learner: true };
                match client.member_add(add).await {
                    Ok(added) => Ok(added.into_inner().member.expect("the member").id),
                    Err(status) if !status.message().contains("Peer URLs already exists") => Err(status),
                    // An answer to an earlier question was lost.
                    Err(status) => {
                        let list = client.member_list(MemberListRequest { linearizable: true }).await?.into_inner();
                        let found = list.members.iter().find(|member| member.peer_urls.contains(&peer_url));
                        found.map(|member| member.id).ok_or(status)
                    }
                }
            })
            .await;
        self.links.name(id, number);
        self.members[number].is_to_join();
        self.restart(number);
        self.ask_others(number, async |mut client| match client.member_promote(MemberPromoteRequest { id }).await {
            Err(status) if !status.message().ends_with("can only promote a learner member") => Err(status),
            _ => Ok(()),
        })
        .await;
    }

    /// Asks all but one in turn, until one answers well.
    async fn ask_others<T>(&self, but: usize, ask: impl AsyncFn(ClusterClient<Channel>) -> Result<T, Status>) -> T {
        let all = async {
            loop {
                for (_, member) in self.members.iter().enumerate().filter(|(number, _)| *number != but) {
                    let client = ClusterClient::new(member.channel.clone());
                    if let Ok(Ok(answer)) = tokio::time::timeout(ANSWER_MAX, ask(client)).await {
                        return answer;
                    }
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, all).await.expect("a change of the members succeeds in the end")
    }
}
