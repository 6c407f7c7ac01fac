//! What happened: latencies by series, and errors by kind.
//!
//! Latencies go into a few histograms that clients share by number rather than into one each: ten thousand clients would
//! need gigabytes. A histogram's lock is held for one count, so nobody waits for it in practice.

use crate::{client::ClientError, cmd::output::BenchSeries};
use hdrhistogram::Histogram;
use parking_lot::Mutex;
use std::{collections::BTreeMap, time::Duration};

/// Histograms of one series.
const SHARDS: usize = 8;
/// A latency is told to one part in a thousand.
const DIGITS: u8 = 3;
/// Longer latencies count as this long.
const LATENCY_MAX: Duration = Duration::from_secs(3600);
/// Kinds of errors told apart; what comes after them is counted together.
const KINDS: usize = 50;

/// Everything counted in one run.
pub struct Meter {
    series: Vec<(&'static str, Vec<Mutex<Shard>>)>,
    errors: Mutex<BTreeMap<String, u64>>,
}

struct Shard {
    latencies: Histogram<u64>,
    items: u64,
    bytes: u64,
}

/// What an operation brought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// Which series it belongs to.
    pub series: usize,
    /// Keys, events or whatever else the answer counts.
    pub items: u64,
    /// Bytes of the answer.
    pub bytes: u64,
}

impl Meter {
    /// Nothing counted yet.
    pub fn new(series: &[&'static str]) -> Self {
        let shard = || Mutex::new(Shard { latencies: histogram(), items: 0, bytes: 0 });
        let series = series.iter().map(|name| (*name, (0..SHARDS).map(|_| shard()).collect())).collect();
        Self { series, errors: Mutex::default() }
    }

    /// Counts one operation of a client.
    pub fn count(&self, client: usize, done: Done, latency: Duration) {
        self.count_many(client, done, latency, 1);
    }

    /// Counts many that took equally long.
    pub fn count_many(&self, client: usize, done: Done, latency: Duration, times: u64) {
        let mut shard = self.series[done.series].1[client % SHARDS].lock();
        shard.latencies.saturating_record_n(nanos(latency), times);
        shard.items += done.items;
        shard.bytes += done.bytes;
    }

    /// Counts an error.
    pub fn fail(&self, error: &ClientError) {
        self.fail_many(&error.to_string(), 1);
    }

    /// Counts many errors of one kind.
    pub fn fail_many(&self, kind: &str, times: u64) {
        let mut errors = self.errors.lock();
        if let Some(count) = errors.get_mut(kind) {
            *count += times;
        } else {
            let kind = if errors.len() < KINDS { kind } else { "others" };
            *errors.entry(kind.to_owned()).or_default() += times;
        }
    }

    /// Operations counted so far, failed ones included.
    pub fn done(&self) -> u64 {
        let shards = self.series.iter().flat_map(|(_, shards)| shards);
        shards.map(|shard| shard.lock().latencies.len()).sum::<u64>() + self.errors.lock().values().sum::<u64>()
    }

    /// The sums of each series.
    pub fn sums(&self) -> Vec<BenchSeries> {
        let sum = |(name, shards): &(&'static str, Vec<Mutex<Shard>>)| {
            let mut sums = BenchSeries { name, latencies: histogram(), items: 0, bytes: 0 };
            for shard in shards {
                let shard = shard.lock();
                // Of equal bounds, so it always fits.
                let _ = sums.latencies.add(&shard.latencies);
                sums.items += shard.items;
                sums.bytes += shard.bytes;
            }
            sums
        };
        self.series.iter().map(sum).collect()
    }

    /// Errors by kind.
    pub fn errors(&self) -> BTreeMap<String, u64> {
        self.errors.lock().clone()
    }
}

fn histogram() -> Histogram<u64> {
    Histogram::new_with_bounds(1, nanos(LATENCY_MAX), DIGITS).expect("these constants are in range")
}

fn nanos(latency: Duration) -> u64 {
    u64::try_from(latency.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::Code;

    #[test]
    fn percentiles_of_a_known_run() {
        let meter = Meter::new(&["put"]);
        for ms in 1..=1000 {
            meter.count(ms as usize, Done { series: 0, items: 2, bytes: 3 }, Duration::from_millis(ms));
        }
        let sums = meter.sums().remove(0);
        assert_eq!((sums.latencies.len(), sums.items, sums.bytes, meter.done()), (1000, 2000, 3000, 1000));
        for (percent, ms) in [(50.0, 500.0), (90.0, 900.0), (99.0, 990.0), (99.9, 999.0), (100.0, 1000.0)] {
            let value = sums.latencies.value_at_percentile(percent) as f64 / 1e6;
            assert!((value - ms).abs() <= ms / 500.0, "p{percent}: {value} for {ms}");
        }
        assert!((sums.latencies.mean() / 1e6 - 500.5).abs() < 1.0);
    }

    #[test]
    fn what_is_longer_than_the_longest_still_counts() {
        let meter = Meter::new(&["a", "b"]);
        meter.count_many(0, Done { series: 1, ..Done::default() }, Duration::MAX, 5);
        let sums = meter.sums();
        assert_eq!((sums[0].latencies.len(), sums[1].latencies.len()), (0, 5));
    }

    #[test]
    fn errors_are_counted_by_kind_and_kinds_are_bounded() {
        let meter = Meter::new(&[]);
        (0..3).for_each(|_| meter.fail(&ClientError::local(Code::Unknown, "x")));
        (0..KINDS + 10).for_each(|kind| meter.fail_many(&format!("kind {kind:03}"), 2));
        let errors = meter.errors();
        assert_eq!((errors["x"], errors["kind 000"], errors["others"]), (3, 2, 22));
        assert_eq!(meter.done(), 3 + 2 * (KINDS as u64 + 10));
    }
}
