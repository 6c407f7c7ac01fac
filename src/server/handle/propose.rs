//! Proposals: encoded once, sent to the core together with the way back, answered when applied.

use super::{
    Failure, Handle, Unavailable,
    measure::{End, Pending},
    proposal::Proposal,
    steps::{CLEARED, Trace},
};
use crate::{
    apply::{Answered, Asked, Course, Refusal, Response, cost, kind_of},
    clock::Now,
    id::RequestId,
    mvcc::Ranges,
    pb::etcdserverpb::{self as pb, AlarmType, InternalRaftRequest, RequestHeader},
    server::{core::Input, notices, task::waiting},
};
use prost::Message;
use std::time::Duration;
use tokio::time::timeout;

/// What came of a request that was carried out.
struct Carried {
    response: Response,
    course: Course,
    since: Now,
    took: Duration,
}

impl Handle {
    /// Proposes a request and waits for its outcome, at most etcd's ReqTimeout long. The header is filled in here. One
    /// for which the backend has no room is refused, and the alarm NOSPACE raised.
    pub async fn propose<P: Proposal>(&self, request: P) -> Result<P::Response, Failure> {
        let mut request = request.into_request();
        self.check_room(cost::of(&request)).await?;
        let carried = self.propose_at_any_size(&mut request).await?;
        if carried.took > self.shared.trace_above {
            self.trace(&request, &carried);
        }
        P::answer(carried.response).ok_or(Failure::Mismatched)
    }

    #[cold]
    fn trace(&self, request: &InternalRaftRequest, carried: &Carried) {
        if let Some(trace) = Trace::write(request, &carried.response, carried.since, &carried.course) {
            trace.log(self.shared.clock, self.shared.trace_above);
        }
    }

    /// Is there room in the backend for a request of this cost? If not, raises the alarm NOSPACE and refuses.
    ///
    /// [`Handle::propose`] asks by itself; only who refuses a request for its shape asks before, since to etcd a lack of
    /// space is worse.
    pub async fn check_room(&self, cost: usize) -> Result<(), Failure> {
        let shared = &self.shared;
        if shared.quota.fits(shared.backend.size(), cost) {
            return Ok(());
        }
        let member = shared.identity.member_id;
        let is_on = shared.alarms.list(AlarmType::Nospace as i32);
        if !is_on.iter().any(|alarm| alarm.member_id == member.0) {
            // As in etcd, whether that succeeds changes nothing for this request.
            let _ = self.propose_at_any_size(&mut notices::no_space(member)).await;
        }
        Err(Refusal::NoSpace.into())
    }

    async fn propose_at_any_size(&self, request: &mut InternalRaftRequest) -> Result<Carried, Failure> {
        if self.shared.progress.is_behind() {
            return Err(Unavailable::TooManyRequests.into());
        }
        let mut pending = Pending::begin(kind_of(request), self.shared.clock);
        let id = self.shared.ids.next();
        // Who asks for a token is about to say who he is.
        request.header = Some(match request.authenticate {
            Some(_) => RequestHeader { id, ..Default::default() },
            None => self.proposal_header(id).await.inspect_err(|_| {
                pending.end(End::NotTried);
            })?,
        });
        let data = request.encode_to_vec();
        if data.len() > self.shared.limits.request_bytes_max {
            pending.end(End::NotTried);
            return Err(Unavailable::RequestTooLarge.into());
        }
        let started = self.now();
        let (waiter, answer) = waiting();
        let input = Input::Propose { id: RequestId(id), data: data.into(), waiter: Some(waiter) };
        let answered = timeout(self.shared.request_timeout, async {
            self.senders.core.send(input).await.map_err(|_| Unavailable::Stopped)?;
            answer.await.map_err(|_| Unavailable::Stopped)
        });
        let answered = answered.await.map_err(|_| self.blame(started))?;
        let took = pending.end(if matches!(answered, Ok(Ok(_))) { End::Answered } else { End::NotProposed });
        let Answered { outcome, course } = answered??;
        Ok(Carried { response: outcome.into_result()?, course, since: pending.since(), took })
    }

    /// Schedules a compaction; with `physical` waits until the work is done and in the file. So does one that is refused
    /// because the revision is compacted already: the work on that may still be under way.
    pub async fn compact(&self, request: pb::CompactionRequest) -> Result<pb::CompactionResponse, Failure> {
        self.authorise(&Asked::Compact).await?;
        let (revision, physical) = (request.revision, request.physical);
        let mut request = request.into_request();
        let carried = self.propose_at_any_size(&mut request).await;
        let (until, trace) = match &carried {
            Ok(carried) => (revision, Trace::write(&request, &carried.response, carried.since, &carried.course)),
            Err(Failure::Refused(Refusal::Compacted)) => (self.shared.reader.compact_revision(), None),
            Err(failure) => return Err(failure.clone()),
        };
        if physical {
            self.wait_until_compacted(until).await?;
        }
        let (clock, threshold) = (self.shared.clock, self.shared.trace_above);
        let ended = clock.now();
        if let Some(trace) = trace.filter(|trace| trace.took(ended) > threshold) {
            let trace = if physical { trace.then(ended, CLEARED) } else { trace };
            trace.log(clock, threshold);
        }
        pb::CompactionRequest::answer(carried?.response).ok_or(Failure::Mismatched)
    }

    /// Waits until what is below the revision is gone, from the file too.
    async fn wait_until_compacted(&self, until: i64) -> Result<(), Failure> {
        // Has no time limit in etcd either: the client's own ends it.
        let reader = &self.shared.reader;
        let mut compacted = self.shared.compacted.subscribe();
        let done = compacted.wait_for(|done| *done >= until || !reader.is_compacting()).await.map(drop);
        done.map_err(|_| Unavailable::Stopped)?;
        let backend = self.shared.backend.clone();
        let flushed = tokio::task::spawn_blocking(move || backend.flush()).await;
        if !matches!(flushed, Ok(Ok(()))) {
            return Err(Unavailable::Stopped.into());
        }
        Ok(())
    }
}
