//! Arguments as Go's flag package reads them: one or two dashes, `-name=value` or `-name value`, booleans only
//! with `=`, the last one wins, and the first word that is no flag ends the flags. clap reads none of this the
//! same way, so it is used for the help only.

use super::flags::{self, Flag, Kind};
use std::collections::BTreeMap;

/// What was typed.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Typed {
    /// The last value given to each flag.
    pub values: BTreeMap<&'static str, String>,
    /// Names from before v3 that were given and do nothing.
    pub ignored: Vec<String>,
    /// The first word that is no flag.
    pub stray: Option<String>,
}

/// A command line that cannot be read; the text is Go's.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct FlagError(String);

/// Reads the words behind the program's name.
pub fn parse(words: &[String]) -> Result<Typed, FlagError> {
    let mut typed = Typed::default();
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        let Some(body) = word.strip_prefix("--").or_else(|| word.strip_prefix('-')) else {
            typed.stray = Some(word.clone());
            break;
        };
        if body.is_empty() {
            // `--` ends the flags and is dropped; a lone `-` is a word.
            typed.stray = if word == "--" { rest.next().cloned() } else { Some(word.clone()) };
            break;
        }
        if body.starts_with(['-', '=']) {
            return Err(FlagError(format!("bad flag syntax: {word}")));
        }
        let (name, value) = match body.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (body, None),
        };
        if flags::is_ignored(name) {
            typed.ignored.push(name.to_string());
            continue;
        }
        let flag = flags::find(name).ok_or_else(|| FlagError(format!("flag provided but not defined: -{name}")))?;
        let value = match (flag.kind, value) {
            (_, Some(value)) => value.to_string(),
            (Kind::Bool, None) => "true".to_string(),
            (_, None) => rest.next().cloned().ok_or_else(|| FlagError(format!("flag needs an argument: -{name}")))?,
        };
        check(flag, &value)?;
        typed.values.insert(flag.name, value);
    }
    Ok(typed)
}

/// Checks a value against the flag's kind, with Go's texts.
pub fn check(flag: &Flag, value: &str) -> Result<(), FlagError> {
    let fine = match flag.kind {
        Kind::Text => true,
        Kind::Bool => read_bool(value).is_some(),
        Kind::Int => read_int(value).is_some(),
        Kind::Uint => value.parse::<u64>().is_ok() || read_int(value).is_some_and(|n| n >= 0),
        Kind::Duration => super::duration::parse(value).is_some(),
    };
    if fine {
        return Ok(());
    }
    let name = flag.name;
    Err(FlagError(match flag.kind {
        Kind::Bool => format!("invalid boolean value {value:?} for -{name}: parse error"),
        _ => format!("invalid value {value:?} for flag -{name}: parse error"),
    }))
}

/// The words that Go takes for true and false.
pub fn read_bool(value: &str) -> Option<bool> {
    match value {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

/// A number in decimal, or with Go's prefixes `0x`, `0o`, `0b`.
pub fn read_int(value: &str) -> Option<i64> {
    let (negative, digits) = match value.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, value.strip_prefix('+').unwrap_or(value)),
    };
    let lower = digits.to_ascii_lowercase();
    let magnitude = match lower.get(..2) {
        Some("0x") => i128::from_str_radix(&lower[2..], 16),
        Some("0o") => i128::from_str_radix(&lower[2..], 8),
        Some("0b") => i128::from_str_radix(&lower[2..], 2),
        _ if digits.starts_with(['+', '-']) => return None,
        _ => digits.parse::<i128>(),
    };
    let magnitude = magnitude.ok().filter(|n| *n >= 0)?;
    i64::try_from(if negative { -magnitude } else { magnitude }).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Typed, String> {
        let words: Vec<String> = line.split_whitespace().map(String::from).collect();
        parse(&words).map_err(|error| error.to_string())
    }

    #[test]
    fn the_last_one_wins_with_one_dash_or_two() {
        let typed = read("-name a --name=b --pre-vote=false -unsafe-no-fsync --backend-batch-interval 1m2.5s").unwrap();
        assert_eq!(typed.values["name"], "b");
        assert_eq!(typed.values["pre-vote"], "false");
        assert_eq!(typed.values["unsafe-no-fsync"], "true");
        assert_eq!(typed.values["backend-batch-interval"], "1m2.5s");
    }

    #[test]
    fn a_boolean_takes_no_word_behind_it() {
        assert_eq!(read("--pre-vote false").unwrap().stray.as_deref(), Some("false"));
        assert_eq!(read("--name a -- b").unwrap().stray.as_deref(), Some("b"));
    }

    #[test]
    fn errors_are_worded_as_go_words_them() {
        assert_eq!(read("--foo").unwrap_err(), "flag provided but not defined: -foo");
        assert_eq!(read("--name").unwrap_err(), "flag needs an argument: -name");
        assert_eq!(read("---name").unwrap_err(), "bad flag syntax: ---name");
        assert_eq!(
            read("--heartbeat-interval=abc").unwrap_err(),
            r#"invalid value "abc" for flag -heartbeat-interval: parse error"#
        );
        assert_eq!(
            read("--pre-vote=maybe").unwrap_err(),
            r#"invalid boolean value "maybe" for -pre-vote: parse error"#
        );
    }

    #[test]
    fn numbers_as_go_writes_them() {
        assert_eq!(read_int("0x10"), Some(16));
        assert_eq!(read_int("-5"), Some(-5));
        assert_eq!(read_int("--5"), None);
        assert_eq!(read_int("9223372036854775808"), None);
    }
}
