//! Values by flag: what was given, and for the rest the default.

use super::flags::{self, Fate, Kind, Legacy, NOTHING, Value};
use super::gates::Gates;
use std::{borrow::Cow, collections::BTreeMap, time::Duration};

/// Where the values come from. A config file stands alone; it is never mixed with flags.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Source {
    /// Flags and environment variables.
    #[default]
    CommandLine,
    /// A config file.
    File,
}

/// Settings that were given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    values: BTreeMap<&'static str, Value>,
    old: Vec<(&'static str, Value)>,
    /// Where they come from.
    pub source: Source,
}

impl Given {
    /// Nothing given yet by a config file.
    pub fn by_file() -> Self {
        Self { source: Source::File, ..Self::default() }
    }

    /// Takes the text of a flag. The error is etcd's reason.
    pub fn take(&mut self, flag: &'static flags::Flag, text: &str) -> Result<(), String> {
        let value = flag.kind.read(text)?;
        self.put(flag, value);
        Ok(())
    }

    /// Takes a value that was read already. An empty list of URLs leaves what was there, and yet counts as given.
    pub fn put(&mut self, flag: &'static flags::Flag, value: Value) {
        match (flag.kind, value) {
            (Kind::Urls, Value::List(urls)) if urls.is_empty() => {
                self.values.entry(flag.name).or_insert_with(|| flag.kind.default(flag.default));
            }
            (Kind::Gates, Value::Text(text)) => {
                let before = self.text(flag.name).to_owned();
                let all = [before, text].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(",");
                self.values.insert(flag.name, Value::Text(all));
            }
            (_, value) => drop(self.values.insert(flag.name, value)),
        }
    }

    /// Takes the value of an old name; [`Given::settle_old`] decides about it.
    pub fn put_old(&mut self, legacy: &'static Legacy, value: Value) {
        self.old.push((legacy.name, value));
    }

    /// Lets old names set what they stand for, unless the new name was given as well. Returns a sentence about each old
    /// name; the error is about one whose feature is gone and was asked for.
    pub fn settle_old(&mut self) -> Result<Vec<(&'static str, String)>, String> {
        let mut notes = Vec::new();
        let explicit: Vec<&str> = self.values.keys().copied().collect();
        for (name, value) in std::mem::take(&mut self.old) {
            let Some(legacy) = flags::find_legacy(name) else { continue };
            let note = match legacy.fate {
                Fate::Renamed(new) | Fate::Sets(new, _) if explicit.contains(&new) => {
                    format!("--{name} is an old flag; --{new} was given as well and counts")
                }
                Fate::Renamed(new) => {
                    self.values.insert(new, value);
                    format!("--{name} is an old flag; use --{new} instead")
                }
                Fate::Sets(new, text) => {
                    if value == Value::Bool(true) {
                        self.values.insert(new, Value::Text(text.to_owned()));
                    }
                    format!("--{name} is an old flag; use --{new}={text} instead")
                }
                Fate::Gate(gate) => {
                    let on = value == Value::Bool(true);
                    // In front: what was said with the new flag counts.
                    let new = self.text("feature-gates").to_owned();
                    let all = [format!("{gate}={on}"), new].into_iter().filter(|text| !text.is_empty());
                    self.values.insert("feature-gates", Value::Text(all.collect::<Vec<_>>().join(",")));
                    format!("--{name} is an old flag; use --feature-gates={gate}={on} instead")
                }
                Fate::Gone(instead) => format!("--{name} is an old flag and has no effect: {instead}"),
                Fate::Off(off, instead) => {
                    let text = shown(&value);
                    if !off.contains(&text.as_str()) {
                        return Err(format!("--{name}={text} cannot be followed: {instead}"));
                    }
                    format!("--{name} is an old flag and has no effect: {instead}")
                }
            };
            notes.push((name, note));
        }
        Ok(notes)
    }

    /// Was the flag given?
    pub fn is_set(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// The flags that were given.
    pub fn set_flags(&self) -> impl Iterator<Item = &'static flags::Flag> + '_ {
        self.values.keys().filter_map(|name| flags::find(name))
    }

    /// The value, or the default. Every name that is asked for is in the table of flags.
    pub fn value(&self, name: &str) -> Cow<'_, Value> {
        match self.values.get(name) {
            Some(value) => Cow::Borrowed(value),
            None => Cow::Owned(flags::find(name).map_or(NOTHING, |flag| flag.kind.default(flag.default))),
        }
    }

    /// Is the value another one than the default?
    pub fn differs(&self, flag: &flags::Flag) -> bool {
        self.values.get(flag.name).is_some_and(|value| *value != flag.kind.default(flag.default))
    }

    /// A text.
    pub fn text(&self, name: &str) -> &str {
        match self.values.get(name) {
            Some(Value::Text(text)) => text,
            Some(_) => "",
            None => flags::find(name).map_or("", |flag| flag.default),
        }
    }

    /// A list.
    pub fn list(&self, name: &str) -> Vec<String> {
        match self.value(name).into_owned() {
            Value::List(list) => list,
            _ => Vec::new(),
        }
    }

    /// A signed number.
    pub fn int(&self, name: &str) -> i64 {
        match *self.value(name) {
            Value::Int(number) => number,
            _ => 0,
        }
    }

    /// An unsigned number.
    pub fn uint(&self, name: &str) -> u64 {
        match *self.value(name) {
            Value::Uint(number) => number,
            _ => 0,
        }
    }

    /// Yes or no.
    pub fn bool(&self, name: &str) -> bool {
        *self.value(name) == Value::Bool(true)
    }

    /// A duration in nanoseconds, which may be negative.
    pub fn nanoseconds(&self, name: &str) -> i64 {
        match *self.value(name) {
            Value::Duration(ns) => ns,
            _ => 0,
        }
    }

    /// A duration; a negative one is zero.
    pub fn duration(&self, name: &str) -> Duration {
        Duration::from_nanos(self.nanoseconds(name).max(0).unsigned_abs())
    }

    /// A duration, or another one where it is not above zero.
    pub fn duration_or(&self, name: &str, when_zero: Duration) -> Duration {
        Some(self.duration(name)).filter(|given| !given.is_zero()).unwrap_or(when_zero)
    }

    /// A number above zero, or another one.
    pub fn int_or(&self, name: &str, when_zero: usize) -> usize {
        usize::try_from(self.int(name)).ok().filter(|given| *given > 0).unwrap_or(when_zero)
    }

    /// Which feature gates are on.
    pub fn gates(&self) -> Gates {
        Gates::read(self.text("feature-gates")).unwrap_or_default()
    }
}

/// A value as one would type it.
pub fn shown(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Bool(value) => value.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Uint(number) => number.to_string(),
        Value::Duration(ns) => crate::cmd::gotext::format_signed_duration(*ns),
        Value::List(list) => list.join(","),
    }
}
