//! Reads: they never enter the core's queue for more than a read index, and range over the store in the request's
//! own future.

use super::{
    Failure, Handle, Unavailable,
    measure::{Read, seconds_since},
};
use crate::{
    apply::{Response, Unanswered, read},
    metrics::{Kind, RANGES, Success, metrics},
    mvcc::ReadTxn,
    pb::etcdserverpb::{self as pb, InternalRaftRequest},
    server::core::Input,
};
use tokio::{sync::oneshot, time::timeout};

impl Handle {
    /// Waits until this member has applied all that was committed when the call came.
    pub async fn linearize(&self) -> Result<(), Failure> {
        let (reader, ready) = oneshot::channel();
        let waited = timeout(self.shared.request_timeout, async {
            self.senders.core.send(Input::Read(reader)).await.map_err(|_| Unavailable::Stopped)?;
            ready.await.map_err(|_| Unavailable::Stopped)
        });
        let waited = waited.await.map_err(|_| {
            metrics().slow_read_indexes.inc();
            Unavailable::TimedOut
        });
        waited??.map_err(Failure::from)
    }

    /// Reads a range, unless told otherwise after all that was committed before.
    pub async fn range(&self, request: pb::RangeRequest) -> Result<pb::RangeResponse, Failure> {
        let mut reading = Read::begin(Kind::Range, self.shared.clock, self.shared.apply_warn_above);
        let answer = self.range_piece(request).await;
        reading.success = Success::of(&answer);
        answer
    }

    /// The same for a part of a longer answer, which is no request of its own in metrics.
    pub async fn range_piece(&self, request: pb::RangeRequest) -> Result<pb::RangeResponse, Failure> {
        if !request.serializable {
            self.linearize().await?;
        }
        let started = self.shared.clock.now();
        let answer = read::range(&ReadTxn::new(&self.shared.reader), &request, self.header());
        RANGES.observe(Kind::Range, Success::of(&answer), seconds_since(self.shared.clock, started));
        answer.map_err(|error| self.read_failure(error))
    }

    /// Carries out a transaction: here when it only reads, through the log when it may write.
    pub async fn txn(&self, request: pb::TxnRequest) -> Result<pb::TxnResponse, Failure> {
        if !read::is_read_only(&request) {
            let request = InternalRaftRequest { txn: Some(request), ..Default::default() };
            return match self.propose(request).await? {
                Response::Txn(response) => Ok(response),
                other => unreachable!("a transaction answers as one, not as {other:?}"),
            };
        }
        if !read::is_serializable(&request) {
            self.linearize().await?;
        }
        // As in etcd, the time before is left out.
        let mut reading = Read::begin(Kind::ReadonlyTxn, self.shared.clock, self.shared.apply_warn_above);
        let answer = read::txn(&ReadTxn::new(&self.shared.reader), &request, self.header());
        reading.success = Success::of(&answer);
        answer.map_err(|error| self.read_failure(error))
    }

    /// A read that finds damage stops the member: what it would answer next could be wrong.
    fn read_failure(&self, error: Unanswered) -> Failure {
        match error {
            Unanswered::Refused(refusal) => refusal.into(),
            Unanswered::Fatal(error) => {
                self.shared.fail(error.to_string());
                Unavailable::Stopped.into()
            }
        }
    }
}
