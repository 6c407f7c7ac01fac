//! Runs a load: many clients as tasks over a few connections, each doing one operation after another.
//!
//! ```text
//!   Pace -- turn --> client 1..n -- Work::operate over its Lane --> server
//!                        |
//!                        +-- latency, error --> Meter --> figures
//! ```

use super::{
    links::{Lane, Links},
    load::Who,
    meter::{Done, Meter},
    observe::Observed,
    pace::{Pace, Schedule},
    progress::Progress,
};
use crate::{
    client::{ClientError, Credentials},
    cmd::{
        ctl::session::Given,
        failure::{Failure, bad_arguments, code},
        output::{BenchFigures, BenchPhase, Output},
    },
};
use std::{future::Future, sync::Arc, time::Instant};
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    task::JoinSet,
};

/// What one client does again and again.
pub trait Work: Send + 'static {
    /// One operation; `turn` is its number in the whole run.
    fn operate(&mut self, lane: &mut Lane, turn: u64) -> impl Future<Output = Result<Done, ClientError>> + Send;
}

/// Everything that a load works with.
pub struct Bench {
    /// The way to the server.
    pub links: Links,
    /// As told.
    pub who: Who,
    /// As whom the connections come, if as anybody.
    pub credentials: Option<Credentials>,
    output: Output,
    /// Caught from the moment the load can begin, so that no interrupt falls between two phases.
    interrupts: Signal,
    figures: BenchFigures,
}

/// A phase that has begun.
pub struct Phase {
    name: &'static str,
    /// Where its operations are counted.
    pub meter: Arc<Meter>,
    begin: Instant,
    tool: Option<Observed>,
    server: Option<Observed>,
}

impl Bench {
    /// Checks the settings and opens all connections.
    pub async fn open(name: &'static str, given: &Given, who: Who) -> Result<Self, Failure> {
        let session = given.open()?;
        session.output().check_bench()?;
        if let Some(pid) = who.pid.filter(|pid| Observed::start(*pid).is_none()) {
            return Err(bad_arguments(format!("--pid {pid}: there is no such process to be seen on this machine")));
        }
        let client = session.connect_unbounded().await?;
        let failed = |error| Failure::new(code::BAD_CONNECTION, error);
        let links = Links::open(&client, who.conns).await.map_err(failed)?;
        let uncaught = |error| Failure::new(code::ERROR, format!("catch interrupts: {error}"));
        let interrupts = signal(SignalKind::interrupt()).map_err(uncaught)?;
        let settings = vec![
            ("clients", who.clients as u64),
            ("connections", who.conns as u64),
            ("threads", who.threads as u64),
            ("seed", who.seed),
        ];
        let figures = BenchFigures { name, settings, interrupted: false, phases: Vec::new() };
        let credentials = client.config().credentials.clone();
        Ok(Self { links, who, credentials, output: session.output(), interrupts, figures })
    }

    /// Begins a phase with these series.
    pub fn begin(&self, name: &'static str, series: &[&'static str]) -> Phase {
        let tool = Observed::start(std::process::id());
        let server = self.who.pid.and_then(Observed::start);
        Phase { name, meter: Arc::new(Meter::new(series)), begin: Instant::now(), tool, server }
    }

    /// Ends it.
    pub fn end(&mut self, phase: Phase) {
        self.figures.phases.push(BenchPhase {
            name: phase.name,
            elapsed: phase.begin.elapsed(),
            series: phase.meter.sums(),
            errors: phase.meter.errors(),
            tool: phase.tool.and_then(|tool| tool.cost()),
            server: phase.server.and_then(|server| server.cost()),
        });
    }

    /// Has the user ended the run?
    pub fn is_stopped(&self) -> bool {
        self.figures.interrupted
    }

    /// Waits for something, unless the user ends the run first: then what follows is left out.
    pub async fn unless_stopped<T>(&mut self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            done = work => Some(done),
            _ = self.interrupts.recv() => {
                self.figures.interrupted = true;
                None
            }
        }
    }

    /// Runs a load of one phase, from its first operation to its last.
    pub async fn drive<W: Work>(
        &mut self,
        series: &[&'static str],
        schedule: Schedule,
        work: impl FnMut(usize, &Lane) -> W,
    ) {
        let phase = self.begin("load", series);
        let progress = Progress::start(schedule.planned(), &phase.meter);
        let mut clients = self.spawn(&phase.meter, schedule, work).await;
        self.unless_stopped(async { while clients.join_next().await.is_some() {} }).await;
        drop(progress);
        self.end(phase);
    }

    /// Starts all clients. Dropping the set stops them.
    pub async fn spawn<W: Work>(
        &self,
        meter: &Arc<Meter>,
        schedule: Schedule,
        mut work: impl FnMut(usize, &Lane) -> W,
    ) -> JoinSet<()> {
        let mut ready = Vec::with_capacity(self.who.clients);
        for number in 0..self.who.clients {
            let lane = self.links.lane(number).await;
            ready.push((number, work(number, &lane), lane));
        }
        let pace = Pace::start(schedule, self.who.clients);
        let mut clients = JoinSet::new();
        for (number, work, lane) in ready {
            clients.spawn(run_client(number, work, lane, pace.clone(), meter.clone()));
        }
        clients
    }

    /// Prints the figures. A run in which nothing succeeded is a failure.
    pub fn report(self) -> Result<(), Failure> {
        self.output.bench(&self.figures)?;
        if self.figures.interrupted {
            return Err(Failure::silent(code::INTERRUPTED));
        }
        if self.figures.operations() == 0 {
            let first = self.figures.phases.iter().flat_map(|phase| phase.errors.keys()).next();
            let reason = first.map_or_else(String::new, |kind| format!(": {kind}"));
            return Err(Failure::new(code::ERROR, format!("no operation succeeded{reason}")));
        }
        Ok(())
    }
}

async fn run_client(number: usize, mut work: impl Work, mut lane: Lane, pace: Arc<Pace>, meter: Arc<Meter>) {
    while let Some(turn) = pace.turn().await {
        match work.operate(&mut lane, turn.index).await {
            Ok(done) => meter.count(number, done, turn.begin.elapsed()),
            Err(error) => {
                meter.fail(&error);
                if error.is_broken() || error.refuses_token() {
                    lane.renew().await;
                }
            }
        }
    }
}
