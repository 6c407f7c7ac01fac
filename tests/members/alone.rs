//! A member whose cluster is gone.

use crate::process::{Process, Together, until_equal};
use crate::support::member::Program;
use etcd::pb::etcdserverpb::{MemberAddRequest, MemberListRequest};

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_left_alone_goes_on_alone() {
    let ours = Program::ours();
    let mut cluster = Together::start(&[&ours, &ours, &ours], &[]);
    let follower = (cluster.leader(&[0, 1, 2]).await + 1) % 3;
    cluster.members[follower].put("a", "everywhere").await;
    let id = cluster.members[follower].id().await;
    until_equal(&cluster.members.iter().collect::<Vec<_>>()).await;
    // What it does not know to be committed when it ends would go.
    cluster.members[follower].terminate();
    for number in (0..3).filter(|number| *number != follower) {
        cluster.members[number].kill();
    }
    let all = cluster.initial_cluster();
    let survivor = &mut cluster.members[follower];
    survivor.add_flag("--force-new-cluster");
    survivor.spawn(&all, "new");
    survivor.until("forcing restart member");
    survivor.until_ready();
    assert_eq!(survivor.get("a").await.as_deref(), Some("everywhere"));
    survivor.put("b", "alone").await;
    let listed = survivor.cluster().member_list(MemberListRequest { linearizable: true }).await.expect("a list");
    let members: Vec<u64> = listed.into_inner().members.iter().map(|member| member.id).collect();
    assert_eq!(members, [id]);
    // Again, though it is alone already; then without the flag.
    for _ in 0..2 {
        survivor.kill();
        survivor.spawn(&all, "new");
        survivor.until_ready();
        assert_eq!(survivor.get("b").await.as_deref(), Some("alone"));
        survivor.drop_flags();
    }
    // Others may join it.
    let mut joining = Process::new("new", &Program::ours(), &[]);
    let added = MemberAddRequest { peer_urls: vec![joining.peer_url()], is_learner: false };
    survivor.cluster().member_add(added).await.expect("it may join");
    joining.spawn(&format!("{},{}", survivor.entry(), joining.entry()), "existing");
    joining.until_ready();
    assert_eq!(joining.get("b").await.as_deref(), Some("alone"));
}
