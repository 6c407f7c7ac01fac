//! `etcd server`: flags and environment in, a running member out, until a signal or a failure ends it.
//!
//! ```text
//!   words, variables -> go_flags, env -> config -> start (listeners, member, services) -> stop
//! ```

mod config;
mod duration;
mod env;
mod exit;
mod flags;
mod go_flags;
mod help;
mod start;
mod urls;

use self::config::{ConfigError, Given, ServerConfig};
use self::exit::{EXIT_FAILURE, EXIT_USAGE};
use super::{terminal, version};
use crate::logging::{Logging, LoggingConfig};
use std::{collections::BTreeMap, ffi::OsString, process::ExitCode};

/// What the words asked for, when it is not a server.
enum Instead {
    Help,
    Version,
}

/// Runs the server with the words behind its name.
pub fn run(words: &[OsString]) -> ExitCode {
    // Go knows no other text than UTF-8 either; a word that is none is then not a flag, or not a file.
    let words: Vec<String> = words.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    let typed = match go_flags::parse(&words) {
        Ok(typed) => typed,
        Err(error) => {
            terminal::warn(&format!("{error}\n{}", help::usage()));
            return ExitCode::from(EXIT_USAGE);
        }
    };
    match instead(&typed.values) {
        Some(Instead::Help) => {
            return shown(&help::full());
        }
        Some(Instead::Version) => {
            return shown(&version::lines());
        }
        None => {}
    }
    let config = configure(&words, typed);
    match config {
        Ok(config) => start::run(config),
        Err(code) => code,
    }
}

fn instead(values: &BTreeMap<&'static str, String>) -> Option<Instead> {
    let is_true = |name| values.get(name).is_some_and(|value| go_flags::read_bool(value) == Some(true));
    if is_true("help") || is_true("h") {
        return Some(Instead::Help);
    }
    is_true("version").then_some(Instead::Version)
}

/// Puts flags and environment together, starts the log, and says what is worth saying about them.
fn configure(words: &[String], typed: go_flags::Typed) -> Result<ServerConfig, ExitCode> {
    let from_env = env::read(std::env::vars(), &typed.values);
    let mut values = typed.values;
    let mut unrecognized = Vec::new();
    let conflict = match from_env {
        Ok(from_env) => {
            values.extend(from_env.values);
            unrecognized = from_env.unrecognized;
            None
        }
        Err(error) => Some(error),
    };
    let given = Given(values);
    start_log(&config::read_log(&given))?;
    let checked = config::build(&given, seed());
    tracing::info!(args = ?[&["etcd".to_string()], words].concat(), "Running: ");
    if let Some(error) = conflict {
        tracing::error!(%error, "failed to read the environment");
        return Err(ExitCode::from(EXIT_FAILURE));
    }
    for variable in unrecognized {
        tracing::warn!("environment-variable" = variable, "unrecognized environment variable");
    }
    for name in typed.ignored {
        tracing::warn!(flag = name, "flag is no longer supported and has no effect");
    }
    let checked = match typed.stray {
        Some(word) => Err(ConfigError(format!("{word:?} is not a valid flag"))),
        None => checked,
    };
    let checked = checked.map_err(|error| {
        tracing::warn!(%error, "failed to verify flags");
        ExitCode::from(EXIT_FAILURE)
    })?;
    for name in &checked.without_effect {
        tracing::warn!(flag = name, "flag is accepted, but has no effect in this version yet");
    }
    if checked.member.name == "default" {
        tracing::warn!(name = "default", "it isn't recommended to use default name, please set a value for --name");
    }
    Ok(checked)
}

fn start_log(config: &LoggingConfig) -> Result<(), ExitCode> {
    Logging::start(config).map_err(|error| {
        terminal::warn(&format!("{error}\n"));
        ExitCode::from(EXIT_FAILURE)
    })
}

fn shown(text: &str) -> ExitCode {
    match terminal::print(text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::from(EXIT_FAILURE),
    }
}

/// The one number that all chance in this run comes from.
fn seed() -> u64 {
    let mut bytes = [0; 8];
    // Without a source of randomness the process id still keeps members apart.
    if getrandom::fill(&mut bytes).is_err() {
        return u64::from(std::process::id());
    }
    u64::from_ne_bytes(bytes)
}
