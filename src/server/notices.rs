//! Requests that a member makes by itself.

use crate::{
    auth::{AuthView, Identity},
    id::{LeaseId, MemberId},
    pb::etcdserverpb::{
        AlarmRequest, AlarmType, InternalRaftRequest, LeaseCheckpoint, LeaseCheckpointRequest, LeaseRevokeRequest,
        alarm_request::AlarmAction,
    },
};

/// By whom they are, as in etcd: they are judged like all others when they are applied.
pub fn own_identity(auth: &AuthView) -> Identity {
    if auth.is_enabled() { Identity::new("root", auth.revision()) } else { Identity::default() }
}

/// This member's backend is as large as it may be.
pub fn no_space(member: MemberId) -> InternalRaftRequest {
    let alarm =
        AlarmRequest { action: AlarmAction::Activate as i32, member_id: member.0, alarm: AlarmType::Nospace as i32 };
    InternalRaftRequest { alarm: Some(alarm), ..Default::default() }
}

/// A lease's time is over.
pub fn revoke(lease: LeaseId) -> InternalRaftRequest {
    InternalRaftRequest { lease_revoke: Some(LeaseRevokeRequest { id: lease.0 }), ..Default::default() }
}

/// What is left of leases, in seconds; 0 forgets what was noted.
pub fn checkpoint(leases: impl IntoIterator<Item = (LeaseId, i64)>) -> InternalRaftRequest {
    let checkpoint = |(id, remaining_ttl): (LeaseId, i64)| LeaseCheckpoint { id: id.0, remaining_ttl };
    let checkpoints = leases.into_iter().map(checkpoint).collect();
    InternalRaftRequest { lease_checkpoint: Some(LeaseCheckpointRequest { checkpoints }), ..Default::default() }
}
