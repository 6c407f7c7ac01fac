//! Which keys to watch and what to run: from the command line or a line of input, and the environment.
//!
//! ```text
//!   watch [flags] key [end] [-- program words...]
//!   ETCDCTL_WATCH_KEY=key ETCDCTL_WATCH_RANGE_END=end  in place of the words before --
//! ```

use super::super::range::bytes;
use crate::{
    client::prefix_end,
    cmd::{
        cobra::int_value,
        failure::{Failure, bad_arguments},
        gotext::quote,
    },
    pb::etcdserverpb::WatchCreateRequest,
};
use std::{env, ffi::OsString, os::unix::ffi::OsStrExt};

/// Shows the changes of a key or a range of keys
#[derive(clap::Args, Clone, Debug)]
#[command(override_usage = "watch [options] [key or prefix] [range_end] [--] [exec-command arg1 arg2 ...]")]
pub struct Watch {
    /// read what to watch from standard input
    #[arg(short, long)]
    pub interactive: bool,
    /// all keys that begin with the key
    #[arg(long)]
    pub prefix: bool,
    /// first revision to show
    #[arg(long, value_name = "int", value_parser = int_value, default_value = "0")]
    pub rev: i64,
    /// show each key as it was before, too
    #[arg(long)]
    pub prev_kv: bool,
    /// show now and then how far the watch is
    #[arg(long)]
    pub progress_notify: bool,
    #[arg(hide = true)]
    pub words: Vec<OsString>,
}

/// The keys that the environment names.
pub struct Environment {
    key: Option<OsString>,
    range_end: Option<OsString>,
}

impl Environment {
    /// Reads the two variables.
    pub fn read() -> Result<Self, Failure> {
        let variable = |name| env::var_os(name).filter(|value| !value.is_empty());
        let (key, range_end) = (variable("ETCDCTL_WATCH_KEY"), variable("ETCDCTL_WATCH_RANGE_END"));
        match (&key, &range_end) {
            (None, Some(end)) => {
                let end = quote(end.as_bytes());
                Err(bad_arguments(format!("ETCDCTL_WATCH_KEY is empty but got ETCDCTL_WATCH_RANGE_END={end}")))
            }
            _ => Ok(Self { key, range_end }),
        }
    }

    /// Does it name a key?
    pub fn has_key(&self) -> bool {
        self.key.is_some()
    }
}

/// What is asked for.
#[derive(Debug)]
pub struct Plan {
    /// To be sent to the server.
    pub create: WatchCreateRequest,
    /// To be run for each event; may be empty.
    pub program: Vec<OsString>,
}

impl Watch {
    /// Joins words and environment. `before_dashes`: how many of the words stand before `--`, if there is one.
    pub fn plan(self, environment: &Environment, before_dashes: Option<usize>) -> Result<Plan, Failure> {
        let mut keys = self.keys(environment, before_dashes)?;
        let program = keys.split_off(keys.len() - self.program_length(before_dashes));
        Ok(Plan { create: self.create(&keys)?, program })
    }

    fn program_length(&self, before_dashes: Option<usize>) -> usize {
        before_dashes.map_or(0, |before| self.words.len() - before)
    }

    /// The words, with the keys of the environment before them.
    fn keys(&self, environment: &Environment, before_dashes: Option<usize>) -> Result<Vec<OsString>, Failure> {
        if before_dashes == Some(self.words.len()) {
            return Err(bad_arguments("bad number of arguments (found separator --, but no commands)"));
        }
        let mut words: Vec<OsString> = Vec::new();
        if let Some(key) = &environment.key {
            if before_dashes.unwrap_or(self.words.len()) > 0 {
                return Err(bad_arguments("bad number of arguments (found conflicting environment key)"));
            }
            words.push(key.clone());
            words.extend(environment.range_end.clone());
        }
        words.extend(self.words.iter().cloned());
        Ok(words)
    }

    fn create(&self, keys: &[OsString]) -> Result<WatchCreateRequest, Failure> {
        let key = keys.first().map(bytes).ok_or_else(|| bad_arguments("bad number of arguments"))?;
        let range_end = match keys {
            [_, _] if self.prefix => {
                return Err(bad_arguments("`range_end` and `--prefix` are mutually exclusive"));
            }
            [_, end] => bytes(end),
            _ if self.prefix => prefix_end(&key),
            _ => Default::default(),
        };
        // As in etcd's client, the empty prefix is every key; the server reads an empty key as the lowest.
        Ok(WatchCreateRequest {
            key,
            range_end,
            start_revision: self.rev,
            prev_kv: self.prev_kv,
            progress_notify: self.progress_notify,
            ..Default::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn watch(words: &[&str]) -> Watch {
        let words = words.iter().map(OsString::from).collect();
        Watch { interactive: false, prefix: false, rev: 0, prev_kv: false, progress_notify: false, words }
    }

    fn environment(key: Option<&str>, end: Option<&str>) -> Environment {
        Environment { key: key.map(OsString::from), range_end: end.map(OsString::from) }
    }

    #[track_caller]
    fn check(plan: Result<Plan, Failure>, key: &str, end: &str, program: &[&str]) {
        let plan = plan.unwrap();
        assert_eq!((&plan.create.key[..], &plan.create.range_end[..]), (key.as_bytes(), end.as_bytes()));
        assert_eq!(plan.program, program);
    }

    #[test]
    fn keys_end_where_the_program_begins() {
        let none = environment(None, None);
        check(watch(&["a"]).plan(&none, None), "a", "", &[]);
        check(watch(&["a", "b"]).plan(&none, None), "a", "b", &[]);
        check(watch(&["a", "echo", "echo"]).plan(&none, Some(1)), "a", "", &["echo", "echo"]);
        check(watch(&["a", "b", "sh"]).plan(&none, Some(2)), "a", "b", &["sh"]);
        let prefix = Watch { prefix: true, ..watch(&["a"]) };
        check(prefix.plan(&none, None), "a", "b", &[]);
    }

    #[test]
    fn the_environment_stands_for_the_keys() {
        check(watch(&[]).plan(&environment(Some("k"), Some("z")), None), "k", "z", &[]);
        check(watch(&["sh"]).plan(&environment(Some("k"), None), Some(0)), "k", "", &["sh"]);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let refused = |words: &[&str], dashes, key| {
            watch(words).plan(&environment(key, None), dashes).unwrap_err().message().to_owned()
        };
        assert_eq!(refused(&[], None, None), "bad number of arguments");
        assert_eq!(refused(&["echo"], Some(0), None), "bad number of arguments");
        assert!(refused(&["a"], Some(1), None).contains("found separator --"));
        assert!(refused(&["a"], None, Some("k")).contains("conflicting environment key"));
        assert!(refused(&["a", "sh"], Some(1), Some("k")).contains("conflicting environment key"));
        let both = Watch { prefix: true, ..watch(&["a", "b"]) };
        assert!(both.plan(&environment(None, None), None).is_err());
    }
}
