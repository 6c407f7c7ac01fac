//! Tells flags from positionals, as pflag does.

use super::find::{Path, Words, is_switch};
use crate::cmd::gotext::quote;

/// A flag that was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flag {
    /// Which command of the path defines it; 0 is the root.
    pub depth: usize,
    /// Its long name.
    pub name: String,
    /// Its value; `true` for a bare switch.
    pub value: Vec<u8>,
}

/// A command line without its command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lexed {
    /// In the order given.
    pub flags: Vec<Flag>,
    /// Everything else.
    pub positionals: Words,
    /// How many of the positionals stand before `--`, if there is one.
    pub before_dashes: Option<usize>,
    /// Help was asked for.
    pub help: bool,
}

/// Reads the words that are left for a command. The error is pflag's text.
pub fn lex(path: &Path<'_>, words: &Words) -> Result<Lexed, String> {
    let mut lexed = Lexed::default();
    if path.leaf().get_arguments().any(|arg| arg.is_trailing_var_arg_set()) {
        // The command reads its words itself.
        lexed.positionals = words.clone();
        return Ok(lexed);
    }
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match word.as_slice() {
            b"--" => {
                lexed.before_dashes = Some(lexed.positionals.len());
                lexed.positionals.extend(words.by_ref().cloned());
            }
            [b'-', b'-', rest @ ..] => long(path, rest, &mut words, &mut lexed)?,
            [b'-', letters @ ..] if !letters.is_empty() => shorts(path, letters, &mut words, &mut lexed)?,
            _ => lexed.positionals.push(word.clone()),
        }
    }
    Ok(lexed)
}

type Rest<'w> = std::slice::Iter<'w, Vec<u8>>;

fn long(path: &Path<'_>, rest: &[u8], words: &mut Rest<'_>, lexed: &mut Lexed) -> Result<(), String> {
    if matches!(rest.first(), Some(b'-' | b'=')) {
        return Err(format!("bad flag syntax: --{}", show(rest)));
    }
    let (name, value) = match rest.iter().position(|byte| *byte == b'=') {
        Some(at) => (&rest[..at], Some(rest[at + 1..].to_vec())),
        None => (rest, None),
    };
    let Some((depth, arg)) = path.long(name) else {
        if name == b"help" {
            lexed.help = true;
            return Ok(());
        }
        return Err(format!("unknown flag: --{}", show(name)));
    };
    let value = match value {
        Some(value) => value,
        None if is_switch(arg) => b"true".to_vec(),
        None => words.next().cloned().ok_or_else(|| format!("flag needs an argument: --{}", show(name)))?,
    };
    lexed.flags.push(Flag { depth, name: show(name), value });
    Ok(())
}

fn shorts(path: &Path<'_>, mut letters: &[u8], words: &mut Rest<'_>, lexed: &mut Lexed) -> Result<(), String> {
    while let Some((letter, rest)) = letters.split_first() {
        let Some((depth, arg)) = path.short(*letter) else {
            if *letter == b'h' {
                lexed.help = true;
                letters = rest;
                continue;
            }
            let shown = char::from(*letter);
            return Err(format!("unknown shorthand flag: {} in -{}", quote_letter(shown), show(letters)));
        };
        let name = arg.get_long().unwrap_or_default().to_owned();
        let value = match rest {
            [b'=', value @ ..] => value.to_vec(),
            _ if is_switch(arg) => {
                lexed.flags.push(Flag { depth, name, value: b"true".to_vec() });
                letters = rest;
                continue;
            }
            [] => words.next().cloned().ok_or_else(|| {
                format!("flag needs an argument: {} in -{}", quote_letter(char::from(*letter)), show(letters))
            })?,
            value => value.to_vec(),
        };
        lexed.flags.push(Flag { depth, name, value });
        return Ok(());
    }
    Ok(())
}

fn show(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn quote_letter(letter: char) -> String {
    let quoted = quote(letter.to_string().as_bytes());
    format!("'{}'", quoted.trim_matches('"'))
}
