//! `txn`: conditions and two lists of operations from standard input, as one transaction.

mod parse;

use super::session::Given;
use crate::{
    cmd::{
        failure::{Failure, bad_arguments, code},
        terminal::print,
    },
    pb::etcdserverpb::{RequestOp, TxnRequest},
};
use parse::{Op, compare, op};
use std::{
    ffi::OsString,
    io::{self, BufRead},
};

/// Runs requests from standard input as one transaction
///
/// Three lists, each ended by an empty line: conditions, the requests to run if all of them hold, and those to run if not.
///
/// $ etcdctl txn -i
/// compares:
/// mod("key1") > "0"
///
/// success requests (get, put, del):
/// put key1 "overwrote-key1"
///
/// failure requests (get, put, del):
/// put key1 "created-key1"
/// put key2 "some extra key"
#[derive(clap::Args, Clone, Debug)]
#[command(override_usage = "txn [options]", verbatim_doc_comment)]
pub struct Txn {
    /// say which list comes next
    #[arg(short, long)]
    interactive: bool,
    #[arg(hide = true)]
    words: Vec<OsString>,
}

impl Txn {
    /// Runs the command.
    pub async fn run(self, given: &Given) -> Result<(), Failure> {
        if !self.words.is_empty() {
            return Err(bad_arguments("txn command does not accept argument"));
        }
        let session = given.open()?;
        let client = session.connect_unbounded().await?;
        let mut request = TxnRequest::default();
        self.prompt("compares:")?;
        while let Some(line) = next_line()? {
            let compare = compare(&line).map_err(|error| Failure::new(code::INVALID_INPUT, error))?;
            request.compare.push(compare);
        }
        self.prompt("success requests (get, put, del):")?;
        request.success = operations().await?;
        self.prompt("failure requests (get, put, del):")?;
        request.failure = operations().await?;
        let response = client.txn(request).await.map_err(|error| Failure::new(code::ERROR, error))?;
        session.output().txn(&response)
    }

    fn prompt(&self, text: &str) -> Result<(), Failure> {
        match self.interactive {
            true => print(format!("{text}\n").as_bytes()),
            false => Ok(()),
        }
    }
}

async fn operations() -> Result<Vec<RequestOp>, Failure> {
    let mut operations = Vec::new();
    while let Some(line) = next_line()? {
        let op = op(&line)?;
        operations.push(op.request()?);
        if let Op::Del(del) = &op {
            del.think_again().await;
        }
    }
    Ok(operations)
}

/// The next line without the white space around it; none when it is empty. Input must not end before that.
fn next_line() -> Result<Option<Vec<u8>>, Failure> {
    let mut line = Vec::new();
    let read = io::stdin().lock().read_until(b'\n', &mut line);
    read.map_err(|error| Failure::new(code::INVALID_INPUT, error))?;
    if line.last() != Some(&b'\n') {
        return Err(Failure::new(code::INVALID_INPUT, "EOF"));
    }
    let line = line.trim_ascii();
    Ok((!line.is_empty()).then(|| line.to_vec()))
}
