//! `put`: write a key.

use super::{range::bytes, session::Given};
use crate::{
    cmd::{
        failure::{Failure, bad_arguments, code},
        gotext::parse_int,
    },
    pb::etcdserverpb::PutRequest,
};
use bytes::Bytes;
use std::{
    ffi::OsString,
    io::{self, Read},
};

/// Writes a key
///
/// A value that begins with '-' is taken for a flag unless '--' stands before it:
///
/// $ put <key> -- <value>
/// $ put -- <key> <value>
///
/// Without a value, and without --ignore-value, all of standard input is the value:
///
/// $ cat file | put <key>
#[derive(clap::Args, Clone, Debug)]
#[command(override_usage = "put [options] <key> <value> (<value> can also be given from stdin)", verbatim_doc_comment)]
pub struct Put {
    /// lease (in hexadecimal) that the key shall hang on
    #[arg(long, value_name = "string", default_value = "0")]
    lease: String,
    /// show the key as it was before
    #[arg(long)]
    prev_kv: bool,
    /// keep the value that the key has
    #[arg(long)]
    ignore_value: bool,
    /// keep the lease that the key has
    #[arg(long)]
    ignore_lease: bool,
    #[arg(hide = true)]
    words: Vec<OsString>,
}

impl Put {
    /// Runs the command.
    pub async fn run(self, given: &Given) -> Result<(), Failure> {
        let request = self.request(|| {
            let mut value = Vec::new();
            io::stdin().lock().read_to_end(&mut value).map(|_| value)
        })?;
        let session = given.open()?;
        let client = session.connect().await?;
        let response = client.put(request).await.map_err(|error| Failure::new(code::ERROR, error))?;
        session.output().put(&response)
    }

    /// The request that the arguments describe. `otherwise` gives the value if they do not.
    pub fn request(&self, otherwise: impl FnOnce() -> io::Result<Vec<u8>>) -> Result<PutRequest, Failure> {
        let missing = || bad_arguments("put command needs 1 argument and input from stdin or 2 arguments");
        let key = self.words.first().map(bytes).ok_or_else(missing)?;
        let value = match self.words.get(1) {
            Some(_) if self.ignore_value => {
                return Err(bad_arguments("put command needs only 1 argument when 'ignore-value' is set"));
            }
            None if self.ignore_value => Bytes::new(),
            Some(value) => bytes(value),
            None => otherwise().ok().filter(|value| !value.is_empty()).ok_or_else(missing)?.into(),
        };
        let lease = parse_int(&self.lease, 16)
            .map_err(|error| bad_arguments(format!("bad lease ID ({error}), expecting ID in Hex")))?;
        Ok(PutRequest {
            key,
            value,
            lease,
            prev_kv: self.prev_kv,
            ignore_value: self.ignore_value,
            ignore_lease: self.ignore_lease,
        })
    }
}
