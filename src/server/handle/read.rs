//! Reads: they never enter the core's queue for more than a read index, and range over the store in the request's
//! own future.

use super::{
    Failure, Handle, Unavailable,
    measure::{Read, seconds_since},
    steps::{self, Trace, shown},
};
use crate::{
    apply::{Unanswered, read, slow},
    clock::{Clock, Now},
    metrics::{Kind, Success, metrics},
    mvcc::ReadTxn,
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
        let started = self.now();
        let (reader, ready) = waiting();
        let waited = timeout(self.shared.request_timeout, async {
            self.senders.core.send(Input::Read(reader)).await.map_err(|_| Unavailable::Stopped)?;
            ready.await.map_err(|_| Unavailable::Stopped)
        });
        let waited = waited.await.map_err(|_| {
            metrics().slow_read_indexes.inc();
            self.blame(started)
        });
        waited??.map_err(Failure::from)
    }

    /// Reads a range, unless told otherwise after all that was committed before.
    pub async fn range(&self, request: pb::RangeRequest) -> Result<pb::RangeResponse, Failure> {
        let clock = self.shared.clock;
        let mut reading = Read::begin(Kind::Range, clock);
        if !request.serializable {
            self.linearize().await?;
        }
        let agreed = clock.now();
        let asked = request.clone();
        let answer = self.range_here(request).await;
        reading.success = Success::of(&answer);
        if let Some(took) = reading.slow(self.shared.apply_warn_above) {
            slow::warn_of_range(took, &asked, answer.as_ref());
        }
        let now = clock.now();
        if now.saturating_sub(reading.since()) > steps::SLOW {
            trace_range(clock, &asked, answer.as_ref().ok(), [reading.since(), agreed, now]);
        }
        answer
    }

    /// The same for a part of a longer answer, which is no request of its own in metrics.
    pub async fn range_piece(&self, request: pb::RangeRequest) -> Result<pb::RangeResponse, Failure> {
        if !request.serializable {
            self.linearize().await?;
        }
        self.range_here(request).await
    }

    async fn range_here(&self, request: pb::RangeRequest) -> Result<pb::RangeResponse, Failure> {
        let (reader, header, clock) = (self.shared.reader.clone(), self.header(), self.shared.clock);
        let size = if read::is_large(&reader, &request) { Size::Large } else { Size::Small };
        self.read(size, move || {
            let started = clock.now();
            let answer = read::range(&ReadTxn::new(&reader), &request, header);
            metrics().range_duration.observe(Kind::Range, Success::of(&answer), seconds_since(clock, started));
            answer
        })
        .await
    }

    /// Carries out a transaction: here when it only reads, through the log when it may write.
    pub async fn txn(&self, request: pb::TxnRequest) -> Result<pb::TxnResponse, Failure> {
        if !read::is_read_only(&request) {
            return self.propose(request).await;
        }
        if !read::is_serializable(&request) {
            self.linearize().await?;
        }
        // As in etcd, the time before is left out.
        let mut reading = Read::begin(Kind::ReadonlyTxn, self.shared.clock);
        let asked = request.clone();
        let (reader, header) = (self.shared.reader.clone(), self.header());
        let size = if read::is_large_txn(&reader, &request) { Size::Large } else { Size::Small };
        let answer = self.read(size, move || read::txn(&ReadTxn::new(&reader), &request, header)).await;
        reading.success = Success::of(&answer);
        if let Some(took) = reading.slow(self.shared.apply_warn_above) {
            slow::warn_of_txn(took, &asked, answer.as_ref());
        }
        answer
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

/// Tells where the time of a range went that began at the first of the times, was agreed on at the second, and ended at
/// the third.
fn trace_range(
    clock: Clock,
    request: &pb::RangeRequest,
    response: Option<&pb::RangeResponse>,
    [since, agreed, read]: [Now; 3],
) {
    let mut detail = vec![("range_begin", shown(&request.key)), ("range_end", shown(&request.range_end))];
    if let Some(response) = response {
        detail.push(("response_count", response.kvs.len().to_string()));
        let revision = response.header.as_ref().map_or(0, |header| header.revision);
        detail.push(("response_revision", revision.to_string()));
    }
    let agreement = (agreed, "agreement among raft nodes before linearized reading");
    let reading = (read, "range keys from in-memory index tree");
    let steps = [agreement, reading];
    let steps = if request.serializable { &steps[1..] } else { &steps[..] };
    Trace { operation: "range", detail: &detail, since, steps }.log(clock);
}
