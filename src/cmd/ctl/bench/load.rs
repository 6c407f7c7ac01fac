//! The flags that loads share.

use super::{
    number::{natural, positive},
    pace::Schedule,
};
use crate::cmd::{
    cobra::{duration_value, int_value},
    failure::{Failure, bad_arguments},
};
use std::{ffi::OsString, time::Duration};

/// Who asks, and from where.
#[derive(clap::Args, Clone, Debug)]
pub struct Base {
    /// clients that ask at the same time
    #[arg(long, value_name = "int", value_parser = int_value, default_value = "1")]
    clients: i64,
    /// connections that the clients share
    #[arg(long, value_name = "int", value_parser = int_value, default_value = "1")]
    conns: i64,
    /// threads of the load tool (0 for half the processors)
    #[arg(long, value_name = "int", value_parser = int_value, default_value = "0")]
    threads: i64,
    /// process id of the server, to tell its processor time and memory
    #[arg(long, value_name = "int", value_parser = int_value, default_value = "0")]
    pid: i64,
    /// what random choices are drawn from (0 for a new one each time)
    #[arg(long, value_name = "int", value_parser = int_value, default_value = "0")]
    seed: i64,
}

/// How much is asked.
#[derive(clap::Args, Clone, Debug)]
pub struct Amount {
    /// operations in all (default 10000, or no limit with --duration)
    #[arg(long, value_name = "int", value_parser = int_value)]
    total: Option<i64>,
    /// how long to go on
    #[arg(long, value_name = "duration", value_parser = duration_value)]
    duration: Option<Duration>,
    /// operations per second (0 for as fast as it goes)
    #[arg(long, value_name = "int", value_parser = int_value, default_value = "0")]
    rate: i64,
}

/// [`Base`], checked.
#[derive(Clone, Copy, Debug)]
pub struct Who {
    /// At least one.
    pub clients: usize,
    /// At least one, and no more than there are clients.
    pub conns: usize,
    /// At least one.
    pub threads: usize,
    /// The server's process.
    pub pid: Option<u32>,
    /// For random choices.
    pub seed: u64,
}

/// More clients, or connections, than one machine has ports for.
const CLIENTS_MAX: u64 = 1_000_000;
const CONNS_MAX: u64 = 60_000;
const THREADS_MAX: u64 = 1024;
const TOTAL: u64 = 10_000;

impl Base {
    /// Checks the flags.
    pub fn check(&self) -> Result<Who, Failure> {
        let clients = positive("clients", self.clients, CLIENTS_MAX)? as usize;
        let threads = match natural("threads", self.threads)? {
            0 => std::thread::available_parallelism().map_or(1, |cores| cores.get().div_ceil(2)),
            _ => positive("threads", self.threads, THREADS_MAX)? as usize,
        };
        let pid = match natural("pid", self.pid)? {
            0 => None,
            pid => Some(u32::try_from(pid).map_err(|_| bad_arguments(format!("no process has --pid {pid}")))?),
        };
        let seed = match self.seed {
            0 => fastrand::u64(..),
            seed => seed as u64,
        };
        Ok(Who { clients, conns: positive("conns", self.conns, CONNS_MAX)? as usize, threads, pid, seed })
    }
}

impl Amount {
    /// Checks the flags.
    pub fn check(&self) -> Result<Schedule, Failure> {
        let total = match (self.total, self.duration) {
            (Some(total), _) => positive("total", total, u64::MAX)?,
            (None, Some(_)) => u64::MAX,
            (None, None) => TOTAL,
        };
        if self.duration.is_some_and(|duration| duration.is_zero()) {
            return Err(bad_arguments("expected positive --duration"));
        }
        Ok(Schedule { total, duration: self.duration, rate: rate("rate", self.rate)? })
    }
}

/// Refuses words behind a command that takes flags only.
pub fn no_words(words: &[OsString]) -> Result<(), Failure> {
    match words.first() {
        Some(word) => Err(bad_arguments(format!("this load takes no arguments, got {:?}", word.to_string_lossy()))),
        None => Ok(()),
    }
}

/// A rate; none for zero.
pub fn rate(flag: &str, value: i64) -> Result<Option<f64>, Failure> {
    Ok(Some(natural(flag, value)? as f64).filter(|rate| *rate > 0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: Base = Base { clients: 2, conns: 1, threads: 1, pid: 0, seed: 5 };
    const AMOUNT: Amount = Amount { total: None, duration: None, rate: 0 };

    #[test]
    fn wrong_numbers_are_refused() {
        assert!(BASE.check().is_ok());
        for wrong in [
            Base { clients: 0, ..BASE },
            Base { clients: -1, ..BASE },
            Base { conns: 0, ..BASE },
            Base { conns: 70_000, ..BASE },
            Base { threads: -1, ..BASE },
            Base { pid: -1, ..BASE },
            Base { pid: 1 << 40, ..BASE },
        ] {
            assert_eq!(wrong.check().unwrap_err().code(), 128, "{wrong:?}");
        }
        for wrong in [
            Amount { total: Some(0), ..AMOUNT },
            Amount { rate: -1, ..AMOUNT },
            Amount { duration: Some(Duration::ZERO), ..AMOUNT },
        ] {
            assert_eq!(wrong.check().unwrap_err().code(), 128, "{wrong:?}");
        }
    }

    #[test]
    fn how_much() {
        let second = Some(Duration::from_secs(1));
        assert_eq!(AMOUNT.check().unwrap(), Schedule { total: 10_000, duration: None, rate: None });
        let timed = Amount { duration: second, rate: 3, ..AMOUNT }.check().unwrap();
        assert_eq!(timed, Schedule { total: u64::MAX, duration: second, rate: Some(3.0) });
        assert_eq!(timed.planned(), 3);
    }
}
