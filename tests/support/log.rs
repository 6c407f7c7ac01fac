//! What this process says, where members run within a test's own. It has one log for all its tests.

use etcd::logging::{Logging, LoggingConfig};
use serde_json::Value;
use std::{path::PathBuf, sync::LazyLock};
use tempfile::TempDir;

static LOG: LazyLock<(TempDir, PathBuf)> = LazyLock::new(|| {
    let folder = TempDir::new().expect("a temporary folder");
    let path = folder.path().join("log");
    let outputs = vec![path.to_str().expect("a path").to_owned()];
    Logging::start(&LoggingConfig { outputs, ..LoggingConfig::default() }).expect("a log");
    (folder, path)
});

/// From here on it is written down.
pub fn start() {
    LazyLock::force(&LOG);
}

/// The lines with that message.
pub fn lines(message: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(&LOG.1).expect("the log");
    let lines = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines.filter(|line| line["msg"] == message).collect()
}
