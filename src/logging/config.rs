//! The logging flags, and what can be wrong with them.

/// The logging flags, as typed.
#[derive(Clone, Debug)]
pub struct LoggingConfig {
    /// `--logger`: must be `zap`.
    pub logger: String,
    /// `--log-outputs`: `default`, `stderr`, `stdout`, `systemd/journal` or paths of files, which are appended to.
    pub outputs: Vec<String>,
    /// `--log-level`: debug, info, warn, error, dpanic, panic or fatal.
    pub level: String,
    /// `--log-format`: json or console.
    pub format: String,
}

impl Default for LoggingConfig {
    fn default() -> Self {
        let [logger, level, format] = ["zap", "info", "json"].map(String::from);
        Self { logger, outputs: vec!["default".into()], level, format }
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
    /// A file that cannot be opened: path and reason.
    #[error("open sink {path:?}: open {path}: {reason}")]
    CannotOpen {
        /// As given.
        path: String,
        /// What the system says.
        reason: String,
    },
    /// Logging was started before, in this process.
    #[error("logging has been started before")]
    StartedTwice,
}
