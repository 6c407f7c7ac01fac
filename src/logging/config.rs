//! The logging flags, and what can be wrong with them.

const MEGABYTE: i64 = 1 << 20;
/// The logging flags, as typed.
#[derive(Clone, Debug)]
pub struct LoggingConfig {
    /// `--logger`: must be `zap`.
    pub logger: String,
    /// `--log-outputs`: `default`, `stderr`, `stdout`, `systemd/journal` or files, which are appended to.
    pub outputs: Vec<String>,
    /// `--log-level`: debug, info, warn, error, dpanic, panic or fatal.
    pub level: String,
    /// `--log-format`: json or console.
    pub format: String,
    /// How the one file among the outputs is rotated; none: not at all.
    pub rotation: Option<Rotation>,
}

impl Default for LoggingConfig {
    fn default() -> Self {
        let [logger, level, format] = ["zap", "info", "json"].map(String::from);
        Self { logger, outputs: vec!["default".into()], level, format, rotation: None }
    }
}

/// When nothing else is said, as in lumberjack.
const SIZE_MAX_MB: i64 = 100;

/// `--log-rotation-config-json`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rotation {
    /// Size in megabytes (of 2^20 bytes) that a file does not pass; zero is 100. Below zero no line is written, as in
    /// lumberjack.
    pub size_max_mb: i64,
    /// Days after which a file that was set aside is deleted; zero is never.
    pub age_max_days: i64,
    /// Files that are kept aside; zero is all.
    pub backups_max: i64,
    /// Names carry local time rather than UTC.
    pub local_time: bool,
    /// Files aside are compressed.
    pub compress: bool,
}

impl Rotation {
    /// The same in bytes.
    pub(super) fn size_max(&self) -> i64 {
        let megabytes = if self.size_max_mb == 0 { SIZE_MAX_MB } else { self.size_max_mb };
        megabytes.saturating_mul(MEGABYTE)
    }
}

/// What is wrong with a [`LoggingConfig`], in etcd's words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LoggingError {
    /// The logger of etcd 3.4.
    #[error("--logger=capnslog is removed in v3.5")]
    LoggerRemoved,
    /// Another logger.
    #[error("unknown logger option {0:?}")]
    UnknownLogger(String),
    /// No level of that name.
    #[error("unrecognized level: {0:?}")]
    UnknownLevel(String),
    /// No format of that name.
    #[error("unknown log format: {0}, supported values json, console")]
    UnknownFormat(String),
    /// `default` beside others.
    #[error("multi logoutput for \"default\" is not supported yet")]
    DefaultAmongOthers,
    /// A word that is no output.
    #[error("open sink {word:?}: {reason}")]
    BadSink {
        /// As given.
        word: String,
        /// What is wrong with it.
        reason: String,
    },
    /// systemd's journal is not there.
    #[error("can't find journal (dial unixgram {path}: connect: {reason})")]
    NoJournal {
        /// Where it should listen.
        path: String,
        /// What the system says.
        reason: String,
    },
    /// A file that cannot be opened.
    #[error("open sink {word:?}: open {path}: {reason}")]
    CannotOpen {
        /// As given.
        word: String,
        /// The file.
        path: String,
        /// What the system says.
        reason: String,
    },
    /// Logging was started before, in this process.
    #[error("logging has been started before")]
    StartedTwice,
}
