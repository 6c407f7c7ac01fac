//! Reads: they never enter the core's queue for more than a read index, and range over the store in the request's
//! own future.

use super::{Failure, Handle, Unavailable};
use crate::{
    apply::{Unanswered, read},
    pb::etcdserverpb as pb,
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
        waited.await.map_err(|_| Unavailable::TimedOut)??.map_err(Failure::from)
    }

    /// Reads a range, unless told otherwise after all that was committed before.
    pub async fn range(&self, request: pb::RangeRequest) -> Result<pb::RangeResponse, Failure> {
        if !request.serializable {
            self.linearize().await?;
        }
        read::range(&self.shared.reader, &request, self.header()).map_err(|error| self.read_failure(error))
    }

    /// Carries out a transaction: here when it only reads, through the log when it may write.
    pub async fn txn(&self, request: pb::TxnRequest) -> Result<pb::TxnResponse, Failure> {
        if !read::is_read_only(&request) {
            return self.propose(request).await;
        }
        if !read::is_serializable(&request) {
            self.linearize().await?;
        }
        read::txn(&self.shared.reader, &request, self.header()).map_err(|error| self.read_failure(error))
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
