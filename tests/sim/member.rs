//! One life of the simulated member: the owners that run in production, joined by plain calls.

use etcd::{
    apply::{Outcome, Response, read},
    backend::Backend,
    clock::Now,
    disk::{Disk, mem::MemDisk},
    id::{IdGenerator, RequestId},
    lease::{Checkpoints, LeaseView, Lessor, Pace},
    mvcc::{CompactionStep, Compactor, Reader},
    pb::etcdserverpb::{InternalRaftRequest, RangeRequest, RequestHeader, ResponseHeader},
    server::{
        bootstrap::{FileConfig, bootstrap},
        config::Config,
        core::{Core, Input, Parts, SnapshotPolicy, Turn},
        quota::Quota,
    },
    wal::WalConfig,
    watch::Hub,
};
use parking_lot::Mutex;
use prost::Message;
use std::{path::PathBuf, sync::Arc, time::Duration};

/// A request waits under its number.
pub type SimTurn = Turn<u64, u64>;

/// Everything that a crash takes away.
pub struct Member {
    core: Core<u64, u64>,
    pub hub: Hub<Reader>,
    compactor: Compactor,
    pub backend: Backend,
    pub lessor: Arc<Mutex<Lessor>>,
    ids: Arc<IdGenerator>,
    pub reader: Reader,
    pub leases: LeaseView,
}

pub const WAL_DIR: &str = "/data/member/wal";

/// A configuration in which everything happens often: small segments, few entries between snapshots.
pub fn config(seed: u64) -> Config {
    let urls = vec!["http://127.0.0.1:2380".to_string()];
    Config {
        name: "sim".into(),
        data_dir: PathBuf::from("/data"),
        wal_dir: None,
        advertise_peer_urls: urls.clone(),
        advertise_client_urls: vec!["http://127.0.0.1:2379".into()],
        initial_cluster: vec![("sim".into(), urls)],
        cluster_token: "sim".into(),
        snapshot_entries: 60,
        catchup_entries: 20,
        wals_kept_max: 2,
        tick: Duration::from_millis(100),
        election_ticks: 10,
        pre_vote: true,
        tick_advance: true,
        flush_interval: Duration::from_millis(100),
        flush_rows: 100,
        compaction_batch: 16,
        compaction_pause: Duration::ZERO,
        watch_progress_interval: Duration::from_secs(600),
        txn_ops_max: 128,
        request_bytes_max: 1 << 20,
        concurrent_streams_max: u32::MAX,
        quota: Quota::new(0),
        auto_compaction: None,
        bootstrap_defrag_bytes: None,
        lease_checkpoints: Checkpoints::Off,
        fsync: true,
        seed,
    }
}

fn files() -> FileConfig {
    FileConfig { wal: WalConfig { segment_bytes: 16 << 10 }, ..FileConfig::default() }
}

impl Member {
    /// Opens what is on the disk, as production does.
    pub fn start(disk: &MemDisk, seed: u64, now: Now) -> Result<Self, String> {
        Self::start_with(disk, &config(seed), now)
    }

    /// The same, with settings of one's own.
    pub fn start_with(disk: &MemDisk, config: &Config, now: Now) -> Result<Self, String> {
        let door: Arc<dyn Disk> = Arc::new(disk.clone());
        let found = bootstrap::<u64, u64>(config, &files(), &door).map_err(|error| error.to_string())?;
        let ids = Arc::new(IdGenerator::new(found.identity.member_id, now.as_millis() as u64));
        let lessor = Arc::new(Mutex::new(Lessor::new(Pace::default(), config.lease_checkpoints)));
        let (reader, leases, compactor) = (found.machine.reader(), found.machine.leases(), found.machine.compactor());
        let backend = found.backend.clone();
        let mut core = Core::new(Parts {
            node: found.node,
            wal: found.wal,
            machine: found.machine,
            lessor: lessor.clone(),
            ids: ids.clone(),
            snapshot_index: found.snapshot_index,
            policy: SnapshotPolicy {
                entries: config.snapshot_entries,
                catchup_entries: config.catchup_entries,
                wals_kept_max: config.wals_kept_max,
            },
            lease_extension: config.election_timeout(),
            backend: backend.clone(),
            quota: config.quota,
        });
        core.campaign();
        let hub = Hub::new(reader.clone(), config.seed, config.watch_progress_interval);
        Ok(Self { core, hub, compactor, backend, lessor, ids, reader, leases })
    }

    /// Hands a request to the core.
    pub fn propose(&mut self, now: Now, number: u64, mut request: InternalRaftRequest) -> Result<(), String> {
        let id = self.ids.next();
        request.header = Some(RequestHeader { id, ..RequestHeader::default() });
        let data = request.encode_to_vec().into();
        self.input(now, Input::Propose { id: RequestId(id), data, waiter: Some(number) })
    }

    pub fn input(&mut self, now: Now, input: Input<u64, u64>) -> Result<(), String> {
        self.core.input(now, input).map_err(|error| error.to_string())
    }

    /// One turn of the core.
    pub fn turn(&mut self, now: Now) -> Result<SimTurn, String> {
        let mut turn = self.core.turn(now).map_err(|error| error.to_string())?;
        if let Some(job) = turn.segment.take() {
            self.input(now, Input::Segment(job.prepare(|| {})))?;
        }
        Ok(turn)
    }

    /// Moves what is staged into the file and lets the log go below it.
    pub fn flush(&mut self, now: Now) -> Result<(), String> {
        let (applied, _) = self.core.machine().applied();
        self.backend.flush().map_err(|error| error.to_string())?;
        self.input(now, Input::Flushed { applied })
    }

    /// One step of compaction; true when there is nothing left to do.
    pub fn compact(&mut self) -> Result<bool, String> {
        let step = self.compactor.step(16).map_err(|error| error.to_string())?;
        Ok(step == CompactionStep::Idle)
    }

    /// All that is live, read as a client reads it.
    pub fn read_all(&self) -> Result<(i64, Vec<etcd::pb::mvccpb::KeyValue>), String> {
        let all = b"\0".as_slice();
        let request = RangeRequest { key: all.into(), range_end: all.into(), ..RangeRequest::default() };
        let response = read::range(&self.reader, &request, ResponseHeader::default());
        let response = response.map_err(|error| format!("{error:?}"))?;
        Ok((etcd::mvcc::Ranges::revision(&self.reader), response.kvs))
    }
}

/// The revision that an outcome tells of, when the request was carried out.
pub fn revision_of(outcome: &Outcome) -> Option<i64> {
    match outcome {
        Outcome::Done(response) => header_of(response).map(|header| header.revision),
        Outcome::Refused(_) => None,
    }
}

fn header_of(response: &Response) -> Option<&ResponseHeader> {
    match response {
        Response::Range(response) => response.header.as_ref(),
        Response::Put(response) => response.header.as_ref(),
        Response::DeleteRange(response) => response.header.as_ref(),
        Response::Txn(response) => response.header.as_ref(),
        Response::Compact(response) => response.header.as_ref(),
        Response::LeaseGrant(response) => response.header.as_ref(),
        Response::LeaseRevoke(response) => response.header.as_ref(),
        Response::Alarm(response) => response.header.as_ref(),
        Response::Members(_) | Response::Empty => None,
    }
}
