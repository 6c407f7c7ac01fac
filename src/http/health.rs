//! Is the member healthy? `/health` for load balancers and operators, `/livez` and `/readyz` for Kubernetes.
//!
//! ```text
//!   /health   alarms -> leader -> a read, the first that fails is the reason
//!   /livez    serializable_read
//!   /readyz   data_corruption, serializable_read, linearizable_read, non_learner: all are tried and told of
//! ```
//!
//! A read is one of no key, through all that a read goes through.

use super::{
    page::{self, Page},
    query::pairs,
};
use crate::{
    metrics::metrics,
    pb::etcdserverpb::{AlarmMember, AlarmType, RangeRequest},
    rpc::failure_text,
    server::Handle,
};
use http::{Request, StatusCode};
use std::collections::BTreeSet;

/// `/health`.
pub async fn health<B>(handle: &Handle, request: &Request<B>) -> Page {
    if let Err(refused) = page::get_only(request) {
        tracing::warn!("status-code" = 405, "/health error");
        return *refused;
    }
    let asked = HealthQuery::read(request.uri().query());
    let alarms = handle.alarms().list(AlarmType::None as i32);
    let reason = match asked.alarm(&alarms) {
        Some(reason) => Some(reason.into()),
        None if !asked.serializable && !handle.has_leader() => {
            tracing::warn!("serving /health false; no leader");
            Some("RAFT NO LEADER".into())
        }
        None => {
            let read = if asked.serializable { read_here(handle).await } else { read_agreed(handle).await };
            read.err().map(|error| {
                tracing::warn!(error = error.as_str(), "serving /health false; Range fails");
                format!("RANGE ERROR:{error}")
            })
        }
    };
    verdict(reason)
}

fn verdict(reason: Option<String>) -> Page {
    let Some(reason) = reason else {
        metrics().health_success.inc();
        tracing::debug!("status-code" = 200, "/health OK");
        return page::guessed(r#"{"health":"true","reason":""}"#);
    };
    metrics().health_failures.inc();
    // A reason is one of a few words or an error's text; as a JSON string it is escaped.
    let output = format!(r#"{{"health":"false","reason":{}}}"#, serde_json::Value::from(reason));
    tracing::warn!(output = output.as_str(), "status-code" = 503, "/health error");
    page::error(StatusCode::SERVICE_UNAVAILABLE, &output)
}

/// What `/health` is asked.
#[derive(Debug, PartialEq, Eq)]
struct HealthQuery {
    /// Names of alarms that do not matter.
    excluded: Vec<String>,
    /// Is only this member's own health of interest?
    serializable: bool,
}

impl HealthQuery {
    fn read(query: Option<&str>) -> Self {
        let pairs = pairs(query);
        let serializable =
            pairs.iter().find(|(name, _)| name == "serializable").is_some_and(|(_, value)| value == "true");
        Self { excluded: excluded(&pairs), serializable }
    }

    /// The first alarm that matters.
    fn alarm(&self, alarms: &[AlarmMember]) -> Option<&'static str> {
        let name = |alarm: &AlarmMember| match AlarmType::try_from(alarm.alarm) {
            Ok(known) => known.as_str_name().to_owned(),
            Err(_) => alarm.alarm.to_string(),
        };
        let matters = |alarm: &&AlarmMember| !self.excluded.contains(&name(alarm));
        alarms.iter().find(matters).map(|alarm| {
            let shown = format!("memberID:{} alarm:{}", alarm.member_id, name(alarm));
            tracing::warn!(alarm = shown, "serving /health false due to an alarm");
            match alarm.alarm() {
                AlarmType::Nospace => "ALARM NOSPACE",
                AlarmType::Corrupt => "ALARM CORRUPT",
                AlarmType::None => "ALARM UNKNOWN",
            }
        })
    }
}

fn excluded(pairs: &[(String, String)]) -> Vec<String> {
    let excluded = pairs.iter().filter(|(name, value)| name == "exclude" && !value.is_empty());
    excluded.map(|(_, value)| value.clone()).collect()
}

/// A page of checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Probe {
    /// `/livez`: is the process of use?
    Live,
    /// `/readyz`: can the member serve?
    Ready,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Check {
    DataCorruption,
    SerializableRead,
    LinearizableRead,
    NonLearner,
}

impl Check {
    const ALL: [Self; 4] = [Self::DataCorruption, Self::SerializableRead, Self::LinearizableRead, Self::NonLearner];

    fn name(self) -> &'static str {
        match self {
            Self::DataCorruption => "data_corruption",
            Self::SerializableRead => "serializable_read",
            Self::LinearizableRead => "linearizable_read",
            Self::NonLearner => "non_learner",
        }
    }

    async fn run(self, handle: &Handle) -> Result<(), String> {
        match self {
            Self::DataCorruption if handle.alarms().is_on(AlarmType::Corrupt) => Err("alarm activated: CORRUPT".into()),
            Self::NonLearner if handle.status().is_learner => Err("not supported for learner".into()),
            Self::SerializableRead => read_here(handle).await,
            Self::LinearizableRead => read_agreed(handle).await,
            Self::DataCorruption | Self::NonLearner => Ok(()),
        }
    }
}

impl Probe {
    /// The page that a path is of, and the checks that it runs.
    fn of_path(path: &str) -> Option<(Self, &'static [Check])> {
        let path = path.strip_prefix('/')?;
        let (name, check) = path.split_once('/').map_or((path, None), |(name, check)| (name, Some(check)));
        let probe = [Self::Live, Self::Ready].into_iter().find(|probe| probe.name() == name)?;
        match check {
            None => Some((probe, probe.checks())),
            Some(check) => {
                let at = probe.checks().iter().position(|known| known.name() == check)?;
                Some((probe, &probe.checks()[at..=at]))
            }
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Live => "livez",
            Self::Ready => "readyz",
        }
    }

    fn checks(self) -> &'static [Check] {
        match self {
            Self::Live => &[Check::SerializableRead],
            Self::Ready => &Check::ALL,
        }
    }
}

/// Is this the path of a probe?
pub fn is_probe(path: &str) -> bool {
    Probe::of_path(path).is_some()
}

/// `/livez`, `/readyz` and the checks below them.
pub async fn probe<B>(handle: &Handle, path: &str, request: &Request<B>) -> Page {
    let Some((probe, checks)) = Probe::of_path(path) else { return page::missing() };
    if let Err(refused) = page::get_only(request) {
        tracing::warn!(path, "status-code" = 405, "Health request error");
        return *refused;
    }
    let pairs = pairs(request.uri().query());
    // A single check cannot be left out.
    let single = path.rsplit('/').next() != Some(probe.name());
    let excluded = if single { Vec::new() } else { excluded(&pairs) };
    let unknown = excluded.iter().filter(|name| !checks.iter().any(|check| check.name() == *name));
    let unknown: BTreeSet<String> = unknown.map(|name| format!("{name:?}")).collect();
    if !unknown.is_empty() {
        let unknown = unknown.into_iter().collect::<Vec<_>>().join(",");
        tracing::warn!("missing-health-checks" = unknown, "some health checks cannot be excluded");
    }
    let mut results = Vec::new();
    for check in checks.iter().filter(|check| !excluded.iter().any(|name| name == check.name())) {
        let result = check.run(handle).await;
        count(probe, *check, &result);
        results.push((check.name(), result));
    }
    let verbose = pairs.iter().any(|(name, _)| name == "verbose");
    report(path, &results, verbose.then_some(Verbose))
}

/// Is the page to tell of checks that succeeded?
struct Verbose;

fn report(path: &str, results: &[(&str, Result<(), String>)], verbose: Option<Verbose>) -> Page {
    let mut reason = String::new();
    for (name, result) in results {
        reason += &match result {
            Ok(()) => format!("[+]{name} ok\n"),
            Err(error) => format!("[-]{name} failed: {error}\n"),
        };
    }
    if results.iter().any(|(_, result)| result.is_err()) {
        tracing::error!(path, reason = reason.as_str(), "status-code" = 503, "Health check error");
        return page::error(StatusCode::SERVICE_UNAVAILABLE, &reason);
    }
    tracing::debug!(path, reason = reason.as_str(), "status-code" = 200, "Health check OK");
    let told = if verbose.is_some() { reason } else { String::new() };
    page::text(StatusCode::OK, told + "ok\n")
}

fn count(probe: Probe, check: Check, result: &Result<(), String>) {
    let labels = [probe.name(), check.name()];
    metrics().healthcheck.with_label_values(&labels).set(i64::from(result.is_ok()));
    let status = if result.is_ok() { "success" } else { "error" };
    metrics().healthchecks.with_label_values(&[labels[0], labels[1], status]).inc();
}

async fn read_here(handle: &Handle) -> Result<(), String> {
    read(handle, RangeRequest { serializable: true, ..Default::default() }).await
}

async fn read_agreed(handle: &Handle) -> Result<(), String> {
    read(handle, RangeRequest::default()).await
}

/// No client may ask for no key; the member itself may.
async fn read(handle: &Handle, request: RangeRequest) -> Result<(), String> {
    let request = RangeRequest { keys_only: true, limit: 1, ..request };
    handle.range(request).await.map(|_| ()).map_err(failure_text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt;

    async fn said(page: Page) -> (u16, String) {
        let status = page.status().as_u16();
        let bytes = page.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8(bytes.to_vec()).unwrap())
    }

    /// As etcd 3.7.1 answers.
    #[tokio::test]
    async fn verdicts() {
        assert_eq!(said(verdict(None)).await, (200, r#"{"health":"true","reason":""}"#.into()));
        let no_space = r#"{"health":"false","reason":"ALARM NOSPACE"}"#;
        assert_eq!(said(verdict(Some("ALARM NOSPACE".into()))).await, (503, format!("{no_space}\n")));
        let quoted = verdict(Some("RANGE ERROR:\"".into()));
        assert_eq!(said(quoted).await.1, "{\"health\":\"false\",\"reason\":\"RANGE ERROR:\\\"\"}\n");
    }

    #[test]
    fn alarms_that_matter() {
        let alarm = |alarm| AlarmMember { member_id: 1, alarm };
        let both = [alarm(1), alarm(2)];
        let reason = |query, alarms: &[AlarmMember]| HealthQuery::read(Some(query)).alarm(alarms);
        assert_eq!(reason("", &both), Some("ALARM NOSPACE"));
        assert_eq!(reason("exclude=NOSPACE", &both), Some("ALARM CORRUPT"));
        assert_eq!(reason("exclude=NOSPACE&exclude=CORRUPT", &both), None);
        assert_eq!(reason("exclude=&exclude=CORRUPT", &[alarm(9)]), Some("ALARM UNKNOWN"));
        assert!(HealthQuery::read(Some("serializable=true")).serializable);
        assert!(!HealthQuery::read(Some("serializable=false&serializable=true")).serializable);
    }

    #[test]
    fn paths_of_checks() {
        assert_eq!(Probe::of_path("/livez"), Some((Probe::Live, &[Check::SerializableRead][..])));
        assert_eq!(Probe::of_path("/readyz"), Some((Probe::Ready, &Check::ALL[..])));
        assert_eq!(Probe::of_path("/readyz/non_learner"), Some((Probe::Ready, &[Check::NonLearner][..])));
        for path in ["/livez/", "/livez/x", "/livez/non_learner", "/health", "livez", "/readyz/non_learner/"] {
            assert_eq!(Probe::of_path(path), None, "{path}");
        }
    }

    #[tokio::test]
    async fn reports() {
        let fine = [("a", Ok(())), ("b", Ok(()))];
        assert_eq!(said(report("/readyz", &fine, None)).await, (200, "ok\n".into()));
        assert_eq!(said(report("/readyz", &fine, Some(Verbose))).await, (200, "[+]a ok\n[+]b ok\nok\n".into()));
        let broken = [("a", Err("alarm activated: CORRUPT".into())), ("b", Ok(()))];
        let text = "[-]a failed: alarm activated: CORRUPT\n[+]b ok\n\n";
        assert_eq!(said(report("/readyz", &broken, None)).await, (503, text.into()));
    }
}
