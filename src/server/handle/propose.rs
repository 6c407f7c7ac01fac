//! Proposals: encoded once, sent to the core together with the way back, answered when applied.

use super::{Failure, Handle, Unavailable, proposal::Proposal};
use crate::{
    apply::Outcome,
    id::RequestId,
    pb::etcdserverpb::{self as pb, RequestHeader},
    server::{core::Input, task::waiting},
};
use prost::Message;
use tokio::time::timeout;

impl Handle {
    /// Proposes a request and waits for its outcome, at most etcd's ReqTimeout long. The header is filled in here.
    pub async fn propose<P: Proposal>(&self, request: P) -> Result<P::Response, Failure> {
        let mut request = request.into_request();
        let id = self.shared.ids.next();
        request.header = Some(RequestHeader { id, ..Default::default() });
        let data = request.encode_to_vec();
        if data.len() > self.shared.limits.request_bytes_max {
            return Err(Unavailable::RequestTooLarge.into());
        }
        let (waiter, answer) = waiting();
        let input = Input::Propose { id: RequestId(id), data: data.into(), waiter: Some(waiter) };
        let answered = timeout(self.shared.request_timeout, async {
            self.senders.core.send(input).await.map_err(|_| Unavailable::Stopped)?;
            answer.await.map_err(|_| Unavailable::Stopped)
        });
        match answered.await.map_err(|_| Unavailable::TimedOut)?? {
            Ok(Outcome::Done(response)) => P::answer(response).ok_or(Failure::Mismatched),
            Ok(Outcome::Refused(refusal)) => Err(refusal.into()),
            Err(unavailable) => Err(unavailable.into()),
        }
    }

    /// Schedules a compaction; with `physical` waits until the work is done and in the file.
    pub async fn compact(&self, request: pb::CompactionRequest) -> Result<pb::CompactionResponse, Failure> {
        let (revision, physical) = (request.revision, request.physical);
        let mut compacted = self.shared.compacted.subscribe();
        let response = self.propose(request).await?;
        if physical {
            // Has no time limit in etcd either: the client's own ends it.
            compacted.wait_for(|done| *done >= revision).await.map_err(|_| Unavailable::Stopped)?;
            let backend = self.shared.backend.clone();
            let flushed = tokio::task::spawn_blocking(move || backend.flush()).await;
            if !matches!(flushed, Ok(Ok(()))) {
                return Err(Unavailable::Stopped.into());
            }
        }
        Ok(response)
    }
}
