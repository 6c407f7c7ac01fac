//! One event as one line.

use std::{
    fmt::{Debug, Write},
    time::SystemTime,
};
use time::OffsetDateTime;
use tracing::{
    Event,
    field::{Field, Visit},
};

/// Name of a field that holds more fields, as a JSON object.
const MORE: &str = "..";

/// `--log-format`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// `{"level":"info","ts":"...","caller":"...","msg":"...","field":1}`
    Json,
    /// `ts TAB level TAB caller TAB msg TAB {"field": 1}`
    Console,
}

/// What stands before the message.
#[derive(Debug)]
pub(super) struct Head<'a> {
    pub level: &'static str,
    pub time: SystemTime,
    pub logger: Option<&'a str>,
    pub file: &'a str,
    pub line: u32,
}

/// An event's message and its fields in a form.
pub(super) fn read(form: Form, event: &Event<'_>) -> Fields {
    let mut fields = Fields { form, message: String::new(), fields: String::new() };
    event.record(&mut fields);
    fields
}

/// The line, with its end.
pub(super) fn encode(head: &Head<'_>, fields: &Fields) -> String {
    let time = timestamp(head.time);
    let caller = format!("{}:{}", short(head.file), head.line);
    match fields.form {
        Form::Json => {
            let mut line = format!("{{\"level\":\"{}\",\"ts\":\"{time}\"", head.level);
            for (name, value) in [("logger", head.logger), ("caller", Some(&caller)), ("msg", Some(&fields.message))] {
                if let Some(value) = value {
                    line.push_str(",\"");
                    line.push_str(name);
                    line.push_str("\":");
                    push_string(&mut line, value);
                }
            }
            if !fields.fields.is_empty() {
                line.push(',');
                line.push_str(&fields.fields);
            }
            line.push_str("}\n");
            line
        }
        Form::Console => {
            let logger = head.logger.map(|logger| format!("\t{logger}")).unwrap_or_default();
            let tail = if fields.fields.is_empty() { String::new() } else { format!("\t{{{}}}", fields.fields) };
            format!("{time}\t{}{logger}\t{caller}\t{}{tail}\n", head.level, fields.message.replace('\n', "\\n"))
        }
    }
}

/// A time as log lines have it: UTC, to the microsecond.
pub fn timestamp(time: SystemTime) -> String {
    let time = OffsetDateTime::from(time);
    let (date, clock) = (time.date(), time.time());
    let (year, month, day) = (date.year(), u8::from(date.month()), date.day());
    let (hour, minute, second, micro) = clock.as_hms_micro();
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micro:06}Z")
}

/// A file's last folder and name, as etcd has it.
pub(super) fn short(file: &str) -> &str {
    let file = file.strip_prefix("src/").unwrap_or(file);
    let cut = file.rmatch_indices('/').nth(1);
    cut.map_or(file, |(at, _)| &file[at + 1..])
}

/// Collects an event's message and its other fields, the latter as text without braces.
pub(super) struct Fields {
    form: Form,
    pub message: String,
    fields: String,
}

impl Fields {
    /// Writes the name and hands out the text to write the value to.
    fn value_of(&mut self, field: &Field) -> &mut String {
        let (comma, colon) = match self.form {
            Form::Json => (",", ":"),
            Form::Console => (", ", ": "),
        };
        if !self.fields.is_empty() {
            self.fields.push_str(comma);
        }
        push_string(&mut self.fields, field.name());
        self.fields.push_str(colon);
        &mut self.fields
    }

    fn plain(&mut self, field: &Field, value: impl std::fmt::Display) {
        let text = self.value_of(field);
        // Writing to a String does not fail.
        let _ = write!(text, "{value}");
    }
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "message" {
            self.message.push_str(value);
        } else {
            push_string(self.value_of(field), value);
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let text = format!("{value:?}");
        if field.name() == "message" {
            self.message = text;
        } else if field.name() == MORE && is_structured(&text) {
            let comma = if self.fields.is_empty() { "" } else { [",", ", "][usize::from(self.form == Form::Console)] };
            self.fields.push_str(comma);
            push_spaced(&mut self.fields, text.get(1..text.len() - 1).unwrap_or_default(), self.form);
        } else if is_structured(&text) {
            let form = self.form;
            push_spaced(self.value_of(field), &text, form);
        } else {
            push_string(self.value_of(field), &text);
        }
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        push_string(self.value_of(field), &value.to_string());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.plain(field, value);
    }
    fn record_u64(&mut self, field: &Field, value: u64) {
        self.plain(field, value);
    }
    fn record_i128(&mut self, field: &Field, value: i128) {
        self.plain(field, value);
    }
    fn record_u128(&mut self, field: &Field, value: u128) {
        self.plain(field, value);
    }
    fn record_f64(&mut self, field: &Field, value: f64) {
        if value.is_finite() { self.plain(field, value) } else { push_string(self.value_of(field), &value.to_string()) }
    }
}

/// Is this a JSON array, object, string or boolean, and not merely a text that looks like a number (as a member's id may)?
/// Booleans come here by `tracing`'s default.
fn is_structured(text: &str) -> bool {
    if matches!(text, "true" | "false") {
        return true;
    }
    text.starts_with(['[', '{', '"'])
        && !text.contains('\n')
        && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

/// JSON with the spacing of the form, whatever it had before.
fn push_spaced(out: &mut String, json: &str, form: Form) {
    let (mut in_string, mut escaped) = (false, false);
    for c in json.chars() {
        if in_string {
            out.push(c);
            in_string = escaped || c != '"';
            escaped = !escaped && c == '\\';
        } else if !c.is_ascii_whitespace() {
            out.push(c);
            in_string = c == '"';
            if form == Form::Console && matches!(c, ',' | ':') {
                out.push(' ');
            }
        }
    }
}

/// A JSON string, escaped as zap does.
fn push_string(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c < ' ' => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
}
