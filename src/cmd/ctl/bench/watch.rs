//! `bench watch` and `bench watch-latency`: many watchers that hear of puts.

use super::{
    drive::Bench,
    keys::{Keys, Order},
    load::{Base, Who, no_words, rate},
    number::{natural, positive},
    pace::Schedule,
    watchers::{self, Interest, NUMBER_BYTES, Plan},
};
use crate::cmd::{
    cobra::int_value,
    ctl::session::Given,
    failure::{Failure, bad_arguments},
};
use bytes::Bytes;
use std::ffi::OsString;

/// Creates many watchers, and writes what they watch
///
/// Watchers take the first --watched-key-total keys in turn, or all keys with --prefix. Without puts (--put-total=0) only
/// the watchers are created, and with --pid the server's memory before and after tells what they take.
#[derive(clap::Args, Clone, Debug)]
#[command(override_usage = "watch [options]")]
pub struct Watch {
    #[command(flatten)]
    pub base: Base,
    /// watch streams
    #[arg(long, value_name = "int", value_parser = int_value, default_value = "10")]
    streams: i64,
    /// watchers on each stream
    #[arg(long, value_name = "int", value_parser = int_value, default_value = "100")]
    watch_per_stream: i64,
    /// how many keys are watched
    #[arg(long, value_name = "int", value_parser = int_value, default_value = "1")]
    watched_key_total: i64,
    /// every watcher watches all keys
    #[arg(long)]
    prefix: bool,
    /// puts in all
    #[arg(long, value_name = "int", value_parser = int_value, default_value = "1000")]
    put_total: i64,
    /// puts per second (0 for as fast as it goes)
    #[arg(long, value_name = "int", value_parser = int_value, default_value = "0")]
    put_rate: i64,
    /// bytes of a key
    #[arg(long, value_name = "int", value_parser = int_value, default_value = "32")]
    key_size: i64,
    /// bytes of a value, 8 at least: they number the put
    #[arg(long, value_name = "int", value_parser = int_value, default_value = "8")]
    val_size: i64,
    /// how many keys are written
    #[arg(long, value_name = "int", value_parser = int_value, default_value = "1")]
    key_space_size: i64,
    /// use the keys one after another rather than at random
    #[arg(long)]
    sequential_keys: bool,
    #[arg(hide = true)]
    words: Vec<OsString>,
}

/// Measures how long events take from the put to the watcher
#[derive(clap::Args, Clone, Debug)]
#[command(override_usage = "watch-latency [options]")]
pub struct WatchLatency {
    #[command(flatten)]
    pub base: Base,
    /// watch streams
    #[arg(long, value_name = "int", value_parser = int_value, default_value = "10")]
    streams: i64,
    /// watchers on each stream
    #[arg(long, value_name = "int", value_parser = int_value, default_value = "10")]
    watchers_per_stream: i64,
    /// ask for the pair as it was before
    #[arg(long)]
    prevkv: bool,
    /// puts in all
    #[arg(long, value_name = "int", value_parser = int_value, default_value = "1000")]
    put_total: i64,
    /// puts per second (0 for as fast as it goes)
    #[arg(long, value_name = "int", value_parser = int_value, default_value = "100")]
    put_rate: i64,
    /// bytes of a key
    #[arg(long, value_name = "int", value_parser = int_value, default_value = "32")]
    key_size: i64,
    /// bytes of a value, 8 at least: they number the put
    #[arg(long, value_name = "int", value_parser = int_value, default_value = "32")]
    val_size: i64,
    #[arg(hide = true)]
    words: Vec<OsString>,
}

/// Puts whose moments are kept in memory.
const PUTS_MAX: u64 = 100_000_000;
/// Watchers on one stream: their requests are sent as one piece.
const WATCHERS_MAX: u64 = 1_000_000;
const SIZE_MAX: u64 = 1024 * 1024 * 1024;

impl Watch {
    /// Runs the command.
    pub async fn run(self, given: &Given) -> Result<(), Failure> {
        no_words(&self.words)?;
        let who = self.base.check()?;
        let watched = positive("watched-key-total", self.watched_key_total, u64::MAX)?;
        // All that is watched can be written.
        let space = positive("key-space-size", self.key_space_size, u64::MAX)?.max(watched);
        let plan = Plan {
            streams: positive("streams", self.streams, WATCHERS_MAX)? as usize,
            watchers: positive("watch-per-stream", self.watch_per_stream, WATCHERS_MAX)? as usize,
            keys: Keys::new(positive("key-size", self.key_size, SIZE_MAX)? as usize, space)?,
            interest: if self.prefix { Interest::All } else { Interest::Single(watched) },
            prev_kv: false,
            schedule: puts(self.put_total, self.put_rate)?,
            order: if self.sequential_keys { Order::InTurn } else { Order::Random },
            value: value(self.val_size)?,
        };
        run("watch", given, who, plan).await
    }
}

impl WatchLatency {
    /// Runs the command.
    pub async fn run(self, given: &Given) -> Result<(), Failure> {
        no_words(&self.words)?;
        let who = self.base.check()?;
        let plan = Plan {
            streams: positive("streams", self.streams, WATCHERS_MAX)? as usize,
            watchers: positive("watchers-per-stream", self.watchers_per_stream, WATCHERS_MAX)? as usize,
            keys: Keys::new(positive("key-size", self.key_size, SIZE_MAX)? as usize, 1)?,
            interest: Interest::Single(1),
            prev_kv: self.prevkv,
            schedule: puts(self.put_total, self.put_rate)?,
            order: Order::InTurn,
            value: value(self.val_size)?,
        };
        run("watch-latency", given, who, plan).await
    }
}

async fn run(name: &'static str, given: &Given, who: Who, plan: Plan) -> Result<(), Failure> {
    let mut bench = Bench::open(name, given, who).await?;
    watchers::run(&mut bench, plan).await;
    bench.report()
}

fn puts(total: i64, per_second: i64) -> Result<Schedule, Failure> {
    let total = natural("put-total", total)?;
    if total > PUTS_MAX {
        return Err(bad_arguments(format!("--put-total is at most {PUTS_MAX}, got {total}")));
    }
    Ok(Schedule { total, duration: None, rate: rate("put-rate", per_second)? })
}

fn value(size: i64) -> Result<Bytes, Failure> {
    let size = positive("val-size", size, SIZE_MAX)? as usize;
    if size < NUMBER_BYTES {
        return Err(bad_arguments(format!("--val-size is at least {NUMBER_BYTES}, for the number of the put")));
    }
    Ok(vec![b'v'; size].into())
}
