//! The figures of a load run.

use super::{
    json::{Object, array, string},
    kv::json_line,
    printer::{Format, Output},
};
use crate::cmd::{failure::Failure, terminal::print};
use hdrhistogram::Histogram;
use std::{collections::BTreeMap, fmt::Write, time::Duration};

/// A whole run.
#[derive(Clone, Debug)]
pub struct BenchFigures {
    /// Which command made it.
    pub name: &'static str,
    /// What it was told, as name and value.
    pub settings: Vec<(&'static str, u64)>,
    /// It was stopped before its end.
    pub interrupted: bool,
    /// Its parts, in order.
    pub phases: Vec<BenchPhase>,
}

/// A part of a run that is measured by itself.
#[derive(Clone, Debug)]
pub struct BenchPhase {
    /// Its name.
    pub name: &'static str,
    /// How long it took.
    pub elapsed: Duration,
    /// What was done.
    pub series: Vec<BenchSeries>,
    /// What went wrong, by kind.
    pub errors: BTreeMap<String, u64>,
    /// What the load tool cost.
    pub tool: Option<BenchCost>,
    /// What the server cost, when it was to be looked at.
    pub server: Option<BenchCost>,
}

/// Operations of one kind that succeeded.
#[derive(Clone, Debug)]
pub struct BenchSeries {
    /// Its name.
    pub name: &'static str,
    /// In nanoseconds; its length is the number of operations.
    pub latencies: Histogram<u64>,
    /// Keys, events or whatever else the answers count.
    pub items: u64,
    /// Bytes of the answers.
    pub bytes: u64,
}

/// What a process cost in a phase.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BenchCost {
    /// Whose.
    pub pid: u32,
    /// Processor time, in user and kernel together.
    pub cpu: Duration,
    /// Memory before, in bytes.
    pub resident_begin: u64,
    /// Memory after.
    pub resident_end: u64,
    /// The most seen in between.
    pub resident_max: u64,
    /// The most since the process started.
    pub resident_peak: u64,
}

impl BenchFigures {
    /// Operations that succeeded.
    pub fn operations(&self) -> u64 {
        self.phases.iter().map(BenchPhase::operations).sum()
    }
}

impl BenchPhase {
    fn operations(&self) -> u64 {
        self.series.iter().map(|series| series.latencies.len()).sum()
    }

    fn failures(&self) -> u64 {
        self.errors.values().sum()
    }

    /// So many of something in a second.
    fn per_second(&self, count: u64) -> f64 {
        let seconds = self.elapsed.as_secs_f64();
        if seconds > 0.0 { count as f64 / seconds } else { 0.0 }
    }

    /// Microseconds of processor time for one operation.
    fn cpu_us(&self, cost: &BenchCost) -> f64 {
        cost.cpu.as_secs_f64() * 1e6 / (self.operations() + self.failures()).max(1) as f64
    }
}

const PERCENTILES: [(&str, f64); 4] = [("p50", 50.0), ("p90", 90.0), ("p99", 99.0), ("p99.9", 99.9)];

impl Output {
    /// Refuses, before a long run rather than after it, a format that figures do not have.
    pub fn check_bench(&self) -> Result<(), Failure> {
        match self.format {
            Format::Simple | Format::Json => Ok(()),
            _ => Err(self.unsupported()),
        }
    }

    /// The figures of a run.
    pub fn bench(&self, figures: &BenchFigures) -> Result<(), Failure> {
        match self.format {
            Format::Simple => print(simple(figures).as_bytes()),
            Format::Json => json_line(&json(figures)),
            _ => Err(self.unsupported()),
        }
    }
}

/// For people. Writing to a string cannot fail.
fn simple(figures: &BenchFigures) -> String {
    let settings: Vec<String> = figures.settings.iter().map(|(name, value)| format!("{name} {value}")).collect();
    let early = if figures.interrupted { " (stopped early)" } else { "" };
    let mut out = format!("{}{early}: {}\n", figures.name, settings.join(", "));
    for phase in &figures.phases {
        let _ = writeln!(out, "\n{}: {:.2} s, {} errors", phase.name, phase.elapsed.as_secs_f64(), phase.failures());
        for series in &phase.series {
            series_text(&mut out, phase, series);
        }
        for (kind, count) in &phase.errors {
            let _ = writeln!(out, "  error, {count} times: {kind}");
        }
        for (who, cost) in [("tool", &phase.tool), ("server", &phase.server)] {
            let Some(cost) = cost else { continue };
            let mb = |bytes: u64| format!("{:.1} MB", bytes as f64 / 1e6);
            let _ = writeln!(
                out,
                "  {who} (pid {}): {:.2} us CPU an operation, {:.2} s in all; memory {} before, {} after, {} at most",
                cost.pid,
                phase.cpu_us(cost),
                cost.cpu.as_secs_f64(),
                mb(cost.resident_begin),
                mb(cost.resident_end),
                mb(cost.resident_max),
            );
        }
    }
    out
}

fn series_text(out: &mut String, phase: &BenchPhase, series: &BenchSeries) {
    let count = series.latencies.len();
    let _ = write!(out, "  {}: {count} operations, {:.1} a second", series.name, phase.per_second(count));
    if series.items > 0 {
        let _ = write!(out, ", {} items, {:.1} a second", series.items, phase.per_second(series.items));
    }
    out.push('\n');
    if count == 0 {
        return;
    }
    let ms = |nanos: f64| format!("{:.3}", nanos / 1e6);
    let latencies = &series.latencies;
    let _ = write!(out, "    latency in ms: mean {}", ms(latencies.mean()));
    for (name, percent) in PERCENTILES {
        let _ = write!(out, ", {name} {}", ms(latencies.value_at_percentile(percent) as f64));
    }
    let _ = writeln!(out, ", max {}", ms(latencies.max() as f64));
    let buckets = buckets(latencies);
    let most = buckets.iter().map(|(_, count)| *count).max().unwrap_or(1).max(1);
    for (upper, count) in buckets {
        // Rounded up: what happened once can be seen.
        let bar = "#".repeat((count * 40).div_ceil(most) as usize);
        let _ = writeln!(out, "    up to {:>10} ms {count:>10} {bar}", ms(upper as f64));
    }
}

/// Operations by latency: upper bounds in nanoseconds, each twice the one before, and counts, without the empty ends.
fn buckets(latencies: &Histogram<u64>) -> Vec<(u64, u64)> {
    let first = 1u64 << latencies.min().max(1).ilog2();
    let mut buckets = Vec::new();
    let mut lower = first;
    let mut at_most = 0;
    while at_most < latencies.len() {
        let upper = lower.saturating_mul(2);
        // The last bucket takes what rounding would leave over.
        let below = if upper > latencies.max() { latencies.len() } else { latencies.count_between(0, upper - 1) };
        buckets.push((upper, below.saturating_sub(at_most)));
        at_most = at_most.max(below);
        lower = upper;
    }
    buckets
}

fn json(figures: &BenchFigures) -> Object {
    let settings =
        figures.settings.iter().fold(Object::new(), |object, (name, value)| object.always_plain(name, value));
    Object::new()
        .always_text("benchmark", figures.name)
        .object("settings", Some(settings))
        .always_plain("interrupted", figures.interrupted)
        .full_list("phases", figures.phases.iter().map(|phase| phase_json(phase).finish()))
}

fn phase_json(phase: &BenchPhase) -> Object {
    let series = phase.series.iter().map(|series| series_json(phase, series).finish());
    let error = |(kind, count): (&String, &u64)| format!("{{\"kind\":{},\"count\":{count}}}", string(kind));
    let cost = |cost: &BenchCost| {
        Object::new()
            .always_plain("pid", cost.pid)
            .always_plain("cpu_s", cost.cpu.as_secs_f64())
            .always_plain("cpu_us_per_operation", phase.cpu_us(cost))
            .always_plain("resident_begin_bytes", cost.resident_begin)
            .always_plain("resident_end_bytes", cost.resident_end)
            .always_plain("resident_max_bytes", cost.resident_max)
            .always_plain("resident_peak_bytes", cost.resident_peak)
    };
    Object::new()
        .always_text("phase", phase.name)
        .always_plain("elapsed_s", phase.elapsed.as_secs_f64())
        .full_list("series", series)
        .full_list("errors", phase.errors.iter().map(error))
        .object("tool", phase.tool.as_ref().map(cost))
        .object("server", phase.server.as_ref().map(cost))
}

fn series_json(phase: &BenchPhase, series: &BenchSeries) -> Object {
    let count = series.latencies.len();
    let us = |nanos: f64| nanos / 1e3;
    let mut latency = Object::new().always_plain("mean", us(series.latencies.mean()));
    for (name, percent) in PERCENTILES {
        latency = latency.always_plain(name, us(series.latencies.value_at_percentile(percent) as f64));
    }
    latency = latency.always_plain("max", us(series.latencies.max() as f64));
    let bucket = |(upper, count): (u64, u64)| array([us(upper as f64).to_string(), count.to_string()]);
    Object::new()
        .always_text("name", series.name)
        .always_plain("operations", count)
        .always_plain("per_second", phase.per_second(count))
        .always_plain("items", series.items)
        .always_plain("bytes", series.bytes)
        .object("latency_us", (count > 0).then_some(latency))
        .full_list("histogram_us", buckets(&series.latencies).into_iter().map(bucket))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn histogram(values: &[u64]) -> Histogram<u64> {
        let mut histogram = Histogram::new(3).unwrap();
        values.iter().for_each(|value| histogram.record(*value).unwrap());
        histogram
    }

    #[test]
    fn buckets_double_and_hold_everything() {
        let buckets = buckets(&histogram(&[1000, 1023, 1024, 5000, 5001]));
        assert_eq!(buckets, [(1024, 2), (2048, 1), (4096, 0), (8192, 2)]);
        assert_eq!(super::buckets(&histogram(&[])), []);
        let wide: Vec<u64> = (0..60).map(|bits| 1u64 << bits).collect();
        assert_eq!(super::buckets(&histogram(&wide)).iter().map(|(_, count)| count).sum::<u64>(), 60);
    }

    #[test]
    fn the_two_forms_say_the_same() {
        let cost = BenchCost {
            pid: 7,
            cpu: Duration::from_millis(5),
            resident_begin: 1_000_000,
            resident_end: 2_000_000,
            resident_max: 3_000_000,
            resident_peak: 4_000_000,
        };
        let phase = BenchPhase {
            name: "load",
            elapsed: Duration::from_secs(2),
            series: vec![BenchSeries { name: "put", latencies: histogram(&[1_000_000; 4]), items: 0, bytes: 12 }],
            errors: BTreeMap::from([("no \"luck\"".to_owned(), 1)]),
            tool: None,
            server: Some(cost),
        };
        let figures =
            BenchFigures { name: "put", settings: vec![("clients", 1)], interrupted: true, phases: vec![phase] };
        let text = simple(&figures);
        assert!(text.starts_with(
            "put (stopped early): clients 1\n\nload: 2.00 s, 1 errors\n  put: 4 operations, 2.0 a second\n"
        ));
        assert!(text.contains(
            "1000.00 us CPU an operation, 0.01 s in all; memory 1.0 MB before, 2.0 MB after, 3.0 MB at most"
        ));
        let value: serde_json::Value = serde_json::from_str(&json(&figures).finish()).unwrap();
        let (phase, server) = (&value["phases"][0], &value["phases"][0]["server"]);
        assert_eq!((&value["interrupted"], &value["settings"]["clients"]), (&true.into(), &1.into()));
        assert_eq!(
            (phase["series"][0]["per_second"].as_f64(), server["cpu_us_per_operation"].as_f64()),
            (Some(2.0), Some(1000.0))
        );
        assert_eq!((&phase["errors"][0]["kind"], &phase["errors"][0]["count"]), (&"no \"luck\"".into(), &1.into()));
    }
}
