//! From a data directory to the parts of a core: a new cluster of one, or the return of a member that was here
//! before, after a clean stop or a crash (reference 8.1).
//!
//! What must hold: nothing that was ever acknowledged is left out. The log decides what was promised; the
//! backend's consistent index says how much of it is already in the file.

pub use super::start_error::StartError;
use super::{alone::alone, config::Config, defragment, founders::Founders, messages, receiver::Receiver, request_id};
use crate::{
    apply::{Identity, Settings, StateMachine},
    backend::{Backend, BackendConfig, BackendError, Bucket, meta},
    clock::Stopwatch,
    disk::{Disk, PRIVATE_MODE},
    id::{ClusterId, MemberId},
    limits,
    pb::{
        etcdserverpb::Metadata,
        raftpb::{ConfState, HardState},
    },
    raft::{self, Node, Restored},
    snap,
    wal::{Position, Recovered, Wal, WalConfig},
};
use prost::Message;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

/// What a start found or made.
#[derive(Debug)]
pub struct Bootstrapped<P, R> {
    /// Who this is.
    pub identity: Identity,
    /// The raft state machine, standing where the log ends.
    pub node: Node<P, R>,
    /// The log, ready for more.
    pub wal: Wal,
    /// The state, standing at the backend's consistent index.
    pub machine: StateMachine,
    /// The file below the state.
    pub backend: Backend,
    /// Takes in what peers send in the place of it.
    pub receiver: Receiver,
    /// Index of the snapshot record that the log was read from.
    pub snapshot_index: u64,
    /// Was there data before?
    pub initialized: bool,
}

/// Settings of the files that differ between production and simulation.
#[derive(Clone, Debug, Default)]
pub struct FileConfig {
    /// For the log.
    pub wal: WalConfig,
    /// For the backend.
    pub backend: BackendConfig,
    /// For the state machine, to tell metrics how long entries take.
    pub stopwatch: Stopwatch,
}

impl FileConfig {
    /// The usual sizes, with metrics told by a clock how long everything takes.
    pub fn timed(stopwatch: Stopwatch) -> Self {
        Self {
            wal: WalConfig { stopwatch, ..WalConfig::default() },
            backend: BackendConfig { stopwatch, ..BackendConfig::default() },
            stopwatch,
        }
    }
}

/// Opens or makes everything, of a member that founds its cluster if it has not been here before.
pub fn bootstrap<P, R>(
    config: &Config,
    files: &FileConfig,
    disk: &Arc<dyn Disk>,
) -> Result<Bootstrapped<P, R>, StartError> {
    bootstrap_as(None, config, files, disk)
}

/// The same of a member that joins a cluster as somebody, if it has not been here before.
pub fn bootstrap_as<P, R>(
    joining: Option<Identity>,
    config: &Config,
    files: &FileConfig,
    disk: &Arc<dyn Disk>,
) -> Result<Bootstrapped<P, R>, StartError> {
    make_dirs(config, disk)?;
    let initialized = Wal::exists(disk.as_ref(), &config.wal_path());
    if !initialized && disk.exists(&config.backend_path()) {
        warn_of_lost_log(config);
    }
    let since = files.stopwatch.now();
    let backend = Backend::open(disk.clone(), &config.backend_path(), &files.backend)?;
    messages::opened_backend(&config.backend_path(), files.stopwatch.now().saturating_sub(since));
    let backend = if initialized { end_install(config, files, disk, backend)? } else { backend };
    for path in snap::clear(disk.as_ref(), &config.snap_dir())? {
        tracing::info!(path, "removed what a snapshot from a peer left behind");
    }
    messages::found_state(durable_index(&backend)?, initialized.then_some(&backend));
    if let Some(threshold) = config.bootstrap_defrag_bytes {
        defragment::at_start(&backend, &config.backend_path(), threshold, files.stopwatch)?;
    }
    // A founder that ends before its log has an entry founds its cluster when it comes back. Its identity tells: that of a
    // member that joined is not what follows from its settings.
    let (found, founders) = match (initialized, joining) {
        (true, _) => {
            let found = Found::open(config, files, disk, &backend)?;
            let founders = Founders::read(config).ok().filter(|founders| founders.identity == found.identity);
            (found, founders)
        }
        (false, Some(identity)) => (Found::create(config, files, disk, identity)?, None),
        (false, None) => {
            let founders = Founders::read(config)?;
            (Found::create(config, files, disk, founders.identity)?, Some(founders))
        }
    };
    found.start(config, (files, disk), founders.as_ref(), backend)
}

fn make_dirs(config: &Config, disk: &Arc<dyn Disk>) -> Result<(), StartError> {
    for dir in [config.snap_dir(), config.wal_path().parent().map(PathBuf::from).unwrap_or_default()] {
        if dir.as_os_str().is_empty() {
            continue;
        }
        disk.create_dir_all(&dir).map_err(|error| StartError::Disk { doing: "create the folder", path: dir, error })?;
    }
    let snap_dir = config.snap_dir();
    for dir in [Some(config.data_dir.as_path()), snap_dir.parent(), Some(snap_dir.as_path())].into_iter().flatten() {
        warn_of_others(disk.as_ref(), dir);
    }
    Ok(())
}

/// A folder that was there before may be open to others, who then read every secret that is stored (CVE-2020-15113). It is
/// somebody's choice, so it is told, in etcd's words.
fn warn_of_others(disk: &dyn Disk, dir: &Path) {
    let Ok(mode) = disk.mode(dir) else { return };
    if mode != PRIVATE_MODE {
        let error = format!(
            "directory {:?} exist, but the permission is \"d{}\". The recommended permission is \"-{}\" to prevent possible \
             unprivileged access to the data",
            dir.display().to_string(),
            letters(mode),
            letters(PRIVATE_MODE)
        );
        tracing::warn!(error, "check file permission");
    }
}

/// A mode as `ls` writes it.
fn letters(mode: u32) -> String {
    let bits = (0..9).rev().map(|bit| mode >> bit & 1 == 1);
    bits.zip("rwxrwxrwx".chars()).map(|(is_set, letter)| if is_set { letter } else { '-' }).collect()
}

/// A member that ended while it took over a leader's state has the record of it in its log, and the state beside its own.
fn end_install(
    config: &Config,
    files: &FileConfig,
    disk: &Arc<dyn Disk>,
    backend: Backend,
) -> Result<Backend, StartError> {
    let (dir, path) = (config.snap_dir(), config.backend_path());
    let images = snap::images(disk.as_ref(), &dir)?;
    if images.is_empty() {
        return Ok(backend);
    }
    let durable = durable_index(&backend)?;
    let records = Wal::snapshots(disk.as_ref(), &config.wal_path())?;
    let is_next = |index: &u64| *index > durable && images.contains(index);
    let Some(index) = records.into_iter().map(|record| record.index).filter(is_next).max() else { return Ok(backend) };
    backend.close()?;
    snap::put_in_place(disk.as_ref(), &dir, index, &path)?;
    tracing::info!("consistent-index" = durable, "snapshot-index" = index, "Recovering from snapshot backend");
    Ok(Backend::open(disk.clone(), &path, &files.backend)?)
}

fn warn_of_lost_log(config: &Config) {
    tracing::warn!(path = ?config.wal_path(), "the backend is there, but its log is not; starting as a new member");
}

/// A log with its contents and its owner.
struct Found {
    identity: Identity,
    wal: Wal,
    recovered: Recovered,
    from: Position,
    initialized: bool,
}

impl Found {
    fn create(
        config: &Config,
        files: &FileConfig,
        disk: &Arc<dyn Disk>,
        identity: Identity,
    ) -> Result<Self, StartError> {
        let Identity { cluster_id, member_id } = identity;
        messages::starting(identity);
        let metadata = Metadata { node_id: member_id.0, cluster_id: cluster_id.0 }.encode_to_vec();
        let wal = Wal::create(disk.clone(), &config.wal_path(), &metadata, &files.wal)?;
        let recovered = Recovered {
            metadata: metadata.into(),
            hard_state: HardState::default(),
            entries: vec![],
            snapshots: vec![],
            repaired: None,
        };
        Ok(Self { identity, wal, recovered, from: Position::default(), initialized: false })
    }

    fn open(config: &Config, files: &FileConfig, disk: &Arc<dyn Disk>, backend: &Backend) -> Result<Self, StartError> {
        let path = config.wal_path();
        let durable = durable_index(backend)?;
        // The newest record that the backend has caught up with: everything below it is in the file.
        let from = Wal::snapshots(disk.as_ref(), &path)?
            .into_iter()
            .map(|snapshot| Position { index: snapshot.index, term: snapshot.term })
            .filter(|position| position.index <= durable)
            .max_by_key(|position| position.index)
            .unwrap_or_default();
        let (wal, recovered) = Wal::open(disk.clone(), &path, from, &files.wal)?;
        let metadata = Metadata::decode(recovered.metadata.as_ref()).ok().filter(|metadata| metadata.node_id != 0);
        let metadata = metadata.ok_or(StartError::NoMetadata(path))?;
        let identity = Identity { cluster_id: ClusterId(metadata.cluster_id), member_id: MemberId(metadata.node_id) };
        if !config.force_new_cluster {
            messages::restarting(identity, recovered.hard_state.commit);
        }
        Ok(Self { identity, wal, recovered, from, initialized: true })
    }

    fn start<P, R>(
        mut self,
        config: &Config,
        (files, disk): (&FileConfig, &Arc<dyn Disk>),
        founders: Option<&Founders>,
        backend: Backend,
    ) -> Result<Bootstrapped<P, R>, StartError> {
        let settings =
            Settings { lease_ttl_min_s: config.lease_ttl_s_min(), learners_max: config.changes.learners_max };
        let machine = StateMachine::open(backend.clone(), self.identity, settings)?
            .timed(files.stopwatch, config.apply_warn_above);
        messages::restored(&machine);
        let (applied, applied_term) = machine.applied();
        let was_founded = self.from.index > 0 || !self.recovered.entries.is_empty() || applied > 0;
        if config.force_new_cluster && self.initialized {
            self.leave_alone(config, &machine)?;
        }
        // A crash before the first flush leaves the voters in the log only: the entries bring them back.
        let conf_state = match founders {
            Some(founders) if !was_founded => self.found(founders)?,
            _ => machine.conf_state().unwrap_or_default(),
        };
        let restored = self.restored((applied, applied_term), conf_state);
        let mut node = Node::new(node_config(config, self.identity.member_id, applied), restored)?;
        if let Some(durable) = machine.durable()? {
            node.offer_snapshot(durable.metadata);
        }
        let receiver = Receiver {
            disk: disk.clone(),
            dir: config.snap_dir(),
            backend: files.backend.clone(),
            identity: self.identity,
            settings,
        };
        Ok(Bootstrapped {
            identity: self.identity,
            receiver,
            node,
            wal: self.wal,
            machine,
            backend,
            snapshot_index: self.from.index,
            initialized: self.initialized,
        })
    }

    /// Writes the entries that found the cluster, and commits them at once: there is nobody to ask.
    fn found(&mut self, founders: &Founders) -> Result<ConfState, StartError> {
        let founders: Vec<_> = founders.members.iter().map(|member| (member.id, member.to_json().into())).collect();
        let (entries, hard_state, conf_state) = raft::bootstrap(&founders);
        self.wal.append(Some(&hard_state), &entries)?;
        self.wal.sync()?;
        self.recovered.entries = entries;
        self.recovered.hard_state = hard_state;
        Ok(conf_state)
    }

    /// Makes this member the only one.
    fn leave_alone(&mut self, config: &Config, machine: &StateMachine) -> Result<(), StartError> {
        let found = self.recovered.hard_state;
        let log = ((self.from.index, self.from.term), std::mem::take(&mut self.recovered.entries));
        let conf_state = machine.conf_state().unwrap_or_default();
        let applied = (&conf_state, machine.applied().0);
        let alone = alone(self.identity.member_id, &config.advertise_peer_urls, applied, log, found);
        let added = &alone.entries[alone.entries.len() - alone.added..];
        self.wal.append(Some(&alone.hard_state), added)?;
        self.wal.sync()?;
        messages::forcing(self.identity, found.commit, alone.hard_state.commit);
        (self.recovered.entries, self.recovered.hard_state) = (alone.entries, alone.hard_state);
        Ok(())
    }

    /// What raft goes on from; the last applied entry is given by index and term.
    fn restored(&mut self, (applied, applied_term): (u64, u64), conf_state: ConfState) -> Restored {
        let entries = std::mem::take(&mut self.recovered.entries);
        let last = entries.last().map_or(self.from.index, |entry| entry.index);
        let mut hard_state: HardState = self.recovered.hard_state;
        // A power loss may take the end of a group that was never acknowledged: the first entry of a term is there, and the
        // hard state behind it is not. So nobody was told of a vote in that term, and this member may still give one. What
        // is applied was synced whole: if its term is not known, the log is at fault, and the node refuses it.
        if let Some(last) = entries.last().filter(|last| last.term > hard_state.term && applied_term <= hard_state.term)
        {
            (hard_state.term, hard_state.vote) = (last.term, 0);
        }
        // A commit index is not synced by itself, so the backend may know of more commits than the log does.
        hard_state.commit = hard_state.commit.max(applied.min(last));
        Restored { hard_state, conf_state, entries, snapshot_index: self.from.index, snapshot_term: self.from.term }
    }
}

/// Index of the last entry whose effects are in the file.
fn durable_index(backend: &Backend) -> Result<u64, BackendError> {
    let row = backend.get(Bucket::Meta, meta::CONSISTENT_INDEX)?;
    let bytes = row.and_then(|row| <[u8; 8]>::try_from(row.as_ref()).ok());
    Ok(bytes.map_or(0, u64::from_be_bytes))
}

fn node_config(config: &Config, id: MemberId, applied: u64) -> raft::Config {
    raft::Config {
        id,
        election_ticks: config.election_ticks,
        heartbeat_ticks: 1,
        pre_vote: if config.pre_vote { raft::PreVote::On } else { raft::PreVote::Off },
        seed: config.seed,
        applied,
        read_retry_ticks: limits::READ_INDEX_RETRY.as_millis().div_ceil(config.tick.as_millis().max(1)) as usize,
        id_of: request_id::of_entry,
    }
}
