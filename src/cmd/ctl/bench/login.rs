//! `bench login`: users who log in.

use super::{
    drive::{Bench, Work},
    links::Lane,
    load::{Amount, Base, no_words},
    meter::Done,
};
use crate::{
    client::{ClientError, Credentials, Method, framed},
    cmd::{
        ctl::session::Given,
        failure::{Failure, bad_arguments},
    },
    pb::etcdserverpb::AuthenticateRequest,
};
use bytes::Bytes;
use std::ffi::OsString;

/// Logs in
///
/// Again and again as the user of --user, who must have a password. Comparing passwords is meant to be slow; this shows what it
/// leaves to others.
#[derive(clap::Args, Clone, Debug)]
#[command(override_usage = "login [options]")]
pub struct Login {
    #[command(flatten)]
    pub base: Base,
    #[command(flatten)]
    amount: Amount,
    #[arg(hide = true)]
    words: Vec<OsString>,
}

impl Login {
    /// Runs the command.
    pub async fn run(self, given: &Given) -> Result<(), Failure> {
        no_words(&self.words)?;
        let (who, schedule) = (self.base.check()?, self.amount.check()?);
        let mut bench = Bench::open("login", given, who).await?;
        let Some(Credentials::Password { name, password }) = bench.credentials.clone() else {
            return Err(bad_arguments("bench login needs --user and a password"));
        };
        let frame = framed(&AuthenticateRequest { name, password }).freeze();
        let method = |lane: &Lane| lane.method("/etcdserverpb.Auth/Authenticate");
        bench.drive(&["login"], schedule, |_, lane| Visitor { frame: frame.clone(), method: method(lane) }).await;
        bench.report()
    }
}

struct Visitor {
    frame: Bytes,
    method: Method,
}

impl Work for Visitor {
    async fn operate(&mut self, lane: &mut Lane, _: u64) -> Result<Done, ClientError> {
        let answer = lane.wire.unary(&self.method, self.frame.clone()).await?;
        Ok(Done { bytes: answer.len() as u64, ..Done::default() })
    }
}
