//! `bench put`: write keys.

use super::{
    drive::{Bench, Work},
    keys::{KeyFlags, Keys, Order, PutTemplate, ValueFlags},
    links::Lane,
    load::{Amount, Base, no_words},
    meter::Done,
};
use crate::{
    client::{ClientError, Method},
    cmd::{ctl::session::Given, failure::Failure},
};
use std::sync::Arc;

/// Writes keys
#[derive(clap::Args, Clone, Debug)]
#[command(override_usage = "put [options]")]
pub struct Put {
    #[command(flatten)]
    pub base: Base,
    #[command(flatten)]
    amount: Amount,
    #[command(flatten)]
    keys: KeyFlags,
    #[command(flatten)]
    values: ValueFlags,
    #[arg(hide = true)]
    words: Vec<std::ffi::OsString>,
}

impl Put {
    /// Runs the command.
    pub async fn run(self, given: &Given) -> Result<(), Failure> {
        no_words(&self.words)?;
        let (who, schedule, keys) = (self.base.check()?, self.amount.check()?, self.keys.check()?);
        let template = Arc::new(PutTemplate::new(keys, self.values.check(who.seed)?));
        let order = self.keys.order();
        let mut bench = Bench::open("put", given, who).await?;
        bench
            .drive(&["put"], schedule, |client, lane| {
                Putter::new(template.clone(), keys, order, who.seed ^ client as u64, lane)
            })
            .await;
        bench.report()
    }
}

/// Writes one key after another.
pub struct Putter {
    template: Arc<PutTemplate>,
    keys: Keys,
    order: Order,
    random: fastrand::Rng,
    method: Method,
}

impl Putter {
    /// A client that chooses keys in this order.
    pub fn new(template: Arc<PutTemplate>, keys: Keys, order: Order, seed: u64, lane: &Lane) -> Self {
        let method = lane.method("/etcdserverpb.KV/Put");
        Self { template, keys, order, random: fastrand::Rng::with_seed(seed), method }
    }
}

impl Work for Putter {
    async fn operate(&mut self, lane: &mut Lane, turn: u64) -> Result<Done, ClientError> {
        let frame = self.template.fill(self.order.pick(self.keys, turn, &mut self.random));
        let answer = lane.wire.unary(&self.method, frame).await?;
        Ok(Done { bytes: answer.len() as u64, ..Done::default() })
    }
}
