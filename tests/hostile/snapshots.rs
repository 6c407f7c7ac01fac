//! Snapshots that do not check out, and one that does.

use crate::{
    damaged, panics,
    support::{
        inside::{Inside, Place},
        log,
    },
    until,
    wire::Question,
};
use bytes::Bytes;
use etcd::{
    backend::{Backend, BackendConfig, Batch, Bucket, meta},
    disk::os::{Fsync, OsDisk},
    id::MemberId,
    pb::{
        etcdserverpb::{PutRequest, RangeRequest},
        raftpb::{ConfState, Message, MessageType, Snapshot, SnapshotMetadata},
    },
    peer::codec::envelope,
    snap,
};
use std::sync::Arc;
use tempfile::TempDir;

/// A member, and what another one of its cluster has left: a state later than the member's own.
pub struct Behind {
    pub member: Inside,
    pub other: MemberId,
    pub database: Vec<u8>,
    pub metadata: SnapshotMetadata,
}

/// Entries that the member lacks.
const LATER: u64 = 1000;

impl Behind {
    pub async fn start() -> Self {
        let disk = || Arc::new(OsDisk::new(Fsync::Off));
        let places = [Place::take("one").await, Place::take("two").await];
        let founders = places.each_ref().map(Place::founder);
        let [one, two] = places.map(|place| {
            let config = place.config(&founders);
            place.start(disk(), config)
        });
        let (one, two) = tokio::join!(one, two);
        let (member, other) = (one.expect("a member"), two.expect("a member"));
        tokio::join!(member.ready(), other.ready());
        for number in 0..200 {
            let put =
                PutRequest { key: format!("k{number}").into(), value: vec![b'v'; 300].into(), ..Default::default() };
            member.handle.propose(put).await.expect("it writes");
        }
        let id = other.handle.member_id();
        let left = other.stop().await;
        let (database, metadata) = later_state(&left);
        Self { member, other: id, database, metadata }
    }

    /// The request that brings a database, and what its message says of it.
    pub fn question(&self, metadata: &SnapshotMetadata, database: &[u8]) -> Question {
        let handle = &self.member.handle;
        let message = Message {
            msg_type: MessageType::MsgSnapshot as i32,
            from: self.other.0,
            to: handle.member_id().0,
            // Nobody leads in it.
            term: metadata.term,
            snapshot: Some(Snapshot { metadata: metadata.clone(), ..Snapshot::default() }),
            ..Message::default()
        };
        let body = [&envelope(&message)[..], database].concat();
        Question { headers: self.headers(), body, ..Question::new("POST", "/raft/snapshot") }
    }

    /// What a peer says of itself.
    pub fn headers(&self) -> Vec<(String, String)> {
        let handle = &self.member.handle;
        let headers = [
            ("X-Etcd-Cluster-ID", handle.cluster_id().to_string()),
            ("X-Server-Version", "3.7.1".into()),
            ("X-Min-Cluster-Version", "3.0.0".into()),
            ("X-Server-From", self.other.to_string()),
            ("X-Raft-To", handle.member_id().to_string()),
        ];
        headers.map(|(name, value)| (name.to_owned(), value)).into()
    }

    /// The files beside the backend's.
    pub fn left(&self) -> Vec<String> {
        let dir = self.member.dir.path().join("data/member/snap");
        let names = std::fs::read_dir(dir).expect("it has a folder").flatten();
        names.map(|entry| entry.file_name().to_string_lossy().into_owned()).filter(|name| name != "db").collect()
    }

    /// It goes on: it reads, and nobody has found a reason to stop.
    pub async fn check(&self) {
        let range = RangeRequest { key: "k7".into(), serializable: true, ..Default::default() };
        let found = self.member.handle.range(range).await.expect("it reads");
        assert_eq!(found.kvs[0].value, vec![b'v'; 300]);
        until("the end of what did not come whole", || self.left().is_empty()).await;
        assert_eq!(panics(), 0);
    }
}

/// The state in a folder, as of a later entry of a later term.
fn later_state(folder: &TempDir) -> (Vec<u8>, SnapshotMetadata) {
    let path = folder.path().join("data/member/snap/db");
    let backend =
        Backend::open(Arc::new(OsDisk::new(Fsync::Off)), &path, &BackendConfig::default()).expect("a backend");
    let row = |key: &[u8]| backend.get(Bucket::Meta, key).expect("a read").expect("a row");
    let number = |key: &[u8]| u64::from_be_bytes(row(key)[..].try_into().expect("eight bytes"));
    let (index, term) = (number(meta::CONSISTENT_INDEX) + LATER, number(meta::TERM) + LATER);
    let members: serde_json::Value = serde_json::from_slice(&row(meta::CONF_STATE)).expect("JSON");
    let voters = members["voters"].as_array().expect("voters").iter().map(|id| id.as_u64().expect("an id")).collect();
    let mut batch = Batch::new();
    batch.put(Bucket::Meta, meta::CONSISTENT_INDEX, Bytes::copy_from_slice(&index.to_be_bytes()));
    batch.put(Bucket::Meta, meta::TERM, Bytes::copy_from_slice(&term.to_be_bytes()));
    backend.stage(batch);
    let rows = backend.frozen().expect("a view");
    let layout = snap::plan(&rows).expect("a layout");
    let database = snap::write(&rows, layout, Vec::new()).expect("a database");
    (database, SnapshotMetadata { index, term, conf_state: ConfState { voters, ..ConfState::default() } })
}

/// Databases that are none, or not that one.
fn wrong(behind: &Behind) -> Vec<(&'static str, SnapshotMetadata, Vec<u8>, &'static str)> {
    let (whole, right) = (&behind.database, &behind.metadata);
    let cut = |bytes: usize| whole[..bytes].to_vec();
    let without = |pages: std::ops::Range<usize>| {
        let mut bytes = whole.clone();
        bytes[pages.start * 4096..pages.end * 4096].fill(0);
        bytes
    };
    let none = |what, database| (what, right.clone(), database, "");
    vec![
        none("nothing", vec![]),
        none("one byte", cut(1)),
        none("less than a page", cut(4095)),
        none("the first two pages", cut(2 * 4096)),
        none("half, at a page", cut(whole.len() / 8192 * 4096)),
        none("half, within a page", cut(whole.len() / 2 + 7)),
        none("all but the last page", cut(whole.len() - 4096)),
        none("text", b"404 page not found\n".repeat(1000)),
        none("zeros", vec![0; whole.len()]),
        none("no meta page", without(0..2)),
        none("no rows", without(2..whole.len() / 4096)),
        (
            "another entry",
            SnapshotMetadata { index: right.index + 1, ..right.clone() },
            whole.clone(),
            "the database is of entry",
        ),
        (
            "another term",
            SnapshotMetadata { term: right.term + 1, ..right.clone() },
            whole.clone(),
            "the database is of entry",
        ),
        (
            "other members",
            SnapshotMetadata { conf_state: ConfState { voters: vec![1], ..ConfState::default() }, ..right.clone() },
            whole.clone(),
            "the database has other members than its snapshot",
        ),
    ]
}

/// Whose snapshots were refused, by the lines that say so at this member.
fn refused(behind: &Behind) -> Vec<String> {
    let local = behind.member.handle.member_id().to_string();
    let lines = log::lines("failed to save incoming database snapshot").into_iter();
    let lines = lines.filter(|line| line["local-member-id"] == local.as_str());
    lines.map(|line| line["remote-snapshot-sender-id"].as_str().unwrap_or_default().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_does_not_check_out_leaves_nothing() {
    panics();
    log::start();
    let behind = Behind::start().await;
    let (address, from) = (behind.member.peer.clone(), behind.other.to_string());
    for (what, metadata, database, why) in wrong(&behind) {
        let before = refused(&behind).len();
        let (status, text) = behind.question(&metadata, &database).ask(&address).await.expect("an answer");
        assert_eq!(status, 500, "{what}: {text}");
        assert!(text.starts_with("failed to save KV snapshot (") && text.contains(why), "{what}: {text}");
        assert_eq!(refused(&behind)[before..], [from.as_str()], "{what}");
        behind.check().await;
    }
    // The connection breaks.
    let broken = Question { missing: 9, ..behind.question(&behind.metadata, &behind.database) };
    assert_ne!(broken.ask(&address).await.map(|(status, _)| status), Some(204));
    behind.check().await;
    assert!(behind.member.handle.status().raft_applied_index < behind.metadata.index);

    // And the one that all of these were made of.
    let whole = behind.question(&behind.metadata, &behind.database);
    assert_eq!(whole.ask(&address).await, Some((204, String::new())));
    until("the later state", || behind.member.handle.status().raft_applied_index == behind.metadata.index).await;
    behind.check().await;
    behind.member.stop().await;
}

/// The message says that the database is of an entry that the member has: whatever comes is read whole, and not kept.
#[tokio::test(flavor = "multi_thread")]
async fn databases_at_random_leave_nothing() {
    let mut rng = fastrand::Rng::with_seed(crate::support::seed("databases_at_random_leave_nothing"));
    panics();
    let behind = Behind::start().await;
    let metadata = SnapshotMetadata { index: 1, term: 1, ..behind.metadata.clone() };
    let mut rounds = crate::Rounds::new(60);
    while rounds.next() {
        let mut database = damaged(behind.database.clone(), &mut rng);
        if rng.bool() && database.len() > 8192 {
            // A page that should be somewhere else.
            let [from, to] = [0; 2].map(|_| rng.usize(0..database.len() / 4096) * 4096);
            database.copy_within(from..from + 4096, to);
        }
        let answer = behind.question(&metadata, &database).ask(&behind.member.peer).await;
        assert_eq!(answer.as_ref().map(|(status, _)| *status), Some(500), "{answer:?}");
        behind.check().await;
    }
    behind.member.stop().await;
}
