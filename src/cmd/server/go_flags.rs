//! Arguments as Go's flag package reads them: one or two dashes, `-name=value` or `-name value`, booleans only
//! with `=`, the last one wins, and the first word that is no flag ends the flags. clap reads none of this the
//! same way.

use super::{
    flags::{self, Kind},
    given::Given,
};
use crate::cmd::gotext::quote;

/// What was typed.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Typed {
    /// Settings and commands.
    pub given: Given,
    /// Names from before v3 that were given and do nothing.
    pub ignored: Vec<&'static str>,
    /// The first word that is no flag.
    pub stray: Option<String>,
    /// Help was asked for. Go stops reading there.
    pub help: bool,
}

/// A command line that cannot be read; the text is Go's.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct FlagError(String);

/// What a name stands for.
enum Named {
    Flag(&'static flags::Flag),
    Old(&'static flags::Legacy),
    Ignored(&'static str),
}

/// Reads the words behind the program's name.
pub fn parse(words: &[String]) -> Result<Typed, FlagError> {
    let mut typed = Typed::default();
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        let Some((name, value)) = split(word) else {
            // `--` ends the flags and is dropped; a lone `-` is a word.
            typed.stray = match word.as_str() {
                "--" => rest.next().cloned(),
                dashes if dashes.len() > 1 && dashes.starts_with('-') => {
                    return Err(FlagError(format!("bad flag syntax: {word}")));
                }
                _ => Some(word.clone()),
            };
            break;
        };
        if flags::HELP.contains(&name) {
            typed.help = true;
            break;
        }
        let named = named(name).ok_or_else(|| FlagError(format!("flag provided but not defined: -{name}")))?;
        let is_switch = match named {
            Named::Flag(flag) => flag.kind == Kind::Bool,
            Named::Old(legacy) => legacy.kind == Kind::Bool,
            Named::Ignored(_) => true,
        };
        let value = match value {
            Some(value) => value,
            None if is_switch => "true",
            None => rest.next().ok_or_else(|| FlagError(format!("flag needs an argument: -{name}")))?,
        };
        let head = if is_switch { "invalid boolean value" } else { "invalid value" };
        let whose = if is_switch { "for" } else { "for flag" };
        take(&mut typed, named, value)
            .map_err(|reason| FlagError(format!("{head} {} {whose} -{name}: {reason}", quote(value.as_bytes()))))?;
    }
    Ok(typed)
}

/// The name of a flag, and the value if it stands in the same word. `None` for a word that is no flag.
pub fn split(word: &str) -> Option<(&str, Option<&str>)> {
    let body = word.strip_prefix("--").or_else(|| word.strip_prefix('-'))?;
    if body.is_empty() || body.starts_with(['-', '=']) {
        return None;
    }
    Some(body.split_once('=').map_or((body, None), |(name, value)| (name, Some(value))))
}

fn named(name: &str) -> Option<Named> {
    let ignored = || flags::IGNORED.iter().find(|ignored| **ignored == name).map(|name| Named::Ignored(name));
    let old = || flags::find_legacy(name).map(Named::Old).or_else(ignored);
    flags::find(name).map(Named::Flag).or_else(old)
}

fn take(typed: &mut Typed, named: Named, value: &str) -> Result<(), String> {
    match named {
        Named::Flag(flag) => typed.given.take(flag, value)?,
        Named::Old(legacy) => typed.given.put_old(legacy, legacy.kind.read(value)?),
        Named::Ignored(name) => typed.ignored.push(name),
    }
    Ok(())
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
        let given =
            read("-name a --name=b --pre-vote=false -unsafe-no-fsync --backend-batch-interval 1m2.5s").unwrap().given;
        assert_eq!(given.text("name"), "b");
        assert!(!given.bool("pre-vote") && given.bool("unsafe-no-fsync"));
        assert_eq!(given.nanoseconds("backend-batch-interval"), 62_500_000_000);
    }

    #[test]
    fn what_is_a_flag() {
        assert_eq!(split("--a=b=c"), Some(("a", Some("b=c"))));
        assert_eq!([split("-a"), split("--a")], [Some(("a", None)); 2]);
        assert_eq!([split("a=b"), split("-"), split("--"), split("---a"), split("-=a")], [None; 5]);
        assert_eq!(read("---a").unwrap_err(), "bad flag syntax: ---a");
        assert_eq!(read("-").unwrap().stray.as_deref(), Some("-"));
    }

    #[test]
    fn gates_add_up_and_no_urls_leave_what_was_there() {
        let given = read("--feature-gates=AllAlpha=true --feature-gates LeaseCheckpoint=false").unwrap().given;
        assert!(given.gates().is_on("CompactHashCheck") && !given.gates().is_on("LeaseCheckpoint"));
        let given = read("--listen-peer-urls=http://a:1 --listen-peer-urls=").unwrap().given;
        assert_eq!(given.list("listen-peer-urls"), ["http://a:1"]);
    }

    #[test]
    fn a_boolean_takes_no_word_behind_it() {
        assert_eq!(read("--pre-vote false").unwrap().stray.as_deref(), Some("false"));
        assert_eq!(read("--name a -- b").unwrap().stray.as_deref(), Some("b"));
        assert_eq!(read("-v --force x").unwrap().ignored, ["v", "force"]);
    }
}
