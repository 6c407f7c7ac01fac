//! Starts that fail: what is configured does not fit the cluster that is there. With `ETCD_ORACLE` the same is asked of a
//! real etcd, by the same cluster.

use crate::process::{Process, Together};
use crate::support::member::Program;
use etcd::pb::etcdserverpb::{PutRequest, RangeRequest, kv_client::KvClient};
use std::{
    io::{BufRead, BufReader},
    os::unix::process::ExitStatusExt,
    process::{Child, Command, Stdio},
};
use tonic::transport::Endpoint;

/// What a new member is told of the cluster.
type InitialCluster<'a> = &'a dyn Fn(&Process) -> String;

/// What a start fails with.
fn reason(program: &Program, at: &Together, initial_cluster: InitialCluster<'_>, state: &str) -> String {
    let mut new = Process::new("new", program, &[]);
    let all = initial_cluster(&new);
    new.spawn(&all, state);
    let (end, said) = new.end();
    assert_eq!(end.code(), Some(1), "{}", said.join("\n"));
    let line = said.iter().find(|line| line.contains("\"discovery failed\"")).expect("why it failed");
    let fields: serde_json::Value = serde_json::from_str(line).expect("a log line is JSON");
    // What differs from run to run.
    let mut error = fields["error"].as_str().expect("an error").replace(&new.peer_url(), "<new>");
    for member in &at.members {
        error = error.replace(&member.peer_url(), &format!("<{}>", member.name));
        error = error.replace(&member.client_url(), &format!("<{} for clients>", member.name));
    }
    // Ids follow from ports.
    let mut parts = error.split("ID:");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + "ID:<id>" + part.trim_start_matches(|c: char| c.is_ascii_hexdigit()))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_that_does_not_fit_says_why() {
    let ours = Program::ours();
    let cluster = Together::start(&[&ours], &[]);
    let there = cluster.initial_cluster();
    let programs = [Some(ours), Program::current_oracle()];
    let cases: &[(InitialCluster<'_>, &str, &str)] = &[
        (&|_| there.clone(), "new", "couldn't find local name \"new\" in the initial cluster configuration"),
        (&|_| there.clone(), "existing", "couldn't find local name \"new\" in the initial cluster configuration"),
        (
            &|new| format!("{},other={}", new.entry(), new.peer_url()),
            "new",
            "initial cluster new=<new>,other=<new> has duplicate url",
        ),
        (
            &|new| new.entry(),
            "existing",
            "cannot fetch cluster info from peer urls: could not retrieve cluster information from the given URLs",
        ),
        (
            &|new| format!("{there},{}", new.entry()),
            "existing",
            "error validating peerURLs {ClusterID:<id> Members:[&{ID:<id> RaftAttributes:{PeerURLs:[<m1>] \
             IsLearner:false} Attributes:{Name:m1 ClientURLs:[<m1 for clients>]}}] RemovedMemberIDs:[]}: member count is \
             unequal",
        ),
    ];
    for program in programs.into_iter().flatten() {
        for (initial_cluster, state, expected) in cases {
            assert_eq!(reason(&program, &cluster, initial_cluster, state), *expected, "{program:?}");
        }
    }
}

/// A founder that has lost its data must not found the cluster again.
#[tokio::test(flavor = "multi_thread")]
async fn a_founder_that_is_known_does_not_start_anew() {
    let ours = Program::ours();
    let mut cluster = Together::start(&[&ours, &ours, &ours], &[]);
    let all = cluster.initial_cluster();
    cluster.members[2].kill();
    cluster.members[2].lose_data();
    cluster.members[2].spawn(&all, "new");
    let (end, said) = cluster.members[2].end();
    assert_eq!(end.code(), Some(1));
    assert!(said.iter().any(|line| line.contains("has already been bootstrapped")), "{}", said.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_command_runs_a_cluster_and_stops_it() {
    let dir = tempfile::TempDir::new().expect("a temporary folder");
    let start = || {
        let mut local = Program::ours()
            .command()
            .args(["--local-cluster", "3", "--data-dir=all", "--heartbeat-interval=50", "--election-timeout=500"])
            .current_dir(dir.path())
            .stdout(Stdio::piped())
            .spawn()
            .expect("it runs");
        let said = BufReader::new(local.stdout.take().expect("it is piped"));
        let endpoints = said.lines().map_while(Result::ok).find_map(|line| {
            line.trim()
                .strip_prefix("export ETCDCTL_ENDPOINTS=")
                .map(|urls| urls.split(',').map(String::from).collect())
        });
        let endpoints: Vec<String> = endpoints.expect("it says how to reach its members");
        (local, endpoints)
    };
    let kv = |url: &str| KvClient::new(Endpoint::from_shared(url.to_owned()).expect("an address").connect_lazy());
    let (mut local, endpoints) = start();
    assert_eq!(endpoints.len(), 3);
    let put = PutRequest { key: "a".into(), value: "b".into(), ..Default::default() };
    kv(&endpoints[0]).put(put).await.expect("it writes");
    let stop = |local: &mut Child| {
        let told = Command::new("kill").args(["-TERM", &local.id().to_string()]).status().expect("kill runs");
        assert!(told.success());
        assert_eq!(local.wait().expect("it ends").signal(), Some(15));
    };
    stop(&mut local);
    let (mut local, again) = start();
    assert_eq!(again, endpoints, "members stay where they were");
    let range = RangeRequest { key: "a".into(), ..Default::default() };
    let found = kv(&endpoints[2]).range(range).await.expect("it reads").into_inner();
    assert_eq!(found.kvs[0].value.as_ref(), b"b");
    stop(&mut local);
}
