//! Three members in processes of their own are killed, paused and cut off from each other, under load. Whatever clients
//! saw must be linearizable, watches complete, and all members equal at the end.
//!
//! `CHAOS_ROUNDS` sets how many faults there are. With `ETCD_ORACLE` a real etcd is put to the same test, alone and as
//! one of three.

mod support;
mod chaos {
    pub mod cluster;
    pub mod faults;
    pub mod history;
    pub mod links;
    pub mod load;
}

use chaos::{
    cluster::{Cluster, PATIENCE},
    faults::Fault,
    history::{self, Changes},
    load::{self, Shared},
};
use etcd::pb::etcdserverpb::{HashKvRequest, RangeRequest, kv_client::KvClient, maintenance_client::MaintenanceClient};
use std::time::Duration;
use support::{count, member::Program, seed};
use tonic::transport::Channel;

const CLIENTS: u64 = 12;
/// Between two faults so many operations are answered.
const ANSWERS: u64 = 400;
/// A fault lasts until so many operations were answered at most,
const FAULT_ANSWERS: u64 = 6000;
/// or as long as this: with some there are no answers.
const FAULT_MAX: Duration = Duration::from_secs(5);

#[tokio::test(flavor = "multi_thread")]
async fn ours() {
    survive("chaos of ours", vec![Program::ours(); 3]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_one() {
    let Some(oracle) = Program::oracle() else { return };
    survive("chaos of a real etcd", vec![oracle.clone(); 3]).await;
    survive("chaos of ours beside one real etcd", vec![Program::ours(), oracle, Program::ours()]).await;
}

async fn survive(test: &str, programs: Vec<Program>) {
    let seed = seed(test);
    let mut rng = fastrand::Rng::with_seed(seed);
    let rounds = count("CHAOS_ROUNDS", 6);
    let mut cluster = Cluster::start(&programs).await;
    let channels: Vec<Channel> = cluster.members.iter().map(|member| member.channel.clone()).collect();
    let shared = Shared::new();
    let (last, until) = tokio::sync::watch::channel(None);
    let watches: Vec<_> =
        channels.iter().map(|channel| tokio::spawn(load::follow_all(channel.clone(), until.clone()))).collect();
    let clients: Vec<_> = (0..CLIENTS)
        .map(|client| tokio::spawn(load::work(shared.clone(), channels.clone(), seed ^ (client << 32))))
        .collect();
    shared.more(ANSWERS, PATIENCE).await.expect("a cluster that was just started answers");
    for round in 0..rounds {
        let fault = Fault::draw(&mut rng, programs.len(), cluster.leader().await);
        let before = shared.answered();
        fault.begin(&mut cluster);
        // A fault that stops everything is over in the end.
        let _ = shared.more(rng.u64(1..FAULT_ANSWERS), FAULT_MAX).await;
        fault.end(&mut cluster);
        let during = shared.answered() - before;
        println!("round {round}: {fault:?}, {during} answers meanwhile");
        shared.more(ANSWERS, PATIENCE).await.unwrap_or_else(|| panic!("no progress after {fault:?}"));
    }
    shared.end();
    let mut operations = Vec::new();
    for client in clients {
        operations.extend(client.await.expect("a client ends"));
    }
    let revision = settled(&channels).await;
    last.send_replace(Some(revision));
    let mut told = Vec::new();
    for watch in watches {
        told.push(
            tokio::time::timeout(PATIENCE, watch).await.expect("a watch comes to its end").expect("a watch ends"),
        );
    }
    equal_members(&channels, revision, &told).await;
    let checked = history::check(&operations, &told[0]);
    println!("{test}: {rounds} faults, {checked} operations, {} changes", told[0].len());
}

/// The revision at which everything stands still, once every member has come to it.
async fn settled(channels: &[Channel]) -> i64 {
    let mut revision = 0;
    for channel in channels {
        let asked = async {
            loop {
                let request = RangeRequest { key: "key-".into(), ..Default::default() };
                match KvClient::new(channel.clone()).range(request).await {
                    Ok(response) => return response.into_inner().header.unwrap_or_default().revision,
                    Err(_) => tokio::task::yield_now().await,
                }
            }
        };
        let found = tokio::time::timeout(PATIENCE, asked).await.expect("every member answers in the end");
        revision = revision.max(found);
    }
    revision
}

async fn equal_members(channels: &[Channel], revision: i64, told: &[Changes]) {
    let mut hashes = Vec::new();
    for channel in channels {
        let mut client = MaintenanceClient::new(channel.clone());
        let response = client.hash_kv(HashKvRequest { revision }).await.expect("a member tells its hash");
        let response = response.into_inner();
        hashes.push((response.hash, response.compact_revision));
    }
    assert!(hashes.windows(2).all(|pair| pair[0] == pair[1]), "members differ at {revision}: {hashes:?}");
    assert_eq!(told[0].keys().next_back(), Some(&revision), "the last change is told of");
    assert!(told.windows(2).all(|pair| pair[0] == pair[1]), "members tell of different changes");
}
