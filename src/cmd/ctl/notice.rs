//! What the tool says beside its output: log lines on standard error, in etcd's JSON form.

use crate::{
    client::{FailedAttempt, Observer},
    cmd::terminal::warn,
};
use serde_json::json;
use time::{OffsetDateTime, format_description::FormatItem, macros::format_description};

const TIMESTAMP: &[FormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]Z");

/// Says something with a named detail. `level` is one of etcd's: `warn`, `fatal`.
pub fn notice(level: &str, message: &str, name: &str, detail: &str) {
    let fields = format!("{}:{}", json!(name), json!(detail));
    line(level, message, &fields);
}

fn line(level: &str, message: &str, fields: &str) {
    // The form has no part that could fail for a time of our days.
    let now = OffsetDateTime::now_utc().format(TIMESTAMP).unwrap_or_default();
    warn(&format!("{{\"level\":{},\"ts\":\"{now}\",\"msg\":{},{fields}}}\n", json!(level), json!(message)));
}

/// Logs attempts that failed, as Go's client does: the reason behind a plain `context deadline exceeded` is seen nowhere else.
pub struct Attempts;

impl Observer for Attempts {
    fn attempt_failed(&self, attempt: &FailedAttempt<'_>) {
        let fields = format!(
            "\"target\":{},\"method\":{},\"attempt\":{},\"error\":{}",
            json!(attempt.endpoint),
            json!(attempt.method),
            attempt.attempt,
            json!(attempt.error.full())
        );
        line("warn", "retrying of unary invoker failed", &fields);
    }
}
