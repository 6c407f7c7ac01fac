//! From words to a checked configuration: defaults, what follows from what, and etcd's refusals (reference 3.1, 3.6).

use super::{duration, flags, go_flags, urls};
use crate::{
    http::Settings,
    lease::Checkpoints,
    limits,
    logging::LoggingConfig,
    server::{auto_compaction::AutoCompaction, config::Config, quota::Quota},
};
use std::{collections::BTreeMap, path::PathBuf, time::Duration};

/// All that `etcd server` was told.
#[derive(Clone, Debug)]
pub struct ServerConfig {
    /// For the member.
    pub member: Config,
    /// Where clients connect.
    pub listen_client_urls: Vec<String>,
    /// Where members connect.
    pub listen_peer_urls: Vec<String>,
    /// For connections.
    pub connections: Settings,
    /// Are calls to be timed too?
    pub extensive_metrics: bool,
    /// Flags that were given and do nothing yet.
    pub without_effect: Vec<&'static str>,
}

/// A configuration that cannot be used; the text is etcd's where etcd has one.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(pub String);

impl From<urls::UrlError> for ConfigError {
    fn from(error: urls::UrlError) -> Self {
        Self(error.to_string())
    }
}

/// Values as given, flag by flag; what was not given has its default.
pub struct Given(pub BTreeMap<&'static str, String>);

impl Given {
    fn is_set(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The value or the default. Every name asked for is in the table of flags.
    fn text(&self, name: &str) -> &str {
        match self.0.get(name) {
            Some(value) => value,
            None => flags::find(name).map_or("", |flag| flag.default),
        }
    }

    // The three below were checked against the flag's kind when they were read.
    fn int(&self, name: &str) -> i64 {
        go_flags::read_int(self.text(name)).unwrap_or_default()
    }

    fn uint(&self, name: &str) -> u64 {
        self.text(name).parse().unwrap_or_else(|_| self.int(name) as u64)
    }

    fn bool(&self, name: &str) -> bool {
        go_flags::read_bool(self.text(name)).unwrap_or_default()
    }

    fn duration_or(&self, name: &str, when_zero: Duration) -> Duration {
        match duration::parse(self.text(name)) {
            Some(given) if !given.is_zero() => given,
            _ => when_zero,
        }
    }

    fn int_or(&self, name: &str, when_zero: usize) -> usize {
        match self.int(name) {
            given if given > 0 => given as usize,
            _ => when_zero,
        }
    }
}

/// Checks everything and puts it together. `seed`: the one source of chance.
pub fn build(given: &Given, seed: u64) -> Result<ServerConfig, ConfigError> {
    let without_effect = check_effects(given)?;
    let listen_peer_urls = urls::read_list(given.text("listen-peer-urls"))?;
    let listen_client_urls = urls::read_list(given.text("listen-client-urls"))?;
    let advertise_peer_urls = urls::read_list(given.text("initial-advertise-peer-urls"))?;
    let advertise_client_urls = urls::read_list(given.text("advertise-client-urls"))?;
    urls::check_bindable(&listen_peer_urls)?;
    urls::check_bindable(&listen_client_urls)?;
    urls::check_plain("listen-peer-urls", &listen_peer_urls)?;
    urls::check_plain("listen-client-urls", &listen_client_urls)?;
    if given.is_set("listen-client-urls") && !given.is_set("advertise-client-urls") {
        return Err(ConfigError(
            "--advertise-client-urls is required when --listen-client-urls is set explicitly".into(),
        ));
    }
    let initial_cluster = read_initial_cluster(given, &advertise_peer_urls)?;
    let (tick, election_ticks) = read_times(given)?;
    Ok(ServerConfig {
        member: Config {
            name: given.text("name").to_string(),
            data_dir: data_dir(given),
            wal_dir: Some(given.text("wal-dir")).filter(|dir| !dir.is_empty()).map(PathBuf::from),
            advertise_peer_urls,
            advertise_client_urls,
            initial_cluster,
            cluster_token: given.text("initial-cluster-token").to_string(),
            snapshot_entries: Some(given.uint("snapshot-count")).filter(|n| *n > 0).unwrap_or(10_000),
            catchup_entries: given.uint("snapshot-catchup-entries"),
            wals_kept_max: given.uint("max-wals") as usize,
            tick,
            election_ticks,
            pre_vote: given.bool("pre-vote"),
            tick_advance: given.bool("initial-election-tick-advance"),
            flush_interval: given.duration_or("backend-batch-interval", Duration::from_millis(100)),
            flush_rows: given.int_or("backend-batch-limit", 10_000),
            compaction_batch: given.int_or("compaction-batch-limit", 1_000),
            compaction_pause: given.duration_or("compaction-sleep-interval", Duration::from_millis(10)),
            watch_progress_interval: given
                .duration_or("watch-progress-notify-interval", Duration::from_secs(600))
                .max(Duration::from_millis(100)),
            apply_warn_above: given.duration_or("warning-apply-duration", Duration::ZERO),
            txn_ops_max: given.uint("max-txn-ops") as usize,
            request_bytes_max: given.uint("max-request-bytes") as usize,
            concurrent_streams_max: given.uint("max-concurrent-streams").min(u64::from(u32::MAX)) as u32,
            quota: Quota::new(given.int("quota-backend-bytes")),
            auto_compaction: read_auto_compaction(given)?,
            bootstrap_defrag_bytes: Some(given.uint("bootstrap-defrag-threshold-megabytes"))
                .filter(|megabytes| *megabytes > 0)
                .map(|megabytes| megabytes.saturating_mul(1 << 20)),
            lease_checkpoints: read_checkpoints(given),
            fsync: !given.bool("unsafe-no-fsync"),
            seed,
        },
        listen_client_urls,
        listen_peer_urls,
        connections: Settings {
            concurrent_streams_max: given.uint("max-concurrent-streams").min(u64::from(u32::MAX)) as u32,
            keepalive_interval: given.duration_or("grpc-keepalive-interval", Duration::ZERO),
            keepalive_timeout: given.duration_or("grpc-keepalive-timeout", Duration::ZERO),
        },
        extensive_metrics: given.text("metrics") == "extensive",
        without_effect,
    })
}

/// Refuses what must not be passed over, and names what has no effect.
fn check_effects(given: &Given) -> Result<Vec<&'static str>, ConfigError> {
    let mut without_effect = Vec::new();
    for (&name, value) in &given.0 {
        let Some(flag) = flags::find(name).filter(|flag| flag.default != value) else { continue };
        match flag.effect {
            flags::Effect::Works => {}
            flags::Effect::NotYet => without_effect.push(name),
            flags::Effect::Refused => {
                return Err(ConfigError(format!("--{name} is not supported by this version yet (set to {value:?})")));
            }
        }
    }
    Ok(without_effect)
}

fn data_dir(given: &Given) -> PathBuf {
    match given.text("data-dir") {
        "" => PathBuf::from(format!("{}.etcd", given.text("name"))),
        dir => PathBuf::from(dir),
    }
}

/// `name=url,name=url`; the same name may stand more than once. When it is not given it is this member alone.
fn read_initial_cluster(given: &Given, own: &[String]) -> Result<Vec<(String, Vec<String>)>, ConfigError> {
    match given.text("initial-cluster-state") {
        "new" | "existing" => {}
        other => return Err(ConfigError(format!("unexpected clusterState {other:?}"))),
    }
    if !given.is_set("initial-cluster") {
        return Ok(vec![(given.text("name").to_string(), own.to_vec())]);
    }
    let mut members: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for item in given.text("initial-cluster").split(',').map(str::trim) {
        let (name, url) = item
            .split_once('=')
            .filter(|(name, _)| !name.is_empty())
            .ok_or_else(|| ConfigError(format!("--initial-cluster: expected name=url, found {item:?}")))?;
        urls::Url::read(url)?;
        members.entry(name.to_string()).or_default().push(url.to_string());
    }
    members.values_mut().for_each(|urls| urls.sort());
    Ok(members.into_iter().collect())
}

/// What is kept of the history; a plain number is of hours, or of revisions.
fn read_auto_compaction(given: &Given) -> Result<Option<AutoCompaction>, ConfigError> {
    let (mode, retention) = (given.text("auto-compaction-mode"), given.text("auto-compaction-retention"));
    let number = retention.parse::<i64>().ok().filter(|number| *number >= 0);
    let period = || {
        let unparsable =
            || ConfigError(format!("error parsing CompactionRetention: time: invalid duration {retention:?}"));
        duration::parse(retention).ok_or_else(unparsable)
    };
    let auto_compaction = match (mode, number) {
        ("periodic", Some(hours)) => AutoCompaction::Periodic(Duration::from_secs((hours as u64).saturating_mul(3600))),
        ("periodic", None) => AutoCompaction::Periodic(period()?),
        ("revision", Some(revisions)) => AutoCompaction::Revisions(revisions),
        // As in etcd, which counts the nanoseconds.
        ("revision", None) => AutoCompaction::Revisions(period()?.as_nanos() as i64),
        ("", _) => return Err(ConfigError("undefined auto-compaction-mode".into())),
        (other, _) => return Err(ConfigError(format!("unknown auto-compaction-mode {other:?}"))),
    };
    let is_off = matches!(auto_compaction, AutoCompaction::Periodic(Duration::ZERO) | AutoCompaction::Revisions(0));
    Ok((!is_off).then_some(auto_compaction))
}

/// The one feature gate that has an effect yet.
fn read_checkpoints(given: &Given) -> Checkpoints {
    let is_on = given.text("feature-gates").split(',').any(|gate| gate.trim() == "LeaseCheckpoint=true");
    if is_on { Checkpoints::Every(limits::LEASE_CHECKPOINT_INTERVAL) } else { Checkpoints::Off }
}

/// Heartbeat and election timeout, as a tick and a number of ticks.
fn read_times(given: &Given) -> Result<(Duration, usize), ConfigError> {
    let heartbeat_ms = given.uint("heartbeat-interval");
    let election_ms = given.uint("election-timeout");
    if heartbeat_ms == 0 {
        return Err(ConfigError("--heartbeat-interval must be >0 (set to 0ms)".into()));
    }
    if election_ms == 0 {
        return Err(ConfigError("--election-timeout must be >0 (set to 0ms)".into()));
    }
    if heartbeat_ms.saturating_mul(5) > election_ms {
        return Err(ConfigError(format!(
            "--election-timeout[{election_ms}ms] should be at least as 5 times as --heartbeat-interval[{heartbeat_ms}ms]"
        )));
    }
    if election_ms > 50_000 {
        return Err(ConfigError(format!(
            "--election-timeout[{election_ms}ms] is too long, and should be set less than 50000ms"
        )));
    }
    Ok((Duration::from_millis(heartbeat_ms), (election_ms / heartbeat_ms) as usize))
}

/// How the log is to be written; `logging` checks it.
pub fn read_log(given: &Given) -> LoggingConfig {
    LoggingConfig {
        logger: given.text("logger").to_string(),
        level: given.text("log-level").to_string(),
        format: given.text("log-format").to_string(),
        outputs: given.text("log-outputs").split(',').map(|output| output.trim().to_string()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(line: &str) -> Result<ServerConfig, String> {
        let words: Vec<String> = line.split_whitespace().map(String::from).collect();
        let typed = go_flags::parse(&words).unwrap();
        build(&Given(typed.values), 1).map_err(|error| error.0)
    }

    #[test]
    fn defaults_follow_the_name() {
        let config = config("--name a --initial-advertise-peer-urls http://127.0.0.1:1").unwrap();
        assert_eq!(config.member.data_dir, PathBuf::from("a.etcd"));
        assert_eq!(config.member.initial_cluster, [("a".to_string(), vec!["http://127.0.0.1:1".to_string()])]);
        assert_eq!(config.member.request_timeout(), Duration::from_secs(7));
        assert_eq!(config.member.lease_ttl_s_min(), 2);
    }

    #[test]
    fn refusals_are_worded_as_etcd_words_them() {
        let cases = [
            ("--heartbeat-interval=0", "--heartbeat-interval must be >0 (set to 0ms)"),
            (
                "--election-timeout=100",
                "--election-timeout[100ms] should be at least as 5 times as --heartbeat-interval[100ms]",
            ),
            (
                "--election-timeout=60000",
                "--election-timeout[60000ms] is too long, and should be set less than 50000ms",
            ),
            ("--initial-cluster-state=x", "unexpected clusterState \"x\""),
            (
                "--listen-client-urls=http://127.0.0.1:1",
                "--advertise-client-urls is required when --listen-client-urls is set explicitly",
            ),
        ];
        for (line, text) in cases {
            assert_eq!(config(line).unwrap_err(), text, "{line}");
        }
    }

    #[test]
    fn retention_is_read_as_etcd_reads_it() {
        let read = |line: &str| config(line).map(|config| config.member.auto_compaction);
        let hours = |hours: u64| Ok(Some(AutoCompaction::Periodic(Duration::from_secs(hours * 3600))));
        assert_eq!(read(""), Ok(None));
        assert_eq!(read("--auto-compaction-retention=2"), hours(2));
        assert_eq!(read("--auto-compaction-retention=1h"), hours(1));
        let revisions = "--auto-compaction-mode=revision --auto-compaction-retention";
        assert_eq!(read(&format!("{revisions}=1000")), Ok(Some(AutoCompaction::Revisions(1000))));
        assert_eq!(read(&format!("{revisions}=1us")), Ok(Some(AutoCompaction::Revisions(1000))));
        assert_eq!(read(&format!("{revisions}=0")), Ok(None));
        assert_eq!(read("--auto-compaction-mode=x").unwrap_err(), "unknown auto-compaction-mode \"x\"");
        assert_eq!(read("--auto-compaction-mode=").unwrap_err(), "undefined auto-compaction-mode");
        let unparsable = read("--auto-compaction-retention=x").unwrap_err();
        assert_eq!(unparsable, "error parsing CompactionRetention: time: invalid duration \"x\"");
    }

    #[test]
    fn what_is_not_there_yet_is_refused_or_named() {
        assert!(config("--client-cert-auth").unwrap_err().contains("--client-cert-auth is not supported"));
        assert_eq!(config("--corrupt-check-time=1s --max-learners=1").unwrap().without_effect, ["corrupt-check-time"]);
    }
}
