//! Durations of requests: a family of histograms that costs those who serve requests next to nothing.
//!
//! Every request is timed, on whichever thread serves it. An ordinary histogram is a few numbers that all threads write, and then each
//! waits for the others' caches. Here each thread writes numbers of its own, which are added up when somebody looks. And
//! which histogram a kind of request has is a matter of its place, not of a look-up by labels.

use super::kind::{Kind, OFTEN, Success};
use parking_lot::Mutex;
use prometheus::{
    core::{Collector, Desc},
    proto::{Bucket, Histogram, LabelPair, Metric, MetricFamily, MetricType},
};
use std::{
    array,
    cell::Cell,
    collections::BTreeMap,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed},
    },
};

/// A family of histograms by kind and success. Each shows up when it is first needed, as in etcd. Clones share.
#[derive(Clone, Debug)]
pub struct Timers {
    family: Arc<Family>,
}

#[derive(Debug)]
struct Family {
    desc: Desc,
    /// The label for the kind; a family without one counts one kind alone.
    kind_label: Option<&'static str>,
    bounds: Vec<f64>,
    often: [[OnceLock<Box<Striped>>; 2]; OFTEN],
    /// Locked because they may come from any thread; they come rarely.
    rare: Mutex<BTreeMap<(&'static str, Success), Box<Striped>>>,
}

impl Timers {
    /// Nothing is registered yet. `bounds` ascend; the last bucket is above all of them.
    pub(super) fn new(desc: Desc, kind_label: Option<&'static str>, bounds: Vec<f64>) -> Self {
        let often = array::from_fn(|_| array::from_fn(|_| OnceLock::new()));
        Self { family: Arc::new(Family { desc, kind_label, bounds, often, rare: Mutex::default() }) }
    }

    /// Notes how long a request took.
    pub fn observe(&self, kind: Kind, success: Success, seconds: f64) {
        let family = &*self.family;
        let bucket = family.bounds.partition_point(|bound| *bound < seconds);
        let made = || Box::new(Striped::new(family.bounds.len() + 1));
        match kind.place() {
            Some(place) => family.often[place][success as usize].get_or_init(made).add(bucket, seconds),
            None => family.rare.lock().entry((kind.name(), success)).or_insert_with(made).add(bucket, seconds),
        }
    }
}

impl Family {
    fn metric(&self, kind: &str, success: Success, striped: &Striped) -> Metric {
        let own = [self.kind_label.map(|label| (label, kind)), Some(("success", success.name()))];
        let own = own.into_iter().flatten().map(|(name, value)| {
            let mut pair = LabelPair::default();
            pair.set_name(name.into());
            pair.set_value(value.into());
            pair
        });
        let mut labels: Vec<LabelPair> = self.desc.const_label_pairs.iter().cloned().chain(own).collect();
        labels.sort();
        let mut metric = Metric::from_label(labels);
        metric.set_histogram(striped.sum(&self.bounds));
        metric
    }
}

impl Collector for Timers {
    fn desc(&self) -> Vec<&Desc> {
        vec![&self.family.desc]
    }

    fn collect(&self) -> Vec<MetricFamily> {
        let family = &*self.family;
        let mut metrics = Vec::new();
        for kind in Kind::OFTEN {
            let Some(place) = kind.place() else { continue };
            for success in [Success::No, Success::Yes] {
                let striped = family.often[place][success as usize].get();
                metrics.extend(striped.map(|striped| family.metric(kind.name(), success, striped)));
            }
        }
        let rare = family.rare.lock();
        metrics.extend(rare.iter().map(|((kind, success), striped)| family.metric(kind, *success, striped)));
        let mut whole = MetricFamily::default();
        whole.set_name(family.desc.fq_name.clone());
        whole.set_help(family.desc.help.clone());
        whole.set_field_type(MetricType::HISTOGRAM);
        whole.set_metric(metrics);
        vec![whole]
    }
}

/// Threads share a stripe when there are more of them; then they wait for each other a little.
const STRIPES: usize = 16;

/// A histogram in stripes.
#[derive(Debug)]
struct Striped {
    stripes: [Stripe; STRIPES],
}

/// Two cache lines at a time are what processors fetch.
#[derive(Debug)]
#[repr(align(128))]
struct Stripe {
    nanos: AtomicU64,
    buckets: Box<[AtomicU64]>,
}

impl Striped {
    fn new(buckets: usize) -> Self {
        // A line more, so that the buckets of two stripes do not share one.
        let buckets = || (0..buckets + 16).map(|_| AtomicU64::new(0)).collect();
        Self { stripes: array::from_fn(|_| Stripe { nanos: AtomicU64::new(0), buckets: buckets() }) }
    }

    fn add(&self, bucket: usize, seconds: f64) {
        let stripe = &self.stripes[stripe_of_thread()];
        stripe.buckets[bucket].fetch_add(1, Relaxed);
        stripe.nanos.fetch_add((seconds * 1e9) as u64, Relaxed);
    }

    /// What may be added meanwhile is in or not.
    fn sum(&self, bounds: &[f64]) -> Histogram {
        let count = |bucket: usize| self.stripes.iter().map(|stripe| stripe.buckets[bucket].load(Relaxed)).sum::<u64>();
        let mut below = 0;
        let mut buckets = Vec::with_capacity(bounds.len());
        for (at, bound) in bounds.iter().enumerate() {
            below += count(at);
            let mut bucket = Bucket::default();
            bucket.set_upper_bound(*bound);
            bucket.set_cumulative_count(below);
            buckets.push(bucket);
        }
        let nanos: u64 = self.stripes.iter().map(|stripe| stripe.nanos.load(Relaxed)).sum();
        let mut histogram = Histogram::default();
        histogram.set_sample_count(below + count(bounds.len()));
        histogram.set_sample_sum(nanos as f64 / 1e9);
        histogram.set_bucket(buckets);
        histogram
    }
}

/// Threads are dealt their stripes in turn.
fn stripe_of_thread() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    thread_local!(static MINE: Cell<usize> = Cell::new(NEXT.fetch_add(1, Relaxed) % STRIPES));
    MINE.get()
}

#[cfg(test)]
mod tests {
    use super::*;
    use prometheus::{Encoder, Registry, TextEncoder};

    fn timers() -> (Registry, Timers) {
        let constant = [("version".to_string(), "v3".to_string())].into();
        let desc = Desc::new("t".into(), "Times.".into(), vec!["op".into(), "success".into()], constant).unwrap();
        let timers = Timers::new(desc, Some("op"), vec![0.1, 0.2]);
        let registry = Registry::new();
        registry.register(Box::new(timers.clone())).unwrap();
        (registry, timers)
    }

    fn text(registry: &Registry) -> String {
        let mut text = Vec::new();
        TextEncoder::new().encode(&registry.gather(), &mut text).unwrap();
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn all_threads_are_added_up() {
        let (registry, timers) = timers();
        assert_eq!(text(&registry), "");
        std::thread::scope(|scope| {
            for _ in 0..2 * STRIPES {
                // A bound belongs to its bucket.
                scope.spawn(|| [0.1, 0.15, 0.5].map(|seconds| timers.observe(Kind::Put, Success::Yes, seconds)));
            }
        });
        let expected = "# HELP t Times.\n# TYPE t histogram\n\
            t_bucket{op=\"Put\",success=\"true\",version=\"v3\",le=\"0.1\"} 32\n\
            t_bucket{op=\"Put\",success=\"true\",version=\"v3\",le=\"0.2\"} 64\n\
            t_bucket{op=\"Put\",success=\"true\",version=\"v3\",le=\"+Inf\"} 96\n\
            t_sum{op=\"Put\",success=\"true\",version=\"v3\"} 24\n\
            t_count{op=\"Put\",success=\"true\",version=\"v3\"} 96\n";
        assert_eq!(text(&registry), expected);
    }

    #[test]
    fn kinds_and_results_are_told_apart() {
        let (registry, timers) = timers();
        for (kind, success) in [
            (Kind::Range, Success::Yes),
            (Kind::Range, Success::No),
            (Kind::Rare("Alarm"), Success::Yes),
            (Kind::Rare("Alarm"), Success::Yes),
        ] {
            timers.observe(kind, success, 0.0);
        }
        let text = text(&registry);
        let counts: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("t_count")).collect();
        let expected = [
            "{op=\"Alarm\",success=\"true\",version=\"v3\"} 2",
            "{op=\"Range\",success=\"false\",version=\"v3\"} 1",
            "{op=\"Range\",success=\"true\",version=\"v3\"} 1",
        ];
        assert_eq!(counts, expected);
    }
}
