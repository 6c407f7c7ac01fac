//! One life of the simulated member: the owners that run in production, joined by plain calls.

use super::{history::Row, settings};
use etcd::{
    apply::{Answered, Identity, Image, Outcome, read},
    backend::{Backend, Bucket, meta},
    clock::Now,
    disk::{Disk, mem::MemDisk},
    id::{IdGenerator, RequestId},
    lease::{LeaseView, Lessor, Pace},
    membership::{Change, MembersView},
    mvcc::{CompactionStep, Compactor, Ranges, Reader},
    pb::{
        etcdserverpb::{InternalRaftRequest, RangeRequest, RequestHeader, ResponseHeader},
        raftpb::{ConfChange, ConfState, Entry, Message},
    },
    server::{
        bootstrap::{FileConfig, bootstrap_as},
        config::Config,
        core::{Core, Input, NoPeers, Outbox, Parts, SnapshotPolicy, Turn},
        receiver::Receiver,
    },
    wal::WalConfig,
    watch::{Bound, Hub, Limits},
};
use parking_lot::Mutex;
use prost::Message as _;
use std::{path::Path, sync::Arc, time::Duration};

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
    receiver: Receiver,
    pub reader: Reader,
    pub leases: LeaseView,
}

pub const WAL_DIR: &str = "/data/member/wal";

/// A configuration in which everything happens often: small segments, few entries between snapshots. How small and how
/// few differs from seed to seed.
pub fn config(seed: u64) -> Config {
    let urls = vec!["http://127.0.0.1:2380".to_string()];
    Config {
        name: "sim".into(),
        advertise_peer_urls: urls.clone(),
        initial_cluster: vec![("sim".into(), urls)],
        cluster_token: "sim".into(),
        snapshot_entries: pick(seed, [60, 10, 150]),
        catchup_entries: 20,
        wals_kept_max: pick(seed / 3, [2, 1]),
        flush_rows: 100,
        compaction_batch: 16,
        fsync: true,
        seed,
        data_dir: "/data".into(),
        apply_warn_above: Duration::MAX,
        request_warn_above: Duration::MAX,
        trace_above: Duration::MAX,
        compaction_pause: Duration::ZERO,
        ..settings::alone(Path::new("/"))
    }
}

/// The size of segments is the same in all lives of a member: what a start takes for closed depends on it.
fn files(seed: u64) -> FileConfig {
    let seed = seed % (1 << 32);
    FileConfig {
        wal: WalConfig { segment_bytes: pick(seed / 6, [16 << 10, 4 << 10]), ..WalConfig::default() },
        ..FileConfig::default()
    }
}

/// Bounds of the hub: usual ones, under which the past is read at one go, or ones that make it come in many parts.
fn watch_limits(seed: u64) -> Limits {
    let small = |revisions| Bound { revisions, bytes: 1 << 20 };
    let tight = Limits { recent: small(6), chunk: small(3), round_cohorts: 2, turn_rounds: 2, ..Limits::default() };
    pick(seed, [tight, Limits { recent: small(30), ..tight }, Limits::default()])
}

fn pick<T: Copy, const N: usize>(seed: u64, from: [T; N]) -> T {
    from[(seed % N as u64) as usize]
}

impl Member {
    /// Opens what is on the disk, as production does.
    pub fn start(disk: &MemDisk, seed: u64, now: Now) -> Result<Self, String> {
        Self::start_with(disk, &config(seed), now)
    }

    /// The same, with settings of one's own.
    pub fn start_with(disk: &MemDisk, config: &Config, now: Now) -> Result<Self, String> {
        Self::start_among(disk, config, now, Box::new(NoPeers))
    }

    /// The same, with a way to its peers.
    pub fn start_among(disk: &MemDisk, config: &Config, now: Now, outbox: Box<dyn Outbox>) -> Result<Self, String> {
        Self::start_as(None, disk, config, now, outbox)
    }

    /// The same, of a member that joined as somebody.
    pub fn start_as(
        joining: Option<Identity>,
        disk: &MemDisk,
        config: &Config,
        now: Now,
        outbox: Box<dyn Outbox>,
    ) -> Result<Self, String> {
        let door: Arc<dyn Disk> = Arc::new(disk.clone());
        let found = bootstrap_as::<u64, u64>(joining, config, &files(config.seed), &door);
        let found = found.map_err(|error| error.to_string())?;
        let ids = Arc::new(IdGenerator::new(found.identity.member_id, now.as_millis() as u64));
        let lessor = Arc::new(Mutex::new(Lessor::new(Pace::default(), config.lease_checkpoints)));
        let (reader, leases, compactor) = (found.machine.reader(), found.machine.leases(), found.machine.compactor());
        let (backend, receiver) = (found.backend.clone(), found.receiver);
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
            outbox,
            progress: Arc::default(),
        });
        if config.initial_cluster.len() == 1 {
            core.campaign();
        }
        let hub =
            Hub::with_limits(reader.clone(), config.seed, config.watch_progress_interval, watch_limits(config.seed));
        Ok(Self { core, hub, compactor, backend, lessor, ids, receiver, reader, leases })
    }

    /// Hands a request to the core.
    pub fn propose(&mut self, now: Now, number: u64, request: InternalRaftRequest) -> Result<(), String> {
        let (_, input) = self.proposal(number, request);
        self.input(now, input)
    }

    /// A request on its way to the core, and the id that it has in the log.
    pub fn proposal(&self, number: u64, mut request: InternalRaftRequest) -> (u64, Input<u64, u64>) {
        let id = self.ids.next();
        request.header = Some(RequestHeader { id, ..RequestHeader::default() });
        let data = request.encode_to_vec().into();
        (id, Input::Propose { id: RequestId(id), data, waiter: Some(number) })
    }

    /// The same of a change of the membership.
    pub fn change(&self, number: u64, change: &Change) -> (u64, Input<u64, u64>) {
        let id = self.ids.next();
        let change = ConfChange { id, ..change.to_conf_change() };
        (id, Input::ProposeChange { id: RequestId(id), change, waiter: Some(number) })
    }

    pub fn input(&mut self, now: Now, input: Input<u64, u64>) -> Result<(), String> {
        self.core.input(now, input).map_err(|error| error.to_string())
    }

    /// Stands for election.
    pub fn campaign(&mut self) {
        self.core.campaign();
    }

    /// Hands a change of the membership to the core. Nobody waits for it.
    pub fn propose_change(&mut self, now: Now, change: &Change) -> Result<(), String> {
        let id = self.ids.next();
        let change = ConfChange { id, ..change.to_conf_change() };
        self.input(now, Input::ProposeChange { id: RequestId(id), change, waiter: None })
    }

    /// Takes in what a peer sends behind a snapshot's message, in pieces, as production does beside the core.
    pub fn receive(&self, message: &Message, bytes: &[u8]) -> Result<Image, String> {
        let mut incoming = self.receiver.begin(message).map_err(|error| error.to_string())?;
        for piece in bytes.chunks(10_000) {
            if let Err(error) = incoming.write(piece) {
                incoming.abandon();
                return Err(error.to_string());
            }
        }
        self.receiver.finish(message, incoming).map_err(|error| error.to_string())
    }

    /// All that is replicated, as it stands at the last applied entry.
    pub fn replicated(&self) -> String {
        let machine = self.core.machine();
        let (revision, kvs) = self.read_all().expect("reads do not fail");
        let compacted = self.reader.compact_revision();
        let leases: Vec<_> =
            self.leases.all().into_iter().map(|(id, terms)| (id, terms, self.leases.keys(id))).collect();
        let alarms: Vec<_> = machine.alarms().list(0);
        let rows = |bucket| self.backend.range(bucket, &[], None, usize::MAX).expect("a sound disk");
        let users = [Bucket::Auth, Bucket::AuthUsers, Bucket::AuthRoles].map(rows);
        let auth = (machine.auth().is_enabled(), machine.auth().revision(), users);
        let (members, version) = (machine.members().list(), machine.members().version());
        format!(
            "revision {revision}, compacted {compacted}\nkeys {kvs:?}\nleases {leases:?}\nalarms {alarms:?}\nusers {auth:?}\n\
             members {members:?}\nversion {version:?}\nvoters {:?}",
            machine.conf_state(),
        )
    }

    /// All rows of the file and of what is staged, but for those that tell how far it is.
    pub fn all_rows(&self) -> Vec<(Bucket, Row)> {
        let of = |bucket| {
            let rows = self.backend.range(bucket, &[], None, usize::MAX).expect("a sound disk");
            rows.into_iter().map(move |(key, row)| (bucket, (key.to_vec(), row.to_vec())))
        };
        Bucket::ALL.into_iter().flat_map(of).collect()
    }

    /// Members for whom an alarm is raised.
    pub fn alarms(&self) -> Vec<u64> {
        self.core.machine().alarms().list(0).iter().map(|alarm| alarm.member_id).collect()
    }

    /// The members, as they stand here.
    pub fn members(&self) -> MembersView {
        self.core.machine().members()
    }

    /// Voters and learners, as of the last applied entry.
    pub fn conf_state(&self) -> ConfState {
        self.core.machine().conf_state().unwrap_or_default()
    }

    /// Who this is.
    pub fn identity(&self) -> Identity {
        self.core.machine().identity()
    }

    /// The last entry that was applied.
    pub fn applied(&self) -> u64 {
        self.core.machine().applied().0
    }

    /// An entry of its log that is not compacted.
    pub fn entry(&self, index: u64) -> Option<&Entry> {
        self.core.entry(index)
    }

    /// The term of an entry that is not compacted, or of the last one that is.
    pub fn term_of(&self, index: u64) -> Option<u64> {
        self.core.term_of(index)
    }

    /// One turn of the core.
    pub fn turn(&mut self, now: Now) -> Result<SimTurn, String> {
        let mut turn = self.core.turn(now).map_err(|error| error.to_string())?;
        if let Some(job) = turn.segment.take() {
            self.input(now, Input::Segment(job.prepare(|| {})))?;
        }
        if let Some(job) = turn.purge.take() {
            // What it could not remove is in nobody's way.
            let _ = job.run(|| {});
        }
        Ok(turn)
    }

    /// Moves what is staged into the file and lets the log go below it.
    pub fn flush(&mut self, now: Now) -> Result<(), String> {
        let (applied, _) = self.core.machine().applied();
        self.backend.flush().map_err(|error| error.to_string())?;
        self.input(now, Input::Flushed { applied })
    }

    /// Ends as at SIGTERM: everything is closed in order.
    pub fn close(self) -> Result<(), String> {
        self.core.close().map_err(|error| error.to_string())?;
        self.backend.close().map_err(|error| error.to_string())
    }

    /// Raft's term.
    pub fn term(&self) -> u64 {
        self.status().term
    }

    /// Where raft stands.
    pub fn status(&self) -> etcd::raft::Status {
        self.core.status()
    }

    /// All rows of the key-value history, staged or in the file.
    pub fn rows(&self) -> Result<Vec<Row>, String> {
        let rows = self.backend.range(Bucket::Key, &[], None, usize::MAX).map_err(|error| error.to_string())?;
        Ok(rows.into_iter().map(|(key, row)| (key.to_vec(), row.to_vec())).collect())
    }

    /// HashKV at a revision. Flushes.
    pub fn hash_kv(&self, at: i64) -> Result<u32, String> {
        self.reader.hash_kv(at).map(|hash| hash.hash).map_err(|error| format!("{error:?}"))
    }

    /// The revisions of the last compaction that was scheduled and of the last that was finished.
    pub fn compactions(&self) -> Result<[Option<i64>; 2], String> {
        let read = |key: &[u8]| {
            let row = self.backend.get(Bucket::Meta, key).map_err(|error| error.to_string())?;
            let main = row.and_then(|row| row.first_chunk().copied());
            Ok::<_, String>(main.map(i64::from_be_bytes))
        };
        Ok([read(meta::SCHEDULED_COMPACT)?, read(meta::FINISHED_COMPACT)?])
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
pub fn revision_of(answered: &Answered) -> Option<i64> {
    match &answered.outcome {
        Outcome::Done(response) => response.header().map(|header| header.revision),
        Outcome::Refused(_) => None,
    }
}
