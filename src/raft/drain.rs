//! The raft crate's log lines, on their way into ours.
//!
//! The crate writes to `slog`; the lines go to `tracing` under the target `raft`, at the same level, beginning with the
//! member's id as etcd's do: `8e9e05c52164694d became leader at term 2`. Member ids are written in hex.

use crate::id::MemberId;
use slog::{Drain, KV, Key, Level, Logger, OwnedKVList, Record, Serializer};
use std::fmt::{self, Write};

/// A logger for the node of this member.
pub fn logger(id: MemberId) -> Logger {
    Logger::root(ToTracing { id }, slog::o!())
}

#[derive(Debug)]
struct ToTracing {
    id: MemberId,
}

impl Drain for ToTracing {
    type Ok = ();
    type Err = slog::Never;

    fn log(&self, record: &Record<'_>, _of_logger: &OwnedKVList) -> Result<(), slog::Never> {
        if self.is_enabled(record.level()) {
            let line = line(self.id, record);
            match record.level() {
                Level::Critical | Level::Error => tracing::error!(target: "raft", "{line}"),
                Level::Warning => tracing::warn!(target: "raft", "{line}"),
                Level::Info => tracing::info!(target: "raft", "{line}"),
                Level::Debug => tracing::debug!(target: "raft", "{line}"),
                Level::Trace => tracing::trace!(target: "raft", "{line}"),
            }
        }
        Ok(())
    }

    fn is_enabled(&self, level: Level) -> bool {
        match level {
            Level::Critical | Level::Error => tracing::enabled!(target: "raft", tracing::Level::ERROR),
            Level::Warning => tracing::enabled!(target: "raft", tracing::Level::WARN),
            Level::Info => tracing::enabled!(target: "raft", tracing::Level::INFO),
            Level::Debug => tracing::enabled!(target: "raft", tracing::Level::DEBUG),
            Level::Trace => tracing::enabled!(target: "raft", tracing::Level::TRACE),
        }
    }
}

fn line(id: MemberId, record: &Record<'_>) -> String {
    let mut details = Details(String::new());
    // The writer is a string, which takes everything.
    let _ = record.kv().serialize(record, &mut details);
    let line = match details.0.is_empty() {
        true => record.msg().to_string(),
        false => format!("{} [{}]", record.msg(), details.0),
    };
    format!("{id} {}", hex_ids(&line))
}

struct Details(String);

impl Serializer for Details {
    fn emit_arguments(&mut self, key: Key, value: &fmt::Arguments<'_>) -> slog::Result {
        let gap = if self.0.is_empty() { "" } else { ", " };
        Ok(write!(self.0, "{gap}{key}: {value}")?)
    }
}

/// Writes the numbers that can only be member ids, those of 15 digits and more, as hex. Terms and indexes do not get there.
fn hex_ids(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let digits = rest[start..].find(|c: char| !c.is_ascii_digit()).map_or(rest.len(), |length| start + length);
        text.push_str(&rest[..start]);
        let number = &rest[start..digits];
        match number.parse::<u64>() {
            Ok(id) if number.len() >= 15 => text.push_str(&MemberId(id).to_string()),
            _ => text.push_str(number),
        }
        rest = &rest[digits..];
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use slog::{b, record_static};

    #[test]
    fn lines_are_etcds() {
        let place = record_static!(Level::Info, "");
        let plain = |text: fmt::Arguments<'_>| line(MemberId(0x8e9e05c52164694d), &Record::new(&place, &text, b!()));
        assert_eq!(plain(format_args!("became leader at term {}", 2)), "8e9e05c52164694d became leader at term 2");
        let with =
            line(MemberId(1), &Record::new(&place, &format_args!("x"), b!("to" => 0x8e9e05c52164694du64, "b" => 7)));
        assert!(with == "1 x [to: 8e9e05c52164694d, b: 7]" || with == "1 x [b: 7, to: 8e9e05c52164694d]", "{with}");
    }

    #[test]
    fn only_ids_become_hex() {
        assert_eq!(hex_ids("vote for 10276657743932975437 at 12345"), "vote for 8e9e05c52164694d at 12345");
        assert_eq!(hex_ids("99999999999999999999999"), "99999999999999999999999");
        assert_eq!(hex_ids(""), "");
    }
}
