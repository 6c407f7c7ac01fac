//! `etcd server --local-cluster 3`: several members on this machine, with one command, to try things out.
//!
//! ```text
//!   words -> plan: how many, where their data goes, what each is told
//!         -> places: names, ports, folders, kept from one start to the next
//!         -> run: the processes, until a signal or until none is left
//! ```
//!
//! etcd has nothing like it. Each member is a process of its own, which can be killed, paused and looked at like a real
//! one; they share a process group with this one, so that Ctrl-C ends all.

mod places;
mod plan;
mod run;

use super::exit::{EXIT_FAILURE, EXIT_USAGE};
use crate::cmd::terminal;
use std::process::ExitCode;

/// Runs a cluster, if that is what the words ask for.
pub fn asked(words: &[String]) -> Option<ExitCode> {
    let plan = match plan::read(words)? {
        Ok(plan) => plan,
        Err(error) => {
            terminal::warn(&format!("etcd: {error}\n"));
            return Some(ExitCode::from(EXIT_USAGE));
        }
    };
    Some(run::run(&plan).unwrap_or_else(|error| {
        terminal::warn(&format!("etcd: {error}\n"));
        ExitCode::from(EXIT_FAILURE)
    }))
}
