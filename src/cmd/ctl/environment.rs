//! Flags from the environment: `ETCDCTL_WRITE_OUT=json` stands for `--write-out=json`.

use super::notice::notice;
use crate::cmd::failure::{Failure, code};
use std::{env, ffi::OsString, os::unix::ffi::OsStringExt};

const PREFIX: &str = "ETCDCTL_";

/// Variables that are no flags but belong to `watch`.
const OF_WATCH: [&str; 2] = ["ETCDCTL_WATCH_KEY", "ETCDCTL_WATCH_RANGE_END"];

/// Whether the command knows the variables of `watch`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// Flags only.
    Flags,
    /// Those of `watch` too.
    Watch,
}

/// Adds to the flags given those that the environment sets. A flag in both places is an error; variables with the prefix
/// that are no flags are named in a warning each; an empty variable counts as not set.
///
/// `is_flag` says whether there is a flag of that name and `takes` whether it takes that value.
pub fn add(
    given: &[(String, Vec<u8>)],
    known: Known,
    is_flag: impl Fn(&str) -> bool,
    takes: impl Fn(&str, &OsString) -> bool,
) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let mut flags = given.to_vec();
    let mut variables: Vec<(OsString, OsString)> = env::vars_os().collect();
    variables.sort();
    for (variable, value) in variables {
        let Some(variable) = variable.to_str() else { continue };
        let Some(rest) = variable.strip_prefix(PREFIX) else { continue };
        let name = rest.to_ascii_lowercase().replace('_', "-");
        let is_flag = rest == rest.to_ascii_uppercase() && is_flag(&name);
        if is_flag && given.iter().any(|(other, _)| *other == name) {
            let message = "conflicting environment variable is shadowed by corresponding command-line flag \
                           (either unset environment variable or disable flag))";
            notice("fatal", message, "environment-variable", variable);
            return Err(Failure::silent(code::ERROR));
        }
        if (is_flag || known == Known::Watch && OF_WATCH.contains(&variable)) && !value.is_empty() {
            if is_flag && takes(&name, &value) {
                flags.push((name, value.into_vec()));
            } else if is_flag {
                notice("warn", "environment variable ignored: bad value", "environment-variable", variable);
            }
            continue;
        }
        let pair = format!("{variable}={}", value.to_string_lossy());
        notice("warn", "unrecognized environment variable", "environment-variable", &pair);
    }
    Ok(flags)
}
