//! Counts calls, as go-grpc-middleware does for etcd: begun, ended by code, messages each way, and, if that is
//! wanted, how long they took.

use super::{
    method::{METHODS, Method, Shape},
    status::{CANCELED, CODE_NAMES, OK, place},
};
use crate::metrics::metrics;
use prometheus::{Histogram, HistogramTimer, IntCounter};
use std::sync::{LazyLock, OnceLock};
use tonic::Status;

/// The counters of one method.
#[derive(Debug)]
pub struct Tally {
    started: IntCounter,
    /// Messages received.
    pub received: IntCounter,
    /// Messages sent.
    pub sent: IntCounter,
    /// A stream's end counts as one more message received: etcd counts every look for one.
    end_is_received: bool,
    handled: Vec<IntCounter>,
    /// Only with `--metrics=extensive`.
    handling: Option<Histogram>,
}

impl Tally {
    /// The counters of a method.
    pub fn of(method: Method) -> &'static Self {
        static TALLIES: LazyLock<Vec<OnceLock<Tally>>> =
            LazyLock::new(|| METHODS.iter().map(|_| OnceLock::new()).collect());
        TALLIES[method as usize].get_or_init(|| Self::new(method))
    }

    /// Makes all methods show up in metrics, at zero, with every code. The lock and election services come later in
    /// etcd's start and show up when they are first used.
    pub fn show_all() {
        let shown = METHODS.iter().filter(|info| !info.service.starts_with("v3"));
        shown.for_each(|info| {
            Self::of(info.method);
        });
    }

    fn new(method: Method) -> Self {
        let info = method.info();
        let labels = [info.shape.name(), info.service, info.name];
        let code = |name: &&str| {
            let [shape, service, method] = labels;
            metrics().grpc_handled.with_label_values(&[shape, service, method, name])
        };
        Self {
            started: metrics().grpc_started.with_label_values(&labels),
            received: metrics().grpc_received.with_label_values(&labels),
            sent: metrics().grpc_sent.with_label_values(&labels),
            end_is_received: info.shape == Shape::BidiStream,
            handled: CODE_NAMES.iter().map(code).collect(),
            handling: metrics().grpc_handling().map(|family| family.with_label_values(&labels)),
        }
    }

    /// Counts a call that begins.
    pub fn start(&'static self) -> Call {
        self.started.inc();
        Call { tally: self, timer: self.handling.as_ref().map(Histogram::start_timer), ended: false }
    }
}

/// A call under way. One that is dropped before it ended was canceled by its client.
#[derive(Debug)]
pub struct Call {
    tally: &'static Tally,
    timer: Option<HistogramTimer>,
    ended: bool,
}

impl Call {
    /// Counts the end of the call, once.
    pub fn end<T>(&mut self, outcome: &Result<T, Status>) {
        let code = outcome.as_ref().err().map_or(OK, place);
        self.end_with(code);
    }

    fn end_with(&mut self, code: usize) {
        if !std::mem::replace(&mut self.ended, true) {
            self.tally.handled[code].inc();
            if self.tally.end_is_received {
                self.tally.received.inc();
            }
            if let Some(timer) = self.timer.take() {
                timer.observe_duration();
            }
        }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        self.end_with(CANCELED);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_stream_is_looked_for() {
        let tally = Tally::of(Method::HealthWatch);
        let before = tally.received.get();
        drop(tally.start());
        assert_eq!(tally.received.get() - before, 0);
        let tally = Tally::of(Method::LeaseKeepAlive);
        let before = tally.received.get();
        drop(tally.start());
        assert_eq!(tally.received.get() - before, 1);
    }

    #[test]
    fn a_call_ends_once() {
        let tally = Tally::of(Method::Unlock);
        let count = |code: usize| tally.handled[code].get();
        let before = [tally.started.get(), count(OK), count(CANCELED), count(2)];
        let mut call = tally.start();
        call.end(&Ok(()));
        call.end(&Err::<(), _>(Status::unknown("")));
        drop(call);
        drop(tally.start());
        tally.start().end(&Err::<(), _>(Status::unknown("")));
        let after = [tally.started.get(), count(OK), count(CANCELED), count(2)];
        assert_eq!([0, 1, 2, 3].map(|i| after[i] - before[i]), [3, 1, 1, 1]);
    }

    #[test]
    fn all_methods_are_shown_from_the_start() {
        Tally::show_all();
        let text = String::from_utf8(metrics().text().unwrap()).unwrap();
        let lines = |start: &str| text.lines().filter(|line| line.starts_with(start)).count();
        assert!(lines("grpc_server_handled_total{") >= 45 * 17 && lines("grpc_server_started_total{") >= 45);
    }
}
