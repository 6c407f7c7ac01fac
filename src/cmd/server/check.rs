//! Checks what was given, in etcd's order and with etcd's texts (reference 3.6).

use super::{
    flags::Status,
    gates::Gates,
    given::{Given, Source, shown},
    notice::Notice,
    urls,
};
use crate::cmd::gotext::{format_signed_duration, quote};

/// A configuration that cannot be used; the text is etcd's where etcd has one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(pub String);

impl From<urls::UrlError> for ConfigError {
    fn from(error: urls::UrlError) -> Self {
        Self(error.0)
    }
}

impl From<String> for ConfigError {
    fn from(text: String) -> Self {
        Self(text)
    }
}

/// Clients must be told where to go when the member is told where to listen.
pub const NOT_ADVERTISED: &str = "--advertise-client-urls is required when --listen-client-urls is set explicitly";

/// Longest election timeout.
const ELECTION_MS_MAX: u64 = 50_000;
/// Traces are counted out of so many.
const TRACES: i64 = 1_000_000;

/// Checks everything that can be checked before a member is there.
pub fn check(given: &Given, notices: &mut Vec<Notice>) -> Result<(), ConfigError> {
    if given.text("discovery-fallback") == "proxy" {
        let text = "v2 proxy is deprecated, and --discovery-fallback can't be configured as \"proxy\"";
        return Err(text.to_owned().into());
    }
    check_urls(given, notices)?;
    check_bootstrap(given)?;
    check_times(given)?;
    if given.source == Source::CommandLine
        && given.is_set("listen-client-urls")
        && !given.is_set("advertise-client-urls")
    {
        return Err(NOT_ADVERTISED.to_owned().into());
    }
    match given.text("auto-compaction-mode") {
        "periodic" | "revision" => {}
        "" => return Err("undefined auto-compaction-mode".to_owned().into()),
        other => return Err(format!("unknown auto-compaction-mode {}", quote(other.as_bytes())).into()),
    }
    if given.bool("enable-distributed-tracing") {
        check_sampling(given.int("distributed-tracing-sampling-rate"))?;
    }
    check_gates(&given.gates(), notices)?;
    let hash_interval = given.nanoseconds("compact-hash-check-time");
    if hash_interval <= 0 {
        let shown = format_signed_duration(hash_interval);
        return Err(format!("--compact-hash-check-time must be >0 (set to {shown})").into());
    }
    if given.text("name") == "default" {
        notices.push(Notice::DefaultName);
    }
    check_tls(given)?;
    check_effects(given, notices)
}

fn check_urls(given: &Given, notices: &mut Vec<Notice>) -> Result<(), ConfigError> {
    notices.extend(given.gates().without_effect().map(Notice::GateWithoutEffect));
    for flag in ["listen-peer-urls", "listen-client-urls", "listen-client-http-urls"] {
        urls::check_bindable(&given.list(flag))?;
    }
    if given.list("listen-client-http-urls").is_empty() {
        notices.push(Notice::SinglePort);
    }
    urls::check_bindable(&given.list("listen-metrics-urls"))?;
    for (flag, form) in [
        ("initial-advertise-peer-urls", r#"must be "host:port""#),
        (
            "advertise-client-urls",
            r#"must be in the format "host:port", "unix:/path/to/socket" or "unixs:/path/to/socket""#,
        ),
    ] {
        let urls = given.list(flag);
        urls::check_reachable(&urls)
            .map_err(|error| format!("--{flag} {} {form} ({error})", quote(urls.join(",").as_bytes())))?;
    }
    Ok(())
}

/// Only one way of finding the first members.
fn check_bootstrap(given: &Given) -> Result<(), ConfigError> {
    let (srv, endpoints) = (given.text("discovery-srv"), given.list("discovery-endpoints"));
    let ways = [!given.text("initial-cluster").is_empty(), !srv.is_empty(), !endpoints.is_empty()];
    match given.text("initial-cluster-state") {
        "new" | "existing" => {}
        other => return Err(format!("unexpected clusterState {}", quote(other.as_bytes())).into()),
    }
    if ways.into_iter().filter(|way| *way).count() > 1 {
        let text = "multiple discovery or bootstrap flags are set. Choose one of \"initial-cluster\", \
                    \"discovery-endpoints\" or \"discovery-srv\"";
        return Err(text.to_owned().into());
    }
    if given.text("discovery-token").is_empty() != endpoints.is_empty() {
        return Err("both --discovery-token and --discovery-endpoints must be set".to_owned().into());
    }
    if endpoints.iter().any(|endpoint| endpoint.trim().is_empty()) {
        return Err("--discovery-endpoints must not contain empty endpoints".to_owned().into());
    }
    Ok(())
}

fn check_times(given: &Given) -> Result<(), ConfigError> {
    let heartbeat_ms = given.uint("heartbeat-interval");
    let election_ms = given.uint("election-timeout");
    let text = if heartbeat_ms == 0 {
        "--heartbeat-interval must be >0 (set to 0ms)".to_owned()
    } else if election_ms == 0 {
        "--election-timeout must be >0 (set to 0ms)".to_owned()
    } else if heartbeat_ms.saturating_mul(5) > election_ms {
        format!(
            "--election-timeout[{election_ms}ms] should be at least as 5 times as --heartbeat-interval[{heartbeat_ms}ms]"
        )
    } else if election_ms > ELECTION_MS_MAX {
        format!("--election-timeout[{election_ms}ms] is too long, and should be set less than {ELECTION_MS_MAX}ms")
    } else {
        return Ok(());
    };
    Err(text.into())
}

fn check_sampling(per_million: i64) -> Result<(), ConfigError> {
    let reason = match per_million {
        ..0 => "tracing sampling rate must be positive".to_owned(),
        0..=TRACES => return Ok(()),
        _ => format!("tracing sampling rate must be less than {TRACES}"),
    };
    Err(format!("distributed tracing configurition is not valid: ({reason})").into())
}

fn check_gates(gates: &Gates, notices: &mut Vec<Notice>) -> Result<(), ConfigError> {
    match (gates.is_on("LeaseCheckpoint"), gates.is_on("LeaseCheckpointPersist")) {
        (true, false) => notices.push(Notice::CheckpointsNotPersisted),
        (false, true) => {
            let text = "enabling feature gate LeaseCheckpointPersist requires enabling feature gate LeaseCheckpoint";
            return Err(text.to_owned().into());
        }
        _ => {}
    }
    Ok(())
}

/// Names of TLS versions and cipher suites.
fn check_tls(given: &Given) -> Result<(), ConfigError> {
    let version = |text: &str| match text {
        "" => Ok(0),
        "TLS1.2" => Ok(2),
        "TLS1.3" => Ok(3),
        _ => {
            let shown = quote(text.as_bytes());
            Err(ConfigError(format!("unexpected TLS version {shown} (must be one of: TLS1.2, TLS1.3)")))
        }
    };
    let (min, max) = (given.text("tls-min-version"), given.text("tls-max-version"));
    let (lowest, highest) = (version(min)?, version(max)?);
    if highest != 0 && lowest > highest {
        return Err(format!("min version ({min}) is greater than max version ({max})").into());
    }
    if lowest == 3 && !given.list("cipher-suites").is_empty() {
        return Err("cipher suites cannot be configured when only TLS1.3 is enabled".to_owned().into());
    }
    Ok(())
}

/// Refuses what must not be passed over, and names what has no effect.
fn check_effects(given: &Given, notices: &mut Vec<Notice>) -> Result<(), ConfigError> {
    for flag in given.set_flags() {
        match flag.status {
            Status::Works => {}
            Status::Deprecated(warning) => notices.push(Notice::Deprecated(warning)),
            Status::Later if given.differs(flag) => notices.push(Notice::NoEffect(flag.name)),
            Status::Refused if given.differs(flag) => {
                let value = quote(shown(&given.value(flag.name)).as_bytes());
                let name = flag.name;
                return Err(format!("--{name} is not supported by this version yet (set to {value})").into());
            }
            Status::Later | Status::Refused => {}
        }
    }
    notices.extend(given.gates().without_effect().map(Notice::GateWithoutEffect));
    Ok(())
}
