//! Who does not belong here, and changes that would cost the cluster its quorum: refused with etcd's text and status, and a
//! line says who it was.

use crate::{
    panics,
    support::{
        inside::{Inside, Place},
        log,
    },
    until,
    wire::Question,
};
use etcd::{
    disk::mem::MemDisk,
    pb::{
        etcdserverpb::{MemberAddRequest, MemberRemoveRequest, MemberUpdateRequest, cluster_client::ClusterClient},
        raftpb::{Message, MessageType},
    },
    server::config::{Changes, Config},
};
use prost::Message as _;
use serde_json::Value;
use std::sync::Arc;
use tonic::{
    Code,
    transport::{Channel, Endpoint},
};

/// The only member of its cluster.
async fn alone() -> (Inside, ClusterClient<Channel>) {
    panics();
    log::start();
    let place = Place::take("alone").await;
    let founders = [place.founder()];
    let config = Config { changes: Changes { strict: true, learners_max: 1 }, ..place.config(&founders) };
    let member = place.start(Arc::new(MemDisk::new()), config).await.expect("a member");
    member.ready().await;
    let channel = Endpoint::from_shared(format!("http://{}", member.client)).expect("an address").connect_lazy();
    (member, ClusterClient::new(channel))
}

/// A learner there.
async fn add(cluster: &mut ClusterClient<Channel>, url: &str) -> Result<u64, tonic::Status> {
    let request = MemberAddRequest { peer_urls: vec![url.into()], is_learner: true };
    let added = cluster.member_add(request).await?.into_inner();
    Ok(added.member.expect("the member").id)
}

/// The lines of this member with that message and that value in a field.
fn lines(member: &Inside, message: &str, field: &str, value: &str) -> usize {
    let local = member.handle.member_id().to_string();
    let is_it = |line: &Value| line["local-member-id"] == local.as_str() && line[field] == value;
    log::lines(message).iter().filter(|line| is_it(line)).count()
}

const CLUSTER: &str = "X-Etcd-Cluster-ID";
const VERSION: &str = "X-Server-Version";
const VERSION_MIN: &str = "X-Min-Cluster-Version";
const FROM: &str = "X-Server-From";
const TO: &str = "X-Raft-To";

/// Who is asked, and by whom.
struct Ends {
    local: u64,
    other: u64,
    removed: u64,
    cluster: String,
}

impl Ends {
    fn question(&self, (method, path): (&str, String), changes: &[(&str, &str)], body: Vec<u8>) -> Question {
        let headers = [
            (CLUSTER, self.cluster.clone()),
            (VERSION, "3.7.1".into()),
            (VERSION_MIN, "3.0.0".into()),
            (FROM, format!("{:x}", self.other)),
            (TO, format!("{:x}", self.local)),
            ("X-PeerURLs", "http://127.0.0.1:1".into()),
        ];
        let changed = |name: &str| changes.iter().find(|(changed, _)| *changed == name).map(|(_, value)| *value);
        let headers = headers.map(|(name, usual)| (name.to_owned(), changed(name).map_or(usual, str::to_owned)));
        Question { headers: headers.into(), body, ..Question::new(method, &path) }
    }

    fn post(&self, changes: &[(&str, &str)], body: Vec<u8>) -> Question {
        self.question(("POST", "/raft".into()), changes, body)
    }

    fn stream(&self, from: u64, changes: &[(&str, &str)]) -> Question {
        self.question(("GET", format!("/raft/stream/message/{from:x}")), changes, vec![])
    }

    fn message(&self) -> Message {
        let msg_type = MessageType::MsgHeartbeat as i32;
        Message { msg_type, from: self.other, to: self.local, term: 1, ..Message::default() }
    }
}

/// A request, its answer, and the line about it: the message, and the field that names the other side.
type Case = (Question, u16, &'static str, &'static str, (&'static str, String));

fn cases(ends: &Ends) -> Vec<Case> {
    let (local, other, removed) =
        (format!("{:x}", ends.local), format!("{:x}", ends.other), format!("{:x}", ends.removed));
    let heartbeat = || ends.message().encode_to_vec();
    let of = |message: Message| ends.post(&[], message.encode_to_vec());
    let foreign = "request cluster ID mismatch";
    let incompatible = "failed version compatibility check";
    let mut cases: Vec<Case> = vec![];
    for changes in [&[(CLUSTER, "123")][..], &[(CLUSTER, "")]] {
        let name = || ("remote-peer-server-name", other.clone());
        cases.push((ends.post(changes, heartbeat()), 412, "cluster ID mismatch\n", foreign, name()));
        cases.push((ends.stream(ends.other, changes), 412, "cluster ID mismatch\n", foreign, name()));
    }
    for changes in [&[(VERSION, "2.3.0")][..], &[(VERSION, "x")], &[(VERSION_MIN, "3.8.0")]] {
        let name = || ("remote-peer-server-name", other.clone());
        cases.push((ends.post(changes, heartbeat()), 412, "incompatible version\n", incompatible, name()));
        cases.push((ends.stream(ends.other, changes), 412, "incompatible version\n", incompatible, name()));
    }
    let not_processed = "error processing raft message\n";
    let by_removed = Message { from: ends.removed, ..ends.message() };
    let removed_line = "rejected Raft message from removed member";
    cases.push((of(by_removed), 500, not_processed, removed_line, ("removed-member-id", removed.clone())));
    let line = "rejected stream from remote peer because it was removed";
    cases.push((ends.stream(ends.removed, &[]), 410, "removed member\n", line, ("remote-peer-id-from", removed)));
    let to_another = Message { to: 5, ..ends.message() };
    let line = "rejected Raft message to mismatch member";
    cases.push((of(to_another.clone()), 500, not_processed, line, ("mismatch-member-id", "5".into())));
    let line = "failed to process Raft message";
    cases.push((of(to_another), 500, not_processed, line, ("remote-peer-id", other.clone())));
    let line = "ignored streaming request; ID mismatch";
    let to = [(TO, "5")];
    cases.push((
        ends.stream(ends.other, &to),
        412,
        "to field mismatch\n",
        line,
        ("remote-peer-id-from", other.clone()),
    ));
    let line = "failed to find remote peer in cluster";
    cases.push((ends.stream(77, &[]), 404, "error sender not found\n", line, ("remote-peer-id-from", "4d".into())));
    // It itself is no peer of its own.
    let own = ends.stream(ends.local, &[]);
    cases.push((own, 404, "error sender not found\n", line, ("remote-peer-id-from", local)));
    let line = "failed to unmarshal Raft message";
    let text = "error unmarshalling raft message\n";
    cases.push((ends.post(&[], b"\xff\xff\xff".to_vec()), 400, text, line, ("remote-peer-id", other)));
    cases
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_belong_here_is_told_and_told_of() {
    let (member, mut cluster) = alone().await;
    let removed = add(&mut cluster, "http://127.0.0.1:1").await.expect("it comes");
    cluster.member_remove(MemberRemoveRequest { id: removed }).await.expect("it goes");
    let other = add(&mut cluster, "http://127.0.0.1:2").await.expect("it comes");
    let handle = &member.handle;
    let ends = Ends { local: handle.member_id().0, other, removed, cluster: handle.cluster_id().to_string() };
    for (question, status, text, line, (field, value)) in cases(&ends) {
        let before = lines(&member, line, field, &value);
        assert_eq!(question.ask(&member.peer).await, Some((status, text.to_owned())), "{question:?}");
        assert!(lines(&member, line, field, &value) > before, "{line}: {field}={value}");
    }
    assert_eq!(panics(), 0);
    member.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_that_make_no_sense_are_refused_and_told_of() {
    let (member, mut cluster) = alone().await;
    let own = member.handle.members()[0].clone();
    let own_url = own.peer_urls[0].clone();
    for url in ["", "nonsense", "127.0.0.1:1", "ftp://127.0.0.1:1", "http://127.0.0.1", "http://127.0.0.1:1/path"] {
        let refused = add(&mut cluster, url).await.expect_err("it is no URL");
        let invalid = (Code::InvalidArgument, "etcdserver: given member URLs are invalid");
        assert_eq!((refused.code(), refused.message()), invalid, "{url}");
    }
    let taken = (Code::FailedPrecondition, "etcdserver: Peer URLs already exists");
    let refused = add(&mut cluster, &own_url).await.expect_err("it is there");
    assert_eq!((refused.code(), refused.message()), taken);

    // A name that nobody has: the member is there, cannot be reached, and that is told of.
    let id = add(&mut cluster, "http://nobody.invalid:1").await.expect("a learner votes on nothing");
    let name = format!("{id:x}");
    let unreached = "prober detected unhealthy status";
    let is_told = || {
        let lines = log::lines(unreached);
        lines.iter().any(|line| {
            line["remote-peer-id"] == name.as_str() && line["error"].as_str().is_some_and(|error| !error.is_empty())
        })
    };
    until("the line about who cannot be reached", is_told).await;
    let refused = add(&mut cluster, "http://127.0.0.1:3").await.expect_err("there is one");
    let many = (Code::FailedPrecondition, "etcdserver: too many learner members in cluster");
    assert_eq!((refused.code(), refused.message()), many);
    let update = MemberUpdateRequest { id, peer_urls: vec![own_url] };
    let refused = cluster.member_update(update).await.expect_err("it is there");
    assert_eq!((refused.code(), refused.message()), taken);

    // etcd forgets the code of this one. With a vote that was never cast, there is no room for another, and the one who votes cannot go.
    let voter = |url: &str| MemberAddRequest { peer_urls: vec![url.into()], is_learner: false };
    cluster.member_add(voter("http://127.0.0.1:4")).await.expect("one may always have a second");
    let few = (Code::Unknown, "etcdserver: re-configuration failed due to not enough started members");
    let refused = cluster.member_add(voter("http://127.0.0.1:5")).await.expect_err("none has started");
    assert_eq!((refused.code(), refused.message()), few);
    let added = log::lines("rejecting member add request; not enough healthy members");
    assert!(added.iter().any(|line| line["requested-member-add"].to_string().contains("127.0.0.1:5")), "{added:?}");
    let refused = cluster.member_remove(MemberRemoveRequest { id: own.id }).await.expect_err("nobody else votes");
    assert_eq!((refused.code(), refused.message()), few);
    let removal = "rejecting member remove request; not enough healthy members";
    let id = format!("{:x}", own.id);
    assert_eq!(lines(&member, removal, "requested-member-remove-id", &id), 1);
    assert_eq!(panics(), 0);
    member.stop().await;
}
