//! `check perf`: a minute of writes at a fixed rate.

use super::{
    crowd::{Data, Pace, Tally, bar, gather, write},
    load::Load,
    tidy::{self, Afterwards},
};
use crate::cmd::{
    ctl::session::Given,
    failure::{Failure, code},
    gotext::quote,
    terminal::print,
};
use std::time::Duration;
use tokio::time::Instant;

/// How long it writes.
const TIME: Duration = Duration::from_secs(60);
const KEY_BYTES: usize = 256;
const VALUE_BYTES: usize = 1024;

/// A server is too slow when it takes no more than this part of the rate,
const RATE_MIN: f64 = 0.9;
/// when one write takes longer than this, in seconds,
const SLOWEST_MAX: f64 = 0.5;
/// or when they differ by more than this, in seconds.
const STDDEV_MAX: f64 = 0.1;

/// Checks how a server bears writes at a given rate
#[derive(clap::Args, Clone, Debug)]
#[command(override_usage = "perf [options]")]
pub struct Perf {
    /// how heavy: s(small), m(medium), l(large) or xl(xLarge), which differ in clients and in writes a second
    #[arg(long, value_name = "string", default_value = "s")]
    load: String,
    /// what the keys that it writes begin with
    #[arg(long, value_name = "string", default_value = "/etcdctl-check-perf/")]
    prefix: String,
    #[command(flatten)]
    afterwards: Afterwards,
    #[arg(hide = true)]
    words: Vec<std::ffi::OsString>,
}

impl Perf {
    /// Runs the command.
    pub async fn run(self, given: &Given) -> Result<(), Failure> {
        let load = Load::parse(&self.load)?;
        let session = given.open()?;
        let clients = gather(&session, load.clients()).await?;
        if !tidy::is_clean(&clients[0].with_deadline(Instant::now() + TIME), &self.prefix).await? {
            let prefix = quote(self.prefix.as_bytes());
            let message = format!("prefix {prefix} has keys. Delete with 'etcdctl del --prefix {}' first", self.prefix);
            return Err(Failure::new(code::INVALID_INPUT, message));
        }
        let data = Data { prefix: self.prefix.clone(), key_bytes: KEY_BYTES, value_bytes: VALUE_BYTES };
        let bar = bar(u64::from(load.rate()) * TIME.as_secs());
        let tally = write(&clients, Pace::of_time(load.rate(), TIME), &data, &bar).await;
        let deleted = tidy::delete(&clients[0], &self.prefix).await;
        if let Err(error) = &deleted {
            print(format!("FAIL: Cleanup failed during key deletion: ERROR({error})\n").as_bytes())?;
        }
        self.afterwards.run(&session, &clients[0], deleted.ok()).await?;
        match judge(&tally, load) {
            Ok(text) => print(text.as_bytes()),
            Err(text) => print(text.as_bytes()).and(Err(Failure::silent(code::ERROR))),
        }
    }
}

/// The verdict: good, or not.
fn judge(tally: &Tally, load: Load) -> Result<String, String> {
    let count = tally.latencies.len() as f64;
    let rate = count / tally.took.as_secs_f64();
    let slowest = tally.latencies.iter().copied().fold(0.0, f64::max);
    let mean = tally.latencies.iter().sum::<f64>() / count;
    let variance = tally.latencies.iter().map(|latency| (latency - mean).powi(2)).sum::<f64>() / count;
    // Without a single write there is nothing to differ.
    let stddev = if count > 0.0 { variance.sqrt() } else { 0.0 };
    let mut text = tally.complaints();
    let mut is_good = text.is_empty();
    let mut say = |good: bool, pass: String, fail: String| {
        is_good &= good;
        text.push_str(if good { &pass } else { &fail });
    };
    let whole = rate as u64 + 1;
    say(
        rate / f64::from(load.rate()) > RATE_MIN,
        format!("PASS: Throughput is {whole} writes/s\n"),
        format!("FAIL: Throughput too low: {whole} writes/s\n"),
    );
    say(
        slowest <= SLOWEST_MAX,
        format!("PASS: Slowest request took {slowest:.6}s\n"),
        format!("Slowest request took too long: {slowest:.6}s\n"),
    );
    say(stddev <= STDDEV_MAX, format!("PASS: Stddev is {stddev:.6}s\n"), format!("Stddev too high: {stddev:.6}s\n"));
    if is_good { Ok(text + "PASS\n") } else { Err(text + "FAIL\n") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(latencies: Vec<f64>, seconds: u64) -> Tally {
        Tally { latencies, took: Duration::from_secs(seconds), ..Tally::default() }
    }

    #[test]
    fn a_fast_server_passes() {
        let text = judge(&tally(vec![0.001; 9000], 60), Load::Small).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let expected = [
            "PASS: Throughput is 151 writes/s",
            "PASS: Slowest request took 0.001000s",
            "PASS: Stddev is 0.000000s",
            "PASS",
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn a_slow_one_fails_on_each_count() {
        let mut slow = tally([vec![0.001; 4000], vec![0.7; 4100]].concat(), 60);
        slow.errors.insert("context deadline exceeded".into(), 3);
        let text = judge(&slow, Load::Small).unwrap_err();
        let lines: Vec<&str> = text.lines().collect();
        let expected = [
            "FAIL: too many errors",
            "FAIL: ERROR(context deadline exceeded) -> 3",
            "FAIL: Throughput too low: 136 writes/s",
            "Slowest request took too long: 0.700000s",
            "Stddev too high: 0.349473s",
            "FAIL",
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn nine_tenths_of_the_rate_are_too_few_and_nothing_is_no_number() {
        assert!(judge(&tally(vec![0.001; 8100], 60), Load::Small).is_err());
        assert!(judge(&tally(vec![0.001; 8101], 60), Load::Small).is_ok());
        let text = judge(&tally(vec![], 60), Load::Small).unwrap_err();
        assert!(text.contains("too low: 1 writes/s") && !text.contains("NaN"));
    }
}
