//! What a member is told at its start: checked values, each with its unit. How they are typed is `cmd`'s matter.

use super::{auth::Users, auto_compaction::AutoCompaction, quota::Quota};
use crate::{lease::Checkpoints, tls::ClientTls};
use std::{path::PathBuf, time::Duration};

/// A checked configuration.
#[derive(Clone, Debug)]
pub struct Config {
    /// Name for people.
    pub name: String,
    /// Where everything is kept.
    pub data_dir: PathBuf,
    /// Where the log is kept, when not below `data_dir`.
    pub wal_dir: Option<PathBuf>,
    /// URLs that other members reach this one by.
    pub advertise_peer_urls: Vec<String>,
    /// URLs that clients reach this member by.
    pub advertise_client_urls: Vec<String>,
    /// Name and peer URLs of every founder.
    pub initial_cluster: Vec<(String, Vec<String>)>,
    /// Is the cluster there already?
    pub initial_state: InitialState,
    /// Keeps clusters with equal URLs apart.
    pub cluster_token: String,
    /// Make a cluster of this member alone out of what it has.
    pub force_new_cluster: bool,
    /// Entries between two snapshot records.
    pub snapshot_entries: u64,
    /// Entries kept in memory behind a snapshot.
    pub catchup_entries: u64,
    /// Segments of the log to keep; zero keeps all.
    pub wals_kept_max: usize,
    /// Time between two ticks of raft.
    pub tick: Duration,
    /// Ticks without a leader before an election.
    pub election_ticks: usize,
    /// Ask before holding an election.
    pub pre_vote: bool,
    /// Campaign at once when there is nobody else to vote.
    pub tick_advance: bool,
    /// What is asked of changes of the membership.
    pub changes: Changes,
    /// A stream between members that is silent for so long is broken.
    pub peer_read_timeout: Duration,
    /// A connection between members that takes nothing for so long is broken.
    pub peer_write_timeout: Duration,
    /// How TLS is spoken with other members, where their URLs ask for it.
    pub peer_tls: ClientTls,
    /// Longest time that a change stays in memory only (the log has it on disk).
    pub flush_interval: Duration,
    /// Changes in memory that set off a flush before that.
    pub flush_rows: usize,
    /// Revisions deleted in a step of compaction, and the pause behind it.
    pub compaction_batch: usize,
    /// Pause between two steps of compaction.
    pub compaction_pause: Duration,
    /// Time between two progress notifications of a watch.
    pub watch_progress_interval: Duration,
    /// Time to apply a request, or to read, that is worth a warning.
    pub apply_warn_above: Duration,
    /// Time that a unary request may take before it is told of.
    pub request_warn_above: Duration,
    /// Time that a request may take before the log tells of its steps: etcd's is [`SLOW`](super::SLOW), and no setting.
    pub trace_above: Duration,
    /// Operations in a transaction.
    pub txn_ops_max: usize,
    /// Bytes of a request.
    pub request_bytes_max: usize,
    /// Streams on a connection.
    pub concurrent_streams_max: u32,
    /// Size of the backend that operators allow.
    pub quota: Quota,
    /// Old history that is dropped without being asked to.
    pub auto_compaction: Option<AutoCompaction>,
    /// Free bytes in the backend from which on it is defragmented at start; none: never.
    pub bootstrap_defrag_bytes: Option<u64>,
    /// Is it written down from time to time what is left of long leases?
    pub lease_checkpoints: Checkpoints,
    /// What it does on its own to find out whether something is wrong.
    pub checks: Checks,
    /// How users are known.
    pub users: Users,
    /// Wait for the disk?
    pub fsync: bool,
    /// The one source of chance of this run.
    pub seed: u64,
}

/// Of the cluster, when a member starts for the first time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InitialState {
    /// This member is one of its founders.
    New,
    /// This member joins it.
    Existing,
}

/// What is asked of changes of the membership.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Changes {
    /// Are those refused that would lose the quorum (`--strict-reconfig-check`)?
    pub strict: bool,
    /// Learners that the cluster may have; all members must have the same.
    pub learners_max: usize,
}

impl Default for Changes {
    fn default() -> Self {
        Self { strict: true, learners_max: 1 }
    }
}

/// What a member does on its own to find out whether something is wrong (reference 8.5, 8.11). The default is nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Checks {
    /// Does a member that returns compare itself with the others first (feature gate InitialCorruptCheck)?
    pub at_return: bool,
    /// Time between two comparisons of a leader with the others; none: never (`--corrupt-check-time`).
    pub periodic: Option<Duration>,
    /// Time between two comparisons of what compactions have left; none: never (feature gate CompactHashCheck,
    /// `--compact-hash-check-time`).
    pub compactions: Option<Duration>,
    /// Time between two looks at whether a downgrade is done; none: never (`--downgrade-check-time`).
    pub downgrade: Option<Duration>,
}

impl Config {
    /// How long it may take to open a connection to another member: a second, and an election.
    pub fn dial_timeout(&self) -> Duration {
        Duration::from_secs(1) + self.election_timeout()
    }

    /// How long a request may take: time to commit, and twice an election (etcd's ReqTimeout).
    pub fn request_timeout(&self) -> Duration {
        Duration::from_secs(5) + 2 * self.election_timeout()
    }

    /// Time without a leader before an election.
    pub fn election_timeout(&self) -> Duration {
        self.tick * self.election_ticks as u32
    }

    /// Shortest lease, in seconds: three half election timeouts, rounded up (reference 1.6).
    pub fn lease_ttl_s_min(&self) -> i64 {
        let ticks = (3 * self.election_ticks) as u32 / 2;
        (self.tick * ticks).as_secs_f64().ceil() as i64
    }

    /// Where the log is.
    pub fn wal_path(&self) -> PathBuf {
        self.wal_dir.clone().unwrap_or_else(|| self.member_dir().join("wal"))
    }

    /// The folder of the backend's file, and of those that are to take its place.
    pub fn snap_dir(&self) -> PathBuf {
        self.member_dir().join("snap")
    }

    /// Where the backend's file is.
    pub fn backend_path(&self) -> PathBuf {
        self.snap_dir().join("db")
    }

    /// All of this member's data.
    pub fn member_dir(&self) -> PathBuf {
        self.data_dir.join("member")
    }
}

/// Settings of requests: their shape, and how long they may take.
#[derive(Clone, Copy, Debug)]
pub struct RequestLimits {
    /// Operations in a transaction.
    pub txn_ops_max: usize,
    /// Bytes of an encoded request.
    pub request_bytes_max: usize,
    /// Streams on a connection.
    pub concurrent_streams_max: u32,
    /// A unary request that takes longer is told of in the log.
    pub request_warn_above: Duration,
}
