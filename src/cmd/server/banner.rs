//! The line that says how a member is configured, with etcd's names in etcd's order. Support asks for it first.

use super::{config::ServerConfig, data_dir::Found};
use crate::{
    cmd::version::{VERSION, go_arch, go_os},
    logging::go_duration,
    server::auto_compaction::AutoCompaction,
};
use serde_json::{Value, json};
use std::time::Duration;

/// Names and values, in order.
type Fields = Vec<(&'static str, Value)>;

/// Writes it.
pub fn log(config: &ServerConfig, found: Found) {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let mut fields: Fields = vec![
        ("etcd-version", json!(VERSION)),
        ("git-sha", json!(option_env!("ETCD_GIT_SHA").unwrap_or("Not provided (set ETCD_GIT_SHA when building)"))),
        // Where etcd has the version of Go.
        ("rust-version", json!(env!("ETCD_RUSTC_VERSION"))),
        ("go-os", json!(go_os(std::env::consts::OS))),
        ("go-arch", json!(go_arch(std::env::consts::ARCH))),
        ("max-cpu-set", json!(processors)),
        ("max-cpu-available", json!(processors)),
        ("member-initialized", json!(found == Found::Member)),
    ];
    fields.extend(member(config));
    fields.extend(addresses(config, found));
    fields.extend(limits(config));
    fields.extend(discovery(config));
    fields.extend(changes(config));
    let fields: Vec<String> = fields.into_iter().map(|(name, value)| format!("{}:{value}", json!(name))).collect();
    tracing::info!(".." = %format!("{{{}}}", fields.join(",")), "starting an etcd server");
}

fn member(config: &ServerConfig) -> Fields {
    let member = &config.member;
    let wal_dir = member.wal_dir.as_ref().map(|dir| dir.display().to_string()).unwrap_or_default();
    vec![
        ("name", json!(member.name)),
        ("data-dir", json!(member.data_dir)),
        ("wal-dir", json!(wal_dir)),
        ("wal-dir-dedicated", json!(wal_dir)),
        ("member-dir", json!(member.member_dir())),
        ("force-new-cluster", json!(false)),
        ("heartbeat-interval", json!(go_duration(member.tick))),
        ("election-timeout", json!(go_duration(member.election_timeout()))),
        ("initial-election-tick-advance", json!(member.tick_advance)),
        ("snapshot-count", json!(member.snapshot_entries)),
        ("max-wals", json!(member.wals_kept_max)),
        ("snapshot-catchup-entries", json!(member.catchup_entries)),
    ]
}

fn addresses(config: &ServerConfig, found: Found) -> Fields {
    let member = &config.member;
    // As in etcd: they are of no consequence for a member that was here before.
    let founding = |text: String| if found == Found::Member { String::new() } else { text };
    let founders: Vec<String> = (member.initial_cluster.iter())
        .flat_map(|(name, urls)| urls.iter().map(move |url| format!("{name}={url}")))
        .collect();
    vec![
        ("initial-advertise-peer-urls", json!(member.advertise_peer_urls)),
        ("listen-peer-urls", json!(config.listen_peer_urls)),
        ("advertise-client-urls", json!(member.advertise_client_urls)),
        ("listen-client-urls", json!(config.listen_client_urls)),
        ("listen-metrics-urls", json!(config.web.listen_metrics_urls)),
        ("cors", json!(config.web.origins)),
        ("host-whitelist", json!(config.web.hosts)),
        ("initial-cluster", json!(founding(founders.join(",")))),
        ("initial-cluster-token", json!(founding(member.cluster_token.clone()))),
    ]
}

fn limits(config: &ServerConfig) -> Fields {
    let (member, upkeep) = (&config.member, &config.upkeep);
    let quota = match member.quota.configured() {
        0 => member.quota.limit().map_or(json!(0), |limit| json!(limit)),
        configured => json!(configured),
    };
    let (mode, kept) = match member.auto_compaction {
        Some(AutoCompaction::Periodic(period)) => ("periodic", period),
        Some(AutoCompaction::Revisions(revisions)) => ("revision", Duration::from_nanos(revisions.unsigned_abs())),
        None => ("periodic", Duration::ZERO),
    };
    vec![
        ("quota-backend-bytes", quota),
        ("max-request-bytes", json!(member.request_bytes_max)),
        ("max-concurrent-streams", json!(member.concurrent_streams_max)),
        ("pre-vote", json!(member.pre_vote)),
        ("initial-corrupt-check", json!(member.checks.at_return)),
        ("corrupt-check-time-interval", json!(go_duration(upkeep.corrupt_check_interval))),
        ("compact-check-time-interval", json!(go_duration(upkeep.compact_hash_interval))),
        ("auto-compaction-mode", json!(mode)),
        ("auto-compaction-retention", json!(go_duration(kept))),
        ("auto-compaction-interval", json!(go_duration(kept))),
    ]
}

fn discovery(config: &ServerConfig) -> Fields {
    let discovery = &config.discovery;
    vec![
        ("discovery-token", json!(discovery.token)),
        ("discovery-endpoints", json!(discovery.endpoints.join(","))),
        ("discovery-dial-timeout", json!(go_duration(discovery.dial_timeout))),
        ("discovery-request-timeout", json!(go_duration(discovery.request_timeout))),
        ("discovery-keepalive-time", json!(go_duration(discovery.keepalive_time))),
        ("discovery-keepalive-timeout", json!(go_duration(discovery.keepalive_timeout))),
        ("discovery-insecure-transport", json!(discovery.insecure_transport)),
        ("discovery-insecure-skip-tls-verify", json!(discovery.insecure_skip_tls_verify)),
        ("discovery-cert", json!(discovery.cert)),
        ("discovery-key", json!(discovery.key)),
        ("discovery-cacert", json!(discovery.cacert)),
        ("discovery-user", json!(discovery.user)),
    ]
}

fn changes(config: &ServerConfig) -> Fields {
    vec![
        ("downgrade-check-interval", json!(go_duration(config.upkeep.downgrade_interval))),
        ("max-learners", json!(config.member.changes.learners_max)),
    ]
}
