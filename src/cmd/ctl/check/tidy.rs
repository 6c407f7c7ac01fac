//! Before and after a check: it needs a prefix without keys, and leaves none there.

use crate::{
    client::{Client, prefix_end},
    cmd::{
        ctl::session::Session,
        failure::{Failure, code},
        gotext::quote,
        terminal::print,
    },
    pb::etcdserverpb::{CompactionRequest, DeleteRangeRequest, RangeRequest},
};
use bytes::Bytes;
use std::time::Duration;
use tokio::time::Instant;

/// How long a step of the clean-up may take.
const CLEANUP_MAX: Duration = Duration::from_secs(30);

/// What to do when the keys are gone.
#[derive(clap::Args, Clone, Debug)]
pub struct Afterwards {
    /// compact the history when all is done
    #[arg(long)]
    auto_compact: bool,
    /// defragment the endpoints when all is done
    #[arg(long)]
    auto_defrag: bool,
}

impl Afterwards {
    /// Does it. `deleted` is the revision after which the keys are gone; without one there is nothing to compact.
    pub async fn run(&self, session: &Session, client: &Client, deleted: Option<i64>) -> Result<(), Failure> {
        if let Some(revision) = deleted.filter(|_| self.auto_compact) {
            compact(client, revision).await?;
        }
        if self.auto_defrag {
            defragment(session).await?;
        }
        Ok(())
    }
}

/// Is there no key with this prefix?
pub async fn is_clean(client: &Client, prefix: &str) -> Result<bool, Failure> {
    let (key, range_end) = range(prefix);
    let request = RangeRequest { key, range_end, limit: 1, ..RangeRequest::default() };
    let found = client.range(request).await.map_err(|error| Failure::new(code::ERROR, error))?;
    Ok(found.kvs.is_empty())
}

/// Deletes the keys with this prefix and returns the revision after that; what went wrong is told as it is.
pub async fn delete(client: &Client, prefix: &str) -> Result<i64, crate::client::ClientError> {
    let (key, range_end) = range(prefix);
    let request = DeleteRangeRequest { key, range_end, prev_kv: false };
    let deleted = client.with_deadline(Instant::now() + CLEANUP_MAX).delete_range(request).await?;
    Ok(deleted.header.unwrap_or_default().revision)
}

/// The empty prefix is every key.
fn range(prefix: &str) -> (Bytes, Bytes) {
    let lowest = Bytes::from_static(b"\0");
    match prefix {
        "" => (lowest.clone(), lowest),
        prefix => (Bytes::copy_from_slice(prefix.as_bytes()), prefix_end(prefix.as_bytes())),
    }
}

/// Forgets the history that the check left.
async fn compact(client: &Client, revision: i64) -> Result<(), Failure> {
    print(format!("Compacting with revision {revision}\n").as_bytes())?;
    let request = CompactionRequest { revision, physical: true };
    let done = client.with_deadline(Instant::now() + CLEANUP_MAX).compact(request).await;
    done.map_err(|error| Failure::new(code::ERROR, error))?;
    print(format!("Compacted with revision {revision}\n").as_bytes())
}

/// Rewrites the file of each endpoint without holes.
async fn defragment(session: &Session) -> Result<(), Failure> {
    for endpoint in session.endpoints() {
        let shown = quote(endpoint.as_bytes());
        print(format!("Defragmenting {shown}\n").as_bytes())?;
        let client = session.connect_to(std::slice::from_ref(&endpoint)).await?;
        let done = client.with_deadline(Instant::now() + CLEANUP_MAX).defragment().await;
        done.map_err(|error| Failure::new(code::ERROR, error))?;
        print(format!("Defragmented {shown}\n").as_bytes())?;
    }
    Ok(())
}
