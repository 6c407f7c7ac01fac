//! Names that etcd 3.4 to 3.6 had and 3.7 has not (reference 3.3), and what becomes of each.
//!
//! Nobody's start should fail over a name that only moved, and nobody should get something else than was asked for: a
//! renamed flag sets the new one, a flag whose feature is gone is passed over when it was off, and refused when it was on.

use super::kind::Kind;

/// What becomes of an old flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It sets the flag of this name.
    Renamed(&'static str),
    /// It sets this feature gate.
    Gate(&'static str),
    /// When it is true it sets this flag to this value.
    Sets(&'static str, &'static str),
    /// Its feature is gone and nothing is lost: passed over, with what to do instead.
    Gone(&'static str),
    /// Its feature is gone: passed over with one of these values, refused with any other.
    Off(&'static [&'static str], &'static str),
}

/// An old flag.
#[derive(Clone, Copy, Debug)]
pub struct Legacy {
    /// Its name.
    pub name: &'static str,
    /// How it is read.
    pub kind: Kind,
    /// What becomes of it.
    pub fate: Fate,
}

const fn renamed(name: &'static str, kind: Kind, new: &'static str) -> Legacy {
    Legacy { name, kind, fate: Fate::Renamed(new) }
}

const fn gate(name: &'static str, gate: &'static str) -> Legacy {
    Legacy { name, kind: Kind::Bool, fate: Fate::Gate(gate) }
}

const fn gone(name: &'static str, kind: Kind, instead: &'static str) -> Legacy {
    Legacy { name, kind, fate: Fate::Gone(instead) }
}

const fn off(name: &'static str, kind: Kind, off: &'static [&'static str], instead: &'static str) -> Legacy {
    Legacy { name, kind, fate: Fate::Off(off, instead) }
}

const NO_V2: &str = "the v2 API is gone since 3.6; use the v3 API";
const NO_PROXY: &str = "the v2 proxy is gone since 3.6; use 'etcd gateway' or 'etcd grpc-proxy'";
const NO_V2_DISCOVERY: &str = "v2 discovery is gone since 3.7; use --discovery-token and --discovery-endpoints";

/// All of them.
pub const LEGACY: &[Legacy] = &[
    renamed("experimental-corrupt-check-time", Kind::Duration, "corrupt-check-time"),
    renamed("experimental-compact-hash-check-time", Kind::Duration, "compact-hash-check-time"),
    renamed("experimental-compaction-batch-limit", Kind::Int, "compaction-batch-limit"),
    renamed("experimental-compaction-sleep-interval", Kind::Duration, "compaction-sleep-interval"),
    renamed("experimental-watch-progress-notify-interval", Kind::Duration, "watch-progress-notify-interval"),
    renamed("experimental-warning-apply-duration", Kind::Duration, "warning-apply-duration"),
    renamed("experimental-warning-unary-request-duration", Kind::Duration, "warning-unary-request-duration"),
    renamed("experimental-downgrade-check-time", Kind::Duration, "downgrade-check-time"),
    renamed("experimental-memory-mlock", Kind::Bool, "memory-mlock"),
    renamed("experimental-max-learners", Kind::Int, "max-learners"),
    renamed("experimental-snapshot-catchup-entries", Kind::Uint64, "snapshot-catchup-entries"),
    renamed("experimental-snapshot-catch-up-entries", Kind::Uint64, "snapshot-catchup-entries"),
    renamed("experimental-bootstrap-defrag-threshold-megabytes", Kind::Uint, "bootstrap-defrag-threshold-megabytes"),
    renamed("experimental-peer-skip-client-san-verification", Kind::Bool, "peer-skip-client-san-verification"),
    renamed("experimental-backend-bbolt-freelist-type", Kind::Text, "backend-bbolt-freelist-type"),
    renamed("experimental-enable-distributed-tracing", Kind::Bool, "enable-distributed-tracing"),
    renamed("experimental-distributed-tracing-address", Kind::Text, "distributed-tracing-address"),
    renamed("experimental-distributed-tracing-service-name", Kind::Text, "distributed-tracing-service-name"),
    renamed("experimental-distributed-tracing-instance-id", Kind::Text, "distributed-tracing-instance-id"),
    renamed("experimental-distributed-tracing-sampling-rate", Kind::Int, "distributed-tracing-sampling-rate"),
    renamed("log-output", Kind::Set, "log-outputs"),
    gate("experimental-initial-corrupt-check", "InitialCorruptCheck"),
    gate("experimental-compact-hash-check-enabled", "CompactHashCheck"),
    gate("experimental-enable-lease-checkpoint", "LeaseCheckpoint"),
    gate("experimental-enable-lease-checkpoint-persist", "LeaseCheckpointPersist"),
    gate("experimental-txn-mode-write-with-shared-buffer", "TxnModeWriteWithSharedBuffer"),
    gate("experimental-stop-grpc-service-on-defrag", "StopGRPCServiceOnDefrag"),
    Legacy { name: "debug", kind: Kind::Bool, fate: Fate::Sets("log-level", "debug") },
    gone("log-package-levels", Kind::Text, "use --log-level, which is for all parts alike"),
    gone("proxy-failure-wait", Kind::Uint, NO_PROXY),
    gone("proxy-refresh-interval", Kind::Uint, NO_PROXY),
    gone("proxy-dial-timeout", Kind::Uint, NO_PROXY),
    gone("proxy-write-timeout", Kind::Uint, NO_PROXY),
    gone("proxy-read-timeout", Kind::Uint, NO_PROXY),
    gone("discovery-proxy", Kind::Text, NO_V2_DISCOVERY),
    off("discovery", Kind::Text, &[""], NO_V2_DISCOVERY),
    off("proxy", Kind::Text, &["", "off"], NO_PROXY),
    off("enable-v2", Kind::Bool, &["false"], NO_V2),
    off("experimental-enable-v2v3", Kind::Text, &[""], NO_V2),
];

/// Names from before v3 that etcd itself still takes, as switches without effect.
pub const IGNORED: &[&str] = &[
    "cluster-active-size",
    "cluster-remove-delay",
    "cluster-sync-interval",
    "config",
    "force",
    "max-result-buffer",
    "max-retry-attempts",
    "peer-heartbeat-interval",
    "peer-election-timeout",
    "retry-interval",
    "snapshot",
    "v",
    "vv",
    "test.coverprofile",
    "test.outputdir",
];

/// The old flag of that name.
pub fn find(name: &str) -> Option<&'static Legacy> {
    LEGACY.iter().find(|legacy| legacy.name == name)
}
