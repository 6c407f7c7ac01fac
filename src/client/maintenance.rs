//! Questions to one member, and alarms. Status and hashes are those of whichever member answers: ask through a client of one
//! endpoint to know whose they are.

use super::{error::ClientError, handle::Client, retry::Repeat};
use crate::pb::etcdserverpb as pb;

impl Client {
    /// Version, sizes, leader, and how far raft has come.
    pub async fn status(&self) -> Result<pb::StatusResponse, ClientError> {
        self.unary("/etcdserverpb.Maintenance/Status", Repeat::Harmless, pb::StatusRequest {}).await
    }

    /// Hash over the whole backend.
    pub async fn hash(&self) -> Result<pb::HashResponse, ClientError> {
        self.unary("/etcdserverpb.Maintenance/Hash", Repeat::Harmless, pb::HashRequest {}).await
    }

    /// Hash over the keys up to a revision, 0 for the current one.
    pub async fn hash_kv(&self, revision: i64) -> Result<pb::HashKvResponse, ClientError> {
        self.unary("/etcdserverpb.Maintenance/HashKV", Repeat::Harmless, pb::HashKvRequest { revision }).await
    }

    /// The alarms that are on.
    pub async fn alarm_list(&self) -> Result<pb::AlarmResponse, ClientError> {
        // All zeros: get, any member, any alarm.
        self.unary("/etcdserverpb.Maintenance/Alarm", Repeat::Harmless, pb::AlarmRequest::default()).await
    }

    /// Disarms all alarms that are on, one by one as etcd's clients do. The answer names them; without any it is empty.
    pub async fn alarm_disarm_all(&self) -> Result<pb::AlarmResponse, ClientError> {
        let mut disarmed = pb::AlarmResponse::default();
        for alarm in self.alarm_list().await?.alarms {
            let request = pb::AlarmRequest {
                action: pb::alarm_request::AlarmAction::Deactivate as i32,
                member_id: alarm.member_id,
                alarm: alarm.alarm,
            };
            let answer: pb::AlarmResponse =
                self.unary("/etcdserverpb.Maintenance/Alarm", Repeat::Harmful, request).await?;
            disarmed.alarms.extend(answer.alarms);
        }
        Ok(disarmed)
    }

    /// Rewrites the member's file without holes.
    pub async fn defragment(&self) -> Result<pb::DefragmentResponse, ClientError> {
        self.unary("/etcdserverpb.Maintenance/Defragment", Repeat::Harmful, pb::DefragmentRequest {}).await
    }

    /// Makes another member the leader. Only the leader does that.
    pub async fn move_leader(&self, target_id: u64) -> Result<pb::MoveLeaderResponse, ClientError> {
        self.unary("/etcdserverpb.Maintenance/MoveLeader", Repeat::Harmful, pb::MoveLeaderRequest { target_id }).await
    }

    /// Looks at, begins or gives up the way of the cluster to the minor version below its own.
    pub async fn downgrade(
        &self,
        action: pb::downgrade_request::DowngradeAction,
        target: String,
    ) -> Result<pb::DowngradeResponse, ClientError> {
        let request = pb::DowngradeRequest { action: action as i32, version: target };
        self.unary("/etcdserverpb.Maintenance/Downgrade", Repeat::Harmful, request).await
    }
}
