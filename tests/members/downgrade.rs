//! A cluster on its way to the minor version below, and back again. With a real etcd at hand, it does and says the same.

use crate::process::{Process, Together, WAIT_MAX};
use crate::support::member::Program;
use etcd::{
    disk::os::{Fsync, OsDisk},
    pb::etcdserverpb::{
        DowngradeInfo, DowngradeRequest, MemberAddRequest, MemberRemoveRequest, downgrade_request::DowngradeAction,
        maintenance_client::MaintenanceClient,
    },
    wal::Wal,
};
use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Instant,
};
use tonic::{Code, Status};

/// The cluster's version that it answers.
async fn ask(member: &Process, action: i32, version: &str) -> Result<String, Status> {
    let request = DowngradeRequest { action, version: version.into() };
    let answer = MaintenanceClient::new(member.channel()).downgrade(request).await?.into_inner();
    assert_eq!(answer.header.expect("a header").member_id, member.id().await);
    Ok(answer.version)
}

/// The code and the text of a refusal.
async fn refused(member: &Process, action: i32, version: &str) -> (Code, String) {
    let status = ask(member, action, version).await.expect_err("it is refused");
    (status.code(), status.message().to_owned())
}

/// Waits until the files of all members are of that version, and says what they know of a downgrade.
async fn until_stored(cluster: &Together, version: &str) -> Vec<DowngradeInfo> {
    let deadline = Instant::now() + WAIT_MAX;
    let mut known = Vec::new();
    for member in &cluster.members {
        loop {
            let status = member.status().await;
            if status.storage_version == version {
                known.push(status.downgrade_info.expect("it says so"));
                break;
            }
            assert!(Instant::now() < deadline, "the files of {} stay at {}", member.name, status.storage_version);
        }
    }
    known
}

/// What is under a path of the port for peers, behind its head.
fn page(member: &Process, path: &str) -> String {
    let address = member.peer_url().replace("http://", "");
    let mut stream = TcpStream::connect(&address).expect("it listens");
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").expect("it is asked");
    let mut said = String::new();
    stream.read_to_string(&mut said).expect("it answers");
    let (_, body) = said.split_once("\r\n\r\n").expect("a head");
    body.to_owned()
}

/// What it says of versions from here on, each line once, sorted: `level message: names of the fields`.
fn told(lines: &[String]) -> Vec<String> {
    let mut told: Vec<String> = Vec::new();
    for line in lines {
        let fields: serde_json::Map<String, serde_json::Value> = serde_json::from_str(line).expect("a line of JSON");
        let text = |name: &str| fields.get(name).and_then(|value| value.as_str()).unwrap_or_default();
        let message = text("msg");
        let is_of_them = ["downgrad", "version"].iter().any(|word| message.to_lowercase().contains(word));
        // After a return, whether another look comes before the end is chance.
        let others = ["version from store", "mismatching etcd version", "server has stopped"];
        if !is_of_them || others.iter().any(|text| message.contains(text)) {
            continue;
        }
        let known = ["level", "ts", "caller", "msg", "stacktrace"];
        let names: Vec<&str> = fields.keys().map(String::as_str).filter(|name| !known.contains(name)).collect();
        told.push(format!("{} {message}: {}", text("level"), names.join(" ")));
    }
    told.sort();
    told.dedup();
    told
}

const VALIDATE: i32 = DowngradeAction::Validate as i32;
const ENABLE: i32 = DowngradeAction::Enable as i32;
const CANCEL: i32 = DowngradeAction::Cancel as i32;

/// What is said of the snapshot without which a member of an older version would have to read a log of this one.
const SNAPSHOT: [&str; 2] = ["\"snapshot-forced\":true", "saved snapshot to disk"];

/// The log begins behind a snapshot that came with the cluster's older version.
fn check_snapshot(member: &Process, said: &[String]) {
    let line = |text: &str| said.iter().position(|line| line.contains(text)).unwrap_or_else(|| panic!("{text:?}"));
    let cause = line("Cluster version downgrade detected, forcing snapshot");
    assert!(said[cause].contains(r#""prev-cluster-version":"3.7.0","new-cluster-version":"3.6.0""#), "{}", said[cause]);
    let triggered: serde_json::Value = serde_json::from_str(&said[line(SNAPSHOT[0])]).expect("a line of JSON");
    assert_eq!((triggered["msg"].as_str(), cause < line(SNAPSHOT[0])), (Some("triggering snapshot"), true));
    assert_eq!(triggered["local-member-snapshot-index"], 0, "{triggered}");
    let records = Wal::snapshots(&OsDisk::new(Fsync::Off), &member.wal()).expect("its log can be read");
    let newest = records.last().expect("the record of the beginning at least").index;
    assert_eq!(triggered["local-member-applied-index"], newest, "{records:?}");
}

/// There and back, asked of one member, which says all of these on the way there. What it said in both of its lives.
async fn there_and_back(cluster: &mut Together, asked: usize, says: &[&str]) -> [Vec<String>; 2] {
    until_stored(cluster, "3.7.0").await;
    let member = &cluster.members[asked];
    let invalid = (Code::InvalidArgument, "etcdserver: invalid downgrade target version".to_owned());
    let malformed = (Code::InvalidArgument, "etcdserver: wrong downgrade target version format".to_owned());
    assert_eq!(page(member, "/downgrade/enabled"), "false");
    for action in [VALIDATE, ENABLE] {
        for version in ["3.7", "3.5", "3.8.0", "2.6"] {
            assert_eq!(refused(member, action, version).await, invalid, "{version}");
        }
        for version in ["", "3", "x.y.z"] {
            assert_eq!(refused(member, action, version).await, malformed, "{version}");
        }
    }
    assert_eq!(refused(member, 7, "3.6").await, (Code::Unknown, "etcdserver: unknown method".to_owned()));
    assert_eq!(ask(member, CANCEL, "").await.expect("it says that there is none in its log only"), "3.7");
    assert_eq!(ask(member, VALIDATE, "3.6").await.expect("it can be done"), "3.7");
    assert_eq!(ask(member, ENABLE, "3.6").await.expect("it is begun"), "3.7");

    let way = DowngradeInfo { enabled: true, target_version: "3.6.0".into() };
    assert_eq!(until_stored(cluster, "3.6.0").await, vec![way; cluster.members.len()]);
    assert!(page(member, "/version").contains(r#""etcdcluster":"3.6.0","storage":"3.6.0""#));
    assert_eq!(page(member, "/downgrade/enabled"), "true");
    let under_way = (Code::FailedPrecondition, "etcdserver: cluster has a downgrade job in progress".to_owned());
    assert_eq!(refused(member, ENABLE, "3.5").await, under_way);
    assert_eq!(refused(member, VALIDATE, "3.6").await, invalid);
    member.put("a", "on the way").await;

    for text in SNAPSHOT.iter().chain(says) {
        if !cluster.members[asked].has_said(text) {
            cluster.members[asked].until(text);
        }
    }
    let (_, first) = cluster.members[asked].terminate();
    check_snapshot(&cluster.members[asked], &first);
    cluster.restart(asked);
    let member = &cluster.members[asked];
    assert_eq!(member.status().await.downgrade_info.expect("it says so").target_version, "3.6.0");
    assert_eq!(ask(member, CANCEL, "").await.expect("it is given up"), "3.6");
    assert_eq!(until_stored(cluster, "3.7.0").await, vec![DowngradeInfo::default(); cluster.members.len()]);
    assert_eq!(page(&cluster.members[asked], "/downgrade/enabled"), "false");
    [first, cluster.members[asked].said()]
}

/// Looks every second whether all have gone the way.
const FLAGS: [&str; 1] = ["--downgrade-check-time=1s"];

#[tokio::test(flavor = "multi_thread")]
async fn one_member_goes_and_comes_back() {
    for program in [Program::current_oracle(), Some(Program::ours())].into_iter().flatten() {
        let mut cluster = Together::start(&[&program], &FLAGS);
        let says = ["The server is ready to downgrade", "remotes server has mismatching etcd version"];
        let [first, second] = there_and_back(&mut cluster, 0, &says).await;
        assert_eq!(
            told(&first),
            [
                "info Cluster version downgrade detected, forcing snapshot: new-cluster-version prev-cluster-version",
                "info The server is ready to downgrade: server-version target-version",
                "info cluster version differs from storage version.: cluster-version storage-version",
                "info cluster version is updated: cluster-version",
                "info enabled capabilities for version: cluster-version",
                "info set initial cluster version: cluster-id cluster-version local-member-id",
                "info setting up initial cluster version using v3 API: cluster-version",
                "info updated cluster version: cluster-id from local-member-id to",
                "info updated storage version: new-storage-version",
                "info updating cluster version using v3 API: from to",
                "warn failed to cancel downgrade: error",
                "warn reject downgrade request: error"
            ],
            "{program:?}"
        );
        assert_eq!(
            told(&second),
            [
                "info cluster is downgrading to target version: current-server-version target-cluster-version",
                "info cluster version differs from storage version.: cluster-version storage-version",
                "info cluster version is updated: cluster-version",
                "info enabled capabilities for version: cluster-version",
                "info updated cluster version: cluster-id from local-member-id to",
                "info updated storage version: new-storage-version",
                "info updating cluster version using v3 API: from to"
            ],
            "{program:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn three_members_go_and_come_back() {
    let ours = Program::ours();
    let mut mixtures = vec![[ours.clone(), ours.clone(), ours.clone()]];
    if let Some(real) = Program::current_oracle() {
        mixtures.extend([[real.clone(), ours.clone(), real.clone()], [ours.clone(), real, ours]]);
    }
    for programs in mixtures {
        let mut cluster = Together::start(&programs.each_ref(), &FLAGS);
        let follower = (cluster.leader(&[0, 1, 2]).await + 1) % 3;
        there_and_back(&mut cluster, follower, &[]).await;
    }
}

/// A cluster that goes down takes those who are to go down with it, and nobody who comes anew.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_joins_on_the_way() {
    let cluster = Together::start(&[&Program::ours()], &FLAGS);
    until_stored(&cluster, "3.7.0").await;
    ask(&cluster.members[0], ENABLE, "3.6").await.expect("it is begun");
    until_stored(&cluster, "3.6.0").await;
    for program in [Some(Program::ours()), Program::current_oracle()].into_iter().flatten() {
        let mut new = Process::new("new", &program, &[]);
        let add = MemberAddRequest { peer_urls: vec![new.peer_url()], is_learner: true };
        let added = cluster.members[0].cluster().member_add(add).await.expect("it is added").into_inner();
        new.spawn(&format!("{},{}", cluster.initial_cluster(), new.entry()), "existing");
        let (end, said) = new.end();
        assert_eq!(end.code(), Some(1), "{}", said.join("\n"));
        let low = r#""remote-member-cluster-version":"3.6.0","minimum-cluster-version-supported":"3.8.0""#;
        for text in ["cluster version of remote member is not compatible; too low", low] {
            assert!(said.iter().any(|line| line.contains(text)), "{text}:\n{}", said.join("\n"));
        }
        let why = said.iter().find(|line| line.contains(r#""msg":"discovery failed""#)).expect("why it failed");
        assert!(why.contains("incompatible with current running cluster"), "{why}");
        let id = added.member.expect("the member").id;
        cluster.members[0].cluster().member_remove(MemberRemoveRequest { id }).await.expect("it goes");
    }
}
