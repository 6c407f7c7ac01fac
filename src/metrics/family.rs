//! Makes a family and registers it.

use super::timers::Timers;
use prometheus::{
    Gauge, Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry,
    core::{Collector, Desc},
    exponential_buckets,
};

/// Bounds of a histogram: the first, the factor to the next, how many.
pub(super) type Bounds = (f64, f64, usize);

/// Names and labels are fixed in this file, so a mistake in one shows in the first test that counts anything.
pub(super) fn register<C: Collector + Clone + 'static>(registry: &Registry, made: prometheus::Result<C>) -> C {
    let collector = made.expect("names and labels are well-formed");
    registry.register(Box::new(collector.clone())).expect("names are distinct");
    collector
}

pub(super) fn counter(registry: &Registry, help: &str, name: &str) -> IntCounter {
    register(registry, IntCounter::new(name, help))
}

pub(super) fn counters(registry: &Registry, help: &str, name: &str, labels: &[&str]) -> IntCounterVec {
    register(registry, IntCounterVec::new(Opts::new(name, help), labels))
}

pub(super) fn gauge(registry: &Registry, help: &str, name: &str) -> IntGauge {
    register(registry, IntGauge::new(name, help))
}

pub(super) fn seconds(registry: &Registry, help: &str, name: &str) -> Gauge {
    register(registry, Gauge::new(name, help))
}

pub(super) fn gauges(registry: &Registry, help: &str, name: &str, labels: &[&str]) -> IntGaugeVec {
    register(registry, IntGaugeVec::new(Opts::new(name, help), labels))
}

pub(super) fn histogram_opts(help: &str, name: &str, bounds: Bounds) -> HistogramOpts {
    let (start, factor, count) = bounds;
    let buckets = exponential_buckets(start, factor, count).expect("bounds grow");
    HistogramOpts::new(name, help).buckets(buckets)
}

/// By kind, if there is a label for it, and success; `constant` labels are the same for all.
pub(super) fn timers(
    registry: &Registry,
    help: &str,
    name: &str,
    kind_label: Option<&'static str>,
    constant: &[(&str, &str)],
    (start, factor, count): Bounds,
) -> Timers {
    let labels = kind_label.into_iter().chain(["success"]).map(String::from).collect();
    let constant = constant.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    let bounds = exponential_buckets(start, factor, count).expect("bounds grow");
    let desc = Desc::new(name.into(), help.into(), labels, constant);
    register(registry, desc.map(|desc| Timers::new(desc, kind_label, bounds)))
}

pub(super) fn histogram(registry: &Registry, help: &str, name: &str, bounds: Bounds) -> Histogram {
    register(registry, Histogram::with_opts(histogram_opts(help, name, bounds)))
}

pub(super) fn histograms(registry: &Registry, help: &str, name: &str, labels: &[&str], bounds: Bounds) -> HistogramVec {
    register(registry, HistogramVec::new(histogram_opts(help, name, bounds), labels))
}
