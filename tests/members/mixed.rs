//! Ours among real ones, both ways round. Runs if `ETCD_ORACLE=/path/to/etcd` names a real etcd, of 3.5 or newer.

use crate::process::{Process, Together, until_equal};
use crate::support::member::Program;
use etcd::pb::etcdserverpb::{
    LeaseGrantRequest, LeaseTimeToLiveRequest, LeaseTimeToLiveResponse, MemberAddRequest, MemberPromoteRequest,
    MemberRemoveRequest, MoveLeaderRequest, maintenance_client::MaintenanceClient,
};

/// All that a cluster is for, under each leader in turn.
async fn serve(cluster: &Together, round: &str) {
    for target in 0..cluster.members.len() {
        let leader = cluster.leader(&[0, 1, 2]).await;
        if leader != target {
            let order = MoveLeaderRequest { target_id: cluster.members[target].id().await };
            MaintenanceClient::new(cluster.members[leader].channel()).move_leader(order).await.expect("it moves");
        }
        for (number, member) in cluster.members.iter().enumerate() {
            let key = format!("{round}-{target}-{number}");
            member.put(&key, "value").await;
            let reader = &cluster.members[(number + 1) % 3];
            assert_eq!(reader.get(&key).await.as_deref(), Some("value"), "written by {}", member.name);
            let granted = member.lease().lease_grant(LeaseGrantRequest { ttl: 100, id: 0 }).await.expect("a lease");
            let look = LeaseTimeToLiveRequest { id: granted.into_inner().id, keys: false };
            // A leader of 3.5 looks without having applied all that it has committed.
            let looks = if cluster.members[target].program.is_ours() { 1 } else { 1000 };
            let mut looked = LeaseTimeToLiveResponse::default();
            for _ in 0..looks {
                looked = reader.lease().lease_time_to_live(look).await.expect("its time").into_inner();
                if looked.ttl != -1 {
                    break;
                }
            }
            assert!(looked.ttl > 90, "{looked:?}");
        }
    }
    until_equal(&cluster.members.iter().collect::<Vec<_>>()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_ours_among_two_real_ones() {
    let Some(real) = Program::oracle() else { return };
    let mut cluster = Together::start(&[&real, &Program::ours(), &real], &[]);
    serve(&cluster, "first").await;
    cluster.members[1].kill();
    cluster.members[0].put("meanwhile", "it was gone").await;
    cluster.restart(1);
    assert_eq!(cluster.members[1].get("meanwhile").await.as_deref(), Some("it was gone"));
    serve(&cluster, "second").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_one_among_two_of_ours() {
    let Some(real) = Program::oracle() else { return };
    let ours = Program::ours();
    let mut cluster = Together::start(&[&ours, &real, &ours], &[]);
    serve(&cluster, "first").await;
    cluster.members[1].kill();
    cluster.members[0].put("meanwhile", "it was gone").await;
    cluster.restart(1);
    assert_eq!(cluster.members[1].get("meanwhile").await.as_deref(), Some("it was gone"));
    serve(&cluster, "second").await;
}

/// A member of one kind joins a cluster of the other, and takes over.
async fn join(there: &Program, new: &Program) {
    let cluster = Together::start(&[there, there, there], &["--strict-reconfig-check=false"]);
    cluster.members[0].put("a", "1").await;
    let mut new = Process::new("new", new, &["--strict-reconfig-check=false"]);
    let add = MemberAddRequest { peer_urls: vec![new.peer_url()], is_learner: true };
    let added = cluster.members[1].cluster().member_add(add).await.expect("it is added").into_inner();
    let id = added.member.expect("the member").id;
    new.spawn(&format!("{},{}", cluster.initial_cluster(), new.entry()), "existing");
    new.until_ready();
    while cluster.members[1].cluster().member_promote(MemberPromoteRequest { id }).await.is_err() {}
    while new.status().await.is_learner {}
    new.put("b", "2").await;
    let leader = cluster.leader(&[0, 1, 2]).await;
    let order = MoveLeaderRequest { target_id: id };
    MaintenanceClient::new(cluster.members[leader].channel()).move_leader(order).await.expect("it moves");
    for member in &cluster.members {
        member.put(&member.name, "under the new one").await;
    }
    let gone = cluster.members[leader].id().await;
    new.cluster().member_remove(MemberRemoveRequest { id: gone }).await.expect("it goes");
    new.put("c", "3").await;
    let mut left: Vec<&Process> =
        cluster.members.iter().enumerate().filter(|(number, _)| *number != leader).map(|(_, member)| member).collect();
    left.push(&new);
    until_equal(&left).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ours_joins_real_ones() {
    let Some(real) = Program::oracle() else { return };
    join(&real, &Program::ours()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_one_joins_ours() {
    // An older one does not join a cluster of newer ones, in etcd neither.
    let Some(real) = Program::current_oracle() else { return };
    join(&Program::ours(), &real).await;
}
