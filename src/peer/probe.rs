//! How far away a peer is, and whether its clock goes with ours: one small request now and then.
//!
//! etcd asks over both kinds of connection that it has, and its log lines and metrics tell them apart; so here too.

use super::{
    connection::{Connection, get},
    contact::Contact,
};
use crate::limits::{PEER_CLOCK_DRIFT, PEER_PROBE_INTERVAL, PEER_PROBE_REPORTS};
use crate::logging::go_duration;
use crate::metrics::metrics;
use http::StatusCode;
use std::{sync::Arc, time::Duration};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep_until, timeout};

/// Where a member answers probes.
pub const PROBING: &str = "/raft/probing";

/// How a probe travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// Like a stream: over a connection of its own each time.
    Stream,
    /// Like a post: over one that is kept.
    Post,
}

impl Route {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Post, Self::Stream];

    /// etcd's name for it.
    fn name(self) -> &'static str {
        match self {
            Self::Stream => "ROUND_TRIPPER_RAFT_MESSAGE",
            Self::Post => "ROUND_TRIPPER_SNAPSHOT",
        }
    }
}

/// What is answered to a probe.
#[derive(Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Health {
    #[serde(rename = "OK", alias = "ok", default)]
    ok: bool,
    #[serde(alias = "now")]
    now: String,
}

/// The answer to a probe at this time, as Go writes it.
pub fn answer(now: OffsetDateTime) -> String {
    // Every time that a clock can show has such a form.
    let now = now.format(&Rfc3339).unwrap_or_default();
    // Two plain values are always JSON.
    serde_json::to_string(&Health { ok: true, now }).unwrap_or_default() + "\n"
}

/// What is known of the way to a peer.
#[derive(Debug, Default)]
struct Known {
    /// Smoothed; zero before the first answer.
    round_trip: Duration,
    /// Ours minus the peer's, in seconds.
    drift_s: f64,
    /// Why the last probe failed, if it did, or that there was none.
    error: Option<String>,
    is_healthy: bool,
}

impl Known {
    fn answered(&mut self, took: Duration, sent_at: OffsetDateTime, now: OffsetDateTime) {
        let before = if self.round_trip.is_zero() { took } else { self.round_trip };
        self.round_trip = before.mul_f64(0.875) + took.mul_f64(0.125);
        self.drift_s = (now - sent_at).as_seconds_f64() - self.round_trip.as_secs_f64() / 2.0;
        (self.error, self.is_healthy) = (None, true);
    }

    fn failed(&mut self, error: String) {
        (self.error, self.is_healthy) = (Some(error), false);
    }
}

/// Probes a peer over one route until it is dropped.
pub async fn probe(route: Route, contact: Arc<Contact>) {
    let start = Instant::now();
    let mut probes = interval_at(start + PEER_PROBE_INTERVAL, PEER_PROBE_INTERVAL);
    probes.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut next_report = start + PEER_PROBE_REPORTS.0;
    let (mut known, mut kept) = (Known::default(), None);
    loop {
        tokio::select! {
            biased;
            () = sleep_until(next_report) => {
                report(route, &contact, &known);
                next_report = Instant::now() + if known.is_healthy { PEER_PROBE_REPORTS.1 } else { PEER_PROBE_REPORTS.0 };
            }
            _ = probes.tick() => {
                let asked = Instant::now();
                match timeout(contact.ways.read_timeout, ask(&contact, &mut kept)).await {
                    Ok(Ok(sent_at)) => known.answered(asked.elapsed(), sent_at, OffsetDateTime::now_utc()),
                    Ok(Err(error)) => known.failed(error),
                    Err(_) => known.failed("i/o timeout".into()),
                }
                if !known.is_healthy || route == Route::Stream {
                    kept = None;
                }
            }
        }
    }
}

/// The peer's clock.
async fn ask(contact: &Contact, kept: &mut Option<Connection>) -> Result<OffsetDateTime, String> {
    let url = contact.pick()?;
    let asked = async {
        let mut connection = match kept.take().filter(|connection| *connection.url() == url) {
            Some(connection) => connection,
            None => Connection::open(&contact.ways, &url).await?,
        };
        let answer = connection.send(get(&contact.ways, &url, PROBING)?).await;
        let (head, body) = answer.map_err(|error| error.to_string())?.into_parts();
        if head.status != StatusCode::OK {
            return Err(format!("got unexpected HTTP status code {} from {url}{PROBING}", head.status));
        }
        let body = connection.answer(body).await?;
        *kept = Some(connection);
        let health: Health = serde_json::from_slice(&body).map_err(|error| error.to_string())?;
        if !health.ok {
            return Err("the peer is not well".into());
        }
        OffsetDateTime::parse(&health.now, &Rfc3339).map_err(|error| error.to_string())
    };
    asked.await.inspect_err(|_| contact.picker.unreachable(&url))
}

fn report(route: Route, contact: &Contact, known: &Known) {
    let round_trip = go_duration(known.round_trip);
    if !known.is_healthy {
        tracing::warn!(
            "round-tripper-name" = route.name(),
            "remote-peer-id" = %contact.peer,
            "rtt" = round_trip,
            "error" = known.error,
            "prober detected unhealthy status"
        );
    }
    // etcd warns of a peer whose clock is behind only. A clock that is ahead does the same harm.
    if known.drift_s.abs() > PEER_CLOCK_DRIFT.as_secs_f64() {
        let sign = if known.drift_s < 0.0 { "-" } else { "" };
        let drift = go_duration(Duration::from_secs_f64(known.drift_s.abs().min(1e9)));
        tracing::warn!(
            "round-tripper-name" = route.name(),
            "remote-peer-id" = %contact.peer,
            "clock-drift" = format!("{sign}{drift}"),
            "rtt" = round_trip,
            "error" = known.error,
            "prober found high clock drift"
        );
    }
    let seconds = known.round_trip.as_secs_f64();
    metrics().peer_round_trip.with_label_values(&[&contact.peer.to_string()]).observe(seconds);
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn answers_are_those_of_go() {
        let now = datetime!(2026-11-21 07:25:44.568868825 UTC);
        assert_eq!(answer(now), "{\"OK\":true,\"Now\":\"2026-11-21T07:25:44.568868825Z\"}\n");
        assert_eq!(answer(datetime!(2026-11-21 07:25:44.5 UTC)), "{\"OK\":true,\"Now\":\"2026-11-21T07:25:44.5Z\"}\n");
        let read: Health = serde_json::from_str("{\"OK\":true,\"Now\":\"2026-11-21T09:25:44.5+02:00\"}").unwrap();
        assert_eq!(OffsetDateTime::parse(&read.now, &Rfc3339), Ok(datetime!(2026-11-21 07:25:44.5 UTC)));
    }

    #[test]
    fn round_trips_are_smoothed_and_drift_allows_for_them() {
        let mut known = Known::default();
        let now = datetime!(2026-11-21 07:25:44 UTC);
        known.answered(Duration::from_millis(80), now - Duration::from_millis(40), now);
        assert_eq!(known.round_trip, Duration::from_millis(80));
        assert!(known.is_healthy && known.drift_s.abs() < 1e-9, "{known:?}");
        known.answered(Duration::from_millis(160), now + Duration::from_secs(3), now);
        assert_eq!(known.round_trip, Duration::from_millis(90));
        assert!((known.drift_s + 3.045).abs() < 1e-9, "{known:?}");
        known.failed("no".into());
        assert!(!known.is_healthy && known.error.as_deref() == Some("no"));
    }
}
