//! Proposals: encoded once, sent to the core together with the way back, answered when applied.

use super::{
    Failure, Handle, Unavailable,
    measure::{End, Pending},
    proposal::Proposal,
};
use crate::{
    apply::{Outcome, Refusal, Response, cost, kind_of},
    id::RequestId,
    mvcc::Ranges,
    pb::etcdserverpb::{self as pb, AlarmType, InternalRaftRequest, RequestHeader},
    server::{core::Input, notices, task::waiting},
};
use prost::Message;
use tokio::time::timeout;

impl Handle {
    /// Proposes a request and waits for its outcome, at most etcd's ReqTimeout long. The header is filled in here. One
    /// for which the backend has no room is refused, and the alarm NOSPACE raised.
    pub async fn propose<P: Proposal>(&self, request: P) -> Result<P::Response, Failure> {
        let request = request.into_request();
        self.check_room(cost::of(&request)).await?;
        P::answer(self.propose_at_any_size(request).await?).ok_or(Failure::Mismatched)
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
            let _ = self.propose_at_any_size(notices::no_space(member)).await;
        }
        Err(Refusal::NoSpace.into())
    }

    async fn propose_at_any_size(&self, mut request: InternalRaftRequest) -> Result<Response, Failure> {
        let mut pending = Pending::begin(kind_of(&request), self.shared.clock);
        let id = self.shared.ids.next();
        request.header = Some(RequestHeader { id, ..Default::default() });
        let data = request.encode_to_vec();
        if data.len() > self.shared.limits.request_bytes_max {
            pending.end = End::NotTried;
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
        pending.end = if matches!(answered, Ok(Ok(_))) { End::Answered } else { End::NotProposed };
        match answered? {
            Ok(Outcome::Done(response)) => Ok(response),
            Ok(Outcome::Refused(refusal)) => Err(refusal.into()),
            Err(unavailable) => Err(unavailable.into()),
        }
    }

    /// Schedules a compaction; with `physical` waits until the work is done and in the file. So does one that is refused
    /// because the revision is compacted already: the work on that may still be under way.
    pub async fn compact(&self, request: pb::CompactionRequest) -> Result<pb::CompactionResponse, Failure> {
        let (revision, physical) = (request.revision, request.physical);
        let answer = self.propose(request).await;
        let until = match &answer {
            Ok(_) => revision,
            Err(Failure::Refused(Refusal::Compacted)) => self.shared.reader.compact_revision(),
            Err(_) => return answer,
        };
        if physical {
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
        }
        answer
    }
}
