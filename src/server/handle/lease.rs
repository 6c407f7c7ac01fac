//! Leases: granted and revoked through the log, renewed on the leader's clock.

use super::{Failure, Handle, Unavailable};
use crate::{apply::Refusal, id::LeaseId, lease::Renew, limits, pb::etcdserverpb as pb};
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
        self.propose(request).await
    }

    /// Revokes a lease and deletes its keys.
    pub async fn lease_revoke(&self, request: pb::LeaseRevokeRequest) -> Result<pb::LeaseRevokeResponse, Failure> {
        self.propose(request).await
    }

    /// Starts a lease's time anew and returns it in seconds. A lease that this member does not know is looked for
    /// again after all that is committed has been applied; one that has run out is gone as soon as its revocation
    /// is applied, which is waited for (reference 1.6).
    pub async fn lease_renew(&self, id: LeaseId) -> Result<i64, Failure> {
        let mut caught_up = false;
        let deadline = self.shared.clock.now() + self.shared.request_timeout;
        loop {
            let now = self.shared.clock.now();
            let renewal = self.shared.lessor.lock().renew(id, now);
            match renewal {
                Renew::Renewed { ttl_s, .. } => return Ok(ttl_s),
                Renew::NotLeading => return Err(Unavailable::NoLeader.into()),
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

    /// What is left of a lease's time; −1 when there is no such lease.
    pub async fn lease_time_to_live(
        &self,
        request: pb::LeaseTimeToLiveRequest,
    ) -> Result<pb::LeaseTimeToLiveResponse, Failure> {
        let id = LeaseId(request.id);
        if self.shared.leases.terms(id).is_none() {
            self.linearize().await?;
        }
        let header = Some(self.header());
        let now = self.shared.clock.now();
        let remaining_s = self.shared.lessor.lock().remaining_s(id, now);
        let granted = self.shared.leases.terms(id).map(|terms| terms.ttl_s);
        let (Some(granted_ttl), Some(ttl)) = (granted, remaining_s) else {
            return Ok(pb::LeaseTimeToLiveResponse { header, id: id.0, ttl: -1, ..Default::default() });
        };
        let keys = if request.keys { self.shared.leases.keys(id) } else { Vec::new() };
        Ok(pb::LeaseTimeToLiveResponse { header, id: id.0, ttl, granted_ttl, keys })
    }

    /// All leases, those that end first in front.
    pub async fn lease_list(&self) -> Result<pb::LeaseLeasesResponse, Failure> {
        let leases = self.shared.lessor.lock().by_remaining();
        let leases = leases.into_iter().map(|id| pb::LeaseStatus { id: id.0 }).collect();
        Ok(pb::LeaseLeasesResponse { header: Some(self.header()), leases })
    }
}
