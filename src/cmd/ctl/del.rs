//! `del`: delete keys.

use super::{
    range::{Widen, bytes, key_range},
    session::Given,
};
use crate::{
    cmd::{
        failure::{Failure, bad_arguments, code},
        gotext::quote,
        terminal::warn,
    },
    pb::etcdserverpb::DeleteRangeRequest,
};
use std::{ffi::OsString, time::Duration};

/// Time to think again about a range that nothing marks as meant.
const SECOND_THOUGHTS: Duration = Duration::from_secs(2);

/// Deletes a key or a range of keys [key, range_end)
#[derive(clap::Args, Clone, Debug)]
#[command(override_usage = "del [options] <key> [range_end]")]
pub struct Del {
    /// all keys that begin with the key
    #[arg(long)]
    prefix: bool,
    /// show the deleted keys as they were
    #[arg(long)]
    prev_kv: bool,
    /// all keys from the key on, in byte order
    #[arg(long)]
    from_key: bool,
    /// the second word is meant as the end of a range: do not wait
    #[arg(long)]
    range: bool,
    #[arg(hide = true)]
    words: Vec<OsString>,
}

impl Del {
    /// Runs the command.
    pub async fn run(self, given: &Given) -> Result<(), Failure> {
        let request = self.request()?;
        self.think_again().await;
        let session = given.open()?;
        let client = session.connect().await?;
        let response = client.delete_range(request).await.map_err(|error| Failure::new(code::ERROR, error))?;
        session.output().delete_range(&response)
    }

    /// The request that the arguments describe.
    pub fn request(&self) -> Result<DeleteRangeRequest, Failure> {
        if self.words.is_empty() || self.words.len() > 2 {
            let message = "del command needs one argument as key and an optional argument as range_end";
            return Err(bad_arguments(message));
        }
        let widen = Widen::choose(self.prefix.then_some(Widen::Prefix), self.from_key.then_some(Widen::FromKey))?;
        let (key, range_end) = key_range(&self.words, widen)?;
        Ok(DeleteRangeRequest { key, range_end, prev_kv: self.prev_kv })
    }

    /// Warns, and waits, before a range is deleted that `--range` does not mark as meant.
    pub async fn think_again(&self) {
        let [key, end] = &self.words[..] else { return };
        if self.range {
            return;
        }
        warn(&format!(
            "Warning: Keys between {} and {} will be deleted. Please interrupt the command within next 2 seconds to cancel. \
             You can provide `--range` flag to avoid the delay.\n",
            quote(&bytes(key)),
            quote(&bytes(end))
        ));
        tokio::time::sleep(SECOND_THOUGHTS).await;
    }
}
