//! Leases: granted and revoked through the log, renewed on the leader's clock.

use super::{Failure, Handle, Unavailable};
use crate::{
    apply::{Asked, Refusal, cost},
    auth::{Access, Attached, AuthRefusal, KeyNeed, Needs},
    id::LeaseId,
    lease::{Checkpoints, Renew},
    limits,
    pb::{
        etcdserverpb as pb,
        leasepb::{LeaseInternalRequest, LeaseInternalResponse},
    },
    peer::{Post, Said},
    server::notices,
};
use prost::Message;
use std::{sync::atomic::Ordering, time::Duration};
use tokio::time::sleep;

impl Handle {
    /// Grants a lease; an id of zero lets this member choose one that is free.
    pub async fn lease_grant(&self, mut request: pb::LeaseGrantRequest) -> Result<pb::LeaseGrantResponse, Failure> {
        while request.id == 0 {
            let candidate = (self.shared.ids.next() & i64::MAX as u64) as i64;
            if self.shared.leases.terms(LeaseId(candidate)).is_none() {
                request.id = candidate;
            }
        }
        // A lack of space is named first, as in etcd.
        self.check_room(cost::LEASE_BYTES).await?;
        self.authorise(&Asked::LeaseGrant).await?;
        self.propose(request).await
    }

    /// Revokes a lease and deletes its keys.
    pub async fn lease_revoke(&self, request: pb::LeaseRevokeRequest) -> Result<pb::LeaseRevokeResponse, Failure> {
        self.authorise(&Asked::LeaseRevoke(&request)).await?;
        self.propose(request).await
    }

    /// Starts a lease's time anew and returns it in seconds: here if this member leads, else at the leader.
    pub async fn lease_renew(&self, id: LeaseId) -> Result<i64, Failure> {
        self.ensure_leadership().await?;
        match self.lease_renew_here(id).await {
            Err(Failure::Unavailable(Unavailable::NotLeader)) => self.renew_at_leader(id).await,
            answer => answer,
        }
    }

    /// The same, if this member leads. A lease that it does not know is looked for again after all that is committed has
    /// been applied; one that has run out is gone as soon as its revocation is applied, which is waited for (reference 1.6).
    pub async fn lease_renew_here(&self, id: LeaseId) -> Result<i64, Failure> {
        let request = pb::LeaseKeepAliveRequest { id: id.0 };
        let mut caught_up = false;
        let deadline = self.shared.clock.now() + self.shared.request_timeout;
        loop {
            self.authorise(&Asked::LeaseKeepAlive(&request)).await?;
            let now = self.shared.clock.now();
            let renewal = self.shared.lessor.lock().renew(id, now);
            match renewal {
                Renew::Renewed { checkpointed: true, .. } if self.shared.lease_checkpoints != Checkpoints::Off => {
                    // A later leader must not go by what was left before. One may lead already, and have begun with that: so
                    // the lease counts as renewed only when it is once more, behind this.
                    self.propose(notices::checkpoint([(id, 0)])).await?;
                }
                Renew::Renewed { ttl_s, .. } => return Ok(ttl_s),
                // A leader counts leases from the first entry of its term on.
                Renew::NotLeading if self.is_leader() && now < deadline => sleep(limits::LEASE_REVOKE_POLL).await,
                Renew::NotLeading => return Err(Unavailable::NotLeader.into()),
                Renew::Missing if caught_up => return Err(Refusal::LeaseNotFound.into()),
                Renew::Missing => {
                    self.linearize().await?;
                    caught_up = true;
                }
                Renew::Expired if now > deadline => return Err(Unavailable::TimedOut.into()),
                Renew::Expired => sleep(limits::LEASE_REVOKE_POLL).await,
            }
        }
    }

    /// What is left of a lease's time; −1 when there is no such lease. Only the leader knows.
    pub async fn lease_time_to_live(
        &self,
        request: pb::LeaseTimeToLiveRequest,
    ) -> Result<pb::LeaseTimeToLiveResponse, Failure> {
        let as_of = self.shared.auth.revision();
        self.authorise(&Asked::LeaseTimeToLive(&request)).await?;
        let header = Some(self.header());
        let answer = match self.lease_time_to_live_here(&request).await {
            Err(Failure::Unavailable(Unavailable::NotLeader)) => self.time_to_live_at_leader(&request).await,
            answer => answer,
        };
        if let (Ok(answer), true) = (&answer, self.shared.auth.is_enabled() && request.keys) {
            // The leader may know of keys of which this member does not yet.
            let keys = answer.keys.clone();
            let attached = Attached::new(move || keys.clone());
            self.require(&Needs::Keys(vec![KeyNeed::Attached(Access::Read, attached)])).await?;
            if as_of != self.shared.auth.revision() {
                return Err(AuthRefusal::OldRevision.into());
            }
        }
        match answer {
            Ok(response) => Ok(pb::LeaseTimeToLiveResponse { header, ..response }),
            Err(Failure::Refused(Refusal::LeaseNotFound)) => {
                Ok(pb::LeaseTimeToLiveResponse { header, id: request.id, ttl: -1, ..Default::default() })
            }
            Err(failure) => Err(failure),
        }
    }

    /// The same, if this member leads, without a header.
    pub async fn lease_time_to_live_here(
        &self,
        request: &pb::LeaseTimeToLiveRequest,
    ) -> Result<pb::LeaseTimeToLiveResponse, Failure> {
        let id = LeaseId(request.id);
        let deadline = self.shared.clock.now() + self.shared.request_timeout;
        while self.is_leader() && !self.shared.lessor.lock().is_leading() && self.shared.clock.now() < deadline {
            sleep(limits::LEASE_REVOKE_POLL).await;
        }
        if self.shared.leases.terms(id).is_none() && self.is_leader() {
            self.linearize().await?;
        }
        let now = self.shared.clock.now();
        let (is_leading, remaining_s) = {
            let lessor = self.shared.lessor.lock();
            (lessor.is_leading(), lessor.remaining_s(id, now))
        };
        if !is_leading {
            return Err(Unavailable::NotLeader.into());
        }
        let granted = self.shared.leases.terms(id).map(|terms| terms.ttl_s);
        let (Some(granted_ttl), Some(ttl)) = (granted, remaining_s) else { return Err(Refusal::LeaseNotFound.into()) };
        let keys = if request.keys { self.shared.leases.keys(id) } else { Vec::new() };
        Ok(pb::LeaseTimeToLiveResponse { header: None, id: id.0, ttl, granted_ttl, keys })
    }

    /// Waits until what is committed here is applied, for a short time.
    pub async fn catch_up(&self) -> Result<(), Failure> {
        let progress = &self.shared.progress;
        let committed = progress.committed.load(Ordering::Acquire);
        let deadline = self.shared.clock.now() + limits::APPLY_WAIT;
        while progress.applied.load(Ordering::Acquire) < committed {
            if self.shared.clock.now() > deadline {
                return Err(Unavailable::NotApplied.into());
            }
            sleep(limits::LEASE_REVOKE_POLL).await;
        }
        Ok(())
    }

    /// A leader whose time stood still may have been replaced: it asks before it prolongs anything.
    async fn ensure_leadership(&self) -> Result<(), Failure> {
        let ticked = Duration::from_nanos(self.shared.progress.ticked_ns.load(Ordering::Relaxed));
        if self.is_leader() && self.now().saturating_sub(ticked) > 3 * self.shared.tick {
            self.linearize().await?;
        }
        Ok(())
    }

    async fn renew_at_leader(&self, id: LeaseId) -> Result<i64, Failure> {
        let request = pb::LeaseKeepAliveRequest { id: id.0 };
        self.authorise(&Asked::LeaseKeepAlive(&request)).await?;
        let ttl = |answer: pb::LeaseKeepAliveResponse| (answer.id == id.0).then_some(answer.ttl);
        self.ask_leader(&about_lease("/leases", &request), |said| told(said, ttl)).await
    }

    async fn time_to_live_at_leader(
        &self,
        request: &pb::LeaseTimeToLiveRequest,
    ) -> Result<pb::LeaseTimeToLiveResponse, Failure> {
        let question = LeaseInternalRequest { lease_time_to_live_request: Some(*request) };
        let response = |answer: LeaseInternalResponse| {
            answer.lease_time_to_live_response.filter(|response| response.id == request.id)
        };
        self.ask_leader(&about_lease("/leases/internal", &question), |said| told(said, response)).await
    }

    /// All leases, those that end first in front.
    pub async fn lease_list(&self) -> Result<pb::LeaseLeasesResponse, Failure> {
        let leading = {
            let lessor = self.shared.lessor.lock();
            lessor.is_leading().then(|| lessor.by_remaining())
        };
        // Nobody else knows which ends first.
        let all = || self.shared.leases.all().into_iter().map(|(id, _)| id).collect::<Vec<_>>();
        let leases = leading.unwrap_or_else(all).into_iter().map(|id| pb::LeaseStatus { id: id.0 }).collect();
        self.authorise(&Asked::LeaseLeases).await?;
        Ok(pb::LeaseLeasesResponse { header: Some(self.header()), leases })
    }
}

fn about_lease(path: &str, question: &impl Message) -> Post {
    Post { path: path.into(), kind: "application/protobuf", body: question.encode_to_vec().into() }
}

/// What the leader says of a lease: what `fits` finds in its answer, or that there is none.
fn told<Answer: Message + Default, Fitting>(
    said: Said,
    fits: impl Fn(Answer) -> Option<Fitting>,
) -> Option<Result<Fitting, Failure>> {
    match said.status {
        200 => Answer::decode(said.body).ok().and_then(fits).map(Ok),
        404 => Some(Err(Refusal::LeaseNotFound.into())),
        _ => None,
    }
}
