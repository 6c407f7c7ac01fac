//! Three members in processes of their own are killed, stopped, paused, replaced and cut off from each other, under load.
//! Whatever clients saw must be linearizable, watches complete, and all members equal at the end.
//!
//! `CHAOS_ROUNDS` sets how many faults there are, `CHAOS_MINUTES` for how long there are some. With `ETCD_ORACLE` a real
//! etcd is put to the same test, alone and as one of three. `ETCD_PROGRAM` names another binary of ours, as one of the
//! release; `CHAOS_DIR` a folder where data and logs stay.

mod support;
mod chaos {
    pub mod cluster;
    pub mod faults;
    pub mod history;
    pub mod length;
    pub mod links;
    pub mod load;
    pub mod order;
}

use chaos::{
    cluster::{Cluster, PATIENCE},
    faults::Fault,
    history::{Changes, Counts, History},
    length::Length,
    load::{self, Piece, Shared},
};
use etcd::pb::etcdserverpb::{
    CompactionRequest, HashKvRequest, RangeRequest, kv_client::KvClient, maintenance_client::MaintenanceClient,
};
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use support::{member::Program, seed};
use tokio::sync::{mpsc, watch};
use tonic::transport::Channel;

const CLIENTS: u64 = 12;
/// Between two faults so many operations are answered.
const ANSWERS: u64 = 400;
/// A fault lasts until so many operations were answered at most,
const FAULT_ANSWERS: u64 = 6000;
/// or as long as this: with some there are no answers.
const FAULT_MAX: Duration = Duration::from_secs(5);
/// After so many faults all is compared, and what was compared before is compacted. Bounds what the test remembers.
const PIECE_FAULTS: usize = 20;

#[tokio::test(flavor = "multi_thread")]
async fn ours() {
    Trial::of("chaos of ours", vec![Program::ours(); 3]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_one() {
    let Some(oracle) = Program::oracle() else { return };
    Trial::of("chaos of a real etcd", vec![oracle.clone(); 3]).await;
    Trial::of("chaos of ours beside one real etcd", vec![Program::ours(), oracle, Program::ours()]).await;
}

/// A cluster, and what befell it.
struct Trial {
    cluster: Cluster,
    channels: Vec<Channel>,
    shared: Arc<Shared>,
    rng: fastrand::Rng,
    /// A name for the clients of each piece.
    seed: u64,
    pieces: watch::Sender<Piece>,
    watches: Vec<mpsc::Receiver<Changes>>,
    history: History,
    faults: BTreeMap<String, usize>,
}

impl Trial {
    async fn of(test: &str, programs: Vec<Program>) {
        let seed = seed(test);
        let length = Length::asked_for(6);
        let cluster = Cluster::start(test, &programs).await;
        let channels: Vec<Channel> = cluster.members.iter().map(|member| member.channel.clone()).collect();
        let (pieces, piece) = watch::channel(Piece::default());
        let watches = channels.iter().map(|channel| {
            let (over, changes) = mpsc::channel(1);
            tokio::spawn(load::follow_all(channel.clone(), piece.clone(), over));
            changes
        });
        let mut trial = Self {
            watches: watches.collect(),
            cluster,
            channels,
            shared: Shared::new(),
            rng: fastrand::Rng::with_seed(seed),
            seed,
            pieces,
            history: History::default(),
            faults: BTreeMap::new(),
        };
        let mut rounds = 0;
        let mut counts = Counts::default();
        while !length.is_over(rounds) {
            counts = trial.piece(&length, &mut rounds).await;
        }
        let snapshots = trial.cluster.snapshots();
        println!("{test}: {rounds} faults {:?}, {snapshots} snapshots taken, {counts:?}", trial.faults);
    }

    /// Faults under load, and then silence, in which all that was seen is compared.
    async fn piece(&mut self, length: &Length, rounds: &mut usize) -> Counts {
        let last = *self.pieces.borrow();
        let number = last.number + 1;
        self.shared.begin();
        let work = |client: u64| {
            let seed = self.seed ^ (client << 32) ^ (number << 48);
            tokio::spawn(load::work(self.shared.clone(), self.channels.clone(), seed))
        };
        let clients: Vec<_> = (0..CLIENTS).map(work).collect();
        self.shared.more(ANSWERS, PATIENCE).await.expect("a cluster without faults answers");
        for _ in 0..PIECE_FAULTS {
            if length.is_over(*rounds) {
                break;
            }
            self.round(*rounds).await;
            *rounds += 1;
        }
        self.shared.end();
        let mut operations = Vec::new();
        for client in clients {
            operations.extend(client.await.expect("a client ends"));
        }
        let end = settled(&self.channels).await;
        self.pieces.send_replace(Piece { number, end });
        let mut told = Vec::new();
        for watch in &mut self.watches {
            let changes = tokio::time::timeout(PATIENCE, watch.recv()).await.expect("a watch comes to the end");
            told.push(changes.expect("a watch goes on"));
        }
        assert!(told.windows(2).all(|pair| pair[0] == pair[1]), "members tell of different changes");
        equal_members(&self.channels, end).await;
        let counts = self.history.check(operations, &told[0]);
        println!("piece {number}: up to revision {end}, {counts:?}");
        compact(&self.channels, last.end).await;
        counts
    }

    async fn round(&mut self, round: usize) {
        let leader = self.cluster.leader().await;
        let fault = Fault::draw(&mut self.rng, &self.cluster, leader);
        let before = self.shared.answered();
        fault.begin(&mut self.cluster).await;
        // A fault that stops everything is over in the end.
        let _ = self.shared.more(self.rng.u64(1..FAULT_ANSWERS), FAULT_MAX).await;
        fault.end(&mut self.cluster).await;
        let during = self.shared.answered() - before;
        println!("round {round}: {fault:?}, {during} answers meanwhile");
        *self.faults.entry(fault.kind()).or_default() += 1;
        self.shared.more(ANSWERS, PATIENCE).await.unwrap_or_else(|| panic!("no progress after {fault:?}"));
    }
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

async fn equal_members(channels: &[Channel], revision: i64) {
    let mut hashes = Vec::new();
    for channel in channels {
        let mut client = MaintenanceClient::new(channel.clone());
        let response = client.hash_kv(HashKvRequest { revision }).await.expect("a member tells its hash");
        let response = response.into_inner();
        hashes.push((response.hash, response.compact_revision));
    }
    assert!(hashes.windows(2).all(|pair| pair[0] == pair[1]), "members differ at {revision}: {hashes:?}");
}

/// Everybody was told of all up to there.
async fn compact(channels: &[Channel], revision: i64) {
    let asked = async {
        loop {
            for channel in channels {
                match KvClient::new(channel.clone()).compact(CompactionRequest { revision, physical: false }).await {
                    Err(status) if !status.message().contains("has been compacted") => tokio::task::yield_now().await,
                    _ => return,
                }
            }
        }
    };
    tokio::time::timeout(PATIENCE, asked).await.expect("a cluster without faults compacts");
}
