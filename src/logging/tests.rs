//! Events in, lines out. The expected lines are written as etcd 3.7.1 writes such events.

use super::*;
use std::time::{Duration, UNIX_EPOCH};

/// A log to a file of its own, with a clock that stands still.
struct Log {
    folder: tempfile::TempDir,
    config: LoggingConfig,
}

impl Log {
    fn new(level: &str, format: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let outputs = vec![folder.path().join("log").to_str().unwrap().into()];
        let config = LoggingConfig { outputs, level: level.into(), format: format.into(), ..Default::default() };
        Self { folder, config }
    }

    /// What is written while `f` runs, with line numbers as `#`.
    fn of(&self, f: impl FnOnce()) -> String {
        let now = || UNIX_EPOCH + Duration::from_micros(1_795_222_231_123_456);
        let logging = Logging { now, ..Logging::new(&self.config).unwrap() };
        tracing::subscriber::with_default(logging, f);
        let text = std::fs::read_to_string(self.folder.path().join("log")).unwrap();
        let mut lines = String::new();
        for line in text.split_inclusive('\n') {
            let (before, after) = line.split_once("tests.rs:").unwrap();
            lines += &format!("{before}tests.rs:#{}", after.trim_start_matches(|c: char| c.is_ascii_digit()));
        }
        lines
    }
}

#[test]
fn json_lines() {
    let lines = Log::new("debug", "json").of(|| {
        let urls = vec!["http://127.0.0.1:2379".to_string(), "a\"b".to_string()];
        let took = go_duration(Duration::from_micros(123_400));
        tracing::info!("listen-client-urls" = ?urls, "slots" = 3, "ratio" = 0.5, took, ok = true, "serving");
        let error = std::io::Error::other("line\none\ttwo");
        tracing::warn!("member-id" = %"8123e4567", error = %error, none = ?None::<u8>, "failed to {}", "send");
        tracing::debug!(target: "raft", "became leader");
        tracing::error!(target: FATAL, { "i64" = i64::MIN }, "discovery failed");
        assert!(tracing::enabled!(target: "raft", tracing::Level::DEBUG) && !tracing::enabled!(tracing::Level::TRACE));
        tracing::info!(first = 1, ".." = %r#"{"b": [1], "a": {"x": {}}}"#, last = 2, "more");
        tracing::info!("text" = ?"quoted \u{1}", "object" = %r#"{"a": [1, 2], "b": ", :"}"#, "");
    });
    let head = |level: &str, logger: &str| {
        format!(r#"{{"level":"{level}","ts":"2026-11-21T00:50:31.123456Z",{logger}"caller":"logging/tests.rs:#","#)
    };
    let expected = [
        head("info", "")
            + r#""msg":"serving","listen-client-urls":["http://127.0.0.1:2379","a\"b"],"slots":3,"ratio":0.5,"took":"123.4ms","ok":true}"#,
        head("warn", "") + r#""msg":"failed to send","member-id":"8123e4567","error":"line\none\ttwo","none":"None"}"#,
        head("debug", r#""logger":"raft","#) + r#""msg":"became leader"}"#,
        head("fatal", "") + r#""msg":"discovery failed","i64":-9223372036854775808}"#,
        head("info", "") + r#""msg":"more","first":1,"b":[1],"a":{"x":{}},"last":2}"#,
        head("info", "") + r#""msg":"","text":"\"quoted \\u{1}\"","object":{"a":[1,2],"b":", :"}}"#,
    ];
    assert_eq!(lines.lines().collect::<Vec<_>>(), expected);
    assert!(lines.lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()));
}

#[test]
fn console_lines() {
    let lines = Log::new("info", "console").of(|| {
        tracing::info!("args" = ?["a", "b"], "n" = 1, "Running: ");
        tracing::info!(target: "raft", "became follower");
        tracing::debug!("not this");
    });
    let expected = "2026-11-21T00:50:31.123456Z\tinfo\tlogging/tests.rs:#\tRunning: \t{\"args\": [\"a\", \"b\"], \"n\": 1}\n\
        2026-11-21T00:50:31.123456Z\tinfo\traft\tlogging/tests.rs:#\tbecame follower\n";
    assert_eq!(lines, expected);
}

#[test]
fn the_level_is_the_lowest_that_is_written() {
    for (level, count) in [("debug", 6), ("", 5), ("INFO", 5), ("warn", 4), ("error", 3), ("panic", 2), ("fatal", 1)] {
        let lines = Log::new(level, "json").of(|| {
            tracing::trace!("never");
            tracing::debug!("d");
            tracing::info!("i");
            tracing::warn!("w");
            tracing::error!("e");
            tracing::error!(target: PANIC, "p");
            tracing::error!(target: FATAL, "f");
        });
        assert_eq!(lines.lines().count(), count, "{level}");
    }
}

/// The texts are those of etcd 3.7.1.
#[test]
fn what_is_refused() {
    let plain = LoggingConfig::default;
    let cases = [
        (LoggingConfig { logger: "x".into(), ..plain() }, "unknown logger option \"x\""),
        (LoggingConfig { logger: "capnslog".into(), ..plain() }, "--logger=capnslog is removed in v3.5"),
        (LoggingConfig { format: "x".into(), ..plain() }, "unknown log format: x, supported values json, console"),
        (LoggingConfig { level: "bogus".into(), ..plain() }, "unrecognized level: \"bogus\""),
        (
            LoggingConfig { outputs: vec!["default".into(), "stdout".into()], ..plain() },
            "multi logoutput for \"default\" is not supported yet",
        ),
        (
            LoggingConfig { outputs: vec!["/no/such/x".into()], ..plain() },
            "open sink \"/no/such/x\": open /no/such/x: no such file or directory",
        ),
    ];
    for (config, text) in cases {
        assert_eq!(Logging::new(&config).unwrap_err().to_string(), text);
    }
    let null = vec!["/dev/null".into(), "/no/such/x".into()];
    assert!(Logging::new(&LoggingConfig { outputs: null, ..plain() }).is_ok());
}

/// As lumberjack does it for etcd: names, modes, compression, and which files go.
#[test]
fn a_full_file_is_set_aside() {
    use rotation::Rotated;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("made/for/etcd.log");
    let names = || {
        let mut names: Vec<_> = std::fs::read_dir(path.parent().unwrap()).unwrap().collect();
        names.sort_by_key(|entry| entry.as_ref().unwrap().file_name());
        names.into_iter().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect::<Vec<_>>()
    };
    let at = |second: u64| match second {
        0 => || UNIX_EPOCH + Duration::from_millis(1_795_222_230_001),
        _ => || UNIX_EPOCH + Duration::from_millis(1_795_222_231_002),
    };
    let rotation = Rotation { size_max_mb: 1, ..Rotation::default() };
    let open = |second| Rotated::new(path.to_str().unwrap().into(), rotation, at(second));
    let half = vec![b'x'; 512 << 10];
    let mut log = open(0);
    for _ in 0..3 {
        log.write(&half).unwrap();
    }
    // The third line did not fit.
    assert_eq!(names(), ["etcd-2026-11-21T00-50-30.001.log", "etcd.log"]);
    assert!(log.write(&vec![b'x'; (1 << 20) + 1]).is_err());
    // A start goes on with a file that is not full, and sets aside one that is.
    let mut log = open(1);
    log.write(b"short").unwrap();
    assert_eq!(names().len(), 2);
    let mut log = open(1);
    log.write(&half).unwrap();
    assert_eq!(names(), ["etcd-2026-11-21T00-50-30.001.log", "etcd-2026-11-21T00-50-31.002.log", "etcd.log"]);
    let size = |name: &str| std::fs::metadata(path.with_file_name(name)).unwrap().len();
    assert_eq!(size("etcd-2026-11-21T00-50-31.002.log"), (512 << 10) + 5);
    // One stays, compressed.
    let keep = Rotation { backups_max: 1, compress: true, ..rotation };
    let clean = || backups::Backups::of(path.to_str().unwrap()).clean(keep, at(1)()).unwrap();
    clean();
    assert_eq!(names(), ["etcd-2026-11-21T00-50-31.002.log.gz", "etcd.log"]);
    let compressed = std::fs::File::open(path.with_file_name("etcd-2026-11-21T00-50-31.002.log.gz")).unwrap();
    let mut text = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(compressed), &mut text).unwrap();
    assert!(text.len() == (512 << 10) + 5 && text.ends_with(b"short"));
    clean();
    assert_eq!(names().len(), 2);
}

#[test]
fn a_message_without_end_is_thinned_out() {
    let lines = Log::new("info", "json").of(|| {
        for number in 0..250 {
            tracing::info!(number, "again");
        }
        tracing::info!("once");
    });
    assert_eq!(lines.lines().count(), 100 + 1 + 1);
    assert!(lines.contains("\"number\":199}") && !lines.contains("\"number\":200}"));
}
