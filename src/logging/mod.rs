//! etcd's log: one JSON line (or one console line) an event, written at once, to one or more outputs.
//!
//! ```text
//!   tracing::info!("listen-client-urls" = ?urls, "serving")
//!     -> level allowed? ours?  -> line::encode  -> one write to each output
//! ```
//!
//! How an event becomes fields:
//!
//! - numbers, booleans and strings are JSON numbers, booleans and strings;
//! - what is recorded by its `Debug` form (`?value`) and reads as a JSON array, object, string or boolean stands as such, so
//!   `?urls` of a list of strings prints as a JSON list; everything else recorded by `?` or `%` is a string;
//! - durations are given as [`go_duration`], the text that Go prints;
//! - the object in the field `..` (three dozen are more than an event takes) is opened: its members are fields;
//! - a target that is no path, as in `target: "raft"`, is the name of a logger (`"logger":"raft"`); the targets [`FATAL`]
//!   and [`PANIC`] are the two levels that `tracing` does not have.
//!
//! Only this crate's events are written: the HTTP library speaks at the same levels, and not to operators. Spans are not
//! used. A line is one write, so lines of several threads do not mix; a failed write is lost, since there is nowhere to
//! say so. A message that is repeated without end is thinned out. etcd adds the stack to errors; here the
//! fields say what failed.

mod backups;
mod config;
mod duration;
mod journal;
mod line;
mod output;
mod reason;
mod rotation;
mod sampling;
mod sink;
mod size;
mod system;

pub use config::{LoggingConfig, LoggingError, Rotation};
pub use duration::go_duration;
pub use line::timestamp;
pub use reason::go_reason;
pub use size::humanize;

use journal::Origin;
use line::{Form, Head};
use output::Outputs;
use sampling::Sampling;
use std::time::SystemTime;
use tracing::{
    Event, Metadata, Subscriber,
    span::{Attributes, Id, Record},
    subscriber::Interest,
};
use tracing_core::LevelFilter;

/// Target of an event whose level is `fatal`: the process ends because of it.
pub const FATAL: &str = "fatal";
/// Target of an event whose level is `panic`.
pub const PANIC: &str = "panic";

/// How grave an event is, lowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Debug,
    Info,
    Warn,
    Error,
    Dpanic,
    Panic,
    Fatal,
}

impl Level {
    const NAMES: [(&'static str, Level); 7] = [
        ("debug", Level::Debug),
        ("info", Level::Info),
        ("warn", Level::Warn),
        ("error", Level::Error),
        ("dpanic", Level::Dpanic),
        ("panic", Level::Panic),
        ("fatal", Level::Fatal),
    ];

    /// Names are taken in lower and in upper case, and an empty one is `info`, as in zap.
    fn parse(name: &str) -> Option<Self> {
        let lower = name.to_ascii_lowercase();
        let plain = name.is_empty().then_some(Self::Info);
        plain.or_else(|| Self::NAMES.iter().find(|(known, _)| *known == lower).map(|(_, level)| *level))
    }

    fn name(self) -> &'static str {
        Self::NAMES[self as usize].0
    }

    /// The level of an event; `None` for those that are never written.
    fn of(metadata: &Metadata<'_>) -> Option<Self> {
        let ours = metadata.module_path().is_some_and(|path| path.split("::").next() == Some(env!("CARGO_CRATE_NAME")));
        // A question whether such an event would be written (`tracing::enabled!`) is no event itself.
        if !ours || metadata.is_span() {
            return None;
        }
        match (metadata.target(), *metadata.level()) {
            (FATAL, _) => Some(Self::Fatal),
            (PANIC, _) => Some(Self::Panic),
            (_, tracing::Level::ERROR) => Some(Self::Error),
            (_, tracing::Level::WARN) => Some(Self::Warn),
            (_, tracing::Level::INFO) => Some(Self::Info),
            (_, tracing::Level::DEBUG) => Some(Self::Debug),
            (_, _) => None,
        }
    }
}

/// The log of a process: turns events into lines and writes them.
#[derive(Debug)]
pub struct Logging {
    lowest: Level,
    form: Form,
    outputs: Outputs,
    /// None: every line is written.
    sampling: Option<Sampling>,
    now: fn() -> SystemTime,
}

impl Logging {
    /// Checks the configuration, opens the outputs, and takes all events of the process from here on.
    ///
    /// # Errors
    /// In etcd's words, before anything was opened where that can be; see [`LoggingError`].
    pub fn start(config: &LoggingConfig) -> Result<(), LoggingError> {
        let logging = Self::new(config)?;
        tracing::subscriber::set_global_default(logging).map_err(|_| LoggingError::StartedTwice)
    }

    /// The log, for a caller who installs it himself.
    ///
    /// # Errors
    /// As [`Logging::start`].
    pub fn new(config: &LoggingConfig) -> Result<Self, LoggingError> {
        match config.logger.as_str() {
            "zap" => {}
            "capnslog" => return Err(LoggingError::LoggerRemoved),
            other => return Err(LoggingError::UnknownLogger(other.into())),
        }
        if config.outputs.len() > 1 && config.outputs.iter().any(|output| output == "default") {
            return Err(LoggingError::DefaultAmongOthers);
        }
        let lowest = Level::parse(&config.level).ok_or_else(|| LoggingError::UnknownLevel(config.level.clone()))?;
        let form = match config.format.as_str() {
            "json" => Form::Json,
            "console" => Form::Console,
            other => return Err(LoggingError::UnknownFormat(other.into())),
        };
        let outputs = Outputs::open(config, SystemTime::now)?;
        let sampling = (!outputs.takes_all()).then(Sampling::new);
        Ok(Self { lowest, form, outputs, sampling, now: SystemTime::now })
    }

    fn wants(&self, metadata: &Metadata<'_>) -> bool {
        Level::of(metadata).is_some_and(|level| level >= self.lowest)
    }
}

impl Subscriber for Logging {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if self.wants(metadata) { Interest::always() } else { Interest::never() }
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        self.wants(metadata)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(match self.lowest {
            Level::Debug => LevelFilter::DEBUG,
            Level::Info => LevelFilter::INFO,
            Level::Warn => LevelFilter::WARN,
            Level::Error | Level::Dpanic | Level::Panic | Level::Fatal => LevelFilter::ERROR,
        })
    }

    fn event(&self, event: &Event<'_>) {
        let metadata = event.metadata();
        let Some(level) = Level::of(metadata).filter(|level| *level >= self.lowest) else { return };
        let (target, time) = (metadata.target(), (self.now)());
        let fields = line::read(self.form, event);
        if self.sampling.as_ref().is_some_and(|sampling| !sampling.takes(level.name(), &fields.message, time)) {
            return;
        }
        let named = !target.contains("::") && ![FATAL, PANIC, env!("CARGO_CRATE_NAME")].contains(&target);
        let head = Head {
            level: level.name(),
            time,
            logger: named.then_some(target),
            file: metadata.file().unwrap_or_default(),
            line: metadata.line().unwrap_or_default(),
        };
        let package = line::short(head.file).split('/').next().unwrap_or_default();
        self.outputs.write(line::encode(&head, &fields).as_bytes(), Origin { level: head.level, package });
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[cfg(test)]
mod tests;
