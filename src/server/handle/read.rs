//! Reads: they never enter the core's queue for more than a read index, and range over the store in the request's
//! own future.

use super::{
    Failure, Handle, Unavailable,
    caller::Permit,
    measure::Read,
    steps::{AGREED, Marks, Trace},
};
use crate::{
    apply::{Asked, Steps, Unanswered, read, slow},
    clock::Now,
    metrics::{Kind, Success, metrics},
    mvcc::ReadTxn,
    pb::etcdserverpb as pb,
    server::{core::Input, shared::Shared, task::waiting},
};
use std::fmt::Display;
use tokio::{task::spawn_blocking, time::timeout};

/// A range under way: what is told of it in the end, also if nobody waits for that any more.
struct Range<'a> {
    shared: &'a Shared,
    asked: pb::RangeRequest,
    since: Now,
    marks: Marks,
    /// None once it has ended.
    read: Option<Read>,
}

impl Range<'_> {
    fn end(&mut self, answer: Result<&pb::RangeResponse, impl Display>) {
        let Some(mut read) = self.read.take() else { return };
        let (ended, slow) = read.end(Success::of(&answer), self.shared.apply_warn_above);
        let response = answer.as_ref().ok().copied();
        if let Some(took) = slow {
            slow::warn_of_range(took, &self.asked, answer);
        }
        let threshold = self.shared.trace_above;
        if ended.saturating_sub(self.since) > threshold {
            Trace::range(&self.asked, response, self.since, &self.marks).log(self.shared.clock, threshold);
        }
    }
}

impl Drop for Range<'_> {
    fn drop(&mut self) {
        self.end(Err("context canceled"));
    }
}

/// Of a read.
#[derive(Clone, Copy, Debug)]
enum Size {
    Small,
    Large,
}

impl Handle {
    /// Waits until this member has applied all that was committed when the call came.
    pub async fn linearize(&self) -> Result<(), Failure> {
        self.agree(self.shared.clock.now()).await.map(drop)
    }

    /// The same for a call that came at that time. When it was over.
    async fn agree(&self, since: Now) -> Result<Now, Failure> {
        let (reader, ready) = waiting();
        let waited = timeout(self.shared.request_timeout, async {
            self.senders.core.send(Input::Read(reader)).await.map_err(|_| Unavailable::Stopped)?;
            ready.await.map_err(|_| Unavailable::Stopped)
        });
        let waited = waited.await.map_err(|_| {
            metrics().slow_read_indexes.inc();
            self.blame(since)
        });
        let round = waited??.map_err(Failure::from)?;
        let ready = self.shared.clock.now();
        if let Some(round) = round.filter(|_| ready.saturating_sub(since) > self.shared.trace_above) {
            Trace::read_index(round.index, round.applied, [since, round.received, ready])
                .log(self.shared.clock, self.shared.trace_above);
        }
        Ok(ready)
    }

    /// Reads a range, unless told otherwise after all that was committed before.
    pub async fn range(&self, request: pb::RangeRequest) -> Result<pb::RangeResponse, Failure> {
        let since = self.shared.clock.now();
        let mut range = Range {
            shared: &self.shared,
            asked: request.clone(),
            since,
            marks: Marks::default(),
            read: Some(Read::begin(Kind::Range, self.shared.clock, since)),
        };
        let answer = self.range_in_steps(request, since, &mut range.marks).await;
        range.end(answer.as_ref());
        answer
    }

    async fn range_in_steps(
        &self,
        request: pb::RangeRequest,
        since: Now,
        marks: &mut Marks,
    ) -> Result<pb::RangeResponse, Failure> {
        if !request.serializable {
            let agreed = self.agree(since).await;
            marks.mark(agreed.as_ref().map_or_else(|_| self.shared.clock.now(), |ready| *ready), AGREED);
            agreed?;
        }
        let permit = self.permit(&Asked::Range(&request)).await?;
        let answer = self.range_here(request, marks).await;
        // Before the reason why nothing was read, as in etcd.
        self.check_still(&permit)?;
        answer
    }

    /// Reads the first piece of a longer answer, which is no request of its own in metrics; with the permit for the others.
    pub async fn range_first(&self, request: pb::RangeRequest) -> Result<(pb::RangeResponse, Permit), Failure> {
        if !request.serializable {
            self.linearize().await?;
        }
        let permit = self.permit(&Asked::RangeStream(&request)).await?;
        Ok((self.range_next(request, &permit).await?, permit))
    }

    /// Reads another piece, of what the permit is for, at a revision that this member has applied.
    pub async fn range_next(&self, request: pb::RangeRequest, permit: &Permit) -> Result<pb::RangeResponse, Failure> {
        let answer = self.range_here(request, &mut Marks::default()).await;
        self.check_still(permit)?;
        answer
    }

    async fn range_here(&self, request: pb::RangeRequest, marks: &mut Marks) -> Result<pb::RangeResponse, Failure> {
        let (reader, header, clock) = (self.shared.reader.clone(), self.header(), self.shared.clock);
        let size = if read::is_large(&reader, &request) { Size::Large } else { Size::Small };
        let mut taken = *marks;
        let read = move || {
            let started = clock.now();
            let mut ended = started;
            let answer = read::range_in_steps(&ReadTxn::new(&reader), &request, header, |text| {
                ended = clock.now();
                taken.mark(ended, text);
            });
            if answer.is_err() {
                ended = clock.now();
            }
            let took = ended.saturating_sub(started);
            metrics().range_duration.observe(Kind::Range, Success::of(&answer), took.as_secs_f64());
            (answer, taken)
        };
        let (answer, taken) = self.read(size, read).await?;
        *marks = taken;
        answer.map_err(|error| self.read_failure(error))
    }

    /// Carries out a transaction: here when it only reads, through the log when it may write.
    pub async fn txn(&self, request: pb::TxnRequest) -> Result<pb::TxnResponse, Failure> {
        if !read::is_read_only(&request) {
            return self.propose(request).await;
        }
        let (clock, threshold) = (self.shared.clock, self.shared.trace_above);
        let since = clock.now();
        let agreed = if read::is_serializable(&request) { None } else { Some(self.agree(since).await?) };
        let permit = self.permit(&Asked::Txn(&request)).await?;
        // As in etcd, the time before counts for the line of its steps only.
        let mut reading = Read::begin(Kind::ReadonlyTxn, clock, agreed.unwrap_or(since));
        let asked = request.clone();
        let (reader, header) = (self.shared.reader.clone(), self.header());
        let size = if read::is_large_txn(&reader, &request) { Size::Large } else { Size::Small };
        let read = move || {
            let mut steps = Steps::of(&request, clock.stopwatch());
            let answer = read::txn_in_steps(&ReadTxn::new(&reader), &request, header, &mut steps);
            (answer, steps)
        };
        let (answer, steps) = self.read(size, read).await?;
        let answer = answer.map_err(|error| self.read_failure(error));
        let answer = self.check_still(&permit).and(answer);
        let (ended, slow) = reading.end(Success::of(&answer), self.shared.apply_warn_above);
        if let Some(took) = slow {
            slow::warn_of_txn(took, &asked, answer.as_ref());
        }
        if ended.saturating_sub(since) > threshold {
            Trace::read_only_txn(answer.as_ref().ok(), since, agreed, steps.taken()).log(clock, threshold);
        }
        answer
    }

    /// Reads here, or on a thread of its own, so that those who share this thread do not wait.
    async fn read<T: Send + 'static>(
        &self,
        size: Size,
        read: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Unavailable> {
        match size {
            Size::Small => Ok(read()),
            // Fails when it panics, or when the process ends.
            Size::Large => spawn_blocking(read).await.map_err(|_| Unavailable::Stopped),
        }
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
