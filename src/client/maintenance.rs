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
}
