//! From checked values to a configuration: what follows from what, and the errors that etcd finds only while it starts.

use super::{
    check::ConfigError,
    ciphers,
    config::{Discovery, ServerConfig, Tracing, Upkeep, Users, Web},
    given::Given,
    notice::Notice,
    security::security,
    urls::{self, Url, UrlError},
};
use crate::{
    cmd::gotext::{parse_signed_duration, quote},
    http::{Settings, Sockets},
    lease::Checkpoints,
    limits,
    logging::LoggingConfig,
    server::{
        SLOW,
        auto_compaction::AutoCompaction,
        config::{Changes, Checks, Config, InitialState},
        quota::Quota,
    },
    tls::ClientTls,
};
use std::{collections::BTreeMap, path::PathBuf, time::Duration};

const DEFAULT_PEER_URL: &str = "http://localhost:2380";
const DEFAULT_CLIENT_URL: &str = "http://localhost:2379";
/// Least read and write timeout of connections between members.
const PEER_TIMEOUT_MIN: Duration = Duration::from_secs(5);
const MEGABYTE: u64 = 1 << 20;

/// What a configuration needs beside the flags.
pub struct Surroundings<'a> {
    /// The host that others reach this machine by.
    pub default_host: &'a dyn Fn() -> Option<String>,
    /// The one source of chance.
    pub seed: u64,
}

/// Puts everything together.
pub fn build(
    given: &Given,
    log: LoggingConfig,
    around: &Surroundings<'_>,
    notices: &mut Vec<Notice>,
) -> Result<ServerConfig, ConfigError> {
    if let Some(suite) = ciphers::unknown(&given.list("cipher-suites")) {
        return Err(ConfigError(format!("unexpected TLS cipher suite {}", quote(suite.as_bytes()))));
    }
    for flag in ["raft-read-timeout", "raft-write-timeout"] {
        if given.duration(flag) < PEER_TIMEOUT_MIN {
            notices.push(Notice::Raised { flag, least: "5s" });
        }
    }
    let listen_peer_urls = given.list("listen-peer-urls");
    let listen_client_urls = given.list("listen-client-urls");
    let mut advertise_peer_urls = given.list("initial-advertise-peer-urls");
    let mut advertise_client_urls = given.list("advertise-client-urls");
    let found_peer = advertised(&mut advertise_peer_urls, DEFAULT_PEER_URL, &listen_peer_urls, around)?;
    let found_client = advertised(&mut advertise_client_urls, DEFAULT_CLIENT_URL, &listen_client_urls, around)?;
    notices.extend(found_peer.or(found_client).map(Notice::DefaultHost));
    let initial_cluster = initial_cluster(given, &advertise_peer_urls)?;
    Ok(ServerConfig {
        upkeep: upkeep(given),
        member: member(given, initial_cluster, advertise_peer_urls, advertise_client_urls, around.seed, notices)?,
        listen_client_urls,
        listen_peer_urls,
        connections: Settings {
            concurrent_streams_max: streams_max(given),
            ping_interval_min: given.duration("grpc-keepalive-min-time"),
            keepalive_interval: given.duration("grpc-keepalive-interval"),
            keepalive_timeout: given.duration("grpc-keepalive-timeout"),
            ..Settings::default()
        },
        web: Web {
            listen_client_http_urls: given.list("listen-client-http-urls"),
            listen_metrics_urls: given.list("listen-metrics-urls"),
            origins: given.list("cors"),
            hosts: given.list("host-whitelist"),
            extensive_metrics: given.text("metrics") == "extensive",
            profiles: given.bool("enable-pprof"),
            gateway: given.bool("enable-grpc-gateway"),
        },
        sockets: Sockets {
            reuse_port: given.bool("socket-reuse-port"),
            reuse_address: given.bool("socket-reuse-address"),
        },
        security: security(given)?,
        log,
        users: Users {
            token: given.text("auth-token").to_owned(),
            token_ttl_s: given.uint("auth-token-ttl"),
            bcrypt_cost: given.uint("bcrypt-cost"),
        },
        gates: given.gates(),
        discovery: discovery(given),
        tracing: given.bool("enable-distributed-tracing").then(|| Tracing {
            address: given.text("distributed-tracing-address").to_owned(),
            service: given.text("distributed-tracing-service-name").to_owned(),
            instance: given.text("distributed-tracing-instance-id").to_owned(),
            per_million: given.int("distributed-tracing-sampling-rate"),
        }),
    })
}

fn discovery(given: &Given) -> Discovery {
    let text = |name| given.text(name).to_owned();
    Discovery {
        token: text("discovery-token"),
        endpoints: given.list("discovery-endpoints"),
        dial_timeout: given.duration("discovery-dial-timeout"),
        request_timeout: given.duration("discovery-request-timeout"),
        keepalive_time: given.duration("discovery-keepalive-time"),
        keepalive_timeout: given.duration("discovery-keepalive-timeout"),
        insecure_transport: given.bool("discovery-insecure-transport"),
        insecure_skip_tls_verify: given.bool("discovery-insecure-skip-tls-verify"),
        cert: text("discovery-cert"),
        key: text("discovery-key"),
        cacert: text("discovery-cacert"),
        user: given.text("discovery-user").split(':').next().unwrap_or_default().to_owned(),
    }
}

fn member(
    given: &Given,
    initial_cluster: Vec<(String, Vec<String>)>,
    advertise_peer_urls: Vec<String>,
    advertise_client_urls: Vec<String>,
    seed: u64,
    notices: &mut Vec<Notice>,
) -> Result<Config, ConfigError> {
    let heartbeat_ms = given.uint("heartbeat-interval").max(1);
    let defrag_megabytes = given.uint("bootstrap-defrag-threshold-megabytes");
    let auto_compaction = retention(given.text("auto-compaction-mode"), given.text("auto-compaction-retention"))?;
    Ok(Config {
        name: given.text("name").to_string(),
        data_dir: data_dir(given, notices),
        wal_dir: Some(given.text("wal-dir")).filter(|dir| !dir.is_empty()).map(PathBuf::from),
        advertise_peer_urls,
        advertise_client_urls,
        initial_cluster,
        initial_state: match given.text("initial-cluster-state") {
            "existing" => InitialState::Existing,
            _ => InitialState::New,
        },
        cluster_token: given.text("initial-cluster-token").to_string(),
        force_new_cluster: given.bool("force-new-cluster"),
        snapshot_entries: Some(given.uint("snapshot-count")).filter(|n| *n > 0).unwrap_or(10_000),
        catchup_entries: given.uint("snapshot-catchup-entries"),
        wals_kept_max: given.uint("max-wals") as usize,
        tick: Duration::from_millis(heartbeat_ms),
        election_ticks: (given.uint("election-timeout") / heartbeat_ms) as usize,
        pre_vote: given.bool("pre-vote"),
        tick_advance: given.bool("initial-election-tick-advance"),
        changes: Changes {
            strict: given.bool("strict-reconfig-check"),
            learners_max: usize::try_from(given.int("max-learners")).unwrap_or_default(),
        },
        peer_read_timeout: given.duration("raft-read-timeout").max(PEER_TIMEOUT_MIN),
        peer_write_timeout: given.duration("raft-write-timeout").max(PEER_TIMEOUT_MIN),
        flush_interval: given.duration_or("backend-batch-interval", Duration::from_millis(100)),
        flush_rows: given.int_or("backend-batch-limit", 10_000),
        compaction_batch: given.int_or("compaction-batch-limit", 1_000),
        compaction_pause: given.duration_or("compaction-sleep-interval", Duration::from_millis(10)),
        watch_progress_interval: given
            .duration_or("watch-progress-notify-interval", Duration::from_secs(600))
            .max(Duration::from_millis(100)),
        txn_ops_max: given.uint("max-txn-ops") as usize,
        request_bytes_max: given.uint("max-request-bytes") as usize,
        concurrent_streams_max: streams_max(given),
        apply_warn_above: given.duration("warning-apply-duration"),
        trace_above: SLOW,
        request_warn_above: given.duration_or("warning-unary-request-duration", Duration::from_millis(300)),
        quota: Quota::new(given.int("quota-backend-bytes")),
        auto_compaction,
        bootstrap_defrag_bytes: (defrag_megabytes > 0).then(|| defrag_megabytes.saturating_mul(MEGABYTE)),
        peer_tls: ClientTls::default(),
        lease_checkpoints: checkpoints(given),
        checks: checks(given),
        // Known once the files are read that it names.
        users: Default::default(),
        fsync: !given.bool("unsafe-no-fsync"),
        seed,
    })
}

fn checkpoints(given: &Given) -> Checkpoints {
    match given.gates().is_on("LeaseCheckpoint") {
        true => Checkpoints::Every(limits::LEASE_CHECKPOINT_INTERVAL),
        false => Checkpoints::Off,
    }
}

fn checks(given: &Given) -> Checks {
    let gates = given.gates();
    let interval = |flag| Some(given.duration(flag)).filter(|interval| !interval.is_zero());
    Checks {
        at_return: gates.is_on("InitialCorruptCheck"),
        periodic: interval("corrupt-check-time"),
        compactions: interval("compact-hash-check-time").filter(|_| gates.is_on("CompactHashCheck")),
        downgrade: interval("downgrade-check-time"),
    }
}

fn streams_max(given: &Given) -> u32 {
    u32::try_from(given.uint("max-concurrent-streams")).unwrap_or(u32::MAX)
}

fn data_dir(given: &Given, notices: &mut Vec<Notice>) -> PathBuf {
    match given.text("data-dir") {
        "" => {
            let dir = format!("{}.etcd", given.text("name"));
            notices.push(Notice::DefaultDataDir(dir.clone()));
            PathBuf::from(dir)
        }
        dir => PathBuf::from(dir),
    }
}

/// Nobody reaches a member that listens everywhere at `localhost`: then the machine's own address is advertised. Returns
/// the host where it was used.
fn advertised(
    advertise: &mut [String],
    default: &str,
    listen: &[String],
    around: &Surroundings<'_>,
) -> Result<Option<String>, UrlError> {
    let (Some(first), true) = (listen.first(), advertise == [default]) else { return Ok(None) };
    let listen = Url::read(first)?;
    if listen.hostname() != "0.0.0.0" {
        return Ok(None);
    }
    let Some(host) = (around.default_host)() else { return Ok(None) };
    advertise[0] = format!("http://{host}:{}", listen.port_text());
    Ok(Some(host))
}

/// `name=url,name=url`; the same name may stand more than once. When neither it nor the default name was changed it is
/// the default; when only the name was, it is this member alone.
fn initial_cluster(given: &Given, own: &[String]) -> Result<Vec<(String, Vec<String>)>, ConfigError> {
    let name = given.text("name");
    let default = format!("default={DEFAULT_PEER_URL}");
    let typed = if given.is_set("initial-cluster") { given.text("initial-cluster") } else { &default };
    if name != "default" && typed == default {
        return Ok(vec![(name.to_owned(), own.to_vec())]);
    }
    let mut members: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for item in typed.split(',').filter(|item| !item.is_empty()) {
        let (name, url) = item.split_once('=').unwrap_or((item, ""));
        let urls = urls::read_list(url);
        let urls = urls.map_err(|error| ConfigError(format!("error setting up initial cluster: {error}")))?;
        members.entry(name).or_default().extend(urls);
    }
    members.values_mut().for_each(|urls| urls.sort());
    Ok(members.into_iter().map(|(name, urls)| (name.to_owned(), urls)).collect())
}

fn upkeep(given: &Given) -> Upkeep {
    Upkeep {
        corrupt_check_interval: given.duration("corrupt-check-time"),
        compact_hash_interval: given.duration("compact-hash-check-time"),
        downgrade_interval: given.duration("downgrade-check-time"),
        lock_memory: given.bool("memory-mlock"),
    }
}

/// What is kept of the history. A plain number is of hours, or of revisions; a duration in the mode of revisions counts
/// by its nanoseconds, as in etcd. Nothing is zero.
fn retention(mode: &str, text: &str) -> Result<Option<AutoCompaction>, ConfigError> {
    let number = text.parse::<i64>().ok().filter(|number| *number >= 0);
    let period = || {
        let parsed = parse_signed_duration(text);
        parsed.map_err(|reason| ConfigError(format!("error parsing CompactionRetention: {reason}")))
    };
    let kept = match (mode, number) {
        _ if text.is_empty() => return Ok(None),
        ("periodic", Some(hours)) => {
            AutoCompaction::Periodic(Duration::from_secs(hours.unsigned_abs().saturating_mul(3600)))
        }
        ("periodic", None) => AutoCompaction::Periodic(Duration::from_nanos(period()?.max(0).unsigned_abs())),
        (_, Some(revisions)) => AutoCompaction::Revisions(revisions),
        (_, None) => AutoCompaction::Revisions(period()?.max(0)),
    };
    let is_off = matches!(kept, AutoCompaction::Periodic(Duration::ZERO) | AutoCompaction::Revisions(0));
    Ok((!is_off).then_some(kept))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retention_is_read_as_etcd_reads_it() {
        let hours = |hours: u64| Ok(Some(AutoCompaction::Periodic(Duration::from_secs(hours * 3600))));
        assert_eq!(retention("periodic", "0"), Ok(None));
        assert_eq!(retention("periodic", "2"), hours(2));
        assert_eq!(retention("periodic", "60m"), hours(1));
        assert_eq!(retention("revision", "1000"), Ok(Some(AutoCompaction::Revisions(1000))));
        assert_eq!(retention("revision", "1us"), Ok(Some(AutoCompaction::Revisions(1000))));
        let error = retention("periodic", "x").unwrap_err();
        assert_eq!(error.0, r#"error parsing CompactionRetention: time: invalid duration "x""#);
    }
}
