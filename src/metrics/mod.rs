//! Every metric that the program counts, under etcd's own names, in one registry.
//!
//! A family is one line of `families!`: its help, its field, its name as dashboards know it. Who counts something
//! writes `metrics().mvcc_put.inc()`. Some gauges end in `_total`: they are gauges in etcd, and dashboards of etcd rely
//! on that.
//!
//! The registry is one for the process, as in etcd: what is counted is the program, and a counter that is handed down
//! through every layer would tell no more. Nothing reads a metric to decide something.
//!
//! What belongs to Go's runtime (`go_*`) is absent. What etcd does not count has names of our own: `etcdrs_*`.

mod family;
mod kind;
mod process;
mod timers;

pub use kind::{Kind, Success};
pub use process::open_files;
pub use timers::Timers;

use family::{counter, counters, gauge, gauges, histogram, histograms, seconds, timers};
use prometheus::{
    Encoder, Gauge, Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Registry,
    TextEncoder,
};
use std::sync::{LazyLock, OnceLock};

/// The counters of this process.
pub fn metrics() -> &'static Metrics {
    static METRICS: LazyLock<Metrics> = LazyLock::new(Metrics::new);
    &METRICS
}

/// The media type of [`Metrics::text`].
pub const TEXT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8; escaping=underscores";

/// One line a family: `/// help`, then `field: Type = maker(name, ...)`.
macro_rules! families {
    ($(#[doc = $help:literal] $field:ident: $kind:ty = $make:ident($($argument:expr),* $(,)?);)*) => {
        /// Every family, by a short name; families with labels are vectors.
        #[derive(Debug)]
        pub struct Metrics {
            registry: Registry,
            process: process::Gauges,
            grpc_handling: OnceLock<HistogramVec>,
            $(#[doc = $help] pub $field: $kind,)*
        }

        impl Metrics {
            /// Everything at zero, in a registry of its own.
            fn new() -> Self {
                let registry = Registry::new();
                $(let $field = $make(&registry, $help.trim(), $($argument),*);)*
                let process = process::Gauges::register(&registry);
                let metrics = Self { registry, process, grpc_handling: OnceLock::new(), $($field),* };
                metrics.set_initial();
                metrics
            }
        }
    };
}

families! {
    // --- the cluster and this member ---

    /// The cluster's version, as a label.
    cluster_version: IntGaugeVec = gauges("etcd_cluster_version", &["cluster_version"]);
    /// This program's version, as a label.
    server_version: IntGaugeVec = gauges("etcd_server_version", &["server_version"]);
    /// This member's id, as a label.
    server_id: IntGaugeVec = gauges("etcd_server_id", &["server_id"]);
    /// Which feature gates are on.
    feature_enabled: IntGaugeVec = gauges("etcd_server_feature_enabled", &["name", "stage"]);
    /// Is there a leader?
    has_leader: IntGauge = gauge("etcd_server_has_leader");
    /// Is this member the leader?
    is_leader: IntGauge = gauge("etcd_server_is_leader");
    /// Is this member a learner?
    is_learner: IntGauge = gauge("etcd_server_is_learner");
    /// Changes of leader that this member has seen.
    leader_changes_seen: IntCounter = counter("etcd_server_leader_changes_seen_total");
    /// Learners promoted while this member led.
    learner_promote_successes: IntCounter = counter("etcd_server_learner_promote_successes");
    /// Learners not promoted while this member led.
    learner_promote_failures: IntCounterVec = counters("etcd_server_learner_promote_failures", &["Reason"]);
    /// Active alarms.
    alarms: IntGaugeVec = gauges("etcd_debugging_server_alarms", &["server_id", "alarm_type"]);

    // --- proposals, reads and apply ---

    /// Index of the last committed entry.
    proposals_committed: IntGauge = gauge("etcd_server_proposals_committed_total");
    /// Index of the last applied entry.
    proposals_applied: IntGauge = gauge("etcd_server_proposals_applied_total");
    /// Proposals that wait for their outcome.
    proposals_pending: IntGauge = gauge("etcd_server_proposals_pending");
    /// Proposals that got none.
    proposals_failed: IntCounter = counter("etcd_server_proposals_failed_total");
    /// Read indexes that took too long.
    slow_read_indexes: IntCounter = counter("etcd_server_slow_read_indexes_total");
    /// Read indexes that failed.
    read_indexes_failed: IntCounter = counter("etcd_server_read_indexes_failed_total");
    /// Heartbeats that were late, since the disk or the processor was.
    heartbeat_send_failures: IntCounter = counter("etcd_server_heartbeat_send_failures_total");
    /// Entries whose apply took too long.
    slow_apply: IntCounter = counter("etcd_server_slow_apply_total");
    /// Time to apply an entry.
    apply_duration: Timers = timers("etcd_server_apply_duration_seconds", Some("op"), &[("version", "v3")], (0.0001, 2.0, 20));
    /// Time from a request's arrival to its answer.
    request_duration: Timers = timers("etcd_server_request_duration_seconds", Some("type"), &[], (0.001, 2.0, 14));
    /// Time to carry out a range.
    range_duration: Timers = timers("etcd_server_range_duration_seconds", None, &[], (0.0001, 2.0, 20));
    /// Snapshots being applied.
    snapshot_apply_in_progress: IntGauge = gauge("etcd_server_snapshot_apply_in_progress_total");

    // --- clients ---

    /// Requests by the version that their client says it speaks.
    client_requests: IntCounterVec = counters("etcd_server_client_requests_total", &["type", "client_api_version"]);
    /// Bytes of messages that clients sent.
    client_received_bytes: IntCounter = counter("etcd_network_client_grpc_received_bytes_total");
    /// Bytes of messages sent to clients.
    client_sent_bytes: IntCounter = counter("etcd_network_client_grpc_sent_bytes_total");
    /// Streams that broke on this side.
    stream_failures: IntCounterVec = counters("etcd_network_server_stream_failures_total", &["Type", "API"]);
    /// Calls begun.
    grpc_started: IntCounterVec = counters("grpc_server_started_total", &["grpc_type", "grpc_service", "grpc_method"]);
    /// Calls ended, by code.
    grpc_handled: IntCounterVec = counters("grpc_server_handled_total", &["grpc_type", "grpc_service", "grpc_method", "grpc_code"]);
    /// Messages received.
    grpc_received: IntCounterVec = counters("grpc_server_msg_received_total", &["grpc_type", "grpc_service", "grpc_method"]);
    /// Messages sent.
    grpc_sent: IntCounterVec = counters("grpc_server_msg_sent_total", &["grpc_type", "grpc_service", "grpc_method"]);
    /// Health checks that succeeded.
    health_success: IntCounter = counter("etcd_server_health_success");
    /// Health checks that failed.
    health_failures: IntCounter = counter("etcd_server_health_failures");
    /// The last result of each check.
    healthcheck: IntGaugeVec = gauges("etcd_server_healthcheck", &["type", "name"]);
    /// The results of each check.
    healthchecks: IntCounterVec = counters("etcd_server_healthchecks_total", &["type", "name", "status"]);
    /// Requests for metrics under way.
    scrapes_in_flight: IntGauge = gauge("promhttp_metric_handler_requests_in_flight");
    /// Requests for metrics answered.
    scrapes: IntCounterVec = counters("promhttp_metric_handler_requests_total", &["code"]);

    // --- the log on disk ---

    /// Time of an fsync of the log.
    wal_fsync_duration: Histogram = histogram("etcd_disk_wal_fsync_duration_seconds", (0.001, 2.0, 14));
    /// Time to write to the log.
    wal_write_duration: Histogram = histogram("etcd_disk_wal_write_duration_seconds", (0.001, 2.0, 14));
    /// Bytes written to the log.
    wal_write_bytes: IntGauge = gauge("etcd_disk_wal_write_bytes_total");
    /// Time of an fsync of a snapshot record.
    snap_fsync_duration: Histogram = histogram("etcd_snap_fsync_duration_seconds", (0.001, 2.0, 14));
    /// Time of an fsync of a received database.
    snap_db_fsync_duration: Histogram = histogram("etcd_snap_db_fsync_duration_seconds", (0.001, 2.0, 14));
    /// Time to save a received database.
    snap_db_save_duration: Histogram = histogram("etcd_snap_db_save_total_duration_seconds", (0.1, 2.0, 10));

    /// Operations of the disk that took longer than an election does.
    disk_stalls: IntCounter = counter("etcdrs_disk_stalls_total");
    /// For how long such an operation stands by now; zero when there is none.
    disk_stalled_seconds: Gauge = seconds("etcdrs_disk_stalled_seconds");
    /// How long such operations took, of those that have ended.
    disk_stall_duration: Histogram = histogram("etcdrs_disk_stall_duration_seconds", (0.5, 2.0, 12));

    // --- TLS ---

    /// When a certificate in use expires, in seconds since 1970, by the kind of port and the file.
    certificate_expiry: IntGaugeVec = gauges("etcdrs_tls_certificate_expiry_timestamp_seconds", &["endpoint", "file"]);

    // --- the backend ---

    /// Time of a commit of the backend.
    backend_commit_duration: Histogram = histogram("etcd_disk_backend_commit_duration_seconds", (0.001, 2.0, 14));
    /// Part of a commit spent on rebalancing pages.
    backend_rebalance_duration: Histogram = histogram("etcd_debugging_disk_backend_commit_rebalance_duration_seconds", (0.001, 2.0, 14));
    /// Part of a commit spent on spilling pages.
    backend_spill_duration: Histogram = histogram("etcd_debugging_disk_backend_commit_spill_duration_seconds", (0.001, 2.0, 14));
    /// Part of a commit spent on writing.
    backend_write_duration: Histogram = histogram("etcd_debugging_disk_backend_commit_write_duration_seconds", (0.001, 2.0, 14));
    /// Time of a defragmentation.
    backend_defrag_duration: Histogram = histogram("etcd_disk_backend_defrag_duration_seconds", (0.1, 2.0, 13));
    /// Time to send a snapshot of the backend.
    backend_snapshot_duration: Histogram = histogram("etcd_disk_backend_snapshot_duration_seconds", (0.01, 2.0, 17));
    /// Is a defragmentation under way?
    defrag_inflight: IntGauge = gauge("etcd_disk_defrag_inflight");
    /// The configured limit of the backend's size.
    quota_bytes: IntGauge = gauge("etcd_server_quota_backend_bytes");
    /// Size of the backend's file.
    db_size_bytes: IntGauge = gauge("etcd_mvcc_db_total_size_in_bytes");
    /// Size of what the backend's file holds.
    db_size_in_use_bytes: IntGauge = gauge("etcd_mvcc_db_total_size_in_use_in_bytes");
    /// Reads of the backend under way.
    db_open_reads: IntGauge = gauge("etcd_mvcc_db_open_read_transactions");

    // --- keys ---

    /// Ranges.
    mvcc_range: IntCounter = counter("etcd_mvcc_range_total");
    /// Puts.
    mvcc_put: IntCounter = counter("etcd_mvcc_put_total");
    /// Deletes, of however many keys.
    mvcc_delete: IntCounter = counter("etcd_mvcc_delete_total");
    /// Transactions of more than one range, put or delete.
    mvcc_txn: IntCounter = counter("etcd_mvcc_txn_total");
    /// Live keys.
    keys: IntGauge = gauge("etcd_debugging_mvcc_keys_total");
    /// Bytes of keys and values put.
    put_size_bytes: IntGauge = gauge("etcd_debugging_mvcc_total_put_size_in_bytes");
    /// The current revision.
    current_revision: IntGauge = gauge("etcd_debugging_mvcc_current_revision");
    /// The last compacted revision.
    compact_revision: IntGauge = gauge("etcd_debugging_mvcc_compact_revision");
    /// Time that compaction held up the index.
    index_compaction_pause: Histogram = histogram("etcd_debugging_mvcc_index_compaction_pause_duration_milliseconds", (0.5, 2.0, 14));
    /// Time that compaction held up the backend.
    db_compaction_pause: Histogram = histogram("etcd_debugging_mvcc_db_compaction_pause_duration_milliseconds", (1.0, 2.0, 13));
    /// Time of a compaction.
    db_compaction_duration: Histogram = histogram("etcd_debugging_mvcc_db_compaction_total_duration_milliseconds", (100.0, 2.0, 14));
    /// When the last compaction ended, in seconds since 1970.
    db_compaction_last: IntGauge = gauge("etcd_debugging_mvcc_db_compaction_last");
    /// Revisions that compaction removed.
    db_compaction_keys: IntCounter = counter("etcd_debugging_mvcc_db_compaction_keys_total");
    /// Time to hash the backend.
    hash_duration: Histogram = histogram("etcd_mvcc_hash_duration_seconds", (0.01, 2.0, 15));
    /// Time to hash the keys at a revision.
    hash_rev_duration: Histogram = histogram("etcd_mvcc_hash_rev_duration_seconds", (0.01, 2.0, 15));

    // --- watches ---

    /// Streams of watches.
    watch_streams: IntGauge = gauge("etcd_debugging_mvcc_watch_stream_total");
    /// Watchers.
    watchers: IntGauge = gauge("etcd_debugging_mvcc_watcher_total");
    /// Watchers that are behind.
    slow_watchers: IntGauge = gauge("etcd_debugging_mvcc_slow_watcher_total");
    /// Events handed to streams.
    events: IntCounter = counter("etcd_debugging_mvcc_events_total");
    /// Events not yet sent.
    pending_events: IntGauge = gauge("etcd_debugging_mvcc_pending_events_total");
    /// Time to send a response with events.
    watch_send_duration: Histogram = histogram("etcd_debugging_server_watch_send_loop_watch_stream_duration_seconds", (0.001, 2.0, 14));
    /// The same, by event.
    watch_send_event_duration: Histogram = histogram("etcd_debugging_server_watch_send_loop_watch_stream_duration_per_event_seconds", (0.001, 2.0, 14));
    /// Time to send a response without events.
    watch_control_duration: Histogram = histogram("etcd_debugging_server_watch_send_loop_control_stream_duration_seconds", (0.001, 2.0, 14));
    /// Time to look for watchers that are due a progress notification.
    watch_progress_duration: Histogram = histogram("etcd_debugging_server_watch_send_loop_progress_duration_seconds", (0.001, 2.0, 14));

    // --- leases and auth ---

    /// Leases granted.
    lease_granted: IntCounter = counter("etcd_debugging_lease_granted_total");
    /// Leases revoked.
    lease_revoked: IntCounter = counter("etcd_debugging_lease_revoked_total");
    /// Keep-alives.
    lease_renewed: IntCounter = counter("etcd_debugging_lease_renewed_total");
    /// Leases that ran out.
    lease_expired: IntCounter = counter("etcd_debugging_server_lease_expired_total");
    /// Life-times of granted leases, in seconds.
    lease_ttl: Histogram = histogram("etcd_debugging_lease_ttl_total", (1.0, 2.0, 24));
    /// The revision of users and roles.
    auth_revision: IntGauge = gauge("etcd_debugging_auth_revision");

    // --- peers ---

    /// Members that this one is to know.
    known_peers: IntGaugeVec = gauges("etcd_network_known_peers", &["Local", "Remote"]);
    /// Connections to peers.
    active_peers: IntGaugeVec = gauges("etcd_network_active_peers", &["Local", "Remote"]);
    /// Connections to peers that were lost.
    disconnected_peers: IntCounterVec = counters("etcd_network_disconnected_peers_total", &["Local", "Remote"]);
    /// Bytes sent to peers.
    peer_sent_bytes: IntCounterVec = counters("etcd_network_peer_sent_bytes_total", &["To"]);
    /// Bytes received from peers.
    peer_received_bytes: IntCounterVec = counters("etcd_network_peer_received_bytes_total", &["From"]);
    /// Messages to peers that were not sent.
    peer_sent_failures: IntCounterVec = counters("etcd_network_peer_sent_failures_total", &["To"]);
    /// Messages from peers that were not taken.
    peer_received_failures: IntCounterVec = counters("etcd_network_peer_received_failures_total", &["From"]);
    /// Time of a message to a peer and back.
    peer_round_trip: HistogramVec = histograms("etcd_network_peer_round_trip_time_seconds", &["To"], (0.0001, 2.0, 16));
    /// Databases sent to peers.
    snapshot_send_success: IntCounterVec = counters("etcd_network_snapshot_send_success", &["To"]);
    /// Databases that could not be sent.
    snapshot_send_failures: IntCounterVec = counters("etcd_network_snapshot_send_failures", &["To"]);
    /// Databases being sent.
    snapshot_send_inflights: IntGaugeVec = gauges("etcd_network_snapshot_send_inflights_total", &["To"]);
    /// Time to send a database.
    snapshot_send_duration: HistogramVec = histograms("etcd_network_snapshot_send_total_duration_seconds", &["To"], (0.1, 2.0, 10));
    /// Databases received from peers.
    snapshot_receive_success: IntCounterVec = counters("etcd_network_snapshot_receive_success", &["From"]);
    /// Databases that could not be received.
    snapshot_receive_failures: IntCounterVec = counters("etcd_network_snapshot_receive_failures", &["From"]);
    /// Databases being received.
    snapshot_receive_inflights: IntGaugeVec = gauges("etcd_network_snapshot_receive_inflights_total", &["From"]);
    /// Time to receive a database.
    snapshot_receive_duration: HistogramVec = histograms("etcd_network_snapshot_receive_total_duration_seconds", &["From"], (0.1, 2.0, 10));
}

impl Metrics {
    /// Values that are not zero from the start, and children that dashboards expect before anything was counted.
    fn set_initial(&self) {
        self.server_version.with_label_values(&[env!("CARGO_PKG_VERSION")]).set(1);
        self.compact_revision.set(-1);
        self.current_revision.set(1);
        self.auth_revision.set(1);
        for code in ["200", "500", "503"] {
            self.scrapes.with_label_values(&[code]);
        }
    }

    /// Counts how long calls take as well, from the next service that is made (`--metrics=extensive`).
    pub fn extend(&self) {
        self.grpc_handling.get_or_init(|| {
            let help = "Times of calls, from their beginning to their end.";
            let labels = ["grpc_type", "grpc_service", "grpc_method"];
            let opts = HistogramOpts::new("grpc_server_handling_seconds", help);
            family::register(&self.registry, HistogramVec::new(opts, &labels))
        });
    }

    /// The times of calls, if they are counted.
    pub fn grpc_handling(&self) -> Option<&HistogramVec> {
        self.grpc_handling.get()
    }

    /// All families in Prometheus's text format 0.0.4, sorted by name.
    ///
    /// # Errors
    /// The reason in words, when a family cannot be written; no family of ours is like that.
    pub fn text(&self) -> Result<Vec<u8>, String> {
        self.process.read();
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut text).map_err(|error| error.to_string())?;
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    /// `name -> type and bounds`, from an exposition.
    fn families(text: &str) -> BTreeMap<String, String> {
        let mut families = BTreeMap::<String, String>::new();
        for line in text.lines() {
            if let Some((name, kind)) = line.strip_prefix("# TYPE ").and_then(|rest| rest.split_once(' ')) {
                families.insert(name.into(), kind.into());
            } else if let Some((name, rest)) = line.split_once("_bucket{") {
                let bound = rest.split("le=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
                let family = families.get_mut(name).unwrap();
                if !family.split(' ').any(|have| have == bound) {
                    *family += &format!(" {bound}");
                }
            }
        }
        families
    }

    /// Go writes large bounds as `1.048576e+06`; whoever reads them reads numbers.
    fn plain(family: &str) -> String {
        let word = |word: &str| word.parse::<f64>().map_or_else(|_| word.into(), |bound| bound.to_string());
        family.split(' ').map(word).collect::<Vec<String>>().join(" ")
    }

    /// Gives every family with labels a child, since one without is not shown.
    fn touched() -> Metrics {
        let metrics = Metrics::new();
        metrics.cluster_version.with_label_values(&["3.7"]).set(1);
        metrics.server_id.with_label_values(&["8e9e05c52164694d"]).set(1);
        metrics.feature_enabled.with_label_values(&["AllAlpha", "ALPHA"]).set(0);
        for family in [&metrics.apply_duration, &metrics.request_duration, &metrics.range_duration] {
            family.observe(Kind::Put, Success::Yes, 0.001);
        }
        metrics.client_requests.with_label_values(&["unary", "3.7"]).inc();
        metrics.grpc_started.with_label_values(&["unary", "etcdserverpb.KV", "Put"]).inc();
        metrics.grpc_handled.with_label_values(&["unary", "etcdserverpb.KV", "Put", "OK"]).inc();
        metrics.grpc_received.with_label_values(&["unary", "etcdserverpb.KV", "Put"]).inc();
        metrics.grpc_sent.with_label_values(&["unary", "etcdserverpb.KV", "Put"]).inc();
        metrics.healthcheck.with_label_values(&["livez", "serializable_read"]).set(1);
        metrics.healthchecks.with_label_values(&["livez", "serializable_read", "success"]).inc();
        metrics.known_peers.with_label_values(&["1", "2"]).set(1);
        metrics
    }

    #[test]
    fn families_types_and_bounds_are_those_of_etcd() {
        let mut ours = families(&String::from_utf8(touched().text().unwrap()).unwrap());
        let golden = include_str!("../../tests/scripts/metrics/families.txt");
        for line in golden.lines().filter(|line| !line.starts_with('#')) {
            let (name, expected) = line.split_once(' ').unwrap();
            assert_eq!(ours.remove(name).as_deref().map(plain), Some(plain(expected)), "{name}");
        }
        ours.retain(|name, _| !name.starts_with("etcdrs_"));
        assert_eq!(ours, BTreeMap::new(), "families that etcd does not have");
    }

    #[test]
    fn the_text_is_sorted_and_well_formed() {
        let text = String::from_utf8(touched().text().unwrap()).unwrap();
        let names: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("# TYPE ")).collect();
        assert!(names.is_sorted() && text.ends_with('\n'));
        assert!(text.contains("\netcd_server_version{server_version=\"3.7.1\"} 1\n"));
        assert!(text.contains("\netcd_mvcc_put_total 0\n"));
        assert!(text.contains(
            "\ngrpc_server_handled_total{grpc_code=\"OK\",grpc_method=\"Put\",grpc_service=\"etcdserverpb.KV\",grpc_type=\"unary\"} 1\n"
        ));
    }
}
