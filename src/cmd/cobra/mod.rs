//! Command lines as cobra and pflag read them, over definitions made with clap.
//!
//! etcd's tools are built on cobra, and scripts rely on its habits. The definitions (names, help, types) are clap's; this
//! module finds the command that is meant, rewrites the line into the form that clap reads the same way, and words errors
//! and help as cobra does:
//!
//! ```text
//!   mem --consistency s li -w json -- x        as typed
//!   member list --consistency=s --write-out=json -- x      for clap
//! ```
//!
//! Where cobra differs from clap, each rule has its place in `words` (lexing) or `find` (which command):
//!
//! - a command may be shortened to any unambiguous beginning (`find`);
//! - flags stand anywhere: before the command, between and behind the positionals (`words`, `find`);
//! - while the command is searched, an unknown flag without `=` swallows the next word (`find`);
//! - a flag takes the next word whatever it looks like, a switch only what is behind `=` (`words`);
//! - of a repeated flag the last one counts, except for lists, which grow (`parse`);
//! - `-wjson` and `-w=json` are `-w json` (`words`);
//! - an empty word is a positional, but no command (`find`, `words`);
//! - help is asked for by `-h`, `--help`, and by a command that has subcommands and got none that it knows (`parse`).

mod find;
mod help;
mod parse;
mod suggest;
mod words;

pub use find::words;
pub use help::{Group, options};
pub use parse::{Line, List, Request, bool_value, duration_value, int_value, list_value, read, read_flags};
