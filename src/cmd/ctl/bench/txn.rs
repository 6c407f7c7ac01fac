//! `bench txn-put` and `bench txn-mixed`: transactions that write, and transactions of which some read.

use super::{
    drive::{Bench, Work},
    keys::{KeyFlags, Keys, Order, ValueFlags},
    links::Lane,
    load::{Amount, Base, no_words},
    meter::Done,
    number::{natural, positive},
};
use crate::{
    client::{ClientError, Method, framed},
    cmd::{
        cobra::int_value,
        ctl::{get::is_serializable, session::Given},
        failure::{Failure, bad_arguments},
    },
    pb::etcdserverpb::{PutRequest, RangeRequest, RequestOp, TxnRequest, request_op::Request},
};
use bytes::Bytes;
use std::ffi::OsString;

const PATH: &str = "/etcdserverpb.KV/Txn";

/// Writes keys in transactions
#[derive(clap::Args, Clone, Debug)]
#[command(override_usage = "txn-put [options]")]
pub struct TxnPut {
    #[command(flatten)]
    pub base: Base,
    #[command(flatten)]
    amount: Amount,
    #[command(flatten)]
    keys: KeyFlags,
    #[command(flatten)]
    values: ValueFlags,
    /// keys written by one transaction, one after another
    #[arg(long, value_name = "int", value_parser = int_value, default_value = "1")]
    txn_ops: i64,
    #[arg(hide = true)]
    words: Vec<OsString>,
}

/// Reads and writes in transactions
///
/// A transaction either reads from the first key on or writes one key of the key space.
#[derive(clap::Args, Clone, Debug)]
#[command(override_usage = "txn-mixed [options]")]
pub struct TxnMixed {
    #[command(flatten)]
    pub base: Base,
    #[command(flatten)]
    amount: Amount,
    #[command(flatten)]
    keys: KeyFlags,
    #[command(flatten)]
    values: ValueFlags,
    /// linearizable (l) or serializable (s) reads
    #[arg(long, value_name = "string", default_value = "l")]
    consistency: String,
    /// at most so many results of a read (0 for all)
    #[arg(long, value_name = "int", value_parser = int_value, default_value = "1000")]
    limit: i64,
    /// the key before which reads end (all keys without)
    #[arg(long, value_name = "string", default_value = "")]
    end_key: String,
    /// reads for each write
    #[arg(long, value_name = "float", default_value = "1")]
    rw_ratio: f64,
    #[arg(hide = true)]
    words: Vec<OsString>,
}

impl TxnPut {
    /// Runs the command.
    pub async fn run(self, given: &Given) -> Result<(), Failure> {
        no_words(&self.words)?;
        let (who, schedule, keys) = (self.base.check()?, self.amount.check()?, self.keys.check()?);
        let ops = positive("txn-ops", self.txn_ops, 1_000_000)?;
        if ops > keys.count() {
            return Err(bad_arguments(format!("--txn-ops={ops} needs as many keys: a transaction writes a key once")));
        }
        let (value, order) = (self.values.check(who.seed)?, self.keys.order());
        let mut bench = Bench::open("txn-put", given, who).await?;
        bench
            .drive(&["txn"], schedule, |client, lane| {
                let writes = Writes::new(keys, order, value.clone(), who.seed ^ client as u64);
                PutTxn { writes, ops, method: lane.method(PATH) }
            })
            .await;
        bench.report()
    }
}

impl TxnMixed {
    /// Runs the command.
    pub async fn run(self, given: &Given) -> Result<(), Failure> {
        no_words(&self.words)?;
        let (who, schedule, keys) = (self.base.check()?, self.amount.check()?, self.keys.check()?);
        let (value, order) = (self.values.check(who.seed)?, self.keys.order());
        if !(self.rw_ratio >= 0.0 && self.rw_ratio.is_finite()) {
            return Err(bad_arguments(format!("--rw-ratio cannot be {}", self.rw_ratio)));
        }
        let range_end = if self.end_key.is_empty() { Bytes::from_static(b"\0") } else { self.end_key.clone().into() };
        let read = RangeRequest {
            key: Bytes::from_static(b"\0"),
            range_end,
            limit: natural("limit", self.limit)? as i64,
            serializable: is_serializable(&self.consistency)?,
            ..Default::default()
        };
        let read = framed(&transaction([Request::RequestRange(read)])).freeze();
        let share = self.rw_ratio / (1.0 + self.rw_ratio);
        let mut bench = Bench::open("txn-mixed", given, who).await?;
        bench
            .drive(&["read", "write"], schedule, |client, lane| {
                let writes = Writes::new(keys, order, value.clone(), who.seed ^ client as u64);
                Mixed { writes, read: read.clone(), share, method: lane.method(PATH) }
            })
            .await;
        bench.report()
    }
}

/// Chooses what to write.
struct Writes {
    keys: Keys,
    order: Order,
    value: Bytes,
    random: fastrand::Rng,
}

impl Writes {
    fn new(keys: Keys, order: Order, value: Bytes, seed: u64) -> Self {
        Self { keys, order, value, random: fastrand::Rng::with_seed(seed) }
    }

    fn put(&self, number: u64) -> Request {
        let key = self.keys.key(number % self.keys.count());
        Request::RequestPut(PutRequest { key, value: self.value.clone(), ..Default::default() })
    }

    fn pick(&mut self, turn: u64) -> u64 {
        self.order.pick(self.keys, turn, &mut self.random)
    }
}

struct PutTxn {
    writes: Writes,
    ops: u64,
    method: Method,
}

impl Work for PutTxn {
    async fn operate(&mut self, lane: &mut Lane, turn: u64) -> Result<Done, ClientError> {
        // Neighbours, since a transaction may write a key only once.
        let first = self.writes.pick(turn.wrapping_mul(self.ops));
        let txn = transaction((0..self.ops).map(|op| self.writes.put(first + op)));
        let answer = lane.wire.unary(&self.method, framed(&txn).freeze()).await?;
        Ok(Done { series: 0, items: self.ops, bytes: answer.len() as u64 })
    }
}

struct Mixed {
    writes: Writes,
    read: Bytes,
    /// Of reads among all.
    share: f64,
    method: Method,
}

impl Work for Mixed {
    async fn operate(&mut self, lane: &mut Lane, turn: u64) -> Result<Done, ClientError> {
        let (series, frame) = if self.writes.random.f64() < self.share {
            (0, self.read.clone())
        } else {
            let number = self.writes.pick(turn);
            (1, framed(&transaction([self.writes.put(number)])).freeze())
        };
        let answer = lane.wire.unary(&self.method, frame).await?;
        Ok(Done { series, items: 0, bytes: answer.len() as u64 })
    }
}

/// A transaction that does all of these, whatever the store holds.
fn transaction(requests: impl IntoIterator<Item = Request>) -> TxnRequest {
    let success = requests.into_iter().map(|request| RequestOp { request: Some(request) }).collect();
    TxnRequest { success, ..Default::default() }
}
