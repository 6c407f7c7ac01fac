//! From a command line to clap's matches, or to help, or to an error in cobra's words.

use super::{
    find::{Path, Words, find, first_positional, is_bare},
    help::{Group, help, usage},
    suggest::suggestions,
    words::{Flag, Lexed, lex},
};
use crate::cmd::{
    failure::{Failure, code},
    gotext::{parse_bool, parse_duration, parse_int, quote},
};
use clap::{ArgMatches, Command, error::ContextKind};
use std::{ffi::OsString, os::unix::ffi::OsStringExt, time::Duration};

/// What the line asks for.
pub enum Request {
    /// To run a command.
    Run(Line),
    /// To show this.
    Help(String),
}

/// A command line that was understood.
pub struct Line {
    /// clap's reading of it.
    pub matches: ArgMatches,
    /// The root's flags as given, for those that also come from the environment.
    pub global_flags: Vec<(String, Vec<u8>)>,
    /// How many positionals stand before `--`, if there is one.
    pub before_dashes: Option<usize>,
}

/// Reads the words behind the program's name.
pub fn read(root: &Command, groups: &[Group], words: &Words) -> Result<Request, Failure> {
    let (path, left) = find(root, words);
    let helps = |path: &Path<'_>| Ok(Request::Help(help(path, groups)));
    if let [only] = path.0[..]
        && let Some(index) = first_positional(&path, &left)
    {
        return Err(unknown_command(only, &left[index]));
    }
    if path.0.len() == 2 && path.leaf().get_name() == "help" {
        return asked_for_help(root, groups, &left);
    }
    let usage_error = |text: String| {
        let text = format!("Error: {text}\n{}\n", usage(&path, groups));
        Err(Failure::silent(code::ERROR).with_more(&text))
    };
    let lexed = match lex(&path, &left) {
        Ok(lexed) => lexed,
        Err(text) => return usage_error(text),
    };
    if lexed.help || path.leaf().has_subcommands() {
        return helps(&path);
    }
    understand(&path, lexed).map(Request::Run).or_else(usage_error)
}

/// Reads the words behind a command's name where only that one command can be meant. The error is pflag's text.
pub fn read_flags(command: &Command, words: &Words) -> Result<Line, String> {
    let path = Path(vec![command]);
    let lexed = lex(&path, words)?;
    if lexed.help {
        return Err("pflag: help requested".to_owned());
    }
    understand(&path, lexed)
}

fn understand(path: &Path<'_>, lexed: Lexed) -> Result<Line, String> {
    let line = for_clap(path, &lexed)?;
    let matches = path.0[0].clone().try_get_matches_from(line).map_err(|error| explain(path, &lexed, &error))?;
    let global = lexed.flags.into_iter().filter(|flag| flag.depth == 0);
    let global_flags = global.map(|flag| (flag.name, flag.value)).collect();
    Ok(Line { matches, global_flags, before_dashes: lexed.before_dashes })
}

/// `help [command]`.
fn asked_for_help(root: &Command, groups: &[Group], words: &Words) -> Result<Request, Failure> {
    let (path, left) = find(root, words);
    match first_positional(&path, &left) {
        Some(index) if path.0.len() == 1 => {
            let topic = String::from_utf8_lossy(&left[index]).into_owned();
            let text = format!("Unknown help topic [`{topic}`]\n{}", usage(&path, groups));
            // cobra calls this a success.
            Err(Failure::silent(0).with_more(&text))
        }
        _ => Ok(Request::Help(help(&path, groups))),
    }
}

fn unknown_command(root: &Command, word: &[u8]) -> Failure {
    let mut text = format!("unknown command {} for \"{}\"", quote(word), root.get_name());
    let close = suggestions(root, &String::from_utf8_lossy(word));
    if !close.is_empty() {
        text.push_str("\n\nDid you mean this?\n");
        close.iter().for_each(|name| text.push_str(&format!("\t{name}\n")));
    }
    let run = format!("Run '{} --help' for usage.\n", root.get_name());
    Failure::new(code::ERROR, text).with_more(&run)
}

/// Flags of each command behind its name, then the positionals. A switch comes out bare or, when it is off, not at all.
fn for_clap(path: &Path<'_>, lexed: &Lexed) -> Result<Vec<OsString>, String> {
    let mut line = Vec::new();
    for (depth, command) in path.0.iter().enumerate() {
        line.push(OsString::from(command.get_name()));
        for (index, flag) in lexed.flags.iter().enumerate().filter(|(_, flag)| flag.depth == depth) {
            let bare = path.long(flag.name.as_bytes()).is_some_and(|(_, arg)| is_bare(arg));
            if !bare {
                line.push(as_word(flag));
                continue;
            }
            let on =
                parse_bool(&String::from_utf8_lossy(&flag.value)).map_err(|reason| invalid(path, flag, &reason))?;
            let counts = !lexed.flags[index + 1..].iter().any(|later| later.name == flag.name);
            if on && counts {
                line.push(format!("--{}", flag.name).into());
            }
        }
    }
    if !lexed.positionals.is_empty() {
        line.push("--".into());
        line.extend(lexed.positionals.iter().cloned().map(OsString::from_vec));
    }
    Ok(line)
}

fn as_word(flag: &Flag) -> OsString {
    let mut word = format!("--{}=", flag.name).into_bytes();
    word.extend_from_slice(&flag.value);
    OsString::from_vec(word)
}

/// pflag's words for a value that clap did not take.
fn explain(path: &Path<'_>, lexed: &Lexed, error: &clap::Error) -> String {
    let arg = error.get(ContextKind::InvalidArg).map(ToString::to_string).unwrap_or_default();
    let name = arg.trim_start_matches('-').split(['=', ' ', '[', '<']).next().unwrap_or_default();
    let Some(flag) = lexed.flags.iter().rev().find(|flag| flag.name == name) else {
        // Nothing that lexing lets through should come here; clap's first line says what it was.
        let text = error.to_string();
        let line = text.lines().next().unwrap_or_default();
        return line.strip_prefix("error: ").unwrap_or(line).to_owned();
    };
    let reason = std::error::Error::source(error).map_or_else(|| "not valid UTF-8".to_owned(), ToString::to_string);
    invalid(path, flag, &reason)
}

fn invalid(path: &Path<'_>, flag: &Flag, reason: &str) -> String {
    let shown = match path.long(flag.name.as_bytes()).and_then(|(_, arg)| arg.get_short()) {
        Some(short) => format!("-{short}, --{}", flag.name),
        None => format!("--{}", flag.name),
    };
    format!("invalid argument {} for \"{shown}\" flag: {reason}", quote(&flag.value))
}

/// For clap's `value_parser`: a switch.
pub fn bool_value(text: &str) -> Result<bool, String> {
    parse_bool(text)
}

/// For clap's `value_parser`: a number in any of Go's notations.
pub fn int_value(text: &str) -> Result<i64, String> {
    parse_int(text, 0)
}

/// For clap's `value_parser`: a duration.
pub fn duration_value(text: &str) -> Result<Duration, String> {
    parse_duration(text)
}

/// Words between commas, as one flag gives them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List(pub Vec<String>);

/// For clap's `value_parser`: words between commas, each possibly in double quotes. None for the empty text.
pub fn list_value(text: &str) -> Result<List, String> {
    split_list(text).map(List)
}

fn split_list(text: &str) -> Result<Vec<String>, String> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    // As Go's CSV reader says it; the column counts bytes from one.
    let error = |left: &str, what| {
        let column = text.len() - left.len() + 1;
        Err(format!("parse error on line 1, column {column}: {what}"))
    };
    let mut items = Vec::new();
    let mut rest = text;
    loop {
        let mut item = String::new();
        let after = match rest.strip_prefix('"') {
            Some(mut quoted) => loop {
                let Some((part, after)) = quoted.split_once('"') else { return error("", QUOTE) };
                item.push_str(part);
                // Two quotes stand for one.
                match after.strip_prefix('"') {
                    Some(more) => (item.push('"'), quoted = more),
                    None if after.is_empty() || after.starts_with(',') => break after,
                    None => return error(&quoted[part.len()..], QUOTE),
                };
            },
            None => {
                let (part, after) = rest.split_at(rest.find(',').unwrap_or(rest.len()));
                if let Some(at) = part.find('"') {
                    return error(&rest[at..], "bare \" in non-quoted-field");
                }
                item.push_str(part);
                after
            }
        };
        items.push(item);
        match after.strip_prefix(',') {
            Some(more) => rest = more,
            None => return Ok(items),
        }
    }
}

const QUOTE: &str = "extraneous or missing \" in quoted-field";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists() {
        let list = |text: &str| split_list(text).unwrap();
        assert_eq!(list("a,b"), ["a", "b"]);
        assert_eq!(list(",a"), ["", "a"]);
        assert_eq!(list("\"a,b\",c"), ["a,b", "c"]);
        assert_eq!(list("\"x\"\"y\""), ["x\"y"]);
        assert!(list("").is_empty());
        assert!(split_list("\"a").is_err() && split_list("a\"b").is_err() && split_list("\"a\"b").is_err());
    }
}
