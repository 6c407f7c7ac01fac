//! `etcd server`: flags, environment or a config file in, a running member out, until a signal or a failure ends it.
//!
//! ```text
//!   flags    every flag, defined once
//!   settle   words, variables, file -> go_flags, env, file -> given -> check -> build -> ServerConfig
//!   start    ports, member, services -> stop
//! ```
//!
//! With `--local-cluster` it starts several of itself instead.

mod banner;
mod build;
mod check;
mod ciphers;
pub mod config;
mod data_dir;
mod env;
mod exit;
mod file;
pub mod flags;
pub mod gates;
mod given;
mod go_flags;
mod help;
mod init_daemon;
mod local_cluster;
mod log_settings;
mod machine;
mod notice;
mod ports;
mod process;
mod secure;
mod security;
mod settle;
mod start;
mod tokens;
pub mod trial;
mod urls;
mod yaml;

pub use self::help::about;

use self::build::Surroundings;
use self::config::ServerConfig;
use self::exit::{EXIT_FAILURE, EXIT_USAGE};
use self::settle::{Outcome, Settled, Sources, settle};
use super::{terminal, version};
use crate::logging::{FATAL, Logging, LoggingConfig};
use std::{ffi::OsString, process::ExitCode};

/// Runs the server with the words behind its name.
pub fn run(words: &[OsString]) -> ExitCode {
    // Go knows no other text than UTF-8 either; a word that is none is then not a flag, or not a file.
    let words: Vec<String> = words.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    if let Some(end) = local_cluster::asked(&words) {
        return end;
    }
    let settled = settle(&Sources {
        words: &words,
        variables: &machine::variables(),
        read_file: &machine::read_file,
        around: Surroundings { default_host: &machine::default_host, seed: machine::seed() },
    });
    match settled.outcome {
        Outcome::Help => shown(&help::full()),
        Outcome::Version => shown(&version::lines()),
        Outcome::Unreadable(ref error) => {
            terminal::warn(&format!("{error}\n{}\n", help::usage()));
            ExitCode::from(EXIT_USAGE)
        }
        Outcome::BadUrls(ref line) => {
            terminal::warn(&format!("{line}\n"));
            ExitCode::from(EXIT_FAILURE)
        }
        _ => match report(settled) {
            Some(config) => start::run(config),
            None => ExitCode::from(EXIT_FAILURE),
        },
    }
}

/// Starts the log and says what came of the settings; a configuration, where there is one.
fn report(settled: Settled) -> Option<ServerConfig> {
    let args: Vec<String> = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    if let Err(error) = Logging::start(&settled.log) {
        // The log cannot be written as asked: what is wrong with that goes where logs go by default.
        let started = Logging::start(&LoggingConfig::default());
        match started {
            Ok(()) => {
                tracing::info!(?args, "Running: ");
                tracing::warn!(%error, "failed to verify flags");
            }
            Err(_) => terminal::warn(&format!("{error}\n")),
        }
        return None;
    }
    settled.notices.iter().for_each(notice::Notice::log);
    if let Outcome::Conflict(error) = &settled.outcome {
        tracing::error!(target: FATAL, { "environment-variable" = error.variable() }, "{error}");
        return None;
    }
    tracing::info!(?args, "Running: ");
    match settled.outcome {
        Outcome::Ready(config) => return Some(*config),
        // etcd's words for every failure of a start.
        Outcome::CannotStart(error) => tracing::error!(target: FATAL, error, "discovery failed"),
        Outcome::Refused(error) => {
            tracing::warn!(error, "failed to verify flags");
            if error == check::NOT_ADVERTISED {
                tracing::warn!(error, "advertise client URLs are not set");
            }
        }
        // The others are answered before.
        _ => {}
    }
    None
}

fn shown(text: &str) -> ExitCode {
    match terminal::print(text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::from(EXIT_FAILURE),
    }
}
