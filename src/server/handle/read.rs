//! Reads: they never enter the core's queue for more than a read index, and range over the store in the request's
//! own future.

use super::{Failure, Handle, Unavailable};
use crate::{
    apply::{Unanswered, read},
    pb::etcdserverpb as pb,
    server::{core::Input, task::waiting},
};
use tokio::{task::spawn_blocking, time::timeout};

/// Of a read.
#[derive(Clone, Copy, Debug)]
enum Size {
    Small,
    Large,
}

impl Handle {
    /// Waits until this member has applied all that was committed when the call came.
    pub async fn linearize(&self) -> Result<(), Failure> {
        let (reader, ready) = waiting();
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
        let (reader, header) = (self.shared.reader.clone(), self.header());
        let size = if read::is_large(&reader, &request) { Size::Large } else { Size::Small };
        self.read(size, move || read::range(&reader, &request, header)).await
    }

    /// Carries out a transaction: here when it only reads, through the log when it may write.
    pub async fn txn(&self, request: pb::TxnRequest) -> Result<pb::TxnResponse, Failure> {
        if !read::is_read_only(&request) {
            return self.propose(request).await;
        }
        if !read::is_serializable(&request) {
            self.linearize().await?;
        }
        let (reader, header) = (self.shared.reader.clone(), self.header());
        let size = if read::is_large_txn(&reader, &request) { Size::Large } else { Size::Small };
        self.read(size, move || read::txn(&reader, &request, header)).await
    }

    /// Reads here, or on a thread of its own, so that those who share this thread do not wait.
    async fn read<T: Send + 'static>(
        &self,
        size: Size,
        read: impl FnOnce() -> Result<T, Unanswered> + Send + 'static,
    ) -> Result<T, Failure> {
        let answer = match size {
            Size::Small => read(),
            // Fails when it panics, or when the process ends.
            Size::Large => spawn_blocking(read).await.map_err(|_| Unavailable::Stopped)?,
        };
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
