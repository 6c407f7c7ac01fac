//! Three of ours, from their first start on.

use crate::process::{Process, Together, until_equal};
use crate::support::member::{Program, path_of_ours};
use etcd::pb::etcdserverpb::{
    LeaseGrantRequest, LeaseKeepAliveRequest, LeaseLeasesRequest, LeaseTimeToLiveRequest, MemberAddRequest,
    MemberListRequest, MemberPromoteRequest, MemberRemoveRequest, MemberUpdateRequest, MoveLeaderRequest, PutRequest,
    RangeRequest, WatchCreateRequest, WatchRequest, kv_client::KvClient, maintenance_client::MaintenanceClient,
    watch_client::WatchClient, watch_request::RequestUnion,
};
use std::{os::unix::process::ExitStatusExt, process::Command};
use tonic::Code;

fn three(flags: &[&str]) -> Together {
    let ours = Program::ours();
    Together::start(&[&ours, &ours, &ours], flags)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_minority_may_die_and_come_back() {
    let mut cluster = three(&[]);
    for (number, member) in cluster.members.iter().enumerate() {
        member.put(&format!("k{number}"), "before").await;
    }
    for member in &cluster.members {
        assert_eq!(member.get("k2").await.as_deref(), Some("before"), "{}", member.name);
    }
    let leader = cluster.leader(&[0, 1, 2]).await;
    cluster.members[leader].kill();
    let others: Vec<usize> = (0..3).filter(|number| *number != leader).collect();
    // Only what is asked after the election has to be answered.
    cluster.leader(&others).await;
    cluster.members[others[0]].put("k0", "meanwhile").await;
    cluster.members[others[1]].put("k1", "meanwhile").await;
    cluster.restart(leader);
    assert_eq!(cluster.members[leader].get("k1").await.as_deref(), Some("meanwhile"));
    cluster.members[leader].put("k2", "after").await;
    until_equal(&cluster.members.iter().rev().collect::<Vec<_>>()).await;
    // And all at once.
    cluster.members.iter_mut().for_each(Process::kill);
    let all = cluster.initial_cluster();
    cluster.members.iter_mut().for_each(|member| member.spawn(&all, "existing"));
    cluster.members.iter_mut().for_each(Process::until_ready);
    assert_eq!(cluster.members[0].get("k2").await.as_deref(), Some("after"));
    until_equal(&cluster.members.iter().collect::<Vec<_>>()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_leadership_moves_by_order_and_before_a_stop() {
    let mut cluster = three(&[]);
    let leader = cluster.leader(&[0, 1, 2]).await;
    let (target, follower) = ((leader + 1) % 3, (leader + 2) % 3);
    let order = MoveLeaderRequest { target_id: cluster.members[target].id().await };
    let refused = MaintenanceClient::new(cluster.members[follower].channel()).move_leader(order).await.unwrap_err();
    assert_eq!((refused.code(), refused.message()), (Code::FailedPrecondition, "etcdserver: not leader"));
    MaintenanceClient::new(cluster.members[leader].channel()).move_leader(order).await.expect("it moves");
    assert_eq!(cluster.leader(&[0, 1, 2]).await, target);
    let (end, said) = cluster.members[target].terminate();
    assert_eq!(end.signal(), Some(15), "{end}");
    assert!(said.iter().any(|line| line.contains("leadership transfer finished")), "{}", said.join("\n"));
    // There is a leader at once, and no election timeout to wait for.
    cluster.members[follower].put("a", "b").await;
    assert_ne!(cluster.leader(&[leader, follower]).await, target);
}

#[tokio::test(flavor = "multi_thread")]
async fn leases_live_on_whichever_member_is_asked() {
    let cluster = three(&[]);
    let leader = cluster.leader(&[0, 1, 2]).await;
    let granted = cluster.members[(leader + 1) % 3].lease().lease_grant(LeaseGrantRequest { ttl: 100, id: 7 }).await;
    assert_eq!(granted.expect("a lease").into_inner().ttl, 100);
    for member in &cluster.members {
        let mut lease = member.lease();
        let look = LeaseTimeToLiveRequest { id: 7, keys: true };
        let looked = lease.lease_time_to_live(look).await.expect("its time").into_inner();
        assert_eq!((looked.id, looked.granted_ttl), (7, 100), "{}", member.name);
        assert!((90..=100).contains(&looked.ttl), "{looked:?}");
        assert_eq!(looked.header.expect("a header").member_id, member.id().await);
        let none = lease.lease_time_to_live(LeaseTimeToLiveRequest { id: 8, keys: false }).await.expect("no error");
        assert_eq!(none.into_inner().ttl, -1);
        let ask = |id| tokio_stream::iter([LeaseKeepAliveRequest { id }]);
        for (id, ttl) in [(7, 100), (8, 0)] {
            let mut answers = lease.lease_keep_alive(ask(id)).await.expect("a stream").into_inner();
            assert_eq!(answers.message().await.expect("no error").expect("an answer").ttl, ttl, "{}", member.name);
        }
        let all = lease.lease_leases(LeaseLeasesRequest {}).await.expect("all of them").into_inner();
        assert_eq!(all.leases.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_comes_as_a_learner_gets_a_vote_and_goes() {
    let cluster = three(&["--strict-reconfig-check=false"]);
    cluster.members[0].put("a", "1").await;
    let leader = cluster.leader(&[0, 1, 2]).await;
    let follower = &cluster.members[(leader + 1) % 3];
    let mut new = Process::new("m4", &Program::ours(), &[]);
    let added = follower
        .cluster()
        .member_add(MemberAddRequest { peer_urls: vec![new.peer_url()], is_learner: true })
        .await
        .expect("it is added")
        .into_inner();
    let id = added.member.expect("the member").id;
    assert_eq!((added.members.len(), added.header.expect("a header").revision), (4, 0));
    // It has nothing yet.
    let behind = follower.cluster().member_promote(MemberPromoteRequest { id }).await.unwrap_err();
    let text = "etcdserver: can only promote a learner member which is in sync with leader";
    assert_eq!((behind.code(), behind.message()), (Code::FailedPrecondition, text));

    let all = format!("{},{}", cluster.initial_cluster(), new.entry());
    new.spawn(&all, "existing");
    new.until_ready();
    assert_eq!(new.id().await, id);
    assert!(new.status().await.is_learner);
    let mut kv = KvClient::new(new.channel());
    let range = RangeRequest { key: "a".into(), ..Default::default() };
    let refused = kv.range(range.clone()).await.unwrap_err();
    let text = "etcdserver: rpc not supported for learner";
    assert_eq!((refused.code(), refused.message()), (Code::FailedPrecondition, text));
    let read = kv.range(RangeRequest { serializable: true, ..range }).await.expect("what it has").into_inner();
    assert_eq!(read.kvs.len(), 1);
    let refused = new.cluster().member_list(MemberListRequest { linearizable: false }).await.unwrap_err();
    assert_eq!(refused.message(), text);

    // New addresses give no vote: an update told only of them, and a learner that is updated must not come out as a voter.
    let update = MemberUpdateRequest { id, peer_urls: vec![new.peer_url(), "http://127.0.0.1:1".into()] };
    let updated = follower.cluster().member_update(update).await.expect("it is updated").into_inner();
    let learners: Vec<u64> =
        updated.members.iter().filter(|member| member.is_learner).map(|member| member.id).collect();
    assert_eq!(learners, [id]);
    follower.put("behind the update", "").await;
    let late = RangeRequest { key: "behind the update".into(), serializable: true, ..Default::default() };
    while kv.range(late.clone()).await.expect("what it has").into_inner().kvs.is_empty() {}
    assert!(new.status().await.is_learner);

    follower.cluster().member_promote(MemberPromoteRequest { id }).await.expect("it has caught up");
    let again = follower.cluster().member_promote(MemberPromoteRequest { id }).await.unwrap_err();
    assert_eq!(again.message(), "etcdserver: can only promote a learner member");
    let mut members: Vec<&Process> = cluster.members.iter().collect();
    while new.status().await.is_learner {}
    new.put("b", "2").await;
    members.push(&new);
    until_equal(&members).await;

    cluster.members[leader].cluster().member_remove(MemberRemoveRequest { id }).await.expect("it goes");
    let gone = follower.cluster().member_remove(MemberRemoveRequest { id }).await.unwrap_err();
    assert_eq!((gone.code(), gone.message()), (Code::NotFound, "etcdserver: member not found"));
    let (end, said) = new.end();
    assert_eq!(end.code(), Some(0), "{end}");
    let text = "the member has been permanently removed from the cluster";
    assert!(said.iter().any(|line| line.contains(text)), "{}", said.join("\n"));
    // It does not come back.
    new.spawn(&all, "existing");
    let (end, said) = new.end();
    assert_eq!(end.code(), Some(0), "{end}");
    assert!(said.iter().any(|line| line.contains(text)), "{}", said.join("\n"));
    cluster.members[0].put("c", "3").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leader_may_be_removed_by_its_own_hand() {
    let mut cluster = three(&["--strict-reconfig-check=false"]);
    let leader = cluster.leader(&[0, 1, 2]).await;
    let id = cluster.members[leader].id().await;
    cluster.members[leader].cluster().member_remove(MemberRemoveRequest { id }).await.expect("it goes");
    let (end, _) = cluster.members[leader].end();
    assert_eq!(end.code(), Some(0), "{end}");
    let others: Vec<usize> = (0..3).filter(|number| *number != leader).collect();
    cluster.leader(&others).await;
    cluster.members[others[0]].put("a", "b").await;
    assert_eq!(cluster.members[others[1]].get("a").await.as_deref(), Some("b"));
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_that_could_cost_the_quorum_are_refused() {
    let cluster = three(&[]);
    let member = &cluster.members[0];
    // Connections that are younger than five seconds do not count.
    let add = MemberAddRequest { peer_urls: vec!["http://127.0.0.1:1".into()], is_learner: false };
    let refused = member.cluster().member_add(add).await.unwrap_err();
    assert_eq!((refused.code(), refused.message()), (Code::Unavailable, "etcdserver: unhealthy cluster"));
    let id = member.id().await;
    let refused = member.cluster().member_remove(MemberRemoveRequest { id }).await.unwrap_err();
    assert_eq!((refused.code(), refused.message()), (Code::Unavailable, "etcdserver: unhealthy cluster"));
    for peer_urls in [vec![], vec!["nonsense".to_owned()], vec!["http://a:1/b".to_owned()]] {
        let refused = member.cluster().member_add(MemberAddRequest { peer_urls, is_learner: true }).await.unwrap_err();
        let text = "etcdserver: given member URLs are invalid";
        assert_eq!((refused.code(), refused.message()), (Code::InvalidArgument, text));
    }
}

/// Who is cut off says so to those who ask for that, and promises nothing to the others.
#[tokio::test(flavor = "multi_thread")]
async fn without_a_quorum_nothing_is_promised() {
    let mut cluster = three(&["--heartbeat-interval=20", "--election-timeout=100"]);
    cluster.members[2].put("a", "1").await;
    let mut watcher = WatchClient::new(cluster.members[2].channel());
    let create = WatchCreateRequest { key: "a".into(), ..Default::default() };
    let create = WatchRequest { request_union: Some(RequestUnion::CreateRequest(create)) };
    // A stream that goes on.
    let requests = tokio_stream::StreamExt::chain(tokio_stream::iter([create]), tokio_stream::pending());
    let mut watch = watcher.watch(needs_leader(requests)).await.expect("a stream").into_inner();
    assert!(watch.message().await.expect("no error").expect("an answer").created);
    cluster.members[0].kill();
    cluster.members[1].kill();
    let left = &cluster.members[2];
    while left.status().await.leader != 0 {}
    let put = PutRequest { key: "a".into(), value: "2".into(), ..Default::default() };
    let mut kv = KvClient::new(left.channel());
    let refused = kv.put(needs_leader(put.clone())).await.unwrap_err();
    assert_eq!((refused.code(), refused.message()), (Code::Unavailable, "etcdserver: no leader"));
    let ended = watch.message().await.unwrap_err();
    assert_eq!((ended.code(), ended.message()), (Code::Unavailable, "etcdserver: no leader"));
    let status = left.status().await;
    assert_eq!(status.errors, ["etcdserver: no leader"]);
    let late = kv.put(put).await.unwrap_err();
    assert_eq!((late.code(), late.message()), (Code::Unavailable, "etcdserver: request timed out"));
    let range = RangeRequest { key: "a".into(), serializable: true, ..Default::default() };
    assert_eq!(kv.range(range).await.expect("what it has").into_inner().kvs[0].value, "1");
    cluster.restart(0);
    cluster.members[2].put("a", "3").await;
    assert_eq!(cluster.members[0].get("a").await.as_deref(), Some("3"));
}

fn needs_leader<T>(message: T) -> tonic::Request<T> {
    let mut request = tonic::Request::new(message);
    request.metadata_mut().insert("hasleader", "true".parse().expect("a value"));
    request
}

/// What the tools say of a cluster; the real one too, if `ETCDCTL_ORACLE=/path/to/etcdctl` names one of 3.7.
#[tokio::test(flavor = "multi_thread")]
async fn the_tools_see_all_members() {
    let cluster = three(&[]);
    let real = std::env::var("ETCDCTL_ORACLE").ok().filter(|path| {
        let said = Command::new(path).arg("version").output().expect("the tool runs");
        String::from_utf8_lossy(&said.stdout).contains("etcdctl version: 3.7.")
    });
    let tools = [Some(vec![path_of_ours().display().to_string(), "ctl".into()]), real.map(|path| vec![path])];
    let tools: Vec<Vec<String>> = tools.into_iter().flatten().collect();
    let run = |tool: &[String], endpoints: &[&Process], line: &str| {
        let endpoints: Vec<String> = endpoints.iter().map(|member| member.client_url()).collect();
        let endpoints = format!("--endpoints={}", endpoints.join(","));
        let words = line.split_whitespace();
        let ran = Command::new(&tool[0]).args(&tool[1..]).arg(endpoints).args(words).output().expect("the tool runs");
        assert!(ran.status.success(), "{line}: {}", String::from_utf8_lossy(&ran.stderr));
        String::from_utf8_lossy(&ran.stdout).into_owned()
    };
    let one = &cluster.members[0];
    for line in ["member list", "member list -w json", "member list -w fields", "member list -w table --hex"] {
        let said: Vec<String> = tools.iter().map(|tool| run(tool, &[one], line)).collect();
        let all = cluster.members.iter().all(|member| said[0].contains(&member.peer_url()));
        assert!(all && said.windows(2).all(|pair| pair[0] == pair[1]), "{line}: {said:?}");
    }
    for tool in &tools {
        for line in ["endpoint status --cluster", "endpoint health --cluster", "endpoint hashkv --cluster"] {
            let said = run(tool, &[one], line);
            let all = cluster.members.iter().all(|member| said.contains(&member.client_url()));
            assert!(all && said.lines().count() == 3, "{line}: {said}");
        }
        let leader = cluster.leader(&[0, 1, 2]).await;
        let (from, to) = (cluster.members[leader].id().await, cluster.members[(leader + 1) % 3].id().await);
        let everybody: Vec<&Process> = cluster.members.iter().collect();
        let said = run(tool, &everybody, &format!("move-leader {to:x}"));
        assert_eq!(said, format!("Leadership transferred from {from:x} to {to:x}\n"));
        assert_eq!(cluster.leader(&[0, 1, 2]).await, (leader + 1) % 3);
    }
}
