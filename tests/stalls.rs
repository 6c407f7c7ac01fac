//! Disks that do not answer: what becomes of the leadership, of clients and of memory, and what is told of it.
//!
//! One member runs within this process, over a disk of our own; the others are processes.

#[path = "stalls/disk.rs"]
mod disk;
#[path = "metrics/page.rs"]
#[allow(dead_code, reason = "not all of it is looked at here")]
mod page;
#[path = "members/process.rs"]
#[allow(dead_code, reason = "not all that members do is done here")]
mod process;
mod support;

use disk::Gate;
use etcd::{
    id::LeaseId,
    limits::{APPLY_GAP, STAGED_BYTES},
    pb::etcdserverpb::{
        LeaseGrantRequest, MoveLeaderRequest, PutRequest, RangeRequest, kv_client::KvClient,
        maintenance_client::MaintenanceClient,
    },
    server::{Failure, Handle, Unavailable},
};
use page::samples;
use process::{Process, Together, WAIT_MAX};
use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};
use support::{
    inside::{Inside, Place},
    log,
    member::Program,
};
use tokio::{sync::Mutex, task::JoinSet};
use tonic::{Code, transport::Endpoint};

/// Held while a member runs in this process, whose metrics are those of one member.
static ALONE: Mutex<()> = Mutex::const_new(());

/// The lines about a folder with that message.
fn lines(folder: &Path, message: &str) -> Vec<serde_json::Value> {
    let is_of_it =
        |line: &serde_json::Value| line["path"].as_str().is_some_and(|path| Path::new(path).starts_with(folder));
    log::lines(message).into_iter().filter(is_of_it).collect()
}

/// Waits until that is so.
async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + WAIT_MAX;
    while !holds() {
        assert!(Instant::now() < deadline, "{what} does not come about");
        tokio::task::yield_now().await;
    }
}

fn put(key: &str, value: impl Into<Vec<u8>>) -> PutRequest {
    PutRequest { key: key.to_owned().into(), value: value.into().into(), ..Default::default() }
}

async fn value(handle: &Handle, key: &str) -> Option<Vec<u8>> {
    let range = RangeRequest { key: key.to_owned().into(), ..Default::default() };
    let answer = handle.range(range).await.expect("it reads");
    answer.kvs.first().map(|kv| kv.value.to_vec())
}

const STALLED: &str = "disk does not answer";
const OVER: &str = "disk answers again";

/// Three founders, of which one is within this process, and leads.
async fn three() -> (Inside, Gate, Together) {
    log::start();
    let place = Place::take("held").await;
    let ours = Program::ours();
    let mut others = Together { members: ["m1", "m2"].map(|name| Process::new(name, &ours, &[])).into() };
    let entry = |name: &str, url: String| (name.to_owned(), vec![url]);
    let mut founders: Vec<_> = others.members.iter().map(|member| entry(&member.name, member.peer_url())).collect();
    founders.push(place.founder());
    let texts: Vec<String> = founders.iter().map(|(name, urls)| format!("{name}={}", urls[0])).collect();
    others.members.iter_mut().for_each(|member| member.spawn(&texts.join(","), "new"));
    let (gate, config) = (Gate::default(), place.config(&founders));
    let held = place.start(gate.disk(), config).await.expect("a member");
    held.ready().await;
    others.members.iter_mut().for_each(Process::until_ready);
    let deadline = Instant::now() + WAIT_MAX;
    while !held.handle.is_leader() {
        assert!(Instant::now() < deadline, "it does not lead");
        for member in &others.members {
            let order = MoveLeaderRequest { target_id: held.handle.member_id().0 };
            // Only the leader can, and only when it is one.
            let _ = MaintenanceClient::new(member.channel()).move_leader(order).await;
        }
    }
    (held, gate, others)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leader_whose_log_stands_leads_no_more() {
    let _alone = ALONE.lock().await;
    let (held, gate, others) = three().await;
    let handle = held.handle.clone();
    handle.propose(put("before", "1")).await.expect("it writes");
    let lease = handle.lease_grant(LeaseGrantRequest { ttl: 1000, id: 0 }).await.expect("a lease").id;
    handle.lease_renew_here(LeaseId(lease)).await.expect("the leader prolongs it");
    let term = handle.status().raft_term;

    gate.close("wal");
    let under_way = tokio::spawn({
        let handle = handle.clone();
        async move { handle.propose(put("under way", "1")).await.is_ok() }
    });
    until("the stall", || gate.holds()).await;
    let asked = handle.now();
    let leader = &others.members[others.leader(&[0, 1]).await];
    for member in &others.members {
        member.put("meanwhile", &member.name).await;
    }
    // Its clients see it too, though it has heard nothing of that.
    until("the line", || !lines(held.dir.path(), STALLED).is_empty()).await;
    until("the loss of the leader", || !handle.has_leader()).await;
    assert_eq!(page::get(&held.client, "/health").await, "{\"health\":\"false\",\"reason\":\"RAFT NO LEADER\"}\n");
    let renewed = handle.lease_renew_here(LeaseId(lease)).await;
    assert_eq!(renewed, Err(Failure::Unavailable(Unavailable::NotLeader)));
    let counted = samples(&page::get(&held.client, "/metrics").await);
    assert!(counted["etcdrs_disk_stalls_total"] >= 1.0 && counted["etcd_server_has_leader"] == 0.0);
    assert!(counted["etcdrs_disk_stalled_seconds"] >= 1.0);
    // A write that comes meanwhile is not carried out late, once its client was told that it took too long.
    let late = handle.propose(put("late", "1"));
    assert_eq!(late.await, Err(Failure::Unavailable(Unavailable::TimedOut)), "{:?}", handle.now() - asked);
    let said = lines(held.dir.path(), STALLED);
    assert_eq!((said.len(), said[0]["operation"].as_str()), (1, Some("fdatasync")), "{said:?}");
    assert!(said[0]["consequence"].as_str().expect("a text").contains("does not lead"), "{said:?}");
    assert!(lines(held.dir.path(), OVER).is_empty());

    gate.open();
    until("a leader", || handle.has_leader()).await;
    let id = leader.id().await;
    until("the end of its leadership", || handle.status().leader == id).await;
    assert!(handle.status().raft_term > term);
    until("the line of the end", || !lines(held.dir.path(), OVER).is_empty()).await;
    assert_eq!(value(&handle, "meanwhile").await.as_deref(), Some(&b"m2"[..]));
    assert_eq!(value(&handle, "late").await, None);
    // It was sent before the disk was asked, and is in the log of the others.
    let _ = under_way.await.expect("it was answered");
    assert_eq!(value(&handle, "under way").await.as_deref(), Some(&b"1"[..]));
    handle.propose(put("after", "1")).await.expect("it writes");
    handle.lease_renew(LeaseId(lease)).await.expect("the new leader prolongs it");
    let revision = handle.header().revision;
    for member in &others.members {
        assert_eq!(member.get("after").await.as_deref(), Some("1"));
        let theirs = member.hash_kv(revision).await.expect("a hash");
        assert_eq!(handle.reader().hash_kv(revision).expect("a hash").hash, theirs.hash);
    }
    held.stop().await;
}

/// Bytes of a value.
const VALUE: usize = 1 << 20;
/// Values that are written one after the other, and values that are then asked to be written at once: together more than may
/// wait for the file.
const VALUES: [usize; 2] = [40, 60];

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_a_file_that_stands_is_bounded() {
    let _alone = ALONE.lock().await;
    log::start();
    let place = Place::take("held").await;
    let (gate, config) = (Gate::default(), place.config(&[place.founder()]));
    let held = place.start(gate.disk(), config).await.expect("a member");
    held.ready().await;
    let handle = held.handle.clone();
    handle.propose(put("before", "1")).await.expect("it writes");
    gate.close("snap");
    // The log holds what the file does not, and that is enough for an answer.
    until("the line", || !lines(held.dir.path(), STALLED).is_empty()).await;
    handle.propose(put("meanwhile", "1")).await.expect("it writes");
    assert_eq!(value(&handle, "meanwhile").await.as_deref(), Some(&b"1"[..]));
    assert!(handle.is_leader());
    let said = lines(held.dir.path(), STALLED);
    assert!(said[0]["consequence"].as_str().expect("a text").contains("goes on"), "{said:?}");
    assert!(said[0]["path"].as_str().expect("a path").ends_with("member/snap/db"), "{said:?}");

    let answered = Arc::new(AtomicUsize::new(0));
    let mut asked = JoinSet::new();
    for number in 0..VALUES[0] {
        handle.propose(put(&format!("early {number}"), vec![b'x'; VALUE])).await.expect("it writes");
    }
    assert!(handle.is_leader());
    for number in 0..VALUES[1] {
        let (handle, answered) = (handle.clone(), answered.clone());
        asked.spawn(async move {
            let key = format!("large {number}");
            let done = handle.propose(put(&key, vec![b'x'; VALUE])).await;
            answered.fetch_add(done.is_ok().into(), Ordering::Relaxed);
            (key, done)
        });
    }
    // From here on the member waits, and says yes to nobody.
    until("the wait", || !handle.has_leader()).await;
    let most = STAGED_BYTES / VALUE + 10 - VALUES[0];
    assert!((1..=most).contains(&answered.load(Ordering::Relaxed)), "{answered:?} of {VALUE} bytes are in memory");
    gate.open();
    while let Some(done) = asked.join_next().await {
        let (key, done) = done.expect("no panic");
        done.expect("it is written as soon as the file is");
        assert_eq!(value(&handle, &key).await.map(|value| value.len()), Some(VALUE));
    }
    until("the leadership", || handle.is_leader()).await;
    until("the line of the end", || !lines(held.dir.path(), OVER).is_empty()).await;
    held.stop().await;
}

/// Entries of a mebibyte, of which not all may wait for the file, and entries behind them, of which not all may wait for those.
const BEHIND: [usize; 2] = [70, 6000];
/// So many are asked for at once, so that few messages carry them.
const AT_ONCE: usize = 1000;

#[tokio::test(flavor = "multi_thread")]
async fn who_is_far_behind_takes_no_requests() {
    let _alone = ALONE.lock().await;
    let (held, gate, others) = three().await;
    let handle = held.handle.clone();
    let target_id = others.members[0].id().await;
    let away = MoveLeaderRequest { target_id };
    let channel = Endpoint::from_shared(format!("http://{}", held.client)).expect("an address").connect_lazy();
    MaintenanceClient::new(channel.clone()).move_leader(away).await.expect("it moves");
    until("the new leader", || handle.status().leader == target_id).await;
    gate.close("wal");
    let leader = KvClient::new(others.members[0].channel());
    let mut asked = JoinSet::new();
    for number in 0..BEHIND.iter().sum() {
        let mut leader = leader.clone();
        let value = if number < BEHIND[0] { vec![b'x'; VALUE] } else { vec![] };
        asked.spawn(async move { leader.put(put("k", value)).await });
        let at_once = if number < BEHIND[0] { 1 } else { AT_ONCE };
        while asked.len() >= at_once {
            asked.join_next().await.expect("there are some").expect("no panic").expect("a majority writes");
        }
    }
    while let Some(done) = asked.join_next().await {
        done.expect("no panic").expect("a majority writes");
    }
    // Now it learns of all that, and cannot keep up.
    gate.close("snap");
    let gap = |handle: &Handle| {
        let status = handle.status();
        status.raft_index - status.raft_applied_index
    };
    until("the gap", || gap(&handle) > APPLY_GAP).await;
    let refused = KvClient::new(channel).put(put("refused", "1")).await.expect_err("it is too far behind");
    assert_eq!((refused.code(), refused.message()), (Code::Unknown, "etcdserver: too many requests"));
    assert_eq!(
        handle.lease_grant(LeaseGrantRequest { ttl: 9, id: 0 }).await.map(drop),
        Err(Failure::Unavailable(Unavailable::TooManyRequests))
    );
    gate.open();
    until("the end of the gap", || gap(&handle) == 0).await;
    handle.propose(put("k", "taken")).await.expect("it has caught up");
    assert_eq!(others.members[1].get("k").await.as_deref(), Some("taken"));
    assert_eq!(others.members[1].get("refused").await, None);
    held.stop().await;
}
