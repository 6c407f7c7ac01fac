//! What a flag's value is and how its text is read, with the errors of Go's flag package and of etcd's own value types.

use super::super::{
    gates::Gates,
    urls::{self, UrlError},
};
use crate::cmd::gotext::{parse_bool, parse_int, parse_signed_duration, parse_uint, quote};

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Any text.
    Text,
    /// `-name`, `-name=true`, `-name=false`; never `-name true`.
    Bool,
    /// A signed number (Go's int).
    Int,
    /// A signed number (Go's int64).
    Int64,
    /// An unsigned number (Go's uint).
    Uint,
    /// An unsigned number (Go's uint64).
    Uint64,
    /// An unsigned number of 32 bits.
    Uint32,
    /// A Go duration such as `1h0m0.5s`.
    Duration,
    /// URLs, separated by commas. The empty text leaves what was there.
    Urls,
    /// Origins of web pages: `*`, or URLs.
    Origins,
    /// Words separated by commas, in their order.
    List,
    /// Words separated by commas, each once, sorted.
    Set,
    /// The same; in a config file it is one text, not a list.
    TextSet,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// Some of these words, separated by commas.
    Choices(&'static [&'static str]),
    /// `Gate=true,Gate=false`; giving it again adds to it.
    Gates,
}

/// A value that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Text, and gates as typed.
    Text(String),
    /// Yes or no.
    Bool(bool),
    /// A signed number.
    Int(i64),
    /// An unsigned number.
    Uint(u64),
    /// A duration in nanoseconds; it may be negative.
    Duration(i64),
    /// Several words or URLs.
    List(Vec<String>),
}

/// The empty value, for what is asked for by a wrong name.
pub const NOTHING: Value = Value::Text(String::new());

impl Kind {
    /// Reads the text. The error is the reason that etcd gives behind `invalid value`.
    pub fn read(self, text: &str) -> Result<Value, String> {
        let words = || text.split(',').map(str::to_owned).collect::<Vec<_>>();
        match self {
            Self::Text => Ok(Value::Text(text.to_owned())),
            Self::Bool => parse_bool(text).map(Value::Bool).map_err(|_| "parse error".to_owned()),
            Self::Int | Self::Int64 => parse_int(text, 0).map(Value::Int).map_err(|error| short(&error)),
            Self::Uint | Self::Uint64 => parse_uint(text, 0, 64).map(Value::Uint).map_err(|error| short(&error)),
            Self::Uint32 => parse_uint(text, 0, 32).map(Value::Uint),
            Self::Duration => parse_signed_duration(text).map(Value::Duration).map_err(|_| "parse error".to_owned()),
            Self::Urls if text.is_empty() => Ok(Value::List(Vec::new())),
            Self::Origins if text == "*" => Ok(Value::List(vec!["*".to_owned()])),
            Self::Urls | Self::Origins => urls::read_list(text).map(Value::List).map_err(|UrlError(reason)| reason),
            Self::List => Ok(Value::List(words())),
            Self::Set | Self::TextSet => {
                let mut words = words();
                words.sort();
                words.dedup();
                Ok(Value::List(words))
            }
            Self::Choice(choices) => match choices.contains(&text) {
                true => Ok(Value::Text(text.to_owned())),
                false => Err("invalid value".to_owned()),
            },
            Self::Choices(choices) => match text.split(',').find(|word| !choices.contains(word)) {
                Some(word) => Err(format!("invalid value {}", quote(word.as_bytes()))),
                None => Ok(Value::Text(text.to_owned())),
            },
            Self::Gates => Gates::read(text).map(|_| Value::Text(text.to_owned())),
        }
    }

    /// The default that is written as `text`: an empty list is no list of one empty word.
    pub fn default(self, text: &str) -> Value {
        match self {
            Self::List | Self::Set | Self::TextSet | Self::Choices(_) if text.is_empty() => Value::List(Vec::new()),
            _ => self.read(text).unwrap_or(NOTHING),
        }
    }

    /// The word for it in help and completions; none for a switch.
    pub fn word(self) -> Option<&'static str> {
        match self {
            Self::Text | Self::Choice(_) | Self::Choices(_) => Some("string"),
            Self::Bool => None,
            Self::Int | Self::Int64 => Some("int"),
            Self::Uint | Self::Uint64 | Self::Uint32 => Some("uint"),
            Self::Duration => Some("duration"),
            Self::Urls | Self::Origins => Some("urls"),
            Self::List | Self::Set | Self::TextSet => Some("strings"),
            Self::Gates => Some("gates"),
        }
    }

    /// Go's type behind it in a config file, which errors name.
    pub fn go_type(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Int64 => "int64",
            Self::Uint => "uint",
            Self::Uint64 => "uint64",
            Self::Uint32 => "uint32",
            Self::Duration => "time.Duration",
            Self::List | Self::Set => "[]string",
            _ => "string",
        }
    }
}

/// Go's flag package keeps only this much of an error of strconv.
fn short(error: &str) -> String {
    let out_of_range = error.ends_with("value out of range");
    if out_of_range { "value out of range".to_owned() } else { "parse error".to_owned() }
}
