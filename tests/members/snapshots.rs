//! Members that need a snapshot, ours and real ones: new ones, and those that were away for too long.

use crate::process::{Process, Together, until_equal};
use crate::support::member::Program;
use etcd::pb::etcdserverpb::{
    LeaseGrantRequest, LeaseTimeToLiveRequest, MemberAddRequest, MemberPromoteRequest, MoveLeaderRequest,
    WatchCreateRequest, WatchRequest, maintenance_client::MaintenanceClient, watch_client::WatchClient,
    watch_request::RequestUnion,
};

/// The log is let go soon.
const FLAGS: &[&str] = &["--snapshot-count=100", "--snapshot-catchup-entries=10", "--strict-reconfig-check=false"];
/// More entries than a log holds that way.
const MANY: usize = 400;
const APPLIED: &str = "applied snapshot";

/// Writes that many keys, the last of which is `last`.
async fn write(member: &Process, count: usize) {
    for number in 1..count {
        member.put(&format!("key{}", number % 50), &format!("{number} {}", "x".repeat(300))).await;
    }
    member.put("last", &count.to_string()).await;
}

/// Has `member` lead.
async fn lead(cluster: &Together, member: usize, among: &[usize]) {
    let leader = cluster.leader(among).await;
    if leader != member {
        let order = MoveLeaderRequest { target_id: cluster.members[member].id().await };
        MaintenanceClient::new(cluster.members[leader].channel()).move_leader(order).await.expect("it moves");
    }
}

/// One that was away while its log was let go is given a snapshot by `leader`, and serves.
async fn comes_back(cluster: &mut Together, leader: usize, away: usize) {
    let others: Vec<usize> = (0..3).filter(|number| *number != away).collect();
    lead(cluster, leader, &[0, 1, 2]).await;
    let granted = cluster.members[leader].lease().lease_grant(LeaseGrantRequest { ttl: 1000, id: 0 }).await;
    let lease = granted.expect("a lease").into_inner().id;
    cluster.members[away].kill();
    lead(cluster, leader, &others).await;
    write(&cluster.members[leader], MANY).await;
    let all = cluster.initial_cluster();
    cluster.members[away].spawn(&all, "new");
    cluster.members[away].until(APPLIED);
    assert_eq!(cluster.members[away].get("last").await, Some(MANY.to_string()));
    let look = LeaseTimeToLiveRequest { id: lease, keys: false };
    let looked = cluster.members[away].lease().lease_time_to_live(look).await.expect("its time").into_inner();
    assert!(looked.ttl > 0, "{looked:?}");
    cluster.members[away].put("last", "written behind it").await;
    until_equal(&cluster.members.iter().collect::<Vec<_>>()).await;
    // What it was given outlasts it.
    cluster.members[away].kill();
    cluster.restart(away);
    assert_eq!(cluster.members[away].get("last").await.as_deref(), Some("written behind it"));
    until_equal(&cluster.members.iter().collect::<Vec<_>>()).await;
}

/// A new one joins a cluster whose log begins late, and gets a vote.
async fn joins(cluster: &Together, mut new: Process) {
    write(&cluster.members[0], MANY).await;
    let add = MemberAddRequest { peer_urls: vec![new.peer_url()], is_learner: true };
    let added = cluster.members[0].cluster().member_add(add).await.expect("it is added").into_inner();
    let id = added.member.expect("the member").id;
    new.spawn(&format!("{},{}", cluster.initial_cluster(), new.entry()), "existing");
    new.until(APPLIED);
    while cluster.members[1].cluster().member_promote(MemberPromoteRequest { id }).await.is_err() {}
    while new.status().await.is_learner {}
    assert_eq!(new.get("last").await, Some(MANY.to_string()));
    new.put("last", "by the new one").await;
    let mut all: Vec<&Process> = cluster.members.iter().collect();
    all.push(&new);
    until_equal(&all).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_ours_comes_back_by_a_snapshot() {
    let ours = Program::ours();
    let mut cluster = Together::start(&[&ours, &ours, &ours], FLAGS);
    comes_back(&mut cluster, 0, 1).await;
    comes_back(&mut cluster, 1, 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_ours_joins_by_a_snapshot() {
    let ours = Program::ours();
    let cluster = Together::start(&[&ours, &ours, &ours], FLAGS);
    joins(&cluster, Process::new("new", &ours, FLAGS)).await;
}

/// A member that stood still goes on from a snapshot without a restart: who watches there is told all that happened, or
/// that it is compacted.
#[tokio::test(flavor = "multi_thread")]
async fn watchers_go_on_behind_a_snapshot() {
    let ours = Program::ours();
    let mut cluster = Together::start(&[&ours, &ours, &ours], FLAGS);
    lead(&cluster, 0, &[0, 1, 2]).await;
    let create = WatchCreateRequest { key: "last".into(), ..Default::default() };
    let request = WatchRequest { request_union: Some(RequestUnion::CreateRequest(create)) };
    // The stream of requests stays open.
    let requests = tokio_stream::StreamExt::chain(tokio_stream::iter([request]), tokio_stream::pending());
    let watching = WatchClient::new(cluster.members[2].channel()).watch(requests).await;
    let mut events = watching.expect("a stream").into_inner();
    assert!(events.message().await.expect("no error").expect("an answer").created);
    // What is under way to a member that stands still may be all that it lacks when it goes on.
    for round in 1.. {
        assert!(round < 10, "it never took a snapshot");
        cluster.members[2].pause();
        write(&cluster.members[0], MANY).await;
        write(&cluster.members[0], MANY + 1).await;
        cluster.members[2].go_on();
        let mut told = Vec::new();
        while told.len() < 2 {
            let answer = events.message().await.expect("no error").expect("an answer");
            told.extend(answer.events.into_iter().filter_map(|event| event.kv).map(|kv| kv.value));
        }
        assert_eq!(told, [MANY.to_string().into_bytes(), (MANY + 1).to_string().into_bytes()]);
        if cluster.members[2].has_said(APPLIED) {
            break;
        }
    }
    until_equal(&cluster.members.iter().collect::<Vec<_>>()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_ours_among_real_ones_gives_and_takes() {
    let Some(real) = Program::current_oracle() else { return };
    let mut cluster = Together::start(&[&real, &Program::ours(), &real], FLAGS);
    comes_back(&mut cluster, 0, 1).await;
    comes_back(&mut cluster, 1, 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn new_ones_of_either_kind_join_by_a_snapshot() {
    let Some(real) = Program::current_oracle() else { return };
    let ours = Program::ours();
    let cluster = Together::start(&[&ours, &ours, &ours], FLAGS);
    joins(&cluster, Process::new("real", &real, FLAGS)).await;
    let cluster = Together::start(&[&real, &real, &real], FLAGS);
    joins(&cluster, Process::new("ours", &ours, FLAGS)).await;
}

/// Also one of etcd 3.5, which looks for the members in the snapshot itself and not only behind it.
#[tokio::test(flavor = "multi_thread")]
async fn a_real_one_among_ours_comes_back_by_a_snapshot() {
    let Some(real) = Program::oracle() else { return };
    let ours = Program::ours();
    let members = vec![
        Process::new("m1", &ours, FLAGS),
        Process::new("m2", &ours, FLAGS),
        Process::new("m3", &real, &["--snapshot-count=100"]),
    ];
    let mut cluster = Together { members };
    let all = cluster.initial_cluster();
    cluster.members.iter_mut().for_each(|member| member.spawn(&all, "new"));
    cluster.members.iter_mut().for_each(Process::until_ready);
    comes_back(&mut cluster, 0, 2).await;
}
