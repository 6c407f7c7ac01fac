//! `bench stm`: transactions that read some keys and write some of them back, and begin again when somebody came between.

use super::{
    drive::{Bench, Work},
    keys::{Keys, ValueFlags},
    links::Lane,
    load::{Amount, Base, no_words},
    meter::Done,
    number::positive,
};
use crate::{
    client::{ClientError, Code, Method, framed},
    cmd::{
        cobra::int_value,
        ctl::session::Given,
        failure::{Failure, bad_arguments, code, not_available},
    },
    pb::etcdserverpb::{
        Compare, PutRequest, RangeRequest, RangeResponse, RequestOp, TxnRequest, TxnResponse,
        compare::{CompareResult, CompareTarget, TargetUnion},
        request_op::Request,
    },
};
use bytes::Bytes;
use prost::Message;
use std::ffi::OsString;

/// Runs software transactions
///
/// An operation reads --keys-per-txn keys, one by one, and writes a share of them; it counts once it has gone through. Its
/// items are the attempts that took.
#[derive(clap::Args, Clone, Debug)]
#[command(override_usage = "stm [options]")]
pub struct Stm {
    #[command(flatten)]
    pub base: Base,
    #[command(flatten)]
    amount: Amount,
    #[command(flatten)]
    values: ValueFlags,
    /// committed reads (c), repeatable reads (r), serializable (s), or that with a snapshot (ss)
    #[arg(long, value_name = "string", default_value = "r")]
    isolation: String,
    /// how many keys there are
    #[arg(long, value_name = "int", value_parser = int_value, default_value = "1")]
    keys: i64,
    /// keys that a transaction reads
    #[arg(long, value_name = "int", value_parser = int_value, default_value = "1")]
    keys_per_txn: i64,
    /// share of these that it writes
    #[arg(long, value_name = "int", value_parser = int_value, default_value = "50")]
    txn_wr_percent: i64,
    /// what keeps transactions apart: stm
    #[arg(long, value_name = "string", default_value = "stm")]
    stm_locker: String,
    #[arg(hide = true)]
    words: Vec<OsString>,
}

/// What a transaction may rely on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Isolation {
    /// Nothing but that what it read was there.
    Committed,
    /// That what it read is still so when it writes.
    Repeatable,
    /// And that all of it was so at one revision.
    Serializable,
    /// And that nobody has written what it writes since that revision.
    Snapshot,
}

impl Stm {
    /// Runs the command.
    pub async fn run(self, given: &Given) -> Result<(), Failure> {
        no_words(&self.words)?;
        let (who, schedule) = (self.base.check()?, self.amount.check()?);
        let isolation = match self.isolation.as_str() {
            "c" => Isolation::Committed,
            "r" => Isolation::Repeatable,
            "s" => Isolation::Serializable,
            "ss" => Isolation::Snapshot,
            other => return Err(Failure::new(code::UNSUPPORTED, format!("unknown isolation {other:?}"))),
        };
        match self.stm_locker.as_str() {
            "stm" => {}
            "lock-client" | "lock-rpc" => return Err(not_available(format!("--stm-locker={}", self.stm_locker))),
            other => return Err(Failure::new(code::UNSUPPORTED, format!("unknown stm locker {other:?}"))),
        }
        let count = positive("keys", self.keys, u64::MAX)?;
        let per_txn = positive("keys-per-txn", self.keys_per_txn, 10_000)?;
        if per_txn > count {
            return Err(bad_arguments(format!("--keys-per-txn={per_txn} is more than there are: --keys={count}")));
        }
        let share = u64::try_from(self.txn_wr_percent).ok().filter(|percent| *percent <= 100);
        let share = share.ok_or_else(|| bad_arguments("--txn-wr-percent is from 0 to 100"))?;
        let keys = Keys::new(20, count)?;
        let value = self.values.check(who.seed)?;
        let mut bench = Bench::open("stm", given, who).await?;
        bench
            .drive(&["stm"], schedule, |client, lane| Attempt {
                isolation,
                keys,
                per_txn,
                writes: (per_txn * share).div_ceil(100),
                value: value.clone(),
                random: fastrand::Rng::with_seed(who.seed ^ client as u64),
                range: lane.method("/etcdserverpb.KV/Range"),
                txn: lane.method("/etcdserverpb.KV/Txn"),
            })
            .await;
        bench.report()
    }
}

struct Attempt {
    isolation: Isolation,
    keys: Keys,
    per_txn: u64,
    writes: u64,
    value: Bytes,
    random: fastrand::Rng,
    range: Method,
    txn: Method,
}

impl Work for Attempt {
    async fn operate(&mut self, lane: &mut Lane, _: u64) -> Result<Done, ClientError> {
        // Neighbours, so that no key is read twice.
        let first = self.random.u64(0..self.keys.count());
        let keys: Vec<Bytes> =
            (0..self.per_txn).map(|offset| self.keys.key((first + offset) % self.keys.count())).collect();
        let mut done = Done::default();
        loop {
            done.items += 1;
            let txn = self.read(lane, &keys).await?;
            let answer = lane.wire.unary(&self.txn, framed(&txn).freeze()).await?;
            done.bytes += answer.len() as u64;
            if TxnResponse::decode(answer).map_err(undecodable)?.succeeded {
                return Ok(done);
            }
        }
    }
}

impl Attempt {
    /// Reads all keys; returns the transaction that writes.
    async fn read(&self, lane: &mut Lane, keys: &[Bytes]) -> Result<TxnRequest, ClientError> {
        let mut txn = TxnRequest::default();
        let mut revision = 0;
        let mut at = 0;
        for key in keys {
            let request = RangeRequest { key: key.clone(), revision: at, ..Default::default() };
            let answer = lane.wire.unary(&self.range, framed(&request).freeze()).await?;
            let answer = RangeResponse::decode(answer).map_err(undecodable)?;
            if revision == 0 {
                revision = answer.header.map_or(0, |header| header.revision);
            }
            if matches!(self.isolation, Isolation::Serializable | Isolation::Snapshot) {
                at = revision;
            }
            if self.isolation != Isolation::Committed {
                let read = answer.kvs.first().map_or(0, |pair| pair.mod_revision);
                txn.compare.push(modified(key, CompareResult::Equal, read));
            }
        }
        for key in &keys[..self.writes as usize] {
            if self.isolation == Isolation::Snapshot {
                txn.compare.push(modified(key, CompareResult::Less, revision + 1));
            }
            let put = PutRequest { key: key.clone(), value: self.value.clone(), ..Default::default() };
            txn.success.push(RequestOp { request: Some(Request::RequestPut(put)) });
        }
        Ok(txn)
    }
}

fn modified(key: &Bytes, result: CompareResult, revision: i64) -> Compare {
    Compare {
        key: key.clone(),
        result: result.into(),
        target: CompareTarget::Mod.into(),
        target_union: Some(TargetUnion::ModRevision(revision)),
        ..Default::default()
    }
}

fn undecodable(error: prost::DecodeError) -> ClientError {
    ClientError::local(Code::Internal, format!("the server sent a message that cannot be read: {error}"))
}
